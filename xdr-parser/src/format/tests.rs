//! What holds of every text, whether it can be parsed or not.

use proptest::prelude::*;

use super::{layout, pieces, tokens};
use crate::lexer::lex;
use crate::source::FileId;

const FILE: FileId = FileId(0);

/// Without looking whether it is sound, and without looking at the result.
fn laid_out(text: &str) -> String {
    layout::lay_out(&pieces::pieces(FILE, text))
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let (_, mistakes) = lex(FILE, text);
    prop_assume!(mistakes.is_empty());
    let formatted = laid_out(text);
    prop_assert!(
        tokens(FILE, text).eq(tokens(FILE, &formatted)),
        "{formatted:?}"
    );
    prop_assert_eq!(&laid_out(&formatted), &formatted);
    prop_assert!(formatted.is_empty() || formatted.ends_with('\n'));
    Ok(())
}

/// All kinds of tokens and of white space, whole lines among them.
const WORDS: [&str; 54] = [
    "struct",
    "union",
    "enum",
    "typedef",
    "const",
    "program",
    "version",
    "switch",
    "case",
    "default",
    "int",
    "x",
    "1",
    "-1",
    "0x10",
    "\"s\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "=",
    ",",
    ";",
    ":",
    "*",
    " ",
    " ",
    "\n",
    "\n\n\n",
    "\t",
    "\r\n",
    "\r",
    "\u{c}",
    "\n%x\n",
    "\n%a \\\n b \n",
    "\n  %x",
    "\n#ifdef N\n",
    "\n#if 0\n",
    "\n#else\n",
    "\n#endif\n",
    "\n # define A \\\r\n  1 \n",
    "\n#define B \\\n",
    "/* c */",
    "/* a \n\t b\n  \n c */",
    "/**/",
    "// l\n",
    "// l \r",
    "// €\r\n",
    "/* x\r\n\r\n\u{b}   y\t */",
    "\n/* before */ %x\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn tokens_stay_and_formatting_again_changes_nothing(
        words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..60),
        blank in any::<bool>(),
    ) {
        holds(&words.join(if blank { " " } else { "" }))?;
    }

    #[test]
    fn any_characters_will_do(text in "([a-c1 \t\r\n\u{c}{};,:<>*=()/%#\\\\\"-]|/\\*|\\*/){0,40}") {
        let formatted = laid_out(&text);
        let (_, mistakes) = lex(FILE, &text);
        if !mistakes.is_empty() {
            return Ok(());
        }
        prop_assert!(tokens(FILE, &text).eq(tokens(FILE, &formatted)), "{formatted:?}");
        prop_assert_eq!(laid_out(&formatted), formatted);
    }
}

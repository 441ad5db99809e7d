//! Nothing that is written is lost: tokens cover the text, and every comment, `%` line and `#` line is in the AST once.

use xdr_parser::lexer::lex;
use xdr_parser::token::TokenKind;
use xdr_parser::{FileId, Options, Parsed, parse};

const TEXT: &str = r"/* file header */

%#include <stdio.h>
// before const
const A = 1; // behind const
/* before define */
#define B 2
#ifdef NO
struct left { out; /* all of it */ };
#else
struct s { /* insert@1 */
    /* before x */
    int x; /* behind x */ /* again */
    % a line within
    unsigned /* inside */ int y<A>;
    struct { /* deep */ int z; /* deeper */ } inner; // behind inner
    /* before the brace */
} /* before the semicolon */; /* behind s */
#endif
enum e /* head */ { /* open */
    ONE = 1, /* one */
    /* before two */ TWO /* behind two */
    // end of e
};
union u switch (int /* kind */ k) { // arms
case 1: /* label */
case 2:
    int x; // x
default:
    void;
    /* end of u */
};
program P { /* p */
    // before v
    version V { /* v */
        /* before null */
        void NULL(void) = 0; /* null */
        // end of v
    } = 1; /* behind v */
    // end of p
} = 2; // behind p
/* the end */
";

/// How many pieces of trivia the AST holds.
fn trivia(parsed: &Parsed) -> usize {
    let mut file = parsed.file.clone();
    // Comments before a `#define` are in the AST as well as beside the directive.
    file.directives.clear();
    format!("{file:?}").matches("Trivia {").count()
}

#[test]
fn every_piece_of_trivia_is_in_the_ast_once() {
    let parsed = parse(FileId(0), TEXT, &Options::default());
    assert_eq!(parsed.diagnostics, []);
    let active = |kind: TokenKind| kind.is_trivia() && kind != TokenKind::Whitespace;
    let (tokens, _) = lex(FileId(0), TEXT);
    let tokens = tokens.iter().filter(|token| active(token.kind)).count();
    // The comment in the part left out is inside of one piece of inactive text: two pieces become one.
    assert_eq!(trivia(&parsed), tokens);
}

#[test]
fn tokens_put_together_are_the_text() {
    let (tokens, _) = lex(FileId(0), TEXT);
    let text: String = tokens.iter().map(|token| token.span.of(TEXT)).collect();
    assert_eq!(text, TEXT);
}

#[test]
fn comments_are_where_a_reader_sees_them() {
    let parsed = parse(FileId(0), TEXT, &Options::default());
    let texts = |trivia: &[xdr_parser::ast::Trivia]| -> Vec<&str> {
        trivia.iter().map(|t| t.span.of(TEXT)).collect()
    };
    let items = &parsed.file.items;
    assert_eq!(
        texts(&items[0].leading),
        [
            "/* file header */",
            "%#include <stdio.h>",
            "// before const"
        ]
    );
    assert_eq!(texts(&items[0].trailing), ["// behind const"]);
    assert_eq!(texts(&items[1].opening), ["/* insert@1 */"]);
    assert_eq!(
        texts(&items[1].trailing),
        ["/* before the semicolon */", "/* behind s */"]
    );
    let xdr_parser::ast::ItemKind::Struct(_, body) = &items[1].kind else {
        panic!("a struct is expected");
    };
    assert_eq!(texts(&body.members[0].leading), ["/* before x */"]);
    assert_eq!(
        texts(&body.members[0].trailing),
        ["/* behind x */", "/* again */"]
    );
    assert_eq!(texts(&body.members[1].leading), ["% a line within"]);
    assert_eq!(texts(&body.members[1].trailing), ["/* inside */"]);
    assert_eq!(texts(&body.dangling), ["/* before the brace */"]);
    assert_eq!(texts(&parsed.file.dangling), ["/* the end */"]);
}

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

/// How many pieces of trivia the text holds.
fn trivia_tokens(text: &str) -> usize {
    let active = |kind: TokenKind| kind.is_trivia() && kind != TokenKind::Whitespace;
    let (tokens, _) = lex(FileId(0), text);
    tokens.iter().filter(|token| active(token.kind)).count()
}

#[test]
fn every_piece_of_trivia_is_in_the_ast_once() {
    let parsed = parse(FileId(0), TEXT, &Options::default());
    assert_eq!(parsed.diagnostics, []);
    // The comment in the part left out is inside of one piece of inactive text: two pieces become one.
    assert_eq!(trivia(&parsed), trivia_tokens(TEXT));
}

/// The grammar gets the definitions of a long text in portions.
#[test]
fn every_piece_of_trivia_in_a_long_text_is_in_the_ast_once() {
    let text = TEXT.repeat(100);
    let parsed = parse(FileId(0), &text, &Options::default());
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.file.items.len(), 500);
    assert_eq!(trivia(&parsed), trivia_tokens(&text));
}

#[test]
fn a_mistake_in_a_long_text_costs_one_message_and_one_definition() {
    let half = TEXT.repeat(50);
    let text = format!("{half}struct broken {{ int; }};\n{half}");
    let parsed = parse(FileId(0), &text, &Options::default());
    assert_eq!(parsed.diagnostics.len(), 1);
    let place = parsed.diagnostics[0].primary.location.span;
    assert_eq!(
        place.start as usize,
        half.len() + "struct broken { int".len()
    );
    assert_eq!(parsed.file.items.len(), 500);
    // The comment before it is left out with it.
    assert_eq!(trivia(&parsed), trivia_tokens(&text) - 1);
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

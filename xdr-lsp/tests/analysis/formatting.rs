//! Canonical layout by edits.

use std::path::Path;

use proptest::prelude::*;
use xdr_lsp::analysis::Workspace;
use xdr_parser::{FileId, Options};

use crate::settings;

const A: &str = "/nowhere/a.x";
const CALENDAR: &str = include_str!("../../../xdr-cli/tests/examples/calendar.x");

fn workspace(text: &str) -> Workspace {
    let mut workspace = Workspace::new(&[], settings());
    workspace.open(Path::new(A), 1, text);
    workspace
}

/// The text behind the edits, and how many there were.
fn formatted(text: &str) -> Result<(String, usize), String> {
    let edits = workspace(text).format(Path::new(A));
    let edits = edits.map_err(|error| error.to_string())?;
    let mut text = text.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.place.span.range(), &edit.replacement);
    }
    Ok((text, edits.len()))
}

#[test]
fn no_more_is_changed_than_differs() {
    let (text, edits) = formatted("struct a {\n    int  x;\n    int y;\n};\n").unwrap();
    assert_eq!(text, "struct a {\n    int x;\n    int y;\n};\n");
    assert_eq!(edits, 1);
    assert_eq!(formatted(&text), Ok((text, 0)));
}

#[test]
fn a_text_with_mistakes_stays_as_it_is() {
    assert_eq!(
        formatted("struct a {\n  int"),
        Err("a text with mistakes is not laid out; the first: expected a name or `*`, found the end of the text".to_owned())
    );
}

proptest! {
    #[test]
    fn what_comes_of_the_edits_is_what_the_formatter_says(
        places in proptest::collection::vec((0..CALENDAR.len(), "[ \n\t]{0,3}|/\\* a\n   b \\*/|// c\n"), 0..8),
    ) {
        let mut text = CALENDAR.to_owned();
        for (place, inserted) in places {
            if CALENDAR.as_bytes()[place].is_ascii_whitespace() {
                text.insert_str(place.min(text.len()), &inserted);
            }
        }
        let expected = xdr_parser::format(FileId(0), &text, &Options::default());
        let formatted = formatted(&text);
        prop_assert_eq!(formatted.ok().map(|(text, _)| text), expected.ok());
    }
}

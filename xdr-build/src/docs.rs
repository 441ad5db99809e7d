//! Comments of a `.x` file as Rust docs: what their author wrote, and never a failing doctest or a rustdoc warning.
//!
//! C comments are plain text. A paragraph of prose stays one, with the characters escaped that mean something in
//! Markdown; a list with simple bullets stays a list; whatever is laid out by hand goes verbatim into a `text` block.

use std::borrow::Cow;

/// A comment's text as Markdown; empty if there is none.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::new();
    if text.is_empty() {
        return out;
    }
    let text: Vec<Cow<'_, str>> = text.lines().map(clean).collect();
    let mut at = 0;
    while at < text.len() {
        if text[at].is_empty() {
            at += 1;
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let end = paragraph_end(&text, at);
        at = if is_list(&text[at..end]) {
            list(&text[at..end], &mut out);
            end
        } else if is_prose(&text[at..end]) {
            for line in &text[at..end] {
                prose(line, &mut out);
                out.push('\n');
            }
            end
        } else {
            let end = drawing_end(&text, end);
            fenced(&text[at..end].join("\n"), &mut out);
            out.push('\n');
            end
        };
    }
    out.truncate(out.trim_end().len());
    out
}

/// Where the paragraph that begins at a line ends.
fn paragraph_end(text: &[Cow<'_, str>], at: usize) -> usize {
    (at..text.len())
        .find(|&line| text[line].is_empty())
        .unwrap_or(text.len())
}

/// Where something laid out by hand ends: blank lines within it belong to it.
fn drawing_end(text: &[Cow<'_, str>], mut end: usize) -> usize {
    while let Some(next) = (end..text.len()).find(|&line| !text[line].is_empty()) {
        let next_end = paragraph_end(text, next);
        if is_prose(&text[next..next_end]) {
            break;
        }
        end = next_end;
    }
    end
}

/// A `text` block.
pub(crate) fn block(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 12);
    if is_clean(text) {
        fenced(text, &mut out);
    } else {
        fenced(
            &text.lines().map(clean).collect::<Vec<_>>().join("\n"),
            &mut out,
        );
    }
    out
}

fn fenced(text: &str, out: &mut String) {
    let longest = if text.contains('`') {
        text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
    } else {
        0
    };
    let fence = "`".repeat(longest.max(2) + 1);
    out.extend([fence.as_str(), "text\n", text, "\n", &fence]);
}

/// Whether a text of lines has only characters that a comment may have.
fn is_clean(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) && !text.contains(" \n")
}

/// A line without space at its end, tabs expanded, and what rustc does not allow in a comment replaced.
fn clean(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(line);
    }
    let mut clean = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => {
                let column = clean.chars().count();
                clean.extend(std::iter::repeat_n(' ', 8 - column % 8));
            }
            // Characters that turn the direction of text: rustc denies them, since they hide what code does.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => clean.push('\u{fffd}'),
            c if c.is_control() => clean.push('\u{fffd}'),
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// Lines that begin at the margin with a word or the like.
fn is_prose(paragraph: &[Cow<'_, str>]) -> bool {
    paragraph
        .iter()
        .all(|line| !line.starts_with(' ') && bullet(line).is_none() && !is_drawn(line))
}

/// Lines of which each begins with a bullet at the margin, or is indented under one.
fn is_list(paragraph: &[Cow<'_, str>]) -> bool {
    bullet(&paragraph[0]).is_some()
        && paragraph.iter().all(|line| {
            let text = line.trim_start();
            !is_drawn(text)
                && (bullet(line).is_some() || (text.len() < line.len() && bullet(text).is_none()))
        })
}

/// The text behind a bullet at the margin.
fn bullet(line: &str) -> Option<&str> {
    ["- ", "* ", "+ "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark))
}

/// Tables, rulers and other pictures.
fn is_drawn(line: &str) -> bool {
    let ruler = line.len() >= 3 && line.bytes().all(|byte| b"-=_*#~+|".contains(&byte));
    ruler || line.contains(" | ") || line.starts_with('|') || line.contains("   ")
}

fn list(paragraph: &[Cow<'_, str>], out: &mut String) {
    for line in paragraph {
        let (mark, text) =
            bullet(line).map_or(("  ", line.trim_start()), |text| ("- ", text.trim_start()));
        out.push_str(mark);
        prose(text, out);
        out.push('\n');
    }
}

/// A line as Markdown that reads as the line does.
fn prose(line: &str, out: &mut String) {
    let mut rest = line;
    if let Some(marker) = list_number(rest) {
        // `1.` and `1)` begin a list, `#` a heading, and so on: only the punctuation needs its backslash.
        out.push_str(&rest[..marker]);
        out.push('\\');
        rest = &rest[marker..];
        let mark = rest.len().min(1);
        out.push_str(&rest[..mark]);
        rest = &rest[mark..];
    } else if rest.starts_with(['#', '>', '+', '-', '=']) {
        out.push('\\');
    }
    while let Some(c) = rest.chars().next() {
        let taken = if let Some(url) = url(rest) {
            out.push('<');
            out.push_str(url);
            out.push('>');
            // A URL that the author put between angle brackets has them already.
            url.len()
        } else if let Some(url) = rest
            .strip_prefix('<')
            .and_then(url)
            .filter(|url| rest[url.len() + 1..].starts_with('>'))
        {
            out.push('<');
            out.push_str(url);
            out.push('>');
            url.len() + 2
        } else if let Some(code) = code(rest) {
            out.push_str(code);
            code.len()
        } else if let Some(word) = word(out, rest) {
            if is_identifier(word) {
                out.extend(["`", word, "`"]);
            } else {
                out.push_str(word);
            }
            word.len()
        } else {
            if matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '&' | '~' | '|')
                || (c == '_' && edge(out, rest))
            {
                out.push('\\');
            }
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
}

/// Where the punctuation stands in `1.`, `12)` at the start of a line.
fn list_number(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && matches!(line.as_bytes().get(digits), Some(b'.' | b')'))).then_some(digits)
}

/// The word at the start of `rest`, unless `before` ends within it. Underscores at its edges are not part of it.
fn word<'r>(before: &str, rest: &'r str) -> Option<&'r str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) || before.ends_with(is_part) {
        return None;
    }
    let word = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
    Some(word.trim_end_matches('_'))
}

/// A word that only programs use: `remote_string`, `STRING_MAX`, `authScheme`.
fn is_identifier(word: &str) -> bool {
    let bytes = word.as_bytes();
    let hump = || {
        bytes
            .windows(2)
            .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    };
    word.contains('_') || (bytes.first().is_some_and(u8::is_ascii_lowercase) && hump())
}

/// Whether the underscore at the start of `rest` is at the edge of a word, where Markdown takes it for emphasis.
fn edge(before: &str, rest: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    !(before.ends_with(word) && rest[1..].starts_with(word))
}

/// The web address at the start of `text`, without the punctuation of the sentence around it.
fn url(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://"]
        .iter()
        .find(|scheme| text.starts_with(**scheme))?;
    let end = text
        .find(|c: char| c.is_whitespace() || "<>\"`|\\^{}".contains(c))
        .unwrap_or(text.len());
    let url = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '*']);
    (url.len() > scheme.len()).then_some(url)
}

/// The code between backticks at the start of `text`.
fn code(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('`')?;
    let len = inner.find('`')?;
    let closed = len > 0 && !inner[len + 1..].starts_with('`');
    closed.then(|| &text[..len + 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_keeps_its_words_and_loses_its_markdown() {
        for (line, expected) in [
            (
                "plain words, foo_bar, callbackID and (these); QEMU's VNC, x509dname",
                "plain words, `foo_bar`, `callbackID` and (these); QEMU's VNC, x509dname",
            ),
            ("FOO__BAR_ __a _b c_", r"`FOO__BAR`\_ \__a \_b c\_"),
            ("see [0] and a[i]", r"see \[0\] and a\[i\]"),
            ("a <tag> & co", r"a \<tag> \& co"),
            ("# not a heading", r"\# not a heading"),
            ("1. not a list", r"1\. not a list"),
            ("12) neither", r"12\) neither"),
            ("*stars* _under_ a*b", r"\*stars\* \_under\_ a\*b"),
            ("see http://a.org/b_c.html.", "see <http://a.org/b_c.html>."),
            ("see <http://a.org/>", "see <http://a.org/>"),
            (
                "`code [x]` and ` a lone one",
                r"`code [x]` and \` a lone one",
            ),
            ("http:// alone", "http:// alone"),
            ("back\\slash", r"back\\slash"),
        ] {
            assert_eq!(markdown(line), expected);
        }
    }

    #[test]
    fn keeps_simple_lists() {
        assert_eq!(
            markdown("* one\n  and more\n* two"),
            "- one\n  and more\n- two"
        );
    }

    #[test]
    fn fences_what_is_laid_out_by_hand() {
        assert_eq!(
            markdown("Layout:\n\n    a  b\n\n    ```\n\nEnd."),
            "Layout:\n\n````text\n    a  b\n\n    ```\n````\n\nEnd."
        );
        assert_eq!(markdown("- a\n    - b"), "```text\n- a\n    - b\n```");
    }

    #[test]
    fn replaces_what_rustc_denies() {
        assert_eq!(markdown("a\rb\u{202e}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(markdown("\n\n"), "");
    }
}

//! Comments of a `.x` file as Rust docs: what their author wrote, and never a failing doctest or a rustdoc warning.
//!
//! C comments are plain text. A paragraph of prose stays one, with the characters escaped that mean something in
//! Markdown; a list with simple bullets stays a list; whatever is laid out by hand goes verbatim into a `text` block.

/// The lines of a doc comment for a comment's text.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text: Vec<String> = text.lines().map(|line| clean(line.trim_end())).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at].is_empty() {
            at += 1;
            continue;
        }
        let end = (at..text.len()).find(|&line| text[line].is_empty()).unwrap_or(text.len());
        if !out.is_empty() {
            out.push(String::new());
        }
        // Blank lines within something laid out by hand belong to it.
        let mut end = end;
        if !is_prose(&text[at..end]) && !is_list(&text[at..end]) {
            while let Some(next) = (end..text.len()).find(|&line| !text[line].is_empty()) {
                let next_end = (next..text.len()).find(|&line| text[line].is_empty()).unwrap_or(text.len());
                if is_prose(&text[next..next_end]) {
                    break;
                }
                end = next_end;
            }
            fenced(&text[at..end], &mut out);
        } else if is_list(&text[at..end]) {
            list(&text[at..end], &mut out);
        } else {
            out.extend(text[at..end].iter().map(|line| prose(line)));
        }
        at = end;
    }
    out
}

/// A `text` block.
pub(crate) fn block(text: &str) -> Vec<String> {
    let text: Vec<String> = text.lines().map(|line| clean(line.trim_end())).collect();
    let mut out = Vec::new();
    fenced(&text, &mut out);
    out
}

fn fenced(text: &[String], out: &mut Vec<String>) {
    let longest = text
        .iter()
        .flat_map(|line| line.split(|c| c != '`'))
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    out.push(format!("{fence}text"));
    out.extend(text.iter().cloned());
    out.push(fence);
}

/// Expands tabs and replaces what rustc does not allow in a comment.
fn clean(line: &str) -> String {
    if line.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return line.to_owned();
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
    clean.truncate(clean.trim_end().len());
    clean
}

/// Lines that begin at the margin with a word or the like.
fn is_prose(paragraph: &[String]) -> bool {
    paragraph.iter().all(|line| !line.starts_with(' ') && bullet(line).is_none() && !is_drawn(line))
}

/// Lines of which each begins with a bullet at the margin, or is indented under one.
fn is_list(paragraph: &[String]) -> bool {
    bullet(&paragraph[0]).is_some()
        && paragraph.iter().all(|line| {
            let text = line.trim_start();
            !is_drawn(text) && (bullet(line).is_some() || (text.len() < line.len() && bullet(text).is_none()))
        })
}

/// The text behind a bullet at the margin.
fn bullet(line: &str) -> Option<&str> {
    ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark))
}

/// Tables, rulers and other pictures.
fn is_drawn(line: &str) -> bool {
    let ruler = line.len() >= 3 && line.bytes().all(|byte| b"-=_*#~+|".contains(&byte));
    ruler || line.contains(" | ") || line.starts_with('|') || line.contains("   ")
}

fn list(paragraph: &[String], out: &mut Vec<String>) {
    for line in paragraph {
        match bullet(line) {
            Some(text) => out.push(format!("- {}", prose(text.trim_start()))),
            None => out.push(format!("  {}", prose(line.trim_start()))),
        }
    }
}

/// A line as Markdown that reads as the line does.
fn prose(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
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
        } else if let Some(url) = rest.strip_prefix('<').and_then(url).filter(|url| rest[url.len() + 1..].starts_with('>')) {
            out.push('<');
            out.push_str(url);
            out.push('>');
            url.len() + 2
        } else if let Some(code) = code(rest) {
            out.push_str(code);
            code.len()
        } else {
            if matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '&' | '~' | '|') || (c == '_' && edge(&out, rest)) {
                out.push('\\');
            }
            out.push(c);
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

/// Where the punctuation stands in `1.`, `12)` at the start of a line.
fn list_number(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && matches!(line.as_bytes().get(digits), Some(b'.' | b')'))).then_some(digits)
}

/// Whether the underscore at the start of `rest` is at the edge of a word, where Markdown takes it for emphasis.
fn edge(before: &str, rest: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    !(before.ends_with(word) && rest[1..].starts_with(word))
}

/// The web address at the start of `text`, without the punctuation of the sentence around it.
fn url(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://"].iter().find(|scheme| text.starts_with(**scheme))?;
    let end = text.find(|c: char| c.is_whitespace() || "<>\"`|\\^{}".contains(c)).unwrap_or(text.len());
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
            ("plain words, foo_bar and (these)", "plain words, foo_bar and (these)"),
            ("see [0] and a[i]", r"see \[0\] and a\[i\]"),
            ("a <tag> & co", r"a \<tag> \& co"),
            ("# not a heading", r"\# not a heading"),
            ("1. not a list", r"1\. not a list"),
            ("12) neither", r"12\) neither"),
            ("*stars* _under_ a*b", r"\*stars\* \_under\_ a\*b"),
            ("see http://a.org/b_c.html.", "see <http://a.org/b_c.html>."),
            ("see <http://a.org/>", "see <http://a.org/>"),
            ("`code [x]` and ` a lone one", r"`code [x]` and \` a lone one"),
            ("http:// alone", "http:// alone"),
            ("back\\slash", r"back\\slash"),
        ] {
            assert_eq!(prose(line), expected);
        }
    }

    #[test]
    fn keeps_simple_lists() {
        assert_eq!(lines("* one\n  and more\n* two"), ["- one", "  and more", "- two"]);
    }

    #[test]
    fn fences_what_is_laid_out_by_hand() {
        assert_eq!(
            lines("Layout:\n\n    a  b\n\n    ```\n\nEnd."),
            ["Layout:", "", "````text", "    a  b", "", "    ```", "````", "", "End."]
        );
        assert_eq!(lines("- a\n    - b"), ["```text", "- a", "    - b", "```"]);
    }

    #[test]
    fn replaces_what_rustc_denies() {
        assert_eq!(lines("a\rb\u{202e}c"), ["a\u{fffd}b\u{fffd}c"]);
        assert_eq!(lines("\n\n"), Vec::<String>::new());
    }
}

//! Comments of several lines: their lines move together.

use super::is_blank;
use super::pieces::column_behind;

/// As far as lines move to the right: a comment of many lines may stand behind a line that has become very long.
const FURTHEST: usize = 80;

/// Appends a comment that began in column `from` and begins in column `to` now.
pub(super) fn write(comment: &str, from: usize, to: usize, text: &mut String) {
    for (index, line) in comment.split('\n').enumerate() {
        let line = line.trim_end_matches(is_blank);
        if index == 0 {
            text.push_str(line);
            continue;
        }
        text.push('\n');
        let inside = line.trim_start_matches(is_blank);
        if !inside.is_empty() {
            let indent = column_behind(0, &line[..line.len() - inside.len()]);
            let indent = (indent + to.min(from + FURTHEST)).saturating_sub(from);
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(inside);
        }
    }
}

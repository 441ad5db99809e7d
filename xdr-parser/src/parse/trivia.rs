//! Which node a comment belongs to.
//!
//! Nodes claim trivia from the inside out, each what no node inside of it has claimed, so that every piece ends
//! up in exactly one place.

use super::input::Input;
use crate::ast::Trivia;

/// Trivia before the next lexeme: those that begin in a line of their own, and at the start of a text all.
pub(super) fn leading(input: Input<'_>) -> Vec<Trivia> {
    let at_start = input.index() == 0;
    claim(input, input.index(), |fresh_line| at_start || fresh_line)
}

/// A head is shorter than this. Looking further, once for each of many definitions without a brace, takes too long.
const LONGEST_HEAD: usize = 16;

/// Trivia from the lexeme at `start` to the first opening brace, and behind that on its line.
pub(super) fn opening(start: Input<'_>) -> Vec<Trivia> {
    let mut braces = start.lexemes().iter().take(LONGEST_HEAD);
    let brace = braces.position(|lexeme| lexeme.is_punctuation(b'{'));
    trailing(start, start.skip(brace.map_or(0, |index| index + 1)))
}

/// Trivia between the lexemes from `start` to `end`, and those behind the last one on its line.
pub(super) fn trailing(start: Input<'_>, end: Input<'_>) -> Vec<Trivia> {
    let mut trivia = Vec::new();
    for index in start.index() + 1..end.index() {
        trivia.extend(claim(start, index, |_| true));
    }
    trivia.extend(claim(end, end.index(), |fresh_line| !fresh_line));
    trivia
}

/// All trivia before the next lexeme.
pub(super) fn rest(input: Input<'_>) -> Vec<Trivia> {
    claim(input, input.index(), |_| true)
}

/// What nobody has claimed of the trivia before the lexeme at `index`.
fn claim(input: Input<'_>, index: usize, wanted: impl Fn(bool) -> bool) -> Vec<Trivia> {
    let stream = input.stream;
    let start = stream.lexemes[index].trivia as usize;
    let end = match stream.lexemes.get(index + 1) {
        Some(next) => next.trivia as usize,
        None => stream.trivia.len(),
    };
    let gap = stream.trivia[start..end].iter();
    let mine = gap.filter(|piece| wanted(piece.fresh_line) && !piece.claimed.replace(true));
    mine.map(|piece| piece.trivia).collect()
}

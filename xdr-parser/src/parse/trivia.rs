//! Which node a comment belongs to.
//!
//! Nodes claim trivia from the inside out, each what no node inside of it has claimed, so that every piece ends
//! up in exactly one place.

use std::ops::Range;

use thin_vec::ThinVec;

use super::input::Input;
use crate::ast::Trivia;
use crate::preprocess::Piece;

/// Trivia before the next lexeme: those that begin in a line of their own, and at the start of a text all.
pub(super) fn leading(input: Input<'_>) -> ThinVec<Trivia> {
    let before = &input.stream.trivia[gap(input, input.index())];
    if before.is_empty() {
        return ThinVec::new();
    }
    let at_start = input.index() == 0;
    claim(
        before
            .iter()
            .skip_while(|piece| !at_start && !piece.fresh_line),
    )
}

/// A head is shorter than this. Looking further, once for each of many definitions without a brace, takes too long.
const LONGEST_HEAD: usize = 16;

/// Trivia from the lexeme at `start` to the first opening brace, and behind that on its line.
pub(super) fn opening(start: Input<'_>) -> ThinVec<Trivia> {
    let mut braces = start.lexemes().iter().take(LONGEST_HEAD);
    let brace = braces.position(|lexeme| lexeme.is_punctuation(b'{'));
    trailing(start, start.skip(brace.map_or(0, |index| index + 1)))
}

/// Trivia between the lexemes from `start` to `end`, and those behind the last one on its line.
pub(super) fn trailing(start: Input<'_>, end: Input<'_>) -> ThinVec<Trivia> {
    let stream = start.stream;
    // Gaps follow each other, so those inside are one range; with that behind it is empty for most nodes.
    let inside = gap(start, start.index() + 1).start;
    let behind = gap(end, end.index());
    if inside.min(behind.start) == behind.end {
        return ThinVec::new();
    }
    let inside = stream.trivia.get(inside..behind.start).unwrap_or_default();
    let behind = &stream.trivia[behind];
    let behind = behind.iter().take_while(|piece| !piece.fresh_line);
    claim(inside.iter().chain(behind))
}

/// All trivia before the next lexeme.
pub(super) fn rest(input: Input<'_>) -> ThinVec<Trivia> {
    claim(&input.stream.trivia[gap(input, input.index())])
}

/// Gives back what nodes between the two have claimed, for another parser to claim.
pub(super) fn give_back(start: Input<'_>, end: Input<'_>) {
    let before = gap(start, start.index());
    let own = start.stream.trivia[before.clone()]
        .iter()
        .position(|piece| piece.fresh_line);
    let from = own.map_or(before.end, |own| before.start + own);
    let to = gap(end, end.index()).start;
    for piece in start.stream.trivia.get(from..to).unwrap_or_default() {
        piece.claimed.set(false);
    }
}

/// Which trivia stand before the lexeme at `index`.
fn gap(input: Input<'_>, index: usize) -> Range<usize> {
    let stream = input.stream;
    let start = |index: usize| match stream.lexemes.get(index) {
        Some(lexeme) => lexeme.trivia as usize,
        None => stream.trivia.len(),
    };
    start(index)..start(index + 1)
}

/// What nobody has claimed of these.
fn claim<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> ThinVec<Trivia> {
    let pieces = pieces.into_iter();
    let mine = pieces.filter(|piece| !piece.claimed.replace(true));
    mine.map(|piece| piece.trivia).collect()
}

//! What can be done to a leaf, by its form.

use std::ops::Range;

use xdr_wire::Bounds;
use xdr_wire::describe::{Arm, EnumTy, Enumerator, Ty, UnionTy};

use super::Expected::{Either, MustAccept, MustReject};
use super::{Expected, Mutated, numbers};
use crate::leaves::{Leaf, Value};
use crate::random::{least, least_arm};

/// Nothing is made longer than this many bytes.
const LARGEST: usize = 64 << 10;

/// Some bytes in place of others.
pub(super) struct Edit {
    pub(super) replaced: Range<usize>,
    pub(super) by: Vec<u8>,
    pub(super) fault: Mutated,
    pub(super) expected: Expected,
}

/// Bytes after the end.
pub(super) fn of_message(message: &[u8]) -> Vec<Edit> {
    let at = message.len();
    let more = [vec![0], vec![0; 4], vec![0xff; 4], message.to_vec()];
    let more = more.into_iter().filter(|bytes| !bytes.is_empty());
    let edits = more.map(|by| Edit {
        fault: Mutated::Trailing { len: by.len() },
        replaced: at..at,
        by,
        expected: MustReject,
    });
    edits.collect()
}

/// All that can be done to a leaf.
pub(super) fn of_leaf(leaf: &Leaf<'_>, message: &[u8]) -> Vec<Edit> {
    let mut editor = Editor {
        leaf,
        message,
        edits: Vec::new(),
    };
    editor.change();
    editor.cut_off();
    editor.edits
}

struct Editor<'a> {
    leaf: &'a Leaf<'a>,
    message: &'a [u8],
    edits: Vec<Edit>,
}

impl Editor<'_> {
    fn change(&mut self) {
        let leaf = self.leaf;
        match (leaf.value, leaf.ty) {
            (Value::Text(text), _) => self.text(text),
            (Value::Opaque(bytes), _) => self.opaque(bytes),
            (Value::FixedOpaque(bytes) | Value::Quadruple(bytes), _) => {
                self.flip(0, bytes);
                self.padding(0, bytes.len());
            }
            (Value::Bool(flag), _) => {
                self.value(i128::from(!flag));
                for value in numbers::NO_BOOLS {
                    self.word(*value, Mutated::Bool { value: *value }, MustReject);
                }
            }
            (Value::Present(present), _) => self.presence(present),
            (Value::Count(count), Ty::Array(link)) => self.array(count, link()),
            (Value::Enum(..), Ty::Enum(ty)) => self.enumeration(ty),
            (Value::Discriminant(now), Ty::Union(ty)) => self.union(now, ty),
            (_, ty) => {
                for value in numbers::of(ty) {
                    self.value(*value);
                }
                for value in numbers::beyond(ty) {
                    let fault = Mutated::OutOfRange { value: *value };
                    self.put(0..4, low_word(*value), fault, MustReject);
                }
            }
        }
    }

    /// The message ends where the leaf begins, in its middle, and before its last byte.
    fn cut_off(&mut self) {
        let (rest, len) = (self.rest(), self.leaf.bytes.len());
        let mut cuts = vec![0, len / 2, len.saturating_sub(1)];
        cuts.dedup();
        for cut in cuts {
            self.put(cut..rest, Vec::new(), Mutated::CutOff, MustReject);
        }
    }
}

/// Strings and opaques.
impl Editor<'_> {
    fn text(&mut self, text: &str) {
        self.variable(text.len(), |len| {
            let kept = text.floor_char_boundary(len);
            let mut bytes = text.as_bytes().get(..kept).unwrap_or_default().to_vec();
            bytes.resize(len, b'x');
            bytes
        });
        if text.is_char_boundary(1) && text.len() > 1 {
            self.put(4..5, vec![0], Mutated::Bytes, MustAccept);
        }
        for malformed in numbers::NOT_UTF8 {
            if malformed.len() <= text.len() {
                let range = 4..4 + malformed.len();
                self.put(range, malformed.to_vec(), Mutated::Utf8, MustReject);
            }
        }
        if let Some(last) = text.len().checked_sub(1) {
            let range = 4 + last..4 + text.len();
            self.put(range, vec![numbers::LEADING], Mutated::Utf8, MustReject);
        }
    }

    fn opaque(&mut self, bytes: &[u8]) {
        self.variable(bytes.len(), |len| {
            let mut bytes = bytes.get(..len).unwrap_or(bytes).to_vec();
            bytes.resize(len, 0xff);
            bytes
        });
        self.flip(4, bytes);
    }

    fn flip(&mut self, start: usize, bytes: &[u8]) {
        let flipped = bytes.iter().map(|byte| !byte).collect();
        let range = start..start + bytes.len();
        self.put(range, flipped, Mutated::Bytes, MustAccept);
    }

    fn variable(&mut self, now: usize, content: impl Fn(usize) -> Vec<u8>) {
        self.lengths(now, Some(self.rest().saturating_sub(4)));
        for len in self.sizes(now, 1) {
            let mut by = word(len);
            by.extend(content(index(len)));
            by.resize(by.len().next_multiple_of(4), 0);
            let expected = self.within_bound(len);
            let fault = Mutated::Resized { len };
            self.put(0..self.leaf.bytes.len(), by, fault, expected);
        }
        self.padding(4, now);
    }

    /// Each byte that fills the unit behind `len` bytes.
    fn padding(&mut self, start: usize, len: usize) {
        for at in start + len..self.leaf.bytes.len() {
            self.put(at..at + 1, vec![1], Mutated::Padding, MustReject);
        }
    }
}

/// Lengths and counts.
impl Editor<'_> {
    /// Those that say something else than what follows; `holds` is the most that can follow, where that is known.
    fn lengths(&mut self, now: usize, holds: Option<usize>) {
        let (now, bound) = (length(now), self.leaf.bound);
        let most = holds.map_or(now, length);
        let ends = [bound, most, now].map(|len| [len, len.saturating_add(1)]);
        let less = [0, now.saturating_sub(1), 1 << 31, u32::MAX];
        for len in others(now, ends.as_flattened(), &less) {
            let is_over = len > bound || (holds.is_some() && len > most);
            let expected = if is_over { MustReject } else { Either };
            self.word(len, Mutated::Length { len }, expected);
        }
    }

    /// Sizes that the value can be given: none, one less and one more, the bound and one over it.
    fn sizes(&self, now: usize, each: usize) -> Vec<u32> {
        let (now, bound) = (length(now), self.leaf.bound);
        let ends = [bound, now].map(|len| [len, len.saturating_add(1)]);
        let mut sizes = others(now, ends.as_flattened(), &[0, now.saturating_sub(1)]);
        sizes.retain(|len| index(*len).saturating_mul(each.max(1)) <= LARGEST);
        sizes
    }

    fn within_bound(&self, len: u32) -> Expected {
        if len > self.leaf.bound {
            MustReject
        } else {
            MustAccept
        }
    }
}

/// Arrays, optionals and lists.
impl<'a> Editor<'a> {
    fn array(&mut self, now: usize, element: &'static Ty) {
        let holds = self.rest().saturating_sub(4);
        self.lengths(now, holds.checked_div(element.min_len()));
        let least = least(element);
        let elements = self.elements();
        for len in self.sizes(now, least.len()) {
            let more = least.repeat(index(len).saturating_sub(now));
            let kept = elements.iter().take(index(len)).copied();
            let kept: Vec<_> = kept.chain([&more[..]]).collect();
            self.counted(len, &kept, Mutated::Resized { len });
        }
        if let [_, rest @ ..] = &elements[..] {
            self.counted(length(rest.len()), rest, Mutated::Removed);
        }
        if let [first, ..] = elements[..] {
            let twice = [&[first], &elements[..]].concat();
            self.counted(length(twice.len()), &twice, Mutated::Doubled);
        }
    }

    /// An array of these.
    fn counted(&mut self, len: u32, elements: &[&[u8]], fault: Mutated) {
        let by = [word(len), elements.concat()].concat();
        let expected = self.within_bound(len);
        self.put(0..self.held(), by, fault, expected);
    }

    fn presence(&mut self, present: bool) {
        let other = u32::from(!present);
        self.word(other, Mutated::Presence { value: other }, Either);
        for value in numbers::NO_BOOLS {
            self.word(*value, Mutated::Presence { value: *value }, MustReject);
        }
        let held = self.held();
        let (value, removed) = match self.leaf.ty {
            Ty::Optional(link) => (link(), word(0)),
            Ty::List(link) => (link(), Vec::new()),
            Ty::Chain(element) => (*element, Vec::new()),
            _ => return,
        };
        let is_list = removed.is_empty();
        if present {
            self.put(0..held, removed, Mutated::Removed, MustAccept);
        } else {
            let end = if is_list { word(0) } else { Vec::new() };
            let by = [word(1), least(value), end].concat();
            self.put(0..4, by, Mutated::Added, MustAccept);
        }
        if present && is_list {
            let start = self.leaf.bytes.start;
            let element = self.message.get(start..start + held);
            let twice = element.unwrap_or_default().repeat(2);
            self.put(0..held, twice, Mutated::Doubled, MustAccept);
        }
    }

    /// The bytes of the leaf and of all that it holds.
    fn held(&self) -> usize {
        let end = self.leaf.holds.last().unwrap_or(&self.leaf.bytes).end;
        end - self.leaf.bytes.start
    }

    fn elements(&self) -> Vec<&'a [u8]> {
        let ranges = self.leaf.holds.iter().cloned();
        let message = self.message;
        ranges.filter_map(|range| message.get(range)).collect()
    }
}

/// Enumerations and unions.
impl Editor<'_> {
    fn enumeration(&mut self, ty: &EnumTy) {
        let declared: Vec<i64> = enumerators(ty).collect();
        for value in numbers::around(&declared, i32::MIN.into()..=i32::MAX.into()) {
            if ty.is_open() || declared.contains(&value) {
                self.value(value.into());
            } else if let Ok(value) = i32::try_from(value) {
                self.word(value.cast_unsigned(), Mutated::Enum { value }, MustReject);
            }
        }
    }

    fn union(&mut self, now: i64, ty: &'static UnionTy) {
        let mut known: Vec<i64> = ty.arms().iter().flat_map(Arm::labels).copied().collect();
        let form = numbers::discriminant(ty.discriminant());
        if let Ty::Enum(ty) = form {
            known.extend(enumerators(ty));
        }
        let held = self.held();
        for value in numbers::around(&known, numbers::range(form)) {
            let selects = numbers::allows(form, value) && ty.select(value).is_some();
            let expected = if selects { Either } else { MustReject };
            let fault = Mutated::Discriminant { value };
            self.put(0..4, low_word(value), fault, expected);
            if selects && value != now {
                let arm = least_arm(ty, value);
                self.put(0..held, arm, Mutated::Arm { value }, MustAccept);
            }
        }
    }
}

impl Editor<'_> {
    /// Another number of the type.
    fn value(&mut self, value: i128) {
        let (bytes, len) = (value.to_be_bytes(), self.leaf.bytes.len());
        let (_, by) = bytes.split_at(bytes.len().saturating_sub(len));
        self.put(0..len, by.to_vec(), Mutated::Value { value }, MustAccept);
    }

    fn word(&mut self, value: u32, fault: Mutated, expected: Expected) {
        self.put(0..4, word(value), fault, expected);
    }

    /// Replaces bytes, counted from the start of the leaf, unless they are the same.
    fn put(&mut self, range: Range<usize>, by: Vec<u8>, fault: Mutated, expected: Expected) {
        let start = self.leaf.bytes.start;
        let replaced = start + range.start..start + range.end;
        if self.message.get(replaced.clone()) != Some(&by[..]) {
            self.edits.push(Edit {
                replaced,
                by,
                fault,
                expected,
            });
        }
    }

    /// The bytes from the start of the leaf to the end of the message.
    fn rest(&self) -> usize {
        self.message.len() - self.leaf.bytes.start
    }
}

fn enumerators(ty: &EnumTy) -> impl Iterator<Item = i64> {
    let values = ty.enumerators().iter().map(Enumerator::value);
    values.map(i64::from)
}

/// The low 32 bits, of a signed and of an unsigned number alike.
fn low_word(value: i64) -> Vec<u8> {
    let [.., a, b, c, d] = value.to_be_bytes();
    vec![a, b, c, d]
}

fn word(value: u32) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

/// What a length word can say of a length.
fn length(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(Bounds::UNBOUNDED)
}

fn index(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

/// All of both that are not `now`, each once.
fn others(now: u32, some: &[u32], more: &[u32]) -> Vec<u32> {
    let mut others = [some, more].concat();
    others.retain(|len| *len != now);
    others.sort_unstable();
    others.dedup();
    others
}

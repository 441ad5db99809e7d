//! Messages whose counts are false all at once: each array claims as many elements as the rest could hold, and in
//! each element there are more such arrays.

use xdr_testkit::random::Choices;
use xdr_wire::Bounds;
use xdr_wire::describe::{Field, Ty};

/// Nesting that decoders follow by default.
const LEVELS: usize = 120;

/// `len` bytes that begin as such a message; the choices say which arrays are empty and which optionals absent.
pub(crate) fn message(ty: &'static Ty, len: usize, choices: &mut Choices) -> Vec<u8> {
    let mut greedy = Greedy {
        bytes: Vec::new(),
        len,
        level: 0,
        choices,
    };
    greedy.value(ty, Bounds::NONE);
    greedy.bytes.resize(len, 0);
    greedy.bytes
}

struct Greedy<'a> {
    bytes: Vec<u8>,
    len: usize,
    level: usize,
    choices: &'a mut Choices,
}

impl Greedy<'_> {
    fn value(&mut self, ty: &'static Ty, bounds: Bounds) {
        if self.bytes.len() >= self.len || self.level > LEVELS {
            return;
        }
        self.level += 1;
        let (bound, inner) = bounds.split();
        match ty {
            Ty::Array(link) => {
                let element = link();
                let left = self.len.saturating_sub(self.bytes.len() + 4);
                let count = left.checked_div(element.min_len()).unwrap_or(1);
                let count = u32::try_from(count).unwrap_or(u32::MAX).min(bound);
                let count = if self.choices.below(8) == 0 { 0 } else { count };
                self.word(count);
                // More of them than there is room for.
                let mut before = 0;
                while count > 0 && self.bytes.len() > before {
                    before = self.bytes.len();
                    self.value(element, inner);
                }
            }
            Ty::Optional(link) => {
                if self.flag() {
                    self.value(link(), bounds);
                }
            }
            Ty::List(link) => {
                while self.flag() && self.bytes.len() < self.len {
                    self.value(link(), bounds);
                }
            }
            Ty::Chain(element) => self.value(element, bounds),
            Ty::FixedArray(count, element) => {
                for _ in 0..(*count).min(self.len) {
                    self.value(element, bounds);
                }
            }
            Ty::Struct(body) => self.fields(body.fields()),
            Ty::Union(body) => {
                let any = self.choices.below(body.arms().len());
                let arm = &body.arms()[any];
                // The default arm takes a number that no label is likely to be.
                let label = arm.labels().first().copied().unwrap_or(77);
                self.bytes.extend(&label.to_be_bytes()[4..]);
                self.fields(arm.fields());
            }
            Ty::Enum(body) => {
                let value = body
                    .enumerators()
                    .first()
                    .map_or(0, xdr_wire::describe::Enumerator::value);
                self.bytes.extend(value.to_be_bytes());
            }
            Ty::Bounded(bounds, ty) => self.value(ty, *bounds),
            Ty::Link { link, .. } => self.value(link(), bounds),
            leaf => self.bytes.resize(self.bytes.len() + leaf.min_len(), 0),
        }
        self.level -= 1;
    }

    fn fields(&mut self, fields: &'static [Field]) {
        for field in fields {
            self.value(field.ty(), Bounds::NONE);
        }
    }

    fn flag(&mut self) -> bool {
        let flag = self.choices.below(4) == 0;
        self.word(flag.into());
        flag
    }

    fn word(&mut self, word: u32) {
        self.bytes.extend(word.to_be_bytes());
    }
}

//! Random messages of any type, made from its descriptor alone: no value, no encoder.
//!
//! A seed and a size decide a message. The same seed with a smaller size gives a message that begins alike and ends in
//! the least of everything, so the smallest size that fails is a small message that fails.

use xdr_wire::Bounds;
use xdr_wire::describe::{Arm, Enumerator, Field, Ty, UnionTy};

mod choices;
mod places;
pub use choices::Choices;
pub use places::{Place, places};

/// Deeper than this, all is least. Decoders take 128 levels unless told otherwise.
const LEVELS: usize = 32;

/// A valid message of this type, in the one form that encoders give it; a `char` is sign-extended.
///
/// Bounds are reached exactly where the size pays for it. Text is UTF-8 without NUL, enums have declared values, every
/// arm of a union occurs, floating-point numbers are any bits.
///
/// # Panics
/// If there is a [`Ty::Custom`] in the type: only its own code knows the bytes.
pub fn message(ty: &'static Ty, choices: &mut Choices) -> Vec<u8> {
    let mut writer = Writer {
        choices,
        bytes: Vec::new(),
        level: 0,
    };
    writer.value(ty, Bounds::NONE);
    writer.bytes
}

/// The bytes of the least value of a type.
pub(crate) fn least(ty: &'static Ty) -> Vec<u8> {
    message(ty, &mut Choices::new(0, 0))
}

/// The bytes of a union: this discriminant, and the least of what its arm has.
pub(crate) fn least_arm(ty: &'static UnionTy, discriminant: i64) -> Vec<u8> {
    let mut writer = Writer {
        choices: &mut Choices::new(0, 0),
        bytes: Vec::new(),
        level: 0,
    };
    writer.arm(ty, discriminant);
    writer.bytes
}

struct Writer<'a> {
    choices: &'a mut Choices,
    bytes: Vec<u8>,
    level: usize,
}

impl Writer<'_> {
    fn value(&mut self, ty: &'static Ty, bounds: Bounds) {
        let (max, inner) = bounds.split();
        match ty {
            Ty::Void => {}
            Ty::Int | Ty::UInt => self.put(Choices::word),
            Ty::Hyper | Ty::UHyper => self.put(Choices::long),
            Ty::Float => self.put(Choices::float),
            Ty::Double => self.put(Choices::double),
            Ty::Quadruple => {
                self.put(Choices::double);
                self.put(Choices::long);
            }
            Ty::Bool => {
                self.flag();
            }
            Ty::Char => self.put(|choices| i32::from(choices.byte().cast_signed()).to_be_bytes()),
            Ty::UChar => self.put(|choices| u32::from(choices.byte()).to_be_bytes()),
            Ty::Short => self.put(|choices| i32::from(choices.half().cast_signed()).to_be_bytes()),
            Ty::UShort => self.put(|choices| u32::from(choices.half()).to_be_bytes()),
            Ty::String | Ty::Str => {
                let len = self.choices.count(max, 1);
                let text = self.choices.text(len);
                self.opaque(text.as_bytes());
            }
            Ty::Opaque => {
                let len = self.choices.count(max, 1);
                let bytes = self.choices.bytes(len);
                self.opaque(&bytes);
            }
            Ty::FixedOpaque(len) => {
                let bytes = self.choices.bytes(*len);
                self.padded(&bytes);
            }
            Ty::FixedArray(len, element) => self.elements(*len, element, bounds),
            Ty::Array(link) => self.nested(|writer| {
                let element = link();
                let count = writer.choices.count(max, element.min_len() / 4);
                writer.len(count);
                writer.elements(count, element, inner);
            }),
            Ty::Optional(link) => self.nested(|writer| {
                if writer.flag() {
                    writer.value(link(), bounds);
                }
            }),
            Ty::List(link) => self.list(link(), bounds),
            Ty::Chain(element) => {
                self.value(element, bounds);
                self.list(element, bounds);
            }
            Ty::Struct(ty) => self.fields(ty.fields()),
            Ty::Enum(ty) => {
                let any = self.choices.below(ty.enumerators().len());
                let value = ty.enumerators().get(any).map_or(0, Enumerator::value);
                self.bytes.extend(value.to_be_bytes());
            }
            Ty::Union(ty) => self.nested(|writer| writer.union(ty)),
            Ty::Bounded(bounds, ty) => self.value(ty, *bounds),
            Ty::Link { link, .. } => self.value(link(), bounds),
            other => unwritable(other),
        }
    }
}

impl Writer<'_> {
    fn fields(&mut self, fields: &'static [Field]) {
        for field in fields {
            self.value(field.ty(), Bounds::NONE);
        }
    }

    fn elements(&mut self, count: usize, element: &'static Ty, bounds: Bounds) {
        for _ in 0..count {
            self.value(element, bounds);
        }
    }

    fn list(&mut self, element: &'static Ty, bounds: Bounds) {
        self.nested(|writer| {
            let count = writer
                .choices
                .count(Bounds::UNBOUNDED, element.min_len() / 4);
            for _ in 0..count {
                writer.bytes.extend(1_u32.to_be_bytes());
                writer.value(element, bounds);
            }
            writer.bytes.extend(0_u32.to_be_bytes());
        });
    }

    fn union(&mut self, ty: &'static UnionTy) {
        let discriminants = discriminants(ty, self.choices);
        let any = if self.choices.are_used_up() {
            shallowest(ty, &discriminants)
        } else {
            self.choices.below(discriminants.len())
        };
        if let Some(discriminant) = discriminants.get(any) {
            self.arm(ty, *discriminant);
        }
    }

    fn arm(&mut self, ty: &'static UnionTy, discriminant: i64) {
        // The low 32 bits, of an int and of an unsigned int alike.
        self.bytes.extend(&discriminant.to_be_bytes()[4..]);
        if let Some(arm) = ty.select(discriminant) {
            self.fields(arm.fields());
        }
    }

    /// What holds other values, perhaps of its own type.
    fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        self.level += 1;
        if self.level > LEVELS {
            self.choices.stop();
        }
        write(self);
        self.level -= 1;
    }

    fn put<const N: usize>(&mut self, choose: impl FnOnce(&mut Choices) -> [u8; N]) {
        let bytes = choose(self.choices);
        self.bytes.extend(bytes);
    }

    fn flag(&mut self) -> bool {
        let flag = self.choices.below(2) == 1;
        self.bytes.extend(u32::from(flag).to_be_bytes());
        flag
    }

    fn len(&mut self, len: usize) {
        let len = u32::try_from(len).expect("no count is greater than a bound");
        self.bytes.extend(len.to_be_bytes());
    }

    fn opaque(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        self.padded(bytes);
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        let padding = bytes.len().wrapping_neg() & 3;
        self.bytes.extend(&[0; 3][..padding]);
    }
}

/// A discriminant for each label, and for the default arm those that are left, or one of them if there are many.
fn discriminants(ty: &UnionTy, choices: &mut Choices) -> Vec<i64> {
    let labels = ty.arms().iter().flat_map(Arm::labels);
    let mut labels: Vec<i64> = labels.copied().collect();
    if ty.arms().iter().any(Arm::is_default) {
        let mut others = discriminant_values(ty.discriminant(), &labels, choices);
        others.retain(|value| !labels.contains(value));
        labels.append(&mut others);
    }
    labels
}

/// Values of a discriminant's type; of the integers one at random that is no label.
fn discriminant_values(ty: &'static Ty, labels: &[i64], choices: &mut Choices) -> Vec<i64> {
    match ty {
        Ty::Bool => vec![0, 1],
        Ty::Enum(ty) => {
            let enumerators = ty.enumerators().iter();
            enumerators.map(|it| i64::from(it.value())).collect()
        }
        Ty::UInt => vec![beside(labels, u32::from_be_bytes(choices.word()).into())],
        Ty::Link { link, .. } => discriminant_values(link(), labels, choices),
        _ => vec![beside(labels, i32::from_be_bytes(choices.word()).into())],
    }
}

/// The value, or the least that is no label if it is one.
fn beside(labels: &[i64], value: i64) -> i64 {
    let mut others = [value].into_iter().chain(0..);
    others.find(|it| !labels.contains(it)).unwrap_or(value)
}

/// The index of the discriminant with which a value ends soonest: a union may hold itself.
fn shallowest(ty: &UnionTy, discriminants: &[i64]) -> usize {
    let ends_within = |levels: usize| {
        discriminants.iter().position(|&discriminant| {
            let arm = ty.select(discriminant);
            arm.is_some_and(|arm| arm.fields().iter().all(|field| ends(field.ty(), levels)))
        })
    };
    (0..LEVELS).find_map(ends_within).unwrap_or(0)
}

/// Whether the type has a value with no more than so many unions inside each other.
fn ends(ty: &'static Ty, levels: usize) -> bool {
    let all = |fields: &'static [Field], levels| fields.iter().all(|it| ends(it.ty(), levels));
    match ty {
        Ty::Struct(ty) => all(ty.fields(), levels),
        Ty::FixedArray(_, element) | Ty::Chain(element) => ends(element, levels),
        Ty::Bounded(_, ty) => ends(ty, levels),
        Ty::Link { link, .. } => ends(link(), levels),
        Ty::Union(ty) => {
            let within = levels.checked_sub(1);
            within.is_some_and(|within| ty.arms().iter().any(|arm| all(arm.fields(), within)))
        }
        _ => true,
    }
}

#[expect(clippy::panic, reason = "as documented: the caller's mistake")]
fn unwritable(ty: &Ty) -> ! {
    panic!("only the type's own code knows the bytes of {ty:?}")
}

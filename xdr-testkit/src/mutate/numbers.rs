//! The numbers that are worth a try.

use std::ops::RangeInclusive;

use xdr_wire::describe::Ty;

/// Words that are neither 0 nor 1; the last is 1 in the other byte order.
pub(super) const NO_BOOLS: &[u32] = &[2, u32::MAX, 1 << 24];

/// What no UTF-8 begins with: a byte that it never has, a continuation, a slash of two bytes, half of a surrogate pair,
/// and more than the last character.
pub(super) const NOT_UTF8: &[&[u8]] = &[
    &[0xff],
    &[0x80],
    &[0xc0, 0xaf],
    &[0xed, 0xa0, 0x80],
    &[0xf4, 0x90, 0x80, 0x80],
];

/// What no UTF-8 ends with: the first of two bytes.
pub(super) const LEADING: u8 = 0xc3;

/// Values of a number's type: its ends, and what is near zero; of floating point as bits.
pub(super) fn of(ty: &Ty) -> &'static [i128] {
    match ty {
        Ty::Int => &[0, 1, -1, -0x8000_0000, 0x7fff_ffff],
        Ty::UInt => &[0, 1, 1 << 31, 0xffff_ffff],
        Ty::Hyper => &[0, 1, -1, 1 << 32, -(1 << 63), (1 << 63) - 1],
        Ty::UHyper => &[0, 1, 1 << 32, 1 << 63, (1 << 64) - 1],
        Ty::Short => &[0, 1, -1, -0x8000, 0x7fff],
        Ty::UShort => &[0, 1, 1 << 15, 0xffff],
        Ty::Char => &[0, 127, -1, -128, 128, 255],
        Ty::UChar => &[0, 127, 128, 255],
        // Zeros, one, infinities, and what is not a number: quiet, signalling, with all bits.
        Ty::Float => &[
            0,
            1 << 31,
            0x3f80_0000,
            0x7f80_0000,
            0xff80_0000,
            0x7fc0_0000,
            0x7f80_0001,
            0xffff_ffff,
        ],
        Ty::Double => &[
            0,
            1 << 63,
            0x3ff0_0000_0000_0000,
            0x7ff0_0000_0000_0000,
            0xfff0_0000_0000_0000,
            0x7ff8_0000_0000_0000,
            0x7ff0_0000_0000_0001,
            (1 << 64) - 1,
        ],
        _ => &[],
    }
}

/// Words that the smaller type does not have.
pub(super) fn beyond(ty: &Ty) -> &'static [i64] {
    match ty {
        Ty::Short => &[1 << 15, -(1 << 15) - 1, 1 << 16, -0x8000_0000, 0x7fff_ffff],
        Ty::UShort => &[1 << 16, -1, -0x8000_0000, 0x7fff_ffff],
        Ty::Char => &[256, -129, -0x8000_0000, 0x7fff_ffff],
        Ty::UChar => &[256, -1, -0x8000_0000, 0x7fff_ffff],
        _ => &[],
    }
}

/// The form of a discriminant.
pub(super) fn discriminant(ty: &'static Ty) -> &'static Ty {
    match ty {
        Ty::Link { link, .. } => discriminant(link()),
        other => other,
    }
}

/// The words of a discriminant, as it reads them.
pub(super) fn range(form: &Ty) -> RangeInclusive<i64> {
    match form {
        Ty::UInt | Ty::Bool => 0..=u32::MAX.into(),
        _ => i32::MIN.into()..=i32::MAX.into(),
    }
}

/// Whether the form of a discriminant has the value, whatever its union says to it.
pub(super) fn allows(form: &Ty, value: i64) -> bool {
    match form {
        Ty::Bool => matches!(value, 0 | 1),
        Ty::Enum(ty) => {
            let mut declared = ty.enumerators().iter().map(|it| i64::from(it.value()));
            ty.is_open() || declared.any(|it| it == value)
        }
        _ => true,
    }
}

/// Known values, what is beside each, zero, and the ends of the range.
pub(super) fn around(known: &[i64], range: RangeInclusive<i64>) -> Vec<i64> {
    let beside = known
        .iter()
        .flat_map(|value| [value - 1, *value, value + 1]);
    let mut all: Vec<_> = beside
        .chain([0, *range.start(), *range.end()])
        .filter(|value| range.contains(value))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

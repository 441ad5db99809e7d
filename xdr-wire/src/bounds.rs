//! The sizes that a schema allows: `string name<32>`, `item list<MAX>` (RFC 4506, sections 4.10, 4.11 and 4.13).

/// The upper bounds of the variable dimensions of one field, outermost first.
///
/// A `string`, an `opaque<>` or an array takes the first bound for itself and hands the rest to its elements; optionals,
/// boxes and fixed arrays pass all of them on; structs, enums and unions have their own and ignore what they are given.
/// A dimension without a bound has [`Bounds::UNBOUNDED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds(&'static [u32]);

impl Bounds {
    /// No bound but the 2³² − 1 that the length word can say.
    pub const UNBOUNDED: u32 = u32::MAX;

    /// No dimension is bounded.
    pub const NONE: Self = Self(&[]);

    /// Bounds in the order of the dimensions, outermost first. Strings and opaques count bytes, arrays elements.
    pub const fn new(bounds: &'static [u32]) -> Self {
        Self(bounds)
    }

    /// The bound of this dimension, and the bounds of what is inside.
    #[inline]
    pub const fn split(self) -> (u32, Self) {
        match self.0 {
            [first, rest @ ..] => (*first, Self(rest)),
            [] => (Self::UNBOUNDED, Self::NONE),
        }
    }

    /// The bounds as data.
    pub const fn as_slice(self) -> &'static [u32] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Bounds;

    #[test]
    fn each_dimension_takes_one_bound_and_the_last_ones_are_unbounded() {
        let (outer, rest) = Bounds::new(&[3, 7]).split();
        let (inner, rest) = rest.split();
        assert_eq!((outer, inner), (3, 7));
        assert_eq!(rest.split(), (Bounds::UNBOUNDED, Bounds::NONE));
    }
}

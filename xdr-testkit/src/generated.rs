//! What generated files call: strategies for their types.

/// Implements proptest's `Arbitrary` for types if feature `proptest` is on, and that of the crate `arbitrary` if feature
/// `arbitrary` is. The types borrow nothing, and have both `Encode` and `Decode`.
///
/// ```
/// use xdr_wire::{Decode, Encode};
///
/// #[derive(Debug, Encode, Decode)]
/// struct Seat {
///     row: u32,
/// }
///
/// xdr_testkit::strategies! {
///     Seat,
/// }
/// # #[cfg(feature = "proptest")]
/// let seats = proptest::collection::vec(proptest::arbitrary::any::<Seat>(), 0..10);
/// ```
#[macro_export]
macro_rules! strategies {
    ($($ty:ty),* $(,)?) => {$(
        $crate::__proptest! { $ty }
        $crate::__arbitrary! { $ty }
    )*};
}

#[doc(hidden)]
#[cfg(not(feature = "proptest"))]
#[macro_export]
macro_rules! __proptest {
    ($ty:ty) => {};
}

#[doc(hidden)]
#[cfg(feature = "proptest")]
#[macro_export]
macro_rules! __proptest {
    ($ty:ty) => {
        impl $crate::__private::proptest::arbitrary::Arbitrary for $ty {
            type Parameters = ();
            type Strategy = $crate::strategy::Values<Self>;

            fn arbitrary_with((): ()) -> Self::Strategy {
                $crate::strategy::values()
            }
        }
    };
}

#[doc(hidden)]
#[cfg(not(feature = "arbitrary"))]
#[macro_export]
macro_rules! __arbitrary {
    ($ty:ty) => {};
}

#[doc(hidden)]
#[cfg(feature = "arbitrary")]
#[macro_export]
macro_rules! __arbitrary {
    ($ty:ty) => {
        impl<'a> $crate::__private::arbitrary::Arbitrary<'a> for $ty {
            fn arbitrary(
                bytes: &mut $crate::__private::arbitrary::Unstructured<'a>,
            ) -> $crate::__private::arbitrary::Result<Self> {
                $crate::arbitrary::value(bytes)
            }

            fn arbitrary_take_rest(
                bytes: $crate::__private::arbitrary::Unstructured<'a>,
            ) -> $crate::__private::arbitrary::Result<Self> {
                $crate::arbitrary::value_of_rest(bytes)
            }
        }
    };
}

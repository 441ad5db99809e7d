//! What tests and fuzzers of XDR types need. All of it works on the static descriptor of a type, so it works for types
//! that are derived and for types that are generated.
//!
//! | module | what it has |
//! | --- | --- |
//! | [`random`] | valid messages of any type, and messages that reach its bounds or pass them by one |
//! | [`mutate`] | changes of a valid message, one field at a time, each with what must come of it |
//! | [`oracle`] | what must hold for any input |
//! | [`leaves`] | the fields of a message, with names, values and places |
//! | [`fuzz`] | the mutator of a fuzzer |
//! | `strategy` | feature `proptest`: messages and values that shrink |
//! | `arbitrary` | feature `arbitrary`: values of what a fuzzer made up |
//!
//! A type of one's own, through all of it:
//!
//! ```
//! use xdr_testkit::mutate::{Expected, mutations};
//! use xdr_testkit::oracle;
//! use xdr_testkit::random::{Choices, message};
//! use xdr_wire::{Decode, Encode, from_bytes};
//!
//! #[derive(Debug, Encode, Decode)]
//! struct Booking {
//!     #[xdr(max = 8)]
//!     guest: String,
//!     #[xdr(max = 3)]
//!     seats: Vec<u32>,
//!     note: Option<String>,
//! }
//!
//! let booking = <Booking as Encode>::TYPE;
//! for seed in 0..100 {
//!     // A message that is valid comes back as it was,
//!     let wire = message(booking, &mut Choices::new(seed, 50));
//!     oracle::round_trip_of::<Booking>(&wire);
//!     for changed in mutations(booking, &wire) {
//!         // and one that is not is an error that names the field.
//!         oracle::round_trip_of::<Booking>(&changed.bytes);
//!         let accepted = from_bytes::<Booking>(&changed.bytes).is_ok();
//!         match changed.expected() {
//!             Expected::MustAccept => assert!(accepted, "{changed}"),
//!             Expected::MustReject => assert!(!accepted, "{changed}"),
//!             Expected::Either => {}
//!         }
//!     }
//! }
//!
//! # #[cfg(feature = "proptest")] {
//! // With feature `proptest`, its values are strategies; generated types have them by an option of the generator.
//! use proptest::prelude::*;
//! xdr_testkit::strategies!(Booking);
//!
//! proptest!(|(booking: Booking)| prop_assert!(booking.guest.len() <= 8));
//! # }
//! ```

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
pub mod fuzz;
mod generated;
pub mod leaves;
pub mod mutate;
pub mod oracle;
pub mod random;
#[cfg(feature = "proptest")]
pub mod strategy;

/// The crates that [`strategies`] names.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "arbitrary")]
    pub use arbitrary;
    #[cfg(feature = "proptest")]
    pub use proptest;
}

/// What a message made here is read with: it is valid, and no limit is meant for it.
#[cfg(any(feature = "arbitrary", feature = "proptest"))]
fn read<T: for<'de> xdr_wire::Decode<'de>>(message: &[u8]) -> Option<T> {
    let options = xdr_wire::Options::new()
        .max_depth(u32::MAX)
        .max_memory_factor(u32::MAX)
        .max_empty_elements(u32::MAX)
        .max_stack(usize::MAX);
    xdr_wire::from_bytes_with(message, options).ok()
}

//! Feature `proptest`: strategies for messages and values of any type, made from its descriptor.
//!
//! What they draw is a string of bytes, and a message is read off it choice by choice. Shrinking cuts and lowers these
//! bytes, so what is shown in the end is a small message that still fails, whatever its type.
//!
//! ```
//! use proptest::prelude::*;
//! use xdr_testkit::strategy::values;
//! use xdr_wire::{Decode, Encode, from_bytes, to_vec};
//!
//! #[derive(Clone, Debug, PartialEq, Encode, Decode)]
//! struct Seat {
//!     row: u32,
//!     #[xdr(max = 4)]
//!     guest: String,
//! }
//!
//! proptest! {
//!     # fn test(
//!     // #[test] fn …(
//!         seat in values::<Seat>()
//!     ) {
//!         let wire = to_vec(&seat).expect("it is within its bounds");
//!         prop_assert_eq!(from_bytes::<Seat>(&wire), Ok(seat));
//!     }
//! }
//! # test();
//! ```

mod shrink;

use std::fmt;
use std::marker::PhantomData;

use proptest::prelude::any;
use proptest::sample::select;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use xdr_wire::describe::Ty;
use xdr_wire::{Decode, Encode, Options, Rule, from_bytes_with};

use crate::random::{Choices, Place, message, places};
use crate::read;
use shrink::Shrinking;

/// How many bytes decide a message: nothing, few, and more than most types have use for.
const SIZES: &[usize] = &[0, 8, 32, 128, 512];

/// A bound is reached if that takes no more bytes than this.
const LARGEST: usize = 1 << 20;

/// Valid messages of a type.
///
/// # Panics
/// When it makes one, if there is a [`Ty::Custom`] in the type.
pub fn messages(ty: &'static Ty) -> Messages {
    Messages(ty)
}

/// Values of a type, as messages of it are read.
///
/// # Panics
/// As [`messages`].
pub fn values<T>() -> Values<T> {
    Values(PhantomData)
}

/// Valid messages that are as long at one of the places of the type as its bound allows, and as short as possible
/// elsewhere. Places that would take more than 1 MiB are left out; bounds of structs and unions in it are theirs.
///
/// # Panics
/// If no place is left.
pub fn at_bounds(ty: &'static Ty) -> impl Strategy<Value = Vec<u8>> {
    bounded(ty).prop_map(|place| place.message(bound(&place)))
}

/// The same with one byte or element too many: [`LengthOverBound`](xdr_wire::ErrorKind::LengthOverBound), and valid
/// otherwise.
///
/// # Panics
/// As [`at_bounds`].
pub fn over_bounds(ty: &'static Ty) -> impl Strategy<Value = Vec<u8>> {
    bounded(ty).prop_map(|place| place.message(bound(&place) + 1))
}

/// Values with one byte or element too many in one place, which cannot be encoded.
///
/// # Panics
/// As [`at_bounds`].
pub fn values_over_bounds<T>() -> impl Strategy<Value = T>
where
    T: for<'de> Decode<'de> + Encode + fmt::Debug,
{
    let options = Options::new().allow(Rule::Bound);
    over_bounds(<T as Encode>::TYPE).prop_filter_map("only its own code reads it", move |bytes| {
        from_bytes_with(&bytes, options).ok()
    })
}

fn bounded(ty: &'static Ty) -> impl Strategy<Value = Place> {
    let affordable = |place: &Place| bound(place).saturating_mul(place.each.max(1)) <= LARGEST;
    select(
        places(ty)
            .into_iter()
            .filter(affordable)
            .collect::<Vec<_>>(),
    )
}

fn bound(place: &Place) -> usize {
    usize::try_from(place.bound).unwrap_or(usize::MAX)
}

/// The strategy of [`messages`].
#[derive(Clone, Copy, Debug)]
pub struct Messages(&'static Ty);

/// A message that shrinks.
#[derive(Clone, Debug)]
pub struct MessageTree {
    ty: &'static Ty,
    choices: Shrinking,
}

impl Strategy for Messages {
    type Tree = MessageTree;
    type Value = Vec<u8>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let (seed, size) = (any::<u64>(), select(SIZES)).new_tree(runner)?.current();
        let mut choices = Choices::new(seed, usize::MAX);
        let size = choices.below(size + 1);
        Ok(MessageTree {
            ty: self.0,
            choices: Shrinking::new(choices.bytes(size)),
        })
    }
}

impl ValueTree for MessageTree {
    type Value = Vec<u8>;

    fn current(&self) -> Vec<u8> {
        message(self.ty, &mut Choices::from_bytes(self.choices.current()))
    }

    fn simplify(&mut self) -> bool {
        self.choices.simplify()
    }

    fn complicate(&mut self) -> bool {
        self.choices.complicate()
    }
}

/// The strategy of [`values`].
pub struct Values<T>(PhantomData<fn() -> T>);

/// A value that shrinks.
pub struct ValuesTree<T> {
    message: MessageTree,
    value: PhantomData<fn() -> T>,
}

impl<T: for<'de> Decode<'de> + fmt::Debug> Strategy for Values<T> {
    type Tree = ValuesTree<T>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let message = messages(<T as Decode<'static>>::TYPE).new_tree(runner)?;
        Ok(ValuesTree {
            message,
            value: PhantomData,
        })
    }
}

impl<T: for<'de> Decode<'de> + fmt::Debug> ValueTree for ValuesTree<T> {
    type Value = T;

    fn current(&self) -> T {
        let message = self.message.current();
        read(&message).expect("a message of the type can be read")
    }

    fn simplify(&mut self) -> bool {
        self.message.simplify()
    }

    fn complicate(&mut self) -> bool {
        self.message.complicate()
    }
}

// Derived, these would ask `T` for what it need not have.
impl<T> Clone for Values<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Values<T> {}

impl<T> fmt::Debug for Values<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Values").finish()
    }
}

impl<T> fmt::Debug for ValuesTree<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ValuesTree").field(&self.message).finish()
    }
}

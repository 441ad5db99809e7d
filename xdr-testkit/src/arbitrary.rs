//! Feature `arbitrary`: values of any type from the bytes of a fuzzer.

use arbitrary::{Error, Result, Unstructured};
use xdr_wire::Decode;

use crate::random::{Choices, message};
use crate::read;

/// A value, for the `arbitrary` of an `Arbitrary` that is written by hand. It takes a share of the bytes, as a vector
/// does.
///
/// ```
/// use arbitrary::Unstructured;
///
/// let mut bytes = Unstructured::new(b"whatever a fuzzer comes up with");
/// let ports: Vec<u16> = xdr_testkit::arbitrary::value(&mut bytes)?;
/// # drop(ports);
/// # Ok::<(), arbitrary::Error>(())
/// ```
///
/// # Errors
/// As [`Unstructured::bytes`].
///
/// # Panics
/// If there is a [`Ty::Custom`](xdr_wire::describe::Ty::Custom) in the type.
pub fn value<T: for<'de> Decode<'de>>(bytes: &mut Unstructured<'_>) -> Result<T> {
    let len = bytes.arbitrary_len::<u8>()?;
    made_of(bytes.bytes(len)?)
}

/// A value of all bytes that are left, for `arbitrary_take_rest`.
///
/// # Errors
/// As [`value`].
///
/// # Panics
/// As [`value`].
pub fn value_of_rest<T: for<'de> Decode<'de>>(bytes: Unstructured<'_>) -> Result<T> {
    made_of(bytes.take_rest())
}

fn made_of<T: for<'de> Decode<'de>>(bytes: &[u8]) -> Result<T> {
    let message = message(
        <T as Decode<'static>>::TYPE,
        &mut Choices::from_bytes(bytes),
    );
    read(&message).ok_or(Error::IncorrectFormat)
}

//! Mutators that know what an input holds: of a valid message one field is changed at a time.

use protocol_defs::remote::{DomainEventCallbackGraphicsMsg, DomainEventGraphicsMsg};
use xdr_testkit::fuzz::mutate_in_place;
use xdr_wire::Encode;
use xdr_wire::describe::Ty;

use crate::{MESSAGE_HEAD, TYPE_HEAD, chosen_type, payload_type};

/// Changes an input of [`types`](crate::types()); none if it has no room for a message, or where it is better changed
/// without knowledge of it, as it is now and then.
pub fn mutate_types(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> Option<usize> {
    let ty = chosen_type(data.get(..size)?)?.ty();
    behind(TYPE_HEAD, ty, data, (size, max_size), seed)
}

/// Changes an input of [`messages`](crate::messages()); none also if no type is known of its payload.
pub fn mutate_messages(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> Option<usize> {
    let ty = payload_type(data.get(..size)?)?.ty();
    behind(MESSAGE_HEAD, ty, data, (size, max_size), seed)
}

/// Changes an input of [`graphics`](crate::graphics()), now as the one form of the event and now as the other.
pub fn mutate_graphics(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> Option<usize> {
    let ty = if seed.is_multiple_of(2) {
        <DomainEventGraphicsMsg as Encode>::TYPE
    } else {
        <DomainEventCallbackGraphicsMsg as Encode>::TYPE
    };
    behind(0, ty, data, (size, max_size), seed / 2)
}

/// Changes what follows the first `head` bytes.
fn behind(
    head: usize,
    ty: &'static Ty,
    data: &mut [u8],
    (size, max_size): (usize, usize),
    seed: u32,
) -> Option<usize> {
    if seed.is_multiple_of(4) {
        return None;
    }
    let (size, max_size) = (size.checked_sub(head)?, max_size.checked_sub(head)?);
    let message = data.get_mut(head..)?;
    Some(head + mutate_in_place(ty, message, size, max_size, seed / 4))
}

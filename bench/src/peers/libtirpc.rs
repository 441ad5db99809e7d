//! libtirpc, by what rpcgen writes. Its turns run in C.

use crate::race::Race;

#[cfg(not(libtirpc))]
pub(crate) fn enter(_: &mut Race) {}

#[cfg(libtirpc)]
pub(crate) fn enter(race: &mut Race) {
    linked::enter(race);
}

#[cfg(libtirpc)]
#[allow(unsafe_code, reason = "it is C")]
mod linked {
    use std::ffi::{c_char, c_uint, c_void};

    use crate::race::{Direction, Race, places, timed};

    const WHO: &str = "libtirpc";

    unsafe extern "C" {
        fn turns_value(at: c_uint, bytes: *const c_char, len: c_uint) -> *mut c_void;
        fn turns_encode_reused(
            at: c_uint,
            value: *mut c_void,
            bytes: *mut c_char,
            len: c_uint,
            times: c_uint,
        ) -> c_uint;
        fn turns_encode_fresh(at: c_uint, value: *mut c_void, times: c_uint) -> c_uint;
        fn turns_decode(at: c_uint, bytes: *const c_char, len: c_uint, times: c_uint) -> c_uint;
    }

    pub(crate) fn enter(race: &mut Race) {
        let at = race.workload as c_uint;
        let wire = race.wire;
        let len = c_uint::try_from(wire.len()).expect("messages are short");
        let start = wire.as_ptr().cast();
        let value = || {
            // SAFETY: `start` has `len` bytes, which C only reads; `at` is the place of a workload in both tables.
            let value = unsafe { turns_value(at, start, len) };
            assert!(!value.is_null(), "libtirpc cannot read the message");
            value
        };
        let values: Vec<_> = (0..places(wire)).map(|_| value()).collect();
        let reused = move |value, buffer: &mut [u8], times| {
            // SAFETY: `value` is of the workload and lives for ever; the buffer has `len` bytes.
            let written =
                unsafe { turns_encode_reused(at, value, buffer.as_mut_ptr().cast(), len, times) };
            assert_eq!(written, len);
        };
        for &value in &values {
            let mut buffer = vec![0xff; wire.len()];
            reused(value, &mut buffer, 1);
            race.check(WHO, &buffer);
        }
        let kept = values.clone();
        let mut turns = 0;
        race.enter_turn(WHO, Direction::EncodeReused, move |times| {
            turns += 1;
            let value = kept[turns % kept.len()];
            let mut buffer = vec![0u8; wire.len()];
            reused(value, &mut buffer, 1);
            timed(|| reused(value, &mut buffer, times))
        });
        let mut turns = 0;
        race.enter(WHO, Direction::EncodeFresh, move |times| {
            turns += 1;
            // SAFETY: as above.
            let written = unsafe { turns_encode_fresh(at, values[turns % values.len()], times) };
            assert_eq!(written, len);
        });
        race.enter(WHO, Direction::DecodeOwned, move |times| {
            // SAFETY: as for `turns_value`.
            let well = unsafe { turns_decode(at, start, len, times) };
            assert_eq!(well, 1);
        });
    }
}

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xdr_fuzz::messages(input));

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| xdr_fuzz::dynamic(input));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    xdr_fuzz::mutate_types(data, size, max_size, seed)
        .unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, max_size))
});

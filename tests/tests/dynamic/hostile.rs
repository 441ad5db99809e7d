//! Input that means harm: bounded in time, memory and stack.

use std::time::{Duration, Instant};

use xdr_dynamic::Codec;
use xdr_parser::Schema;
use xdr_wire::{ErrorKind, Options};

const TYPES: &str = "
    struct node { int value; node *next; };
    struct tree { tree *left; tree *right; };
    struct nothing { opaque pad[0]; };
    typedef nothing nothings<>;
    typedef nothings many<>;
    typedef int numbers<>;
    typedef string names<>;
    union deep switch (int more) { case 1: deep *next; default: void; };
    typedef opaque blob<>;
";

fn schema() -> Schema {
    let compilation =
        xdr_parser::compile_text("hostile.x", TYPES, None, &xdr_parser::Options::default());
    compilation
        .schema
        .unwrap_or_else(|| panic!("{:?}", compilation.diagnostics))
}

fn codec(name: &str, options: Options) -> Codec {
    Codec::named(&schema(), name).unwrap().with_options(options)
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// Takes what is written, and counts it.
#[derive(Default)]
struct Counted {
    bytes: u64,
    largest: usize,
}

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += u64::try_from(bytes.len()).unwrap();
        self.largest = self.largest.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_list_of_ten_million_nodes_is_written_block_by_block() {
    const NODES: usize = 10_000_000;
    let mut wire = words(&[1, 7]).repeat(NODES)[4..].to_vec();
    wire.extend(words(&[0]));
    let mut counted = Counted::default();
    let start = Instant::now();
    codec("node", Options::new())
        .write_json(&wire, &mut counted)
        .unwrap();
    assert_eq!(
        counted.bytes,
        u64::try_from(r#"{"value":7},"#.len() * NODES + 1).unwrap()
    );
    assert!(counted.largest < 1 << 17, "{}", counted.largest);
    assert!(start.elapsed() < Duration::from_mins(1));
}

#[test]
fn a_long_opaque_is_written_block_by_block() {
    let mut wire = words(&[1 << 24]);
    wire.resize(4 + (1 << 24), 7);
    let mut counted = Counted::default();
    codec("blob", Options::new())
        .write_json(&wire, &mut counted)
        .unwrap();
    assert_eq!(counted.bytes, (1 << 25) + 2);
    assert!(counted.largest < 1 << 18, "{}", counted.largest);
}

#[test]
fn a_count_that_the_input_cannot_hold_is_refused_at_once() {
    for name in ["numbers", "names", "many", "blob"] {
        let error = codec(name, Options::new())
            .decode_json(&words(&[u32::MAX, 0]))
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::LengthOverInput { left: 4, .. }),
            "{error}"
        );
    }
}

#[test]
fn elements_without_bytes_are_counted_in_the_whole_message() {
    let wire = words(&[3, 30_000, 30_000, 30_000]);
    let error = codec("many", Options::new())
        .decode_json(&wire)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "more array elements without bytes than the limit of 65536, at [2] (byte 12)"
    );
    let json = codec("many", Options::new().max_empty_elements(90_000));
    let json = json.decode_json(&wire).unwrap();
    let error = codec("many", Options::new())
        .encode_json(&json)
        .unwrap_err();
    assert_eq!(
        error.message().to_string(),
        "more array elements without bytes than the limit of 65536, at [2] (byte 12)"
    );
}

/// On a thread with little stack: no limit is needed to keep it.
#[test]
fn nesting_is_limited_by_number_and_not_by_the_stack() {
    const DEEP: usize = 1_000_000;
    let test = || {
        let mut wire = words(&[1]).repeat(DEEP);
        wire.extend(words(&[0]).repeat(DEEP + 2));
        let error = codec("tree", Options::new())
            .decode_json(&wire)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DepthOverLimit { limit: 128 });
        assert_eq!(error.offset(), 128 * 4);
        let any = codec("tree", Options::new().max_depth(u32::MAX));
        let json = any.decode_json(&wire).unwrap();
        assert_eq!(any.encode_json(&json), Ok(wire));
        let error = codec("tree", Options::new())
            .encode_json(&json)
            .unwrap_err();
        let text = error.message().to_string();
        assert!(
            text.starts_with("nested deeper than the limit of 128, at left.left"),
            "{text}"
        );
        assert!(text.ends_with("(byte 512)"), "{text}");
        let wire = words(&[1]).repeat(DEEP);
        assert!(codec("deep", Options::new()).decode_json(&wire).is_err());
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread.spawn(test).unwrap().join().unwrap();
}

//! A message as a tree.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use xdr_dynamic::{Codec, Kind, Scalar};
use xdr_wire::{ErrorKind, Options};

const TYPES: &str = "
    enum kind { DISK = 1, NET = 2 };
    union payload switch (kind of) { case DISK: unsigned hyper size; case NET: string name<>; default: void; };
    struct device { payload what; int *slot; device *next; };
    struct machine { string name<8>; device devices; };
    typedef int numbers<>;
    struct a { int x; }; struct b { a x; }; struct c { b x; }; struct d { c x; }; typedef d nested<>;
";

fn codec(name: &str) -> Codec {
    let compiled = xdr_parser::compile_text("tree.x", TYPES, None, &xdr_parser::Options::default());
    Codec::named(&compiled.schema.unwrap(), name).unwrap()
}

#[test]
fn each_value_knows_its_bytes_its_path_and_its_type() {
    let codec = codec("machine");
    let json = r#"{"name":"vm","devices":[{"what":{"of":"DISK","size":"7"},"slot":null},{"what":{"of":"NET","name":"e"},"slot":3}]}"#;
    let wire = codec.encode_json(json).unwrap();
    let tree = codec.decode(&wire).unwrap();
    let lines: Vec<_> = tree
        .values()
        .map(|value| {
            let kind = match value.kind() {
                Kind::Scalar(scalar) => format!("{scalar:?}"),
                kind => format!("{kind:?}"),
            };
            let range = value.range();
            format!(
                "{}..{} {} {}: {kind}",
                range.start,
                range.end,
                value.path(),
                value.ty()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "0..52  machine: Struct",
            "0..8 name string<8>: String(\"vm\")",
            "8..52 devices device: Array",
            "8..24 devices[0] device: Struct",
            "8..20 devices[0].what payload: Union",
            "8..12 devices[0].what.of kind: Enum { value: 1, name: Some(\"DISK\") }",
            "12..20 devices[0].what.size unsigned hyper: UnsignedHyper(7)",
            "20..24 devices[0].slot int *: Absent",
            "28..48 devices[1] device: Struct",
            "28..40 devices[1].what payload: Union",
            "28..32 devices[1].what.of kind: Enum { value: 2, name: Some(\"NET\") }",
            "32..40 devices[1].what.name string<>: String(\"e\")",
            "40..48 devices[1].slot int *: Optional",
            "44..48 devices[1].slot int: Int(3)",
        ]
    );
    let devices = tree.root().part("devices").unwrap();
    assert_eq!(devices.parts().count(), 2);
    assert_eq!(
        devices
            .parts()
            .nth(1)
            .unwrap()
            .part("slot")
            .unwrap()
            .range(),
        40..48
    );
}

#[test]
fn words_are_within_the_limit_of_memory_and_structs_of_structs_of_words_are_not() {
    let mut wire = 100_000_u32.to_be_bytes().to_vec();
    wire.resize(400_004, 0);
    assert_eq!(
        codec("numbers").decode(&wire).unwrap().values().count(),
        100_001
    );
    let error = codec("nested").decode(&wire).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MemoryOverLimit { factor: 16 });
    let generous = codec("nested").with_options(Options::new().max_memory_factor(40));
    assert_eq!(generous.decode(&wire).unwrap().values().count(), 500_001);
}

#[test]
fn a_scalar_is_read_with_the_rules_that_the_message_was_read_with() {
    let lenient = codec("kind").with_options(Options::new().allow(xdr_wire::Rule::Enum));
    let tree = lenient.decode(&[0, 0, 0, 9]).unwrap();
    let expected = Scalar::Enum {
        value: 9,
        name: None,
    };
    assert_eq!(tree.root().kind(), Kind::Scalar(expected));
}

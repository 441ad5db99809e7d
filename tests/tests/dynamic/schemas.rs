//! The schema behind each table of types, and both codecs of each of its types.

use std::path::PathBuf;

use xdr_dynamic::Codec;
use xdr_parser::Schema;
use xdr_wire::{Options, TypeEntry};

/// Both codecs of a type.
pub(crate) struct Pair<'s> {
    /// That of generated code.
    pub(crate) entry: &'s TypeEntry,
    codec: Codec,
}

impl Pair<'_> {
    /// The codec without generated code.
    pub(crate) fn codec(&self, options: Options) -> Codec {
        self.codec.clone().with_options(options)
    }
}

/// What generated code is read with: values of its own take memory and stack, which the other codec does not need.
pub(crate) fn generous() -> Options {
    Options::new()
        .max_memory_factor(u32::MAX)
        .max_stack(usize::MAX)
}

/// Calls `test` with each type of a table.
pub(crate) fn with(name: &str, types: &'static [TypeEntry], test: fn(&Pair<'_>)) {
    let schema = schema(name);
    for entry in types {
        match Codec::named(&schema, entry.name()) {
            Ok(codec) => test(&Pair { entry, codec }),
            Err(error) => panic!("{error}"),
        }
    }
}

/// The schema that a table's types are made of.
fn schema(name: &str) -> Schema {
    let mut options = xdr_parser::Options::default();
    for (name, value) in [
        ("EXTERNAL_SIZE", 7),
        ("EXTERNAL_ONE", 1),
        ("EXTERNAL_TWO", 2),
    ] {
        options.defines.insert(name.to_owned(), value);
    }
    let compilation = xdr_parser::compile(&[path(name)], &options);
    match compilation.schema {
        Some(schema) => schema,
        None => panic!("{name}: {:?}", compilation.diagnostics),
    }
}

fn path(name: &str) -> PathBuf {
    let protocols = "protocol-defs/proto";
    let path = match name {
        "torture" => "xdr-build/tests/torture.x".to_owned(),
        "shapes_of_c" => "tests/tests/c_peer/shapes.x".to_owned(),
        "net" | "keepalive" => format!("{protocols}/vir{name}protocol.x"),
        _ => format!("{protocols}/{name}_protocol.x"),
    };
    xdr_tests::root().join(path)
}

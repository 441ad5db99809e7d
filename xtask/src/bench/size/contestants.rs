//! Who takes part: ours, and the generators that a user would take instead.

/// A generator with the runtime that its code needs.
pub(super) struct Contestant {
    pub(super) name: &'static str,
    /// What it is made of libvirt's file by, and what was done about what it cannot read.
    pub(super) what: &'static str,
    pub(super) code: Code,
}

/// What it generates.
pub(super) enum Code {
    Rust(Rust),
    C,
}

/// What stands around generated Rust.
pub(super) struct Rust {
    /// Lines of `[dependencies]`; `{root}` is the folder of this workspace.
    pub(super) dependencies: &'static str,
    /// Attributes of the library's module.
    pub(super) attributes: &'static str,
    /// A function `again`, which reads a message of any type and writes it.
    pub(super) again: &'static str,
    /// What functions are for, by a part of their names; the first that is in a name counts.
    pub(super) kinds: &'static [(&'static str, &'static str)],
}

/// All of them, ours first, which ratios are to.
pub(super) const ALL: [Contestant; 4] = [
    Contestant {
        name: "ours",
        what: "xdr gen --profile libvirt --strip-prefix remote_; the file as it is",
        code: Code::Rust(Rust {
            dependencies: "xdr-wire = { path = '{root}/xdr-wire' }",
            attributes: "",
            again: "fn again<T: for<'de> xdr_wire::Decode<'de> + xdr_wire::Encode>(input: &[u8]) -> Option<Vec<u8>> {\n    \
                    let value = xdr_wire::from_bytes::<T>(input).ok()?;\n    xdr_wire::to_vec(&value).ok()\n}\n",
            kinds: &[
                ("xdr_wire::message::", "entry points"),
                ("main::again", "entry points"),
                ("remote::again", "entry points"),
                ("Decode>::", "decode"),
                ("Encode>::measure", "length"),
                ("Encode>::", "encode"),
                ("xdr_wire::", "helpers"),
                ("drop_in_place", "drop"),
            ],
        }),
    },
    Contestant {
        name: "xdrgen",
        what: "xdrgen 0.4 and xdr-codec 0.4; the types in plain RFC 4506, as it does not read the file",
        code: Code::Rust(Rust {
            dependencies: "xdr-codec = \"0.4\"",
            attributes: "#[allow(warnings)]\n",
            again: "fn again<T: for<'a> xdr_codec::Unpack<&'a [u8]> + xdr_codec::Pack<Vec<u8>>>(input: &[u8]) -> Option<Vec<u8>> {\n    \
                    let mut rest = input;\n    let (value, _) = T::unpack(&mut rest).ok()?;\n    let mut out = Vec::new();\n    \
                    value.pack(&mut out).ok()?;\n    Some(out)\n}\n",
            kinds: &[
                ("remote::again", "entry points"),
                ("xdr_codec::Unpack<", "decode"),
                ("xdr_codec::Pack<", "encode"),
                ("xdr_codec::", "helpers"),
                ("drop_in_place", "drop"),
            ],
        }),
    },
    Contestant {
        name: "libvirt-codegen",
        what: "libvirt-codegen 0.1 and libvirt-xdr 0.1, with the client that it generates; bounds are not kept",
        code: Code::Rust(Rust {
            dependencies: "libvirt-xdr = \"0.1\"\nserde = { version = \"1\", features = [\"derive\"] }",
            attributes: "#[allow(warnings)]\n",
            again: "fn again<T: serde::de::DeserializeOwned + serde::Serialize>(input: &[u8]) -> Option<Vec<u8>> {\n    \
                    let value = libvirt_xdr::from_bytes::<T>(input).ok()?;\n    libvirt_xdr::to_bytes(&value).ok()\n}\n",
            kinds: &[
                ("remote::again", "entry points"),
                ("Deserialize", "decode"),
                ("deserialize", "decode"),
                ("serde_core::de::", "decode"),
                ("Serialize", "encode"),
                ("libvirt_xdr::", "helpers"),
                ("serde", "helpers"),
                ("drop_in_place", "drop"),
            ],
        }),
    },
    Contestant {
        name: "C",
        what: "rpcgen and gcc -O2, -O0 as its dev build; libtirpc is shared; the types in plain RFC 4506, for want of C's headers",
        code: Code::C,
    },
];

impl Contestant {
    /// The text of the program that makes Rust of a file by the peers' generators.
    pub(super) const fn generators() -> (&'static str, &'static str) {
        (
            "xdrgen = \"0.4\"\nlibvirt-codegen = \"0.1\"",
            "use std::{env, fs};\n\n\
             fn main() {\n    let words: Vec<_> = env::args().skip(1).collect();\n    \
             let [name, source, out] = &*words else { panic!(\"NAME SOURCE OUT\") };\n    \
             let code = if name == \"xdrgen\" {\n        let mut code = Vec::new();\n        \
             let text = fs::read(source).expect(\"the source\");\n        \
             xdrgen::generate(\"remote_protocol.x\", &*text, &mut code).expect(\"xdrgen reads it\");\n        code\n    \
             } else {\n        let protocol = libvirt_codegen::parse_file(source).expect(\"libvirt-codegen reads it\");\n        \
             libvirt_codegen::generate(&protocol).into_bytes()\n    };\n    \
             fs::write(out, code).expect(\"the folder is there\");\n}\n",
        )
    }
}

//! The words of the language: for completion, highlighting, and whoever must not take one for a name.
//!
//! None is reserved: where the grammar wants a name, each of them is one.

/// What begins a definition.
pub const DEFINITIONS: [&str; 6] = ["const", "typedef", "enum", "struct", "union", "program"];

/// What stands inside of definitions.
pub const INNER: [&str; 4] = ["switch", "case", "default", "version"];

/// What says whether an integer has a sign.
pub const SIGNS: [&str; 2] = ["unsigned", "signed"];

/// Types of RFC 4506, and C's that have a word of their own.
pub const TYPES: [&str; 12] = [
    "void",
    "bool",
    "int",
    "hyper",
    "float",
    "double",
    "quadruple",
    "string",
    "opaque",
    "char",
    "short",
    "long",
];

/// Names that C gives to integers, and that need no definition.
pub const C_TYPES: [&str; 41] = [
    "bool_t",
    "enum_t",
    "int16",
    "int16_t",
    "int32",
    "int32_t",
    "int64",
    "int64_t",
    "int8",
    "int8_t",
    "longlong_t",
    "quad_t",
    "rpc_int32",
    "rpcport_t",
    "rpcproc_t",
    "rpcprog_t",
    "rpcprot_t",
    "rpcvers_t",
    "u_char",
    "u_hyper",
    "u_int",
    "u_int16_t",
    "u_int32_t",
    "u_int64_t",
    "u_int8_t",
    "u_long",
    "u_longlong_t",
    "u_quad_t",
    "u_short",
    "uchar",
    "uint",
    "uint16",
    "uint16_t",
    "uint32",
    "uint32_t",
    "uint64",
    "uint64_t",
    "uint8",
    "uint8_t",
    "ulong",
    "ushort",
];

/// Values of `bool`.
pub const TRUTHS: [&str; 4] = ["TRUE", "FALSE", "true", "false"];

/// Whether a word means something by itself, so that it makes a bad name.
pub fn is_word(word: &str) -> bool {
    [&DEFINITIONS[..], &INNER, &SIGNS, &TYPES, &C_TYPES, &TRUTHS]
        .iter()
        .any(|words| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, compile_text};

    #[test]
    fn types_need_no_definition() {
        let plain = TYPES
            .iter()
            .filter(|word| !["void", "string", "opaque"].contains(word));
        for word in plain.chain(&C_TYPES).chain(&SIGNS) {
            let text = format!("typedef {word} x;");
            let compilation = compile_text("", &text, None, &Options::default());
            assert!(compilation.schema.is_some(), "{word}");
        }
        assert!(!is_word("x"));
    }
}

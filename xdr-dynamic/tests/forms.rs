//! Each form of the language: the JSON of its values, and what is said of JSON that is no value of it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

use xdr_dynamic::{Codec, EncodeErrorKind};
use xdr_wire::{Options, Rule};

const TYPES: &str = "
    enum colour { RED = 1, GREEN = 0x10, BLUE = -7, SCARLET = 1 };
    struct integers {
        int a; unsigned int b; hyper c; unsigned hyper d; short e; unsigned short f; char g; unsigned char h;
    };
    typedef string text<5>;
    typedef opaque bytes<4>;
    typedef opaque digest[3];
    typedef text names<2>;
    typedef char letters[2];
    typedef int *maybe;
    typedef maybe *perhaps;
    typedef int row[2];
    typedef row grid[2];
    struct node { text name; node *next; };
    typedef node *nodes;
    union choice switch (colour tint) { case RED: int warm; case GREEN: void; default: text other; };
    union flag switch (bool known) { case TRUE: hyper value; case FALSE: void; };
    union clash switch (int kind) { case 1: int kind; case 2: text other; default: void; };
    struct none { opaque pad[0]; };
    struct outer { struct { int x; } inner; };
";

fn codec(name: &str) -> Codec {
    let compiled =
        xdr_parser::compile_text("forms.x", TYPES, None, &xdr_parser::Options::default());
    let schema = compiled
        .schema
        .unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    Codec::named(&schema, name).unwrap()
}

/// Bytes as JSON, and JSON as bytes.
#[track_caller]
fn both(name: &str, hex: &str, json: &str) {
    let codec = codec(name);
    let wire = bytes(hex);
    assert_eq!(codec.decode_json(&wire).as_deref(), Ok(json));
    assert_eq!(codec.encode_json(json), Ok(wire));
}

/// JSON that other hands write, as bytes.
#[track_caller]
fn accepts(name: &str, json: &str, hex: &str) {
    assert_eq!(codec(name).encode_json(json), Ok(bytes(hex)));
}

#[track_caller]
fn refuses(name: &str, json: &str, message: &str) {
    let error = codec(name).encode_json(json).unwrap_err();
    assert_eq!(error.to_string(), message);
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| *byte != b' ').collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

#[test]
fn integers_of_32_bits_are_numbers_and_of_64_bits_strings() {
    let least =
        "80000000 00000000 8000000000000000 0000000000000000 ffff8000 00000000 ffffff80 00000000";
    both(
        "integers",
        least,
        r#"{"a":-2147483648,"b":0,"c":"-9223372036854775808","d":"0","e":-32768,"f":0,"g":-128,"h":0}"#,
    );
    let most =
        "7fffffff ffffffff 7fffffffffffffff ffffffffffffffff 00007fff 0000ffff 000000ff 000000ff";
    both(
        "integers",
        most,
        r#"{"a":2147483647,"b":4294967295,"c":"9223372036854775807","d":"18446744073709551615","e":32767,"f":65535,"g":255,"h":255}"#,
    );
    accepts(
        "integers",
        r#"{"d":18446744073709551615,"c":-1,"b":0,"a":0,"e":0,"f":0,"g":0,"h":0}"#,
        "00000000 00000000 ffffffffffffffff ffffffffffffffff 00000000 00000000 00000000 00000000",
    );
}

#[test]
fn integers_out_of_range_say_what_is_in_range() {
    let with = |field: &str, value: &str| {
        let mut json = serde_json::json!({"a":0,"b":0,"c":"0","d":"0","e":0,"f":0,"g":0,"h":0});
        json[field] = serde_json::from_str(value).unwrap();
        codec("integers")
            .encode_json(&json.to_string())
            .unwrap_err()
            .message()
            .to_string()
    };
    assert_eq!(
        with("a", "2147483648"),
        "expected an integer from -2147483648 to 2147483647 for `int`, found the number 2147483648, at a"
    );
    assert_eq!(
        with("a", "1.5"),
        "expected an integer from -2147483648 to 2147483647 for `int`, found the number 1.5, at a"
    );
    assert_eq!(
        with("b", "-1"),
        "expected an integer from 0 to 4294967295 for `unsigned int`, found the number -1, at b"
    );
    assert_eq!(
        with("c", "\"x\""),
        "expected a decimal string from -2^63 to 2^63-1 for `hyper`, found the string \"x\", at c"
    );
    assert_eq!(
        with("d", "\"+1\""),
        "expected a decimal string from 0 to 2^64-1 for `unsigned hyper`, found the string \"+1\", at d"
    );
    assert_eq!(
        with("g", "256"),
        "expected an integer from -128 to 255 for `char`, found the number 256, at g"
    );
    assert_eq!(
        with("h", "-1"),
        "expected an integer from 0 to 255 for `unsigned char`, found the number -1, at h"
    );
}

#[test]
fn enumerators_are_names_and_numbers_only_if_that_is_allowed() {
    both("colour", "00000001", "\"RED\"");
    both("colour", "fffffff9", "\"BLUE\"");
    accepts("colour", "\"SCARLET\"", "00000001");
    accepts("colour", "16", "00000010");
    refuses(
        "colour",
        "2",
        "enum has no value 2 (byte 0) (line 1, column 1)",
    );
    refuses(
        "colour",
        "\"PINK\"",
        "expected an enumerator for `colour`, found the string \"PINK\" (line 1, column 1)",
    );
    let lenient = codec("colour").with_options(Options::new().allow(Rule::Enum));
    assert_eq!(lenient.decode_json(&[0, 0, 0, 2]).as_deref(), Ok("2"));
    assert_eq!(lenient.encode_json("2"), Ok(vec![0, 0, 0, 2]));
}

#[test]
fn text_is_a_string_and_other_bytes_are_hex() {
    both("text", "00000005 612262 0a5c 000000", r#""a\"b\n\\""#);
    accepts(
        "text",
        r#""\u00e9\ud83d""#.replace("\\ud83d", "").as_str(),
        "00000002 c3a90000",
    );
    accepts("text", r#"{"bytes":"6162"}"#, "00000002 61620000");
    refuses(
        "text",
        r#"{"bytes":"ff"}"#,
        "string is not UTF-8 (byte 0) (line 1, column 1)",
    );
    refuses(
        "text",
        "\"123456\"",
        "string of 6 bytes is longer than its bound of 5 (byte 0) (line 1, column 1)",
    );
    refuses(
        "text",
        "7",
        "expected a string, or {\"bytes\":\"hex\"} for `string<5>`, found the number 7 (line 1, column 1)",
    );
    let lenient = codec("text").with_options(Options::new().allow(Rule::Utf8));
    let wire = bytes("00000001 ff000000");
    assert_eq!(
        lenient.decode_json(&wire).as_deref(),
        Ok(r#"{"bytes":"ff"}"#)
    );
    assert_eq!(lenient.encode_json(r#"{"bytes":"ff"}"#), Ok(wire));
}

#[test]
fn control_characters_are_escaped_those_above_ascii_too() {
    both("text", "00000004 1b7f2261 ", r#""\u001b\u007f\"a""#);
    both("text", "00000004 c280c29f", r#""\u0080\u009f""#);
    both("text", "00000004 c2a0c3a9", "\"\u{a0}é\"");
}

#[test]
fn opaques_are_hex() {
    both("bytes", "00000002 0aff0000", "\"0aff\"");
    both("digest", "00010200", "\"000102\"");
    accepts("bytes", "\"0AfF\"", "00000002 0aff0000");
    refuses(
        "bytes",
        "\"0a f\"",
        "expected a string of hex digits for `opaque<4>`, found the string \"0a f\" (line 1, column 1)",
    );
    refuses(
        "bytes",
        "\"0000000000\"",
        "opaque of 5 bytes is longer than its bound of 4 (byte 0) (line 1, column 1)",
    );
    refuses(
        "digest",
        "\"0001\"",
        "expected a string of 6 hex digits for `opaque[3]`, found the string \"0001\" (line 1, column 1)",
    );
}

#[test]
fn arrays_are_arrays() {
    both(
        "names",
        "00000002 00000001 61000000 00000000",
        r#"["a",""]"#,
    );
    both(
        "grid",
        "00000001 00000002 00000003 00000004",
        "[[1,2],[3,4]]",
    );
    both("letters", "ffffffff 000000ff", "[-1,255]");
    both("none", "", r#"{"pad":""}"#);
    refuses(
        "names",
        r#"["a",
  5]"#,
        "expected a string, or {\"bytes\":\"hex\"} for `string<5>`, found the number 5, at [1] (line 2, column 3)",
    );
    refuses(
        "names",
        r#"["","",""]"#,
        "array of 3 elements is longer than its bound of 2 (byte 0) (line 1, column 1)",
    );
    refuses(
        "letters",
        "[1]",
        "expected 2 elements for `char[2]`, found 1 (line 1, column 1)",
    );
    refuses(
        "names",
        "{}",
        "expected an array for `string<5><2>`, found an object (line 1, column 1)",
    );
}

#[test]
fn optionals_are_null_or_their_value() {
    both("maybe", "00000000", "null");
    both("maybe", "00000001 00000007", "7");
    both("perhaps", "00000000", "null");
    both("perhaps", "00000001 00000000", "[null]");
    both("perhaps", "00000001 00000001 00000007", "[7]");
    refuses(
        "perhaps",
        "7",
        "expected null, or an array of one value, found the number 7 (line 1, column 1)",
    );
}

#[test]
fn lists_are_arrays_and_by_value_have_an_element() {
    let two = "00000001 61000000 00000001 00000001 62000000 00000000";
    both("node", two, r#"[{"name":"a"},{"name":"b"}]"#);
    both(
        "nodes",
        &format!("00000001 {two}"),
        r#"[{"name":"a"},{"name":"b"}]"#,
    );
    both("nodes", "00000000", "[]");
    refuses(
        "node",
        "[]",
        "expected at least one element, found none (line 1, column 1)",
    );
}

#[test]
fn unions_are_objects_of_discriminant_and_arm() {
    both("choice", "00000001 00000007", r#"{"tint":"RED","warm":7}"#);
    both("choice", "00000010", r#"{"tint":"GREEN"}"#);
    both(
        "choice",
        "fffffff9 00000001 61000000",
        r#"{"tint":"BLUE","other":"a"}"#,
    );
    both(
        "flag",
        "00000001 0000000000000007",
        r#"{"known":true,"value":"7"}"#,
    );
    both(
        "clash",
        "00000001 00000007",
        r#"{"discriminant":1,"arm":7}"#,
    );
    both(
        "clash",
        "00000002 00000001 61000000",
        r#"{"discriminant":2,"arm":"a"}"#,
    );
    both("clash", "00000003", r#"{"discriminant":3}"#);
    accepts("choice", r#"{"warm":7,"tint":"RED"}"#, "00000001 00000007");
    refuses(
        "choice",
        r#"{"tint":"RED"}"#,
        "`warm` is missing (line 1, column 1)",
    );
    refuses(
        "choice",
        r#"{"warm":7}"#,
        "`tint` is missing (line 1, column 1)",
    );
    refuses(
        "choice",
        r#"{"tint":"GREEN","warm":7}"#,
        "unknown field `warm`, expected `tint` (line 1, column 17)",
    );
    refuses(
        "choice",
        r#"{"tint":"RED","warm":7,"warm":7}"#,
        "`warm` stands here twice (line 1, column 24)",
    );
}

#[test]
fn an_anonymous_type_goes_by_its_field() {
    both("outer", "00000007", r#"{"inner":{"x":7}}"#);
    both("outer.inner", "00000007", r#"{"x":7}"#);
}

#[test]
fn an_unknown_type_is_answered_with_one_that_is_like_it() {
    let compiled =
        xdr_parser::compile_text("forms.x", TYPES, None, &xdr_parser::Options::default());
    let error = Codec::named(&compiled.schema.unwrap(), "integer").unwrap_err();
    assert_eq!(error.to_string(), "no type is called `integer`");
    assert_eq!(error.similar(), Some("integers"));
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    let error = codec("choice")
        .encode_json("{\"tint\":\n \"RED\" \"warm\"")
        .unwrap_err();
    assert_eq!(error.kind(), &EncodeErrorKind::Syntax("`,` or `}`"));
    assert_eq!((error.line(), error.column()), (2, 8));
}

#[test]
fn on_an_error_the_buffer_is_as_it_was() {
    let mut out = vec![1, 2, 3];
    assert!(
        codec("names")
            .encode_json_into(r#"["a", 7]"#, &mut out)
            .is_err()
    );
    assert_eq!(out, [1, 2, 3]);
    assert_eq!(codec("names").encode_json_into("[]", &mut out), Ok(()));
    assert_eq!(out, [1, 2, 3, 0, 0, 0, 0]);
}

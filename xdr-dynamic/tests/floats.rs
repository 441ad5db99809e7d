//! Floats come back bit for bit.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use proptest::prelude::*;
use xdr_dynamic::Codec;

fn codec(name: &str) -> Codec {
    let types = "typedef float single; typedef double twice; typedef quadruple four;";
    let compiled =
        xdr_parser::compile_text("floats.x", types, None, &xdr_parser::Options::default());
    Codec::named(&compiled.schema.unwrap(), name).unwrap()
}

#[track_caller]
fn both(name: &str, wire: &[u8], json: &str) {
    assert_eq!(codec(name).decode_json(wire).as_deref(), Ok(json));
    assert_eq!(codec(name).encode_json(json).as_deref(), Ok(wire));
}

#[test]
fn what_is_no_number_has_a_name_or_its_bits() {
    both("single", &f32::INFINITY.to_be_bytes(), "\"Infinity\"");
    both("twice", &f64::NEG_INFINITY.to_be_bytes(), "\"-Infinity\"");
    both("single", &0x7fc0_0000_u32.to_be_bytes(), "\"NaN\"");
    both(
        "single",
        &0xffc0_0000_u32.to_be_bytes(),
        r#"{"bits":"ffc00000"}"#,
    );
    both(
        "twice",
        &0x7ff8_0000_0000_0001_u64.to_be_bytes(),
        r#"{"bits":"7ff8000000000001"}"#,
    );
    both("four", &[7; 16], "\"07070707070707070707070707070707\"");
}

#[test]
fn numbers_have_as_few_digits_as_lead_back() {
    both("single", &0.1_f32.to_be_bytes(), "0.1");
    both("twice", &(-0.0_f64).to_be_bytes(), "-0.0");
    both("twice", &1e300_f64.to_be_bytes(), "1e300");
    // Half way between two floats as a double, and not quite half way as what it is.
    let codec = codec("single");
    let wire = codec.encode_json("1.00000005960464477539062501").unwrap();
    assert_eq!(wire, 1.000_000_1_f32.to_be_bytes());
    let error = codec.encode_json("1e39").unwrap_err();
    assert_eq!(
        error.message().to_string(),
        "expected a number in range for `float`, found the number 1e39"
    );
}

proptest! {
    #[test]
    fn any_float_comes_back(bits: u32) {
        let (codec, wire) = (codec("single"), bits.to_be_bytes());
        let json = codec.decode_json(&wire).unwrap();
        prop_assert_eq!(codec.encode_json(&json).unwrap(), wire);
    }

    #[test]
    fn any_double_comes_back(bits: u64) {
        let (codec, wire) = (codec("twice"), bits.to_be_bytes());
        let json = codec.decode_json(&wire).unwrap();
        prop_assert_eq!(codec.encode_json(&json).unwrap(), wire);
    }
}

//! Properties of every type: what goes out comes back, and nothing else has the same bytes.

use std::fmt::Debug;

use proptest::prelude::{
    ProptestConfig, TestCaseError, any, prop_assert, prop_assert_eq, proptest,
};
use proptest::sample::Index;
use xdr_wire::__private::{Outcome, decode_and_walk};
use xdr_wire::{Decode, Encode, Options, Rule, from_bytes, to_vec};

use crate::strategies::{characters, everything};
use crate::types::{Characters, Everything};

fn assert_round_trip<T>(value: &T) -> Result<Vec<u8>, TestCaseError>
where
    T: Encode + for<'de> Decode<'de> + PartialEq + Debug,
{
    let wire = to_vec(value).expect("the value is within its bounds");
    prop_assert_eq!(value.encoded_len(), wire.len());
    let back = from_bytes::<T>(&wire);
    prop_assert_eq!(back.as_ref(), Ok(value));
    Ok(wire)
}

/// The decoder and the walk along the descriptor come to the same end.
fn assert_agreement<T: for<'de> Decode<'de>>(
    wire: &[u8],
    options: Options,
) -> Result<(), TestCaseError> {
    let (decoded, walked) = decode_and_walk::<T>(wire, options);
    prop_assert_eq!(decoded, walked);
    Ok(())
}

proptest! {
    #[test]
    fn every_value_comes_back(value in everything(), characters in characters()) {
        assert_round_trip(&value)?;
        assert_round_trip(&characters)?;
    }

    #[test]
    fn a_changed_byte_is_an_error_or_another_value(value in everything(), at in any::<Index>(), mask in 1_u8..) {
        let mut wire = to_vec(&value).unwrap();
        let at = at.index(wire.len());
        wire[at] ^= mask;
        match from_bytes::<Everything>(&wire) {
            Ok(other) => prop_assert_eq!(&to_vec(&other).unwrap(), &wire),
            Err(error) => prop_assert!(error.offset() <= wire.len()),
        }
        assert_agreement::<Everything>(&wire, Options::new())?;
    }

    #[test]
    fn a_changed_character_is_an_error_or_another_value(value in characters(), at in any::<Index>(), mask in 1_u8..) {
        let mut wire = to_vec(&value).unwrap();
        let at = at.index(wire.len());
        wire[at] ^= mask;
        // A character has two forms, so only the value is compared.
        if let Ok(other) = from_bytes::<Characters>(&wire) {
            assert_round_trip(&other)?;
        }
        assert_agreement::<Characters>(&wire, Options::new())?;
    }

    #[test]
    fn arbitrary_bytes_are_read_the_same_way_twice(
        words in proptest::collection::vec(proptest::prop_oneof![0_u32..9, any::<u32>()], 0..60),
        rules in any::<u8>(),
        depth in 0_u32..8,
    ) {
        let wire: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let mut options = Options::new().max_depth(depth).max_empty_elements(2);
        for (bit, rule) in Rule::ALL.iter().enumerate() {
            if rules & (1 << bit) != 0 {
                options = options.allow(*rule);
            }
        }
        assert_agreement::<Everything>(&wire, options)?;
        assert_agreement::<crate::types::Value>(&wire, options)?;
        assert_agreement::<crate::types::Tree>(&wire, options)?;
        assert_agreement::<crate::types::Expression>(&wire, options)?;
        assert_agreement::<crate::types::Linked>(&wire, options)?;
        assert_agreement::<crate::types::Bounded>(&wire, options)?;
        assert_agreement::<Characters>(&wire, options)?;
        assert_agreement::<Vec<Vec<()>>>(&wire, options)?;
    }
}

proptest! {
    // Each case decodes hundreds of prefixes.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    #[cfg_attr(miri, ignore = "hundreds of prefixes")]
    fn no_proper_prefix_is_a_value(value in everything()) {
        let wire = to_vec(&value).unwrap();
        for len in 0..wire.len() {
            let error = from_bytes::<Everything>(&wire[..len]).unwrap_err();
            prop_assert!(!error.path().is_empty());
            prop_assert!(error.offset() <= len);
            assert_agreement::<Everything>(&wire[..len], Options::new())?;
        }
    }
}

#[test]
fn the_comparison_sees_both_outcomes() {
    let (decoded, walked) = decode_and_walk::<i32>(&[0; 4], Options::new());
    assert_eq!((decoded, walked), (Outcome::Read(4), Outcome::Read(4)));
    let (decoded, _) = decode_and_walk::<i32>(&[0; 3], Options::new());
    assert_ne!(decoded, Outcome::Read(3));
}

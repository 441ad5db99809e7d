//! The messages that the suites make of descriptors are valid, varied, and end.

use xdr_testkit::random::{Choices, message, places};
use xdr_wire::{Decode, Encode, ErrorKind, List, from_bytes, to_vec};

/// One of each form.
#[derive(Debug, Encode, Decode)]
struct Everything {
    numbers: (i32, u32, i64, u64, i16, u16),
    real: (f32, f64, bool),
    #[xdr(chars)]
    letter: [u8; 3],
    #[xdr(max = 5)]
    text: Option<String>,
    #[xdr(max(3, 4))]
    texts: Vec<String>,
    #[xdr(max = 7)]
    bytes: Vec<u8>,
    uuid: [u8; 16],
    colour: Colour,
    tree: Tree,
    list: List<Colour>,
}

#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
enum Colour {
    Red = 1,
    Blue = -7,
}

/// The arm that comes first never ends by itself.
#[derive(Debug, Encode, Decode)]
#[xdr(union(u32))]
enum Tree {
    #[xdr(case = 1)]
    Twins(Box<(Tree, Tree)>),
    #[xdr(case = 2)]
    Leaf,
    #[xdr(default)]
    Other(u32, f64),
}

#[test]
fn messages_decode_and_encode_to_the_same_bytes() {
    for seed in 0..2000 {
        let size = usize::try_from(seed % 200).expect("it is small");
        let wire = message(<Everything as Encode>::TYPE, &mut Choices::new(seed, size));
        let value = from_bytes::<Everything>(&wire).expect("a message is valid");
        assert_eq!(to_vec(&value).as_deref(), Ok(&wire[..]), "{value:?}");
    }
}

#[test]
fn without_choices_a_message_is_the_least_that_the_type_has() {
    let wire = message(<Tree as Encode>::TYPE, &mut Choices::new(0, 0));
    assert_eq!(wire, [0, 0, 0, 2]);
}

#[test]
fn every_bound_of_a_type_can_be_reached_and_passed() {
    let places = places(<Everything as Encode>::TYPE);
    let names: Vec<_> = places.iter().map(|it| (&*it.name, it.bound)).collect();
    let expected = [("text", 5), ("texts", 3), ("texts<>", 4), ("bytes", 7)];
    assert_eq!(names, expected);
    for place in places {
        let bound = usize::try_from(place.bound).expect("it is small");
        let wire = place.message(bound);
        let value = from_bytes::<Everything>(&wire).expect("the bound itself is allowed");
        assert_eq!(to_vec(&value).as_deref(), Ok(&wire[..]));
        let error = from_bytes::<Everything>(&place.message(bound + 1));
        let error = error.expect_err("one more is too many");
        assert!(
            matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
            "{}: {error}",
            place.name
        );
    }
}

/// Ends only in its default arm, where 0 is a label of another.
#[derive(Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
enum Steps {
    #[xdr(case = 0)]
    Next(Box<Steps>),
    #[xdr(default)]
    End(i32, #[xdr(max = 4)] String),
}

#[test]
fn a_union_that_ends_only_in_its_default_arm_ends() {
    let ty = <Steps as Encode>::TYPE;
    let least = message(ty, &mut Choices::new(0, 0));
    let end = Steps::End(1, String::new());
    assert_eq!(from_bytes(&least), Ok(end));
}

#[test]
fn the_bound_of_a_default_arm_is_reached_with_a_discriminant_of_its_own() {
    let found = places(<Steps as Encode>::TYPE);
    let [place] = &found[..] else {
        panic!("one string has a bound: {found:?}");
    };
    let end = Steps::End(1, "xxxx".to_owned());
    assert_eq!(from_bytes(&place.message(4)), Ok(end));
}

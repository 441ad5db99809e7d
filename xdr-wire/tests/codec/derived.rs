//! The form of derived types, as bytes.

use xdr_wire::{Chain, Decode, Encode, List, Quadruple, from_bytes, to_vec};

use crate::support::{assert_form, words};
use crate::types::{
    Bounded, ByPhase, ByState, Characters, Empty, Expression, Group, Linked, Name, Numbered, Page,
    Phase, Reply, Scalars, State, Sum, Term, Tree, Value,
};

#[test]
fn a_struct_is_its_fields_in_order() {
    let scalars = Scalars {
        int: -1,
        uint: 2,
        hyper: -3,
        uhyper: 4,
        float: 1.0,
        double: 1.0,
        quadruple: Quadruple([6; 16]),
        boolean: true,
        short: -7,
        ushort: 8,
        pair: (9, false),
        nothing: (),
    };
    let mut wire = words(&[
        u32::MAX,
        2,
        u32::MAX,
        u32::MAX - 2,
        0,
        4,
        0x3f80_0000,
        0x3ff0_0000,
        0,
    ]);
    wire.extend([6; 16]);
    wire.extend(words(&[1, u32::MAX - 6, 8, 9, 0]));
    assert_form(&scalars, &wire);
    assert_eq!(<Scalars as Decode>::MIN, wire.len());
    assert_form(&Empty, &[]);
    assert_form(&Name("ab".to_owned()), &[0, 0, 0, 2, b'a', b'b', 0, 0]);
}

#[test]
#[cfg_attr(miri, ignore = "hundreds of prefixes")]
fn bounded_fields_hold_up_to_their_bounds() {
    let bounded = Bounded {
        name: "12345678".to_owned(),
        tags: vec!["abcd".to_owned(); 3],
        grid: vec![vec![vec![1, 2, 3]; 2]; 2],
        secret: vec![1; 5],
        maybe: Some("abc".to_owned()),
        fixed: ["ab".to_owned(), "cd".to_owned()],
        numbers: vec![1; 4],
        loose: vec![vec![1; 2]; 40],
        ..Bounded::minimal()
    };
    let wire = to_vec(&bounded).unwrap();
    assert_form(&bounded, &wire);
    assert_form(&Bounded::minimal(), &[0; 56]);
}

#[test]
fn characters_take_four_bytes_each() {
    let characters = Characters {
        one: 0xe9,
        model: *b"ab\x80\xff",
        label: b"\x7fz".to_vec(),
        rows: vec![vec![0xe9], vec![]],
        maybe: Some(Box::new(1)),
    };
    let extended = |byte: u8| 0xffff_ff00 | u32::from(byte);
    let wire = words(&[
        extended(0xe9),
        0x61,
        0x62,
        extended(0x80),
        extended(0xff),
        2,
        0x7f,
        0x7a,
        2,
        1,
        0xe9,
        0,
        1,
        1,
    ]);
    assert_form(&characters, &wire);
    // A peer whose `char` is unsigned sends the same byte without its sign.
    let mut unsigned = wire.clone();
    unsigned[..4].copy_from_slice(&[0, 0, 0, 0xe9]);
    assert_eq!(from_bytes(&unsigned), Ok(characters));
}

#[test]
fn an_enum_is_its_value() {
    assert_form(&Phase::Connect, &words(&[0]));
    assert_form(&Phase::Disconnect, &(-2_i32).to_be_bytes());
    assert_form(&State::Open, &words(&[1]));
    assert_form(&State::Closed, &words(&[7]));
}

#[test]
fn an_open_enum_keeps_other_values() {
    assert_form(&State::Unknown(-9), &(-9_i32).to_be_bytes());
    assert_eq!(to_vec(&State::Unknown(7)).unwrap(), words(&[7]));
}

#[test]
fn a_union_is_its_discriminant_and_the_selected_arm() {
    assert_form(&Value::Void, &words(&[0]));
    assert_form(&Value::Int(5), &words(&[u32::MAX, 5]));
    assert_form(
        &Value::Text(2, "a".to_owned()),
        &words(&[2, 1, 0x6100_0000]),
    );
    assert_form(
        &Value::Text(3, "abcd".to_owned()),
        &words(&[3, 4, 0x6162_6364]),
    );
    let record = Value::Record {
        id: 6,
        phase: Phase::Initialize,
    };
    assert_form(&record, &words(&[4, 6, 1]));
    let range = Value::Range {
        which: 6,
        from: 1,
        to: 2,
    };
    assert_form(&range, &words(&[6, 1, 2]));
    assert_form(&Value::Point(8, 9), &words(&[7, 8, 9]));
    assert_form(&Value::Other(8, true), &words(&[8, 1]));
}

#[test]
fn a_discriminant_may_be_unsigned_a_bool_or_an_enum() {
    assert_form(&Numbered::Last(1), &words(&[u32::MAX, 0, 1]));
    assert_form(&Numbered::Name(String::new()), &words(&[8, 0]));
    assert_form(&Reply::Found(vec![Value::Void]), &words(&[1, 1, 0]));
    assert_form(&Reply::Missing, &words(&[0]));
    assert_form(&ByPhase::Connect(String::new()), &words(&[0, 0]));
    assert_form(&ByPhase::Rest(Phase::Disconnect), &(-2_i32).to_be_bytes());
    assert_form(&ByState::Open(3), &words(&[1, 3]));
    assert_form(&ByState::Closed, &words(&[7]));
    assert_form(&ByState::Other(State::Unknown(2)), &words(&[2]));
}

#[test]
fn a_type_may_contain_itself() {
    let leaf = |value| Tree {
        value,
        left: None,
        children: vec![],
    };
    let tree = Tree {
        value: 1,
        left: Some(Box::new(leaf(2))),
        children: vec![leaf(3)],
    };
    assert_form(&tree, &words(&[1, 1, 2, 0, 0, 1, 3, 0, 0]));
    let literal = Expression::Literal;
    let sum = Expression::Add(Box::new((
        literal(1),
        Expression::Negate(Box::new(literal(2))),
    )));
    assert_form(&sum, &words(&[2, 0, 0, 1, 1, 0, 0, 2]));
}

#[test]
fn lists_are_in_sequence() {
    let group = |name: &str| Group {
        name: name.to_owned(),
    };
    let linked = Linked {
        groups: List(vec![group("a"), group("")]),
        entries: Some(Box::new(Chain {
            head: 4,
            tail: List(vec![5]),
        })),
    };
    assert_form(
        &linked,
        &words(&[1, 1, 0x6100_0000, 1, 0, 0, 1, 4, 1, 5, 0]),
    );
}

#[test]
fn parameters_and_lifetimes_are_kept() {
    let page = Page::<'_, i16, 3> {
        items: vec![1, 2],
        title: "abc",
        body: &[7],
        fixed: [4, 5, 6],
    };
    assert_form(
        &page,
        &words(&[2, 1, 2, 3, 0x6162_6300, 1, 0x0700_0000, 4, 5, 6]),
    );
    // The bound is the parameter.
    let error = to_vec(&Page::<'_, (), 3> {
        items: vec![],
        title: "abcd",
        body: &[],
        fixed: [(); 3],
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "string of 4 bytes is longer than its bound of 3, at title (byte 4)"
    );
}

mod only_one_side {
    use xdr_wire::{Decode, Encode};

    #[derive(Decode)]
    #[repr(i32)]
    pub(super) enum Kind {
        One = 1,
        #[xdr(unknown)]
        Other(i32),
    }

    #[derive(Decode)]
    #[xdr(union(Kind))]
    pub(super) enum Received<'de> {
        #[xdr(case = Kind::One)]
        Text(&'de str),
        #[xdr(default)]
        Other(Kind),
    }

    #[derive(Encode)]
    pub(super) struct Sent<'a, T>(pub(super) &'a T, pub(super) &'a [i32])
    where
        T: Copy + ToString;
}

#[test]
fn each_derive_works_alone() {
    use only_one_side::{Kind, Received, Sent};
    let wire = words(&[1, 1, 0x6100_0000]);
    assert!(matches!(from_bytes(&wire), Ok(Received::Text("a"))));
    let wire = words(&[5]);
    assert!(matches!(
        from_bytes(&wire),
        Ok(Received::Other(Kind::Other(5)))
    ));
    assert_eq!(to_vec(&Sent(&1, &[2])).unwrap(), words(&[1, 1, 2]));
}

/// Names that the expansion uses itself, or that the prelude has.
#[expect(
    non_camel_case_types,
    dead_code,
    reason = "they only have to be in scope"
)]
mod names_that_shadow {
    use xdr_wire::{Decode, Encode};

    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Some;
    pub(super) type usize = Option;
    pub(super) mod core {}

    #[derive(Debug, PartialEq, Encode, Decode)]
    pub(super) struct String {
        pub(super) decoder: i32,
        pub(super) encoder: i32,
        pub(super) depth: i32,
        pub(super) r#type: i32,
    }

    #[derive(Debug, PartialEq, Encode, Decode)]
    #[xdr(union(i32))]
    pub(super) enum Vec {
        #[xdr(case = 0)]
        Ok { tag: i32, decoder: String },
        #[xdr(case(1, 2))]
        Err { encoder: i32, depth: i32 },
        #[xdr(default)]
        None { tag: i32 },
    }
}

#[test]
fn no_name_of_a_schema_gets_in_the_way() {
    use names_that_shadow::{String, Vec};
    let string = String {
        decoder: 1,
        encoder: 2,
        depth: 3,
        r#type: 4,
    };
    let error = from_bytes::<String>(&words(&[1, 2, 3])).unwrap_err();
    assert_eq!(error.to_string(), "input ends too early, at type (byte 12)");
    let ok = Vec::Ok {
        tag: 5,
        decoder: string,
    };
    assert_form(&ok, &words(&[0, 5, 1, 2, 3, 4]));
    assert_form(
        &Vec::Err {
            encoder: 2,
            depth: 3,
        },
        &words(&[2, 3]),
    );
    assert_form(&Vec::None { tag: 3 }, &words(&[3]));
}

#[test]
fn a_union_may_hold_itself_by_way_of_a_struct() {
    let term = Term::Sum(Box::new(Sum {
        left: Term::Literal(1),
        right: Term::Sum(Box::new(Sum {
            left: Term::Literal(2),
            right: Term::Literal(3),
        })),
    }));
    let wire = words(&[1, 0, 0, 1, 1, 0, 0, 2, 0, 0, 3]);
    assert_form(&term, &wire);
    assert_eq!(
        (<Term as Decode<'_>>::MIN, <Sum as Decode<'_>>::MIN),
        (4, 8)
    );
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(outlined)]
struct Outlined {
    #[xdr(max = 3)]
    name: String,
    id: u32,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct WithOutlined {
    first: Outlined,
    more: Vec<Outlined>,
    last: Option<Outlined>,
}

/// The code of an outlined struct is elsewhere; its form, its bounds and the paths to it are where they were.
#[test]
fn outlined_structs_are_read_and_written_like_others() {
    let part = |name: &str, id| Outlined {
        name: name.to_owned(),
        id,
    };
    let value = WithOutlined {
        first: part("a", 1),
        more: vec![part("bc", 2), part("", 3)],
        last: Some(part("def", 4)),
    };
    let wire = to_vec(&value).unwrap();
    let plain = (
        ("a", 1u32),
        [("bc", 2u32), ("", 3)].as_slice(),
        Some(("def", 4u32)),
    );
    assert_eq!(wire, to_vec(&plain).unwrap());
    assert_eq!(from_bytes::<WithOutlined>(&wire).unwrap(), value);

    let long = WithOutlined {
        first: part("abcd", 1),
        ..value
    };
    assert_eq!(to_vec(&long).unwrap_err().path().to_string(), "first.name");
    let error = from_bytes::<WithOutlined>(&wire[..8 + 3]).unwrap_err();
    assert_eq!(
        (error.path().to_string(), error.offset()),
        ("first.id".to_owned(), 11)
    );
}

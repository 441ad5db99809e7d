//! Rules that only a value can break, and what a refused value leaves behind.

use xdr_wire::{Encode, EncodeError, ErrorKind, encode_into};

use crate::generated::{Link, Phase, Values};

#[derive(Encode)]
#[xdr(union(Phase))]
enum Derived {
    #[xdr(case = Phase::Connect)]
    Connect(i32),
    #[xdr(default)]
    Other(Phase, #[xdr(name = "why")] String),
}

/// Generated arms of several labels, and a default arm, carry their discriminant.
mod generated {
    xdr_derive::xdr! {
        union choice switch (int kind) {
        case 1:
        case 2:
            int number;
        case 3:
            void;
        default:
            string why<4>;
        };

        struct choices {
            choice all<>;
        };
    }
}

/// The error of a value that cannot be written; what was in the buffer before stays as it was.
#[track_caller]
fn refusal(value: &impl Encode) -> EncodeError {
    let mut out = b"before".to_vec();
    let error = encode_into(value, &mut out).expect_err("the value breaks a rule");
    assert_eq!(out, b"before");
    error
}

#[test]
fn a_variant_carries_a_discriminant_of_its_own() {
    let text = "discriminant 0 does not select this arm, at [1] (byte 12)";
    let why = String::new();
    let error = refusal(&vec![
        Derived::Connect(7),
        Derived::Other(Phase::Connect, why),
    ]);
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), ErrorKind::MismatchedDiscriminant { value: 0 });

    let choices = |last| generated::Choices {
        all: vec![generated::Choice::Case3, last],
    };
    let text = "discriminant 3 does not select this arm, at all[1] (byte 8)";
    let error = refusal(&choices(generated::Choice::Number(3, 7)));
    assert_eq!(error.to_string(), text);
    let text = "discriminant 2 does not select this arm, at all[1] (byte 8)";
    let error = refusal(&choices(generated::Choice::Other(2, "why".to_owned())));
    assert_eq!(error.to_string(), text);
    assert_eq!(error.path().to_string(), "all[1]");
    assert_eq!(error.offset(), 8);
}

#[test]
fn what_is_refused_far_inside_leaves_nothing_behind() {
    let link = (1..129).fold(None, |next, value| Some(Box::new(Link { next, value })));
    let link = Link {
        next: link,
        value: 0,
    };
    let limit = 128;
    assert_eq!(refusal(&link).kind(), ErrorKind::DepthOverLimit { limit });
    let items = vec![crate::generated::Value::Text("tooth".to_owned())];
    assert_eq!(
        refusal(&Values { items }).to_string(),
        "string of 5 bytes is longer than its bound of 4, at items[0].text (byte 8)"
    );
}

//! Rust from `torture.x`, which has everything, compiles and does what it says.

use xdr_wire::{Chain, ErrorKind, List, Options, TypeEntry, from_bytes, to_vec};

#[allow(dead_code, unreachable_pub, reason = "generated for others to use")]
#[path = "golden/torture.rs"]
mod torture;

#[allow(dead_code, unreachable_pub, reason = "generated for others to use")]
#[path = "golden/torture_options.rs"]
mod torture_options;

#[test]
fn lists_go_over_the_wire_and_back() {
    let node = |name: &str| torture::ListNode {
        name: name.to_owned(),
    };
    let value = torture::HoldsLists {
        nodes: List::from(vec![node("a"), node("b")]),
        chain: Chain {
            head: node("c"),
            tail: List::new(),
        },
        pointers: List::new(),
    };
    let wire = to_vec(&value).unwrap();
    assert_eq!(wire.len(), (4 + 8) * 2 + 4 + 8 + 4 + 4);
    assert_eq!(from_bytes::<torture::HoldsLists>(&wire).unwrap(), value);
}

#[test]
fn unions_go_over_the_wire_and_back() {
    use torture::{ByColor, ByNumber, ByNumberPoint, Color};
    let wire = to_vec(&ByColor::GreenOrBlue(Color::Blue, vec![7])).unwrap();
    assert_eq!(wire, [0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 7]);
    let wire = to_vec(&ByNumber::Max(1)).unwrap();
    assert_eq!(wire, [0, 0, 0, 8, 0, 0, 0, 1]);
    let point = ByNumber::Point(ByNumberPoint { x: 1, y: -1 });
    assert_eq!(
        from_bytes::<ByNumber>(&to_vec(&point).unwrap()).unwrap(),
        point
    );
    let wire = to_vec(&torture::ByExternal::Negative).unwrap();
    assert_eq!(wire, (-5i32).to_be_bytes());
}

#[test]
fn bounds_hold_through_typedefs_and_by_themselves() {
    let long = "123456789".to_owned();
    let error = to_vec(&torture::bounded::Text::from(long.clone())).unwrap_err();
    assert!(
        error.to_string().contains("longer than its bound of 8"),
        "{error}"
    );
    let error = to_vec(&torture::ListNode { name: long }).unwrap_err();
    assert!(error.to_string().contains("at name"), "{error}");
}

#[test]
fn enums_convert_from_and_to_numbers() {
    use torture::Color;
    assert_eq!(Color::try_from(5), Ok(Color::Blue));
    assert!(Color::try_from(6).is_err());
    assert_eq!(i32::from(Color::Error), -1);
    assert_eq!(Color::CRIMSON, Color::Red);
}

#[test]
fn open_enums_keep_numbers_without_a_name() {
    use torture_options::{Color, Extreme};
    assert_eq!(Color::from(5), Color::ColorBlue);
    assert_eq!(Color::from(99), Color::Unknown(99));
    assert_eq!(i32::from(Color::Unknown(99)), 99);
    assert_eq!(from_bytes::<Extreme>(&[0; 4]).unwrap(), Extreme::Unknown(0));
}

#[test]
fn borrowed_values_point_into_the_input() {
    let wire = [0, 0, 0, 2, b'h', b'i', 0, 0];
    let node: torture_options::ListNode<'_> = from_bytes(&wire).unwrap();
    assert!(std::ptr::eq(node.name.as_ptr(), &raw const wire[4]));
}

#[test]
fn messages_of_procedures_borrow_from_what_they_are_read_from() {
    use torture_options::calendar::calendar_one::CalendarName;
    use xdr_wire::{Decode, Procedure};

    fn ret<'de, P: Procedure<Ret: Decode<'de>>>(reply: &'de [u8]) -> P::Ret {
        from_bytes(reply).unwrap()
    }
    let reply = to_vec("abc").unwrap();
    let name = ret::<CalendarName<'_>>(&reply);
    assert!(std::ptr::eq(name.0, &raw const reply[4..7]), "not a copy");
}

/// The entry of this name: there must be one.
#[track_caller]
fn entry(table: &[TypeEntry], name: &str) -> TypeEntry {
    let named: Vec<&TypeEntry> = table.iter().filter(|entry| entry.name() == name).collect();
    assert_eq!(named.len(), 1, "entries called `{name}`");
    *named[0]
}

#[test]
fn types_are_found_by_their_xdr_names() {
    // The schema has a constant `TYPES`.
    for table in [torture::TYPES_2, torture_options::TYPES_2] {
        let text = entry(table, "text");
        let wire = to_vec("12345678").unwrap();
        assert_eq!(text.round_trip(&wire, Options::new()).unwrap(), wire);
        let error = text
            .validate(&to_vec("123456789").unwrap(), Options::new())
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
            "{error}"
        );
        // A list, by value and through a typedef.
        let list = to_vec(&(true, "a", true, "b", false)).unwrap();
        assert!(
            entry(table, "list_node")
                .validate(&list[4..], Options::new())
                .is_ok()
        );
        let pointers = to_vec(&(true, 1, "a", false, false)).unwrap();
        assert_eq!(
            entry(table, "pointer").round_trip(&pointers, Options::new()),
            Ok(pointers)
        );
        // An anonymous type goes by where it is.
        let union = entry(table, "outer.inner.choice");
        assert!(union.validate(&[0, 0, 0, 2], Options::new()).is_ok());
    }
}

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

mod messages {
    use xdr_wire::{Message, MessageError, Options, ProcedureInfo, Rule, to_vec};

    use crate::torture::proc::{Call, Event, PROCEDURES, Reply};
    use crate::torture::{DeskCallArgs, DeskClosedMsg, calendar, nfs};
    use crate::torture_options;

    const STRICT: Options = Options::new();

    fn written<'de, M: Message<'de>>(message: &M) -> Vec<u8> {
        let mut out = vec![7];
        message
            .encode_into(&mut out, STRICT)
            .expect("it is within its bounds");
        out.split_off(1)
    }

    #[test]
    fn a_number_and_a_payload_are_a_message_and_back() {
        let call = Call::Call2(DeskCallArgs {
            number: "110".to_owned(),
        });
        assert_eq!((call.procedure(), call.name()), (1, Some("DESK_PROC_CALL")));
        assert_eq!(Call::decode(1, &written(&call), STRICT), Ok(call));
        assert_eq!(Call::decode(7, &[], STRICT), Ok(Call::Unknown2));
        assert_eq!(Reply::decode(2, &[], STRICT), Ok(Reply::Ok));
        assert_eq!(written(&Reply::Ok), [0_u8; 0]);
        let event = Event::Closed(DeskClosedMsg { reason: 3 });
        assert_eq!(Event::decode(5, &[0, 0, 0, 3], STRICT), Ok(event));
        assert_eq!(
            (Call::PROGRAM, Call::VERSION),
            (0x2000_9999, 1),
            "those of the constants"
        );
    }

    #[test]
    fn every_number_is_a_message_or_a_clear_error() {
        let known: Vec<u32> = PROCEDURES.iter().map(|found| found.number).collect();
        assert_eq!(known, [1, 2, 4, 5, 6, 7]);
        for number in (0..20).chain([u32::MAX]) {
            let event = PROCEDURES
                .iter()
                .find(|found| found.number == number)
                .map(|found| found.kind == xdr_wire::ProcedureKind::Event);
            for refused in [
                Call::decode(number, &[1], STRICT).unwrap_err(),
                Reply::decode(number, &[1], STRICT).unwrap_err(),
            ] {
                match event {
                    None => assert_eq!(refused, MessageError::UnknownProcedure { number }),
                    Some(true) => assert!(matches!(refused, MessageError::IsEvent { .. })),
                    Some(false) => assert!(matches!(refused, MessageError::Payload { .. })),
                }
            }
            let event_read = Event::decode(number, &[1], STRICT);
            match event {
                None => {
                    let unknown = Event::Unknown {
                        procedure: number,
                        payload: vec![1],
                    };
                    assert_eq!(unknown.procedure(), number);
                    assert_eq!(unknown.name(), None);
                    assert_eq!(written(&unknown), [1]);
                    assert_eq!(event_read, Ok(unknown));
                }
                Some(true) => {
                    assert!(matches!(event_read, Err(MessageError::Payload { .. })));
                }
                Some(false) => {
                    assert!(matches!(event_read, Err(MessageError::IsCall { .. })));
                }
            }
        }
    }

    #[test]
    fn errors_name_the_procedure() {
        let text = |error: MessageError| error.to_string();
        assert_eq!(
            text(Call::decode(3, &[], STRICT).unwrap_err()),
            "no procedure has the number 3"
        );
        assert_eq!(
            text(Reply::decode(4, &[], STRICT).unwrap_err()),
            "DESK_PROC_RANG is an event, which nobody calls"
        );
        assert_eq!(
            text(Event::decode(2, &[], STRICT).unwrap_err()),
            "DESK_PROC_OK is a procedure to be called, not an event"
        );
        assert_eq!(
            text(Call::decode(1, &[0, 0, 0, 9], STRICT).unwrap_err()),
            "payload of DESK_PROC_CALL: string of 9 bytes is longer than its bound of 8, at number (byte 0)"
        );
        assert_eq!(
            text(Call::decode(2, &[0], STRICT).unwrap_err()),
            "payload of DESK_PROC_OK: 1 byte follows the value (byte 0)"
        );
    }

    #[test]
    fn options_hold_for_payloads_of_nothing_too() {
        let tolerant = STRICT.allow(Rule::Trailing);
        assert_eq!(Call::decode(2, &[0], tolerant), Ok(Call::Ok));
    }

    #[test]
    fn what_cannot_be_encoded_leaves_the_buffer_as_it_was() {
        let call = Call::Call2(DeskCallArgs {
            number: "123456789".to_owned(),
        });
        let mut out = vec![7];
        assert!(call.encode_into(&mut out, STRICT).is_err());
        assert_eq!(out, [7]);
    }

    #[test]
    fn facts_are_found_by_number() {
        let find = |number| ProcedureInfo::find(PROCEDURES, number);
        let read_only = |number| find(number).map(|found| found.read_only);
        // A permission that only a flag needs does not count.
        assert_eq!(read_only(1), Some(true));
        assert_eq!(read_only(2), Some(true));
        assert_eq!(read_only(7), Some(false));
        // Nobody calls an event, and nothing is said of the last.
        assert_eq!(read_only(4), Some(false));
        assert_eq!(read_only(6), Some(false));
        assert_eq!(find(3), None);
        assert_eq!(find(7).map(|found| found.name), Some("DESK_PROC_UNKNOWN"));
    }

    #[test]
    fn messages_borrow_from_their_payload() {
        let payload = to_vec("110").unwrap();
        let call = torture_options::proc::Call::decode(1, &payload, STRICT).unwrap();
        let torture_options::proc::Call::DeskProcCall(args) = call else {
            unreachable!("1 is DESK_PROC_CALL");
        };
        assert!(
            std::ptr::eq(args.number, &raw const payload[4..7]),
            "not a copy"
        );
    }

    #[test]
    fn versions_of_programs_have_calls_and_replies() {
        let payload = to_vec(&(1, 2, 3, 4, 5, 6, (7, 8, "text", true))).unwrap();
        let call = calendar::calendar_one::Call::decode(5, &payload, STRICT).unwrap();
        assert_eq!(written(&call), payload);
        assert_eq!(call.name(), Some("CALENDAR_MANY"));
        assert_eq!(
            nfs::nfs_v3::Reply::decode(2, &[], STRICT),
            Ok(nfs::nfs_v3::Reply::None)
        );
        assert_eq!(nfs::nfs_v3::Call::PROGRAM, 100_003);
    }
}

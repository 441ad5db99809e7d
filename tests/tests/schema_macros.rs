//! `include_xdr!` and `xdr!` as a user writes them.

use xdr_wire::{Message, MessageError, Options, Procedure, TypeEntry, from_bytes, to_vec};

mod whole_file {
    xdr_derive::include_xdr!(
        "tests/schema_macros/screen.x",
        strip_prefix = "screen_",
        define = "SCREEN_MAX=2",
        messages = true,
        type_table = true,
        fingerprints = true
    );
}

mod several_files {
    xdr_derive::include_xdr!("tests/schema_macros/viewer.x", define = "SCREEN_MAX=2");
}

mod in_place {
    xdr_derive::xdr! {
        /* A point; don't lose this comment. */
        struct point {
            int x; /* to the right */
            int y;
        };

        typedef point outline<4>;

        program DRAW {
            version DRAW_V1 {
                void NULL(void) = 0;
                point NEAREST(point) = 1;
            } = 1;
        } = 0x20000001;
    }
}

#[test]
fn a_file_becomes_items_in_place() {
    let event = whole_file::Event {
        name: "gfx".to_owned(),
        phase: whole_file::Phase::Connect,
        seen: vec![1, 2],
    };
    let bytes = to_vec(&event).expect("it is within its bounds");
    assert_eq!(
        bytes,
        [
            0, 0, 0, 3, b'g', b'f', b'x', 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2
        ]
    );
    assert_eq!(from_bytes::<whole_file::Event>(&bytes), Ok(event.clone()));

    let error = to_vec(&whole_file::Event {
        seen: vec![1, 2, 3],
        ..event
    })
    .expect_err("the define is its bound");
    assert_eq!(
        error.to_string(),
        "array of 3 elements is longer than its bound of 2, at seen (byte 12)"
    );
}

#[test]
fn messages_and_the_table_of_types_are_options_of_a_macro_too() {
    use whole_file::screen::screen_v1::{Call, Reply};

    let strict = Options::new();
    assert_eq!(Call::decode(0, &[], strict), Ok(Call::Ping));
    assert_eq!(
        Reply::decode(4, &[0, 0, 0, 3], strict),
        Ok(Reply::PhaseOf(whole_file::Phase::Disconnect))
    );
    assert_eq!(
        Reply::decode(1, &[], strict),
        Err(MessageError::UnknownProcedure { number: 1 })
    );
    let names = whole_file::TYPES.iter().map(TypeEntry::name);
    assert_eq!(names.collect::<Vec<_>>(), ["screen_phase", "screen_event"]);
}

#[test]
fn a_file_with_imports_becomes_modules() {
    let viewer = several_files::viewer::Viewer {
        at: several_files::screen::ScreenPhase::Disconnect,
    };
    assert_eq!(to_vec(&viewer), Ok(vec![0, 0, 0, 3]));
}

#[test]
fn xdr_in_place_becomes_types_and_procedures() {
    let point = in_place::Point { x: 1, y: -1 };
    assert_eq!(to_vec(&point), Ok(vec![0, 0, 0, 1, 255, 255, 255, 255]));
    assert_eq!(
        number(in_place::draw::draw_v1::Nearest),
        (0x2000_0001, 1, 1)
    );
}

fn number<P: Procedure>(_: P) -> (u32, u32, u32) {
    (P::PROGRAM, P::VERSION, P::NUMBER)
}

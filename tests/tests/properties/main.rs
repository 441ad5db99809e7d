//! What holds for every type of every program, and for types of all forms that the language has.
//!
//! The types are those of the tables that are made with them, so none is forgotten.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

mod cases;
mod every_type;
mod generated_strategies;
mod what_is_tried;

#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "compiled to be found in its table; what it looks like is tested elsewhere"
)]
#[path = "../../../xdr-build/tests/golden"]
mod golden {
    pub(crate) mod torture;
    pub(crate) mod torture_options;
}

mod shapes {
    xdr_derive::include_xdr!(
        "tests/c_peer/shapes.x",
        type_table = true,
        strategies = true
    );
}

/// A module of tests for the types of each table.
macro_rules! properties {
    ($($name:ident: $types:expr;)*) => {$(
        mod $name {
            properties! { of_types($types):
                messages_come_back_and_have_the_length_that_is_said
                every_proper_prefix_of_a_message_is_an_error
                a_message_with_another_byte_is_an_error_or_comes_back
                bounds_are_reached_and_not_passed
                every_mutation_says_the_truth
            }
        }
    )*};
    (of_types($types:expr): $($test:ident)*) => {$(
        #[test]
        fn $test() {
            crate::every_type::$test($types);
        }
    )*};
}

properties! {
    remote: protocol_defs::remote::TYPES;
    qemu: protocol_defs::qemu::TYPES;
    lxc: protocol_defs::lxc::TYPES;
    admin: protocol_defs::admin::TYPES;
    lock: protocol_defs::lock::TYPES;
    log: protocol_defs::log::TYPES;
    lxc_monitor: protocol_defs::lxc_monitor::TYPES;
    net: protocol_defs::net::TYPES;
    keepalive: protocol_defs::keepalive::TYPES;
    torture: crate::golden::torture::TYPES_2;
    torture_borrowed: crate::golden::torture_options::TYPES_2;
    shapes_of_c: crate::shapes::TYPES;
}

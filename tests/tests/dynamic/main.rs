//! Generated code and the codec of `xdr-dynamic`, which has only the schema, agree on every byte string: for every type of
//! every program, and for types of all forms that the language has.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that panics has failed"
)]

mod agreement;
mod hostile;
mod places;
mod relaxed;
mod schemas;

#[path = "../properties/cases.rs"]
mod cases;

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
}

mod shapes {
    xdr_derive::include_xdr!("tests/c_peer/shapes.x", type_table = true);
}

/// A module of tests for the types of each table.
macro_rules! agreement {
    ($($name:ident: $types:expr;)*) => {$(
        mod $name {
            agreement! { of_types(stringify!($name), $types):
                agreement::messages_come_back_through_json
                agreement::prefixes_are_refused_alike
                agreement::changed_bytes_are_taken_alike
                agreement::mutations_are_taken_alike
                agreement::random_bytes_are_taken_alike
                agreement::bounds_hold_both_ways
                places::each_byte_is_told_once
                places::a_tree_has_the_bytes_of_its_parts
                relaxed::each_rule_is_relaxed_alike
            }
        }
    )*};
    (of_types($name:expr, $types:expr): $($module:ident::$test:ident)*) => {$(
        #[test]
        fn $test() {
            crate::schemas::with($name, $types, crate::$module::$test);
        }
    )*};
}

agreement! {
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
    shapes_of_c: crate::shapes::TYPES;
}

//! Every type of libvirt's protocols against a codec of the same `.x` file that rpcgen and libtirpc make
//! (`tests/c/README.md`).
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod build;
mod bytes;
mod cases;
mod every_type;
mod files;
mod fillers;
mod graphics;
mod harness;
mod hex;
mod lenient;
mod messages;
mod mutation;
mod stricter;

/// Tests with C made of one file.
macro_rules! with_one {
    ($origin:ident, $file:expr, |$it:ident| $checks:ident $arguments:tt: $($test:ident)*) => {
        $(#[test]
        fn $test() {
            let origin = crate::files::Origin::$origin;
            crate::files::with(origin, $file, |$it| crate::$checks::$test $arguments);
        })*
    };
}

/// The same tests twice: with C made of this project's text, and with C made of libvirt's.
macro_rules! with_both {
    ($file:literal, $($tests:tt)*) => {
        mod of_this_project {
            with_one! { Project, $file, $($tests)* }
        }
        mod of_libvirt {
            with_one! { Libvirt, $file, $($tests)* }
        }
    };
}

/// All types of a file, whose Rust has this table of them.
macro_rules! every_type {
    ($with:ident!($($file:tt)*), $types:path) => {
        $with! { $($file)*, |file| every_type(file, $types):
            the_table_has_every_type_of_the_file
            c_gives_back_what_is_made_here
            what_c_makes_comes_back_from_here
            what_varies_in_messages_made_here_varies_in_those_of_c
            both_take_what_a_bound_allows_and_no_more
            both_reject_what_is_cut_off_or_too_long
        }
    };
}

/// The same for some of libvirt's files.
macro_rules! libvirts {
    ($($module:ident: $file:literal;)*) => {$(
        mod $module {
            every_type! { with_both!($file), protocol_defs::$module::TYPES }
            with_one! { Project, $file, |file| mutation(file, protocol_defs::$module::TYPES):
                both_take_or_reject_what_has_been_changed
            }
        }
    )*};
}

libvirts! {
    remote: "remote/remote_protocol";
    qemu: "remote/qemu_protocol";
    lxc: "remote/lxc_protocol";
    admin: "admin/admin_protocol";
    lock: "locking/lock_protocol";
    log: "logging/log_protocol";
    lxc_monitor: "lxc/lxc_monitor_protocol";
    net: "rpc/virnetprotocol";
    keepalive: "rpc/virkeepaliveprotocol";
}

mod shapes {
    mod generated {
        xdr_derive::include_xdr!("tests/c_peer/shapes.x", type_table = true);
    }
    every_type! { with_one!(Suite, "shapes"), generated::TYPES }
    with_one! { Suite, "shapes", |file| mutation(file, generated::TYPES):
        both_take_or_reject_what_has_been_changed
        each_rule_of_the_list_is_met
        the_readme_has_the_list
        c_outlives_what_takes_all_of_its_memory_or_its_stack
    }
}

/// What is installed with rpcgen. Bindings of it are made when this crate is built.
mod rpcsvc {
    use xdr_tests::rpcsvc_bindings::FILES;

    /// The types of this file; none if it is not installed, and then there is no C either.
    fn types(name: &str) -> &'static [xdr_wire::TypeEntry] {
        let file = FILES.iter().find(|(stem, _)| *stem == name);
        file.map_or(&[], |(_, types)| types)
    }

    macro_rules! files {
        ($($file:ident)*) => {
            $(mod $file {
                with_one! { Rpcsvc, (stringify!($file)), |file| every_type(file, super::types(stringify!($file))):
                    the_table_has_every_type_of_the_file
                    c_gives_back_what_is_made_here
                    both_take_what_a_bound_allows_and_no_more
                    both_reject_what_is_cut_off_or_too_long
                }
                with_one! { Rpcsvc, (stringify!($file)), |file| mutation(file, super::types(stringify!($file))):
                    both_take_or_reject_what_has_been_changed
                }
            })*

            #[test]
            fn every_file_that_is_installed_is_tested() {
                let tested = [$(stringify!($file)),*];
                for (stem, _) in FILES {
                    assert!(tested.contains(stem), "{stem}");
                }
            }
        };
    }

    files! {
        bootparam_prot key_prot klm_prot mount nfs_prot nis nis_callback nis_object nlm_prot rex rquota rstat rusers
        sm_inter spray yp yppasswd
    }
}

mod graphics_messages {
    with_both! { "remote/remote_protocol", |file| graphics(file):
        c_decodes_what_is_encoded_here_and_gives_the_same_bytes_back
        bytes_that_c_builds_from_plain_values_are_the_same_and_decode_here
        both_reject_more_identities_than_the_bound
        both_reject_a_string_one_byte_over_its_bound
    }
}

mod differences {
    with_both! { "remote/remote_protocol", |file| lenient(file):
        both_send_a_char_over_127_as_the_negative_number_of_the_same_byte
        c_reads_any_padding_and_sends_zeros
        c_takes_any_number_for_the_presence_of_an_optional
        c_passes_on_numbers_that_an_enum_does_not_declare
        c_passes_on_text_that_is_no_utf8_and_ends_it_at_a_nul
    }
}

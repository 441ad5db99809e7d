//! What hostile input does to the codec, case by case. `docs/HOSTILE.md` is what these cases print.

#![allow(unsafe_code, reason = "an allocator that counts is an unsafe trait")]

use std::path::PathBuf;
use std::{env, fs};

mod cases;
mod counting;
mod demands;
mod document;
mod lists;
mod measured;

/// The types of the cases.
mod types {
    xdr_derive::include_xdr!("tests/hostile/hostile.x");
}

fn path() -> PathBuf {
    xdr_tests::root().join("docs").join("HOSTILE.md")
}

/// Sizes in the document are those of machines with pointers of 64 bits.
#[test]
#[cfg_attr(not(target_pointer_width = "64"), ignore = "sizes differ")]
fn the_document_says_what_the_codec_does() {
    let now = document::text();
    // What renews every other snapshot renews this one.
    if env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::create_dir_all(xdr_tests::root().join("docs")).expect("the folder can be made");
        fs::write(path(), &now).expect("the document can be written");
    }
    let written = fs::read_to_string(path()).unwrap_or_default();
    let differs = written
        .lines()
        .zip(now.lines())
        .find(|(old, new)| old != new);
    assert!(
        written == now,
        "docs/HOSTILE.md is stale, renew it by `cargo xtask hostile`: {differs:?}"
    );
}

#[test]
fn every_case_is_about_one_thing() {
    let cases = cases::all();
    let mut titles: Vec<_> = cases.iter().map(|case| case.title).collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), cases.len());
    for case in &cases {
        for ty in case.types {
            assert!(document::definition(ty).is_some(), "{ty} is not defined");
        }
    }
}

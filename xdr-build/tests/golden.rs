//! The Rust in `golden` is what comes of `torture.x`. It is not compiled here, so that it can be renewed when it does not
//! compile; `torture.rs` does that.

use std::path::Path;

use xdr_build::Config;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

fn config() -> Config {
    let mut config = Config::new();
    config
        .define("EXTERNAL_SIZE", 7)
        .define("EXTERNAL_ONE", 1)
        .define("EXTERNAL_TWO", 2)
        .type_table(true)
        .fingerprints(true)
        .messages(true);
    config
}

/// Compares with the checked-in file; with `INSTA_UPDATE=always`, as `cargo xtask bless` sets it, writes that.
fn check(config: &Config, name: &str) {
    let mut files = config
        .generate(&[format!("{FOLDER}/torture.x")])
        .expect("it has no errors");
    let mut file = files.remove(0);
    name.clone_into(&mut file.stem);
    let folder = Path::new(FOLDER).join("golden");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        file.write_to(&folder).expect("the folder can be written");
    }
    assert!(
        file.is_fresh(&folder.join(file.file_name()))
            .expect("the file can be read"),
        "tests/golden/{name}.rs is stale: run `cargo xtask bless` and review the diff"
    );
}

#[test]
fn the_checked_in_rust_is_fresh() {
    check(&config(), "torture");
    let mut other = config();
    other
        .open_enum("color")
        .open_enum("extreme")
        .borrowed(".")
        .bytes("text")
        .bounded_types(true)
        .strip_prefix("string_")
        .strip_prefix("by_")
        .strip_enumerator_prefix(false);
    check(&other, "torture_options");
}

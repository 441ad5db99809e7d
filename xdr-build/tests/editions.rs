//! Generated code compiles in edition 2021 and without std, by itself in a crate, and clippy has nothing to say.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use xdr_build::Config;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn compiles_in_edition_2021_without_std() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("src");
    let mut config = Config::new();
    config
        .define("EXTERNAL_SIZE", 7)
        .define("EXTERNAL_ONE", 1)
        .define("EXTERNAL_TWO", 2)
        .no_std(true)
        .type_table(true)
        .fingerprints(true)
        .messages(true);
    for file in config
        .generate(&[format!("{ROOT}/xdr-build/tests/torture.x")])
        .unwrap()
    {
        file.write_to(&source).unwrap();
    }
    // A private module: clippy spares names that are exported.
    let library = "#![no_std]\n#![allow(dead_code)]\nextern crate alloc;\nmod torture { include!(\"torture.rs\"); }\n";
    fs::write(source.join("lib.rs"), library).unwrap();
    let manifest = format!(
        "[package]\nname = \"generated\"\nedition = \"2021\"\n[workspace]\n\
         [dependencies]\nxdr-wire = {{ path = {:?} }}\n",
        Path::new(ROOT).join("xdr-wire").canonicalize().unwrap(),
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    // The same versions as here: they are on this disk.
    fs::copy(
        format!("{ROOT}/Cargo.lock"),
        folder.path().join("Cargo.lock"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["clippy", "--offline", "--quiet", "--", "-D", "warnings"])
        .current_dir(folder.path())
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap(),
        )
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

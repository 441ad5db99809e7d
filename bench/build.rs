//! Makes bindings of `proto/bench.x` for those contestants that have a generator.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use xdr_build::Config;

const SOURCE: &str = "proto/bench.x";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    ours(&out.join("owned"), &mut Config::new());
    ours(&out.join("bytes"), Config::new().bytes("."));
    ours(&out.join("borrowed"), Config::new().borrowed("."));
    ours(
        &out.join("borrowed_bytes"),
        Config::new().borrowed(".").bytes("."),
    );
}

/// As a user's build script does it, in one of the ways that there are.
fn ours(folder: &Path, config: &mut Config) {
    fs::create_dir_all(folder).expect("cargo's folder can be written");
    if let Err(error) = config.out_dir(folder).compile(&[SOURCE]) {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
}

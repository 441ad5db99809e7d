//! Makes Rust of `torture.x`, which has every form of the language, once as it is and once with the options that change
//! what is decoded.

use std::path::PathBuf;

use xdr_build::{Config, Error};

fn main() -> Result<(), Error> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or(Error::NoOutDir)?);
    config().out_dir(out.join("plain")).compile(&[TORTURE])?;
    let mut other = config();
    other.borrowed(".").open_enum(".").bytes("text");
    other.out_dir(out.join("borrowed")).compile(&[TORTURE])
}

const TORTURE: &str = "../xdr-build/tests/torture.x";

fn config() -> Config {
    let mut config = Config::new();
    config
        .define("EXTERNAL_SIZE", 7)
        .define("EXTERNAL_ONE", 1)
        .define("EXTERNAL_TWO", 2)
        .type_table(true);
    config
}

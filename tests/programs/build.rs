//! Bindings of the benchmark's messages, by each option that the codec's speed depends on.

use std::env;
use std::fs;
use std::path::PathBuf;

use xdr_build::Config;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    let mut configs = [Config::new(), Config::new(), Config::new()];
    configs[1].bytes(".");
    configs[2].borrowed(".");
    for (name, config) in ["owned", "bytes", "borrowed"].iter().zip(&mut configs) {
        let folder = out.join(name);
        fs::create_dir_all(&folder)?;
        config
            .out_dir(folder)
            .compile(&["../../bench/proto/bench.x"])?;
    }
    Ok(())
}

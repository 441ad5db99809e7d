//! Makes bindings of the `.x` files that `tests/c_peer` takes from Debian's packages: they are read where they are
//! installed and are not kept here.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use xdr_build::Config;

#[expect(unreachable_pub, reason = "it is public in the library")]
#[path = "src/rpcsvc.rs"]
mod rpcsvc;

fn main() {
    let out = std::env::var_os("OUT_DIR").expect("cargo names the folder");
    let out = PathBuf::from(out).join("rpcsvc");
    for changed in ["build.rs", "headers", rpcsvc::FOLDER] {
        println!("cargo::rerun-if-changed={changed}");
    }
    fs::create_dir_all(&out).expect("cargo's folder can be written");
    let mut modules = String::new();
    let mut table = String::new();
    for (stem, module, source) in bindings() {
        let path = out.join(format!("{module}.rs"));
        fs::write(&path, source).expect("cargo's folder can be written");
        let path = path.display().to_string();
        writeln!(modules, "pub mod {module} {{\n    include!({path:?});\n}}")
            .expect("a string takes text");
        // Not the header's: no C is made of it.
        if Path::new(rpcsvc::FOLDER).join(format!("{stem}.x")).exists() {
            writeln!(table, "    (\"{stem}\", {module}::TYPES),").expect("a string takes text");
        }
    }
    let table = format!(
        "/// The types of each file.\npub static FILES: &[(&str, &[xdr_wire::TypeEntry])] = &[\n{table}];\n"
    );
    fs::write(out.join("mod.rs"), modules + &table).expect("cargo's folder can be written");
}

/// Stem, module and Rust of each file that is installed, and of the header that they all import.
fn bindings() -> Vec<(String, String, String)> {
    let mut files: Vec<_> = fs::read_dir(rpcsvc::FOLDER)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "x"))
        .collect();
    if files.is_empty() {
        return Vec::new();
    }
    files.sort();
    let headers = Path::new("headers");
    let mut config = Config::new();
    config.type_table(true).include(headers);
    config.import(headers.join(rpcsvc::IMPORT));
    for (name, value) in rpcsvc::DEFINES {
        config.define(*name, *value);
    }
    match config.generate(&files) {
        Ok(files) => files
            .into_iter()
            .map(|file| (file.stem, file.module, file.source))
            .collect(),
        Err(error) => {
            println!("cargo::error={}", error.render(false).replace('\n', " "));
            Vec::new()
        }
    }
}

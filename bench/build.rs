//! Makes bindings of `proto/bench.x` for those contestants that have a generator.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xdr_build::Config;

const SOURCE: &str = "proto/bench.x";

/// Where libtirpc's are.
const HEADERS: &str = "/usr/include/tirpc";

fn main() {
    for changed in ["build.rs", "c", SOURCE] {
        println!("cargo::rerun-if-changed={changed}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    ours(&out.join("owned"), &mut Config::new());
    ours(&out.join("bytes"), Config::new().bytes("."));
    ours(&out.join("borrowed"), Config::new().borrowed("."));
    ours(
        &out.join("borrowed_bytes"),
        Config::new().borrowed(".").bytes("."),
    );
    let source = fs::read_to_string(SOURCE).expect("it is there");
    xdrgen(&source, &out.join("xdrgen.rs"));
    fastxdr(&source, &out.join("fastxdr.rs"));
    libtirpc(&out.join("c"));
}

/// As a user's build script does it, in one of the ways that there are.
fn ours(folder: &Path, config: &mut Config) {
    fs::create_dir_all(folder).expect("cargo's folder can be written");
    if let Err(error) = config.out_dir(folder).compile(&[SOURCE]) {
        println!("cargo::error={}", error.to_string().replace('\n', " "));
    }
}

fn xdrgen(source: &str, path: &Path) {
    let mut code = Vec::new();
    xdrgen::generate(SOURCE, source.as_bytes(), &mut code).expect("xdrgen reads the file");
    fs::write(path, code).expect("cargo's folder can be written");
}

/// What fastxdr's file has instead.
const FASTXDR: [(&str, &str); 5] = [
    ("    string s<STRING_MAX>;", "    text s;"),
    (
        "union param_value",
        "struct text {\n    string s<STRING_MAX>;\n};\n\nunion param_value",
    ),
    ("unsigned int list", "word list"),
    ("unsigned hyper list", "long_word list"),
    (
        "struct words",
        "typedef uint32_t word;\ntypedef uint64_t long_word;\n\nstruct words",
    ),
];

/// It cannot read an arm with a bound, nor make arrays of numbers unless they have a name. The bytes are the same.
fn fastxdr(source: &str, path: &Path) {
    let replace = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    let source = FASTXDR.iter().fold(source.to_owned(), replace);
    let generator = fastxdr::Generator::default();
    let code = generator.generate(source).expect("fastxdr reads the file");
    fs::write(path, code).expect("cargo's folder can be written");
}

/// As C programs have it: what rpcgen writes, compiled with -O2, the library shared.
fn libtirpc(folder: &Path) {
    println!("cargo::rustc-check-cfg=cfg(libtirpc)");
    // rpcgen does not overwrite.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("cargo's folder can be written");
    fs::copy(SOURCE, folder.join("bench.x")).expect("cargo's folder can be written");
    let rpcgen = |kind: &str, name: &str| {
        let mut rpcgen = Command::new("rpcgen");
        rpcgen.args([kind, "-o", name, "bench.x"]);
        let status = rpcgen.current_dir(folder).status();
        status.is_ok_and(|status| status.success())
    };
    let made = rpcgen("-h", "bench.h") && rpcgen("-c", "bench_xdr.c");
    if !made || !Path::new(HEADERS).exists() {
        println!("cargo::warning=no rpcgen or no libtirpc here: they do not take part");
        return;
    }
    let mut compiler = cc::Build::new();
    compiler.opt_level(2).include(HEADERS).include(folder);
    // Warnings about rpcgen's code say nothing of this project's.
    let generated = folder.join("bench_xdr.c");
    compiler
        .clone()
        .warnings(false)
        .file(generated)
        .compile("bench_xdr");
    compiler
        .file("c/turns.c")
        .warnings_into_errors(true)
        .compile("bench_turns");
    println!("cargo::rustc-link-lib=bench_xdr");
    println!("cargo::rustc-link-lib=tirpc");
    println!("cargo::rustc-cfg=libtirpc");
}

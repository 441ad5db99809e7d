//! Builds the C program of a `.x` file: rpcgen's code, the fillers made of the schema, and tests/c.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use xdr_parser::schema::Schema;

use crate::files::{ProtocolFile, headers};
use crate::fillers;

/// Not optimised: the compiler takes longer than what it makes.
const FLAGS: &[&str] = &["-std=gnu11", "-O0", "-I.", "-I/usr/include/tirpc"];

/// For what is this project's, of rpcgen's code only the headers. Those have the pragmas of the `.x` files.
const STRICT: &[&str] = &["-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas"];

/// Whether there is all that it takes; if not, the calling test is reported as skipped.
#[track_caller]
pub(crate) fn has_tools() -> bool {
    let library = Path::new("/usr/include/tirpc/rpc/rpc.h");
    if !library.exists() {
        xdr_tests::skip("libtirpc-dev is not installed");
        return false;
    }
    ["rpcgen", "cc", "cpp"]
        .into_iter()
        .all(xdr_tests::has_program)
}

/// The program for this file.
pub(crate) fn program(file: &ProtocolFile) -> PathBuf {
    built(file).join("harness")
}

/// The folder with what was made of a file, once in a run of the tests. Other files are built meanwhile.
fn built(file: &ProtocolFile) -> PathBuf {
    type Built = Arc<OnceLock<PathBuf>>;
    static BUILT: Mutex<BTreeMap<PathBuf, Built>> = Mutex::new(BTreeMap::new());
    let built = {
        let mut all = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(file.path.clone()).or_default().clone()
    };
    built.get_or_init(|| build(file)).clone()
}

/// As tests/c/README.md says.
fn build(file: &ProtocolFile) -> PathBuf {
    let stem = &*file.stem;
    let folder = fresh(&format!("{}/{stem}", file.origin));
    let schema = file.schema();
    let source = file.source();
    write(&folder.join(format!("{stem}.x")), &source);
    for (name, part) in file.parts() {
        write(&folder.join(name), &part.source());
    }
    write(&folder.join("names.h"), &fillers::names_h(&schema));
    let table = fillers::types_c(&schema, stem, file.has_fillers());
    write(&folder.join("types.c"), &table);
    let mut imports = Vec::new();
    for (name, import) in file.imports() {
        let made = built(&import);
        // Under the name that it is included by, which may be that of an installed header with other contents.
        let header = fs::read_to_string(made.join(format!("{}.h", import.stem)));
        write(
            &folder.join(name),
            &header.expect("it was made with the rest"),
        );
        imports.push(made);
    }
    let mut flags: Vec<String> = FLAGS.iter().copied().map(String::from).collect();
    flags.extend(["-include".to_owned(), "names.h".to_owned()]);
    flags.push(format!("-I{}", c_folder().display()));
    for import in &imports {
        flags.push(format!("-I{}", import.display()));
    }
    for header in headers(&source, "%#include") {
        // libvirt's own would define once more what `names.h` does.
        let kind = if Path::new(&header).starts_with("libvirt") {
            "instead"
        } else {
            "stand-ins"
        };
        write(&folder.join(kind).join(header), "");
    }
    for folder in imports.iter().chain([&folder]) {
        flags.push(format!("-I{}", folder.join("instead").display()));
    }
    // Behind all others: a header that is there is better than an empty one.
    for folder in imports.iter().chain([&folder]) {
        let headers = folder.join("stand-ins");
        flags.push(format!("-idirafter{}", headers.display()));
    }

    let [x, h, c] = ["x", "h", "c"].map(|kind| format!("{stem}.{kind}"));
    run(&folder, "rpcgen", &["-h", "-o", &h, &x]);
    run(&folder, "rpcgen", &["-c", "-o", &c, &x]);
    let compile = |options: &[&str], sources: &[String]| {
        let arguments = [&flags, sources].concat();
        let arguments = arguments.iter().map(String::as_str);
        let arguments: Vec<_> = options.iter().copied().chain(arguments).collect();
        run(&folder, "cc", &arguments);
    };
    // Warnings about rpcgen's code say nothing of this project's.
    compile(&["-w", "-c", "-o", "codec.o"], &[c]);
    compile(
        &[STRICT, &["-c", "-o", "types.o"]].concat(),
        &["types.c".to_owned()],
    );

    let mut parts = vec!["codec.o".to_owned(), "types.o".to_owned()];
    if defines_graphics(&schema) {
        compile(
            &[STRICT, &["-c", "-o", "graphics.o"]].concat(),
            &[in_c_folder("graphics.c")],
        );
        parts.push("graphics.o".to_owned());
    }
    for import in &imports {
        parts.push(in_folder(import, "codec.o"));
    }
    parts.extend(["harness.o", "random.o"].map(|part| in_folder(common(), part)));
    parts.push("-ltirpc".to_owned());
    compile(&["-o", "harness"], &parts);
    folder
}

/// The folder with what all programs have, made once.
fn common() -> &'static Path {
    static COMMON: OnceLock<PathBuf> = OnceLock::new();
    COMMON.get_or_init(|| {
        let folder = fresh("common");
        let sources = ["harness.c", "random.c"].map(in_c_folder);
        let sources: Vec<_> = sources.iter().map(String::as_str).collect();
        run(&folder, "cc", &[FLAGS, STRICT, &["-c"], &sources].concat());
        folder
    })
}

fn defines_graphics(schema: &Schema) -> bool {
    let types = fillers::types(schema);
    let mut builders = fillers::BUILDERS.iter();
    builders.all(|(name, _)| types.iter().any(|def| def.name == *name))
}

fn c_folder() -> PathBuf {
    xdr_tests::root().join("tests/c")
}

fn in_c_folder(name: &str) -> String {
    in_folder(&c_folder(), name)
}

fn in_folder(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// An empty folder: rpcgen does not overwrite what an earlier run left.
fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = folder.join("c_peer").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("target can be written");
    folder
}

fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("the path of a file has a folder");
    fs::create_dir_all(folder).expect("target can be written");
    fs::write(path, text).expect("target can be written");
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("its presence was checked");
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

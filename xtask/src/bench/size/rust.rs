//! A crate with generated Rust, and a program that reads and writes every message of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use super::code::code;
use super::contestants::{Contestant, Rust};
use super::{FILE, Profile, Seconds, plain, succeed, timed};
use crate::{cargo, root};

/// A crate that has been written.
pub(super) struct Built<'a> {
    rust: &'a Rust,
    folder: PathBuf,
    pub(super) messages: usize,
}

impl<'a> Built<'a> {
    /// Writes the crate and builds what it depends on.
    pub(super) fn prepare(
        contestant: &Contestant,
        rust: &'a Rust,
        all: &Path,
    ) -> Result<Self, String> {
        let folder = all.join(contestant.name);
        fs::create_dir_all(folder.join("src")).map_err(|error| error.to_string())?;
        let generated = folder.join("src/protocol.rs");
        match contestant.name {
            "ours" => ours(&generated)?,
            name => peer(name, all, &generated)?,
        }
        let text = fs::read_to_string(&generated).map_err(|error| error.to_string())?;
        let names: Vec<_> = text.lines().filter_map(message).collect();
        let dependencies = rust
            .dependencies
            .replace("{root}", &root().display().to_string());
        package(&folder, "remote", &dependencies)?;
        let library = format!("{}pub mod protocol;\n", rust.attributes);
        write(&folder.join("src/lib.rs"), &library)?;
        write(
            &folder.join("src/main.rs"),
            &program(rust, contestant.name, &names),
        )?;
        let it = Self {
            rust,
            messages: names.len(),
            folder,
        };
        for profile in Profile::ALL {
            succeed(it.cargo(profile, "--bins"))?;
        }
        Ok(it)
    }

    /// Builds the library and the program.
    pub(super) fn build(&self, profile: Profile) -> Result<Seconds, String> {
        touch(&self.folder.join("src/lib.rs"))?;
        Ok(Seconds {
            library: timed(self.cargo(profile, "--lib"))?,
            program: timed(self.cargo(profile, "--bins"))?,
        })
    }

    /// Machine code of the library and of the program.
    pub(super) fn code(&self) -> Result<[BTreeMap<&'static str, u64>; 2], String> {
        let built = self.folder.join("target/release");
        Ok([
            code(&built.join("libremote.rlib"), self.rust.kinds)?,
            code(&built.join("remote"), self.rust.kinds)?,
        ])
    }

    fn cargo(&self, profile: Profile, target: &str) -> Command {
        build(&self.folder, profile.name(), target)
    }
}

/// By `xdr`, of the file as it is.
fn ours(generated: &Path) -> Result<(), String> {
    let run = ["run", "--quiet", "-p", "xdr-cli", "--", "gen", FILE];
    let flags = ["--profile", "libvirt", "--strip-prefix", "remote_"];
    let mut xdr = cargo(&[&run[..], &flags, &["--quiet", "-o"]].concat());
    xdr.arg(generated).current_dir(root());
    succeed(xdr)
}

/// By a program that has the peers' generators.
fn peer(name: &str, all: &Path, generated: &Path) -> Result<(), String> {
    let folder = all.join("generators");
    let (dependencies, text) = Contestant::generators();
    package(&folder, "generators", dependencies)?;
    write(&folder.join("src/main.rs"), text)?;
    succeed(build(&folder, "dev", "--bins"))?;
    let source = if name == "xdrgen" {
        plain(&root().join(FILE), &folder)?
    } else {
        root().join(FILE)
    };
    let mut generator = Command::new(folder.join("target/debug/generators"));
    generator.arg(name).arg(source).arg(generated);
    generator.env("RUST_BACKTRACE", "0");
    succeed(generator)
}

/// A crate outside of this workspace: what it depends on is none of this project's concern.
fn package(folder: &Path, name: &str, dependencies: &str) -> Result<(), String> {
    fs::create_dir_all(folder.join("src")).map_err(|error| error.to_string())?;
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
    );
    write(&folder.join("Cargo.toml"), &manifest)
}

fn build(folder: &Path, profile: &str, target: &str) -> Command {
    let mut build = cargo(&["build", "--quiet", "--profile", profile, target]);
    // As users have it, whatever this command was built with.
    build.env_remove("CARGO_PROFILE_DEV_DEBUG");
    build.env("CARGO_INCREMENTAL", "0");
    build.env("CARGO_TARGET_DIR", folder.join("target"));
    build.current_dir(folder);
    build
}

/// The name of a type that is a message. xdrgen's derives are on the same line.
fn message(line: &str) -> Option<&str> {
    let item = line.find("pub ").and_then(|start| line.get(start..))?;
    let rest = item
        .strip_prefix("pub struct ")
        .or_else(|| item.strip_prefix("pub enum "))?;
    let name = rest.split([' ', '<', '(', ';']).next()?;
    ["Args", "Ret", "Msg", "_args", "_ret", "_msg"]
        .iter()
        .any(|end| name.ends_with(end))
        .then_some(name)
}

/// A program that has code for every message, and cannot know which of it runs.
fn program(rust: &Rust, contestant: &str, names: &[&str]) -> String {
    let entries: Vec<_> = names
        .iter()
        .map(|name| format!("    again::<remote::protocol::{name}>,\n"))
        .collect();
    let (entries, again) = (entries.concat(), rust.again);
    format!(
        "//! {contestant}\n\n{again}\nstatic MESSAGES: &[fn(&[u8]) -> Option<Vec<u8>>] = &[\n{entries}];\n\n\
         fn main() {{\n    let input = [0; 4096];\n    let done = std::hint::black_box(MESSAGES).iter();\n    \
         println!(\"{{}}\", done.filter_map(|again| again(&input)).count());\n}}\n"
    )
}

/// Writes a file unless it is what it should be, so that cargo does not build again what has not changed.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn touch(path: &Path) -> Result<(), String> {
    let file = fs::File::options().append(true).open(path);
    let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
    touched.map_err(|error| format!("{}: {error}", path.display()))
}

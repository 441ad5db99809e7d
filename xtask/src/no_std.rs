//! Proves that xdr-wire, and code that its derives make, do without the standard library.

use std::fs;

use crate::report::{self, Outcome};
use crate::{cargo, command, output, root};

/// A crate that supplies what std would; a std anywhere below it is a second panic handler, which rustc refuses.
const LIBRARY: &str = "#![no_std]
extern crate alloc;

#[derive(xdr_wire::Encode, xdr_wire::Decode)]
pub struct Message {
    #[xdr(max = 20)]
    pub names: alloc::vec::Vec<alloc::string::String>,
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
";

/// Builds for a target that has no std, if one is installed, and for the host in any case.
pub(crate) fn run() -> Outcome {
    let bare = cargo(&["build", "-p", "xdr-wire", "--no-default-features", "--lib"]);
    let outcome = report::run(bare);
    if outcome.is_failed() {
        return outcome;
    }
    let target = installed_target();
    let proof = match proof(target.as_deref()) {
        Ok(command) => report::run(command),
        Err(error) => return Outcome::failed(format!("target/no-std: {error}")),
    };
    match target {
        _ if proof.is_failed() => proof,
        Some(target) => Outcome::passed(format!("built for {target}")),
        None => Outcome::passed(
            "built for the host with a panic handler of its own: no target without std is installed",
        ),
    }
}

/// A target without std whose core is installed.
fn installed_target() -> Option<String> {
    let targets = output(command("rustup", &["target", "list", "--installed"]))?;
    targets
        .lines()
        .find(|target| target.contains("-none"))
        .map(str::to_owned)
}

fn proof(target: Option<&str>) -> std::io::Result<std::process::Command> {
    let folder = root().join("target").join("no-std");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src").join("lib.rs"), LIBRARY)?;
    let manifest = format!(
        "[package]\nname = \"no-std-proof\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nxdr-wire = {{ path = '{}' }}\n\n[workspace]\n",
        root().join("xdr-wire").display()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut build = cargo(&["build", "--quiet"]);
    build.current_dir(&folder);
    // What the workspace has built of the derives' dependencies serves here, too.
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        build.env("CARGO_TARGET_DIR", root().join("target"));
    }
    if let Some(target) = target {
        build.args(["--target", target]);
    }
    Ok(build)
}

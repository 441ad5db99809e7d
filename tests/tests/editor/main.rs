//! `xdr lsp` in a real editor: Neovim without a screen, set up as docs/EDITORS.md says, opens a file, mends it, asks, renames
//! and lays out.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use xdr_tests::{has_program, root, xdr};

const BASE: &str = "const NAME_MAX = 16;\ntypedef string name<NAME_MAX>;\n";
const USER: &str = "%#include \"base.h\"\n\nstruct person {\n    nam given;\n    int age;\n};\n";

#[test]
fn neovim_shows_mends_finds_renames_and_lays_out() {
    if !has_program("nvim") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("it can be written");
    };
    write("base.x", BASE);
    write("user.x", USER);
    write("init.lua", &snippet());
    write("session.lua", include_str!("session.lua"));
    let said = run(folder.path(), &xdr());
    let said = said.replace(" \n", "\n");
    insta::assert_snapshot!(said, @r#"
    filetype xdr
    diagnostics 4: no type is called `nam`: not known here
    mended     name given;
    hover "On the wire: 4 to 20 bytes."
    completion 1
    definition base.x:2:15
    renamed typedef string label<NAME_MAX>;
    renamed     label given;
    laid out { '%#include "base.h"', "", "struct person {", "    label given;", "    int age;", "};" }
    diagnostics
    "#);
}

/// The lines for Neovim in the documentation.
fn snippet() -> String {
    let page = fs::read_to_string(root().join("docs/EDITORS.md")).expect("it is there");
    let (_, rest) = page.split_once("```lua\n").expect("lines of Lua");
    let (lines, _) = rest.split_once("\n```").expect("their end");
    lines.to_owned()
}

/// What the session has seen.
fn run(folder: &Path, xdr: &Path) -> String {
    let results = folder.join("results");
    let programs = xdr.parent().expect("a folder of programs").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs).chain(std::env::split_paths(&path));
    let mut neovim = Command::new("nvim");
    neovim
        .args(["--clean", "--headless", "-n"])
        .args(["-c", "luafile init.lua", "-c", "luafile session.lua"])
        .current_dir(folder)
        .env("PATH", std::env::join_paths(path).expect("paths"))
        .env("RESULTS", &results)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for name in [
        "HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
    ] {
        neovim.env(name, folder);
    }
    let mut child = neovim.spawn().expect("nvim starts");
    let status = wait(&mut child);
    let said = fs::read_to_string(&results).unwrap_or_default();
    assert!(
        status.is_some_and(|status| status.success()),
        "{status:?} {said}"
    );
    said
}

/// How it ended; it is made to if it takes too long.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    const PATIENCE: Duration = Duration::from_mins(2);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

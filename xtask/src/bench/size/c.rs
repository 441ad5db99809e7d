//! The same in C: what rpcgen writes is the library, a table of its functions the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::code::code;
use super::{FILE, Profile, Seconds, plain, succeed, timed};
use crate::root;

/// Where libtirpc's headers are.
const HEADERS: &str = "/usr/include/tirpc";

const KINDS: [(&str, &str); 2] = [("xdr_", "codec"), ("main", "entry points")];

/// C that has been written.
pub(super) struct Built {
    folder: PathBuf,
    pub(super) messages: usize,
}

impl Built {
    pub(super) fn prepare(all: &Path) -> Result<Self, String> {
        let folder = all.join("C");
        // rpcgen does not overwrite.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        plain(&root().join(FILE), &folder)?;
        for (kind, name) in [("-h", "remote.h"), ("-c", "remote.c")] {
            let mut rpcgen = Command::new("rpcgen");
            rpcgen.args([kind, "-o", name, "remote.x"]);
            succeed(at(rpcgen, &folder))?;
        }
        let header = fs::read_to_string(folder.join("remote.h"));
        let header = header.map_err(|error| error.to_string())?;
        let names: Vec<_> = header.lines().filter_map(message).collect();
        let main = folder.join("main.c");
        fs::write(main, program(&names)).map_err(|error| error.to_string())?;
        Ok(Self {
            messages: names.len(),
            folder,
        })
    }

    pub(super) fn build(&self, profile: Profile) -> Result<Seconds, String> {
        let level = match profile {
            Profile::Release => "-O2",
            Profile::Dev => "-O0",
        };
        let gcc = |arguments: &[&str]| {
            let mut gcc = Command::new("gcc");
            // rpcgen declares a buffer in each function, and uses it in some.
            gcc.args([level, "-w", "-I", HEADERS]).args(arguments);
            timed(at(gcc, &self.folder))
        };
        Ok(Seconds {
            library: gcc(&["-c", "remote.c"])?,
            program: gcc(&["-o", profile.name(), "main.c", "remote.o", "-ltirpc"])?,
        })
    }

    pub(super) fn code(&self) -> Result<[BTreeMap<&'static str, u64>; 2], String> {
        self.build(Profile::Release)?;
        Ok([
            code(&self.folder.join("remote.o"), &KINDS)?,
            code(&self.folder.join("release"), &KINDS)?,
        ])
    }
}

fn at(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder);
    command
}

/// The name of a message, of a line that makes it the name of its struct.
fn message(line: &str) -> Option<&str> {
    let name = line.strip_prefix("typedef struct ")?.split(' ').next()?;
    ["_args", "_ret", "_msg"]
        .iter()
        .any(|end| name.ends_with(end))
        .then_some(name)
}

fn program(names: &[&str]) -> String {
    let entries: Vec<_> = names
        .iter()
        .map(|name| format!("    {{ sizeof({name}), (xdrproc_t) xdr_{name} }},\n"))
        .collect();
    format!(
        "#include <stdio.h>\n#include <stdlib.h>\n#include \"remote.h\"\n\n\
         static const struct {{ size_t size; xdrproc_t proc; }} messages[] = {{\n{}}};\n\n\
         int main(void)\n{{\n    static char input[4096], output[8192];\n    int done = 0;\n    \
         for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {{\n        \
         void *value = calloc(1, messages[i].size);\n        XDR xdr;\n        \
         xdrmem_create(&xdr, input, sizeof input, XDR_DECODE);\n        \
         if (messages[i].proc(&xdr, value)) {{\n            \
         xdrmem_create(&xdr, output, sizeof output, XDR_ENCODE);\n            \
         done += messages[i].proc(&xdr, value);\n        }}\n        \
         xdr_free(messages[i].proc, value);\n        free(value);\n    }}\n    \
         printf(\"%d\\n\", done);\n    return 0;\n}}\n",
        entries.concat()
    )
}

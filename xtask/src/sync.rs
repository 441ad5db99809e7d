//! `cargo xtask sync-libvirt`: makes `protocol-defs/proto` say what another version of libvirt says.
//!
//! Four steps: find libvirt's files, compare them with ours, write ours anew with our comments, and compare again:
//! then nothing may differ. Our files stay as they are until that is so.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use xdr_parser::schema::ConstantValue;
use xdr_parser::{Options, Profile};

use crate::{cargo, fetch, root};

mod body;
mod changes;
mod comments;
mod facts;
mod layout;
mod numbers;
mod protocol;
mod sources;
mod syntax;
mod write;

use protocol::Protocol;
use sources::Tree;

/// Arguments of `cargo xtask sync-libvirt`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    from: From,
    /// Folder of the files to write; protocol-defs/proto if not given.
    #[arg(long, value_name = "DIR")]
    proto: Option<PathBuf>,
    /// Gives a name from a C header its value, where this project does not know it yet.
    #[arg(short = 'D', long, value_name = "NAME=VALUE", value_parser = definition)]
    define: Vec<(String, i128)>,
    /// Only prints what has changed.
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    /// Follows a source tree in a folder that is not the project's own.
    pub(crate) fn new(source: PathBuf, proto: PathBuf) -> Self {
        let from = From {
            source: Some(source),
            version: None,
        };
        Self {
            from,
            proto: Some(proto),
            define: Vec::new(),
            dry_run: false,
        }
    }
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct From {
    /// Takes the files of this source tree of libvirt.
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
    /// Fetches the source of this version as Debian has it.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
}

fn definition(text: &str) -> Result<(String, i128), String> {
    let (name, value) = text.split_once('=').ok_or("give it as NAME=VALUE")?;
    let value = value
        .parse()
        .map_err(|_| format!("`{value}` is not a decimal number"))?;
    Ok((name.to_owned(), value))
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    match sync(arguments) {
        Ok(()) => true,
        Err(why) => {
            eprintln!("error: {why}");
            false
        }
    }
}

fn sync(arguments: &Arguments) -> Result<(), String> {
    let tree = tree(&arguments.from)?;
    let own_folder = root().join("protocol-defs").join("proto");
    let proto = arguments.proto.as_ref().unwrap_or(&own_folder);
    let pairs = read(&tree, proto, &arguments.define)?;

    let changes = pairs.iter().filter_map(|(theirs, ours)| {
        let changes = changes::of(ours.as_ref()?, theirs);
        Some((theirs.stem.as_str(), changes))
    });
    say(&changes::table(&changes.collect::<Vec<_>>()));
    if arguments.dry_run {
        return Ok(());
    }
    if tree.version.is_none() {
        say("which version this is, the tree does not say: headers name the one that they named\n");
    }
    for name in only_ours(proto, &tree) {
        say(&format!(
            "{name}: libvirt has no such file; it stays as it is\n"
        ));
    }
    let staged = Staged::folder()?;
    for (theirs, ours) in &pairs {
        stage(&staged.0, theirs, ours.as_ref(), tree.version.as_deref())?;
    }
    for (theirs, _) in &pairs {
        verify(&staged.0, theirs)?;
    }
    let renewed = replace(&staged.0, proto)?;
    say(&format!(
        "files that say what libvirt says: {}, written anew: {renewed}\n",
        pairs.len()
    ));
    if proto == &own_folder && renewed > 0 {
        return regenerate();
    }
    Ok(())
}

fn tree(from: &From) -> Result<Tree, String> {
    match from {
        From {
            source: Some(folder),
            ..
        } => sources::find(folder),
        From { version, .. } => {
            let version = version.as_deref().unwrap_or_default();
            let mut tree = sources::find(&fetch::libvirt_version(version)?)?;
            tree.version = Some(version.to_owned());
            Ok(tree)
        }
    }
}

/// Their files, each with ours of the same name, if there is one.
fn read(
    tree: &Tree,
    proto: &Path,
    defines: &[(String, i128)],
) -> Result<Vec<(Protocol, Option<Protocol>)>, String> {
    let mut options = Options::default();
    options.profile = Some(Profile::Libvirt);
    options.include = tree.folders();
    let mut ours = Vec::new();
    for path in &tree.files {
        let own = proto.join(path.file_name().unwrap_or_default());
        let own = own
            .is_file()
            .then(|| Protocol::read(&own, &Options::default()));
        ours.push(own.transpose()?);
    }
    let known = tree.defined_values()?;
    let constants = ours.iter().flatten().flat_map(|own| &own.schema.constants);
    // What libvirt takes from C headers and ours have had to define: they remember it.
    for constant in constants {
        if let (ConstantValue::Int(value), false) =
            (&constant.value, known.contains(&constant.name))
        {
            options.defines.insert(constant.name.clone(), *value);
        }
    }
    options.defines.extend(defines.iter().cloned());
    let theirs = tree.files.iter().map(|path| Protocol::read(path, &options));
    theirs
        .zip(ours)
        .map(|(theirs, ours)| Ok((theirs?, ours)))
        .collect()
}

/// Files of ours that are not in their tree.
fn only_ours(proto: &Path, tree: &Tree) -> Vec<String> {
    let entries = fs::read_dir(proto).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let ours = paths.filter(|path| path.extension().is_some_and(|extension| extension == "x"));
    let theirs = |path: &PathBuf| {
        tree.files
            .iter()
            .any(|file| file.file_name() == path.file_name())
    };
    let names = ours.filter(|path| !theirs(path));
    let names = names.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// Writes a file anew, beside the others.
fn stage(
    folder: &Path,
    theirs: &Protocol,
    ours: Option<&Protocol>,
    version: Option<&str>,
) -> Result<(), String> {
    let name = file_name(theirs);
    if ours.is_none() {
        say(&format!(
            "{name} is new: name it in protocol-defs/build.rs, and give it a module\n"
        ));
    }
    let written = write::write(theirs, ours, version);
    for (key, comment) in written.dropped {
        say(&format!(
            "{name}: left out what stood at {key}: {comment}\n"
        ));
    }
    let path = folder.join(name);
    fs::write(&path, written.text).map_err(|error| format!("{}: {error}", path.display()))
}

/// What has been written resolves without a profile, and says what libvirt says.
fn verify(folder: &Path, theirs: &Protocol) -> Result<(), String> {
    let name = file_name(theirs);
    let written = Protocol::read(&folder.join(&name), &Options::default())
        .map_err(|why| format!("what was written is no protocol:\n{why}"))?;
    let changes = changes::of(&written, theirs);
    if changes.is_empty() {
        return Ok(());
    }
    let table = changes::table(&[(&theirs.stem, changes)]);
    Err(format!(
        "what was written is not what libvirt says:\n{table}"
    ))
}

/// Puts what has been written in the place of ours; says how many files are not as they were.
///
/// All of it is in the folder under other names before the first file gets its own, so that a full disk leaves ours as
/// they are.
fn replace(staged: &Path, proto: &Path) -> Result<usize, String> {
    let mut renewed = Vec::new();
    let written = write_beside(staged, proto, &mut renewed).and_then(|()| {
        renewed
            .iter()
            .try_for_each(|(part, path)| fs::rename(part, path))
    });
    if let Err(error) = written {
        for (part, _) in renewed {
            // The message is about what went wrong, not about this.
            let _ = fs::remove_file(part);
        }
        return Err(format!("{}: {error}", proto.display()));
    }
    Ok(renewed.len())
}

/// Notes each file that is not as it was, by the name it has for now and by its own, before it is written.
fn write_beside(
    staged: &Path,
    proto: &Path,
    renewed: &mut Vec<(PathBuf, PathBuf)>,
) -> io::Result<()> {
    for entry in fs::read_dir(staged)? {
        let entry = entry?;
        let text = fs::read(entry.path())?;
        let path = proto.join(entry.file_name());
        if fs::read(&path).ok().as_ref() != Some(&text) {
            let part = path.with_extension("x.part");
            renewed.push((part.clone(), path));
            fs::write(part, text)?;
        }
    }
    Ok(())
}

/// Rust is made of the files when the crate is built.
fn regenerate() -> Result<(), String> {
    let build = cargo(&["check", "--package", "protocol-defs", "--all-features"]).status();
    match build {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("protocol-defs does not build: {status}")),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

/// What happens is told as it does; whoever reads no further does not keep it from happening.
fn say(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

fn file_name(protocol: &Protocol) -> String {
    format!("{}.x", protocol.stem)
}

/// A folder for this run alone, gone at its end.
struct Staged(PathBuf);

impl Staged {
    fn folder() -> Result<Self, String> {
        let folder = root().join("target");
        let folder = folder.join(format!("sync-libvirt-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // It is below `target`: what stays there does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

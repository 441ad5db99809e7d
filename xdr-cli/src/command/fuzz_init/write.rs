//! The files of the folder. Their texts stand in `template`; a word in double angles is filled in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use xdr_build::GeneratedFile;
use xdr_parser::Profile;

/// The line of `Cargo.toml` by which a folder is known to be one of these.
pub(super) const MARK: &str = "name = \"xdr-fuzz-targets\"";

/// What is in the folder.
pub(super) struct Folder {
    /// The schema, and what it needs, as seen from the folder.
    pub(super) schema: String,
    pub(super) include: Vec<String>,
    pub(super) imports: Vec<String>,
    pub(super) defines: BTreeMap<String, i128>,
    pub(super) profile: Option<Profile>,
    /// Where the toolkit is, as seen from the folder; none for the crates that are published.
    pub(super) toolkit: Option<String>,
    pub(super) targets: Vec<Target>,
    pub(super) modules: Vec<Module>,
}

/// A fuzz target.
pub(super) struct Target {
    /// The name of its program.
    pub(super) name: String,
    /// The type that it tries; none for all.
    pub(super) ty: Option<String>,
}

/// A target for each type, or one for all if there are none.
pub(super) fn targets(types: &[String]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for ty in types {
        // A dot is for types in others.
        let mut name = ty.replace('.', "_");
        if TAKEN.contains(&name.as_str()) {
            name.push_str("_type");
        }
        let is_new = targets.iter().all(|target| target.name != name);
        targets.extend(is_new.then(|| Target {
            name,
            ty: Some(ty.clone()),
        }));
    }
    if targets.is_empty() {
        targets.push(Target {
            name: "types".to_owned(),
            ty: None,
        });
    }
    targets
}

/// Names that a program cannot have: of folders where cargo puts it, of the program beside it, of Rust's own crates.
const TAKEN: &[&str] = &[
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc_macro",
    "seeds",
    "std",
    "test",
];

/// What is generated of a file.
pub(super) struct Module {
    name: String,
    stem: String,
    /// The constant that has its types.
    table: String,
    /// The names in it.
    pub(super) types: Vec<String>,
}

impl Module {
    /// None for a file without a table, which has no types.
    pub(super) fn of(file: &GeneratedFile) -> Option<Self> {
        let (before, rest) = file.source.split_once(": &[::xdr_wire::TypeEntry] = ")?;
        let (_, table) = before.rsplit_once("pub const ")?;
        let (entries, _) = rest.split_once("];")?;
        // The name is the only string of an entry.
        let types = entries.split('"').skip(1).step_by(2).map(str::to_owned);
        Some(Self {
            name: file.module.clone(),
            stem: file.stem.clone(),
            table: table.to_owned(),
            types: types.collect(),
        })
    }
}

impl Folder {
    /// Names and texts.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![
            ("Cargo.toml".to_owned(), self.manifest()),
            ("build.rs".to_owned(), self.build_script()),
            ("README.md".to_owned(), self.readme()),
            (".gitignore".to_owned(), GITIGNORE.to_owned()),
            ("src/lib.rs".to_owned(), self.library()),
            ("src/mutator.rs".to_owned(), MUTATOR.to_owned()),
            ("src/bin/seeds.rs".to_owned(), self.seeds()),
        ];
        for target in &self.targets {
            let text = match &target.ty {
                Some(ty) => filled(ONE_TYPE, &[("type", ty)]),
                None => ALL_TYPES.to_owned(),
            };
            files.push((format!("fuzz_targets/{}.rs", target.name), text));
        }
        files
    }

    fn manifest(&self) -> String {
        let crates = ["build", "testkit", "wire"].map(|name| {
            let version = env!("CARGO_PKG_VERSION");
            let source = match &self.toolkit {
                Some(toolkit) => format!("path = {:?}", format!("{toolkit}/xdr-{name}")),
                None => format!("version = {version:?}"),
            };
            (name, source)
        });
        let mut bins = String::new();
        for target in &self.targets {
            bins.push_str(&filled(BIN, &[("name", &target.name)]));
        }
        let mut places: Vec<_> = crates.iter().map(|(name, at)| (*name, &**at)).collect();
        places.push(("bins", bins.trim_end()));
        filled(MANIFEST, &places)
    }

    fn build_script(&self) -> String {
        let mut calls = String::new();
        let mut call = |name: &str, argument: &str| {
            let _ = write!(calls, "\n    config.{name}({argument});");
        };
        for folder in &self.include {
            call("include", &format!("{folder:?}"));
        }
        for file in &self.imports {
            call("import", &format!("{file:?}"));
        }
        for (name, value) in &self.defines {
            call("define", &format!("{name:?}, {value}_i128"));
        }
        if self.profile == Some(Profile::Libvirt) {
            call("profile", "xdr_build::Profile::Libvirt");
        }
        let schema = format!("{:?}", self.schema);
        filled(BUILD, &[("calls", &calls), ("schema", &schema)])
    }

    fn library(&self) -> String {
        let mut modules = String::new();
        let mut tables = Vec::new();
        for module in &self.modules {
            let Module {
                name, stem, table, ..
            } = module;
            let places = [("name", name.as_str()), ("stem", stem)];
            modules.push_str(&filled(MODULE, &places));
            tables.push(format!("generated::{name}::{table}"));
        }
        let places = [
            ("modules", modules.trim_end()),
            ("tables", &tables.join(", ")),
        ];
        filled(LIBRARY, &places)
    }

    fn seeds(&self) -> String {
        let mut targets = String::new();
        for Target { name, ty } in &self.targets {
            let ty = match ty {
                Some(ty) => format!("Some({ty:?})"),
                None => "None".to_owned(),
            };
            let _ = write!(targets, "({name:?}, {ty}), ");
        }
        filled(SEEDS, &[("targets", targets.trim_end_matches([' ', ',']))])
    }

    fn readme(&self) -> String {
        let first = self.targets.first().map_or("", |target| &target.name);
        filled(README, &[("target", first), ("schema", &self.schema)])
    }
}

/// The template with its places filled in.
fn filled(template: &str, places: &[(&str, &str)]) -> String {
    let mut text = template.to_owned();
    for (name, filling) in places {
        text = text.replace(&format!("<<{name}>>"), filling);
    }
    text
}

const GITIGNORE: &str = "/artifacts\n/corpus\n/target\n";
const MANIFEST: &str = include_str!("template/manifest");
const BIN: &str = include_str!("template/bin");
const BUILD: &str = include_str!("template/build");
const LIBRARY: &str = include_str!("template/library");
const MODULE: &str = include_str!("template/module");
const MUTATOR: &str = include_str!("template/mutator");
const SEEDS: &str = include_str!("template/seeds");
const ALL_TYPES: &str = include_str!("template/all_types");
const ONE_TYPE: &str = include_str!("template/one_type");
const README: &str = include_str!("template/readme");

//! A project, and what it takes to read its files.

use std::fs;
use std::path::{Path, PathBuf};

use xdr_build::{Config, Profile};

/// Files that belong together, as a line of the table has them.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    name: &'static str,
    place: Place,
    files: Files,
    profile: Option<Profile>,
    defines: &'static [(&'static str, i128)],
    include: &'static str,
    imports: [&'static str; 2],
}

#[derive(Clone, Copy)]
enum Place {
    /// What `cargo xtask fetch` brings under this name, and a folder in it.
    Fetched(&'static str, &'static str),
    /// Where a package of the system has put it.
    Installed(&'static str),
}

/// Which `.x` files of the folder and those below it.
#[derive(Clone, Copy)]
enum Files {
    All,
    Only(&'static [&'static str]),
    Except(&'static [&'static str]),
}

impl Line {
    pub(crate) const fn fetched(name: &'static str, folder: &'static str) -> Self {
        Self::at(Place::Fetched(name, folder))
    }

    pub(crate) const fn installed(folder: &'static str) -> Self {
        Self::at(Place::Installed(folder))
    }

    const fn at(place: Place) -> Self {
        Self {
            name: "",
            place,
            files: Files::All,
            profile: None,
            defines: &[],
            include: "",
            imports: ["", ""],
        }
    }

    pub(crate) const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    pub(crate) const fn only(mut self, files: &'static [&'static str]) -> Self {
        self.files = Files::Only(files);
        self
    }

    pub(crate) const fn except(mut self, files: &'static [&'static str]) -> Self {
        self.files = Files::Except(files);
        self
    }

    pub(crate) const fn profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    pub(crate) const fn define(mut self, defines: &'static [(&'static str, i128)]) -> Self {
        self.defines = defines;
        self
    }

    /// Also looks for imports in this folder of the project; `tests/headers` is on the include path of all.
    pub(crate) const fn include(mut self, folder: &'static str) -> Self {
        self.include = folder;
        self
    }

    /// Has every file import this one, of the project or of `tests/headers`; there may be two.
    pub(crate) const fn import(mut self, file: &'static str) -> Self {
        self.imports = [self.imports[1], file];
        self
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The project, if its files are here; otherwise what would bring them.
    pub(crate) fn find(&self) -> Result<Project, String> {
        let folder = match self.place {
            Place::Fetched(name, inner) => {
                let folder = xdr_tests::root().join("target/upstream").join(name);
                if !folder.join(".complete").exists() {
                    return Err(format!("{name} is not here; `cargo xtask fetch` brings it"));
                }
                folder.join(inner)
            }
            Place::Installed(folder) if Path::new(folder).is_dir() => PathBuf::from(folder),
            Place::Installed(folder) => return Err(format!("nothing is installed in {folder}")),
        };
        let mut files = Vec::new();
        schemas(&folder, Path::new(""), &mut files);
        files.retain(|file| match self.files {
            Files::All => true,
            Files::Only(files) => files.contains(&file.as_str()),
            Files::Except(files) => !files.contains(&file.as_str()),
        });
        files.sort();
        assert!(!files.is_empty(), "{} has no files", self.name);
        Ok(Project {
            name: self.name,
            config: self.config(&folder),
            folder,
            files,
        })
    }

    fn config(&self, folder: &Path) -> Config {
        let headers = xdr_tests::root().join("tests/headers");
        let mut config = Config::new();
        config.include(&headers);
        if !self.include.is_empty() {
            config.include(folder.join(self.include));
        }
        for import in self.imports.iter().filter(|import| !import.is_empty()) {
            let own = folder.join(import);
            config.import(if own.exists() {
                own
            } else {
                headers.join(import)
            });
        }
        for (name, value) in self.defines {
            config.define(*name, *value);
        }
        if let Some(profile) = self.profile {
            config.profile(profile);
        }
        config
    }
}

/// The `.x` files of a folder and of those in it, as paths from `root`.
fn schemas(root: &Path, inner: &Path, files: &mut Vec<String>) {
    let entries = fs::read_dir(root.join(inner)).expect("the folder can be read");
    for entry in entries.map(|entry| entry.expect("the folder can be read")) {
        let path = inner.join(entry.file_name());
        if root.join(&path).is_dir() {
            schemas(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "x") {
            files.push(path.display().to_string());
        }
    }
}

/// A project whose files are here.
pub(crate) struct Project {
    pub(crate) name: &'static str,
    pub(crate) folder: PathBuf,
    /// Below the folder.
    pub(crate) files: Vec<String>,
    pub(crate) config: Config,
}

impl Project {
    /// libvirt, if it has been fetched; otherwise the test is reported as skipped.
    #[track_caller]
    pub(crate) fn libvirt() -> Option<Self> {
        let libvirt = crate::files::line("libvirt").find();
        libvirt.map_err(|why| xdr_tests::skip(&why)).ok()
    }

    /// The files that can be generated; why the others cannot stands in the snapshots.
    pub(crate) fn sound(&self) -> Vec<PathBuf> {
        let paths = self.files.iter().map(|file| self.folder.join(file));
        paths
            .filter(|path| self.config.generate(&[path]).is_ok())
            .collect()
    }
}

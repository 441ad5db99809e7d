//! Crates, through cargo itself, so that any registry that it is set up for does.

use std::env;
use std::fs;
use std::path::PathBuf;

use super::upstream;
use crate::{command, output};

/// The folder where cargo keeps the crate's source, once it has looked the crate up.
pub(crate) fn source(name: &str, version: &str) -> Result<PathBuf, String> {
    if let Some(source) = kept(name, version) {
        return Ok(source);
    }
    fs::create_dir_all(upstream()).map_err(|error| error.to_string())?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Fetching a package that depends on it would bring the crate's own dependencies, too.
    let mut info = command("timeout", &["--kill-after=10", "60"]);
    info.arg(cargo)
        .args(["info", "--quiet", &format!("{name}@{version}")])
        .current_dir(upstream())
        .env("CARGO_NET_RETRY", "1")
        .env("CARGO_HTTP_TIMEOUT", "20");
    if output(info).is_none() {
        return Err("cargo info did not find it".to_owned());
    }
    kept(name, version).ok_or_else(|| "cargo has not kept its source".to_owned())
}

fn kept(name: &str, version: &str) -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    let registries = fs::read_dir(home.join("registry").join("src")).ok()?;
    registries
        .filter_map(Result::ok)
        .map(|registry| registry.path().join(format!("{name}-{version}")))
        .find(|source| source.is_dir())
}

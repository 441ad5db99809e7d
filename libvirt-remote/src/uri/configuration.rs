//! `libvirt.conf`: short names for URIs, and the one that is meant when none is given.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Uri, UriError};
use crate::surroundings::{configuration_folder, variable};

/// What a client's `libvirt.conf` says of URIs.
///
/// ```
/// use libvirt_remote::uri::Configuration;
///
/// let text = r#"uri_aliases = [ "lab=qemu+tls://host.example/system" ]"#;
/// let configuration: Configuration = text.parse()?;
/// assert_eq!(configuration.resolve("lab")?.host.as_deref(), Some("host.example"));
/// # Ok::<(), libvirt_remote::uri::UriError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Configuration {
    /// `uri_default`, or what `LIBVIRT_DEFAULT_URI` says instead.
    pub default: Option<String>,
    /// `uri_aliases`: short names and URIs.
    pub aliases: Vec<(String, String)>,
}

impl Configuration {
    /// That of this process: root's is in `/etc/libvirt`, others' in `$XDG_CONFIG_HOME/libvirt`, or `~/.config/libvirt`. There
    /// need not be one.
    ///
    /// # Errors
    /// [`UriError::Configuration`].
    pub fn here() -> Result<Self, UriError> {
        let folder = if rustix::process::geteuid().is_root() {
            Some(PathBuf::from("/etc/libvirt"))
        } else {
            configuration_folder()
        };
        let mut configuration = match folder {
            Some(folder) => Self::read(&folder.join("libvirt.conf"))?,
            None => Self::default(),
        };
        if let Some(default) = variable("LIBVIRT_DEFAULT_URI") {
            configuration.default = Some(default.to_string_lossy().into_owned());
        }
        Ok(configuration)
    }

    fn read(path: &Path) -> Result<Self, UriError> {
        match fs::read_to_string(path) {
            Ok(text) => text.parse(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(UriError::Configuration {
                why: format!("{}: {error}", path.display()),
            }),
        }
    }

    /// The URI that is meant by a URI, by an alias, or by nothing, which is the default, itself a URI or an alias.
    ///
    /// # Errors
    /// [`UriError::NoDefault`], and those of a URI.
    pub fn resolve(&self, text: &str) -> Result<Uri, UriError> {
        let text = match text {
            "" => self.default.as_deref().ok_or(UriError::NoDefault)?,
            text => text,
        };
        let alias = self.aliases.iter().find(|(alias, _)| alias == text);
        alias.map_or(text, |(_, uri)| uri).parse()
    }
}

impl std::str::FromStr for Configuration {
    type Err = UriError;

    /// Reads the text of a `libvirt.conf`. What it says of other things is passed over.
    fn from_str(text: &str) -> Result<Self, UriError> {
        let mut scanner = Scanner { text, rest: text };
        let mut configuration = Self::default();
        while let Some(name) = scanner.name()? {
            match (name, scanner.value()?) {
                ("uri_default", Value::Text(uri)) => configuration.default = Some(uri.to_owned()),
                ("uri_aliases", Value::List(aliases)) => {
                    for alias in aliases {
                        let is_name = |name: &str| {
                            let is_plain =
                                |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                            !name.is_empty() && name.chars().all(is_plain)
                        };
                        match alias.split_once('=') {
                            Some((name, uri)) if is_name(name) => {
                                configuration
                                    .aliases
                                    .push((name.to_owned(), uri.to_owned()));
                            }
                            _ => return Err(scanner.wrong("an alias is no `NAME=URI`")),
                        }
                    }
                }
                ("uri_default" | "uri_aliases", _) => {
                    return Err(scanner.wrong("the value is of another type"));
                }
                _ => {}
            }
        }
        Ok(configuration)
    }
}

enum Value<'a> {
    Text(&'a str),
    List(Vec<&'a str>),
    Number,
}

/// The text from its beginning to what comes next.
struct Scanner<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// The next name, and the `=` behind it; nothing at the end.
    fn name(&mut self) -> Result<Option<&'a str>, UriError> {
        self.skip();
        if self.rest.is_empty() {
            return Ok(None);
        }
        let name = self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
        self.skip();
        if name.is_empty() || !self.is_next('=') {
            return Err(self.wrong("there is no `NAME = VALUE`"));
        }
        Ok(Some(name))
    }

    fn value(&mut self) -> Result<Value<'a>, UriError> {
        self.skip();
        if self.is_next('[') {
            let mut texts = Vec::new();
            loop {
                self.skip();
                if self.is_next(']') {
                    return Ok(Value::List(texts));
                }
                texts.push(
                    self.string()?
                        .ok_or_else(|| self.wrong("a list has other than texts"))?,
                );
                self.skip();
                if !self.is_next(',') && !self.rest.starts_with(']') {
                    return Err(self.wrong("a list has no `]`"));
                }
            }
        }
        if let Some(text) = self.string()? {
            return Ok(Value::Text(text));
        }
        match self.take(|c| c.is_ascii_digit() || c == '-') {
            "" => Err(self.wrong("there is no value")),
            _ => Ok(Value::Number),
        }
    }

    /// A text in quotes, which has no escapes; three double ones can hold others.
    fn string(&mut self) -> Result<Option<&'a str>, UriError> {
        for quote in ["\"\"\"", "\"", "'"] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let ended = rest.split_once(quote);
                let (text, rest) = ended.ok_or_else(|| self.wrong("a text has no end"))?;
                self.rest = rest;
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// Passes over blanks, ends of lines, and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
    }

    fn take(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !is(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn is_next(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn wrong(&self, why: &str) -> UriError {
        let read = &self.text[..self.text.len() - self.rest.len()];
        let line = 1 + read.matches('\n').count();
        UriError::Configuration {
            why: format!("line {line}: {why}"),
        }
    }
}

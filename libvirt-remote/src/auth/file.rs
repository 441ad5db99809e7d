//! `auth.conf`: as whom to authenticate at which host, by libvirt's rules.
//!
//! A group `[auth-libvirt-HOST]`, or `[auth-libvirt-default]`, has `credentials=NAME`; the group `[credentials-NAME]` has
//! `authname` (or `username`) and `password`. Without a host it is `localhost`. It is read as libvirt does it, which leaves that
//! to `GLib`: blanks are nothing before a value and part of it at its end, and a backslash escapes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::client::Credentials;
use crate::error::AuthError;
use crate::surroundings::{configuration_folder, variable};
use crate::uri::Uri;

/// What the file of this process says for a URI, if it says something.
///
/// # Errors
/// A file that was named cannot be read; the file is none of these, or refers to a group that it does not have.
pub(super) fn credentials(uri: &Uri) -> Result<Option<Credentials>, AuthError> {
    let Some(path) = path(uri) else {
        return Ok(None);
    };
    let wrong = |why: String| AuthError::File {
        path: path.display().to_string(),
        why,
    };
    let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let groups = groups(&text).map_err(wrong)?;
    let host = uri.host.as_deref().unwrap_or("localhost");
    let found = lookup(&groups, host).map_err(wrong)?;
    // A password goes with its own name only.
    let is_meant = |found: &Credentials| match (&uri.user, &found.user) {
        (Some(user), Some(found)) => user == found,
        _ => true,
    };
    Ok(found.filter(is_meant))
}

/// The file that was named, or the first that can be read: the user's, the system's.
fn path(uri: &Uri) -> Option<PathBuf> {
    let named = variable("LIBVIRT_AUTH_FILE");
    let named = named.or_else(|| uri.parameter("authfile").map(PathBuf::from));
    let can_be_read = |path: &PathBuf| File::open(path).is_ok();
    named
        .or_else(|| {
            let user = configuration_folder()?.join("auth.conf");
            Some(user).filter(can_be_read)
        })
        .or_else(|| {
            let system = Path::new("/etc/libvirt/auth.conf").to_owned();
            Some(system).filter(can_be_read)
        })
}

/// Groups by their names, and what they hold.
type Groups<'a> = HashMap<&'a str, HashMap<&'a str, Cow<'a, str>>>;

fn groups(text: &str) -> Result<Groups<'_>, String> {
    let mut groups = Groups::new();
    let mut group = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_end().strip_suffix(']');
            let name = name.ok_or_else(|| format!("line {number} has no `]`"))?;
            group = Some(groups.entry(name).or_default());
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| format!("line {number} has no `=`"))?;
        let group = group.as_mut();
        let group = group.ok_or_else(|| format!("line {number} is in no group"))?;
        group.insert(key.trim_end(), unescape(value.trim_start()));
    }
    Ok(groups)
}

/// The value that is meant: `\s` is a blank, `\t`, `\n` and `\r` are what they are in C, `\\` is a backslash. Others are not
/// escaped, and at the end there is nothing to escape.
fn unescape(written: &str) -> Cow<'_, str> {
    if !written.contains('\\') {
        return written.into();
    }
    let mut value = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        match characters.next() {
            Some('s') => value.push(' '),
            Some('t') => value.push('\t'),
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('\\') => value.push('\\'),
            Some(other) => value.extend(['\\', other]),
            None => {}
        }
    }
    value.into()
}

fn lookup(groups: &Groups<'_>, host: &str) -> Result<Option<Credentials>, String> {
    let name = format!("auth-libvirt-{host}");
    let default = "auth-libvirt-default";
    let Some((name, group)) = groups
        .get_key_value(name.as_str())
        .or_else(|| groups.get_key_value(default))
    else {
        return Ok(None);
    };
    let credentials = group.get("credentials");
    let credentials = credentials.ok_or_else(|| format!("[{name}] has no `credentials`"))?;
    let group = groups.get(format!("credentials-{credentials}").as_str());
    let group = group.ok_or_else(|| {
        format!("[{name}] refers to [credentials-{credentials}], which is not there")
    })?;
    let user = group.get("authname").or_else(|| group.get("username"));
    Ok(group.get("password").map(|password| Credentials {
        user: user.map(|user| user.clone().into_owned()),
        password: password.clone().into_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Made up.\n\
        [credentials-lab]\n\
        authname = viewer\n\
        password=correct = horse\n\
        \n\
        [credentials-rest]\n\
        username=other\n\
        password=staple\n\
        [auth-libvirt-host.example]\n\
        credentials=lab\n\
        [auth-libvirt-default]\n\
        credentials=rest\n\
        [auth-esx-esx.example]\n\
        credentials=lab\n";

    fn found(text: &str, host: &str) -> Result<Option<(Option<String>, String)>, String> {
        let found = groups(text).and_then(|groups| lookup(&groups, host));
        found.map(|found| found.map(|found| (found.user, found.password)))
    }

    #[test]
    fn a_host_has_its_own_credentials_or_those_of_all() {
        let pair =
            |user: &str, password: &str| Ok(Some((Some(user.to_owned()), password.to_owned())));
        assert_eq!(
            found(FILE, "host.example"),
            pair("viewer", "correct = horse")
        );
        assert_eq!(found(FILE, "esx.example"), pair("other", "staple"));
        assert_eq!(found("", "host.example"), Ok(None));
        assert_eq!(
            found("[auth-libvirt-a.example]\ncredentials=x", "b.example"),
            Ok(None)
        );
    }

    #[test]
    fn a_password_keeps_blanks_at_its_end_and_what_is_escaped() {
        for (written, expected) in [
            ("correct horse ", "correct horse "),
            ("  horse\t", "horse\t"),
            (r"\\server\\share", r"\server\share"),
            (r"\sa\tb\nc\rd\", " a\tb\nc\rd"),
            (r"a\qb", r"a\qb"),
            ("a=b;c#d", "a=b;c#d"),
        ] {
            for end in ["\n", "\r\n"] {
                let text = format!(
                    "[credentials-a]{end}authname=viewer{end}password={written}{end}\
                     [auth-libvirt-default]  {end}credentials=a{end}"
                );
                let found = found(&text, "localhost").map(|found| found.map(|found| found.1));
                assert_eq!(found, Ok(Some(expected.to_owned())), "{written:?}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        for (text, expected) in [
            ("a=b", "line 1 is in no group"),
            ("[a]\n\nb", "line 3 has no `=`"),
            ("[a", "line 1 has no `]`"),
            (
                "[auth-libvirt-default]\n",
                "[auth-libvirt-default] has no `credentials`",
            ),
            (
                "[auth-libvirt-default]\ncredentials=x",
                "[auth-libvirt-default] refers to [credentials-x], which is not there",
            ),
        ] {
            assert_eq!(found(text, "localhost"), Err(expected.to_owned()), "{text}");
        }
    }
}

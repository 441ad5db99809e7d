//! From XDR names to Rust names: words, letter case, keywords, and names that must differ.

use std::collections::{HashMap, HashSet};

/// The words of a name: parted by `_`, by a change to upper case, and before the last capital of an acronym.
///
/// `authScheme` → auth, Scheme; `xmlCPUs` → xml, CPUs; `virNetMessageUUID` → vir, Net, Message, UUID;
/// `IOThreadInfo` → IO, Thread, Info; `IPv4Addr` → IPv4, Addr.
pub(crate) fn words(name: &str) -> Vec<&str> {
    let segments = name.split('_').filter(|segment| !segment.is_empty());
    if name.to_ascii_lowercase() == name || name.to_ascii_uppercase() == name {
        return segments.collect();
    }
    let mut words = Vec::new();
    for segment in segments {
        let bytes = segment.as_bytes();
        let mut start = 0;
        // Digits belong to the letters before them, so that `NFS3ERR` stays whole and `int64Value` does not.
        let mut upper_before = bytes[0].is_ascii_uppercase();
        for at in 1..bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_digit() {
                continue;
            }
            let upper = byte.is_ascii_uppercase();
            let starts = upper && (!upper_before || starts_after_acronym(&bytes[at..]));
            if starts && segment.is_char_boundary(at) {
                words.push(&segment[start..at]);
                start = at;
            }
            upper_before = upper;
        }
        words.push(&segment[start..]);
    }
    words
}

/// Whether the capital at the start of `rest`, with another before it, begins a word: it does if a word of
/// lower case follows, other than the plural of an acronym (`CPUs`) or a version (`IPv4`).
fn starts_after_acronym(rest: &[u8]) -> bool {
    let lower = |at: usize| rest.get(at).is_some_and(u8::is_ascii_lowercase);
    if !lower(1) {
        return false;
    }
    let plural = rest[1] == b's' && !lower(2);
    let version = rest[1] == b'v' && rest.get(2).is_some_and(u8::is_ascii_digit);
    !plural && !version
}

/// `NonnullDomain`.
pub(crate) fn camel<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut name = String::new();
    for word in words {
        // Only between digits does an underscore carry meaning: `V4_1` is not `V41`.
        if name.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit())
        {
            name.push('_');
        }
        let start = name.len();
        name.push_str(word);
        if let Some(word) = name.get_mut(start..) {
            word.make_ascii_lowercase();
        }
        if let Some(first) = name.get_mut(start..=start) {
            first.make_ascii_uppercase();
        }
    }
    begin_with_letter(name, 'X')
}

/// `nonnull_domain`.
pub(crate) fn snake(name: &str) -> String {
    begin_with_letter(words(name).join("_").to_ascii_lowercase(), 'x')
}

/// `NONNULL_DOMAIN`; a name without lower case stays as it is.
pub(crate) fn screaming(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let words = words(name);
    if upper == name && !words.is_empty() {
        begin_with_letter(upper, 'X')
    } else {
        begin_with_letter(words.join("_").to_ascii_uppercase(), 'X')
    }
}

/// Puts a letter before a name that begins with a digit, or is nothing.
fn begin_with_letter(mut name: String, letter: char) -> String {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, letter);
    }
    name
}

/// Keywords of all editions to 2024, the reserved ones with them; `union` and its like are none where a name stands.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Makes an identifier of a name in lower case: `r#type`, `self_`.
pub(crate) fn escape(name: String) -> String {
    match name.as_str() {
        "self" | "super" | "crate" | "_" => format!("{name}_"),
        keyword if KEYWORDS.contains(&keyword) => format!("r#{name}"),
        _ => name,
    }
}

/// The same for a name in CamelCase, where `Self` is the one keyword.
pub(crate) fn escape_camel(name: String) -> String {
    if name == "Self" {
        "Self_".to_owned()
    } else {
        name
    }
}

/// Whether the standard prelude has a type, trait or variant of this name.
///
/// A prefix is not stripped where that would make one: who imports the generated types with `*` would lose his `String`.
pub(crate) fn in_prelude(name: &str) -> bool {
    const PRELUDE: [&str; 41] = [
        "AsMut",
        "AsRef",
        "AsyncFn",
        "AsyncFnMut",
        "AsyncFnOnce",
        "Box",
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "DoubleEndedIterator",
        "Drop",
        "Eq",
        "Err",
        "ExactSizeIterator",
        "Extend",
        "Fn",
        "FnMut",
        "FnOnce",
        "From",
        "FromIterator",
        "Future",
        "Hash",
        "Into",
        "IntoFuture",
        "IntoIterator",
        "Iterator",
        "None",
        "Ok",
        "Option",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Result",
        "Send",
        "Sized",
        "Some",
        "String",
        "Sync",
        "ToString",
        "Vec",
    ];
    const CONVERSIONS: [&str; 4] = ["ToOwned", "TryFrom", "TryInto", "Unpin"];
    PRELUDE.contains(&name) || CONVERSIONS.contains(&name)
}

/// Names that must differ from one another. Who comes first keeps his; the others get a number.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Names that somebody has by right; no number may make one of them.
    reserved: HashSet<String>,
    /// Names given out, with the last number tried for each.
    taken: HashMap<String, u32>,
}

impl Scope {
    /// A scope in which these names are wanted: numbered names keep clear of them.
    pub(crate) fn new(wanted: impl IntoIterator<Item = String>) -> Self {
        Self {
            reserved: wanted.into_iter().collect(),
            taken: HashMap::new(),
        }
    }

    /// Whether nobody has or wants this name.
    pub(crate) fn is_free(&self, name: &str) -> bool {
        !self.reserved.contains(name) && !self.taken.contains_key(name)
    }

    /// Gives out the name, or the name with a number behind `separator`.
    pub(crate) fn claim(&mut self, name: String, separator: &str) -> String {
        let Some(&last) = self.taken.get(&name) else {
            self.taken.insert(name.clone(), 1);
            return name;
        };
        // `Self_` becomes `Self2`: rustc minds an underscore between letters and digits.
        let stem = if separator.is_empty() {
            name.trim_end_matches('_')
        } else {
            &name
        };
        let separator = if separator.is_empty() && name.ends_with(|c: char| c.is_ascii_digit()) {
            "_"
        } else {
            separator
        };
        let mut number = last;
        let numbered = loop {
            number += 1;
            let numbered = format!("{stem}{separator}{number}");
            if self.is_free(&numbered) {
                break numbered;
            }
        };
        self.taken.insert(name, number);
        self.taken.insert(numbered.clone(), 1);
        numbered
    }
}

/// Makes names differ that must: the first of several alike keeps its name.
pub(crate) fn unique(names: Vec<String>, separator: &str) -> Vec<String> {
    // Most lists are short and without a clash, and then no table is needed to see it.
    if names.len() <= 12
        && names
            .iter()
            .enumerate()
            .all(|(at, name)| !names[..at].contains(name))
    {
        return names;
    }
    let mut scope = Scope::new(names.iter().cloned());
    names
        .into_iter()
        .map(|name| scope.claim(name, separator))
        .collect()
}

/// How many leading words all names have in common, leaving each at least one that may begin a name.
pub(crate) fn common_prefix(names: &[Vec<&str>]) -> usize {
    let Some((first, others)) = names.split_first() else {
        return 0;
    };
    if others.is_empty() {
        return 0;
    }
    let mut shared = first.len();
    for other in others {
        let same = first
            .iter()
            .zip(other)
            .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
            .count();
        shared = shared.min(same);
    }
    while shared > 0 && !names.iter().all(|words| may_begin(words.get(shared))) {
        shared -= 1;
    }
    shared
}

/// The same for names in something that has a name: a single one is compared with that.
pub(crate) fn prefix_within(names: &[Vec<&str>], holder: &str) -> usize {
    match names {
        [only] => {
            let mut holder = words(holder);
            // The prefix of a name may be all of another.
            holder.push("x");
            common_prefix(&[only.clone(), holder])
        }
        names => common_prefix(names),
    }
}

fn may_begin(word: Option<&&str>) -> bool {
    word.is_some_and(|word| !word.starts_with(|c: char| c.is_ascii_digit()))
}

/// What is left of a name without one of the prefixes, upper and lower case being the same, if a word begins there.
pub(crate) fn strip<'a>(name: &'a str, prefixes: &[String]) -> Option<&'a str> {
    prefixes.iter().find_map(|prefix| {
        let (head, rest) = name.split_at_checked(prefix.len())?;
        if !head.eq_ignore_ascii_case(prefix) {
            return None;
        }
        let at_word =
            head.ends_with('_') || words(head).len() + words(rest).len() == words(name).len();
        let rest = rest.trim_start_matches('_');
        (at_word && !rest.is_empty() && may_begin(Some(&rest))).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_words_where_a_reader_does() {
        for (name, expected) in [
            ("remote_nonnull_domain", "remote nonnull domain"),
            ("authScheme", "auth Scheme"),
            ("callbackID", "callback ID"),
            ("xmlCPUs", "xml CPUs"),
            ("CPUsOnline", "CPUs Online"),
            ("IOThreadInfo", "IO Thread Info"),
            ("IPv4Addr", "IPv4 Addr"),
            ("virNetMessageUUID", "vir Net Message UUID"),
            ("NFS3ERR_PERM", "NFS3ERR PERM"),
            ("int64Value", "int64 Value"),
            ("X509Name", "X509 Name"),
            ("__odd__name_", "odd name"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn changes_case() {
        assert_eq!(camel(words("virNetMessageUUID")), "VirNetMessageUuid");
        assert_eq!(camel(words("NFS_V4_1")), "NfsV4_1");
        assert_eq!(camel(words("9p")), "X9p");
        assert_eq!(snake("xmlCPUs"), "xml_cpus");
        assert_eq!(snake("IPv4Addr"), "ipv4_addr");
        assert_eq!(snake("_"), "x");
        assert_eq!(snake("_1st"), "x1st");
        assert_eq!(screaming("maxLen"), "MAX_LEN");
        assert_eq!(screaming("NFS3_FHSIZE"), "NFS3_FHSIZE");
        // `_` alone is no name in Rust.
        assert_eq!(screaming("_"), "X");
    }

    #[test]
    fn escapes_keywords() {
        assert_eq!(escape("type".into()), "r#type");
        assert_eq!(escape("gen".into()), "r#gen");
        assert_eq!(escape("self".into()), "self_");
        assert_eq!(escape("union".into()), "union");
        assert_eq!(escape_camel("Self".into()), "Self_");
    }

    #[test]
    fn numbers_names_that_are_taken_and_keeps_clear_of_wanted_ones() {
        let mut scope = Scope::new(["Foo".into(), "Foo2".into()]);
        assert_eq!(scope.claim("Foo".into(), ""), "Foo");
        assert_eq!(scope.claim("Foo".into(), ""), "Foo3");
        assert_eq!(scope.claim("Foo2".into(), ""), "Foo2");
        assert_eq!(scope.claim("Foo2".into(), ""), "Foo2_2");
        assert_eq!(scope.claim("foo".into(), "_"), "foo");
        assert_eq!(scope.claim("foo".into(), "_"), "foo_2");
        assert_eq!(scope.claim("Self_".into(), ""), "Self_");
        assert_eq!(scope.claim("Self_".into(), ""), "Self2");
    }

    #[test]
    fn common_prefixes_leave_something_that_may_begin_a_name() {
        let prefix = |names: &[&str]| {
            common_prefix(&names.iter().map(|name| words(name)).collect::<Vec<_>>())
        };
        assert_eq!(prefix(&["VIR_NET_OK", "VIR_NET_ERROR"]), 2);
        assert_eq!(prefix(&["nlm_denied", "nlm_denied_nolocks"]), 1);
        assert_eq!(prefix(&["MODE_1", "MODE_2"]), 0);
        assert_eq!(prefix(&["ONE"]), 0);
        assert_eq!(prefix(&[]), 0);
    }

    #[test]
    fn strips_prefixes_at_words_only() {
        let strip = |name, prefix: &str| strip(name, &[prefix.to_owned()]).map(str::to_owned);
        assert_eq!(strip("remote_domain", "remote_").as_deref(), Some("domain"));
        assert_eq!(
            strip("REMOTE_STRING_MAX", "remote_").as_deref(),
            Some("STRING_MAX")
        );
        assert_eq!(strip("virNetMessage", "virNet").as_deref(), Some("Message"));
        assert_eq!(strip("VIR_NET_MAX", "vir").as_deref(), Some("NET_MAX"));
        assert_eq!(strip("virtual_disk", "vir"), None);
        assert_eq!(strip("VIRTUAL", "vir"), None);
        assert_eq!(strip("remote_3d", "remote_"), None);
        assert_eq!(strip("remote_", "remote_"), None);
    }
}

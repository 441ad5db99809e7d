//! The names that libvirt's procedures and their types have in common.

/// How a procedure's types are named after it.
pub(super) struct Convention {
    /// What the names of all types begin with: `remote_`, `virLogManagerProtocol`.
    prefix: String,
    /// `remote_connect_open_args`, not `…ConnectOpenArgs`.
    snake: bool,
}

impl Convention {
    pub(super) fn of(enum_name: &str) -> Option<Self> {
        let (prefix, snake) = match enum_name.strip_suffix("procedure") {
            Some(prefix) => (prefix, true),
            None => (enum_name.strip_suffix("Procedure")?, false),
        };
        Some(Self {
            prefix: prefix.to_owned(),
            snake,
        })
    }

    /// `_args`, `Ret`: what the name of a type ends with.
    fn suffix(&self, name: &str) -> &'static str {
        let suffixes = if self.snake {
            ["_args", "_ret", "_msg"]
        } else {
            ["Args", "Ret", "Msg"]
        };
        let mut suffixes = suffixes.into_iter();
        suffixes.find(|suffix| name.ends_with(suffix)).unwrap_or("")
    }

    pub(super) fn pattern(&self, name: &str) -> String {
        format!("{}…{}", self.prefix, self.suffix(name))
    }

    /// `CONNECT_OPEN` of a new name for a type: `remote_connect_open_args`.
    pub(super) fn words(&self, old: &str, new: &str) -> Option<String> {
        let stem = new
            .strip_prefix(&self.prefix)?
            .strip_suffix(self.suffix(old))?;
        if self.snake {
            return Some(stem.to_ascii_uppercase());
        }
        let mut words = String::new();
        for letter in stem.chars() {
            if letter.is_ascii_uppercase() && !words.is_empty() {
                words.push('_');
            }
            words.push(letter.to_ascii_uppercase());
        }
        Some(words)
    }

    /// The name of a type of the procedure `words`, which takes the place of `old`.
    pub(super) fn type_name(&self, words: &str, old: &str) -> String {
        let suffix = self.suffix(old);
        let prefix = &self.prefix;
        if self.snake {
            return format!("{prefix}{}{suffix}", words.to_ascii_lowercase());
        }
        let mut stem = String::new();
        for word in words.split('_') {
            let mut letters = word.chars();
            stem.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            stem.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        }
        format!("{prefix}{stem}{suffix}")
    }
}

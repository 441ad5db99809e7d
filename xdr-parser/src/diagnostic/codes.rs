//! The codes of all diagnostics: a code, once given out, keeps its meaning.
//!
//! `E01` the text, `E02` names, `E03` numbers, `E04` types, `E05` files; `W06` libvirt's annotations, `W07` what the
//! [rules](crate::lint::Rule) of `lint` find. `W` is a warning.

macro_rules! codes {
    ($($code:ident $title:literal),* $(,)?) => {
        /// A diagnostic's stable identity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// As it is printed: `E0203`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => stringify!($code),)*
                }
            }

            /// What it is about, in a few words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$code => $title,)*
                }
            }
        }
    };
}

codes! {
    E0101 "syntax error",
    E0102 "unknown character",
    E0103 "comment without an end",
    E0104 "string without an end",
    E0105 "malformed number",
    E0106 "declarations nested too deeply",
    E0107 "source text too long",
    E0108 "unknown or misplaced preprocessor line",
    E0109 "unbalanced conditional",
    E0110 "unexpected end of file",
    E0201 "name defined twice",
    E0202 "unknown name",
    E0203 "duplicate case label",
    E0204 "field declared twice",
    E0205 "not a type",
    E0206 "not a number",
    E0207 "procedure number used twice",
    E0301 "number out of range",
    E0302 "negative length",
    E0303 "length over 2^32-1",
    E0304 "constant defined by itself",
    E0401 "type of infinite size",
    E0402 "typedef of itself",
    E0403 "form not allowed for this type",
    E0404 "discriminant of a type that cannot be one",
    E0405 "case label that the discriminant cannot have",
    E0406 "void in a wrong place",
    E0407 "types nested too deeply",
    E0408 "type without a value",
    E0501 "file cannot be read",
    E0502 "text is not UTF-8",
    E0503 "too many files",
    W0601 "annotation that says nothing",
    W0602 "annotation in a wrong place",
    W0701 "string without a bound",
    W0702 "opaque data without a bound",
    W0703 "array without a bound",
    W0704 "bound that no packet can hold",
    W0705 "bounds that multiply",
    W0706 "signed length or count",
    W0707 "array of char",
    W0708 "enumerator without a value",
    W0709 "number in octal",
    W0710 "recursive type that is no list",
    W0711 "gap in the numbers of procedures",
    W0712 "program number used twice",
    W0713 "message of no procedure",
    W0714 "type that nothing uses",
    W0715 "constant that nothing uses",
    W0716 "type not in snake case",
    W0717 "field not in snake case",
    W0718 "constant not in capitals",
    W0719 "integer by a name of C",
    W0720 "comment that allows an unknown rule",
    W0721 "comment that allows what is not there",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

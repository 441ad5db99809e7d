//! The rules: what each is called, whether it is on, and why it is there.

use super::settings::Level;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Location;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum Category {
    /// How long things may be.
    Bounds,
    /// What is easily misread, or sent otherwise than it looks.
    Wire,
    /// Programs and their procedures.
    Procedures,
    /// Comments that mean something.
    Comments,
    /// What nothing refers to.
    Unused,
    /// How things are written.
    Style,
}

impl Category {
    /// All of them, in the order of the table.
    pub const ALL: &[Self] = &[
        Self::Bounds,
        Self::Wire,
        Self::Procedures,
        Self::Comments,
        Self::Unused,
        Self::Style,
    ];

    /// As it is written: `bounds`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bounds => "bounds",
            Self::Wire => "wire",
            Self::Procedures => "procedures",
            Self::Comments => "comments",
            Self::Unused => "unused",
            Self::Style => "style",
        }
    }

    /// What its rules are about, in a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Bounds => "how long things may be",
            Self::Wire => "what is easily misread, or sent otherwise than it looks",
            Self::Procedures => "programs and their procedures",
            Self::Comments => "comments that mean something",
            Self::Unused => "what nothing refers to",
            Self::Style => "how things are written",
        }
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $code:ident $category:ident $level:ident $why:literal $remedy:literal)*) => {
        /// What is allowed and still likely to be wrong. An id, once given out, keeps its meaning; so does a code.
        ///
        /// | rule | code | category | default | why |
        /// | --- | --- | --- | --- | --- |
        $(#[doc = concat!("| `", $id, "` | ", stringify!($code), " | ", stringify!($category), " | ", stringify!($level), " | ", $why, " |")])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub enum Rule {
            $(
                #[doc = $why]
                #[cfg_attr(feature = "serde", serde(rename = $id))]
                $name,
            )*
        }

        impl Rule {
            /// All of them, category by category.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it is printed and named: `unbounded-string`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }

            /// The rule of this id.
            pub fn named(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|rule| rule.id() == id)
            }

            /// The code under which it reports.
            pub const fn code(self) -> Code {
                match self {
                    $(Self::$name => Code::$code,)*
                }
            }

            /// What it is about.
            pub const fn category(self) -> Category {
                match self {
                    $(Self::$name => Category::$category,)*
                }
            }

            /// [`Level::Warn`] if it is on unless somebody says otherwise.
            pub const fn default_level(self) -> Level {
                match self {
                    $(Self::$name => Level::$level,)*
                }
            }

            /// Why it is there, in one sentence.
            pub const fn why(self) -> &'static str {
                match self {
                    $(Self::$name => $why,)*
                }
            }

            /// What to do about what it finds, in one sentence.
            pub const fn remedy(self) -> &'static str {
                match self {
                    $(Self::$name => $remedy,)*
                }
            }
        }
    };
}

rules! {
    UnboundedString "unbounded-string" W0701 Bounds Warn
        "Whoever receives a string without a bound has to make up one, or takes up to 4 GiB from anybody."
        "Write the most bytes that make sense between the angle brackets."
    UnboundedOpaque "unbounded-opaque" W0702 Bounds Warn
        "Whoever receives opaque data without a bound has to make up one, or takes up to 4 GiB from anybody."
        "Write the most bytes that make sense between the angle brackets."
    UnboundedArray "unbounded-array" W0703 Bounds Warn
        "Whoever receives an array without a bound has to make up one, or takes up to 2^32-1 elements from anybody."
        "Write the most elements that make sense between the angle brackets."
    BoundOverPacket "bound-over-packet" W0704 Bounds Warn
        "A value at its bound does not fit a packet of the protocol, so the bound promises what cannot be sent."
        "Lower the bound to what a packet can hold, or send the data as a stream."
    NestedBounds "nested-bounds" W0705 Bounds Allow
        "Bounds within bounds multiply, so that each may be small and one message still takes gigabytes."
        "Lower one of the bounds, or send the elements in several messages."

    SignedLength "signed-length" W0706 Wire Allow
        "A length or count is never negative, and code that trusts a negative one reads or allocates far too much."
        "Use an unsigned type; the bytes of every sensible number stay the same."
    CharArray "char-array" W0707 Wire Warn
        "XDR has no bytes in arrays: each char of an array takes four bytes on the wire."
        "Use `opaque` for bytes or `string` for text; in a protocol that is spoken already this changes the wire."
    EnumeratorWithoutValue "enumerator-without-value" W0708 Wire Warn
        "XDR wants a value for each enumerator, and without one a line added above renumbers all below it."
        "Write the value that it has now."
    OctalNumber "octal-number" W0709 Wire Warn
        "A leading zero makes a number octal, so that 010 is 8, which few who read or write it expect."
        "Write the number in decimal, or in hexadecimal with `0x`."
    RecursiveType "recursive-type" W0710 Wire Warn
        "Values of a type that holds itself nest as deep as a sender likes, which exhausts the stack of careless receivers."
        "Make it a list, whose last field points to the next element, or an array of elements that do not nest."

    ProcedureGap "procedure-gap" W0711 Procedures Allow
        "A number left out is a procedure that was removed, which old peers still call, or a slip."
        "Leave a comment where a number is retired and allow the gap there; otherwise close it."
    ProgramReuse "program-reuse" W0712 Procedures Warn
        "Peers tell programs apart by number and version alone, so two of the same cannot be served in one place."
        "Give one of them another number or version."
    MissingPartner "missing-partner" W0713 Procedures Warn
        "libvirt finds the types of a procedure by name, so a type that is named after none is never sent, and its procedure goes without."
        "Name the type after its procedure, or remove it."

    UnknownAnnotation "unknown-annotation" W0601 Comments Warn
        "A comment that looks like an annotation and is none does nothing, silently."
        "Use one of libvirt's annotations, with a value that it can have."
    MisplacedAnnotation "misplaced-annotation" W0602 Comments Warn
        "Annotations count in the comment right before a procedure, marks on the line of a struct or a member; elsewhere they do nothing, silently."
        "Move it to where it counts."
    UnknownAllow "unknown-allow" W0720 Comments Warn
        "A comment that allows a rule by a wrong name allows nothing."
        "Correct the name; `xdr check --rules` lists all."
    UselessAllow "useless-allow" W0721 Comments Warn
        "A comment that allows what is not there hides the next real finding on its line."
        "Remove it."

    UnusedType "unused-type" W0714 Unused Allow
        "A type that no procedure, no other type and no C code of the file uses is left over, or was meant to be used."
        "Remove it, or use it."
    UnusedConstant "unused-constant" W0715 Unused Allow
        "A constant that nothing in the files uses is left over, or was meant to be the bound of something."
        "Remove it, or use it."

    TypeNaming "type-naming" W0716 Style Allow
        "Types in lower case with underscores, as in the RFCs, become well-formed names in every language."
        "Rename it; the wire does not change, code that names it does."
    FieldNaming "field-naming" W0717 Style Allow
        "Fields in lower case with underscores, as in the RFCs, become well-formed names in every language."
        "Rename it; the wire does not change, code that names it does."
    ConstantNaming "constant-naming" W0718 Style Allow
        "Constants, enumerators, programs and procedures in capitals, as in the RFCs, are told from types and fields at sight."
        "Rename it; the wire does not change, code that names it does."
    IntegerSpelling "integer-spelling" W0719 Style Allow
        "Names that integers have in C, such as `u_int` or `uint64_t`, are no part of XDR and unknown to many of its compilers."
        "Use the name that RFC 4506 gives the type."
}

impl Rule {
    /// A finding at a place.
    pub(super) fn at(self, location: Location, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(self.code(), location, message)
    }
}

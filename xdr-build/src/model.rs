//! What the generated Rust says, as plain data: every name final, every choice made, nothing left to look up.
//!
//! [`crate::lower`] makes it from the schema, [`crate::emit`] prints it. Docs are lines of Markdown, or empty.

use std::borrow::Cow;

/// A generated file.
#[derive(Debug)]
pub(crate) struct File {
    /// Plain comment lines at the top.
    pub(crate) header: Vec<String>,
    pub(crate) root: Scope,
}

/// The items of a file or module and how std is spelt among them.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) std: Std,
    pub(crate) items: Vec<Item>,
}

/// How names of std and of the runtime are spelt in one module.
#[derive(Clone, Debug)]
pub(crate) struct Std {
    pub(crate) string: &'static str,
    pub(crate) vec: &'static str,
    pub(crate) boxed: &'static str,
    pub(crate) option: &'static str,
    pub(crate) some: &'static str,
    pub(crate) result: &'static str,
    pub(crate) ok: &'static str,
    pub(crate) from: &'static str,
    pub(crate) try_from: &'static str,
    /// Path of the runtime crate: `::xdr_wire`.
    pub(crate) runtime: String,
}

#[derive(Debug)]
pub(crate) enum Item {
    /// A plain comment of one line, above what follows.
    Comment(String),
    Const(Const),
    Alias(Alias),
    Struct(Struct),
    Enum(Enum),
    Union(Union),
    Newtype(Newtype),
    Procedure(Procedure),
    Module(Module),
    TypeTable(TypeTable),
    Fingerprints(Fingerprints),
    /// `::xdr_testkit::strategies! { … }`, of the types with these names.
    Strategies(Vec<String>),
    ProcedureTable(ProcedureTable),
    Messages(Messages),
}

/// `pub mod name { … }`.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) docs: String,
    pub(crate) name: String,
    pub(crate) scope: Scope,
}

#[derive(Debug)]
pub(crate) struct Const {
    pub(crate) docs: String,
    pub(crate) name: String,
    /// `u32`, `&str`.
    pub(crate) ty: &'static str,
    pub(crate) value: String,
}

/// `pub const TYPES: &[TypeEntry] = …;`.
#[derive(Debug)]
pub(crate) struct TypeTable {
    pub(crate) name: String,
    /// XDR name and Rust type.
    pub(crate) entries: Vec<(String, Ty)>,
}

/// `pub const FINGERPRINTS: &[(&str, u128)] = …;`.
#[derive(Debug)]
pub(crate) struct Fingerprints {
    pub(crate) name: String,
    /// The XDR name, and the number.
    pub(crate) entries: Vec<(String, u128)>,
}

/// `pub type Name = …;`.
#[derive(Debug)]
pub(crate) struct Alias {
    pub(crate) docs: String,
    pub(crate) name: String,
    pub(crate) lifetime: bool,
    pub(crate) ty: Ty,
}

/// What stands before a type: docs, `#[derive(…)]`, other attributes as they are printed.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) docs: String,
    pub(crate) derives: Vec<Cow<'static, str>>,
    pub(crate) attributes: Vec<String>,
    pub(crate) xdr: Vec<Argument>,
    pub(crate) name: String,
    pub(crate) lifetime: bool,
}

#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) head: Head,
    pub(crate) fields: Vec<Field>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) docs: String,
    /// From `field_attribute`, as they are printed.
    pub(crate) attributes: Vec<String>,
    pub(crate) xdr: Vec<Argument>,
    pub(crate) name: String,
    pub(crate) ty: Ty,
}

/// An argument in `#[xdr(…)]`.
#[derive(Debug)]
pub(crate) enum Argument {
    /// `chars`, `default`, `outlined`, `unknown`.
    Word(&'static str),
    /// `max = STRING_MAX`, `name = "authScheme"`.
    Value(&'static str, String),
    /// `case(1, 2)`.
    List(&'static str, Vec<String>),
}

/// An XDR enum.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) head: Head,
    pub(crate) variants: Vec<EnumVariant>,
    /// Enumerators that have the number of an earlier one: name and variant.
    pub(crate) aliases: Vec<(String, String)>,
    /// The variant for other numbers, of an open enum, with its Rust discriminant where it needs one.
    pub(crate) unknown: Option<(String, Option<i32>)>,
}

#[derive(Debug)]
pub(crate) struct EnumVariant {
    pub(crate) docs: String,
    pub(crate) attributes: Vec<String>,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// An XDR union: a Rust enum with data.
#[derive(Debug)]
pub(crate) struct Union {
    pub(crate) head: Head,
    pub(crate) variants: Vec<UnionVariant>,
}

#[derive(Debug)]
pub(crate) struct UnionVariant {
    pub(crate) docs: String,
    pub(crate) attributes: Vec<String>,
    pub(crate) xdr: Vec<Argument>,
    pub(crate) name: String,
    /// The discriminant where several may stand, then the payload.
    pub(crate) fields: Vec<(Vec<Argument>, Ty)>,
}

/// `pub struct Name(#[xdr(…)] pub T);` with conversions both ways.
#[derive(Debug)]
pub(crate) struct Newtype {
    pub(crate) head: Head,
    pub(crate) field: (Vec<Argument>, Ty),
}

/// A procedure: a unit struct that implements `Procedure`.
#[derive(Debug)]
pub(crate) struct Procedure {
    pub(crate) docs: String,
    pub(crate) name: String,
    pub(crate) args: Ty,
    pub(crate) ret: Ty,
    pub(crate) xdr_name: String,
    pub(crate) program: String,
    pub(crate) version: String,
    pub(crate) number: String,
    pub(crate) event: bool,
    pub(crate) high_priority: bool,
    pub(crate) acl: Vec<String>,
    pub(crate) acl_filter: Vec<String>,
    pub(crate) read_only: bool,
    /// `Read` or `Write`.
    pub(crate) stream: Option<&'static str>,
}

impl Procedure {
    /// Whether a message of it has a lifetime.
    pub(crate) fn borrows(&self) -> bool {
        self.args.borrows() || self.ret.borrows()
    }
}

/// `pub const PROCEDURES: &[ProcedureInfo] = …;`.
#[derive(Debug)]
pub(crate) struct ProcedureTable {
    /// The types of the procedures, by number.
    pub(crate) procedures: Vec<Ty>,
}

/// An enum of messages that implements `Message`.
#[derive(Debug)]
pub(crate) struct Messages {
    pub(crate) head: Head,
    pub(crate) program: String,
    pub(crate) version: String,
    pub(crate) variants: Vec<MessageVariant>,
    /// Whether there is a variant for messages of unknown numbers.
    pub(crate) open: bool,
}

#[derive(Debug)]
pub(crate) struct MessageVariant {
    /// Of the procedure.
    pub(crate) xdr_name: String,
    pub(crate) name: String,
    pub(crate) number: String,
    /// `Unit` for `void`.
    pub(crate) payload: Ty,
    /// The payload as it is printed.
    pub(crate) written: Ty,
}

/// A Rust type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ty {
    Unit,
    /// `i32`, `bool`.
    Plain(&'static str),
    String,
    /// `&'a str`, with its lifetime.
    Str(&'static str),
    /// `&'a [u8]`.
    Slice(&'static str),
    Vec(Box<Ty>),
    Option(Box<Ty>),
    Box(Box<Ty>),
    Array(Box<Ty>, u32),
    Tuple(Vec<Ty>),
    /// A type of the runtime: `Quadruple`.
    Runtime(&'static str),
    /// A generic type of the runtime: `List`, `Chain`.
    RuntimeOf(&'static str, Box<Ty>),
    /// A generated or foreign type by its path, with its lifetime argument.
    Path(String, Option<&'static str>),
}

impl Ty {
    /// Whether a lifetime is part of it.
    pub(crate) fn borrows(&self) -> bool {
        match self {
            Self::Unit | Self::Plain(_) | Self::String | Self::Runtime(_) => false,
            Self::Str(_) | Self::Slice(_) => true,
            Self::Vec(inner)
            | Self::Option(inner)
            | Self::Box(inner)
            | Self::Array(inner, _)
            | Self::RuntimeOf(_, inner) => inner.borrows(),
            Self::Tuple(parts) => parts.iter().any(Self::borrows),
            Self::Path(_, lifetime) => lifetime.is_some(),
        }
    }
}

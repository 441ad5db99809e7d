//! What a set of `.x` files means: every name resolved, every constant valued, every size known.
//!
//! A [`Schema`] is immutable and complete: whoever walks it does no look-ups by name and cannot fail.
//! Items are held in tables and referred to by ids; [`File::items`] keeps their source order.

use std::sync::Arc;

use crate::source::{FileId, Location};

mod size;
pub use size::Size;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
        pub struct $name(pub u32);
    )*};
}
ids! {
    /// A constant; an index into [`Schema::constants`].
    ConstantId,
    /// A type; an index into [`Schema::types`].
    TypeId,
    /// A `program` block; an index into [`Schema::programs`].
    ProgramId,
    /// A program that libvirt writes as an enum of procedures; an index into [`Schema::procedure_enums`].
    ProcedureEnumId
}

/// Everything that a set of files defines.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Schema {
    /// The files, the ones asked for first, then the ones they import.
    pub files: Vec<File>,
    /// All constants: `const`, `#define NAME NUMBER`, and externals that something refers to.
    pub constants: Vec<Constant>,
    /// All types, anonymous nested ones included.
    pub types: Vec<TypeDef>,
    /// RFC 5531 `program` blocks.
    pub programs: Vec<Program>,
    /// libvirt's programs: an enum of procedures with types beside it that bear their names.
    pub procedure_enums: Vec<ProcedureEnum>,
}

impl Schema {
    /// The type with this id.
    ///
    /// # Panics
    /// If the id is of another schema.
    pub fn ty(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0 as usize]
    }

    /// The constant with this id.
    ///
    /// # Panics
    /// If the id is of another schema.
    pub fn constant(&self, id: ConstantId) -> &Constant {
        &self.constants[id.0 as usize]
    }

    /// The file with this id, if the schema has one.
    pub fn file(&self, id: FileId) -> Option<&File> {
        self.files.iter().find(|file| file.id == id)
    }

    /// The type of this name, anonymous ones left out.
    pub fn type_named(&self, name: &str) -> Option<&TypeDef> {
        self.types
            .iter()
            .find(|def| def.parent.is_none() && def.name == name)
    }

    /// How many bytes a use of types takes on the wire: `T x<N>` a length and up to N elements.
    ///
    /// # Panics
    /// If an id in it is of another schema.
    pub fn size(&self, ty: &Type) -> Size {
        crate::resolve::size(ty, &self.types)
    }

    /// Follows typedefs of plain names until a type that is not one: `typedef a b; typedef b c;` makes `c` an `a`.
    pub fn peel<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let Type::Named(id) = ty {
            match &self.ty(*id).kind {
                TypeKind::Typedef(target) => ty = target,
                _ => break,
            }
        }
        ty
    }
}

/// One source file.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct File {
    /// Its text in [`Compilation::sources`](crate::Compilation::sources).
    pub id: FileId,
    /// The file's name without folder and `.x`: the Rust module's name.
    pub stem: String,
    /// True for a file that was asked for, false for one that is only imported.
    pub root: bool,
    /// Files it imports, in order.
    pub imports: Vec<FileId>,
    /// What it defines, in source order. Anonymous nested types come before the type that holds them.
    pub items: Vec<Item>,
}

/// A definition, by reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Item {
    /// A constant.
    Constant(ConstantId),
    /// A type.
    Type(TypeId),
    /// A `program` block.
    Program(ProgramId),
}

/// Comments of a definition, field or enumerator, without comment marks and common indentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Docs {
    /// The text, lines separated by `\n`; empty if there is none. libvirt's markers and annotations are taken out.
    pub text: String,
}

/// A constant.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ConstantValue,
    /// The name it was set to, where it was set to a name (`const A = B;`).
    pub alias_of: Option<Value>,
    /// Where its value comes from.
    pub origin: Origin,
    /// The whole definition; for an external the place of its first use.
    pub location: Location,
    /// Just the name in it.
    pub name_location: Location,
    /// Its comments.
    pub docs: Docs,
}

impl Constant {
    /// Its number; nothing if it is a string.
    pub fn number(&self) -> Option<i128> {
        match self.value {
            ConstantValue::Int(number) => Some(number),
            ConstantValue::String(_) => None,
        }
    }
}

/// Where a constant's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Origin {
    /// The text: `const` or `#define`.
    Source,
    /// `-D NAME=VALUE`, or `Config::define`.
    Define,
    /// A profile that knows the name.
    Profile,
}

/// What a constant stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum ConstantValue {
    /// A number; between −2⁶³ and 2⁶⁴−1.
    Int(i128),
    /// A string (an extension that rpcgen has), shared by the constants that name it.
    String(Arc<str>),
}

/// A number as it was written: itself, or by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Value {
    /// The number.
    pub value: i128,
    /// The name it was written as.
    pub name: Option<ValueName>,
}

/// The definition behind a name used as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum ValueName {
    /// A constant.
    Constant(ConstantId),
    /// An enumerator: the enum and the index in it.
    Enumerator(TypeId, u32),
    /// `TRUE` or `FALSE`.
    Bool,
}

/// A definition of a type.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TypeDef {
    /// Its id.
    pub id: TypeId,
    /// The file that defines it.
    pub file: FileId,
    /// Its name; an anonymous nested type has the name of the field that it types.
    pub name: String,
    /// The type around an anonymous nested one.
    pub parent: Option<TypeId>,
    /// What it is.
    pub kind: TypeKind,
    /// How many bytes it takes on the wire.
    pub size: Size,
    /// True if a value may hold a value of the same type, directly or through others.
    pub recursive: bool,
    /// libvirt's marks on a struct.
    pub marks: Vec<Mark>,
    /// The whole definition.
    pub location: Location,
    /// Just its name.
    pub name_location: Location,
    /// Its comments.
    pub docs: Docs,
    /// The definition in XDR, in canonical layout and without comments: what generated code quotes.
    pub xdr: String,
}

impl TypeDef {
    /// The types that it is made of: those of fields, of a discriminant and what it decides, or what it stands for.
    pub fn parts(&self) -> Vec<&Type> {
        match &self.kind {
            TypeKind::Struct(body) => body.fields.iter().map(|field| &field.ty).collect(),
            TypeKind::Union(body) => {
                let payloads = body.payloads().flatten().map(|field| &field.ty);
                std::iter::once(&body.discriminant)
                    .chain(payloads)
                    .collect()
            }
            TypeKind::Typedef(target) => vec![target],
            TypeKind::Enum(_) => Vec::new(),
        }
    }
}

/// What a type is.
#[derive(Clone, Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum TypeKind {
    /// `struct` (RFC 4506 §4.14).
    Struct(Struct),
    /// `enum` (§4.3).
    Enum(Enum),
    /// `union` (§4.15).
    Union(Union),
    /// `typedef` (§4.18).
    Typedef(Type),
}

/// A struct.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Struct {
    /// Its fields in wire order.
    pub fields: Vec<Field>,
    /// True if the last field, and no other, is an optional of this struct, itself or through typedefs: a linked list.
    pub list: bool,
}

/// A field of a struct or the payload of a union's arm.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
    /// libvirt's marks.
    pub marks: Vec<Mark>,
}

/// An enum.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Enum {
    /// Its enumerators in source order; two may have one value.
    pub enumerators: Vec<Enumerator>,
}

/// One name of an enum.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Enumerator {
    /// Its name.
    pub name: String,
    /// Its number.
    pub value: i32,
    /// The index of the first enumerator with the same number, if this is not it.
    pub alias_of: Option<u32>,
    /// Its place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
}

/// A union.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Union {
    /// The discriminant's name.
    pub discriminant_name: String,
    /// The discriminant's type as written: `int`, `unsigned int`, `bool`, an enum, or a typedef of one.
    pub discriminant: Type,
    /// The arms in source order, the default arm not among them.
    pub arms: Vec<Arm>,
    /// The `default` arm.
    pub default: Option<Box<DefaultArm>>,
}

impl Union {
    /// What each arm holds, the default arm's last; nothing for `void`.
    pub fn payloads(&self) -> impl Iterator<Item = Option<&Field>> {
        let arms = self.arms.iter().map(|arm| arm.field.as_ref());
        arms.chain(self.default.iter().map(|default| default.field.as_ref()))
    }
}

/// An arm with its labels.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Arm {
    /// One or more labels.
    pub labels: Vec<Value>,
    /// The payload; nothing for `void`.
    pub field: Option<Field>,
    /// The arm's place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
}

/// The arm for every other discriminant.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DefaultArm {
    /// The payload; nothing for `void`.
    pub field: Option<Field>,
    /// Its place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
}

/// The use of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Type {
    /// Nothing (§4.16).
    Void,
    /// `int`, and C's `long`, `int32_t`.
    Int,
    /// `unsigned int`, bare `unsigned`, `u_int`, `uint32_t`.
    UnsignedInt,
    /// `hyper`, `int64_t`.
    Hyper,
    /// `unsigned hyper`, `uint64_t`.
    UnsignedHyper,
    /// `float`.
    Float,
    /// `double`.
    Double,
    /// `quadruple`.
    Quadruple,
    /// `bool`.
    Bool,
    /// `char`, `int8_t`: four bytes on the wire, each.
    Char,
    /// `unsigned char`, `uint8_t`: four bytes on the wire, each.
    UnsignedChar,
    /// `short`, `int16_t`: four bytes on the wire.
    Short,
    /// `unsigned short`, `uint16_t`: four bytes on the wire.
    UnsignedShort,
    /// `opaque x[N]`.
    FixedOpaque(Length),
    /// `opaque x<N>`.
    Opaque(Length),
    /// `string x<N>`.
    String(Length),
    /// A type that has a definition.
    Named(TypeId),
    /// `T x[N]`.
    FixedArray(Box<Type>, Length),
    /// `T x<N>`.
    Array(Box<Type>, Length),
    /// `T *x` (§4.19).
    Optional(Box<Type>),
}

impl Type {
    /// The definition at the bottom of it, however it is made an array or optional.
    pub fn definition(&self) -> Option<TypeId> {
        let mut ty = self;
        loop {
            match ty {
                Self::Named(id) => return Some(*id),
                Self::Array(inner, _) | Self::FixedArray(inner, _) | Self::Optional(inner) => {
                    ty = inner;
                }
                _ => return None,
            }
        }
    }
}

/// A length or the upper bound of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Length {
    /// The number of elements or bytes; `u32::MAX` where no bound is written.
    pub value: u32,
    /// The name that the number was written as.
    pub name: Option<ValueName>,
    /// False for `<>`.
    pub written: bool,
}

/// A `program` of the RPC language (RFC 5531 §12).
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Program {
    /// Its name.
    pub name: String,
    /// The file that defines it.
    pub file: FileId,
    /// Its number.
    pub number: u32,
    /// Its versions in source order.
    pub versions: Vec<Version>,
    /// Its place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
}

/// A version of a program.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Version {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: u32,
    /// Its procedures in source order.
    pub procedures: Vec<Procedure>,
    /// Its place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
}

/// A procedure of a `program` block.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Procedure {
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: u32,
    /// Its arguments; none for `void`. Several are sent one after the other.
    pub args: Vec<Type>,
    /// Its result; [`Type::Void`] for none.
    pub ret: Type,
    /// Its place.
    pub location: Location,
    /// Its comments.
    pub docs: Docs,
}

/// A program as libvirt writes it: constants for program and version, an enum of procedures, and for each
/// procedure types named after it.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProcedureEnum {
    /// The enum, `remote_procedure` or `virLogManagerProtocolProcedure`.
    pub ty: TypeId,
    /// The constant with the program's number.
    pub program: ConstantId,
    /// The constant with the version's number.
    pub version: ConstantId,
    /// What the enumerators have in common: `REMOTE_PROC_`.
    pub prefix: String,
    /// One for each enumerator, in order.
    pub procedures: Vec<EnumProcedure>,
}

/// A procedure that is an enumerator.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct EnumProcedure {
    /// The enumerator's index in its enum.
    pub enumerator: u32,
    /// Its name without the common prefix: `CONNECT_OPEN`.
    pub name: String,
    /// Its number.
    pub number: u32,
    /// The `_args` type; none means void.
    pub args: Option<TypeId>,
    /// The `_ret` type; none means void.
    pub ret: Option<TypeId>,
    /// The `_msg` type: the procedure is an event, sent by the server on its own account.
    pub msg: Option<TypeId>,
    /// What the comment before it says.
    pub annotations: Annotations,
}

impl ProcedureEnum {
    /// The enumerator that a procedure of this program is.
    pub fn enumerator<'s>(
        &self,
        schema: &'s Schema,
        procedure: &EnumProcedure,
    ) -> Option<&'s Enumerator> {
        match &schema.ty(self.ty).kind {
            TypeKind::Enum(body) => body.enumerators.get(procedure.enumerator as usize),
            _ => None,
        }
    }
}

impl EnumProcedure {
    /// The types that it is made of: arguments, result, event.
    pub const fn messages(&self) -> [Option<TypeId>; 3] {
        [self.args, self.ret, self.msg]
    }
}

/// The annotations of a libvirt procedure (`src/rpc/gendispatch.pl`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Annotations {
    /// `@generate`: which stubs libvirt's generator makes.
    pub generate: Option<Generate>,
    /// `@priority`; low if not said.
    pub priority: Option<Priority>,
    /// `@acl`, in order.
    pub acl: Vec<Acl>,
    /// `@aclfilter`, in order.
    pub acl_filter: Vec<Acl>,
    /// `@readstream`: the stream's place in the API function's parameters. Data flows from the daemon.
    pub read_stream: Option<u32>,
    /// `@writestream`: the same, data flows to the daemon.
    pub write_stream: Option<u32>,
    /// `@sparseflag`: the API flag that makes the stream sparse.
    pub sparse_flag: Option<String>,
}

/// What `@generate` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Generate {
    /// Nothing is generated.
    None,
    /// The client stub.
    Client,
    /// The server stub.
    Server,
    /// Both.
    Both,
}

impl Generate {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::None, Self::Client, Self::Server, Self::Both];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Client => "client",
            Self::Server => "server",
            Self::Both => "both",
        }
    }
}

/// What `@priority` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Priority {
    /// May block on a hypervisor's monitor.
    Low,
    /// Never blocks.
    High,
}

impl Priority {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Low, Self::High];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

/// An access control requirement: `object:permission[:flag][:param:value]`, or `none`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Acl {
    /// The requirement as it is written, without spaces.
    pub text: String,
    /// `domain`, `connect`, …; `none` alone means that nothing is required.
    pub object: String,
    /// `read`, `write`, …; empty for `none`.
    pub permission: String,
    /// The rule holds only if this flag is set in the call; with `!`, only if it is not.
    pub flag: Option<String>,
    /// The rule holds only if this parameter has this value.
    pub parameter: Option<(String, String)>,
}

/// A comment that libvirt's generator reads on a struct or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Mark {
    /// `insert@N`: where the value stands in the API function's parameters.
    Insert(u32),
    /// `alloc@N@TYPE@M`: the API allocates the array; its count, of this C type, is parameter M.
    Alloc {
        /// The parameter that the array is.
        offset: u32,
        /// The C type of the count.
        count_type: String,
        /// The parameter that the count is.
        count_offset: u32,
    },
    /// `(const char **)`: the C cast that the stub needs.
    Cast(String),
    /// `skipgen`: the field is left to hand-written code.
    SkipGen,
}

//! What was written: definitions as they stand in the text, names unresolved, with every comment, `%` line and
//! `#` line in its place.
//!
//! Trivia belong to a node: on the line where a node ends they are *trailing*, otherwise they *lead* the next one.
//! What stands before a closing brace is *dangling*. [`lex`](crate::lexer::lex) has the whole text.

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;
use thin_vec::ThinVec;

use crate::source::Span;

mod bare;

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct File {
    /// Definitions in source order.
    pub items: Vec<Item>,
    /// What stands behind the last definition.
    pub dangling: ThinVec<Trivia>,
    /// What the preprocessor lines said, in source order.
    pub directives: Vec<Directive>,
}

/// What stands between tokens, white space aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Trivia {
    /// What it is.
    pub kind: TriviaKind,
    /// Where it is.
    pub span: Span,
}

/// Kinds of trivia.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum TriviaKind {
    /// `// …` or `/* … */`.
    Comment,
    /// A `%` line.
    PassThrough,
    /// A `#` line.
    Directive,
    /// Text that a conditional leaves out.
    Inactive,
}

/// A preprocessor or pass-through line that means something here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Directive {
    /// `#define NAME VALUE` with a number or a string.
    Define {
        /// The name.
        name: Identifier,
        /// Its value.
        value: Value,
        /// The line.
        span: Span,
        /// Comments before the line.
        leading: ThinVec<Trivia>,
    },
    /// `#include "file"` or `%#include "file"`.
    Include {
        /// The path as written, without quotes.
        path: String,
        /// True for `<…>`.
        angled: bool,
        /// True for a `%` line, which need not be an import.
        pass_through: bool,
        /// The line.
        span: Span,
    },
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Identifier {
    /// The name.
    pub name: SmolStr,
    /// Where it is.
    pub span: Span,
}

/// A definition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Item {
    /// What it defines.
    pub kind: ItemKind,
    /// From its first token to its semicolon.
    pub span: Span,
    /// Trivia before it.
    pub leading: ThinVec<Trivia>,
    /// Trivia in its first line behind an opening brace: libvirt's marks on structs stand there.
    pub opening: ThinVec<Trivia>,
    /// Trivia on the line where it ends, and between the tokens of its head.
    pub trailing: ThinVec<Trivia>,
}

/// Kinds of definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum ItemKind {
    /// `const NAME = VALUE;`
    Const(Const),
    /// `typedef DECLARATION;`
    Typedef(Box<Declaration>),
    /// `enum NAME { … };`
    Enum(Identifier, EnumBody),
    /// `struct NAME { … };`
    Struct(Identifier, StructBody),
    /// `union NAME switch (…) { … };`
    Union(Identifier, Box<UnionBody>),
    /// `program NAME { … } = NUMBER;`
    Program(Box<Program>),
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Const {
    /// Its name.
    pub name: Identifier,
    /// Its value.
    pub value: Value,
}

/// A number, a string, or a name that stands for one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Value {
    /// What was written.
    pub kind: ValueKind,
    /// Where it is.
    pub span: Span,
}

/// Kinds of values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum ValueKind {
    /// A number; none if it is malformed or out of every range, which has been reported.
    Number(Option<Number>),
    /// A string, without quotes.
    String(Arc<str>),
    /// A name.
    Name(SmolStr),
}

/// A number between −2⁶³ and 2⁶⁴−1, the range of XDR's numbers. An `i128` would take twice the room in every node.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(into = "i128"))]
pub struct Number {
    negative: bool,
    magnitude: u64,
}

impl Number {
    /// The number, if it is in the range.
    pub fn new(number: i128) -> Option<Self> {
        let magnitude = u64::try_from(number.unsigned_abs()).ok()?;
        (number >= i64::MIN.into()).then_some(Self {
            negative: number < 0,
            magnitude,
        })
    }
}

impl From<Number> for i128 {
    fn from(number: Number) -> Self {
        let magnitude = Self::from(number.magnitude);
        if number.negative {
            -magnitude
        } else {
            magnitude
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        i128::from(*self).fmt(f)
    }
}

/// `TYPE NAME`, with pointer, array or bound.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Declaration {
    /// The type.
    pub ty: TypeSpecifier,
    /// The name; `void` has none.
    pub name: Option<Identifier>,
    /// What is around the name.
    pub form: Form,
    /// From the type's first token to the end of the declaration, without a semicolon.
    pub span: Span,
}

/// What a declaration makes of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Form {
    /// `T x`
    Plain,
    /// `T *x`
    Optional,
    /// `T x[N]`
    Fixed(Value),
    /// `T x<N>` or `T x<>`
    Variable(Option<Value>),
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TypeSpecifier {
    /// What was written.
    pub kind: TypeSpecifierKind,
    /// Where it is.
    pub span: Span,
}

/// Kinds of type specifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum TypeSpecifierKind {
    /// `int`, `unsigned hyper`, `string`, `opaque`, `void`, …
    Builtin(Builtin),
    /// A name, with or without `struct`, `union`, `enum` before it.
    Named(Identifier, Option<Tag>),
    /// `struct { … }` on the spot, with the name it may have.
    Struct(Option<Box<Identifier>>, Box<StructBody>),
    /// `enum { … }` on the spot.
    Enum(Option<Box<Identifier>>, Box<EnumBody>),
    /// `union switch … { … }` on the spot.
    Union(Option<Box<Identifier>>, Box<UnionBody>),
}

/// `struct`, `union` or `enum` before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
pub enum Tag {
    /// `struct x`
    Struct,
    /// `union x`
    Union,
    /// `enum x`
    Enum,
}

/// Types of the language itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[allow(missing_docs, reason = "the names are those of RFC 4506")]
pub enum Builtin {
    Void,
    Int,
    UnsignedInt,
    Hyper,
    UnsignedHyper,
    Float,
    Double,
    Quadruple,
    Bool,
    Char,
    UnsignedChar,
    Short,
    UnsignedShort,
    String,
    Opaque,
}

/// A member of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Member {
    /// The declaration.
    pub declaration: Declaration,
    /// Trivia before it.
    pub leading: ThinVec<Trivia>,
    /// Trivia in it and behind it on its line.
    pub trailing: ThinVec<Trivia>,
}

/// The inside of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct StructBody {
    /// Its members.
    pub members: Vec<Member>,
    /// Trivia before the closing brace.
    pub dangling: ThinVec<Trivia>,
    /// From brace to brace.
    pub span: Span,
}

/// The inside of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct EnumBody {
    /// Its enumerators.
    pub enumerators: Vec<Enumerator>,
    /// Trivia before the closing brace.
    pub dangling: ThinVec<Trivia>,
    /// From brace to brace.
    pub span: Span,
}

/// One name of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Enumerator {
    /// Its name.
    pub name: Identifier,
    /// Its value, where one is written.
    pub value: Option<Value>,
    /// Trivia before it.
    pub leading: ThinVec<Trivia>,
    /// Trivia in it and behind it on its line.
    pub trailing: ThinVec<Trivia>,
}

/// The inside of a union.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UnionBody {
    /// What is switched on.
    pub discriminant: Declaration,
    /// Its arms; `default` may stand anywhere.
    pub arms: Vec<Arm>,
    /// Trivia before the closing brace.
    pub dangling: ThinVec<Trivia>,
    /// From `switch` to the closing brace.
    pub span: Span,
}

/// An arm of a union.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Arm {
    /// `case` labels.
    pub labels: Vec<Value>,
    /// The `default` among them, where there is one.
    pub default: Option<Span>,
    /// The payload, or `void`.
    pub declaration: Declaration,
    /// From the first label to the semicolon.
    pub span: Span,
    /// Trivia before it.
    pub leading: ThinVec<Trivia>,
    /// Trivia in it and behind it on its line.
    pub trailing: ThinVec<Trivia>,
}

/// A program of the RPC language.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Program {
    /// Its name.
    pub name: Identifier,
    /// Its versions.
    pub versions: Vec<Version>,
    /// Its number.
    pub number: Value,
    /// Trivia before the closing brace.
    pub dangling: ThinVec<Trivia>,
}

/// A version of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Version {
    /// Its name.
    pub name: Identifier,
    /// Its procedures.
    pub procedures: Vec<Procedure>,
    /// Its number.
    pub number: Value,
    /// From `version` to the semicolon.
    pub span: Span,
    /// Trivia before it.
    pub leading: ThinVec<Trivia>,
    /// Trivia in its head and behind it on its line.
    pub trailing: ThinVec<Trivia>,
    /// Trivia before the closing brace.
    pub dangling: ThinVec<Trivia>,
}

/// A procedure of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Procedure {
    /// Its result.
    pub ret: Declaration,
    /// Its name.
    pub name: Identifier,
    /// Its arguments; `void` stands here as a declaration of its own.
    pub args: Vec<Declaration>,
    /// Its number.
    pub number: Value,
    /// From the result's type to the semicolon.
    pub span: Span,
    /// Trivia before it.
    pub leading: ThinVec<Trivia>,
    /// Trivia in it and behind it on its line.
    pub trailing: ThinVec<Trivia>,
}

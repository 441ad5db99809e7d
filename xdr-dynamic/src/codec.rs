//! A codec for one type of a schema.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use xdr_parser::schema::{Schema, TypeId};
use xdr_wire::{Decoder, Options};

use crate::annotate::{Annotator, Part};
use crate::compile::{compile, qualified};
use crate::encode::encode;
use crate::error::{DecodeError, EncodeError};
use crate::json::Style;
use crate::json::write::{JsonWriter, text_of};
use crate::program::{FormId, Program};
use crate::tree::{Builder, Tree};
use crate::walk::Walk;

/// Reads and writes messages of one type of a schema.
///
/// It is made once, and keeps nothing of the schema: while it works it looks nothing up by name. Clones share what it knows.
///
/// ```
/// use xdr_dynamic::Codec;
///
/// let text = "
///     enum kind { DISK = 1, NET = 2 };
///     struct device { kind of; string name<8>; unsigned hyper *size; };
/// ";
/// let compiled = xdr_parser::compile_text("device.x", text, None, &Default::default());
/// let schema = compiled.schema.expect("it has no errors");
/// let device = Codec::named(&schema, "device")?;
///
/// let json = r#"{"of":"DISK","name":"vda","size":"4096"}"#;
/// let wire = device.encode_json(json)?;
/// assert_eq!(wire, *b"\0\0\0\x01\0\0\0\x03vda\0\0\0\0\x01\0\0\0\0\0\0\x10\0");
/// assert_eq!(device.decode_json(&wire)?, json);
///
/// let error = device.decode_json(b"\0\0\0\x01\0\0\0\x09").unwrap_err();
/// assert_eq!(error.to_string(), "string of 9 bytes is longer than its bound of 8, at name (byte 4)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Codec {
    program: Arc<Program>,
    root: FormId,
    options: Options,
    style: Style,
}

impl Codec {
    /// A codec for the type with this id.
    ///
    /// # Panics
    /// If the id is of another schema.
    pub fn new(schema: &Schema, id: TypeId) -> Self {
        let (program, root) = compile(schema, id);
        Self {
            program: Arc::new(program),
            root,
            options: Options::new(),
            style: Style::default(),
        }
    }

    /// A codec for the type of this XDR name: a struct, an enum, a union or a typedef. One that the schema does not name
    /// goes by the name of its field, behind that of the type around it and a dot.
    ///
    /// # Errors
    /// [`UnknownType`].
    pub fn named(schema: &Schema, name: &str) -> Result<Self, UnknownType> {
        let anonymous = || {
            schema
                .types
                .iter()
                .find(|def| def.parent.is_some() && qualified(schema, def) == name)
        };
        match schema.type_named(name).or_else(anonymous) {
            Some(def) => Ok(Self::new(schema, def.id)),
            None => Err(UnknownType {
                name: name.to_owned(),
                similar: similar(schema, name),
            }),
        }
    }

    /// Replaces limits and relaxed rules. What the options of [`xdr_wire`] say of memory holds for trees; of stack nothing is
    /// taken, so that there is no limit to it.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Replaces the layout of the JSON that is written.
    #[must_use]
    pub fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// Reads a message that takes up the whole input, as JSON.
    ///
    /// # Errors
    /// [`DecodeError`], as from generated code.
    pub fn decode_json(&self, input: &[u8]) -> Result<String, DecodeError> {
        let mut writer = JsonWriter::to_vec(self.style);
        self.walk(input).message(self.root, &mut writer)?;
        let json = writer.finish().unwrap_or_default();
        Ok(text_of(json))
    }

    /// Reads a message that takes up the whole input, and writes its JSON as it goes: no more of it than some 64 KiB is in
    /// memory. On an error a part of what stands before the fault may have been written.
    ///
    /// # Errors
    /// [`WriteError`]: the input is no message, or the JSON cannot be written.
    pub fn write_json(&self, input: &[u8], mut to: impl Write) -> Result<(), WriteError> {
        let mut writer = JsonWriter::to_sink(self.style, &mut to);
        let read = self.walk(input).message(self.root, &mut writer);
        match (read, writer) {
            (Ok(()), writer) => match writer.finish() {
                Ok(_) => Ok(()),
                Err(error) => Err(WriteError::Output(error)),
            },
            // What cannot be written stops the walk, too.
            (Err(error), writer) => match writer.failure() {
                Some(error) => Err(WriteError::Output(error)),
                None => Err(WriteError::Decode(error)),
            },
        }
    }

    /// Reads a message that takes up the whole input, as a tree of its values.
    ///
    /// Here [`Limits::max_memory_factor`](xdr_wire::Limits::max_memory_factor) holds: a value takes 28 bytes, seven times as
    /// many as a word of the message.
    ///
    /// # Errors
    /// [`DecodeError`], as from generated code; [`ErrorKind::MemoryOverLimit`](xdr_wire::ErrorKind::MemoryOverLimit).
    ///
    /// ```
    /// # use xdr_dynamic::Codec;
    /// # let text = "struct point { int x; int y; }; typedef point points<>;";
    /// # let compiled = xdr_parser::compile_text("points.x", text, None, &Default::default());
    /// # let schema = compiled.schema.expect("it has no errors");
    /// let points = Codec::named(&schema, "points")?;
    /// let wire = points.encode_json(r#"[{"x":1,"y":2}]"#)?;
    /// let tree = points.decode(&wire)?;
    /// let y = tree.root().parts().next().and_then(|point| point.part("y")).expect("it is there");
    /// assert_eq!(y.path().to_string(), "[0].y");
    /// assert_eq!(y.range(), 8..12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decode<'a>(&'a self, input: &'a [u8]) -> Result<Tree<'a>, DecodeError> {
        let mut builder = Builder::new(&self.program, input, self.options);
        self.walk(input).message(self.root, &mut builder)?;
        Ok(builder.finish())
    }

    /// Reads a message that takes up the whole input, and tells what each of its bytes is, in their order. On an error all
    /// bytes before the value that is at fault have been told.
    ///
    /// # Errors
    /// [`DecodeError`], as from generated code.
    pub fn annotate(&self, input: &[u8], tell: impl FnMut(&Part<'_>)) -> Result<(), DecodeError> {
        let mut annotator = Annotator::new(&self.program, input, tell);
        self.walk(input).message(self.root, &mut annotator)
    }

    /// Writes the message that JSON says.
    ///
    /// Fields may come in any order. Where the JSON is not what [`decode_json`](Self::decode_json) would write, numbers of 64
    /// bits may be numbers, and any enumerator of a value may name it.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn encode_json(&self, json: &str) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::new();
        encode(&self.program, self.root, json, &mut out, self.options)?;
        Ok(out)
    }

    /// [`encode_json`](Self::encode_json), appended to `out`. On an error `out` is as it was.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn encode_json_into(&self, json: &str, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        encode(&self.program, self.root, json, out, self.options)
    }

    fn walk<'a>(&'a self, input: &'a [u8]) -> Walk<'a> {
        Walk::new(&self.program, Decoder::new(input, self.options))
    }
}

/// Why a message was not written as JSON.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// The input is no message.
    Decode(DecodeError),
    /// The JSON cannot be written.
    Output(io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode(error) => Some(error),
            Self::Output(error) => Some(error),
        }
    }
}

/// A schema has no type of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownType {
    name: String,
    similar: Option<String>,
}

impl UnknownType {
    /// The name that was asked for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of a type that is like it, if there is one.
    pub fn similar(&self) -> Option<&str> {
        self.similar.as_deref()
    }
}

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no type is called `{}`", self.name)
    }
}

impl std::error::Error for UnknownType {}

fn similar(schema: &Schema, name: &str) -> Option<String> {
    let names = schema.types.iter().filter(|def| def.parent.is_none());
    xdr_parser::similar(name, names.map(|def| def.name.as_str())).map(str::to_owned)
}

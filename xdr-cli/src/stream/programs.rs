//! The programs whose messages can be read: what a packet's payload is, by its header.

use std::collections::HashMap;
use std::path::PathBuf;

use protocol_defs::packet::{Header, Kind, Status};
use protocol_defs::sources::FILES;
use xdr_dynamic::Codec;
use xdr_parser::Options;
use xdr_parser::schema::{Constant, ProcedureEnum, Schema, TypeId};

/// The types of what all programs share.
const ENVELOPE: &str = "virnetprotocol.x";

/// All procedures of all programs of a schema, and codecs for those that have been met.
pub(crate) struct Programs {
    schema: Schema,
    by_number: HashMap<u32, Program>,
    codecs: HashMap<TypeId, Typed>,
    error: Typed,
    hole: Typed,
    options: xdr_wire::Options,
}

struct Program {
    /// The name of the constant that is its number: `REMOTE_PROGRAM`.
    name: String,
    version: u32,
    procedures: HashMap<u32, Procedure>,
}

struct Procedure {
    /// The enumerator that it is.
    name: String,
    args: Option<TypeId>,
    ret: Option<TypeId>,
    msg: Option<TypeId>,
}

/// A type with its codec.
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) codec: Codec,
}

/// What a payload is.
pub(crate) enum Content<'p> {
    /// There is none.
    Nothing,
    /// A value of a type.
    Value(&'p Typed),
    /// Data of a stream, which is of no type.
    Data,
    /// That cannot be known.
    Unknown,
}

/// What a packet's program and procedure are called, if they are known.
#[derive(Clone, Copy)]
pub(crate) struct Names<'p> {
    pub(crate) program: Option<&'p str>,
    pub(crate) procedure: Option<&'p str>,
}

impl Programs {
    /// libvirt's own, of the files that this program brings along.
    pub(crate) fn own(options: xdr_wire::Options) -> Option<Self> {
        let path = |name: &str| PathBuf::from("/libvirt").join(name);
        let mut reading = Options::default();
        for file in FILES {
            let text = file.text.as_bytes().to_vec();
            reading.contents.insert(path(file.name), text);
        }
        let roots: Vec<PathBuf> = FILES.iter().map(|file| path(file.name)).collect();
        Self::new(xdr_parser::compile(&roots, &reading).schema?, options)
    }

    /// The programs of a schema. Nothing if it has none that are written as libvirt's are.
    pub(crate) fn new(schema: Schema, options: xdr_wire::Options) -> Option<Self> {
        let envelope = FILES.iter().find(|file| file.name == ENVELOPE)?;
        let compiled =
            xdr_parser::compile_text(envelope.name, envelope.text, None, &Options::default());
        let envelope = compiled.schema?;
        let typed = |name: &str| {
            Some(Typed {
                name: name.to_owned(),
                codec: Codec::named(&envelope, name).ok()?.with_options(options),
            })
        };
        let programs: HashMap<u32, Program> = schema
            .procedure_enums
            .iter()
            .filter_map(|procedures| program(&schema, procedures))
            .collect();
        if programs.is_empty() {
            return None;
        }
        Some(Self {
            by_number: programs,
            codecs: HashMap::new(),
            error: typed("virNetMessageError")?,
            hole: typed("virNetStreamHole")?,
            options,
            schema,
        })
    }

    /// What a packet's payload is.
    pub(crate) fn content(&mut self, header: &Header, payload: &[u8]) -> Content<'_> {
        let ty = match (header.kind, header.status) {
            (Kind::Reply | Kind::ReplyWithFds, Status::Error) => {
                return Content::Value(&self.error);
            }
            (Kind::Stream, Status::Error) if !payload.is_empty() => {
                return Content::Value(&self.error);
            }
            (Kind::Stream, Status::Ok | Status::Error) => return Content::Nothing,
            (Kind::Stream, Status::Continue) => return Content::Data,
            (Kind::StreamHole, Status::Continue) => return Content::Value(&self.hole),
            (_, Status::Ok) => {
                let Some(procedure) = self.procedure(header) else {
                    return Content::Unknown;
                };
                match header.kind {
                    Kind::Call | Kind::CallWithFds => procedure.args,
                    Kind::Reply | Kind::ReplyWithFds => procedure.ret,
                    Kind::Message => procedure.msg,
                    _ => return Content::Unknown,
                }
            }
            _ => return Content::Unknown,
        };
        let Some(ty) = ty else {
            return Content::Nothing;
        };
        let Self {
            schema,
            codecs,
            options,
            ..
        } = self;
        Content::Value(codecs.entry(ty).or_insert_with(|| Typed {
            name: schema.ty(ty).name.clone(),
            codec: Codec::new(schema, ty).with_options(*options),
        }))
    }

    /// What to call a packet's program and procedure.
    pub(crate) fn names(&self, header: &Header) -> Names<'_> {
        let program = self.by_number.get(&header.program);
        Names {
            program: program.map(|program| program.name.as_str()),
            procedure: self.procedure(header).map(|found| found.name.as_str()),
        }
    }

    /// Whether bytes in the middle of a stream could well be the header of a packet: it is of a program that is known.
    pub(crate) fn is_plausible(&self, header: &Header) -> bool {
        let is_known = |kind| !matches!(kind, Kind::Unknown(_));
        self.by_number
            .get(&header.program)
            .is_some_and(|program| program.version == header.version)
            && is_known(header.kind)
            && !matches!(header.status, Status::Unknown(_))
    }

    fn procedure(&self, header: &Header) -> Option<&Procedure> {
        let program = self.by_number.get(&header.program)?;
        if program.version != header.version {
            return None;
        }
        program.procedures.get(&header.procedure)
    }
}

fn program(schema: &Schema, procedures: &ProcedureEnum) -> Option<(u32, Program)> {
    let constant = schema.constant(procedures.program);
    let number = number(constant)?;
    let named = procedures.procedures.iter().filter_map(|procedure| {
        let enumerator = procedures.enumerator(schema, procedure)?;
        let known = Procedure {
            name: enumerator.name.clone(),
            args: procedure.args,
            ret: procedure.ret,
            msg: procedure.msg,
        };
        Some((procedure.number, known))
    });
    let program = Program {
        name: constant.name.clone(),
        version: self::number(schema.constant(procedures.version))?,
        procedures: named.collect(),
    };
    Some((number, program))
}

fn number(constant: &Constant) -> Option<u32> {
    u32::try_from(constant.number()?).ok()
}

//! The programs that the dissector knows, as this project has them: procedures and types.

use std::sync::OnceLock;

use protocol_defs::stream::Hole;
use protocol_defs::{keepalive, lxc, qemu, remote};
use xdr_parser::schema::{ConstantId, ConstantValue, EnumProcedure, Schema, TypeId};
use xdr_wire::TypeEntry;

use crate::names::Names;

/// All of them, in the order in which the dissector lists them.
pub(crate) struct Programs {
    pub(crate) all: Vec<Program>,
    /// What an error reply of any program holds.
    pub(crate) error: TypeEntry,
    /// What a hole in a stream holds.
    pub(crate) hole: TypeEntry,
}

/// A program with its procedures.
pub(crate) struct Program {
    /// What the dissector calls it.
    pub(crate) name: &'static str,
    pub(crate) number: u32,
    pub(crate) version: u32,
    pub(crate) procedures: Vec<Procedure>,
    pub(crate) names: Names,
}

/// A procedure or an event.
pub(crate) struct Procedure {
    /// Without the prefix of its program: `CONNECT_OPEN`.
    pub(crate) name: String,
    pub(crate) number: u32,
    /// None is void.
    pub(crate) args: Option<TypeEntry>,
    pub(crate) ret: Option<TypeEntry>,
    pub(crate) msg: Option<TypeEntry>,
    /// Nobody answers: it is an event, or keepalive.
    pub(crate) is_message: bool,
    /// Whence the data of its stream come, if it has one.
    pub(crate) stream: Option<Direction>,
}

/// Who sends the data of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    FromDaemon,
    ToDaemon,
}

impl Programs {
    /// Read once.
    pub(crate) fn known() -> &'static Self {
        static PROGRAMS: OnceLock<Programs> = OnceLock::new();
        PROGRAMS.get_or_init(Self::read)
    }

    fn read() -> Self {
        // The dissector has a name of its own for `virNetStreamHole`.
        let hole = TypeEntry::of::<Hole>("stream_hole");
        let error = remote::TYPES.iter().find(|it| it.name() == "remote_error");
        let programs = [
            ("REMOTE", "remote_protocol", remote::TYPES),
            ("QEMU", "qemu_protocol", qemu::TYPES),
            ("LXC", "lxc_protocol", lxc::TYPES),
            ("KEEPALIVE", "virkeepaliveprotocol", keepalive::TYPES),
        ];
        let programs = programs.map(|(name, file, types)| {
            let schema = schema(file);
            // What is not of the program itself is of the remote one, or of all.
            let names = Names::of(&schema, &[types, remote::TYPES, &[hole]]);
            Program::read(name, &schema, types, names)
        });
        Self {
            all: programs.into(),
            error: *error.expect("the remote program has errors"),
            hole,
        }
    }

    /// The program with this number.
    pub(crate) fn numbered(&self, number: u32) -> &Program {
        let program = self.all.iter().find(|it| it.number == number);
        program.expect("packets are of these programs")
    }
}

impl Program {
    fn read(
        name: &'static str,
        schema: &Schema,
        types: &'static [TypeEntry],
        names: Names,
    ) -> Self {
        let found = schema.procedure_enums.iter().find(|procedures| {
            let file = schema.file(schema.ty(procedures.ty).file);
            file.is_some_and(|file| file.root)
        });
        let found = found.unwrap_or_else(|| panic!("{name} has procedures"));
        let entry = |ty: Option<TypeId>| {
            let name = &schema.ty(ty?).name;
            let entry = types.iter().find(|entry| entry.name() == name);
            Some(*entry.unwrap_or_else(|| panic!("the table of types has {name}")))
        };
        let procedures = found.procedures.iter().map(|procedure| Procedure {
            name: procedure.name.clone(),
            number: procedure.number,
            args: entry(procedure.args),
            ret: entry(procedure.ret),
            msg: entry(procedure.msg),
            is_message: procedure.msg.is_some() || name == "KEEPALIVE",
            stream: direction(procedure),
        });
        Self {
            name,
            number: number(schema, found.program),
            version: number(schema, found.version),
            procedures: procedures.collect(),
            names,
        }
    }

    /// The procedure with this number.
    pub(crate) fn numbered(&self, number: u32) -> &Procedure {
        let procedure = self.procedures.iter().find(|it| it.number == number);
        procedure.expect("packets are of these procedures")
    }
}

fn direction(procedure: &EnumProcedure) -> Option<Direction> {
    let annotations = &procedure.annotations;
    let from_daemon = annotations.read_stream.map(|_| Direction::FromDaemon);
    from_daemon.or(annotations.write_stream.map(|_| Direction::ToDaemon))
}

fn schema(file: &str) -> Schema {
    let path = xdr_tests::root().join(format!("protocol-defs/proto/{file}.x"));
    let compilation = xdr_parser::compile(&[path], &xdr_parser::Options::default());
    compilation.schema.expect("this project's files resolve")
}

fn number(schema: &Schema, constant: ConstantId) -> u32 {
    let ConstantValue::Int(value) = schema.constant(constant).value else {
        panic!("a program has a number");
    };
    u32::try_from(value).expect("a program's number has 32 bits")
}

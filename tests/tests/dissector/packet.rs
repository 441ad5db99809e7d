//! A packet, and what the dissector ought to show of it.

use std::ops::Range;

use protocol_defs::packet::{HEADER_LEN, Header, LENGTH_LEN};
use xdr_testkit::leaves::{Leaf, Step, Value};
use xdr_wire::describe::Ty;

use crate::capture::From;
use crate::flaws::{self, Flaw, Met};
use crate::names::Names;
use crate::program::Programs;
use crate::shown::{NULL, Shown};
use crate::wording::{self, double, escaped, hex};

/// Bytes before the payload.
pub(crate) const PRELUDE: usize = LENGTH_LEN + HEADER_LEN;

/// A packet as it goes over the wire.
pub(crate) struct Packet {
    pub(crate) from: From,
    pub(crate) header: Header,
    pub(crate) content: Content,
    pub(crate) bytes: Vec<u8>,
}

/// What the payload is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    /// There is none.
    Nothing,
    /// A value of the type that the dissector calls so.
    Value(&'static str, &'static Ty),
    /// Data of a stream.
    Data,
    /// A count of file descriptors and nothing else.
    OnlyFds,
}

/// The leaves that the dissector ought to show, flaws and all.
#[derive(Default)]
pub(crate) struct Expected {
    pub(crate) leaves: Vec<Shown>,
    /// How many more leaves there are that it cannot show, having lost its way.
    pub(crate) lost: usize,
}

impl Packet {
    pub(crate) fn expected(&self, programs: &Programs, met: &mut Met) -> Expected {
        let mut expected = Expected::default();
        self.header(programs, &mut expected);
        let end = self.bytes.len();
        match self.content {
            Content::Nothing => {}
            Content::Value(name, ty) => self.value(name, ty, programs, met, &mut expected),
            Content::Data => {
                met.meet(Flaw::StreamCutShort);
                let data = PRELUDE..end - PRELUDE;
                expected.leaves.push(self.opaque("stream", data));
            }
            Content::OnlyFds => {
                met.meet(Flaw::CountOfFdsInPayload);
                expected.leaves.push(self.opaque("unknown", PRELUDE..end));
            }
        }
        expected
    }

    fn header(&self, programs: &Programs, expected: &mut Expected) {
        let header = &self.header;
        let program = programs.numbered(header.program);
        let procedure = program.numbered(header.procedure);
        let fields = [
            ("length", self.bytes.len().to_string()),
            (
                "program",
                format!("{} (0x{:08x})", program.name, program.number),
            ),
            ("version", header.version.to_string()),
            (
                "procedure",
                format!("{} ({})", procedure.name, procedure.number),
            ),
            ("type", wording::kind(header.kind)),
            ("serial", header.serial.to_string()),
            ("status", wording::status(header.status)),
        ];
        for (start, (name, text)) in (0..).step_by(4).zip(fields) {
            let path = name.to_owned();
            expected
                .leaves
                .push(self.shown(path, name, text, start..start + 4));
        }
    }

    fn value(
        &self,
        name: &str,
        ty: &'static Ty,
        programs: &Programs,
        met: &mut Met,
        expected: &mut Expected,
    ) {
        let payload = &self.bytes[PRELUDE..];
        let (leaves, end) = xdr_testkit::leaves::leaves(payload, ty)
            .unwrap_or_else(|unreadable| panic!("{:?} as {name}: {unreadable}", self.header));
        if self.header.kind.has_fds() {
            met.meet(Flaw::CountOfFdsInPayload);
        } else {
            assert_eq!(end, payload.len(), "{:?} as {name}", self.header);
        }
        let names = &programs.numbered(self.header.program).names;
        for (at, leaf) in leaves.iter().enumerate() {
            let bytes = leaf.bytes.start + PRELUDE..leaf.bytes.end + PRELUDE;
            let field = field(names.of_type(leaf.owner), &leaf.path);
            if flaws::is_called_type(leaf) {
                met.meet(Flaw::NumberCalledType);
                let word = bytes.start..bytes.start + 4;
                let text = number(&self.bytes[word.clone()]).to_string();
                let path = path(name, &leaf.path, met);
                expected
                    .leaves
                    .push(self.shown(path, &field, text, word.clone()));
                if word != bytes || leaf.value == Value::Present(true) {
                    expected.lost = leaves.len() - at - 1;
                    return;
                }
                continue;
            }
            match leaf.value {
                // Where there is a value its parts are shown, and where there is none, null.
                Value::Present(true) => continue,
                Value::Discriminant(_) => {
                    met.meet(Flaw::NoDiscriminant);
                    continue;
                }
                _ => {}
            }
            let path = path(name, &leaf.path, met);
            let text = text(leaf, &self.bytes[bytes.clone()], names, met);
            let mut shown = self.shown(path, &field, text, bytes);
            if let Value::Count(_) | Value::FixedCount(_) | Value::Present(_) = leaf.value {
                shown.hex.clear();
            }
            expected.leaves.push(shown);
        }
    }

    /// Bytes that are no XDR.
    fn opaque(&self, name: &str, bytes: Range<usize>) -> Shown {
        let text = hex(&self.bytes[bytes.clone()], ":");
        self.shown(name.to_owned(), name, text, bytes)
    }

    fn shown(&self, path: String, field: &str, text: String, bytes: Range<usize>) -> Shown {
        Shown {
            path,
            field: format!("libvirt.{field}"),
            text,
            hex: hex(&self.bytes[bytes.clone()], ""),
            bytes,
        }
    }
}

/// `remote_domain_get_state_args.dom.name`.
fn path(root: &str, steps: &[Step], met: &mut Met) -> String {
    let mut path = root.to_owned();
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Field(_) if matches!(steps.get(at + 1), Some(Step::Arm(_))) => {
                met.meet(Flaw::NoUnion);
            }
            Step::Field(name) | Step::Arm(name) => path.extend([".", name]),
            Step::Index(index) => path.extend(["[", &index.to_string(), "]"]),
        }
    }
    path
}

/// The dissector has a field for each field of a struct, named after both, and one more for the elements of each array.
fn field(owner: &str, steps: &[Step]) -> String {
    let mut field = owner.to_owned();
    let indices = steps
        .iter()
        .rev()
        .take_while(|step| matches!(step, Step::Index(_)));
    let indices = indices.count();
    if let Some(Step::Field(name) | Step::Arm(name)) = steps.iter().rev().nth(indices) {
        for _ in 0..=indices {
            field.extend([".", name]);
        }
    }
    field
}

/// A value as the dissector words it.
fn text(leaf: &Leaf<'_>, bytes: &[u8], names: &Names, met: &mut Met) -> String {
    match leaf.value {
        Value::Int(value) | Value::Discriminant(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::Float(value) => double(value.into()),
        Value::Double(value) => double(value),
        Value::Bool(value) => u32::from(value).to_string(),
        Value::Char(byte) => byte.cast_signed().to_string(),
        Value::UChar(byte) => byte.to_string(),
        Value::Text(text) => escaped(text),
        Value::Opaque(_) => {
            met.meet(Flaw::LengthAndPaddingInOpaque);
            hex(bytes, ":")
        }
        Value::FixedOpaque(bytes) | Value::Quadruple(bytes) => hex(bytes, ":"),
        Value::Enum(value, name) => {
            format!("{}({value})", names.of_enumerator(name, value))
        }
        Value::Count(count) => format!("<{count}>"),
        Value::FixedCount(count) => format!("[{count}]"),
        Value::Present(_) => NULL.to_owned(),
    }
}

/// One word.
fn number(bytes: &[u8]) -> u32 {
    let word = bytes.first_chunk().copied().unwrap_or_default();
    u32::from_be_bytes(word)
}

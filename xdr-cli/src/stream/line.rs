//! A packet, or what is wrong with a stream, as a line of JSON.

use std::fmt::{Display, Write as _};
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use protocol_defs::packet::{HEADER_LEN, Kind, LENGTH_LEN, Packet, Status};
use xdr_dynamic::{DecodeError, WriteError};
use xdr_wire::ErrorKind;

use super::calls::{Call, Calls};
use super::programs::{Content, Programs};
use super::{Side, Stop};

/// How many faults and notes are told beside the lines, which have them all.
const TOLD: u64 = 20;

/// Writes the lines.
pub(crate) struct Lines<'a> {
    programs: Programs,
    out: &'a mut dyn Write,
    say: &'a mut dyn FnMut(Remark<'_>),
    /// Packets up to now.
    packets: u64,
    faults: u64,
    line: Vec<u8>,
    payload: Vec<u8>,
}

/// What is said to people beside the lines.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Remark<'a> {
    /// What is wrong with a packet.
    Fault(&'a str),
    /// Worth knowing.
    Note(&'a str),
}

/// Where a packet was found.
#[derive(Clone, Copy, Default)]
pub(super) struct Place<'a> {
    pub(super) from: Option<Side>,
    /// Time since 1970, if it is known.
    pub(super) time: Option<Duration>,
    pub(super) connection: Option<&'a Label>,
}

/// What a connection of a capture goes by: from 1 on, and by its ends, the sender of these packets first.
pub(super) struct Label {
    pub(super) number: u64,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(
        programs: Programs,
        out: &'a mut dyn Write,
        say: &'a mut dyn FnMut(Remark<'_>),
    ) -> Self {
        Self {
            programs,
            out,
            say,
            packets: 0,
            faults: 0,
            line: Vec::new(),
            payload: Vec::new(),
        }
    }

    /// Hands on what has been written, before more input is waited for.
    pub(super) fn hand_on(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::Output)
    }

    pub(super) fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Whether nothing was wrong. Says how much more was than has been told.
    pub(crate) fn finish(mut self) -> Result<bool, Stop> {
        self.hand_on()?;
        if self.faults > TOLD {
            let more = self.faults - TOLD;
            let note = format!("and {more} faults more; the lines have them all");
            (self.say)(Remark::Note(&note));
        }
        Ok(self.faults == 0)
    }

    /// A packet.
    pub(super) fn packet(
        &mut self,
        place: &Place<'_>,
        packet: &Packet<&[u8]>,
        calls: &mut Calls,
    ) -> Result<(), Stop> {
        self.packets += 1;
        let header = &packet.header;
        let call = match header.kind {
            Kind::Call | Kind::CallWithFds => {
                calls.open(header, self.packets, place.time);
                None
            }
            Kind::Reply | Kind::ReplyWithFds | Kind::Stream | Kind::StreamHole => {
                Some(calls.of(header))
            }
            _ => None,
        };
        self.begin(Some(self.packets), place, packet.offset);
        self.header(packet);
        if let Some(call) = call {
            self.call(call, header.kind, place.time);
        }
        if let Some(fault) = self.payload(packet) {
            self.key("fault");
            let _ = write!(Text(&mut self.line), "{{\"message\":");
            string(&mut self.line, &fault.to_string());
            let _ = write!(Text(&mut self.line), ",\"path\":");
            string(&mut self.line, &fault.path().to_string());
            // Of the packet, its length word included.
            let _ = write!(
                Text(&mut self.line),
                ",\"byte\":{}}}",
                before_payload(header.kind) + fault.offset()
            );
            self.fault(&format!("packet {}: {fault}", self.packets));
        }
        self.end()
    }

    /// What is wrong with a stream at a place where no packet is to be had.
    pub(super) fn broken(
        &mut self,
        place: &Place<'_>,
        offset: u64,
        problem: &dyn Display,
    ) -> Result<(), Stop> {
        self.begin(None, place, offset);
        self.key("fault");
        let _ = write!(Text(&mut self.line), "{{\"message\":");
        string(&mut self.line, &problem.to_string());
        self.line.push(b'}');
        let whose = match place.from {
            Some(side) => format!("the {}'s bytes", side.name()),
            None => "bytes".to_owned(),
        };
        self.fault(&format!("{whose}, from byte {offset} on: {problem}"));
        self.end()
    }

    /// Says what is worth knowing and no fault.
    pub(super) fn note(&mut self, note: &str) {
        (self.say)(Remark::Note(note));
    }

    /// Says which calls nobody has answered.
    pub(super) fn unanswered(&mut self, calls: &Calls) {
        let (mut packets, more) = calls.unanswered();
        let all = packets.len() as u64 + more;
        if all == 0 {
            return;
        }
        packets.truncate(10);
        let shown: Vec<String> = packets.iter().map(u64::to_string).collect();
        let rest = match all - packets.len() as u64 {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let (what, plural) = if all == 1 {
            ("call", "")
        } else {
            ("calls", "s")
        };
        let shown = shown.join(", ");
        let note = format!("no reply to the {what} in packet{plural} {shown}{rest}");
        (self.say)(Remark::Note(&note));
    }

    fn begin(&mut self, packet: Option<u64>, place: &Place<'_>, offset: u64) {
        self.line.clear();
        self.line.push(b'{');
        let mut line = Text(&mut self.line);
        if let Some(packet) = packet {
            let _ = write!(line, "\"packet\":{packet},");
        }
        if let Some(label) = place.connection {
            let Label {
                number,
                source,
                destination,
            } = label;
            let _ = write!(
                line,
                "\"connection\":{number},\"source\":\"{source}\",\"destination\":\"{destination}\","
            );
        }
        if let Some(time) = place.time {
            let _ = write!(line, "\"time\":{},", Seconds(time));
        }
        if let Some(side) = place.from {
            let _ = write!(line, "\"from\":\"{}\",", side.name());
        }
        let _ = write!(line, "\"offset\":{offset}");
    }

    fn header(&mut self, packet: &Packet<&[u8]>) {
        let header = &packet.header;
        let length = before_payload(header.kind) + packet.payload.len();
        let names = self.programs.names(header);
        let mut line = Text(&mut self.line);
        let _ = write!(line, ",\"length\":{length},\"program\":");
        line.name_or(names.program, header.program);
        let _ = write!(line, ",\"version\":{},\"procedure\":", header.version);
        line.name_or(names.procedure, header.procedure);
        let _ = write!(line, ",\"type\":");
        line.name_or_number(kind(header.kind));
        let _ = write!(line, ",\"serial\":{},\"status\":", header.serial);
        line.name_or_number(status(header.status));
        if header.kind.has_fds() {
            let _ = write!(line, ",\"fds\":{}", packet.fds);
        }
    }

    /// The call that a packet belongs to, and how long the reply took.
    fn call(&mut self, call: Option<Call>, kind: Kind, time: Option<Duration>) {
        let mut line = Text(&mut self.line);
        let Some(call) = call else {
            let _ = write!(line, ",\"call\":null");
            return;
        };
        let _ = write!(line, ",\"call\":{}", call.packet);
        let took = time
            .zip(call.time)
            .and_then(|(now, then)| now.checked_sub(then));
        if let (Kind::Reply | Kind::ReplyWithFds, Some(took)) = (kind, took) {
            let _ = write!(line, ",\"seconds\":{}", Seconds(took));
        }
    }

    /// The payload. What cannot be read as what it should be is there as bytes, and what is wrong is returned.
    fn payload(&mut self, packet: &Packet<&[u8]>) -> Option<DecodeError> {
        let Self {
            programs,
            line,
            payload,
            ..
        } = self;
        let bytes = packet.payload;
        let typed = match programs.content(&packet.header, bytes) {
            Content::Value(typed) => typed,
            Content::Nothing => {
                line.extend_from_slice(b",\"payload\":null");
                trailing(line, bytes);
                return None;
            }
            Content::Data => {
                line.extend_from_slice(b",\"payload_type\":\"opaque\",\"payload\":");
                hex(line, bytes);
                return None;
            }
            Content::Unknown => {
                line.extend_from_slice(b",\"bytes\":");
                hex(line, bytes);
                return None;
            }
        };
        let _ = write!(Text(line), ",\"payload_type\":\"{}\"", typed.name);
        let mut read = |bytes: &[u8]| {
            payload.clear();
            match typed.codec.write_json(bytes, &mut *payload) {
                Err(WriteError::Decode(error)) => Some(error),
                // Memory takes whatever is written to it.
                Ok(()) | Err(_) => None,
            }
        };
        let mut end = bytes.len();
        let mut fault = read(bytes);
        // Peers pass over what follows the value, so that it is no fault, only worth knowing.
        if let Some(error) = &fault
            && matches!(error.kind(), ErrorKind::TrailingBytes { .. })
        {
            end = error.offset();
            fault = read(&bytes[..end.min(bytes.len())]);
        }
        if fault.is_some() {
            line.extend_from_slice(b",\"bytes\":");
            hex(line, bytes);
        } else {
            line.extend_from_slice(b",\"payload\":");
            line.extend_from_slice(payload);
            trailing(line, bytes.get(end..).unwrap_or_default());
        }
        fault
    }

    fn key(&mut self, name: &str) {
        let _ = write!(Text(&mut self.line), ",\"{name}\":");
    }

    fn end(&mut self) -> Result<(), Stop> {
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line).map_err(Stop::Output)
    }

    fn fault(&mut self, problem: &str) {
        self.faults += 1;
        if self.faults <= TOLD {
            (self.say)(Remark::Fault(problem));
        }
    }
}

/// Bytes of a packet before its payload: the count of file descriptors is none of it.
fn before_payload(kind: Kind) -> usize {
    LENGTH_LEN + HEADER_LEN + if kind.has_fds() { 4 } else { 0 }
}

fn trailing(line: &mut Vec<u8>, bytes: &[u8]) {
    if !bytes.is_empty() {
        line.extend_from_slice(b",\"trailing\":");
        hex(line, bytes);
    }
}

fn kind(kind: Kind) -> Result<&'static str, i32> {
    Ok(match kind {
        Kind::Call => "call",
        Kind::Reply => "reply",
        Kind::Message => "message",
        Kind::Stream => "stream",
        Kind::CallWithFds => "call_with_fds",
        Kind::ReplyWithFds => "reply_with_fds",
        Kind::StreamHole => "stream_hole",
        Kind::Unknown(number) => return Err(number),
    })
}

fn status(status: Status) -> Result<&'static str, i32> {
    Ok(match status {
        Status::Ok => "ok",
        Status::Error => "error",
        Status::Continue => "continue",
        Status::Unknown(number) => return Err(number),
    })
}

/// A line as something that can be formatted into.
struct Text<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Text<'_> {
    /// A name of a schema, which has nothing to escape, or the number.
    fn name_or(&mut self, name: Option<&str>, number: u32) {
        let _ = match name {
            Some(name) => write!(self, "\"{name}\""),
            None => write!(self, "{number}"),
        };
    }

    fn name_or_number(&mut self, name: Result<&str, i32>) {
        let _ = match name {
            Ok(name) => write!(self, "\"{name}\""),
            Err(number) => write!(self, "{number}"),
        };
    }
}

/// Seconds to the nanosecond, as a JSON number.
struct Seconds(Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:09}", self.0.as_secs(), self.0.subsec_nanos())
    }
}

fn string(line: &mut Vec<u8>, text: &str) {
    // Neither text nor memory can refuse.
    let _ = serde_json::to_writer(line, text);
}

fn hex(line: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    line.reserve(bytes.len() * 2 + 2);
    line.push(b'"');
    for byte in bytes {
        line.push(DIGITS[usize::from(byte >> 4)]);
        line.push(DIGITS[usize::from(byte & 15)]);
    }
    line.push(b'"');
}

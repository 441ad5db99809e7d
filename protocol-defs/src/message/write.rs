//! What packets say → packets.

use super::programs::Body;
use super::{EVENT_SERIAL, Message, ProcedureId};
use crate::packet::{
    HEADER_LEN, Header, Kind, LENGTH_LEN, OwnedPacket, Packet, Status, WriteError,
    write_packet_with_fds, write_with,
};
use crate::stream::Stream;

impl Message<'_> {
    /// The header of its packet. `serial` is that of the call, which replies, errors and streams repeat; events and
    /// keepalive packets have theirs. `fds` decides whether a call, a reply or an error is of the kind that has
    /// file descriptors.
    pub fn header(&self, serial: u32, fds: u32) -> Header {
        let header = |id: ProcedureId, kind, serial, status| Header {
            program: id.program,
            version: id.version,
            procedure: id.procedure,
            kind,
            serial,
            status,
        };
        let with_fds = |with, without| if fds > 0 { with } else { without };
        match self {
            Self::Call(call) => {
                let kind = with_fds(Kind::CallWithFds, Kind::Call);
                header(call.procedure(), kind, serial, Status::Ok)
            }
            Self::Reply(reply) => {
                let kind = with_fds(Kind::ReplyWithFds, Kind::Reply);
                header(reply.procedure(), kind, serial, Status::Ok)
            }
            Self::Error { procedure, .. } => {
                let kind = with_fds(Kind::ReplyWithFds, Kind::Reply);
                header(*procedure, kind, serial, Status::Error)
            }
            Self::Event(event) => {
                header(event.procedure(), Kind::Message, EVENT_SERIAL, Status::Ok)
            }
            Self::Stream { procedure, packet } => {
                header(*procedure, packet.kind(), serial, packet.status())
            }
            Self::Keepalive(keepalive) => keepalive.header(),
        }
    }

    /// Appends its packet, with the [header](Self::header) of this serial and this number of file descriptors.
    ///
    /// # Errors
    /// [`WriteError`] if it breaks a bound of its type, makes the packet too long, is data without a byte, or is to
    /// have file descriptors and is neither a call nor an answer. `out` is then as it was.
    pub fn write(&self, serial: u32, fds: u32, out: &mut Vec<u8>) -> Result<(), WriteError> {
        let header = self.header(serial, fds);
        let body: &dyn Body = match self {
            Self::Call(call) => call.body(),
            Self::Reply(reply) => reply.body(),
            Self::Event(event) => event.body(),
            Self::Error { error, .. } => return write_packet_with_fds(&header, fds, error, out),
            Self::Keepalive(_) => return write_packet_with_fds(&header, fds, &(), out),
            Self::Stream { packet, .. } => {
                let packet = Stream::of(&header).packet(packet)?;
                return Packet { fds, ..packet }.write(out);
            }
        };
        write_with(&header, fds, out, |out| body.write(out))
    }

    /// Its packet, as [`write`](Self::write) would append it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn packet(&self, serial: u32, fds: u32) -> Result<OwnedPacket, WriteError> {
        let header = self.header(serial, fds);
        let mut payload = Vec::new();
        self.write(serial, fds, &mut payload)?;
        let count = if header.kind.has_fds() { 4 } else { 0 };
        payload.drain(..LENGTH_LEN + HEADER_LEN + count);
        Ok(Packet {
            header,
            fds,
            payload,
            offset: 0,
        })
    }
}

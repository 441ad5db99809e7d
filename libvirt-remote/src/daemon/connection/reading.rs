//! What comes from a client, packet by packet, as long as it is listened to.

use std::task::{Context, Poll};

use protocol_defs::packet::{Keepalive, Kind};

use super::{Connection, Step, send};
use crate::daemon::end::End;
use crate::wire::incoming::{Arrival, to_keep};
use crate::wire::keepalive;

impl Connection {
    /// Whether the client is to be heard: it has not sent too much, nor taken too little.
    pub(super) fn is_listening(&self) -> bool {
        let options = &self.shared.options;
        let has_room = || {
            let state = self.session.inner.lock();
            state.queue.queued() <= options.queue_bytes
                && state.running.fds + self.waiting_fds < options.max_descriptors.max(1)
                && state.streams.stalled(options.stream_window).is_none()
        };
        self.last.is_none()
            && self.waiting.len() < options.max_waiting.max(1)
            && self.waiting_bytes <= options.queue_bytes
            && has_room()
    }

    pub(super) fn read(&mut self, cx: &mut Context<'_>) -> Result<Step, End> {
        let mut step = Step::Waits;
        loop {
            while self.is_listening() {
                match self.next_packet() {
                    Ok(None) => break,
                    Ok(Some(arrival)) => self.take(arrival),
                    Err(end) => self.last = Some(end),
                }
                step = Step::Done;
            }
            // What has come begins before more is read.
            if step == Step::Done || !self.is_listening() {
                return Ok(step);
            }
            match self.incoming.poll_read(cx, &mut self.transport) {
                Poll::Pending => return Ok(step),
                Poll::Ready(Ok(0)) => {
                    self.last = Some(End::hung_up(self.incoming.begun()));
                    return Ok(Step::Done);
                }
                Poll::Ready(Ok(count)) => {
                    self.heart.has_heard();
                    self.heard += count as u64;
                    let counters = &self.shared.counters;
                    counters.bytes_received.add(count as u64);
                }
                Poll::Ready(Err(error)) => return Err(End::Io(error)),
            }
        }
    }

    fn next_packet(&mut self) -> Result<Option<Arrival>, End> {
        let length = self.incoming.announced().unwrap_or_default();
        if length > self.shared.options.packet_bytes {
            return Err(End::TooLong { length });
        }
        let passes_descriptors = self.transport.passes_descriptors();
        let next = self.incoming.next(passes_descriptors)?;
        if next.is_none() && self.incoming.has_stray_descriptors() {
            return Err(End::Descriptors);
        }
        Ok(next)
    }

    fn take(&mut self, mut arrival: Arrival) {
        let packet = &mut arrival.packet;
        let header = &packet.header;
        match header.kind {
            Kind::Call | Kind::CallWithFds => {
                packet.payload = to_keep(&packet.payload);
                self.waiting_bytes += packet.payload.len();
                self.waiting_fds += arrival.fds.len();
                self.waiting.push_back(arrival);
            }
            Kind::Message if header.program == Keepalive::PROGRAM => {
                match keepalive::said(header) {
                    Some(Keepalive::Ping) => {
                        send(Keepalive::Pong, &mut self.session.inner.lock());
                    }
                    // That something has come is known.
                    Some(Keepalive::Pong) => {}
                    None => self.last = Some(End::unexpected(header, keepalive::NEITHER)),
                }
            }
            Kind::Stream | Kind::StreamHole => self.take_stream(packet),
            _ => {
                let why = "packet of a kind that no client sends";
                self.last = Some(End::unexpected(header, why));
            }
        }
    }
}

//! The calls of a client: which may begin, and how they do.

use std::sync::Arc;

use protocol_defs::packet::Packet;

use super::{Connection, Step};
use crate::daemon::admission::{Pace, admit, effect, pace};
use crate::daemon::handle::Handle;
use crate::daemon::request::{Answer, Body, Context, Refusal, Request};
use crate::daemon::running::{Brought, Call, has_room};
use crate::transport::READ_SIZE;
use crate::wire::incoming::Arrival;

impl Connection {
    /// Begins the calls that need not wait any more.
    pub(super) fn begin(&mut self) -> Step {
        let mut step = Step::Waits;
        while let Some((at, pace)) = self.next_call() {
            let Some(arrival) = self.waiting.remove(at) else {
                break;
            };
            self.waiting_bytes -= arrival.packet.payload.len();
            self.waiting_fds -= arrival.fds.len();
            self.run(arrival, pace);
            step = Step::Done;
        }
        step
    }

    /// The first call that may begin, in the order in which they came.
    fn next_call(&self) -> Option<(usize, Pace)> {
        let state = self.session.inner.lock();
        let (running, queued) = (state.running, state.queue.queued());
        drop(state);
        // A client that takes no answers gets no more of them.
        if running.alone > 0 || queued > self.shared.options.queue_bytes {
            return None;
        }
        let most = self.shared.options.max_calls.max(1);
        // Short ones are few, and do not wait for the memory of long ones.
        let has_memory =
            |length| length < READ_SIZE || running.bytes <= self.shared.options.queue_bytes;
        for (at, arrival) in self.waiting.iter().enumerate() {
            let pace = pace(&self.shared.programs, &arrival.packet.header);
            let may_begin = match pace {
                Pace::Ordinary => running.ordinary < most,
                Pace::Urgent => running.urgent < most,
                Pace::Alone if at == 0 && running.is_none() => true,
                // Those behind it need what it changes.
                Pace::Alone => return None,
            };
            if may_begin && has_memory(arrival.packet.payload.len()) {
                return Some((at, pace));
            }
        }
        None
    }

    /// Has a call answered.
    fn run(&self, arrival: Arrival, pace: Pace) {
        let Arrival { packet, fds } = arrival;
        let Packet {
            header, payload, ..
        } = packet;
        let refuse = |error: Refusal| Answer::new(Body::Error(error));
        let effect = effect(&header, &payload);
        let brought = Brought {
            fds: fds.len(),
            bytes: payload.len(),
        };
        let call = Call::begin(&self.session, header, pace, brought, effect);
        let admitted = admit(&self.shared.programs, &self.session, &header, &payload);
        let admitted = admitted.and_then(|info| {
            if info.stream.is_some() {
                let most = self.shared.options.max_streams;
                has_room(&self.session.inner.lock(), most, info.name)?;
            }
            Ok(info)
        });
        let info = match admitted {
            Ok(info) => info,
            Err(error) => {
                self.shared.counters.refused.add(1);
                // An error begins no stream.
                call.finish(refuse(error));
                return;
            }
        };
        let handle = Handle {
            shared: Arc::clone(&self.shared),
        };
        let request = Request {
            header,
            info,
            payload,
            context: Context::new(self.session.clone(), handle, fds),
        };
        let hypervisor = Arc::clone(&self.shared.hypervisor);
        let taken = Arc::clone(&self.place);
        self.shared.spawn(async move {
            let call = call.of(info);
            let answer = hypervisor.answer(request).await;
            let begun = call.finish(answer.unwrap_or_else(refuse));
            if let Some((streaming, line)) = begun {
                streaming.run(line).await;
            }
            drop(taken);
        });
    }
}

//! A connection that is lost is made anew.

use std::sync::{Arc, Weak};

use protocol_defs::packet::ErrorCode;
use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::link::{Link, Opened};
use super::open;
use crate::client::{Options, ReconnectOptions};
use crate::error::{CloseReason, Closed, Error};
use crate::uri::Uri;

/// Watches over a connection until nobody has it any more, or until this side ends it.
pub(super) async fn watch(
    link: Weak<Link>,
    uri: Uri,
    options: Options,
    reconnect: ReconnectOptions,
) {
    let mut backoff = Backoff::new(reconnect);
    loop {
        let since = Instant::now();
        let Some(ended) = link.upgrade() else {
            return;
        };
        // What is waited for does not keep the connection alive.
        let shared = Arc::clone(ended.client().shared());
        drop(ended);
        let closed = shared.ended().await;
        drop(shared);
        if matches!(closed.reason(), CloseReason::Here) {
            return;
        }
        backoff.lost(since.elapsed());
        let again = open_again(&link, &uri, &options, reconnect.attempts, &mut backoff).await;
        let Some(link) = link.upgrade() else {
            return;
        };
        match again {
            Ok(opened) => link.renew(opened).await,
            Err(why) => {
                return link.give_up(&why.map_or(closed.clone(), |failed| failed.after(closed)));
            }
        }
    }
}

/// The attempts are over, and the last of them has failed.
struct Failed {
    attempts: u32,
    error: Error,
}

impl Failed {
    fn after(self, lost: Closed) -> Closed {
        Closed::new(CloseReason::NotReconnected {
            lost,
            attempts: self.attempts,
            error: Box::new(self.error),
        })
    }
}

/// Tries, and waits in between, until it is there, no further attempt makes sense, or nobody wants it any more.
async fn open_again(
    link: &Weak<Link>,
    uri: &Uri,
    options: &Options,
    most: Option<u32>,
    backoff: &mut Backoff,
) -> Result<Opened, Option<Failed>> {
    let mut attempts = 0;
    let mut failed = None;
    while most.is_none_or(|most| attempts < most) {
        sleep(backoff.wait(fastrand::f64())).await;
        if link.upgrade().is_none_or(|link| link.is_final()) {
            return Err(None);
        }
        attempts = attempts.saturating_add(1);
        match open::by_uri(uri, options.clone()).await {
            Ok(opened) => return Ok(opened),
            Err(error) => {
                let is_last = is_refusal(&error);
                failed = Some(Failed { attempts, error });
                if is_last {
                    break;
                }
            }
        }
    }
    Err(failed)
}

/// Whether the same would be said again: that the client is not let in. Who tries a wrong password again and again is
/// locked out.
fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Auth(_) | Error::Uri(_) => true,
        Error::Remote(error) => matches!(
            error.error_code(),
            ErrorCode::AUTH_FAILED | ErrorCode::AUTH_CANCELLED
        ),
        _ => false,
    }
}

//! A connection that is lost is made anew.

use std::sync::{Arc, Weak};

use tokio::time::sleep;

use super::link::{Link, Opened};
use super::open;
use crate::client::{Options, ReconnectOptions};
use crate::error::{CloseReason, Closed};
use crate::uri::Uri;

/// Watches over a connection until nobody has it any more, or until this side ends it.
pub(super) async fn watch(
    link: Weak<Link>,
    uri: Uri,
    options: Options,
    reconnect: ReconnectOptions,
) {
    loop {
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
        match open_again(&link, &uri, &options, reconnect).await {
            Some(opened) => {
                let Some(link) = link.upgrade() else {
                    return;
                };
                link.renew(opened).await;
            }
            None => return give_up(&link, &closed),
        }
    }
}

/// Tries, and waits in between, until it is there, the attempts are over, or nobody wants it any more.
async fn open_again(
    link: &Weak<Link>,
    uri: &Uri,
    options: &Options,
    reconnect: ReconnectOptions,
) -> Option<Opened> {
    let mut delay = reconnect.first_delay;
    let mut attempts = 0;
    while reconnect.attempts.is_none_or(|most| attempts < most) {
        sleep(delay).await;
        if link.upgrade().is_none_or(|link| link.is_final()) {
            return None;
        }
        if let Ok(opened) = open::by_uri(uri, options.clone()).await {
            return Some(opened);
        }
        attempts += 1;
        delay = delay.saturating_mul(2).min(reconnect.longest_delay);
    }
    None
}

fn give_up(link: &Weak<Link>, closed: &Closed) {
    if let Some(link) = link.upgrade() {
        link.give_up(closed);
    }
}

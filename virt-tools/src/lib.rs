//! Programs around libvirt's graphics events. What they do is here, where tests reach it.
//!
//! - `virt-watch` ([`watch`]): who is on which screen, on several hosts at once.
//! - `virt-graphics-bridge` ([`bridge`]): the events of QEMUs that no libvirt has started, for libvirt's clients.
//! - [`demo`]: a daemon in this process with something to see, for whoever has none.
#![forbid(unsafe_code)]

pub mod bridge;
mod console;
pub mod demo;
mod stop;
mod tasks;
mod text;
pub mod watch;

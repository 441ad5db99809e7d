//! A real virsh at a daemon of `libvirt-remote`, held against what it prints. Without virsh it is said to be skipped.

mod calls;
mod end;
mod events;
mod faults;
mod kinds;
mod virsh;
mod volumes;
mod world;

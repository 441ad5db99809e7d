//! The types: `S` is a string, `B` opaque data.

pub(super) struct Domain<S> {
    pub(super) name: S,
    pub(super) uuid: [u8; 16],
    pub(super) id: i32,
}

pub(super) struct Address<S> {
    pub(super) family: i32,
    pub(super) node: S,
    pub(super) service: S,
}

pub(super) struct Identity<S> {
    pub(super) scheme: S,
    pub(super) name: S,
}

pub(super) struct Graphics<S> {
    pub(super) callback: i32,
    pub(super) dom: Domain<S>,
    pub(super) phase: i32,
    pub(super) here: Address<S>,
    pub(super) there: Address<S>,
    pub(super) auth: S,
    pub(super) subject: Vec<Identity<S>>,
}

pub(super) struct Domains<S> {
    pub(super) list: Vec<Domain<S>>,
    pub(super) count: u32,
}

pub(super) enum Value<S> {
    I(i32),
    Ui(u32),
    L(i64),
    Ul(u64),
    D(f64),
    B(i32),
    S(S),
}

pub(super) struct Param<S> {
    pub(super) field: S,
    pub(super) value: Value<S>,
}

pub(super) struct Record<S> {
    pub(super) dom: Domain<S>,
    pub(super) params: Vec<Param<S>>,
}

pub(super) struct Records<S> {
    pub(super) list: Vec<Record<S>>,
}

pub(super) struct Blob<B> {
    pub(super) bytes: B,
}

pub(super) struct Numbers<T> {
    pub(super) list: Vec<T>,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Call = 0,
    Reply = 1,
    Event = 2,
    Stream = 3,
    CallWithFds = 4,
    ReplyWithFds = 5,
    StreamHole = 6,
}

#[derive(Clone, Copy)]
pub(super) enum Status {
    Ok = 0,
    Error = 1,
    Continue = 2,
}

pub(super) struct Header {
    pub(super) prog: u32,
    pub(super) vers: u32,
    pub(super) proc: i32,
    pub(super) kind: Kind,
    pub(super) serial: u32,
    pub(super) status: Status,
}

pub(super) const STRING_MAX: u32 = 4_194_304;
pub(super) const DOMAIN_LIST_MAX: u32 = 16_384;
pub(super) const RECORD_LIST_MAX: u32 = 4096;
pub(super) const PARAM_LIST_MAX: u32 = 4096;
pub(super) const IDENTITY_MAX: u32 = 20;
pub(super) const OPAQUE_MAX: u32 = 33_554_432;
pub(super) const NUMBER_MAX: u32 = 8_388_608;

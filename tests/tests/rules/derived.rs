//! The types of `rules.x` as a user types them: with tuples, boxes and names of their own where the generator has none.

use xdr_wire::{Chain, Decode, Encode, List};

#[derive(Encode, Decode)]
pub(crate) struct Sealed {
    key: [u8; 3],
    label: Label,
    #[xdr(max = 5)]
    seal: Vec<u8>,
}

#[derive(Encode, Decode)]
struct Label(#[xdr(max = 7)] String);

#[derive(Encode, Decode)]
pub(crate) struct Flags {
    first: Box<bool>,
    second: Option<Box<bool>>,
}

#[derive(Encode, Decode)]
struct Node {
    value: i32,
}

#[derive(Encode, Decode)]
pub(crate) struct Nodes {
    head: List<Node>,
    chain: Box<Chain<Node>>,
}

#[derive(Encode, Decode)]
enum Phase {
    Connect = 0,
    Done = 2,
}

#[derive(Encode, Decode)]
pub(crate) struct Stage {
    serial: i32,
    now: Vec<Phase>,
}

#[derive(Encode, Decode)]
#[xdr(union(i32))]
pub(crate) enum Value {
    #[xdr(case = 0)]
    Void,
    #[xdr(case = 1, name = "number")]
    Number(Box<i32>),
    #[xdr(case = 2, name = "text")]
    Text(#[xdr(max = 4)] String),
}

#[derive(Encode, Decode)]
pub(crate) struct Values {
    #[xdr(max = 3)]
    items: Vec<Value>,
}

#[derive(Encode, Decode)]
#[xdr(union(u32))]
pub(crate) enum Counted {
    #[xdr(case = u32::MAX, name = "last")]
    Last(i32),
}

#[derive(Encode, Decode)]
#[xdr(union(Phase))]
pub(crate) enum Step {
    #[xdr(case = Phase::Connect, name = "port")]
    Connect(i32),
}

#[derive(Encode, Decode)]
#[xdr(union(bool))]
pub(crate) enum Reply {
    #[xdr(case = true, name = "number")]
    Found(i32),
    #[xdr(case = false)]
    Missing,
}

#[derive(Encode, Decode)]
pub(crate) struct Bounded {
    #[xdr(max = 8)]
    name: String,
    #[xdr(max(3, 4))]
    tags: Vec<String>,
    #[xdr(max = 5)]
    secret: Vec<u8>,
    #[xdr(max = 2)]
    numbers: Vec<i64>,
}

#[derive(Encode, Decode)]
pub(crate) struct Loose {
    text: String,
    bytes: Vec<u8>,
    numbers: Vec<i64>,
}

#[derive(Encode, Decode)]
struct Identity {
    #[xdr(max = 20, name = "type")]
    kind: String,
    name: String,
}

#[derive(Encode, Decode)]
pub(crate) struct Subject {
    #[xdr(max = 2)]
    identities: Vec<Identity>,
}

#[derive(Encode, Decode)]
pub(crate) struct Fixed {
    number: i32,
    large: i64,
    real: f64,
    id: [u8; 3],
    pair: [i32; 2],
}

#[derive(Encode, Decode)]
pub(crate) struct Small {
    low: i16,
    high: u16,
    #[xdr(chars)]
    letter: u8,
    #[xdr(uchars)]
    octet: u8,
    #[xdr(chars)]
    model: Box<[u8; 2]>,
}

#[derive(Encode, Decode)]
struct Empty;

#[derive(Encode, Decode)]
pub(crate) struct Crowd {
    members: Vec<Empty>,
    others: Vec<()>,
}

#[derive(Encode, Decode)]
pub(crate) struct Link {
    next: Option<Box<Link>>,
    value: i32,
}

#[derive(Encode, Decode)]
pub(crate) struct Tree {
    children: Vec<Tree>,
}

#[derive(Encode, Decode)]
pub(crate) struct Ping {
    back: Option<Box<Pong>>,
}

#[derive(Encode, Decode)]
struct Pong {
    pings: Vec<Ping>,
}

#[derive(Encode, Decode)]
#[xdr(union(i32))]
pub(crate) enum Expression {
    #[xdr(case = 0, name = "literal")]
    Literal(i32),
    #[xdr(case = 1, name = "negated")]
    Negated(Box<Expression>),
}

#[derive(Encode, Decode)]
pub(crate) struct Heavy {
    next: Option<Box<Heavy>>,
    pads: Pads,
}

#[derive(Encode, Decode)]
struct Pads([[u8; 1024]; 4]);

//! Derived types of every shape, shared by the tests of the derives.

use xdr_wire::{Chain, Decode, Encode, List, Quadruple};

pub(crate) const NAME_MAX: u32 = 8;
pub(crate) const TAGS_MAX: usize = 3;

/// One field of each kind that has a form of its own.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Scalars {
    pub(crate) int: i32,
    pub(crate) uint: u32,
    pub(crate) hyper: i64,
    pub(crate) uhyper: u64,
    pub(crate) float: f32,
    pub(crate) double: f64,
    pub(crate) quadruple: Quadruple,
    pub(crate) boolean: bool,
    pub(crate) short: i16,
    pub(crate) ushort: u16,
    pub(crate) pair: (i32, bool),
    pub(crate) nothing: (),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Phase {
    Connect = 0,
    Initialize = 1,
    Disconnect = -2,
}

pub(crate) const CLOSED: i32 = 7;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[repr(i32)]
pub(crate) enum State {
    #[xdr(name = "STATE_OPEN")]
    Open = 1,
    Closed = CLOSED,
    #[xdr(unknown)]
    Unknown(i32),
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Bounded {
    #[xdr(max = NAME_MAX)]
    pub(crate) name: String,
    #[xdr(max = TAGS_MAX, item_max = 4)]
    pub(crate) tags: Vec<String>,
    #[xdr(max(2, 2, 3))]
    pub(crate) grid: Vec<Vec<Vec<u8>>>,
    #[xdr(max = 5)]
    pub(crate) secret: Vec<u8>,
    #[xdr(max = 3)]
    pub(crate) maybe: Option<String>,
    #[xdr(max = 2)]
    pub(crate) fixed: [String; 2],
    pub(crate) uuid: [u8; 16],
    pub(crate) odd: [u8; 3],
    #[xdr(max = 4)]
    pub(crate) numbers: Vec<i32>,
    #[xdr(item_max = 2)]
    pub(crate) loose: Vec<Vec<u64>>,
}

impl Bounded {
    /// As few bytes as possible.
    pub(crate) fn minimal() -> Self {
        Self {
            name: String::new(),
            tags: vec![],
            grid: vec![],
            secret: vec![],
            maybe: None,
            fixed: [const { String::new() }; 2],
            uuid: [0; 16],
            odd: [0; 3],
            numbers: vec![],
            loose: vec![],
        }
    }
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Characters {
    #[xdr(chars)]
    pub(crate) one: u8,
    #[xdr(chars)]
    pub(crate) model: [u8; 4],
    #[xdr(chars, max = 6)]
    pub(crate) label: Vec<u8>,
    #[xdr(uchars, max(3, 2))]
    pub(crate) rows: Vec<Vec<u8>>,
    #[xdr(uchars)]
    pub(crate) maybe: Option<Box<u8>>,
}

pub(crate) const THIRD: u32 = 3;

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
pub(crate) enum Value {
    #[xdr(case = 0)]
    Void,
    #[xdr(case = -1, name = "i")]
    Int(i32),
    #[xdr(case(2, THIRD))]
    Text(i32, #[xdr(max = 4)] String),
    #[xdr(case = 4)]
    Record { id: u32, phase: Phase },
    #[xdr(case(5, 6))]
    Range { which: i32, from: i32, to: i32 },
    #[xdr(case = 7)]
    Point(i32, i32),
    #[xdr(default)]
    Other(i32, bool),
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(u32))]
pub(crate) enum Numbered {
    #[xdr(case = 4_294_967_295)]
    Last(u64),
    #[xdr(case = NAME_MAX)]
    Name(#[xdr(max = NAME_MAX)] String),
    /// Labels in sequence, which clippy would have written as a range.
    #[xdr(case(30, 31, 32))]
    Several(u32),
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(bool))]
pub(crate) enum Reply {
    #[xdr(case = true)]
    Found(Vec<Value>),
    #[xdr(case = false)]
    Missing,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(Phase))]
pub(crate) enum ByPhase {
    #[xdr(case = Phase::Connect)]
    Connect(String),
    #[xdr(case(Phase::Initialize, Phase::Disconnect))]
    Rest(Phase),
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(State))]
pub(crate) enum ByState {
    #[xdr(case = State::Open)]
    Open(i32),
    #[xdr(case = State::Closed)]
    Closed,
    #[xdr(default)]
    Other(State),
}

/// Recursion through an optional box, an array and a union.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Tree {
    pub(crate) value: i32,
    pub(crate) left: Option<Box<Tree>>,
    pub(crate) children: Vec<Tree>,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
pub(crate) enum Expression {
    #[xdr(case = 0)]
    Literal(i64),
    #[xdr(case = 1)]
    Negate(Box<Expression>),
    #[xdr(case = 2)]
    Add(Box<(Expression, Expression)>),
}

/// Recursion through a union and a struct that holds it by value.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
pub(crate) enum Term {
    #[xdr(case = 0)]
    Literal(i64),
    #[xdr(case = 1)]
    Sum(Box<Sum>),
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Sum {
    pub(crate) left: Term,
    pub(crate) right: Term,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Linked {
    pub(crate) groups: List<Group>,
    pub(crate) entries: Option<Box<Chain<u32>>>,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Group {
    #[xdr(max = 4)]
    pub(crate) name: String,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Page<'a, T, const N: usize> {
    #[xdr(max = 2)]
    pub(crate) items: Vec<T>,
    #[xdr(max = N)]
    pub(crate) title: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) fixed: [T; N],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Empty;

/// A bounded typedef.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Name(#[xdr(max = NAME_MAX)] pub(crate) String);

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Everything {
    pub(crate) scalars: Scalars,
    pub(crate) phase: Phase,
    pub(crate) state: State,
    pub(crate) bounded: Bounded,
    pub(crate) values: Vec<Value>,
    pub(crate) numbered: Option<Numbered>,
    pub(crate) reply: Reply,
    #[xdr(name = "byPhase")]
    pub(crate) by_phase: ByPhase,
    pub(crate) by_state: ByState,
    pub(crate) tree: Tree,
    pub(crate) expression: Expression,
    pub(crate) linked: Linked,
    pub(crate) empty: [Empty; 2],
    pub(crate) empties: Vec<Empty>,
    pub(crate) name: Name,
}

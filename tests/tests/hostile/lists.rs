//! Lists of ten million nodes.

use xdr_wire::{Chain, Decode, Encode, to_vec};

use crate::cases::{Case, words};
use crate::measured::{Step, accepted, done, refused, written};
use crate::types::{Group, Groups, List, Node};

const NODES: u32 = 10_000_000;

pub(crate) const CASES: &[Case] = &[
    Case {
        title: "A list of ten million nodes",
        about: "A struct that ends in an optional of itself is a list. It is read, written and dropped in a loop.",
        types: &["node", "list"],
        run: || {
            let nodes = (0..NODES).map(|value| Node { value });
            whole(&List {
                head: nodes.collect(),
            })
        },
        peers: Some("all but stellar-xdr with limits overflow the stack"),
    },
    Case {
        title: "The same list by value",
        about: "At least its head.",
        types: &["node", "chain"],
        run: || {
            let nodes = (1..NODES).map(|value| Node { value });
            whole(&Chain {
                head: Node { value: 0 },
                tail: nodes.collect(),
            })
        },
        peers: None,
    },
    Case {
        title: "Lists in a list",
        about: "Ten million nodes in ten thousand lists.",
        types: &["node", "group", "groups"],
        run: || {
            let members: xdr_wire::List<_> = (0..1000).map(|value| Node { value }).collect();
            let groups = vec![Group { members }; 10_000];
            whole(&Groups {
                head: groups.into(),
            })
        },
        peers: None,
    },
];

/// Reads, writes, compares, clones and drops; then reads the list without its end.
fn whole<T: Encode + Clone + PartialEq + for<'de> Decode<'de>>(list: &T) -> Vec<Step> {
    let wire = to_vec(list).expect("it is within every rule");
    let (value, read) = accepted::<T>(&wire);
    let (again, write) = written("it", &value);
    assert!(again == wire);
    let end = wire.get(..wire.len() - 4).unwrap_or_default();
    let mut copy = None;
    vec![
        read,
        write,
        done("Comparing it", || assert!(value == *list)),
        done("Cloning it", || copy = Some(value.clone())),
        done("Dropping both", || drop((value, copy))),
        refused::<T>(end),
        refused::<T>(&words(&[1])),
    ]
}

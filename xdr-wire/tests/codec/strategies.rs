//! Arbitrary values of the derived types, within their bounds.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use xdr_wire::{Chain, List, Quadruple};

use crate::types::{
    Bounded, ByPhase, ByState, Characters, Empty, Everything, Expression, Group, Linked, Name,
    Numbered, Phase, Reply, Scalars, State, Tree, Value,
};

/// Text of at most `max` bytes, with characters of every length.
fn text(max: usize) -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..=max).prop_map(move |chars| {
        let mut text = String::new();
        for char in chars {
            if text.len() + char.len_utf8() <= max {
                text.push(char);
            }
        }
        text
    })
}

fn scalars() -> impl Strategy<Value = Scalars> {
    let integers = (
        any::<i32>(),
        any::<u32>(),
        any::<i64>(),
        any::<u64>(),
        any::<i16>(),
        any::<u16>(),
    );
    let rest = (
        any::<f32>(),
        any::<f64>(),
        any::<[u8; 16]>(),
        any::<bool>(),
        any::<(i32, bool)>(),
    );
    (integers, rest).prop_map(
        |((int, uint, hyper, uhyper, short, ushort), (float, double, bytes, boolean, pair))| {
            Scalars {
                int,
                uint,
                hyper,
                uhyper,
                float,
                double,
                quadruple: Quadruple(bytes),
                boolean,
                short,
                ushort,
                pair,
                nothing: (),
            }
        },
    )
}

fn phase() -> impl Strategy<Value = Phase> {
    prop_oneof![
        Just(Phase::Connect),
        Just(Phase::Initialize),
        Just(Phase::Disconnect)
    ]
}

fn unknown_state() -> impl Strategy<Value = State> {
    let unknown = any::<i32>().prop_filter("a declared value", |value| ![1, 7].contains(value));
    unknown.prop_map(State::Unknown)
}

fn state() -> impl Strategy<Value = State> {
    prop_oneof![Just(State::Open), Just(State::Closed), unknown_state()]
}

fn bounded() -> impl Strategy<Value = Bounded> {
    let texts = (
        text(8),
        vec(text(4), 0..=3),
        option::of(text(3)),
        [text(2), text(2)],
    );
    let bytes = (
        vec(vec(vec(any::<u8>(), 0..=3), 0..=2), 0..=2),
        vec(any::<u8>(), 0..=5),
        any::<([u8; 16], [u8; 3])>(),
    );
    let numbers = (
        vec(any::<i32>(), 0..=4),
        vec(vec(any::<u64>(), 0..=2), 0..=5),
    );
    (texts, bytes, numbers).prop_map(
        |((name, tags, maybe, fixed), (grid, secret, (uuid, odd)), (numbers, loose))| Bounded {
            name,
            tags,
            grid,
            secret,
            maybe,
            fixed,
            uuid,
            odd,
            numbers,
            loose,
        },
    )
}

pub(crate) fn characters() -> impl Strategy<Value = Characters> {
    let label = vec(any::<u8>(), 0..=6);
    let rows = vec(vec(any::<u8>(), 0..=2), 0..=3);
    let maybe = option::of(any::<u8>().prop_map(Box::new));
    (any::<u8>(), any::<[u8; 4]>(), label, rows, maybe).prop_map(
        |(one, model, label, rows, maybe)| Characters {
            one,
            model,
            label,
            rows,
            maybe,
        },
    )
}

fn value() -> impl Strategy<Value = Value> {
    let other =
        any::<i32>().prop_filter("a label", |value| !(-1..=7).contains(value) || *value == 1);
    prop_oneof![
        Just(Value::Void),
        any::<i32>().prop_map(Value::Int),
        (2..=3, text(4)).prop_map(|(tag, text)| Value::Text(tag, text)),
        (any::<u32>(), phase()).prop_map(|(id, phase)| Value::Record { id, phase }),
        (5..=6, any::<(i32, i32)>()).prop_map(|(which, (from, to))| Value::Range {
            which,
            from,
            to
        }),
        any::<(i32, i32)>().prop_map(|(x, y)| Value::Point(x, y)),
        (other, any::<bool>()).prop_map(|(tag, flag)| Value::Other(tag, flag)),
    ]
}

fn unions() -> impl Strategy<Value = (Option<Numbered>, Reply, ByPhase, ByState)> {
    let numbered = prop_oneof![
        any::<u64>().prop_map(Numbered::Last),
        text(8).prop_map(Numbered::Name)
    ];
    let reply = prop_oneof![
        vec(value(), 0..3).prop_map(Reply::Found),
        Just(Reply::Missing)
    ];
    let by_phase = prop_oneof![
        text(9).prop_map(ByPhase::Connect),
        Just(ByPhase::Rest(Phase::Initialize)),
        Just(ByPhase::Rest(Phase::Disconnect)),
    ];
    let by_state = prop_oneof![
        any::<i32>().prop_map(ByState::Open),
        Just(ByState::Closed),
        unknown_state().prop_map(ByState::Other),
    ];
    (option::of(numbered), reply, by_phase, by_state)
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = any::<i32>().prop_map(|value| Tree {
        value,
        left: None,
        children: vec![],
    });
    leaf.prop_recursive(4, 12, 3, |tree| {
        let left = option::of(tree.clone().prop_map(Box::new));
        (any::<i32>(), left, vec(tree, 0..3)).prop_map(|(value, left, children)| Tree {
            value,
            left,
            children,
        })
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    let literal = any::<i64>().prop_map(Expression::Literal);
    literal.prop_recursive(4, 12, 2, |it| {
        prop_oneof![
            it.clone().prop_map(|it| Expression::Negate(Box::new(it))),
            (it.clone(), it).prop_map(|pair| Expression::Add(Box::new(pair))),
        ]
    })
}

fn linked() -> impl Strategy<Value = Linked> {
    let groups = vec(text(4).prop_map(|name| Group { name }), 0..4).prop_map(List);
    let chain = (any::<u32>(), vec(any::<u32>(), 0..4)).prop_map(|(head, tail)| Chain {
        head,
        tail: List(tail),
    });
    (groups, option::of(chain.prop_map(Box::new)))
        .prop_map(|(groups, entries)| Linked { groups, entries })
}

pub(crate) fn everything() -> impl Strategy<Value = Everything> {
    let plain = (
        scalars(),
        phase(),
        state(),
        bounded(),
        vec(value(), 0..4),
        unions(),
    );
    let nested = (
        tree(),
        expression(),
        linked(),
        vec(Just(Empty), 0..3),
        text(8).prop_map(Name),
    );
    (plain, nested).prop_map(
        |(
            (scalars, phase, state, bounded, values, (numbered, reply, by_phase, by_state)),
            (tree, expression, linked, empties, name),
        )| Everything {
            scalars,
            phase,
            state,
            bounded,
            values,
            numbered,
            reply,
            by_phase,
            by_state,
            tree,
            expression,
            linked,
            empty: [Empty; 2],
            empties,
            name,
        },
    )
}

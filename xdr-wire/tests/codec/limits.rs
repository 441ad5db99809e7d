//! What hostile input and hostile values cannot do: recurse without end, run for ever, use more than they pay for.

use xdr_wire::{
    Decode, Encode, ErrorKind, Form, Limits, List, Options, encode_into, from_bytes,
    from_bytes_with, to_vec, to_vec_with,
};

use crate::support::{assert_refuses, assert_rejects, words};
use crate::types::{Empty, Expression, Linked, Reply, Tree, Value};

#[derive(Debug, PartialEq, Encode, Decode)]
struct Node {
    next: Option<Box<Node>>,
}

fn nodes(count: usize) -> Node {
    (1..count).fold(Node { next: None }, |next, _| Node {
        next: Some(Box::new(next)),
    })
}

/// Takes a chain apart without recursion.
fn take_apart(mut node: Node) {
    while let Some(next) = node.next.take() {
        node = *next;
    }
}

#[test]
fn nesting_stops_at_the_limit_in_both_directions() {
    let kind = ErrorKind::DepthOverLimit { limit: 128 };
    let deepest = nodes(128);
    let wire = to_vec(&deepest).unwrap();
    assert_eq!(from_bytes(&wire), Ok(deepest));

    let value = nodes(129);
    let path = vec!["next"; 129].join(".");
    let text = format!("nested deeper than the limit of 128, at {path} (byte 512)");
    assert_refuses(&value, kind, &text);
    let wire = to_vec_with(&value, Options::new().max_depth(129)).unwrap();
    assert_rejects::<Node>(&wire, kind, &text);
    assert_eq!(
        from_bytes_with(&wire, Options::new().max_depth(129)),
        Ok(value)
    );
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn ten_million_nested_values_overflow_no_stack() {
    let wire = vec![1_u32; 10_000_000];
    let error = from_bytes::<Node>(&words(&wire)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DepthOverLimit { limit: 128 });
    assert_eq!(error.path().segments().len(), 129);

    let value = nodes(1_000_000);
    let mut out = vec![1];
    let error = encode_into(&value, &mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DepthOverLimit { limit: 128 });
    assert_eq!(out, [1]);
    assert_eq!(value.encoded_len(), usize::MAX);
    take_apart(value);
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[expect(clippy::vec_box, reason = "a box says nothing of the length")]
struct Boxes {
    children: Vec<Box<Boxes>>,
}

#[test]
fn boxes_in_arrays_are_measured_once_on_each_level() {
    let boxes = |count: usize| {
        (1..count).fold(Boxes { children: vec![] }, |child, _| Boxes {
            children: vec![Box::new(child)],
        })
    };
    let value = boxes(100);
    let wire = to_vec(&value).unwrap();
    assert_eq!(wire.len(), 400);
    assert_eq!(value.encoded_len(), 400);
    assert_eq!(from_bytes(&wire), Ok(value));
    let error = to_vec(&boxes(200)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DepthOverLimit { limit: 128 });
    assert_eq!(error.offset(), 512);
}

/// What is wrong with so many elements without bytes: with 32 bits there is no number that the length word cannot say.
fn too_many(len: usize) -> ErrorKind {
    match u32::try_from(len) {
        Ok(_) => ErrorKind::EmptyElementsOverLimit { limit: 65_536 },
        Err(_) => ErrorKind::LengthOverBound {
            form: Form::Array,
            len,
            bound: u32::MAX,
        },
    }
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn any_number_of_elements_without_size_is_measured_at_once() {
    let error = to_vec(&[Empty {}; usize::MAX][..]).unwrap_err();
    assert_eq!(error.kind(), too_many(usize::MAX));
    let many = [Empty {}; u32::MAX as usize];
    let error = to_vec(&many[..]).unwrap_err();
    let limit = 65_536;
    assert_eq!(error.kind(), ErrorKind::EmptyElementsOverLimit { limit });
    assert_eq!(error.offset(), 0);
}

#[test]
fn unions_and_arrays_count_as_levels() {
    let shallow = Options::new().max_depth(2);
    let too_deep = Err(ErrorKind::DepthOverLimit { limit: 2 });
    let negations = words(&[1, 1, 0, 0, 0]);
    let decoded = from_bytes_with::<Expression>(&negations, shallow).map(drop);
    assert_eq!(decoded.map_err(|error| error.kind()), too_deep);
    let value = from_bytes::<Expression>(&negations).unwrap();
    let encoded = to_vec_with(&value, shallow).map(drop);
    assert_eq!(encoded.map_err(|error| error.kind()), too_deep);

    let reply = Reply::Found(vec![Value::Void]);
    let error = to_vec_with(&reply, shallow).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nested deeper than the limit of 2, at Found[0] (byte 8)"
    );
    let error = from_bytes_with::<Reply>(&words(&[1, 1, 0]), shallow).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nested deeper than the limit of 2, at Found[0] (byte 8)"
    );
    let options = Options::new().max_depth(3);
    assert_eq!(to_vec_with(&reply, options).unwrap(), words(&[1, 1, 0]));
    assert_eq!(from_bytes_with(&words(&[1, 1, 0]), options), Ok(reply));
    // A limit below every type's need rejects, and does not wrap.
    assert!(from_bytes_with::<Vec<i32>>(&words(&[0]), Options::new().max_depth(0)).is_err());
    assert!(from_bytes_with::<i32>(&words(&[0]), Options::new().max_depth(0)).is_ok());
}

#[test]
fn siblings_do_not_add_up() {
    let tree = Tree {
        value: 0,
        left: None,
        children: vec![
            Tree {
                value: 1,
                left: None,
                children: vec![]
            };
            1000
        ],
    };
    let options = Options::new().max_depth(2);
    let wire = to_vec_with(&tree, options).unwrap();
    assert_eq!(from_bytes_with(&wire, options), Ok(tree));
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn ten_million_list_nodes_are_one_level() {
    let list: List<u32> = (0..10_000_000).collect();
    let wire = to_vec(&list).unwrap();
    assert_eq!(wire.len(), 80_000_004);
    let back: List<u32> = from_bytes(&wire).unwrap();
    assert_eq!(back.len(), list.len());
    let error = from_bytes::<List<u32>>(&wire[..wire.len() - 4]).unwrap_err();
    assert_eq!(error.offset(), wire.len() - 4);
}

#[test]
fn a_fault_far_down_a_list_is_found_there() {
    let error = from_bytes::<Linked>(&words(&[1, 0, 1, 0, 1, 5])).unwrap_err();
    let text = "string of 5 bytes is longer than its bound of 4, at groups[2].name (byte 20)";
    assert_eq!(error.to_string(), text);
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn elements_without_bytes_are_limited_per_message() {
    let kind = ErrorKind::EmptyElementsOverLimit { limit: 65_536 };
    let text = "more array elements without bytes than the limit of 65536 (byte 0)";
    assert_rejects::<Vec<()>>(&words(&[u32::MAX]), kind, text);
    assert_rejects::<Vec<[Empty; 3]>>(&words(&[65_537]), kind, text);
    assert_eq!(
        from_bytes::<Vec<()>>(&words(&[65_536])).unwrap().len(),
        65_536
    );
    // Many arrays share the limit.
    let text = "more array elements without bytes than the limit of 65536, at [1] (byte 8)";
    assert_rejects::<Vec<Vec<()>>>(&words(&[2, 65_536, 1]), kind, text);

    let text = "more array elements without bytes than the limit of 65536 (byte 0)";
    assert_refuses(&vec![(); 65_537], kind, text);
    let error = to_vec(&[(); usize::MAX][..]).unwrap_err();
    assert_eq!(error.kind(), too_many(usize::MAX));
    let text = "more array elements without bytes than the limit of 65536, at [1] (byte 8)";
    assert_refuses(&vec![vec![(); 65_536], vec![()]], kind, text);
    // A box is without bytes only if its content is.
    let boxes = vec![Box::new(1_i32); 70_000];
    let wire = to_vec(&boxes).unwrap();
    assert_eq!(from_bytes(&wire), Ok(boxes));

    let raised = Options::new().max_empty_elements(100_000);
    let wire = to_vec_with(&vec![(); 100_000], raised).unwrap();
    assert_eq!(
        from_bytes_with::<Vec<()>>(&wire, raised).unwrap().len(),
        100_000
    );
}

#[test]
fn lengths_near_the_end_of_the_numbers_do_not_wrap() {
    for len in [
        u32::MAX,
        u32::MAX - 1,
        u32::MAX - 2,
        u32::MAX - 3,
        u32::MAX - 4,
        1 << 31,
        (1 << 31) - 1,
    ] {
        for tail in 0..8 {
            let mut wire = words(&[len]);
            wire.resize(4 + tail, 0);
            assert!(from_bytes::<String>(&wire).is_err());
            assert!(from_bytes::<&[u8]>(&wire).is_err());
            assert!(from_bytes::<Vec<u32>>(&wire).is_err());
            assert!(from_bytes::<Vec<u64>>(&wire).is_err());
            assert!(from_bytes::<Vec<String>>(&wire).is_err());
            assert!(from_bytes::<Vec<[u64; 1 << 20]>>(&wire).is_err());
            assert!(from_bytes::<List<u32>>(&wire).is_err());
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "a gigabyte of memory")]
fn a_value_too_large_for_memory_is_refused_before_it_is_written() {
    // Shared parts make the encoding far larger than the value: 2⁵⁰ bytes, or 3 · 2³⁰ if there is no counting so far.
    let (rows, columns) = if usize::BITS > 32 {
        (1 << 10, 1 << 10)
    } else {
        (1, 3)
    };
    let block = vec![0_u8; 1 << 30];
    let shared = vec![block.as_slice(); columns];
    let all = vec![shared.as_slice(); rows];
    assert_refuses(
        &(all, 0),
        ErrorKind::OutOfMemory,
        "encoded value does not fit in memory (byte 0)",
    );
}

#[test]
fn the_default_limits_are_documented_numbers() {
    assert_eq!(Limits::default().max_depth, 128);
    assert_eq!(Limits::default().max_empty_elements, 65_536);
    assert_eq!(Limits::default().max_stack, 262_144);
    let options = Options::new().max_depth(1).max_empty_elements(2);
    let limits = options.max_stack(3).limits();
    assert_eq!((limits.max_depth, limits.max_empty_elements), (1, 2));
    assert_eq!(limits.max_stack, 3);
    assert_eq!(Options::new().with_limits(limits).limits(), limits);
}

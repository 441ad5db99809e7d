//! Values that are large in memory: how much stack hostile input can make the codec use, and what never is on the stack.

use std::thread;

use xdr_wire::__private::decode_and_walk;
use xdr_wire::{
    Chain, Decode, DecodeError, Encode, ErrorKind, Limits, List, Options, from_bytes,
    from_bytes_with, to_vec,
};

use crate::support::words;

const PAD: usize = 16_384;

#[derive(Encode, Decode)]
struct Node {
    left: Option<Box<Node>>,
    pad: [u8; PAD],
    right: Option<Box<Node>>,
}

#[derive(Encode, Decode)]
struct Branch {
    branches: Vec<Branch>,
    pad: [u8; PAD],
}

#[derive(Encode, Decode)]
struct Listed {
    list: List<Listed>,
    pad: [u8; PAD],
}

#[derive(Encode, Decode)]
struct Chained {
    chain: Option<Box<Chain<Chained>>>,
    pad: [u8; PAD],
}

/// The part in which the next value begins is far down in this one.
#[derive(Encode, Decode)]
struct Onion {
    skin: Skin,
    pad: [u8; 4096],
}

#[derive(Encode, Decode)]
struct Skin {
    core: (Core, i32),
    pad: [u8; 4096],
}

#[derive(Encode, Decode)]
struct Core {
    inner: [Option<Box<Onion>>; 1],
    pad: [u8; 4096],
}

/// Without optimization the code of a union has room for all its arms.
#[derive(Encode, Decode)]
#[xdr(union(u32))]
enum Arms {
    #[xdr(case = 1)]
    Next(Box<Arms>),
    #[xdr(case = 2)]
    A([u8; PAD]),
    #[xdr(case = 3)]
    B([u8; PAD]),
    #[xdr(case = 4)]
    C([u8; PAD]),
    #[xdr(case = 5)]
    D([u8; PAD]),
}

/// Ordinary sizes: what real protocols have.
#[derive(Debug, PartialEq, Encode, Decode)]
struct Ordinary {
    next: Option<Box<Ordinary>>,
    name: String,
    cookie: [u8; 256],
    numbers: [u64; 16],
}

/// Runs in a thread of the size that threads have by default, or a smaller one.
fn in_thread<T: Send + 'static>(stack: usize, run: fn() -> T) -> T {
    let thread = thread::Builder::new().stack_size(stack).spawn(run);
    let thread = thread.expect("there are threads");
    thread.join().expect("the assertions hold")
}

const THREAD: usize = 2 << 20;

/// Decoding `wire` in a thread of the usual size ends at the limit of the stack, and the descriptor says the same.
fn assert_limited<T: for<'de> Decode<'de>>(wire: &[u8]) -> DecodeError {
    let (decoded, walked) = decode_and_walk::<T>(wire, Options::new());
    assert_eq!(decoded, walked);
    let error = from_bytes::<T>(wire)
        .map(drop)
        .expect_err("there is a limit");
    let limit = Limits::DEFAULT.max_stack;
    assert_eq!(error.kind(), ErrorKind::StackOverLimit { limit });
    error
}

#[test]
fn large_values_inside_each_other_overflow_no_stack() {
    in_thread(THREAD, || {
        let ones = words(&vec![1; 5000]);
        let error = assert_limited::<Node>(&ones);
        let text = "takes more stack than the limit of 262144 bytes, at left.left";
        assert!(error.to_string().starts_with(text), "{error}");
        let error = assert_limited::<Branch>(&ones);
        assert!(
            error
                .path()
                .to_string()
                .starts_with("branches[0].branches[0]")
        );
        let error = assert_limited::<Listed>(&ones);
        assert!(error.path().to_string().starts_with("list[0].list[0]"));
        let error = assert_limited::<Chained>(&ones);
        assert!(error.path().to_string().starts_with("chain[0].chain[0]"));
        assert_limited::<Onion>(&ones);
        assert_limited::<Arms>(&ones);
    });
}

#[test]
fn values_of_ordinary_size_reach_the_limit_of_depth() {
    in_thread(THREAD, || {
        let value = (1..128).fold(None, |next, _| {
            let name = "name".to_owned();
            let (cookie, numbers) = ([1; 256], [2; 16]);
            Some(Box::new(Ordinary {
                next,
                name,
                cookie,
                numbers,
            }))
        });
        let wire = to_vec(&value).unwrap();
        assert_eq!(from_bytes(&wire), Ok(value));
    });
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn the_stack_of_siblings_does_not_add_up() {
    let boxes = vec![Box::new([7_u64; 100]); 1000];
    let wire = to_vec(&boxes).unwrap();
    let options = Options::new().max_stack(2000);
    assert_eq!(from_bytes_with(&wire, options), Ok(boxes));
    let lists: Vec<List<[bool; 100]>> = vec![vec![[true; 100]; 2].into(); 1000];
    let wire = to_vec(&lists).unwrap();
    assert_eq!(from_bytes_with(&wire, options), Ok(lists));
    let none = Options::new().max_stack(0);
    assert!(from_bytes_with::<Vec<i32>>(&words(&[0]), none).is_ok());
    assert!(from_bytes_with::<Vec<i32>>(&words(&[1, 0]), none).is_err());
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn large_values_are_written_as_deep_as_the_limit_allows() {
    in_thread(THREAD / 8, || {
        let mut node = None;
        for _ in 0..128 {
            let mut next: Box<Node> = Box::new(Node {
                left: None,
                pad: [0; PAD],
                right: None,
            });
            next.left = node;
            node = Some(next);
        }
        let node = node.unwrap();
        assert_eq!(to_vec(&node).unwrap().len(), 128 * (PAD + 8));
        let error = to_vec(&Some(node)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DepthOverLimit { limit: 128 });
        assert_eq!(error.path().segments().len(), 128);
    });
}

#[test]
#[cfg_attr(miri, ignore = "millions of steps")]
fn boxed_arrays_are_never_on_the_stack() {
    const LEN: usize = 8 << 20;
    const COUNT: usize = 3_000_000;
    #[derive(Encode, Decode)]
    struct Text(#[xdr(chars)] Box<[u8; COUNT]>);

    in_thread(1 << 20, || {
        let wire = vec![7; LEN];
        let bytes = from_bytes::<Box<[u8; LEN]>>(&wire).unwrap();
        assert!(bytes.iter().all(|byte| *byte == 7));
        assert!(to_vec(&bytes).unwrap() == wire);
        let wire = words(&vec![9; COUNT]);
        let numbers = from_bytes::<Box<[i32; COUNT]>>(&wire).unwrap();
        assert!(numbers.iter().all(|number| *number == 9));
        assert!(to_vec(&numbers).unwrap() == wire);
        let text = from_bytes::<Text>(&wire).unwrap();
        assert!(to_vec(&text).unwrap() == wire);
        let pairs = from_bytes::<Box<[(i32, u32); COUNT / 2]>>(&wire).unwrap();
        assert!(to_vec(&pairs).unwrap() == wire);

        let end = ErrorKind::UnexpectedEnd;
        assert_eq!(
            from_bytes::<Box<[u8; LEN]>>(&[])
                .map(drop)
                .unwrap_err()
                .kind(),
            end
        );
        assert_eq!(
            from_bytes::<Box<[i32; COUNT]>>(&[])
                .map(drop)
                .unwrap_err()
                .kind(),
            end
        );
        assert_eq!(from_bytes::<Text>(&[]).map(drop).unwrap_err().kind(), end);
        let error = from_bytes::<Option<Box<[bool; COUNT]>>>(&words(&[1, 1, 2])).map(drop);
        let text = "bool is 2, neither 0 nor 1, at [1] (byte 8)";
        assert_eq!(error.unwrap_err().to_string(), text);
    });
}

//! A process that codes messages for weeks: memory does not grow with their number.

use std::process::Command;

#[test]
fn ten_million_small_messages_take_no_more_memory_than_the_first() {
    let program = xdr_tests::release_program("endurance");
    let output = Command::new(program).output().expect("it was just built");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let numbers = |name: &str| -> Vec<u64> {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        let words = line.expect("it says so").split_whitespace();
        words.map(|word| word.parse().expect("a number")).collect()
    };
    assert_eq!(numbers("messages:"), [10_000_000]);
    // For two messages, the buffer is made once and grown once.
    let [encoding] = numbers("allocations of encoding:")[..] else {
        panic!("{said}")
    };
    assert!(encoding <= 2, "{said}");
    for what in [
        "bytes held after the first and the last:",
        "most bytes held by then:",
    ] {
        let [first, last] = numbers(what)[..] else {
            panic!("{said}")
        };
        assert!(first == last && first > 0, "{said}");
    }
}

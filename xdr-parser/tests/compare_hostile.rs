//! Schemas that mean harm to a comparison: each ends soon, on a small stack, with as many changes as there are, and twice
//! as much takes about twice as long.

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use xdr_parser::compare::{Change, Rule, compare};
use xdr_parser::{Options, Schema, compile_text};

/// Generous: the slowest takes a second of it, unoptimised.
const TIME: Duration = Duration::from_mins(1);
/// How much longer a comparison may take of twice as much. What is quadratic takes four times as long.
const GROWTH: u32 = 3;
/// A machine that has other things to do may slow any one comparison down.
const ATTEMPTS: usize = 6;

fn schema(text: &str) -> Schema {
    let compilation = compile_text("hostile.x", text, None, &Options::default());
    compilation.schema.expect("it resolves")
}

/// The changes, found on an eighth of the stack that a thread has by default, and how long that took.
fn timed((old, new): &(Schema, Schema)) -> (Vec<Change>, Duration) {
    let start = Instant::now();
    let changes = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(1 << 18);
        let thread = thread.spawn_scoped(scope, || compare(old, new));
        let joined = thread.expect("a thread starts").join();
        joined.expect("it does not panic")
    });
    let took = start.elapsed();
    assert!(took < TIME, "took {took:?}");
    (changes, took)
}

/// Compares two texts of a size, and two of twice that size, which is to take about twice as long.
fn grows(size: usize, texts: impl Fn(usize) -> (String, String), check: impl Fn(usize, &[Change])) {
    let schemas = [size, 2 * size].map(|size| {
        let (old, new) = texts(size);
        (schema(&old), schema(&new))
    });
    let is_gentle = (0..ATTEMPTS).any(|_| {
        let [small, large] = [0, 1].map(|index| timed(&schemas[index]));
        check(size, &small.0);
        check(2 * size, &large.0);
        large.1 <= small.1 * GROWTH
    });
    assert!(is_gentle, "{size} of them, and twice as many");
}

fn count(changes: &[Change], rule: Rule) -> usize {
    changes.iter().filter(|change| change.rule == rule).count()
}

/// So many structs, each with an optional of the next, and the last with one of the first.
fn ring(prefix: &str, count: usize, last: &str) -> String {
    let mut text = String::new();
    for index in 0..count - 1 {
        let next = index + 1;
        let _ = writeln!(
            text,
            "struct {prefix}{index} {{ int x; {prefix}{next} *y; }};"
        );
    }
    let _ = writeln!(
        text,
        "struct {prefix}{} {{ {last} x; {prefix}0 *y; }};",
        count - 1
    );
    text
}

#[test]
fn a_ring_of_types_is_gone_through_without_recursion() {
    let same = |size| (ring("s", size, "int"), ring("s", size, "int"));
    grows(2500, same, |_, found| assert_eq!(found, []));
    let other = |size| (ring("s", size, "int"), ring("s", size, "hyper"));
    grows(2500, other, |_, found| {
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule, Rule::WidthChanged);
    });
}

#[test]
fn types_are_recognised_by_their_bytes_along_the_whole_ring() {
    // Far apart on the ring from the one type that differs, so that only a long walk can tell them apart.
    let texts = |size, last| {
        let ring = |prefix, last| {
            format!(
                "{}struct request {{ {prefix}0 *first; }};",
                ring(prefix, size, last)
            )
        };
        (ring("s", "int"), ring("t", last))
    };
    let rule = |found: &[Change]| {
        let mut found = found.iter();
        found
            .find(|change| change.item == "request.first")
            .map(|change| change.rule)
    };
    grows(
        1500,
        |size| texts(size, "int"),
        |_, found| {
            assert_eq!(rule(found), Some(Rule::TypeRespelled));
        },
    );
    grows(
        1500,
        |size| texts(size, "hyper"),
        |_, found| {
            assert_eq!(rule(found), Some(Rule::TypeChanged));
        },
    );
}

#[test]
fn a_struct_of_many_fields_may_be_turned_round() {
    fn fields(indices: impl Iterator<Item = usize>) -> String {
        let mut text = String::from("struct s {");
        for index in indices {
            let _ = write!(text, "int x{index};");
        }
        text + "};"
    }
    let turned = |size| (fields(0..size), fields((0..size).rev()));
    grows(2000, turned, |size, found| {
        assert_eq!(count(found, Rule::FieldMoved), size - 1);
    });
    let renamed = |size| (fields(0..size), fields(size..2 * size));
    grows(2000, renamed, |size, found| {
        assert_eq!(count(found, Rule::FieldRenamed), size);
    });
    let spread = |size| (fields(0..size), fields((0..size).map(|index| 2 * index)));
    grows(2000, spread, |_, found| {
        let removed = count(found, Rule::FieldRemoved);
        assert_eq!(removed, count(found, Rule::FieldAdded));
    });
}

fn large_enum(name: &str, size: usize, offset: usize) -> String {
    let mut text = format!("enum {name} {{");
    for index in 0..size {
        let _ = write!(text, "{name}{index} = {},", index + offset);
    }
    text + "LAST_OF_" + name + "};\n"
}

#[test]
fn many_fields_may_change_from_one_large_enum_to_another() {
    let fields = |size, ty: &str| {
        let mut text = large_enum("a", size, 0) + &large_enum("b", size, 1) + "struct s {";
        for index in 0..size {
            let _ = write!(text, "{ty} x{index};");
        }
        text + "};"
    };
    let other = |size| (fields(size, "a"), fields(size, "b"));
    grows(1500, other, |size, found| assert_eq!(found.len(), size));
    let number = |size| (fields(size, "a"), fields(size, "int"));
    grows(1500, number, |size, found| {
        assert_eq!(count(found, Rule::ValueRangeWidened), size);
    });
}

fn unions_of(size: usize, offset: usize, default: &str) -> String {
    let mut text = large_enum("a", 2 * size, offset);
    for index in 0..size {
        let _ = writeln!(
            text,
            "union u{index} switch (a k) {{ case a{index}: int x; case a{}: hyper y; {default} }};",
            index + size
        );
    }
    text
}

#[test]
fn many_unions_may_switch_on_one_enum_of_which_all_numbers_change() {
    let texts = |size| {
        let unions = |offset| unions_of(size, offset, "default: void;");
        (unions(0), unions(7))
    };
    grows(1000, texts, |_, found| {
        assert_eq!(count(found, Rule::EnumeratorRenumbered), found.len());
    });
}

#[test]
fn many_unions_may_lose_the_default_arm_for_the_rest_of_one_enum() {
    let texts = |size| {
        let unions = |default| unions_of(size, 0, default);
        (unions("default: void;"), unions(""))
    };
    grows(1000, texts, |size, found| {
        assert_eq!(count(found, Rule::DefaultArmRemoved), size);
    });
}

#[test]
fn a_union_of_many_arms_may_be_relabelled() {
    let union = |size, offset| {
        let mut text = String::from("union u switch (int k) {");
        for index in 0..size {
            let _ = write!(text, "case {}: int x{index};", index + offset);
        }
        text + "};"
    };
    let apart = |size| (union(size, 0), union(size, size));
    grows(2000, apart, |size, found| {
        assert_eq!(count(found, Rule::ArmRelabelled), size);
    });
    let shifted = |size| (union(size, 0), union(size, 1));
    grows(2000, shifted, |_, found| assert!(!found.is_empty()));
}

#[test]
fn many_types_may_be_renamed() {
    let types = |size, prefix| {
        let mut text = String::new();
        for index in 1..=size {
            let _ = writeln!(
                text,
                "struct {prefix}{index} {{ opaque x[{index}]; int y; }};"
            );
        }
        text
    };
    let distinct = |size| (types(size, "a"), types(size, "b"));
    grows(1500, distinct, |size, found| {
        assert_eq!(count(found, Rule::TypeRenamed), size);
    });
    // All of one shape: which is which nobody can say.
    let types = |size, prefix| {
        let mut text = String::new();
        for index in 0..size {
            let _ = writeln!(text, "struct {prefix}{index} {{ int x; int y; }};");
        }
        text
    };
    let alike = |size| (types(size, "a"), types(size, "b"));
    grows(1500, alike, |size, found| {
        assert_eq!(count(found, Rule::TypeRemoved), size);
    });
}

#[test]
fn many_constants_and_programs_may_go() {
    let text = |size, prefix, offset| {
        let mut text = String::new();
        for index in 0..size {
            let _ = writeln!(
                text,
                "const {prefix}C{index} = 7;\nprogram {prefix}{index} {{ version {prefix}V{index} {{ void {prefix}P{index}(void) = 1; }} = 1; }} = {};",
                index + offset
            );
        }
        text
    };
    let gone = |size| (text(size, "A", 0), text(size, "B", size));
    grows(1000, gone, |size, found| {
        assert_eq!(count(found, Rule::ProgramRemoved), size);
        assert_eq!(count(found, Rule::ConstantAdded), size);
    });
    let renamed = |size| (text(size, "A", 0), text(size, "B", 0));
    grows(1000, renamed, |size, found| {
        assert_eq!(count(found, Rule::ProgramRenamed), size);
    });
}

#[test]
fn a_program_of_many_procedures_may_be_renamed() {
    let text = |size, prefix| {
        let mut text = String::from("const R_PROGRAM = 1; const R_PROTOCOL_VERSION = 1;\n");
        let mut procedures = String::new();
        for index in 0..size {
            let name = format!("{prefix}{index}");
            let _ = writeln!(text, "struct r_{name}_args {{ int x; }};");
            let capitals = name.to_ascii_uppercase();
            let _ = write!(procedures, "R_PROC_{capitals} = {index},");
        }
        let _ = write!(
            text,
            "enum r_procedure {{ {procedures} R_PROC_LAST = {size} }};"
        );
        text
    };
    let texts = |size| (text(size, "a"), text(size, "b"));
    grows(1200, texts, |size, found| {
        assert_eq!(count(found, Rule::ProcedureRenamed), size);
        assert_eq!(count(found, Rule::TypeRenamed), size);
        assert_eq!(found.len(), 2 * size);
    });
}

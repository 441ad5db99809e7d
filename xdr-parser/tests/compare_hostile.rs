//! Schemas that mean harm to a comparison: each ends soon, on a small stack, with as many changes as there are.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use xdr_parser::compare::{Change, Rule, compare};
use xdr_parser::{Options, Schema, compile_text};

/// Generous: the slowest takes a few seconds of it, unoptimised; what is quadratic takes minutes.
const TIME: Duration = Duration::from_mins(1);

fn schema(text: &str) -> Schema {
    let compilation = compile_text("hostile.x", text, None, &Options::default());
    compilation.schema.expect("it resolves")
}

/// The changes, found on half of the stack that a thread has by default.
fn changes(old: &str, new: &str) -> Vec<Change> {
    changes_of(schema(old), schema(new))
}

fn changes_of(old: Schema, new: Schema) -> Vec<Change> {
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    let start = Instant::now();
    let run = move || compare(&old, &new);
    let changes = thread
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("it does not panic");
    let took = start.elapsed();
    assert!(took < TIME, "took {took:?}");
    changes
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
    let old = schema(&ring("s", 50_000, "int"));
    assert_eq!(changes_of(old.clone(), old.clone()), []);
    let found = changes_of(old, schema(&ring("s", 50_000, "hyper")));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, Rule::WidthChanged);
}

#[test]
fn types_are_recognised_by_their_bytes_along_the_whole_ring() {
    // Far apart on the ring from the one type that differs, so that only a long walk can tell them apart.
    let entry = "struct request { s0 *first; };";
    let old = format!("{}{entry}", ring("s", 10_000, "int"));
    let same = format!("{}{entry}", ring("t", 10_000, "int")).replace("s0 *first", "t0 *first");
    let other = format!("{}{entry}", ring("t", 10_000, "hyper")).replace("s0 *first", "t0 *first");
    let rule = |found: &[Change]| {
        let mut found = found.iter();
        found
            .find(|change| change.item == "request.first")
            .map(|change| change.rule)
    };
    assert_eq!(rule(&changes(&old, &same)), Some(Rule::TypeRespelled));
    assert_eq!(rule(&changes(&old, &other)), Some(Rule::TypeChanged));
}

#[test]
fn a_struct_of_many_fields_may_be_turned_round() {
    let fields = |indices: &mut dyn Iterator<Item = usize>| {
        let mut text = String::from("struct s {");
        for index in indices {
            let _ = write!(text, "int x{index};");
        }
        text + "};"
    };
    let found = changes(&fields(&mut (0..20_000)), &fields(&mut (0..20_000).rev()));
    assert_eq!(count(&found, Rule::FieldMoved), 19_999);
    let found = changes(
        &fields(&mut (0..20_000)),
        &fields(&mut (0..20_000).map(|index| index + 20_000)),
    );
    assert_eq!(count(&found, Rule::FieldRenamed), 20_000);
    let found = changes(
        &fields(&mut (0..20_000)),
        &fields(&mut (0..20_000).map(|index| 2 * index)),
    );
    assert_eq!(
        count(&found, Rule::FieldRemoved),
        count(&found, Rule::FieldAdded)
    );
}

fn large_enum(name: &str, offset: usize) -> String {
    let mut text = format!("enum {name} {{");
    for index in 0..20_000 {
        let _ = write!(text, "{name}{index} = {},", index + offset);
    }
    text + "LAST_OF_" + name + "};\n"
}

#[test]
fn many_fields_may_change_from_one_large_enum_to_another() {
    let fields = |ty: &str| {
        let mut text = large_enum("a", 0) + &large_enum("b", 1) + "struct s {";
        for index in 0..10_000 {
            let _ = write!(text, "{ty} x{index};");
        }
        text + "};"
    };
    let found = changes(&fields("a"), &fields("b"));
    assert_eq!(found.len(), 10_000);
    let found = changes(&fields("a"), &fields("int"));
    assert_eq!(count(&found, Rule::ValueRangeWidened), 10_000);
}

#[test]
fn many_unions_may_switch_on_one_enum_of_which_all_numbers_change() {
    let unions = |offset| {
        let mut text = large_enum("a", offset);
        for index in 0..5000 {
            let _ = writeln!(
                text,
                "union u{index} switch (a k) {{ case a{index}: int x; case a{}: hyper y; default: void; }};",
                index + 10_000
            );
        }
        text
    };
    let found = changes(&unions(0), &unions(7));
    assert_eq!(count(&found, Rule::EnumeratorRenumbered), found.len());
}

#[test]
fn a_union_of_many_arms_may_be_relabelled() {
    let union = |offset: usize| {
        let mut text = String::from("union u switch (int k) {");
        for index in 0..20_000 {
            let _ = write!(text, "case {}: int x{index};", index + offset);
        }
        text + "};"
    };
    let found = changes(&union(0), &union(100_000));
    assert_eq!(count(&found, Rule::ArmRelabelled), 20_000);
    let found = changes(&union(0), &union(1));
    assert!(!found.is_empty());
}

#[test]
fn many_types_may_be_renamed() {
    let types = |prefix: &str| {
        let mut text = String::new();
        for index in 0..20_000 {
            let _ = writeln!(
                text,
                "struct {prefix}{index} {{ opaque x[{}]; int y; }};",
                index + 1
            );
        }
        text
    };
    let found = changes(&types("a"), &types("b"));
    assert_eq!(count(&found, Rule::TypeRenamed), 20_000);
    // All of one shape: which is which nobody can say.
    let types = |prefix: &str| {
        let mut text = String::new();
        for index in 0..20_000 {
            let _ = writeln!(text, "struct {prefix}{index} {{ int x; int y; }};");
        }
        text
    };
    let found = changes(&types("a"), &types("b"));
    assert_eq!(count(&found, Rule::TypeRemoved), 20_000);
}

#[test]
fn many_constants_and_programs_may_go() {
    let text = |prefix: &str, offset: usize| {
        let mut text = String::new();
        for index in 0..10_000 {
            let _ = writeln!(
                text,
                "const {prefix}C{index} = 7;\nprogram {prefix}{index} {{ version {prefix}V{index} {{ void {prefix}P{index}(void) = 1; }} = 1; }} = {};",
                index + offset
            );
        }
        text
    };
    let found = changes(&text("A", 0), &text("B", 100_000));
    assert_eq!(count(&found, Rule::ProgramRemoved), 10_000);
    assert_eq!(count(&found, Rule::ConstantAdded), 10_000);
    let found = changes(&text("A", 0), &text("B", 0));
    assert_eq!(count(&found, Rule::ProgramRenamed), 10_000);
}

#[test]
fn a_program_of_many_procedures_may_be_renamed() {
    let text = |prefix: &str| {
        let mut text = String::from("const R_PROGRAM = 1; const R_PROTOCOL_VERSION = 1;\n");
        let mut procedures = String::new();
        for index in 0..10_000 {
            let name = format!("{prefix}{index}");
            let _ = writeln!(text, "struct r_{name}_args {{ int x; }};");
            let _ = write!(
                procedures,
                "R_PROC_{} = {index},",
                name.to_ascii_uppercase()
            );
        }
        let _ = write!(
            text,
            "enum r_procedure {{ {procedures} R_PROC_LAST = 10000 }};"
        );
        text
    };
    let found = changes(&text("a"), &text("b"));
    assert_eq!(count(&found, Rule::ProcedureRenamed), 10_000);
    assert_eq!(count(&found, Rule::TypeRenamed), 10_000);
    assert_eq!(found.len(), 20_000);
}

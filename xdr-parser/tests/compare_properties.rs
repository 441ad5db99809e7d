//! What holds of every comparison: schemas made at random, and one edit of each.

use proptest::prelude::*;
use xdr_parser::compare::{Change, Rule, Severity, compare};
use xdr_parser::{Options, Schema, compile_text};

fn schema(text: &str) -> Schema {
    let compilation = compile_text("a.x", text, None, &Options::default());
    assert!(
        compilation.schema.is_some(),
        "{text}: {:?}",
        compilation.diagnostics
    );
    compilation.schema.expect("it was just there")
}

fn changes(old: &str, new: &str) -> Vec<Change> {
    compare(&schema(old), &schema(new))
}

fn rules(old: &str, new: &str) -> Vec<&'static str> {
    let changes = changes(old, new);
    changes.iter().map(|change| change.rule.id()).collect()
}

/// Types with different bytes, so that no two fields could be taken for each other.
const KINDS: [&str; 10] = [
    "int {}",
    "unsigned int {}",
    "hyper {}",
    "double {}",
    "string {}<20>",
    "opaque {}[16]",
    "point {}",
    "colour {}",
    "point *{}",
    "name {}<4>",
];

/// Named fields of these kinds.
type Fields = Vec<(String, &'static str)>;

fn fields() -> impl Strategy<Value = Fields> {
    let kinds = prop::collection::vec(prop::sample::select(KINDS.to_vec()), 1..12);
    kinds.prop_map(|kinds| {
        let named = kinds.into_iter().enumerate();
        named
            .map(|(index, kind)| (format!("f{index}"), kind))
            .collect()
    })
}

/// A struct of these fields, and a union with an arm for each, beside what they are made of.
fn text(fields: &Fields) -> String {
    let declared = |(name, kind): &(String, &str)| kind.replace("{}", name);
    let members: Vec<String> = fields.iter().map(declared).collect();
    let members = members.join(";\n    ");
    format!(
        "struct point {{ int x; int y; }};\nenum colour {{ RED = 1, BLUE = 2 }};\ntypedef string name<8>;\n\
         struct s {{\n    {members};\n}};\nstruct last {{ s all<>; last *next; }};\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_schema_does_not_differ_from_itself(fields in fields()) {
        prop_assert_eq!(rules(&text(&fields), &text(&fields)), Vec::<&str>::new());
    }

    #[test]
    fn a_field_more_is_one_change_wherever_it_stands(
        fields in fields(),
        at in any::<prop::sample::Index>(),
        kind in prop::sample::select(KINDS.to_vec()),
    ) {
        let mut more = fields.clone();
        more.insert(at.index(fields.len() + 1), ("other".to_owned(), kind));
        prop_assert_eq!(rules(&text(&fields), &text(&more)), ["field-added"]);
        prop_assert_eq!(rules(&text(&more), &text(&fields)), ["field-removed"]);
    }

    #[test]
    fn a_field_of_another_name_is_one_change(fields in fields(), at in any::<prop::sample::Index>()) {
        let mut renamed = fields.clone();
        renamed[at.index(fields.len())].0 = "other".to_owned();
        prop_assert_eq!(rules(&text(&fields), &text(&renamed)), ["field-renamed"]);
    }

    #[test]
    fn a_field_of_another_type_is_one_change_at_that_field(
        fields in fields(),
        at in any::<prop::sample::Index>(),
        kind in any::<prop::sample::Index>(),
    ) {
        let at = at.index(fields.len());
        let others: Vec<_> = KINDS.into_iter().filter(|kind| *kind != fields[at].1).collect();
        let kind = *kind.get(&others);
        let mut retyped = fields.clone();
        retyped[at].1 = kind;
        let found = changes(&text(&fields), &text(&retyped));
        prop_assert_eq!(found.len(), 1);
        prop_assert!(found[0].rule.severity() <= Severity::OldPeersReject, "{:?}", &found[0]);
        let field = format!("s.f{at}");
        prop_assert!(found[0].item.starts_with(&field));
    }

    #[test]
    fn a_field_that_moves_is_one_change(
        mut fields in fields(),
        from in any::<prop::sample::Index>(),
        by in any::<prop::sample::Index>(),
    ) {
        fields.push(("last".to_owned(), KINDS[0]));
        let from = from.index(fields.len());
        let to = (from + 1 + by.index(fields.len() - 1)) % fields.len();
        let mut moved = fields.clone();
        let field = moved.remove(from);
        moved.insert(to, field);
        prop_assert_eq!(rules(&text(&fields), &text(&moved)), ["field-moved"]);
    }

    #[test]
    fn layout_comments_and_the_order_of_definitions_do_not_matter(fields in fields()) {
        let text = text(&fields);
        let mut definitions: Vec<&str> = text.split_inclusive("};\n").collect();
        definitions.reverse();
        let turned = definitions.concat().replace(' ', "\n /* c */ ");
        prop_assert_eq!(rules(&text, &turned), Vec::<&str>::new());
    }

    #[test]
    fn every_type_may_be_renamed_without_touching_the_wire(fields in fields()) {
        let old = text(&fields);
        let mut new = old.clone();
        for (was, is) in [("point", "place"), ("colour", "hue"), ("name ", "label "), ("name<", "label<"), ("struct s ", "struct t "), (" s all", " t all"), ("last", "end")] {
            new = new.replace(was, is);
        }
        let found = changes(&old, &new);
        prop_assert!(found.iter().all(|change| change.rule == Rule::TypeRenamed), "{found:?}");
        prop_assert_eq!(found.len(), 5);
    }
}

#[test]
fn changes_are_told_in_the_order_of_the_new_file_and_what_is_gone_where_it_stood() {
    let old = "const A = 1;\nstruct s { int a; int b; hyper c; };\nstruct gone { double x; };\nenum e { ONE = 1, TWO = 2 };\n";
    let new = "const A = 2;\nstruct s { int a; hyper c; bool d; };\nenum e { ONE = 1, TWO = 3 };\nstruct more { int x; };\n";
    let items: Vec<String> = changes(old, new)
        .into_iter()
        .map(|change| format!("{} {}", change.rule.id(), change.item))
        .collect();
    assert_eq!(
        items,
        [
            "constant-value-changed A",
            "field-removed s.b",
            "field-added s.d",
            "type-removed gone",
            "enumerator-renumbered e.TWO",
            "type-added more",
        ]
    );
}

#[test]
fn a_change_of_a_type_is_reported_at_the_type_alone() {
    let text = |ty: &str| {
        format!(
            "struct point {{ {ty} x; }};\ntypedef point place;\ntypedef place places<4>;\nstruct a {{ point p; place q[2]; }};\n\
             union u switch (int k) {{ case 1: places r; default: point *s; }};\n\
             program P {{ version V {{ point GET(place) = 1; }} = 1; }} = 1;\n"
        )
    };
    assert_eq!(rules(&text("int"), &text("hyper")), ["width-changed"]);
}

#[test]
fn names_of_c_and_of_the_language_are_the_same_type() {
    let old = "typedef int inner; struct s { unsigned a; int64_t b; struct t *c; bool_t d; };\nstruct t { int x; };";
    let new = "typedef int inner; struct s { u_int a; hyper b; t *c; bool d; };\nstruct t { int32_t x; };";
    assert_eq!(rules(old, new), Vec::<&str>::new());
}

#[test]
fn a_bound_by_another_name_of_the_same_number_is_told() {
    let text = |bound: &str| format!("enum e {{ A = 1, B = 1 }}; struct s {{ int x<{bound}>; }};");
    assert_eq!(rules(&text("A"), &text("B")), ["number-respelled"]);
    // Where the enumerator itself has another name, that is told of it alone.
    let text = |name: &str| format!("enum e {{ {name} = 1 }}; struct s {{ int x<{name}>; }};");
    assert_eq!(rules(&text("A"), &text("B")), ["enumerator-renamed"]);
}

#[test]
fn a_default_arm_that_is_spelled_out_breaks_nobody() {
    let text = |ty: &str, rest: &str| {
        format!("enum e {{ A, B, C }}; union u switch ({ty} k) {{ case 0: int x; {rest}: void; }};")
    };
    for (ty, rest) in [("bool", "case TRUE"), ("e", "case B: case C")] {
        for (old, new) in [("default", rest), (rest, "default")] {
            let found = rules(&text(ty, old), &text(ty, new));
            let regrouped = found.iter().all(|rule| *rule == "arm-regrouped");
            assert!(regrouped && !found.is_empty(), "{old} → {new}: {found:?}");
        }
    }
    let found = rules(&text("e", "default"), &text("e", "case B"));
    assert!(found.contains(&"default-arm-removed"), "{found:?}");
    let found = rules(&text("int", "case 1"), &text("int", "default"));
    assert!(found.contains(&"default-arm-added"), "{found:?}");
}

#[test]
fn the_messages_of_a_program_with_another_prefix_are_compared() {
    let text = |prefix: &str, ty: &str| {
        let capitals = prefix.to_ascii_uppercase();
        format!(
            "const {capitals}_PROGRAM = 1; const {capitals}_PROTOCOL_VERSION = 1;\n\
             struct {prefix}_open_args {{ {ty} x; }}; struct {prefix}_close_args {{ {ty} x; }};\n\
             enum {prefix}_procedure {{ {capitals}_PROC_OPEN = 1, {capitals}_PROC_CLOSE = 2 }};\n"
        )
    };
    let renamed = [
        "constant-renamed",
        "constant-renamed",
        "type-renamed",
        "type-renamed",
        "type-renamed",
        "procedure-prefix-changed",
    ];
    let mut found = rules(&text("near", "int"), &text("far", "int"));
    found.sort_unstable();
    let mut expected = renamed.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let found = rules(&text("near", "int"), &text("far", "hyper"));
    assert_eq!(
        found
            .iter()
            .filter(|rule| **rule == "width-changed")
            .count(),
        2
    );
}

#[test]
fn a_message_that_is_another_type_now_is_told_at_the_procedure() {
    // The type of the old name stays, and is nobody's message any more.
    let old = "const A_PROGRAM = 1; const A_PROTOCOL_VERSION = 1;\n\
               struct a_open_args { int x; }; struct b_open_args { hyper x; };\n\
               enum a_procedure { A_PROC_OPEN = 1 };\n";
    let new = old.replace("A_P", "B_P").replace("a_proc", "b_proc");
    let found = changes(old, &new);
    let told = |change: &Change| {
        change.item == "b_procedure.OPEN" && change.rule.severity() == Severity::BreaksWire
    };
    assert!(found.iter().any(told), "{found:?}");
}

#[test]
fn severities_are_ordered_the_worst_first() {
    let mut severities: Vec<Severity> = Rule::ALL.iter().map(|rule| rule.severity()).collect();
    severities.sort_unstable();
    severities.dedup();
    let shown: Vec<String> = severities.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        ["breaks the wire", "old peers reject", "source only", "safe"]
    );
}

#[test]
fn rules_are_worded_as_the_house_has_it() {
    for rule in Rule::ALL {
        let (id, who) = (rule.id(), rule.who_breaks());
        assert!(
            id.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
            "{id}"
        );
        assert!(who.ends_with('.') && !who.contains(". "), "{id}: {who}");
    }
}

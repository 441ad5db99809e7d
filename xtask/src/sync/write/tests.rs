use super::*;

/// A small program as libvirt writes one.
const THEIRS: &str = r#"
/* Copyright of somebody. */

%#include "internal.h"

/* Their words about a bound. */
const TEST_LIST_MAX = 16;

/* Their words about a string. */
typedef string test_name<TEST_LIST_MAX>;

struct test_open_args { /* insert@1 */
    test_name name; /* their words about a name */
    opaque key[VIR_UUID_BUFLEN];
    test_name more<TEST_LIST_MAX>; /* (const char **) */
};

struct test_gone_msg {
    int why;
};

const TEST_PROGRAM = 0x20;
const TEST_PROTOCOL_VERSION = 1;

enum test_procedure {
    /* Their words about annotations. */
    /**
     * @generate: both
     * @acl: none
     */
    TEST_PROC_OPEN = 1,

    /** @generate: none */
    TEST_PROC_GONE = 2
};
"#;

/// The same without anybody's words.
const NEW: &str = "\
/* test: the names, types, bounds, numbers and annotations are those of libvirt 1.2.3. */

/*----- Numbers from libvirt's C headers -----*/

/* Bound of test_open_args.key. */
const VIR_UUID_BUFLEN = 16;

/*----- Bounds -----*/

/* Bound of test_name and test_open_args.more. */
const TEST_LIST_MAX = 16;

/*----- Types that several procedures share -----*/

/* Part of test_open_args. */
typedef string test_name<TEST_LIST_MAX>;

/*----- Arguments, results and events, by procedure number -----*/

/* Arguments of procedure 1, OPEN. */
struct test_open_args { /* insert@1 */
    test_name name;
    opaque key[VIR_UUID_BUFLEN];
    test_name more<TEST_LIST_MAX>; /* (const char **) */
};

/* Event 2, GONE. */
struct test_gone_msg {
    int why;
};

/*----- Program and procedures -----*/

/* Number of the program. */
const TEST_PROGRAM = 0x20;
/* Its version. */
const TEST_PROTOCOL_VERSION = 1;

/* All procedures. */
enum test_procedure {
    /**
     * @generate: both
     * @acl: none
     */
    TEST_PROC_OPEN = 1,

    /**
     * @generate: none
     */
    TEST_PROC_GONE = 2
};
";

fn follow(theirs: &str, ours: &str) -> Written {
    let ours = Protocol::text("test", ours);
    write(&Protocol::text("test", theirs), Some(&ours), None)
}

#[test]
fn a_new_file_has_libvirts_facts_and_none_of_its_sentences() {
    let written = write(&Protocol::text("test", THEIRS), None, Some("1.2.3"));
    assert_eq!(written.text, NEW);
    assert_eq!(written.dropped, []);
}

#[test]
fn writing_twice_changes_nothing() {
    let written = follow(THEIRS, NEW);
    assert_eq!(written.text, NEW);
}

#[test]
fn comments_of_ours_stay_with_what_they_are_about() {
    let want = "\
/*
 * How to open things.
 */

/*----- Bounds -----*/

/* Apart. */

/* Names at most. */
const TEST_LIST_MAX = 16; /* A few. */

/*----- Types -----*/

/* A name. */
typedef string test_name<TEST_LIST_MAX>;

union test_either switch (int kind) { /* One of them. */
/* The first. */
case 0:
    int one; /* A number. */
/* The others. */
default:
    void;
    /* No more. */
};

enum test_kind {
    /* None. */
    TEST_NONE, /* Zero. */
    /* Some. */
    TEST_SOME = 1
    /* No more. */
};

/* Found. */
struct test_found { /* Both. */
    /* Its name. */
    test_name name; /* In Latin. */
    /*
    Its number,
    from 1.
     */
    int number;
    /* No more. */
};

/* The end. */
";
    let untidy = want
        .replace("/*----- Bounds -----*/\n\n", "")
        .replace("/*----- Types -----*/\n\n", "")
        .replace("\n\n/* A name.", "\n/* A name.")
        .replace("    ", "\t");
    for ours in [&untidy, want] {
        let written = follow(ours, ours);
        assert_eq!(written.text, want);
        assert_eq!(written.dropped, []);
    }
}

#[test]
fn a_procedures_new_number_is_in_its_comments_and_what_else_they_say_stays() {
    let theirs = THEIRS.replace("TEST_PROC_GONE = 2", "TEST_PROC_GONE = 9");
    let ours = NEW.replace("Event 2, GONE.", "Event 2, GONE: nobody knows where to.");
    let written = follow(&theirs, &ours);
    let comment = "\n/* Event 9, GONE: nobody knows where to. */\nstruct test_gone_msg {";
    assert!(written.text.contains(comment), "{}", written.text);
}

#[test]
fn only_what_we_have_said_of_what_is_gone_is_reported() {
    let theirs = THEIRS.replace("    int why;\n", "    int reason;\n");
    let theirs = theirs.replace("    opaque key[VIR_UUID_BUFLEN];\n", "");
    let ours = NEW.replace("    int why;\n", "    int why; /* A number. */\n");
    let written = follow(&theirs, &ours);
    let want = ("test_gone_msg.why".to_owned(), "/* A number. */".to_owned());
    assert_eq!(written.dropped, [want]);
    assert!(!written.text.contains("VIR_UUID_BUFLEN"));
}

#[test]
fn a_section_of_ours_moves_to_its_next_definition() {
    let ours = "struct a { int x; };\n\n/*----- More -----*/\n\n/* B. */\nstruct b { int x; };\n\nstruct c { int x; };\n";
    let written = follow("struct a { int x; }; struct c { int x; };", ours);
    let end = "\n/*----- More -----*/\n\nstruct c {\n    int x;\n};\n";
    assert!(written.text.ends_with(end), "{}", written.text);
    assert_eq!(written.dropped, [("b".to_owned(), "/* B. */".to_owned())]);
}

#[test]
fn a_section_of_ours_that_is_empty_is_reported() {
    let ours = "struct a { int x; };\n\n/*----- One -----*/\n\nstruct b { int x; };\n\n/*----- Two -----*/\n\nstruct c { int x; };\n\n/*----- Three -----*/\n\nstruct d { int x; };\n";
    let written = follow("struct a { int x; }; struct c { int x; };", ours);
    let want = [
        ("c", "/*----- One -----*/"),
        ("the end", "/*----- Three -----*/"),
    ];
    assert_eq!(
        written.dropped,
        want.map(|(at, comment)| (at.to_owned(), comment.to_owned()))
    );
    assert!(written.text.contains("/*----- Two -----*/\n\nstruct c {"));
}

#[test]
fn types_stand_before_what_is_made_of_them() {
    let theirs = "const T_PROGRAM = 1; const T_PROTOCOL_VERSION = 1;
        enum t_procedure { T_PROC_ONE = 1, T_PROC_TWO = 2 };
        struct t_one_args { t_two_args like; part own; };
        struct t_two_args { int x; };
        struct part { int x; };
        struct idle { int x; };";
    let theirs = Protocol::text("test", theirs);
    let arranged = layout::arrange(&theirs, None);
    let order: Vec<_> = arranged
        .iter()
        .map(|(_, item)| syntax::name(item))
        .collect();
    let want = [
        "t_two_args",
        "part",
        "t_one_args",
        "idle",
        "T_PROGRAM",
        "T_PROTOCOL_VERSION",
        "t_procedure",
    ];
    assert_eq!(order, want);
}

#[test]
fn numbers_of_ours_stay_in_their_order_and_new_ones_follow() {
    let ours = "const VIR_TYPED_PARAM_INT = 1; const VIR_UUID_BUFLEN = 16;";
    let theirs = "const A = VIR_SECURITY_MODEL_BUFLEN; typedef opaque b[VIR_UUID_BUFLEN]; const C = VIR_TYPED_PARAM_INT;";
    let written = follow(theirs, ours);
    let lines = written.text.lines().filter(|line| line.contains(" VIR_"));
    let want = [
        "const VIR_TYPED_PARAM_INT = 1;",
        "const VIR_UUID_BUFLEN = 16;",
        "const VIR_SECURITY_MODEL_BUFLEN = 257;",
        "const A = VIR_SECURITY_MODEL_BUFLEN;",
        "const C = VIR_TYPED_PARAM_INT;",
    ];
    assert_eq!(lines.collect::<Vec<_>>(), want);
}

#[test]
fn a_constant_of_the_preprocessor_becomes_one_of_the_language() {
    let written = follow("#define MAX 0x10\ntypedef int a<MAX>;", "const MAX = 16;");
    assert!(
        written.text.contains("\nconst MAX = 0x10;\n"),
        "{}",
        written.text
    );
}

#[test]
fn the_header_takes_the_version_that_it_names_first() {
    let header = "/* libvirt's own, of libvirt 9.0.0. Not libvirt 8.0.0. */";
    let want = "/* libvirt's own, of libvirt 11.3.0. Not libvirt 8.0.0. */";
    assert_eq!(with_version(header, "11.3.0"), want);
    assert_eq!(with_version("/* libvirt */", "11.3.0"), "/* libvirt */");
}

#[test]
fn a_comment_moves_with_its_stars() {
    let moved = indented("/*\n* a\n      * b\n*/", "  ");
    assert_eq!(moved, "  /*\n   * a\n   * b\n   */");
}

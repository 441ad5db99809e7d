//! Canonical layout: what it looks like, and that nothing but white space changes by it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use xdr_parser::ast::{File, Trivia};
use xdr_parser::{Code, FileId, Options, Parsed, format, parse};

const FILE: FileId = FileId(0);

fn parsed(text: &str) -> Parsed {
    parse(FILE, text, &Options::default())
}

#[track_caller]
fn formatted(text: &str) -> String {
    match format(FILE, text, &Options::default()) {
        Ok(formatted) => formatted,
        Err(diagnostics) => panic!("{text}\n{diagnostics:#?}"),
    }
}

/// Comments and lines before, at the head of and behind each definition, without white space.
fn trivia(text: &str, file: &File) -> Vec<[Vec<String>; 3]> {
    let texts = |trivia: &[Trivia]| -> Vec<String> {
        let texts = trivia.iter().map(|piece| piece.span.of(text));
        texts
            .map(|text| text.split_whitespace().collect())
            .collect()
    };
    let items = file.items.iter();
    items
        .map(|item| {
            [
                texts(&item.leading),
                texts(&item.opening),
                texts(&item.trailing),
            ]
        })
        .collect()
}

/// It says the same, its comments are where they were, and there is nothing left to do.
#[track_caller]
fn holds(text: &str) -> String {
    let after = formatted(text);
    let (old, new) = (parsed(text), parsed(&after));
    assert_eq!(new.file.bare(), old.file.bare(), "{after}");
    assert_eq!(
        trivia(&after, &new.file),
        trivia(text, &old.file),
        "{after}"
    );
    assert_eq!(formatted(&after), after);
    after
}

const MESSY: &str = "\u{feff}
\t/* The file's head,
\t * in two lines. */

%#include <stdio.h>


%/* handed
% * through */
  #define SIZE 0x10   /* sixteen */
# ifdef NO
const  A=1;extern \"C\" {
#  else
const A\t=\t2 ;   // two  \r
#endif
enum colour{RED=1,// red
 BLUE = 2 , /* blue */ GREEN /* green */
   /* the end */

};;
union u switch(unsigned /* of what */ k){case 1:case 2 :void;

 /* on its own */ case 3: /* three */ int  x < SIZE >;

default :struct{ opaque o [ 4 ];

    string
      s<>;
  } * inner;

  /* nothing more */
} ; /* behind
       the union */
struct node
// what it is
{ /* insert@1 */
#ifdef NO
  int /* none */ a;
#endif

  node*next;unsigned hyper   h; };
program P{version V{void F(void)=0;int *G(u,string< > ,
   /* the last */
   node *)=1;}=1;}= 0x20000001;\u{c}
typedef struct node *
  nodes;  /* no line end */";

#[test]
fn a_messy_file_gets_the_layout() {
    insta::assert_snapshot!(holds(MESSY));
}

#[test]
fn line_ends_of_any_kind_come_out_the_same() {
    let expected = holds(MESSY);
    assert_eq!(
        holds(&MESSY.replace('\r', "").replace('\n', "\r\n")),
        expected
    );
    assert!(!expected.contains('\r'));
}

#[test]
fn nothing_stays_nothing() {
    for text in ["", " ", "\n\n", "\u{feff}", "\u{c}\r\n\t"] {
        assert_eq!(formatted(text), "");
    }
}

#[test]
fn a_text_with_mistakes_is_refused_with_its_diagnostics() {
    let codes = |text: &str| -> Vec<Code> {
        let refused = format(FILE, text, &Options::default()).unwrap_err();
        refused.iter().map(|diagnostic| diagnostic.code).collect()
    };
    assert_eq!(codes("struct a { int; };"), [Code::E0101]);
    assert_eq!(codes("const A = 1; /* no end"), [Code::E0103]);
    assert_eq!(codes("#ifdef A\nconst A = 1;\n"), [Code::E0109]);
}

#[test]
fn names_need_not_be_known() {
    assert_eq!(
        holds("%#include \"nowhere.h\"\nstruct a{nobody x<NOTHING>;};"),
        "%#include \"nowhere.h\"\nstruct a {\n    nobody x<NOTHING>;\n};\n"
    );
}

#[test]
fn every_branch_is_laid_out_whichever_counts() {
    let text = "#ifdef A\nstruct a{int x;};\n#elif 0\nunion{{((\n#else\nstruct b{int y;\n};\n#endif\nconst C=1;";
    let mut options = Options::default();
    let without = format(FILE, text, &options);
    options.defines.insert("A".to_owned(), 1);
    assert_eq!(format(FILE, text, &options), without);
    insta::assert_snapshot!(without.unwrap(), @r"
    #ifdef A
    struct a {
        int x;
    };
    #elif 0
    union {
        {
            ((
    #else
    struct b {
        int y;
    };
    #endif
    const C = 1;
    ");
}

#[test]
fn every_file_of_the_tests_keeps_what_it_says() {
    let folders = [
        "../xdr-build/tests",
        "../xdr-build/tests/cases",
        "tests/compare",
    ];
    let mut count = 0;
    for folder in folders {
        for path in schemas(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            holds(&fs::read_to_string(path).unwrap());
            count += 1;
        }
    }
    assert!(count > 150, "only {count} files");
}

#[test]
fn the_protocols_of_this_project_have_the_layout() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol-defs/proto");
    let paths = schemas(&folder);
    assert_eq!(paths.len(), 9);
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        assert!(formatted(&text) == text, "`xdr fmt {}`", path.display());
    }
}

/// The `.x` files of a folder and of those directly in it.
fn schemas(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inside = fs::read_dir(&path).unwrap();
            found.extend(inside.map(|entry| entry.unwrap().path()));
        }
        found.push(path);
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "x"));
    found
}

/// Every form that there is, one token after the other.
const FORMS: &str = "const A = -0x1 ; const S = \"s t\" ; typedef string name < 5 > ; typedef struct s * link ; \
    typedef opaque fixed [ A ] ; enum e { ONE = 1 , TWO } ; \
    struct s { int a ; unsigned hyper b < > ; s * next ; struct { int x [ 2 ] ; } inner ; enum { THREE = 3 } in ; } ; \
    union u switch ( e kind ) { case ONE : case TWO : int x ; default : union switch ( int n ) { case 1 : void ; } y ; } ; \
    program P { version V { void NULL ( void ) = 0 ; s * GET ( name , string < > , s * ) = 1 ; } = 1 ; } = 2 ; ;";

/// What may stand between any two tokens.
const BETWEEN: [&str; 18] = [
    " ",
    "\n",
    "\n\n\n",
    "\t",
    "\r\n  ",
    "\u{c}",
    " /* c */ ",
    "\n/* c */ ",
    "\n/* c */\n",
    " /* c */\n",
    " // l\n",
    "\n\n // l \n",
    " /* a\n\tb\n  */ ",
    "\n   /* a\n\n    b */\n",
    "\n%p \n",
    "\n\n  #ifdef NO\n} x , /* c */ { ;\n#endif\n",
    "\n/* d */ # define D 4 \\\n\n",
    "\n\n/* x */ /* y */ // z\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_stands_between_tokens_the_file_says_the_same(
        between in prop::collection::vec(prop::sample::select(BETWEEN.to_vec()), 230),
        mostly_blank in any::<bool>(),
    ) {
        let words: Vec<&str> = FORMS.split(' ').collect();
        prop_assume!(words.len() < between.len());
        let mut text = String::new();
        for (at, (between, word)) in between.iter().zip(&words).enumerate() {
            // `"s t"` is one token.
            text.push_str(if *word == "t\"" || mostly_blank && at % 8 > 0 { " " } else { between });
            text.push_str(word);
        }
        holds(&text);
    }
}

/// Far more than it takes without optimisation, far less than what grows with the square takes.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn hostile_texts_take_time_in_proportion() {
    const MEGABYTE: usize = 1 << 20;
    let inside = |text: &str| format!("#if 0\n{text}\n#endif\n");
    let repeated = |text: &str| text.repeat(MEGABYTE / 4 / text.len());
    let texts = [
        "const A = 1;".repeat(MEGABYTE / 12),
        repeated("/* c */"),
        repeated("/* c\n */ "),
        repeated("// c\r"),
        repeated(";"),
        repeated("\n"),
        repeated("\n\n%"),
        repeated("#if 0\n#else\n#endif\n"),
        format!("struct s {{ {} }};", repeated("int x; /* c */")),
        format!("enum e {{ {} LAST }};", repeated("A,B,")),
        // A long line, and behind it a comment of many lines.
        format!(
            "{} /*{}*/",
            inside(&repeated("(\n")),
            "x\n".repeat(MEGABYTE / 8)
        ),
        inside(&format!(
            "{}/*{}*/",
            repeated("x\n"),
            "x\n".repeat(MEGABYTE / 8)
        )),
        inside(&repeated("{")),
        inside(&repeated("}")),
        inside(&repeated("union switch () { case 1: ")),
        inside(&format!(
            "{}\n{}",
            "{".repeat(MEGABYTE / 8),
            "#if 1\n#endif\n".repeat(20_000)
        )),
    ];
    for text in texts {
        let shown: String = text.chars().take(40).collect();
        let start = Instant::now();
        let after = formatted(&text);
        assert!(start.elapsed() < SOON, "{shown} took {:?}", start.elapsed());
        assert!(
            after.len() < 100 * text.len(),
            "{shown} became {} bytes",
            after.len()
        );
    }
    for text in [
        repeated("{"),
        repeated("struct a { "),
        repeated("\""),
        repeated("$"),
    ] {
        let start = Instant::now();
        assert!(format(FILE, &text, &Options::default()).is_err());
        assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    }
}

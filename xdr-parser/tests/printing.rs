//! What is printed parses to the AST that it was printed from.

use std::fs;
use std::path::Path;

use xdr_parser::{FileId, Options, Parsed, parse, print};

fn parsed(text: &str) -> Parsed {
    parse(FileId(0), text, &Options::default())
}

fn assert_prints_to_the_same(text: &str) {
    let first = parsed(text);
    let printed = print::file(text, &first.file);
    let second = parsed(&printed);
    assert_eq!(second.file.bare(), first.file.bare(), "{printed}");
    assert_eq!(print::file(&printed, &second.file), printed);
}

#[test]
fn a_file_is_printed_with_its_directives_and_without_comments() {
    let text = "\
/* one */ #
%#include \"base.h\"
#include <rpc/auth.h>
#define SIZE 0x10 /* two */
#ifdef SIZE
const A=1;  // three
#else
const B = 2;
#endif
union u switch(unsigned k){case 1:case 2:void;default:struct{int x<SIZE>;}y;};
program P{version V{void F(void)=0;int *G(u,string<>)=1;}=1;}=2;
";
    let first = parsed(text);
    insta::assert_snapshot!(print::file(text, &first.file), @r#"
    %#include "base.h"
    #include <rpc/auth.h>
    #define SIZE 0x10

    const A = 1;

    union u switch (unsigned int k) {
    case 1:
    case 2:
        void;
    default:
        struct {
            int x<SIZE>;
        } y;
    };

    program P {
        version V {
            void F(void) = 0;
            int * G(u, string<>) = 1;
        } = 1;
    } = 2;
    "#);
    assert_prints_to_the_same(text);
}

#[test]
fn every_file_of_the_tests_prints_to_the_same() {
    let folders = [
        "tests/cases/errors",
        "../xdr-build/tests",
        "../xdr-build/tests/cases",
        "../protocol-defs/proto",
    ];
    let mut count = 0;
    for folder in folders {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).expect("it is there") {
            let path = entry.expect("it can be read").path();
            if path.extension().is_some_and(|extension| extension == "x") {
                assert_prints_to_the_same(&fs::read_to_string(path).expect("it is text"));
                count += 1;
            }
        }
    }
    assert!(count > 30, "only {count} files");
}

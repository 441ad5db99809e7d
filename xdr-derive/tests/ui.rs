//! What the derives say about mistakes: a folder per kind, the text beside each case. `TRYBUILD=overwrite` renews it.

#[test]
fn mistakes_are_explained_at_their_place() {
    let cases = trybuild::TestCases::new();
    for kind in [
        "attributes",
        "bounds",
        "constants",
        "enums",
        "fields",
        "unions",
    ] {
        cases.compile_fail(format!("tests/ui/{kind}/*.rs"));
    }
}

#[test]
fn unusual_types_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}

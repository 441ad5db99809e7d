//! The printer breaks lines as rustfmt does, wherever names make them long.

mod rustfmt;

use std::fmt::Write;

use xdr_build::Config;

/// A name of exactly `len` characters that differs from those with another tag.
fn name(tag: &str, len: usize) -> String {
    format!("{tag}{}", "x".repeat(len.saturating_sub(tag.len())))
}

/// A schema in which names have about `len` characters.
fn schema(len: usize) -> String {
    let upper = |tag: &str, len| name(tag, len).to_uppercase();
    let (most, more) = (upper("most", len), upper("more", len / 2));
    let (red, blue, green) = (upper("r", len), upper("bb", len / 2), upper("ggg", len / 3));
    let (text, texts, kind) = (name("text", len), name("list", len / 2), name("kind", len));
    let mut x = String::new();
    let _ = write!(
        x,
        "const {most} = 100000; const {more} = 2; const {alias} = {most};
const {string} = \"{most}\";
typedef string {text}<{most}>; typedef {text} {texts}<{more}>; typedef opaque {id}[{more}];
typedef {texts} {table}<{most}>;
enum {kind} {{ {red} = 1, {blue} = 2, {green} = 3, {also} = {red} }};
struct {holder} {{
    {text} {field};
    {texts} {camel};
    {table} {deep};
    {kind} *{optional}; {kind} {fixed}[3];
}};
union {choice} switch ({kind} k) {{
case {red}: {text} {field};
case {blue}: case {green}: {texts} {camel};
}};
union {numbers} switch (int n) {{
case 1: {texts} {field};
case 2: case 3: case 4: case 5: {texts} {camel};
case 6: case 7: {texts} {deep};
case {most}: {kind} *{optional};
default: {texts} {fixed};
}};
program {program} {{ version {version} {{
    {texts} {one}({texts}) = 1;
    {holder} {two}({kind}, {choice}) = 2;
    void {three}(int, {kind}) = 3;
}} = 1; }} = 0x20000001;
",
        alias = upper("alias", len),
        string = upper("string", len / 2),
        id = name("id", len),
        table = name("table", len),
        also = upper("also", len / 2),
        holder = name("holder", len),
        field = name("field", len),
        camel = name("camelCase", len),
        deep = name("deep", len),
        optional = name("optional", len),
        fixed = name("fixed", len),
        choice = name("choice", len / 2),
        numbers = name("numbers", len),
        program = upper("program", len),
        version = upper("version", len),
        one = upper("one", len),
        two = upper("two", len),
        three = upper("three", len),
    );
    x
}

/// The same for libvirt's procedures.
fn procedures(len: usize) -> String {
    let long = name("x", len);
    format!(
        "const P_PROGRAM = 1; const P_PROTOCOL_VERSION = 1;
struct p_{long}_args {{ int x; }}; struct p_{long}_ret {{ int x; }};
enum p_procedure {{
    /**
     * @generate: both
     * @priority: high
     * @readstream: 1
     * @acl: domain:{long}
     * @acl: a:b
     * @aclfilter: {long}:read
     */
    P_PROC_{upper} = 1,
    /**
     * @generate: both
     * @acl: a:b
     * @acl: c:d
     * @acl: e:f
     * @acl: g:h
     * @acl: domain:{short}
     */
    P_PROC_Y = 2
}};
",
        upper = long.to_uppercase(),
        short = name("x", len / 2),
    )
}

#[test]
fn rustfmt_and_the_printer_agree_on_names_of_every_length() {
    let folder = tempfile::tempdir().unwrap();
    // Longer names leave rustfmt itself at a loss, and it then leaves lines alone.
    for len in 4..60 {
        for (kind, text) in [("plain", schema(len)), ("procedures", procedures(len))] {
            let name = format!("{kind}{len}.x");
            let mut config = Config::new();
            config.bounded_types(true).type_table(true);
            config.fingerprints(true);
            // With names as long as these, rustfmt breaks calls of methods anywhere.
            config.messages(len < 55);
            if len % 2 == 0 {
                config.borrowed(".");
            }
            if len % 3 == 0 {
                config.open_enum(".");
            }
            for file in config.generate_text(&name, &text, None).unwrap() {
                file.write_to(folder.path()).unwrap();
            }
        }
    }
    rustfmt::check(folder.path());
}

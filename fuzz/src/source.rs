//! Source texts: parser, resolver, generator, comparison, rules.

use proc_macro2::TokenStream;
use xdr_build::{Config, Diagnostics};
use xdr_parser::diagnostic::mend;
use xdr_parser::fingerprint::Fingerprints;
use xdr_parser::lexer::lex;
use xdr_parser::lint::{Level, Selector, Settings, lint};
use xdr_parser::{
    Compilation, FileId, Options, Profile, Schema, compare, compile_text, parse, print,
};

/// Bytes of an input of [`source`] before its text: bits for the options.
pub const SOURCE_HEAD: usize = 4;

/// Text → tokens, AST, schema, Rust. Nothing is lost, nothing panics; what parses is printed and parses to the same; a
/// schema does not differ from itself; fixes that are safe change no fingerprint; what is generated is Rust, whatever the
/// options, which the first bytes choose.
///
/// # Panics
/// If that does not hold.
pub fn source(input: &[u8]) {
    let Some((head, text)) = input.split_first_chunk() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let config = config(*head);
    syntax(text, config.options());
    let compilation = compile_text("input.x", text, None, config.options());
    let Some(schema) = &compilation.schema else {
        let diagnostics = Diagnostics::new(compilation.diagnostics, compilation.sources);
        assert!(!diagnostics.render(true).is_empty());
        return;
    };
    let changes = compare::compare(schema, schema);
    assert_eq!(changes, [], "a schema differs from itself");
    rules(&compilation, schema, config.options());
    for file in config.generate_schema(schema, &compilation.sources) {
        assert_is_rust(&file.source);
    }
}

/// What the rules find, all of them on.
fn rules(compilation: &Compilation, schema: &Schema, options: &Options) {
    let mut settings = Settings::default();
    settings.set(Selector::All, Level::Warn);
    let found = lint(compilation, &settings);
    let fingerprints = |schema: &Schema| {
        let all = Fingerprints::of(schema);
        let types = schema.types.iter();
        let types = types.map(|ty| (ty.name.clone(), all.of_type(ty.id)));
        types.collect::<Vec<_>>()
    };
    for (_, text) in mend(&compilation.sources, &found, |_| true) {
        let mended = compile_text("input.x", &text, None, options);
        let Some(mended) = &mended.schema else {
            panic!(
                "does not resolve when mended: {:?}\n{text}",
                mended.diagnostics
            );
        };
        assert_eq!(
            fingerprints(mended),
            fingerprints(schema),
            "mended to\n{text}"
        );
    }
}

/// What needs no names to be known.
fn syntax(text: &str, options: &Options) {
    let parsed = parse(FileId(0), text, options);
    let (tokens, _) = lex(FileId(0), text);
    let covered: String = tokens.iter().map(|token| token.span.of(text)).collect();
    assert_eq!(covered, text, "the tokens are not the text");
    let printed = print::file(text, &parsed.file);
    let again = parse(FileId(0), &printed, options).file;
    assert_eq!(again.bare(), parsed.file.bare(), "printed as\n{printed}");
    assert_eq!(print::file(&printed, &again), printed);
}

fn assert_is_rust(source: &str) {
    let tokens: TokenStream = match source.parse() {
        Ok(tokens) => tokens,
        Err(error) => panic!("{error}:\n{source}"),
    };
    if let Err(error) = syn::parse2::<syn::File>(tokens) {
        panic!("{error}:\n{source}");
    }
}

/// Every option that decides what is generated, as a bit says.
fn config(head: [u8; SOURCE_HEAD]) -> Config {
    let bits = u32::from_be_bytes(head);
    let has = |bit: u32| bits >> bit & 1 == 1;
    let mut config = Config::new();
    config
        .messages(has(0))
        .type_table(has(1))
        .bounded_types(has(2))
        .serde(has(3))
        .no_std(has(4))
        .strip_enumerator_prefix(!has(5));
    if has(6) {
        config.borrowed(".");
    }
    if has(7) {
        config.bytes(".");
    }
    if has(8) {
        config.open_enum(".");
    }
    if has(9) {
        config.profile(Profile::Libvirt);
    }
    if has(10) {
        config.strip_prefix("a").strip_prefix("remote_");
    }
    if has(11) {
        config.type_attribute(".", "#[derive(PartialOrd)]");
        config.field_attribute(".", "#[doc(hidden)]");
    }
    if has(12) {
        config.extern_path("t", "::elsewhere::T");
    }
    if has(13) {
        config.runtime_path("crate::runtime");
    }
    if has(14) {
        config.define("SIZE", 16).define("NEGATIVE", -1);
    }
    config
}

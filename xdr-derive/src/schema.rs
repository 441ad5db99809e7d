//! `include_xdr!` and `xdr!`: what the build script makes of an `.x` file, in place.
//!
//! The generator is `xdr-build`'s; here is only what a macro adds to it: where the text comes from, how cargo learns
//! of the files, and how diagnostics become a compile error.

use std::path::PathBuf;

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitBool, LitStr, Token};
use xdr_build::{Config, Diagnostics, GeneratedFile, Profile};

/// The arguments of `include_xdr!`.
struct Include {
    files: Vec<LitStr>,
    config: Config,
}

impl Parse for Include {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut include = Self {
            files: Vec::new(),
            config: Config::new(),
        };
        while !input.is_empty() {
            if input.peek(LitStr) {
                include.files.push(input.parse()?);
            } else {
                option(input, &mut include.config)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if include.files.is_empty() {
            return Err(input.error("expected the path of an `.x` file, relative to Cargo.toml"));
        }
        Ok(include)
    }
}

/// `name = value`, named as the method of `xdr_build::Config` is.
fn option(input: ParseStream<'_>, config: &mut Config) -> syn::Result<()> {
    let name: Ident = input.parse()?;
    input.parse::<Token![=]>()?;
    let span = name.span();
    match name.to_string().as_str() {
        "serde" => config.serde(input.parse::<LitBool>()?.value),
        "no_std" => config.no_std(input.parse::<LitBool>()?.value),
        "bounded_types" => config.bounded_types(input.parse::<LitBool>()?.value),
        "messages" => config.messages(input.parse::<LitBool>()?.value),
        "type_table" => config.type_table(input.parse::<LitBool>()?.value),
        "fingerprints" => config.fingerprints(input.parse::<LitBool>()?.value),
        "strategies" => config.strategies(input.parse::<LitBool>()?.value),
        "strip_enumerator_prefix" => {
            config.strip_enumerator_prefix(input.parse::<LitBool>()?.value)
        }
        "strip_prefix" => config.strip_prefix(text(input)?),
        "bytes" => config.bytes(text(input)?),
        "open_enum" => config.open_enum(text(input)?),
        "borrowed" => config.borrowed(text(input)?),
        "outline" => config.outline(text(input)?),
        "runtime_path" => config.runtime_path(text(input)?),
        "include" => config.include(manifest_dir()?.join(text(input)?)),
        "import" => config.import(manifest_dir()?.join(text(input)?)),
        "profile" => {
            let value: LitStr = input.parse()?;
            let profile = Profile::named(&value.value());
            config.profile(
                profile.ok_or_else(|| {
                    syn::Error::new(value.span(), "the only profile is `libvirt`")
                })?,
            )
        }
        "define" => {
            let value: LitStr = input.parse()?;
            let (name, number) = definition(&value)?;
            config.define(name, number)
        }
        _ => {
            return Err(syn::Error::new(
                span,
                "expected one of `bounded_types`, `borrowed`, `bytes`, `define`, `fingerprints`, `import`, `include`, \
                 `messages`, `no_std`, `open_enum`, `outline`, `profile`, `runtime_path`, `serde`, `strategies`, `strip_enumerator_prefix`, \
                 `strip_prefix`, `type_table`",
            ));
        }
    };
    Ok(())
}

fn text(input: ParseStream<'_>) -> syn::Result<String> {
    Ok(input.parse::<LitStr>()?.value())
}

/// `NAME=NUMBER`
fn definition(literal: &LitStr) -> syn::Result<(String, i64)> {
    let text = literal.value();
    let parts = text.split_once('=');
    let parsed = parts
        .and_then(|(name, number)| Some((name.trim().to_owned(), number.trim().parse().ok()?)));
    parsed.ok_or_else(|| syn::Error::new(literal.span(), "expected `NAME=NUMBER`"))
}

fn manifest_dir() -> syn::Result<PathBuf> {
    let dir = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    dir.ok_or_else(|| {
        syn::Error::new(
            Span::call_site(),
            "CARGO_MANIFEST_DIR is not set: this macro needs cargo",
        )
    })
}

/// Expands `include_xdr!`.
pub(crate) fn include(input: TokenStream) -> syn::Result<TokenStream> {
    let Include { files, config } = syn::parse2(input)?;
    let folder = manifest_dir()?;
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file.value())).collect();
    let span = files.first().map_or_else(Span::call_site, LitStr::span);
    let compilation = xdr_parser::compile(&paths, config.options());
    let tracked = track(&compilation.watched);
    let Some(schema) = &compilation.schema else {
        return Err(report(span, compilation.diagnostics, compilation.sources));
    };
    let items = items(&config.generate_schema(schema, &compilation.sources), span)?;
    Ok(quote!(#tracked #items))
}

/// Makes the compiler look at files, so that cargo builds again when one changes.
fn track(files: &[PathBuf]) -> TokenStream {
    let paths = files.iter().filter_map(|file| {
        let path = std::path::absolute(file).ok()?;
        Some(Literal::string(path.to_str()?))
    });
    quote!(#(const _: &[u8] = include_bytes!(#paths);)*)
}

/// Expands `xdr!`. `written` is the macro's call as the source file has it, comments included, where that is known.
pub(crate) fn inline(
    input: &TokenStream,
    written: Option<&str>,
    place: &str,
) -> syn::Result<TokenStream> {
    let text = written
        .and_then(between_delimiters)
        .map_or_else(|| input.to_string(), str::to_owned);
    let config = Config::new();
    let folder = manifest_dir().ok();
    let compilation = xdr_parser::compile_text(place, &text, folder.as_deref(), config.options());
    let tracked = track(&compilation.watched);
    let Some(schema) = &compilation.schema else {
        return Err(report(
            Span::call_site(),
            compilation.diagnostics,
            compilation.sources,
        ));
    };
    let items = items(
        &config.generate_schema(schema, &compilation.sources),
        Span::call_site(),
    )?;
    Ok(quote!(#tracked #items))
}

/// What is inside of `xdr! { … }`.
fn between_delimiters(call: &str) -> Option<&str> {
    let open = call.find('!')? + 1;
    let open = open + call[open..].find(['{', '(', '['])?;
    let close = call.rfind(['}', ')', ']'])?;
    call.get(open + 1..close)
}

/// One file's items stand where the macro is called; several files are modules beside one another, as they refer to
/// each other that way.
fn items(files: &[GeneratedFile], span: Span) -> syn::Result<TokenStream> {
    let parse = |source: &str| -> syn::Result<TokenStream> {
        let tokens: Result<TokenStream, _> = source.parse();
        tokens
            .map_err(|error| syn::Error::new(span, format!("generated code is not Rust: {error}")))
    };
    if let [only] = files {
        return parse(&only.source);
    }
    let mut modules = TokenStream::new();
    for file in files {
        let name = identifier(&file.module);
        let items = parse(&file.source)?;
        modules.extend(quote!(pub mod #name { #items }));
    }
    Ok(modules)
}

/// The module names of generated files are identifiers already, raw ones with their `r#`.
fn identifier(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

fn report(
    span: Span,
    diagnostics: Vec<xdr_parser::Diagnostic>,
    sources: xdr_parser::Sources,
) -> syn::Error {
    let text = Diagnostics::new(diagnostics, sources).render(false);
    syn::Error::new(span, format!("the XDR does not compile\n\n{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const XDR: &str =
        "/* A point. */\nstruct point { int x; int y<3>; };\nenum kind { A = 1, B };\n";

    fn tokens(text: &str) -> String {
        text.parse::<TokenStream>().expect("it is Rust").to_string()
    }

    fn built() -> String {
        let files = Config::new()
            .generate_text("a.x", XDR, None)
            .expect("it compiles");
        tokens(&files[0].source)
    }

    #[test]
    fn the_macros_give_what_the_build_script_gives() {
        let file = std::env::temp_dir().join(format!("xdr-derive-{}.x", std::process::id()));
        std::fs::write(&file, XDR).expect("the file can be written");
        let path = file.to_str().expect("it is UTF-8");
        let included = include(quote!(#path)).expect("it compiles").to_string();
        std::fs::remove_file(&file).expect("it was there");
        let (tracked, items) = included.split_once(';').expect("the file is tracked");
        assert!(
            tracked.contains("include_bytes") && tracked.contains(path),
            "{tracked}"
        );
        assert_eq!(items.trim(), built());

        let call = format!("xdr_derive::xdr! {{{XDR}}}");
        let here = inline(&tokens(XDR).parse().expect("tokens"), Some(&call), "here")
            .expect("it compiles");
        assert_eq!(here.to_string(), built());
    }

    #[test]
    fn without_the_source_text_only_comments_are_lost() {
        let input: TokenStream = tokens(XDR).parse().expect("tokens");
        let here = inline(&input, None, "here")
            .expect("it compiles")
            .to_string();
        assert!(
            here.contains("struct Point") && !here.contains("A point."),
            "{here}"
        );
    }

    #[test]
    fn diagnostics_become_a_compile_error_that_shows_the_place() {
        let error = inline(
            &TokenStream::new(),
            Some("xdr! { struct a { missing x; }; }"),
            "src/a.rs:3 (xdr!)",
        );
        let text = error.expect_err("a name is missing").to_string();
        assert!(
            text.contains("E0202") && text.contains("src/a.rs:3 (xdr!)"),
            "{text}"
        );
    }

    #[test]
    fn options_are_those_of_the_configuration() {
        let parse =
            |tokens: TokenStream| syn::parse2::<Include>(tokens).map_err(|error| error.to_string());
        assert!(
            parse(quote!(
                "a.x",
                serde = true,
                strip_prefix = "a_",
                profile = "libvirt",
                define = "A=3"
            ))
            .is_ok()
        );
        let unknown = parse(quote!("a.x", colour = "red"))
            .err()
            .expect("it is unknown");
        assert!(
            unknown.starts_with("expected one of `bounded_types`"),
            "{unknown}"
        );
        assert_eq!(
            parse(quote!("a.x", profile = "nfs")).err().as_deref(),
            Some("the only profile is `libvirt`")
        );
        assert_eq!(
            parse(quote!("a.x", define = "A")).err().as_deref(),
            Some("expected `NAME=NUMBER`")
        );
        assert!(parse(quote!()).is_err());
    }
}

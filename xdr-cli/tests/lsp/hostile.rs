//! Clients that say what no client should.

use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::Client;

const TEXT: &str = "const A = 1;\nstruct s {\n    string name<A>;\n};\n";

/// All that can be asked about a place.
const QUESTIONS: [&str; 13] = [
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/documentSymbol",
    "textDocument/completion",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/foldingRange",
    "textDocument/semanticTokens/full",
    "textDocument/codeAction",
];

fn question(client: &Client, name: &str, line: u32, character: u32) -> Value {
    let mut params = client.at(name, line, character);
    let place = params["position"].clone();
    params["range"] = json!({ "start": place, "end": place });
    params["context"] = json!({ "includeDeclaration": true, "diagnostics": [], "triggerKind": 1 });
    params["options"] = json!({ "tabSize": 4, "insertSpaces": true });
    params["newName"] = json!("other");
    params
}

#[test]
fn rubbish_is_left_out_and_the_session_goes_on() {
    let mut client = Client::over(&[]);
    let early = question(&client, "a.x", 0, 0);
    assert_eq!(client.ask("textDocument/hover", early)["code"], -32002);
    client.note("initialized", json!({}));
    client.initialize(&[]);
    assert_eq!(
        client.ask("initialize", json!({ "capabilities": {} }))["code"],
        -32600
    );
    client.open("a.x", TEXT);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\u{0}",
        "{\"jsonrpc\":\"2.0\"}",
        r#"{"jsonrpc":"2.0","id":null,"method":"shutdown"}"#,
        r#"{"jsonrpc":"2.0","id":7,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":7,"error":7}"#,
        r#"[{"jsonrpc":"2.0","method":"exit"}]"#,
    ] {
        client.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }
    client.raw(b"Content-Length: 3\r\n\r\n\xff\xfe\xfd");
    client.raw(b"rubbish\r\nContent-Length: many\r\n\r\n");
    client.raw("[".repeat(100_000).as_bytes());
    client.raw(b"\r\n");
    let deep = "[".repeat(100_000);
    client.raw(format!("Content-Length: {}\r\n\r\n{deep}", deep.len()).as_bytes());
    for (method, params) in [
        ("initialized", json!({})),
        ("initialized", json!(1)),
        ("textDocument/didOpen", json!({ "textDocument": 1 })),
        ("textDocument/didChange", json!([])),
        (
            "textDocument/didClose",
            json!({ "textDocument": { "uri": "no uri" } }),
        ),
        (
            "textDocument/didClose",
            json!({ "textDocument": { "uri": "file:///not/open.x" } }),
        ),
        ("$/cancelRequest", json!({ "id": 1 })),
        ("$/something", Value::Null),
        ("something/else", json!({ "a": 1 })),
    ] {
        client.note(method, params);
    }
    client.change("unknown.x", 1, &json!([{ "text": "" }]));
    assert_eq!(client.ask("no/method", Value::Null)["code"], -32601);
    assert_eq!(client.ask("textDocument/hover", json!(1))["code"], -32602);
    for method in QUESTIONS {
        let params = question(&client, "unknown.x", 0, 0);
        let error = client.ask(method, params);
        assert_eq!(error["code"], -32803, "{method}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.ends_with("unknown.x` is not open"),
            "{method}: {message}"
        );
        for (line, character) in [(0, u32::MAX), (u32::MAX, 0), (9, 9)] {
            let params = question(&client, "a.x", line, character);
            let answer = client.ask(method, params);
            assert_ne!(answer["code"], -32603, "{method}: {answer}");
        }
    }
    let uri = "untitled:One";
    client.note(
        "textDocument/didOpen",
        json!({ "textDocument": { "uri": uri, "languageId": "xdr", "version": 5, "text": "const A = B;" } }),
    );
    let published = client.wait(|message| message["params"]["uri"] == uri);
    assert_eq!(published["params"]["diagnostics"][0]["code"], "E0202");
    let (status, stderr) = client.leave();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_length_that_no_memory_holds_ends_the_session() {
    for length in ["99999999999", "18446744073709551615"] {
        let mut client = Client::over(&[]);
        client.initialize(&[]);
        client.raw(format!("Content-Length: {length}\r\n\r\n{{}}").as_bytes());
        let (status, stderr) = client.end();
        assert_eq!(status.code(), Some(1));
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
}

#[test]
fn a_long_text_that_is_written_fast_is_answered() {
    let mut text = String::new();
    for number in 0..20_000 {
        let _ = writeln!(
            text,
            "struct type_{number} {{\n    int first;\n    string name<{number}>;\n}};"
        );
    }
    let mut client = Client::over(&[]);
    client.initialize(&[]);
    client.open("a.x", &text);
    for version in 2..200 {
        let place = json!({ "line": 1, "character": 8 });
        let change = json!([{ "range": { "start": place, "end": place }, "text": "x" }]);
        client.change("a.x", version, &change);
    }
    let hover = client.ask("textDocument/hover", client.at("a.x", 1, 10));
    let said = hover["contents"]["value"].as_str().unwrap();
    assert!(said.contains(&"x".repeat(198)), "{said}");
    assert_eq!(client.diagnostics("a.x", 199), [Value::Null; 0]);
    let published = client.leave();
    assert_eq!(published.0.code(), Some(0));
}

/// An edit as a client makes it, in UTF-16.
#[derive(Clone, Debug)]
struct Change {
    from: (u32, u32),
    to: (u32, u32),
    text: String,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let place = || (0_u32..7, 0_u32..24);
    let text = "[a-c{};<>= \r\n]{0,5}|𝄞|é|struct s \\{|const B = A;\n";
    let change = (place(), place(), text);
    let change = change.prop_map(|(one, other, text)| Change {
        from: one.min(other),
        to: one.max(other),
        text,
    });
    proptest::collection::vec(change, 1..12)
}

/// The byte at a place, as the protocol has it, written anew: the server's own must agree.
fn offset(text: &str, (line, column): (u32, u32)) -> usize {
    let mut start = 0;
    for _ in 0..line {
        match text[start..].find(['\n', '\r']) {
            Some(at) if text[start + at..].starts_with("\r\n") => start += at + 2,
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let end = text[start..]
        .find(['\n', '\r'])
        .map_or(text.len(), |at| start + at);
    let mut units = 0;
    for (at, character) in text[start..end].char_indices() {
        units += character.len_utf16();
        if units > column as usize {
            return start + at;
        }
    }
    end
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What the server formats, or says why not, depends on every byte of its text.
    #[test]
    fn the_servers_text_is_the_clients(changes in changes()) {
        let mut client = Client::over(&[]);
        client.initialize(&[]);
        client.open("a.x", TEXT);
        let mut text = TEXT.to_owned();
        let mut version = 1;
        for change in changes {
            version += 1;
            let Change { from, to, text: new } = change;
            let place = |(line, character)| json!({ "line": line, "character": character });
            let range = json!({ "start": place(from), "end": place(to) });
            client.change("a.x", version, &json!([{ "range": range, "text": new }]));
            let params = question(&client, "a.x", to.0, from.1);
            let (from, to) = (offset(&text, from), offset(&text, to));
            text.replace_range(from.min(to)..from.max(to), &new);
            for method in QUESTIONS {
                let answer = client.ask(method, params.clone());
                prop_assert_ne!(&answer["code"], &json!(-32603), "{}", method);
            }
        }
        let fresh_found = {
            let mut fresh = Client::over(&[]);
            fresh.initialize(&[]);
            fresh.open("a.x", &text);
            let found = fresh.diagnostics("a.x", 1);
            let tokens = fresh.ask("textDocument/semanticTokens/full", question(&fresh, "a.x", 0, 0));
            let folder = fresh.folder().display().to_string();
            (json!(found).to_string().replace(&folder, ""), tokens)
        };
        let found = client.diagnostics("a.x", version);
        let tokens = client.ask("textDocument/semanticTokens/full", question(&client, "a.x", 0, 0));
        let folder = client.folder().display().to_string();
        prop_assert_eq!(json!(found).to_string().replace(&folder, ""), fresh_found.0);
        prop_assert_eq!(tokens, fresh_found.1);
        let (status, stderr) = client.leave();
        prop_assert_eq!(status.code(), Some(0));
        prop_assert_eq!(stderr, "");
    }
}

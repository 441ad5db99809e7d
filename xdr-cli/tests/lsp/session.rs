//! A whole session, as somebody at an editor has it.

use serde_json::{Value, json};

use crate::client::Client;

const BASE: &str = "const NAME_MAX = 16;\ntypedef string name<NAME_MAX>;\n";
const USER: &str = "%#include \"base.h\"\n\nstruct person {\n    name given;\n    int age;\n};\n\nstruct group {\n    person members<8>;\n};\n";

fn ranges(locations: &Value) -> Vec<String> {
    let locations = locations.as_array().unwrap().iter();
    let shown = locations.map(|location| {
        let uri = location["uri"].as_str().unwrap();
        let (_, name) = uri.rsplit_once('/').unwrap();
        let start = &location["range"]["start"];
        format!("{name}:{}:{}", start["line"], start["character"])
    });
    shown.collect()
}

#[test]
fn a_text_is_written_asked_about_changed_and_left() {
    let mut client = Client::over(&[("base.x", BASE), ("user.x", USER)]);
    let server = client.initialize(&["utf-8", "utf-16"]);
    assert_eq!(server["capabilities"]["positionEncoding"], "utf-8");
    assert_eq!(server["serverInfo"]["name"], "xdr lsp");

    client.open("user.x", USER);
    assert_eq!(client.diagnostics("user.x", 1), [Value::Null; 0]);

    // A line is being written …
    let place = json!({ "line": 4, "character": 12 });
    let written =
        json!([{ "range": { "start": place, "end": place }, "text": "\n    names family" }]);
    client.change("user.x", 2, &written);
    let found = client.diagnostics("user.x", 2);
    assert_eq!(found[0]["code"], "E0101");
    assert_eq!(found[0]["source"], "xdr");
    assert_eq!(found[0]["severity"], 1);
    assert_eq!(
        found[0]["message"],
        "expected `;`, found `}`\nhelp: declarations and definitions end with `;`"
    );
    let related = &found[0]["relatedInformation"][0];
    assert_eq!(related["message"], "in the definition that begins here");
    assert_eq!(related["location"]["range"]["start"]["line"], 2);
    // … of the rest all is known …
    let hover = client.ask("textDocument/hover", client.at("user.x", 9, 6));
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .contains("struct person"),
        "{hover}"
    );

    // … and ended, with a slip.
    let end = json!({ "line": 5, "character": 16 });
    client.change(
        "user.x",
        3,
        &json!([{ "range": { "start": end, "end": end }, "text": ";" }]),
    );
    let found = client.diagnostics("user.x", 3);
    assert_eq!(found[0]["code"], "E0202");
    let slip =
        json!({ "start": { "line": 5, "character": 4 }, "end": { "line": 5, "character": 9 } });
    assert_eq!(found[0]["range"], slip);
    let actions = client.ask(
        "textDocument/codeAction",
        json!({ "textDocument": { "uri": client.uri("user.x") }, "range": slip, "context": { "diagnostics": [] } }),
    );
    assert_eq!(actions[0]["title"], "change to `name`");
    let edit = &actions[0]["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"]["version"], 3);
    assert_eq!(
        edit["edits"][0],
        json!({ "range": slip, "newText": "name" })
    );
    client.change("user.x", 4, &json!([{ "range": slip, "text": "name" }]));
    assert_eq!(client.diagnostics("user.x", 4), [Value::Null; 0]);

    let hover = client.ask("textDocument/hover", client.at("user.x", 3, 5));
    let said = hover["contents"]["value"].as_str().unwrap();
    assert!(
        said.contains("typedef string name<NAME_MAX>;") && said.contains("4 to 20 bytes"),
        "{said}"
    );
    assert_eq!(
        hover["range"]["start"],
        json!({ "line": 3, "character": 4 })
    );

    let definition = client.ask("textDocument/definition", client.at("user.x", 3, 5));
    assert_eq!(ranges(&json!([definition])), ["base.x:1:15"]);
    let import = client.ask("textDocument/definition", client.at("user.x", 0, 12));
    assert_eq!(ranges(&json!([import])), ["base.x:0:0"]);

    let mut params = client.at("user.x", 3, 5);
    params["context"] = json!({ "includeDeclaration": true });
    let references = client.ask("textDocument/references", params.clone());
    assert_eq!(
        ranges(&references),
        ["base.x:1:15", "user.x:3:4", "user.x:5:4"]
    );
    params["context"] = json!({ "includeDeclaration": false });
    let references = client.ask("textDocument/references", params);
    assert_eq!(ranges(&references), ["user.x:3:4", "user.x:5:4"]);
    let marks = client.ask("textDocument/documentHighlight", client.at("user.x", 3, 5));
    assert_eq!(marks.as_array().unwrap().len(), 2);

    rename(&mut client);
    lists(&mut client);
    layout(&mut client);
    imports(&mut client);
    let (status, stderr) = client.leave();
    assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
}

fn rename(client: &mut Client) {
    let range = client.ask("textDocument/prepareRename", client.at("user.x", 3, 5));
    assert_eq!(range["start"], json!({ "line": 3, "character": 4 }));
    let mut params = client.at("user.x", 3, 5);
    params["newName"] = json!("label");
    let edit = client.ask("textDocument/rename", params.clone());
    let documents = edit["documentChanges"].as_array().unwrap();
    let changed: Vec<(Value, usize)> = documents
        .iter()
        .map(|document| {
            let edits = document["edits"].as_array().unwrap();
            (document["textDocument"]["version"].clone(), edits.len())
        })
        .collect();
    // base.x is not open.
    assert_eq!(changed, [(Value::Null, 1), (json!(4), 2)]);
    params["newName"] = json!("person");
    let error = client.ask("textDocument/rename", params);
    assert_eq!(error["code"], -32803);
    let why = error["message"].as_str().unwrap();
    assert!(
        why.starts_with("`person` is taken already, by the struct in "),
        "{why}"
    );
    let error = client.ask("textDocument/prepareRename", client.at("user.x", 1, 0));
    assert_eq!(
        error["message"],
        "there is no name here that has a definition"
    );
}

fn lists(client: &mut Client) {
    let document = json!({ "textDocument": { "uri": client.uri("user.x") } });
    let symbols = client.ask("textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[0]["name"], "person");
    assert_eq!(symbols[0]["children"][2]["name"], "family");
    assert_eq!(symbols[1]["name"], "group");
    let symbols = client.ask("workspace/symbol", json!({ "query": "name" }));
    assert_eq!(symbols[0]["name"], "NAME_MAX");
    assert!(
        symbols[0]["location"]["uri"]
            .as_str()
            .unwrap()
            .ends_with("base.x")
    );
    let list = client.ask("textDocument/completion", client.at("user.x", 3, 6));
    let items = list["items"].as_array().unwrap();
    let name = items.iter().find(|item| item["label"] == "name").unwrap();
    assert_eq!(name["detail"], "typedef, 4 to 20 bytes");
    assert_eq!(name["textEdit"]["range"]["end"]["character"], 8);
    let folds = client.ask("textDocument/foldingRange", document.clone());
    assert_eq!(folds[0]["startLine"], 2);
    let tokens = client.ask("textDocument/semanticTokens/full", document);
    let data = tokens["data"].as_array().unwrap();
    assert_eq!(data.len() % 5, 0);
    // `struct` in the third line.
    assert_eq!(data[..5], [2, 0, 6, 0, 0].map(|number| json!(number)));
}

fn layout(client: &mut Client) {
    let params = json!({
        "textDocument": { "uri": client.uri("user.x") },
        "options": { "tabSize": 4, "insertSpaces": true },
    });
    assert_eq!(
        client.ask("textDocument/formatting", params.clone()),
        json!([])
    );
    let range =
        json!({ "start": { "line": 4, "character": 3 }, "end": { "line": 4, "character": 4 } });
    client.change("user.x", 5, &json!([{ "range": range, "text": "   " }]));
    let edits = client.ask("textDocument/formatting", params.clone());
    assert_eq!(edits.as_array().unwrap().len(), 1, "{edits}");
    assert_eq!(edits[0]["newText"], "\n    ");
    client.change("user.x", 6, &json!([{ "text": "struct" }]));
    assert_eq!(client.ask("textDocument/formatting", params), Value::Null);
    let message = client.wait(|message| message["method"] == "window/showMessage");
    let said = message["params"]["message"].as_str().unwrap();
    assert!(
        said.starts_with("a text with mistakes is not laid out"),
        "{said}"
    );
    client.change("user.x", 7, &json!([{ "text": USER }]));
    assert_eq!(client.diagnostics("user.x", 7), [Value::Null; 0]);
}

/// A change in what is imported shows in what imports it, saved or not.
fn imports(client: &mut Client) {
    client.open("base.x", BASE);
    assert_eq!(client.diagnostics("base.x", 1), [Value::Null; 0]);
    assert_eq!(client.diagnostics("user.x", 7), [Value::Null; 0]);
    client.change("base.x", 2, &json!([{ "text": "typedef int other;\n" }]));
    let found = client.diagnostics("user.x", 7);
    assert_eq!(found[0]["code"], "E0202");
    client.note(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": client.uri("base.x") } }),
    );
    // The file on disk counts again.
    assert_eq!(client.diagnostics("user.x", 7), [Value::Null; 0]);
}

#[test]
fn settings_of_the_folder_count_when_they_change_too() {
    let text = "struct a {\n    opaque id[VIR_UUID_BUFLEN];\n};\n";
    let mut client = Client::over(&[("a.x", text)]);
    client.initialize(&[]);
    client.open("a.x", text);
    assert_eq!(client.diagnostics("a.x", 1)[0]["code"], "E0202");
    for (settings, code) in [
        ("profile = \"libvirt\"\n", None),
        ("profile = 1\n", Some(Value::Null)),
    ] {
        std::fs::write(client.path("xdr.toml"), settings).unwrap();
        client.note("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
        let found = client.diagnostics("a.x", 1);
        let first = found.first().map(|found| found["code"].clone());
        assert_eq!(first, code, "{found:?}");
    }
}

#[test]
fn columns_are_counted_in_utf_16_unless_agreed_otherwise() {
    let text = "/* 𝄞é */ const A = B;\r\nconst C = A;\r\n";
    for (encodings, start, end) in [
        (&[][..], 20, 21),
        (&["utf-16"], 20, 21),
        (&["utf-8"], 23, 24),
    ] {
        let mut client = Client::over(&[]);
        client.initialize(encodings);
        client.open("a.x", text);
        let found = client.diagnostics("a.x", 1);
        assert_eq!(
            found[0]["range"]["start"],
            json!({ "line": 0, "character": start })
        );
        assert_eq!(
            found[0]["range"]["end"],
            json!({ "line": 0, "character": end })
        );
        let range = &found[0]["range"];
        client.change("a.x", 2, &json!([{ "range": range, "text": "5" }]));
        assert_eq!(client.diagnostics("a.x", 2), [Value::Null; 0]);
        let hover = client.ask("textDocument/hover", client.at("a.x", 1, 10));
        assert!(
            hover["contents"]["value"]
                .as_str()
                .unwrap()
                .contains("5 (0x5)")
        );
        assert_eq!(client.leave().0.code(), Some(0));
    }
}

#[test]
fn the_exit_code_says_how_the_session_ended() {
    // Nobody was there.
    assert_eq!(Client::over(&[]).end().0.code(), Some(0));
    let mut client = Client::over(&[]);
    client.initialize(&[]);
    let (status, stderr) = client.end();
    assert_eq!(status.code(), Some(1));
    assert!(
        stderr.contains("the client left without `shutdown`"),
        "{stderr}"
    );
    let mut client = Client::over(&[]);
    client.initialize(&[]);
    client.note("exit", Value::Null);
    assert_eq!(client.end().0.code(), Some(1));
    let mut client = Client::over(&[]);
    client.initialize(&[]);
    assert_eq!(client.ask("shutdown", Value::Null), Value::Null);
    assert_eq!(client.ask("shutdown", Value::Null)["code"], -32600);
    assert_eq!(client.end().0.code(), Some(0));
}

#[test]
fn what_was_asked_before_the_end_is_answered() {
    for (ends, code) in [
        (&[][..], 1),
        (&["exit"], 1),
        (&["shutdown"], 0),
        (&["shutdown", "exit"], 0),
    ] {
        let mut client = Client::over(&[]);
        client.initialize(&[]);
        client.open("a.x", "const A = 1;\n");
        let at = client.at("a.x", 0, 6);
        let mut asked: Vec<i32> = (0..5)
            .map(|_| client.begin("textDocument/hover", at.clone()))
            .collect();
        for end in ends {
            if *end == "exit" {
                client.note(end, Value::Null);
            } else {
                asked.push(client.begin(end, Value::Null));
            }
        }
        let messages = client.last_messages();
        let answers = messages
            .iter()
            .filter(|message| message.get("id").is_some());
        let answers: Vec<&Value> = answers.map(|answer| &answer["id"]).collect();
        assert_eq!(answers, asked.iter().collect::<Vec<_>>(), "{ends:?}");
        assert_eq!(client.end().0.code(), Some(code), "{ends:?}");
    }
}

#[test]
fn shutdown_may_have_parameters() {
    let mut client = Client::over(&[]);
    client.initialize(&[]);
    assert_eq!(client.ask("shutdown", json!({})), Value::Null);
    client.note("exit", json!({}));
    assert_eq!(client.end().0.code(), Some(0));
}

#[test]
fn a_document_that_is_open_by_two_names_is_closed_by_both() {
    let mut client = Client::over(&[]);
    client.initialize(&[]);
    let text = "const A = 1;\n";
    for name in ["a.x", "%61.x", "a.x"] {
        client.open(name, text);
    }
    let close = |client: &mut Client, name: &str| {
        let uri = client.uri(name);
        let params = json!({ "textDocument": { "uri": uri } });
        client.note("textDocument/didClose", params);
        let at = client.at("a.x", 0, 6);
        client.ask("textDocument/hover", at)
    };
    let hover = close(&mut client, "%61.x");
    assert!(hover["contents"].is_object(), "{hover}");
    let hover = close(&mut client, "a.x");
    assert!(hover["code"].is_number(), "{hover}");
    assert_eq!(client.leave().0.code(), Some(0));
}

#[test]
fn a_byte_order_mark_of_a_file_has_no_column() {
    let mut client = Client::over(&[("base.x", "\u{feff}const A = 1;\n")]);
    client.initialize(&[]);
    client.open("a.x", "#include \"base.x\"\ntypedef int b[A];\n");
    let at = client.at("a.x", 1, 14);
    let found = client.ask("textDocument/definition", at);
    assert!(found.to_string().contains("base.x"), "{found}");
    let mut starts = Vec::new();
    if let Some(all) = found.as_array() {
        starts.extend(all.iter().map(|place| place["range"]["start"].clone()));
    } else if found.get("range").is_some() {
        starts.push(found["range"]["start"].clone());
    }
    assert_eq!(starts, [json!({ "line": 0, "character": 6 })]);
}

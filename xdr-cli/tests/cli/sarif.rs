//! What `--message-format sarif` prints is held to what the standard (SARIF 2.1.0) demands of what it says.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sandbox::Sandbox;

/// Names and columns beyond ASCII, several files, an import, errors, fixes.
fn logs() -> Vec<(Sandbox, Value)> {
    let commands = [
        ("xdr check --warn all a.x 'b c.x'", 0),
        ("xdr check broken.x a.x", 1),
        ("xdr check --deny all 'b c.x'", 1),
        ("xdr check clean.x", 0),
        ("xdr breaking --against clean.x a.x", 0),
        ("xdr check - < a.x", 0),
    ];
    let run = |(command, code): (&str, i32)| {
        let sandbox = Sandbox::empty()
            .with(
                "a.x",
                "/* 𝄞€ */ const A = 010; /* 𝄞 */ enum e { B, C };\n/* 𝄞 */ const D = 011;\n",
            )
            .with(
                "b c.x",
                "#include \"a.x\"\nstruct s { string t<>; char u[A]; }; // xdr:allow(nonsense)\n",
            )
            .with("broken.x", "struct s { int a;\n int a; };\n")
            .with("clean.x", "const A = 8;\n");
        let (verb, rest) = command.split_once(' ').unwrap();
        let (subcommand, rest) = rest.split_once(' ').unwrap();
        let line = format!("{verb} {subcommand} --message-format sarif {rest}");
        let output = sandbox.shell(&line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stderr, "", "{line}");
        assert_eq!(output.status.code(), Some(code), "{line}");
        let log = serde_json::from_slice(&output.stdout).unwrap();
        (sandbox, log)
    };
    commands.into_iter().map(run).collect()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value, name: &str) -> usize {
    let number = value[name].as_u64().unwrap();
    usize::try_from(number).unwrap()
}

#[test]
fn a_log_has_one_run_with_a_tool_and_its_rules() {
    for (_, log) in logs() {
        assert_eq!(log["version"], "2.1.0");
        let [run] = list(&log, "runs") else {
            panic!("{log}")
        };
        assert_eq!(run["columnKind"], "utf16CodeUnits");
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "xdr");
        let ids: Vec<&Value> = list(driver, "rules")
            .iter()
            .map(|rule| &rule["id"])
            .collect();
        let different: BTreeSet<&str> = ids.iter().filter_map(|id| id.as_str()).collect();
        assert_eq!(different.len(), ids.len());
        // A run without results says so.
        assert!(run["results"].is_array());
        for result in list(run, "results") {
            assert_eq!(ids[number(result, "ruleIndex")], &result["ruleId"]);
            let level = result["level"].as_str().unwrap();
            assert!(["error", "warning", "note"].contains(&level));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            assert_eq!(list(result, "locations").len(), 1);
        }
    }
}

#[test]
fn a_place_has_a_uri_and_a_region_that_counts_from_one() {
    for (_, log) in logs() {
        for result in list(&log["runs"][0], "results") {
            let places = list(result, "locations").iter();
            for place in places.chain(list(result, "relatedLocations")) {
                let physical = &place["physicalLocation"];
                let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
                let files = ["a.x", "b%20c.x", "broken.x", "clean.x", "%3Cstdin%3E"];
                assert!(files.contains(&uri), "{uri}");
                let region = &physical["region"];
                let start = (number(region, "startLine"), number(region, "startColumn"));
                let end = (number(region, "endLine"), number(region, "endColumn"));
                assert!(start >= (1, 1) && end >= start && end.1 >= 1, "{region}");
            }
            let related = list(result, "relatedLocations");
            let ids: BTreeSet<usize> = related.iter().map(|place| number(place, "id")).collect();
            assert_eq!(ids.len(), related.len());
        }
    }
}

/// Columns are what editors and code scanning count: code units of UTF-16.
#[test]
fn replacements_made_by_their_columns_mend_the_file_as_fix_does() {
    let (sandbox, log) = logs().into_iter().next().unwrap();
    let before = sandbox.read("a.x");
    let mut lines: Vec<Vec<u16>> = before
        .split_inclusive('\n')
        .map(|line| line.encode_utf16().collect())
        .collect();
    let mut replacements: Vec<&Value> = list(&log["runs"][0], "results")
        .iter()
        .flat_map(|result| list(result, "fixes"))
        .flat_map(|fix| list(fix, "artifactChanges"))
        .filter(|change| change["artifactLocation"]["uri"] == "a.x")
        .flat_map(|change| list(change, "replacements"))
        .collect();
    assert!(replacements.len() > 3);
    let start = |replacement: &Value| {
        let region = &replacement["deletedRegion"];
        (number(region, "startLine"), number(region, "startColumn"))
    };
    replacements.sort_by_key(|replacement| start(replacement));
    for replacement in replacements.into_iter().rev() {
        let (line, column) = start(replacement);
        let region = &replacement["deletedRegion"];
        assert_eq!(number(region, "endLine"), line);
        let text = replacement["insertedContent"]["text"].as_str().unwrap();
        let deleted = column - 1..number(region, "endColumn") - 1;
        lines[line - 1].splice(deleted, text.encode_utf16());
    }
    let mended = String::from_utf16(&lines.concat()).unwrap();
    assert!(sandbox.shell("xdr check --fix a.x").status.success());
    assert_eq!(mended, sandbox.read("a.x"));
    assert_ne!(mended, before);
}

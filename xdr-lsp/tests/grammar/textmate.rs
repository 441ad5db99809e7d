//! As much of TextMate's grammars as ours takes: `match`, `begin` and `end`, captures, `include`.

use std::collections::HashMap;

use fancy_regex::Regex;
use serde_json::Value;

/// A rule, made ready.
struct Rule {
    name: Option<String>,
    start: Option<Regex>,
    captures: Vec<(usize, Capture)>,
    end: Option<Regex>,
    patterns: Vec<usize>,
}

/// What a group of an expression is.
struct Capture {
    name: Option<String>,
    patterns: Vec<usize>,
}

pub(crate) struct Grammar {
    rules: Vec<Rule>,
    outermost: Vec<usize>,
}

/// The scopes of each byte, outermost first, that of the grammar left out.
type Scopes = Vec<Vec<String>>;

impl Grammar {
    pub(crate) fn read(text: &str) -> Self {
        let grammar: Value = serde_json::from_str(text).unwrap();
        let mut reader = Reader {
            rules: Vec::new(),
            named: HashMap::new(),
            repository: grammar["repository"].clone(),
        };
        let outermost = reader.patterns(&grammar["patterns"]);
        Self {
            rules: reader.rules,
            outermost,
        }
    }

    pub(crate) fn scopes(&self, text: &str) -> Scopes {
        let mut scopes: Scopes = vec![Vec::new(); text.len()];
        // Rules that have begun and not ended.
        let mut open: Vec<usize> = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches('\n');
            self.line(content, &mut open, &mut scopes[start..start + line.len()]);
            start += line.len();
        }
        scopes
    }

    fn line(&self, line: &str, open: &mut Vec<usize>, scopes: &mut [Vec<String>]) {
        let mut at = 0;
        loop {
            let names: Vec<String> = open
                .iter()
                .filter_map(|rule| self.rules[*rule].name.clone())
                .collect();
            let patterns = open
                .last()
                .map_or(&self.outermost, |rule| &self.rules[*rule].patterns);
            let ends = open.last().and_then(|rule| self.rules[*rule].end.as_ref());
            let end = ends.and_then(|end| end.find_from_pos(line, at).unwrap());
            let next = self.first(patterns, line, at);
            let next = next.filter(|(start, _)| end.is_none_or(|end| *start < end.start()));
            let until = next.map_or_else(
                || end.map_or(line.len(), |end| end.end()),
                |(start, _)| start,
            );
            for scope in &mut scopes[at..until] {
                scope.extend_from_slice(&names);
            }
            match (next, end) {
                (Some((_, rule)), _) => {
                    at = self.take(rule, line, until, &names, scopes);
                    if self.rules[rule].end.is_some() {
                        open.push(rule);
                    } else {
                        assert!(at > until, "a rule takes nothing in `{line}`");
                    }
                }
                (None, Some(end)) => {
                    open.pop();
                    at = end.end();
                }
                (None, None) => return,
            }
        }
    }

    /// The rule that begins first, and where.
    fn first(&self, patterns: &[usize], line: &str, at: usize) -> Option<(usize, usize)> {
        let found = patterns.iter().filter_map(|&rule| {
            let Some(start) = &self.rules[rule].start else {
                return self.first(&self.rules[rule].patterns, line, at);
            };
            let found = start.find_from_pos(line, at).unwrap()?;
            Some((found.start(), rule))
        });
        // Of those that begin in one place the first in order counts.
        found.min_by_key(|(start, _)| *start)
    }

    /// Gives the scopes of what a rule matches at a place; where that ends.
    fn take(
        &self,
        rule: usize,
        line: &str,
        at: usize,
        names: &[String],
        scopes: &mut [Vec<String>],
    ) -> usize {
        let rule = &self.rules[rule];
        let captures = rule
            .start
            .as_ref()
            .unwrap()
            .captures_from_pos(line, at)
            .unwrap()
            .unwrap();
        let whole = captures.get(0).unwrap();
        for scope in &mut scopes[whole.start()..whole.end()] {
            scope.extend_from_slice(names);
            scope.extend(rule.name.clone());
        }
        for (group, capture) in &rule.captures {
            let Some(found) = captures.get(*group) else {
                continue;
            };
            for scope in &mut scopes[found.start()..found.end()] {
                scope.extend(capture.name.clone());
            }
            if let Some((start, inner)) = self.first(&capture.patterns, found.as_str(), 0) {
                assert_eq!(start, 0, "a capture is one word");
                for scope in &mut scopes[found.start()..found.end()] {
                    scope.extend(self.rules[inner].name.clone());
                }
            }
        }
        whole.end()
    }
}

struct Reader {
    rules: Vec<Rule>,
    /// By name in the repository.
    named: HashMap<String, usize>,
    repository: Value,
}

impl Reader {
    fn patterns(&mut self, patterns: &Value) -> Vec<usize> {
        let patterns = patterns.as_array().cloned().unwrap_or_default();
        patterns.iter().map(|pattern| self.rule(pattern)).collect()
    }

    fn rule(&mut self, rule: &Value) -> usize {
        if let Some(include) = rule["include"].as_str() {
            let name = include.trim_start_matches('#').to_owned();
            if let Some(known) = self.named.get(&name) {
                return *known;
            }
            let included = self.repository[&name].clone();
            assert!(included.is_object(), "there is no {name}");
            let number = self.rule(&included);
            self.named.insert(name, number);
            return number;
        }
        let text = |key: &str| rule[key].as_str().map(str::to_owned);
        let expression = |key: &str| text(key).map(|text| Regex::new(&text).unwrap());
        let captures = rule.get("captures").or_else(|| rule.get("beginCaptures"));
        let captures = captures
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let captures = captures.iter().map(|(group, capture)| {
            let name = capture["name"].as_str().map(str::to_owned);
            let patterns = self.patterns(&capture["patterns"]);
            (group.parse().unwrap(), Capture { name, patterns })
        });
        let captures = captures.collect();
        let patterns = self.patterns(&rule["patterns"]);
        self.rules.push(Rule {
            name: text("name"),
            start: expression("match").or_else(|| expression("begin")),
            captures,
            end: expression("end"),
            patterns,
        });
        self.rules.len() - 1
    }
}

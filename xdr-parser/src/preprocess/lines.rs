//! What `#` lines say, and `%` lines that include.

use thin_vec::ThinVec;

use super::{Conditional, Preprocessor, condition, count};
use crate::ast::{Directive, Identifier, Number, Trivia, TriviaKind, Value, ValueKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::number;
use crate::source::{Location, Span};

impl<'a> Preprocessor<'a> {
    pub(super) fn directive(&mut self, span: Span) {
        let inside = self.text(span).trim_start_matches('#').trim_start();
        let (word, arguments) = split_word(inside);
        let arguments = without_comment(arguments);
        match word {
            "ifdef" | "ifndef" => {
                let defined = self.defines.contains_key(split_word(arguments).0);
                self.open(span, self.active() && defined == (word == "ifdef"));
            }
            "if" => {
                let holds = self.active() && self.condition(arguments, span);
                self.open(span, holds);
            }
            "elif" | "else" => self.branch(word, arguments, span),
            "endif" => {
                if self.conditionals.pop().is_none() {
                    self.unbalanced(span, "`#endif` without a conditional to end");
                }
            }
            _ if !self.active() => {}
            "define" => self.define(arguments, span),
            "undef" => {
                self.defines.remove(split_word(arguments).0);
            }
            "include" => self.include(inside, span, false),
            "error" => self.misplaced(span, format!("the text says `#error {arguments}`")),
            // `# 12 "file"` is what a C preprocessor leaves behind; pragmas are for C compilers.
            "pragma" | "warning" | "line" | "" => {}
            _ if word.starts_with(|c: char| c.is_ascii_digit()) => {}
            _ => self.misplaced(span, format!("`#{word}` is not a preprocessor line")),
        }
    }

    fn misplaced(&mut self, span: Span, message: String) {
        let location = Location {
            file: self.file,
            span,
        };
        self.diagnostics.push(Diagnostic::error(Code::E0108, location, message).help("known are #if, #ifdef, #ifndef, #elif, #else, #endif, #define, #undef, #include and #error; conditions are C's without arithmetic"));
    }

    fn unbalanced(&mut self, span: Span, message: &str) {
        let location = Location {
            file: self.file,
            span,
        };
        self.diagnostics.push(Diagnostic::error(Code::E0109, location, message).help("conditionals are #if, #ifdef or #ifndef, then any #elif, then at most one #else, then #endif"));
    }

    fn open(&mut self, opened: Span, active: bool) {
        self.conditionals.push(Conditional {
            opened,
            active,
            taken: active,
            had_else: false,
        });
    }

    fn branch(&mut self, word: &str, arguments: &str, span: Span) {
        let Some(mut conditional) = self.conditionals.pop() else {
            return self.unbalanced(span, &format!("`#{word}` without a conditional before it"));
        };
        if conditional.had_else {
            self.unbalanced(span, &format!("`#{word}` behind `#else`"));
        }
        let holds = !conditional.taken
            && self.active()
            && (word == "else" || self.condition(arguments, span));
        conditional.active = holds;
        conditional.taken |= holds;
        conditional.had_else |= word == "else";
        self.conditionals.push(conditional);
    }

    fn condition(&mut self, expression: &str, span: Span) -> bool {
        condition::holds(expression, &self.defines).unwrap_or_else(|| {
            self.misplaced(
                span,
                format!("cannot evaluate the condition `{expression}`"),
            );
            false
        })
    }

    fn define(&mut self, arguments: &'a str, span: Span) {
        let (name, value) = split_word(arguments);
        if !is_name(name) {
            let location = Location {
                file: self.file,
                span,
            };
            let nameless = Diagnostic::error(Code::E0108, location, "`#define` needs a name");
            self.diagnostics
                .push(nameless.help("write `#define NAME VALUE`"));
            return;
        }
        let takes_arguments = arguments[name.len()..].starts_with('(');
        let value = without_parentheses(value);
        let kind = if takes_arguments {
            None
        } else if let Ok(number) = number::parse_c(value) {
            Some(ValueKind::Number(Number::new(number)))
        } else if let Some(string) = string(value) {
            Some(ValueKind::String(string.into()))
        } else {
            is_name(value).then(|| ValueKind::Name(value.into()))
        };
        // A macro that is not a number still decides `#ifdef`.
        let number = match kind {
            Some(ValueKind::Number(Some(number))) => number.into(),
            _ => 1,
        };
        self.defines.insert(name.to_owned(), number);
        if let Some(kind) = kind {
            // The same again is no second definition, as in C.
            if self.macros.insert(name, value) != Some(value) {
                self.constant(name, value, kind, span);
            }
        }
    }

    fn constant(&mut self, name: &'a str, value: &'a str, kind: ValueKind, span: Span) {
        // The line itself is the last of the trivia.
        let before = &self.stream.trivia[self.gap..self.stream.trivia.len() - 1];
        let comments = before.iter().rev();
        let comments = comments.take_while(|piece| piece.trivia.kind == TriviaKind::Comment);
        let mut leading: ThinVec<Trivia> = comments.map(|piece| piece.trivia).collect();
        leading.reverse();
        let directive = Directive::Define {
            name: Identifier {
                name: name.into(),
                span: self.position(name),
            },
            value: Value {
                kind,
                span: self.position(value),
            },
            span,
            leading,
        };
        self.stream.directives.push(directive);
    }

    /// Where `part`, a slice of the text, is.
    fn position(&self, part: &str) -> Span {
        let start = part.as_ptr() as usize - self.stream.text.as_ptr() as usize;
        Span::new(count(start), count(start + part.len()))
    }

    pub(super) fn include(&mut self, inside: &str, span: Span, pass_through: bool) {
        let inside = inside.trim_start_matches('#').trim_start();
        let Some(path) = inside.strip_prefix("include").map(str::trim) else {
            return;
        };
        let quoted = path
            .strip_prefix('"')
            .and_then(|rest| rest.split('"').next());
        let angled = path
            .strip_prefix('<')
            .and_then(|rest| rest.split('>').next());
        if let Some(target) = quoted.or(angled) {
            self.stream.directives.push(Directive::Include {
                path: target.to_owned(),
                angled: quoted.is_none(),
                pass_through,
                span,
            });
        }
    }
}

/// The first word and, trimmed, what is behind it.
fn split_word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    (&text[..end], text[end..].trim())
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What is between the quotes of a string.
fn string(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.contains('"')).then_some(inside)
}

/// `5` of `(5)`: C's headers put parentheses around whatever might bind otherwise.
fn without_parentheses(mut text: &str) -> &str {
    while let Some(inside) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        text = inside.trim();
    }
    text
}

/// Cuts a comment off a preprocessor line. In a string, `//` begins none.
fn without_comment(text: &str) -> &str {
    let mut in_string = false;
    let begins = |at: &usize| {
        let rest = &text.as_bytes()[*at..];
        in_string ^= rest.starts_with(b"\"");
        !in_string && (rest.starts_with(b"/*") || rest.starts_with(b"//"))
    };
    let end = (0..text.len()).find(begins);
    text[..end.unwrap_or(text.len())].trim()
}

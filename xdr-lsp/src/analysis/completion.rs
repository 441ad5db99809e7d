//! What may stand at some place, told by the tokens before it: the rest of the text may be anything.

use std::collections::HashSet;
use std::path::Path;

use xdr_parser::lexer::lex;
use xdr_parser::schema::ConstantValue;
use xdr_parser::token::TokenKind;
use xdr_parser::{FileId, Span, words};

use super::index::{Definition, Kind, Name, Space};
use super::snapshot::Snapshot;

use super::workspace::{NotOpen, Workspace, plain};

/// More are not listed; editors ask again when more letters are there.
const MANY: usize = 1_000;

/// Kinds of what may stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A definition.
    Defined(Kind),
    /// A word of the language.
    Word,
    /// A name that the settings give a value.
    External,
}

/// One thing that may stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What it is called.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// A few words more: a value, the kind of a type.
    pub detail: String,
}

/// What may stand somewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// What they take the place of: the letters that are there already.
    pub span: Span,
    /// What may stand there, most likely first.
    pub items: Vec<Completion>,
    /// True if there are more.
    pub more: bool,
}

impl Workspace {
    /// What may stand at a byte of an open document.
    ///
    /// # Errors
    /// If it is not open.
    pub fn completions(&mut self, path: &Path, offset: u32) -> Result<Completions, NotOpen> {
        let snapshot = self.snapshot(path)?;
        let Some(text) = self.text(path) else {
            return Err(NotOpen(plain(path)));
        };
        let Some((span, wanted)) = wanted(text.as_str(), offset) else {
            return Ok(Completions::default());
        };
        let letters = Span::new(span.start, offset).of(text.as_str());
        Ok(snapshot.complete(span, letters, &wanted))
    }
}

/// What a place is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    /// Words of the language.
    Words(&'static [&'static str]),
    /// A type, with whatever words may stand for one.
    Type,
    /// A type of one kind: behind `struct`.
    Tagged(Kind),
    /// What may be switched on.
    Discriminant,
    /// A number.
    Value,
    /// A label of the union that is switched on this type.
    Label(String),
    /// Either of two.
    Either(Box<Wanted>, Box<Wanted>),
}

/// What is open around a place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Frame {
    Struct,
    Enum,
    /// With the type of its discriminant.
    Union(String),
    Program,
    Version,
    Other,
}

const VERSION: &[&str] = &["version"];
const LABELS: &[&str] = &["case", "default"];
const SWITCH: &[&str] = &["switch"];
const SIGNED: &[&str] = &["int", "hyper", "char", "short", "long"];
const SWITCHED: &[&str] = &["int", "unsigned", "bool"];

/// What may stand at a byte, and the letters that are there.
fn wanted(text: &str, offset: u32) -> Option<(Span, Wanted)> {
    let (tokens, _) = lex(FileId(0), text);
    let mut frames: Vec<Frame> = Vec::new();
    // The words and marks since the last boundary, and that boundary.
    let mut head: Vec<&str> = Vec::new();
    let mut boundary = ';';
    let mut span = Span::new(offset, offset);
    let mut line_start = true;
    for token in tokens {
        if token.span.start >= offset {
            break;
        }
        let word = token.span.of(text);
        let covers = offset < token.span.end;
        let touches = offset <= token.span.end;
        match token.kind {
            TokenKind::Whitespace => {
                line_start = word.ends_with('\n');
                continue;
            }
            TokenKind::LineComment | TokenKind::PassThrough | TokenKind::Directive if touches => {
                return None;
            }
            TokenKind::BlockComment | TokenKind::String if covers => return None,
            TokenKind::Number if touches => return None,
            TokenKind::Identifier if touches => {
                span = token.span;
                break;
            }
            _ if token.kind.is_trivia() => continue,
            _ => {}
        }
        if std::mem::take(&mut line_start) && words::DEFINITIONS.contains(&word) {
            // As the parser has it: at the left margin a new definition begins, whatever is open.
            frames.clear();
            head.clear();
            boundary = ';';
        }
        match token.kind {
            TokenKind::Punctuation(b'{') => {
                frames.push(frame(&head));
                head.clear();
                boundary = '{';
            }
            TokenKind::Punctuation(b'}') => {
                frames.pop();
                head.clear();
                head.push("}");
            }
            TokenKind::Punctuation(b';') => {
                head.clear();
                boundary = ';';
            }
            TokenKind::Punctuation(b',') if frames.last() == Some(&Frame::Enum) => head.clear(),
            TokenKind::Punctuation(b':') => {
                head.clear();
                boundary = ':';
            }
            _ => head.push(word),
        }
    }
    let wanted = position(frames.last(), &head, boundary)?;
    Some((span, wanted))
}

/// What a brace opens, by what stands before it.
fn frame(head: &[&str]) -> Frame {
    if let Some(switch) = head.iter().position(|word| *word == "switch") {
        let inside = head[switch..].iter().skip(1).filter(|word| **word != "(");
        let inside: Vec<&str> = inside.copied().filter(|word| *word != "enum").collect();
        return Frame::Union(inside.first().copied().unwrap_or_default().to_owned());
    }
    match head
        .iter()
        .rev()
        .find(|word| ["struct", "enum", "union", "program", "version"].contains(word))
    {
        Some(&"struct") => Frame::Struct,
        Some(&"enum") => Frame::Enum,
        Some(&"union") => Frame::Union(String::new()),
        Some(&"program") => Frame::Program,
        Some(&"version") => Frame::Version,
        _ => Frame::Other,
    }
}

fn position(frame: Option<&Frame>, head: &[&str], boundary: char) -> Option<Wanted> {
    if head.first() == Some(&"}") {
        return None;
    }
    match frame {
        None => outermost(head),
        Some(Frame::Struct) => declaration(head),
        Some(Frame::Enum) if head.len() == 2 && head[1] == "=" => Some(Wanted::Value),
        Some(Frame::Enum | Frame::Other) => None,
        Some(Frame::Union(ty)) => match head {
            [] if boundary != ':' => Some(Wanted::Words(LABELS)),
            [] => Some(Wanted::Either(
                Box::new(Wanted::Type),
                Box::new(Wanted::Words(LABELS)),
            )),
            ["case"] => Some(Wanted::Label(ty.clone())),
            ["case" | "default", ..] => None,
            head => declaration(head),
        },
        Some(Frame::Program) => head.is_empty().then_some(Wanted::Words(VERSION)),
        Some(Frame::Version) => procedure(head),
    }
}

fn outermost(head: &[&str]) -> Option<Wanted> {
    match head {
        [] => Some(Wanted::Words(&words::DEFINITIONS)),
        ["const", _, "="] => Some(Wanted::Value),
        ["typedef", rest @ ..] => declaration(rest),
        ["union", _] => Some(Wanted::Words(SWITCH)),
        [.., "switch", "("] => Some(Wanted::Discriminant),
        _ => None,
    }
}

/// `TYPE NAME`, with what may be around it.
fn declaration(head: &[&str]) -> Option<Wanted> {
    match head {
        [] => Some(Wanted::Type),
        ["struct"] => Some(Wanted::Tagged(Kind::Struct)),
        ["union"] => Some(Wanted::Tagged(Kind::Union)),
        ["enum"] => Some(Wanted::Tagged(Kind::Enum)),
        ["unsigned" | "signed"] => Some(Wanted::Words(SIGNED)),
        [.., "switch", "("] => Some(Wanted::Discriminant),
        [.., "<" | "["] => Some(Wanted::Value),
        _ => None,
    }
}

/// `TYPE NAME(TYPE, …) = NUMBER`
fn procedure(head: &[&str]) -> Option<Wanted> {
    match head.iter().rposition(|word| ["(", ","].contains(word)) {
        Some(at) if !head.contains(&")") => declaration(&head[at + 1..]),
        Some(_) => None,
        None => declaration(head),
    }
}

impl Snapshot {
    fn complete(&self, span: Span, letters: &str, wanted: &Wanted) -> Completions {
        let mut list = List {
            letters: letters.to_lowercase(),
            seen: HashSet::new(),
            completions: Completions {
                span,
                ..Completions::default()
            },
        };
        if let Some(file) = self.root() {
            self.fill(file, wanted, &mut list);
        }
        list.completions
    }

    fn fill(&self, file: FileId, wanted: &Wanted, list: &mut List) {
        match wanted {
            Wanted::Words(words) => list.words(words),
            Wanted::Type => {
                self.definitions(file, |definition| definition.kind.is_type(), list);
                list.words(&words::TYPES);
                list.words(&["struct", "union", "enum", "unsigned"]);
                list.words(&words::C_TYPES);
            }
            Wanted::Tagged(kind) => {
                self.definitions(file, |definition| definition.kind == *kind, list);
            }
            Wanted::Discriminant => {
                self.definitions(file, |definition| definition.kind == Kind::Enum, list);
                list.words(SWITCHED);
            }
            Wanted::Value => {
                self.definitions(file, |definition| definition.kind.is_value(), list);
                self.externals(list);
            }
            Wanted::Label(ty) => self.labels(file, ty, list),
            Wanted::Either(one, other) => {
                self.fill(file, one, list);
                self.fill(file, other, list);
            }
        }
    }

    fn definitions(&self, file: FileId, fits: impl Fn(&Definition) -> bool, list: &mut List) {
        for (file, names) in self.index.visible(file) {
            let text = self.text(file);
            for (number, definition) in names.definitions.iter().enumerate() {
                if fits(definition) && !self.define(text, (file, number), definition, list) {
                    return;
                }
            }
        }
    }

    /// Lists a definition; false if the list is full.
    fn define(&self, text: &str, name: Name, definition: &Definition, list: &mut List) -> bool {
        let kind = CompletionKind::Defined(definition.kind);
        list.add(definition.name.of(text), kind, || {
            self.detail(name, definition)
        })
    }

    fn detail(&self, (file, _): Name, definition: &Definition) -> String {
        let ty = self.type_at(file, definition.name);
        let bytes = ty.and_then(|ty| self.bytes_of(ty.id));
        if let (Some(bytes), true) = (bytes, definition.kind.is_type()) {
            return format!("{}, {}", definition.kind.name(), bytes.spell());
        }
        match self
            .constant_at(file, definition.name)
            .map(|constant| &constant.value)
        {
            Some(ConstantValue::Int(number)) => format!("= {number}"),
            Some(ConstantValue::String(text)) => format!("= \"{text}\""),
            None => definition.kind.name().to_owned(),
        }
    }

    /// Names that the settings give a value.
    fn externals(&self, list: &mut List) {
        let options = &self.settings.options;
        let defines = options.defines.iter();
        let profile = options
            .profile
            .iter()
            .flat_map(|profile| profile.constants().iter().copied());
        let defines = defines.map(|(name, value)| (name.as_str(), *value));
        for (name, value) in defines.chain(profile) {
            list.add(name, CompletionKind::External, || format!("= {value}"));
        }
    }

    /// The enumerators of a discriminant's enum, through typedefs; numbers where it is none.
    fn labels(&self, file: FileId, ty: &str, list: &mut List) {
        const LONG: usize = 16;
        let mut found = self.index.find(file, ty, Space::Type);
        for _ in 0..LONG {
            let Some((home, number)) = found else {
                break;
            };
            let Some((names, definition)) = self
                .index
                .names(home)
                .and_then(|names| Some((names, names.definitions.get(number)?)))
            else {
                break;
            };
            let text = self.text(home);
            if definition.kind == Kind::Enum {
                for (number, enumerator) in names.inside(Some(number)) {
                    self.define(text, (home, number), enumerator, list);
                }
                return;
            }
            if definition.kind != Kind::Typedef {
                break;
            }
            let target = names.uses_in(definition.whole).next();
            found = target.and_then(|used| self.index.find(home, used.name.of(text), Space::Type));
        }
        if ["bool", "bool_t"].contains(&ty) {
            list.words(&["TRUE", "FALSE"]);
        } else {
            self.fill(file, &Wanted::Value, list);
        }
    }
}

struct List {
    /// In lower case.
    letters: String,
    seen: HashSet<String>,
    completions: Completions,
}

impl List {
    fn words(&mut self, words: &[&str]) {
        for word in words {
            self.add(word, CompletionKind::Word, String::new);
        }
    }

    fn add(&mut self, label: &str, kind: CompletionKind, detail: impl FnOnce() -> String) -> bool {
        if self.completions.items.len() >= MANY {
            self.completions.more = true;
            return false;
        }
        if label.to_lowercase().contains(&self.letters) && self.seen.insert(label.to_owned()) {
            self.completions.items.push(Completion {
                label: label.to_owned(),
                kind,
                detail: detail(),
            });
        }
        true
    }
}

//! Goes through one file and notes its names.

use std::collections::HashSet;

use xdr_parser::ast::{
    Declaration, Directive, EnumBody, File, Form, Identifier, Item, ItemKind, Program, StructBody,
    TypeSpecifierKind, UnionBody, Value, ValueKind,
};
use xdr_parser::lexer::lex;
use xdr_parser::token::TokenKind;
use xdr_parser::{FileId, Span, words};

use super::{Definition, Kind, Names, Space, Spot, Use, span_of};

pub(super) fn collect(file: &File, text: &str) -> Names {
    let mut collector = Collector {
        text,
        names: Names::default(),
    };
    for directive in &file.directives {
        collector.directive(directive);
    }
    for item in &file.items {
        collector.item(item);
    }
    collector.loose_words();
    collector.finish()
}

struct Collector<'a> {
    text: &'a str,
    names: Names,
}

impl Collector<'_> {
    fn define(
        &mut self,
        kind: Kind,
        name: &Identifier,
        whole: Span,
        parent: Option<usize>,
    ) -> usize {
        let number = self.names.definitions.len();
        self.names.definitions.push(Definition {
            kind,
            name: name.span,
            whole,
            parent,
        });
        let names = match kind {
            _ if kind.is_type() => &mut self.names.types,
            _ if kind.is_value() => &mut self.names.values,
            Kind::Program | Kind::Version | Kind::Procedure => &mut self.names.numbers,
            _ => return number,
        };
        names.entry(name.name.to_string()).or_insert(number);
        number
    }

    fn uses(&mut self, name: Span, space: Space, parent: Option<usize>) {
        self.names.uses.push(Use {
            name,
            space,
            parent,
        });
    }

    fn value(&mut self, value: &Value, parent: Option<usize>) {
        if let ValueKind::Name(_) = value.kind {
            self.uses(value.span, Space::Value, parent);
        }
    }

    fn directive(&mut self, directive: &Directive) {
        if let Directive::Define {
            name, value, span, ..
        } = directive
        {
            let number = self.define(Kind::Define, name, *span, None);
            self.value(value, Some(number));
        }
    }

    fn item(&mut self, item: &Item) {
        let whole = item.span;
        match &item.kind {
            ItemKind::Const(constant) => {
                let number = self.define(Kind::Constant, &constant.name, whole, None);
                self.value(&constant.value, Some(number));
            }
            ItemKind::Typedef(target) => self.typedef(target, whole),
            ItemKind::Enum(name, body) => {
                let number = self.define(Kind::Enum, name, whole, None);
                self.enumerators(body, number);
            }
            ItemKind::Struct(name, body) => {
                let number = self.define(Kind::Struct, name, whole, None);
                self.members(body, number);
            }
            ItemKind::Union(name, body) => {
                let number = self.define(Kind::Union, name, whole, None);
                self.arms(body, number);
            }
            ItemKind::Program(program) => self.program(program, whole),
        }
    }

    /// `typedef struct x x;` defines nothing, `typedef struct x { … } x;` the struct.
    fn typedef(&mut self, target: &Declaration, whole: Span) {
        let Some(name) = &target.name else {
            return self.declaration(target, None);
        };
        let is_plain = target.form == Form::Plain;
        let tag = match &target.ty.kind {
            TypeSpecifierKind::Named(named, Some(_)) => Some(named),
            TypeSpecifierKind::Struct(Some(tag), _)
            | TypeSpecifierKind::Enum(Some(tag), _)
            | TypeSpecifierKind::Union(Some(tag), _) => Some(&**tag),
            _ => None,
        };
        if is_plain && tag.is_some_and(|tag| tag.name == name.name) {
            self.uses(name.span, Space::Type, None);
            return self.declaration(target, None);
        }
        let kind = match &target.ty.kind {
            TypeSpecifierKind::Struct(None, _) if is_plain => Kind::Struct,
            TypeSpecifierKind::Enum(None, _) if is_plain => Kind::Enum,
            TypeSpecifierKind::Union(None, _) if is_plain => Kind::Union,
            _ => Kind::Typedef,
        };
        let number = self.define(kind, name, whole, None);
        self.declaration(target, Some(number));
    }

    /// Names in a declaration, its own left out.
    fn declaration(&mut self, declaration: &Declaration, parent: Option<usize>) {
        let whole = declaration.ty.span;
        let defined = |collector: &mut Self, kind, tag: &Option<Box<Identifier>>| match tag {
            // A name of its own is seen everywhere.
            Some(tag) => Some(collector.define(kind, tag, whole, parent)),
            None => parent,
        };
        match &declaration.ty.kind {
            TypeSpecifierKind::Builtin(_) => {}
            TypeSpecifierKind::Named(name, _) => {
                // C's integers need no definition, but may have one.
                self.uses(name.span, Space::Type, parent);
            }
            TypeSpecifierKind::Struct(tag, body) => {
                if let Some(number) = defined(self, Kind::Struct, tag) {
                    self.members(body, number);
                }
            }
            TypeSpecifierKind::Enum(tag, body) => {
                if let Some(number) = defined(self, Kind::Enum, tag) {
                    self.enumerators(body, number);
                }
            }
            TypeSpecifierKind::Union(tag, body) => {
                if let Some(number) = defined(self, Kind::Union, tag) {
                    self.arms(body, number);
                }
            }
        }
        if let Form::Fixed(value) | Form::Variable(Some(value)) = &declaration.form {
            self.value(value, parent);
        }
    }

    /// A declaration whose name is seen inside of its parent only.
    fn field(&mut self, kind: Kind, declaration: &Declaration, parent: usize) {
        let number = match &declaration.name {
            Some(name) => self.define(kind, name, declaration.span, Some(parent)),
            None => parent,
        };
        self.declaration(declaration, Some(number));
    }

    fn members(&mut self, body: &StructBody, parent: usize) {
        for member in &body.members {
            self.field(Kind::Field, &member.declaration, parent);
        }
    }

    fn enumerators(&mut self, body: &EnumBody, parent: usize) {
        for enumerator in &body.enumerators {
            let name = enumerator.name.span;
            let value = enumerator.value.as_ref();
            let whole = value.map_or(name, |value| name.to(value.span));
            let number = self.define(Kind::Enumerator, &enumerator.name, whole, Some(parent));
            if let Some(value) = value {
                self.value(value, Some(number));
            }
        }
    }

    fn arms(&mut self, body: &UnionBody, parent: usize) {
        self.field(Kind::Discriminant, &body.discriminant, parent);
        for arm in &body.arms {
            for label in &arm.labels {
                self.value(label, Some(parent));
            }
            self.field(Kind::Field, &arm.declaration, parent);
        }
    }

    fn program(&mut self, program: &Program, whole: Span) {
        let outer = self.define(Kind::Program, &program.name, whole, None);
        for version in &program.versions {
            let inner = self.define(Kind::Version, &version.name, version.span, Some(outer));
            for procedure in &version.procedures {
                let (name, span) = (&procedure.name, procedure.span);
                let number = self.define(Kind::Procedure, name, span, Some(inner));
                self.declaration(&procedure.ret, Some(number));
                for argument in &procedure.args {
                    self.field(Kind::Field, argument, number);
                }
                self.value(&procedure.number, Some(number));
            }
            self.value(&version.number, Some(inner));
        }
        self.value(&program.number, Some(outer));
    }

    /// Words that nothing of what could be read has: in definitions with mistakes, in branches that do not count, and in
    /// conditions.
    fn loose_words(&mut self) {
        let definitions = self.names.definitions.iter();
        let known = definitions.map(|definition| definition.name.start);
        let uses = self.names.uses.iter().map(|used| used.name.start);
        let known: HashSet<u32> = known.chain(uses).collect();
        let (tokens, _) = lex(FileId(0), self.text);
        let mut place = LoosePlace::default();
        for (number, token) in tokens.iter().enumerate() {
            let text = token.span.of(self.text);
            let is_known = known.contains(&token.span.start);
            if token.kind == TokenKind::Directive {
                let defined = defined(text).map(|word| span_of(self.text, word));
                if let Some(span) = defined.filter(|span| !known.contains(&span.start)) {
                    self.names.loose.insert(span.of(self.text).to_owned());
                    self.uses(span, Space::Any, None);
                }
                for word in condition(text) {
                    let span = span_of(self.text, word);
                    self.uses(span, Space::Any, None);
                }
            }
            if token.kind.is_trivia() {
                continue;
            }
            let mut rest = tokens[number + 1..].iter();
            let next = rest.find(|token| !token.kind.is_trivia());
            let role = place.role(next.map_or("", |next| next.span.of(self.text)));
            place.pass(token.kind, text);
            if token.kind != TokenKind::Identifier || is_known || words::is_word(text) {
                continue;
            }
            match role {
                // It is seen inside of what is around it only.
                Role::Field => continue,
                Role::Definition => {
                    self.names.loose.insert(text.to_owned());
                }
                Role::Use => {}
            }
            self.uses(token.span, Space::Any, None);
        }
    }

    fn finish(mut self) -> Names {
        self.names.uses.sort_by_key(|used| used.name);
        let definitions = self.names.definitions.iter().zip(0..);
        let definitions = definitions.map(|(found, number)| (found.name, Spot::Definition(number)));
        let uses = self.names.uses.iter().zip(0..);
        let uses = uses.map(|(found, number)| (found.name, Spot::Use(number)));
        let mut spots: Vec<(Span, Spot)> = definitions.chain(uses).collect();
        spots.sort_by_key(|(span, _)| *span);
        self.names.spots = spots;
        self.names
    }
}

/// What a word is that nothing of what could be read has.
enum Role {
    Use,
    /// Of a name that others may use.
    Definition,
    /// Of a field or an argument.
    Field,
}

/// What stands before a word, as far as it says what the word is.
#[derive(Default)]
struct LoosePlace<'a> {
    before: &'a str,
    /// True if a type may end before the word.
    behind_type: bool,
    depth: usize,
    /// How deep the typedef is whose name is still to come.
    typedef: Option<usize>,
}

impl<'a> LoosePlace<'a> {
    fn role(&self, next: &str) -> Role {
        let is_typedef = self.typedef == Some(self.depth);
        match (self.before, next) {
            ("const", "=")
            | ("struct" | "enum" | "program" | "version", "{")
            | ("union", "switch")
            | ("{" | ",", "=" | "," | "}") => Role::Definition,
            ("}", ";" | "[" | "<") if is_typedef => Role::Definition,
            ("}", ";" | "[" | "<") => Role::Field,
            (_, ";" | "[" | "<") if self.behind_type && is_typedef => Role::Definition,
            (_, "(") if self.behind_type => Role::Definition,
            (_, ";" | "[" | "<" | "," | ")") if self.behind_type => Role::Field,
            _ => Role::Use,
        }
    }

    fn pass(&mut self, kind: TokenKind, text: &'a str) {
        const NO_TYPES: [&str; 10] = [
            "const", "struct", "enum", "union", "program", "version", "typedef", "switch", "case",
            "default",
        ];
        self.behind_type =
            text == "*" || (kind == TokenKind::Identifier && !NO_TYPES.contains(&text));
        match text {
            "{" => self.depth += 1,
            "}" => self.depth = self.depth.saturating_sub(1),
            "typedef" => self.typedef = Some(self.depth),
            ";" if self.typedef.is_some_and(|depth| self.depth <= depth) => self.typedef = None,
            _ => {}
        }
        self.before = text;
    }
}

/// The name that `#define` defines.
fn defined(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix('#')?
        .trim_start()
        .strip_prefix("define")?;
    let name = rest.strip_prefix([' ', '\t'])?.trim_start();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = name.find(|c: char| !is_part(c)).unwrap_or(name.len());
    Some(&name[..end]).filter(|name| !name.is_empty())
}

/// The names in `#if`, `#ifdef` and their like.
fn condition(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = line
        .split(move |c: char| !is_part(c))
        .filter(|word| !word.is_empty());
    let keyword = words.next().unwrap_or_default();
    let is_condition = ["if", "ifdef", "ifndef", "elif", "undef"].contains(&keyword);
    let names = words.filter(|word| {
        *word != "defined" && !word.starts_with(|first: char| first.is_ascii_digit())
    });
    names.take(if is_condition { usize::MAX } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use xdr_parser::{Options, parse};

    /// Definitions by name with kind and parent, and uses by name.
    fn names(text: &str) -> (Vec<String>, Vec<&str>) {
        let names = collect(&parse(FileId(0), text, &Options::default()).file, text);
        let name = |number: usize| names.definitions[number].name.of(text);
        let definitions = names.definitions.iter().map(|found| {
            let parent = found.parent.map(name).unwrap_or_default();
            format!("{} {parent}.{}", found.kind.name(), found.name.of(text))
        });
        let uses = names.uses.iter().map(|used| used.name.of(text));
        (definitions.collect(), uses.collect())
    }

    #[test]
    fn definitions_know_what_is_around_them() {
        let (definitions, uses) = names(
            "struct a { struct { b c<N>; } d; struct e { int f; } *g; };\n\
             union u switch (k x) { case A: case B: a y; default: void; };",
        );
        assert_eq!(
            definitions,
            [
                "struct .a",
                "field a.d",
                "field d.c",
                "field a.g",
                "struct g.e",
                "field e.f",
                "union .u",
                "discriminant u.x",
                "field u.y",
            ]
        );
        assert_eq!(uses, ["b", "N", "k", "A", "B", "a"]);
    }

    #[test]
    fn a_typedef_of_a_tag_is_one_definition() {
        assert_eq!(
            names("typedef struct a { int x; } a;").0,
            ["struct .a", "field a.x"]
        );
        assert_eq!(names("typedef struct a a;").0, [""; 0]);
        assert_eq!(
            names("typedef enum { A = 1 } e;").0,
            ["enum .e", "enumerator e.A"]
        );
        assert_eq!(names("typedef struct a b;").0, ["typedef .b"]);
    }

    #[test]
    fn words_of_what_does_not_count_are_kept() {
        let (_, uses) =
            names("#if defined(A) && B > 3\nstruct x { y z; };\n#endif\n%C code\nstruct w { v");
        assert_eq!(uses, ["A", "B", "x", "y", "w", "v"]);
    }

    #[test]
    fn names_that_are_defined_where_nothing_counts_are_known() {
        let text = "#if 0\n#define D 1\nconst C = 1;\nenum e { A, B = C, F };\nstruct s { t f; u *g; };\n\
             typedef struct { int h; } i;\ntypedef j k<C>;\nunion l switch (int m) { case A: int n; };\n\
             program p { version v { r q(w) = 1; } = 1; } = 2;\n#endif\n";
        let names = collect(&parse(FileId(0), text, &Options::default()).file, text);
        let mut loose: Vec<&str> = names.loose.iter().map(String::as_str).collect();
        loose.sort_unstable();
        assert_eq!(
            loose,
            [
                "A", "B", "C", "D", "F", "e", "i", "k", "l", "p", "q", "s", "v"
            ]
        );
        let uses = names.uses.iter().map(|used| used.name.of(text));
        let uses: Vec<&str> = uses.collect();
        for field in ["f", "g", "h", "m", "n"] {
            assert!(!uses.contains(&field), "{field}");
        }
        for used in ["t", "u", "j", "r", "w"] {
            assert!(uses.contains(&used), "{used}");
        }
    }

    #[test]
    fn programs_have_versions_and_procedures() {
        let (definitions, uses) = names("program P { version V { r F(a, b x) = N; } = 1; } = 2;");
        assert_eq!(
            definitions,
            ["program .P", "version P.V", "procedure V.F", "field F.x"]
        );
        assert_eq!(uses, ["r", "a", "b", "N"]);
    }
}

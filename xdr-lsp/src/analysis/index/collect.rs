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
        for token in tokens {
            let text = token.span.of(self.text);
            match token.kind {
                TokenKind::Identifier
                    if !known.contains(&token.span.start) && !words::is_word(text) =>
                {
                    self.uses(token.span, Space::Any, None);
                }
                TokenKind::Directive => {
                    for word in condition(text) {
                        let span = span_of(self.text, word);
                        self.uses(span, Space::Any, None);
                    }
                }
                _ => {}
            }
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
        assert_eq!(uses, ["A", "B", "x", "y", "z", "w", "v"]);
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

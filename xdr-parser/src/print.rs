//! AST → XDR text in canonical layout, without comments: what generated code quotes.

use crate::ast::{
    Arm, Builtin, Declaration, Directive, EnumBody, File, Form, Item, ItemKind, Procedure, Program,
    StructBody, Tag, TypeSpecifier, TypeSpecifierKind, UnionBody, Value,
};

/// A whole file: what `#define` and `#include` lines say, then all definitions. Conditionals are decided, so their lines
/// and what they leave out are gone, as `%` lines are that import nothing.
///
/// What comes of it parses to the same AST, places and trivia aside ([`File::bare`]).
pub fn file(source: &str, file: &File) -> String {
    let mut text = String::new();
    for line in &file.directives {
        directive(source, line, &mut text);
    }
    for definition in &file.items {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&item(source, definition));
        text.push('\n');
    }
    text
}

fn directive(source: &str, directive: &Directive, text: &mut String) {
    let line = match directive {
        Directive::Define { name, value, .. } => {
            format!("#define {} {}\n", name.name, value.span.of(source))
        }
        Directive::Include {
            path,
            angled,
            pass_through,
            ..
        } => {
            let mark = if *pass_through { "%" } else { "" };
            let (open, close) = if *angled { ('<', '>') } else { ('"', '"') };
            format!("{mark}#include {open}{path}{close}\n")
        }
    };
    text.push_str(&line);
}

/// A definition with its semicolon.
pub fn item(source: &str, item: &Item) -> String {
    let mut printer = Printer::new(source);
    // Without comments it is about as long as it is in the source.
    let len = item.span.end - item.span.start;
    printer.text.reserve(len as usize);
    match &item.kind {
        ItemKind::Const(constant) => {
            printer.all(&["const ", &constant.name.name, " = "]);
            printer.value(&constant.value);
        }
        ItemKind::Typedef(target) => {
            printer.push("typedef ");
            printer.declaration(target);
        }
        ItemKind::Enum(name, body) => {
            printer.all(&["enum ", &name.name, " "]);
            printer.enumerators(body);
        }
        ItemKind::Struct(name, body) => {
            printer.all(&["struct ", &name.name, " "]);
            printer.members(body);
        }
        ItemKind::Union(name, body) => {
            printer.all(&["union ", &name.name, " "]);
            printer.arms(body);
        }
        ItemKind::Program(program) => printer.program(program),
    }
    printer.push(";");
    printer.text
}

/// A declaration without its semicolon.
pub fn declaration(source: &str, declaration: &Declaration) -> String {
    let mut printer = Printer::new(source);
    printer.declaration(declaration);
    printer.text
}

/// A type that is defined on the spot.
pub(crate) fn specifier(source: &str, ty: &TypeSpecifier) -> String {
    let mut printer = Printer::new(source);
    printer.specifier(ty);
    printer.text
}

struct Printer<'s> {
    /// Numbers are printed as they were written.
    source: &'s str,
    text: String,
    depth: usize,
}

impl<'s> Printer<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            text: String::new(),
            depth: 0,
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn all(&mut self, texts: &[&str]) {
        self.text.extend(texts.iter().copied());
    }

    fn line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
    }

    fn open(&mut self) {
        self.push("{");
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line();
        self.push("}");
    }

    fn value(&mut self, value: &Value) {
        self.push(value.span.of(self.source));
    }

    fn declaration(&mut self, declaration: &Declaration) {
        self.specifier(&declaration.ty);
        let name = declaration.name.as_ref().map(|name| name.name.as_str());
        match (&declaration.form, name) {
            (Form::Optional, Some(name)) => self.all(&[" *", name]),
            (Form::Optional, None) => self.push(" *"),
            (_, Some(name)) => self.all(&[" ", name]),
            (_, None) => {}
        }
        match &declaration.form {
            Form::Plain | Form::Optional => {}
            Form::Fixed(length) => {
                self.push("[");
                self.value(length);
                self.push("]");
            }
            Form::Variable(bound) => {
                self.push("<");
                if let Some(bound) = bound {
                    self.value(bound);
                }
                self.push(">");
            }
        }
    }

    fn specifier(&mut self, ty: &TypeSpecifier) {
        match &ty.kind {
            TypeSpecifierKind::Builtin(builtin) => self.push(spelling(*builtin)),
            TypeSpecifierKind::Named(name, tag) => {
                self.push(match tag {
                    Some(Tag::Struct) => "struct ",
                    Some(Tag::Union) => "union ",
                    Some(Tag::Enum) => "enum ",
                    None => "",
                });
                self.push(&name.name);
            }
            TypeSpecifierKind::Struct(name, body) => {
                self.push("struct ");
                self.tag(name.as_deref());
                self.members(body);
            }
            TypeSpecifierKind::Enum(name, body) => {
                self.push("enum ");
                self.tag(name.as_deref());
                self.enumerators(body);
            }
            TypeSpecifierKind::Union(name, body) => {
                self.push("union ");
                self.tag(name.as_deref());
                self.arms(body);
            }
        }
    }

    fn tag(&mut self, name: Option<&crate::ast::Identifier>) {
        if let Some(name) = name {
            self.push(&name.name);
            self.push(" ");
        }
    }

    fn members(&mut self, body: &StructBody) {
        self.open();
        for member in &body.members {
            self.line();
            self.declaration(&member.declaration);
            self.push(";");
        }
        self.close();
    }

    fn enumerators(&mut self, body: &EnumBody) {
        self.open();
        for (index, enumerator) in body.enumerators.iter().enumerate() {
            if index > 0 {
                self.push(",");
            }
            self.line();
            self.push(&enumerator.name.name);
            if let Some(value) = &enumerator.value {
                self.push(" = ");
                self.value(value);
            }
        }
        self.close();
    }

    fn arms(&mut self, body: &UnionBody) {
        self.push("switch (");
        self.declaration(&body.discriminant);
        self.push(") ");
        // Labels stand below `union`, their declarations further in.
        self.push("{");
        for arm in &body.arms {
            self.arm(arm);
        }
        self.line();
        self.push("}");
    }

    fn arm(&mut self, arm: &Arm) {
        for label in &arm.labels {
            self.line();
            self.push("case ");
            self.value(label);
            self.push(":");
        }
        if arm.default.is_some() {
            self.line();
            self.push("default:");
        }
        self.depth += 1;
        self.line();
        self.declaration(&arm.declaration);
        self.push(";");
        self.depth -= 1;
    }

    fn program(&mut self, program: &Program) {
        self.all(&["program ", &program.name.name, " "]);
        self.open();
        for version in &program.versions {
            self.line();
            self.all(&["version ", &version.name.name, " "]);
            self.open();
            for procedure in &version.procedures {
                self.line();
                self.procedure(procedure);
            }
            self.close();
            self.push(" = ");
            self.value(&version.number);
            self.push(";");
        }
        self.close();
        self.push(" = ");
        self.value(&program.number);
    }

    fn procedure(&mut self, procedure: &Procedure) {
        self.declaration(&procedure.ret);
        self.all(&[" ", &procedure.name.name, "("]);
        for (index, argument) in procedure.args.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.declaration(argument);
        }
        self.push(") = ");
        self.value(&procedure.number);
        self.push(";");
    }
}

fn spelling(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Void => "void",
        Builtin::Int => "int",
        Builtin::UnsignedInt => "unsigned int",
        Builtin::Hyper => "hyper",
        Builtin::UnsignedHyper => "unsigned hyper",
        Builtin::Float => "float",
        Builtin::Double => "double",
        Builtin::Quadruple => "quadruple",
        Builtin::Bool => "bool",
        Builtin::Char => "char",
        Builtin::UnsignedChar => "unsigned char",
        Builtin::Short => "short",
        Builtin::UnsignedShort => "unsigned short",
        Builtin::String => "string",
        Builtin::Opaque => "opaque",
    }
}

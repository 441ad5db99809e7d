//! Pass 1: gives every definition its id and its name, and finds names defined twice.

use std::collections::{HashMap, HashSet};

use super::docs::docs;
use super::{Body, ConstantDraft, Draft, Known, Resolver, id};
use crate::ast::{
    self, Declaration, Directive, EnumBody, Form, Identifier, Item as AstItem, ItemKind,
    StructBody, TypeSpecifierKind, UnionBody, Value, ValueKind,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::print;
use crate::schema::{
    Constant, ConstantId, ConstantValue, Docs, Enum, Enumerator, File, Item, Origin, Program,
    ProgramId, Size, Type, TypeDef, TypeId, TypeKind, ValueName,
};
use crate::source::{Location, Span};

/// What a type is declared with.
struct Head<'h> {
    name: &'h Identifier,
    span: Span,
    parent: Option<TypeId>,
    docs: Docs,
    marks: Vec<crate::schema::Mark>,
    xdr: String,
}

/// `#define NAME OTHER`: a constant if the other is one, which is known when all names are.
struct Renaming<'a> {
    unit: usize,
    /// The number of items that stand before it.
    before: usize,
    directive: &'a Directive,
    name: &'a str,
    target: &'a str,
}

impl<'a> Resolver<'a> {
    pub(super) fn declare(&mut self) {
        let units = self.units;
        let mut renamings = Vec::new();
        for (index, unit) in units.iter().enumerate() {
            self.files.push(File {
                id: unit.id,
                stem: unit.stem.clone(),
                root: unit.root,
                imports: unit
                    .imports
                    .iter()
                    .map(|&import| units[import].id)
                    .collect(),
                items: Vec::new(),
            });
            let mut directives = unit.ast.directives.iter().peekable();
            for item in &unit.ast.items {
                while let Some(directive) =
                    directives.next_if(|directive| start(directive) < item.span.start)
                {
                    self.declare_directive(index, directive, &mut renamings);
                }
                self.declare_item(index, item);
            }
            for directive in directives {
                self.declare_directive(index, directive, &mut renamings);
            }
        }
        self.declare_renamings(renamings);
        for unit in 0..units.len() {
            self.check_name_space(unit);
            self.check_imported_names(unit);
        }
    }

    fn declare_directive(
        &mut self,
        unit: usize,
        directive: &'a Directive,
        renamings: &mut Vec<Renaming<'a>>,
    ) {
        if let Directive::Define { name, value, .. } = directive {
            match &value.kind {
                ValueKind::Name(target) => renamings.push(Renaming {
                    unit,
                    before: self.files[unit].items.len(),
                    directive,
                    name: &name.name,
                    target,
                }),
                _ => self.declare_macro(unit, directive),
            }
        }
    }

    fn declare_macro(&mut self, unit: usize, directive: &'a Directive) {
        if let Directive::Define {
            name,
            value,
            span,
            leading,
        } = directive
        {
            let docs = docs(self.text(unit), leading, &[]);
            self.declare_constant(unit, name, value, *span, docs);
        }
    }

    /// Declares those `#define NAME OTHER` that lead to a number; the others are macros for C.
    fn declare_renamings(&mut self, renamings: Vec<Renaming<'a>>) {
        let mut waiting: HashMap<&str, Vec<&str>> = HashMap::new();
        for renaming in &renamings {
            waiting
                .entry(renaming.target)
                .or_default()
                .push(renaming.name);
        }
        let is_number = |target: &&str| self.is_value_anywhere(target);
        let mut reached: Vec<&str> = waiting.keys().copied().filter(is_number).collect();
        let mut numbers: HashSet<&str> = HashSet::new();
        while let Some(target) = reached.pop() {
            if numbers.insert(target) {
                reached.extend(waiting.get(target).into_iter().flatten());
            }
        }
        let mut renamings = renamings.into_iter().peekable();
        while let Some(unit) = renamings.peek().map(|renaming| renaming.unit) {
            let mut items = std::mem::take(&mut self.files[unit].items).into_iter();
            let mut moved = 0;
            while let Some(renaming) = renamings.next_if(|renaming| renaming.unit == unit) {
                let before = items.by_ref().take(renaming.before - moved);
                self.files[unit].items.extend(before);
                moved = renaming.before;
                if numbers.contains(renaming.target) {
                    self.declare_macro(unit, renaming.directive);
                }
            }
            self.files[unit].items.extend(items);
        }
    }

    /// Whether a number has this name, in whatever file.
    fn is_value_anywhere(&self, name: &str) -> bool {
        self.value_names
            .iter()
            .any(|names| names.contains_key(name))
            || self.numbers.iter().any(|names| names.contains_key(name))
            || self.external_value(name).is_some()
            || super::values::truth(name).is_some()
    }

    fn declare_item(&mut self, unit: usize, item: &'a AstItem) {
        let text = self.text(unit);
        let docs = docs(text, &item.leading, &item.trailing);
        let head = |name: &'a Identifier| Head {
            name,
            span: item.span,
            parent: None,
            docs: docs.clone(),
            marks: super::libvirt::marks(text, &[&item.opening, &item.trailing]),
            xdr: print::item(text, item),
        };
        match &item.kind {
            ItemKind::Const(constant) => {
                self.declare_constant(unit, &constant.name, &constant.value, item.span, docs);
            }
            ItemKind::Typedef(declaration) => self.declare_typedef(unit, declaration, head),
            ItemKind::Enum(name, body) => {
                self.declare_enum(unit, head(name), body);
            }
            ItemKind::Struct(name, body) => {
                self.declare_struct(unit, head(name), body);
            }
            ItemKind::Union(name, body) => {
                self.declare_union(unit, head(name), body);
            }
            ItemKind::Program(program) => {
                let program_id = ProgramId(id(self.programs.len()));
                self.programs.push(Program {
                    name: program.name.name.to_string(),
                    file: self.units[unit].id,
                    number: 0,
                    versions: Vec::new(),
                    location: self.location(unit, item.span),
                    docs,
                });
                self.files[unit].items.push(Item::Program(program_id));
                self.name_numbers(unit, program);
            }
        }
    }

    /// Takes down the numbers in a program under their names.
    fn name_numbers(&mut self, unit: usize, program: &'a ast::Program) {
        let numbers = &mut self.numbers[unit];
        let mut number = |name: &'a Identifier, value| {
            numbers.entry(&name.name).or_insert(value);
        };
        number(&program.name, &program.number);
        for version in &program.versions {
            number(&version.name, &version.number);
            for procedure in &version.procedures {
                number(&procedure.name, &procedure.number);
            }
        }
    }

    /// `typedef struct { … } x;` and `typedef struct x { … } x;` define the struct `x`; `typedef struct x x;` says
    /// nothing.
    fn declare_typedef(
        &mut self,
        unit: usize,
        declaration: &'a Declaration,
        head: impl Fn(&'a Identifier) -> Head<'a>,
    ) {
        let Some(name) = &declaration.name else {
            return;
        };
        let is_same =
            |tag: &Option<Box<Identifier>>| tag.as_ref().is_none_or(|tag| tag.name == name.name);
        match (&declaration.ty.kind, &declaration.form) {
            (TypeSpecifierKind::Named(named, Some(_)), Form::Plain) if named.name == name.name => {}
            (TypeSpecifierKind::Struct(tag, body), Form::Plain) if is_same(tag) => {
                self.declare_struct(unit, head(name), body);
            }
            (TypeSpecifierKind::Enum(tag, body), Form::Plain) if is_same(tag) => {
                self.declare_enum(unit, head(name), body);
            }
            (TypeSpecifierKind::Union(tag, body), Form::Plain) if is_same(tag) => {
                self.declare_union(unit, head(name), body);
            }
            _ => {
                let id = self.new_type(unit, head(name), Body::Typedef(declaration));
                self.declare_nested(unit, declaration, id);
                self.add_type_item(unit, id);
            }
        }
    }

    fn declare_struct(&mut self, unit: usize, head: Head<'_>, body: &'a StructBody) -> TypeId {
        let id = self.new_type(unit, head, Body::Struct(body));
        for member in &body.members {
            self.declare_nested(unit, &member.declaration, id);
        }
        self.add_type_item(unit, id);
        id
    }

    fn declare_union(&mut self, unit: usize, head: Head<'_>, body: &'a UnionBody) -> TypeId {
        let id = self.new_type(unit, head, Body::Union(body));
        self.declare_nested(unit, &body.discriminant, id);
        for arm in &body.arms {
            self.declare_nested(unit, &arm.declaration, id);
        }
        self.add_type_item(unit, id);
        id
    }

    fn declare_enum(&mut self, unit: usize, head: Head<'_>, body: &'a EnumBody) -> TypeId {
        let text = self.text(unit);
        let enumerator = |enumerator: &'a ast::Enumerator| Enumerator {
            name: enumerator.name.name.to_string(),
            value: 0,
            alias_of: None,
            location: self.location(unit, enumerator.name.span),
            docs: docs(text, &enumerator.leading, &enumerator.trailing),
        };
        let enumerators: Vec<Enumerator> = body.enumerators.iter().map(enumerator).collect();
        let type_id = self.new_type(unit, head, Body::Enum(body));
        self.known_enumerators[type_id.0 as usize] = vec![Known::Todo; enumerators.len()];
        self.types[type_id.0 as usize].kind = TypeKind::Enum(Enum { enumerators });
        for (index, enumerator) in body.enumerators.iter().enumerate() {
            self.name_value(
                unit,
                &enumerator.name,
                ValueName::Enumerator(type_id, id(index)),
            );
        }
        self.add_type_item(unit, type_id);
        type_id
    }

    /// Declares a type that is defined where it is used.
    fn declare_nested(&mut self, unit: usize, declaration: &'a Declaration, parent: TypeId) {
        let specifier = &declaration.ty;
        let (TypeSpecifierKind::Struct(tag, _)
        | TypeSpecifierKind::Enum(tag, _)
        | TypeSpecifierKind::Union(tag, _)) = &specifier.kind
        else {
            return;
        };
        let Some(name) = tag.as_deref().or(declaration.name.as_ref()) else {
            return;
        };
        let head = Head {
            name,
            span: specifier.span,
            parent: tag.is_none().then_some(parent),
            docs: Docs::default(),
            marks: Vec::new(),
            xdr: print::specifier(self.text(unit), specifier),
        };
        let nested = match &specifier.kind {
            TypeSpecifierKind::Struct(_, body) => self.declare_struct(unit, head, body),
            TypeSpecifierKind::Enum(_, body) => self.declare_enum(unit, head, body),
            TypeSpecifierKind::Union(_, body) => self.declare_union(unit, head, body),
            _ => return,
        };
        self.nested.insert((unit, specifier.span.start), nested);
    }

    fn new_type(&mut self, unit: usize, head: Head<'_>, body: Body<'a>) -> TypeId {
        let type_id = TypeId(id(self.types.len()));
        self.types.push(TypeDef {
            id: type_id,
            file: self.units[unit].id,
            name: head.name.name.to_string(),
            parent: head.parent,
            kind: TypeKind::Typedef(Type::Void),
            size: Size::ZERO,
            recursive: false,
            marks: head.marks,
            location: self.location(unit, head.span),
            name_location: self.location(unit, head.name.span),
            docs: head.docs,
            xdr: head.xdr,
        });
        self.drafts.push(Draft { unit, body });
        self.known_enumerators.push(Vec::new());
        if head.parent.is_none() {
            self.name_type(unit, head.name, type_id);
        }
        type_id
    }

    fn add_type_item(&mut self, unit: usize, id: TypeId) {
        self.files[unit].items.push(Item::Type(id));
    }

    fn declare_constant(
        &mut self,
        unit: usize,
        name: &Identifier,
        value: &'a Value,
        span: Span,
        docs: Docs,
    ) {
        let constant_id = self.new_constant(unit, name, Some(value), span, docs);
        self.name_value(unit, name, ValueName::Constant(constant_id));
    }

    pub(super) fn new_constant(
        &mut self,
        unit: usize,
        name: &Identifier,
        value: Option<&'a Value>,
        span: Span,
        docs: Docs,
    ) -> ConstantId {
        let constant_id = ConstantId(id(self.constants.len()));
        self.constants.push(Constant {
            name: name.name.to_string(),
            value: ConstantValue::Int(0),
            alias_of: None,
            origin: Origin::Source,
            location: self.location(unit, span),
            name_location: self.location(unit, name.span),
            docs,
        });
        self.constant_drafts.push(ConstantDraft { unit, value });
        self.known_constants.push(Known::Todo);
        self.files[unit].items.push(Item::Constant(constant_id));
        constant_id
    }

    fn name_type(&mut self, unit: usize, name: &Identifier, id: TypeId) {
        match self.type_names[unit].get(&name.name) {
            Some(first) => {
                let first = self.types[first.0 as usize].name_location;
                self.duplicate(unit, "type", name, first);
            }
            None => {
                self.type_names[unit].insert(name.name.clone(), id);
            }
        }
    }

    pub(super) fn name_value(&mut self, unit: usize, name: &Identifier, value: ValueName) {
        match self.value_names[unit].get(&name.name) {
            Some(&first) => self.duplicate(unit, "constant", name, self.place(first)),
            None => {
                self.value_names[unit].insert(name.name.clone(), value);
            }
        }
    }

    fn duplicate(&mut self, unit: usize, what: &str, name: &Identifier, first: Location) {
        let location = self.location(unit, name.span);
        let message = format!("the {what} `{}` is defined twice", name.name);
        self.diagnostics.push(
            Diagnostic::error(Code::E0201, location, message)
                .label("defined again here")
                .also(first, "first defined here")
                .help("rename one of them, or remove it"),
        );
    }

    /// Where a number is defined.
    pub(super) fn place(&self, value: ValueName) -> Location {
        match value {
            ValueName::Constant(ConstantId(id)) => self.constants[id as usize].name_location,
            ValueName::Enumerator(TypeId(id), index) => match &self.types[id as usize].kind {
                TypeKind::Enum(definition) => definition.enumerators[index as usize].location,
                _ => self.types[id as usize].name_location,
            },
            ValueName::Bool => Location {
                file: crate::source::FileId(0),
                span: Span::default(),
            },
        }
    }

    /// Types, constants and programs share one name space (RFC 4506 section 6.4, RFC 5531 section 12.3).
    fn check_name_space(&mut self, unit: usize) {
        let mut clashes = Vec::new();
        for (name, &ty) in &self.type_names[unit] {
            if let Some(&value) = self.value_names[unit].get(name) {
                let ty = (self.types[ty.0 as usize].name_location, "type");
                let value = (self.place(value), "constant");
                clashes.push(if ty.0 < value.0 {
                    (value, ty)
                } else {
                    (ty, value)
                });
            }
        }
        for item in &self.units[unit].ast.items {
            if let ItemKind::Program(program) = &item.kind {
                let name = &program.name;
                let ty = self.type_names[unit].get(&name.name);
                let ty = ty.map(|ty| (self.types[ty.0 as usize].name_location, "type"));
                let value = self.value_names[unit].get(&name.name);
                let value = value.map(|&value| (self.place(value), "constant"));
                let program = (self.location(unit, name.span), "program");
                clashes.extend(ty.or(value).map(|other| (program, other)));
            }
        }
        clashes.sort_unstable();
        for ((again, what), (first, other)) in clashes {
            let name = again.span.of(self.text(unit));
            let message = format!("the {what} `{name}` has the name of a {other}");
            self.diagnostics.push(
                Diagnostic::error(Code::E0201, again, message)
                    .label("defined again here")
                    .also(first, format!("the {other}"))
                    .help("rename one of them"),
            );
        }
    }

    /// A name of one's own that an import has as well.
    fn check_imported_names(&mut self, unit: usize) {
        let imported = &self.visible[unit][1..];
        let mut clashes: Vec<(TypeId, TypeId)> = Vec::new();
        for (name, &own) in &self.type_names[unit] {
            let mut theirs = imported
                .iter()
                .filter_map(|&import| self.type_names[import].get(name));
            clashes.extend(theirs.next().map(|&theirs| (own, theirs)));
        }
        clashes.sort_unstable();
        for (own, theirs) in clashes {
            let definition = &self.types[own.0 as usize];
            let name = Identifier {
                name: definition.name.as_str().into(),
                span: definition.name_location.span,
            };
            let first = self.types[theirs.0 as usize].name_location;
            self.duplicate(unit, "type", &name, first);
        }
    }
}

fn start(directive: &Directive) -> u32 {
    match directive {
        Directive::Define { span, .. } | Directive::Include { span, .. } => span.start,
    }
}

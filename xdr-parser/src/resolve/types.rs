//! Pass 3: what each type is made of.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::docs::docs;
use super::{Body, Label, Resolver, libvirt};
use crate::ast::{self, Builtin, Declaration, Identifier, Trivia, TypeSpecifierKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::{Arm, DefaultArm, Field, Struct, Type, TypeId, TypeKind, Union};
use crate::source::Span;

impl<'a> Resolver<'a> {
    pub(super) fn resolve_types(&mut self) {
        for index in 0..self.drafts.len() {
            let draft = self.drafts[index];
            let kind = match draft.body {
                Body::Enum(_) => {
                    self.store_enumerators(index);
                    continue;
                }
                Body::Typedef(declaration) => self
                    .declared(draft.unit, declaration)
                    .map(TypeKind::Typedef),
                Body::Struct(body) => self
                    .structure(index, draft.unit, body)
                    .map(TypeKind::Struct),
                Body::Union(body) => self.union(index, draft.unit, body).map(TypeKind::Union),
            };
            if let Some(kind) = kind {
                self.types[index].kind = kind;
            }
        }
        self.find_lists();
    }

    fn structure(
        &mut self,
        index: usize,
        unit: usize,
        body: &'a ast::StructBody,
    ) -> Option<Struct> {
        let mut names = HashMap::new();
        let fields: Vec<Option<Field>> = body
            .members
            .iter()
            .map(|member| {
                let declaration = &member.declaration;
                if let Some(name) = &declaration.name {
                    self.unique_field(unit, name, &mut names);
                }
                self.field(unit, declaration, &member.leading, &member.trailing)
            })
            .collect();
        let complete = fields.iter().all(Option::is_some);
        let definition = Struct {
            fields: fields.into_iter().flatten().collect(),
            list: false,
        };
        if complete {
            return Some(definition);
        }
        self.in_part.push((index, TypeKind::Struct(definition)));
        None
    }

    fn unique_field(
        &mut self,
        unit: usize,
        name: &'a Identifier,
        names: &mut HashMap<&'a str, Span>,
    ) {
        if let Some(first) = names.insert(&name.name, name.span) {
            let message = format!("the field `{}` is declared twice", name.name);
            self.diagnostics.push(
                Diagnostic::error(Code::E0204, self.location(unit, name.span), message)
                    .label("declared again here")
                    .also(self.location(unit, first), "first declared here")
                    .help("rename one of them, or remove it"),
            );
        }
    }

    fn field(
        &mut self,
        unit: usize,
        declaration: &'a Declaration,
        leading: &[Trivia],
        trailing: &[Trivia],
    ) -> Option<Field> {
        let text = self.text(unit);
        let ty = self.declared(unit, declaration);
        let Some(name) = &declaration.name else {
            self.misplaced_void(unit, declaration.span, "a field");
            return None;
        };
        Some(Field {
            name: name.name.to_string(),
            ty: ty?,
            location: self.location(unit, declaration.span),
            docs: docs(text, leading, trailing),
            marks: libvirt::marks(text, &[trailing]),
        })
    }

    pub(super) fn misplaced_void(&mut self, unit: usize, span: Span, what: &str) {
        let location = self.location(unit, span);
        self.diagnostics.push(
            Diagnostic::error(Code::E0406, location, format!("{what} cannot be `void`"))
                .label("no value has this type")
                .help("`void` stands for an empty arm of a union, and for a procedure without argument or result"),
        );
    }

    fn union(&mut self, index: usize, unit: usize, body: &'a ast::UnionBody) -> Option<Union> {
        let discriminant = self.declared(unit, &body.discriminant);
        if let Some(ty) = &discriminant {
            self.discriminants.push((index, ty.clone()));
        }
        let mut arms = Vec::new();
        let mut default: Option<(DefaultArm, Span)> = None;
        let mut complete = true;
        let mut names = HashMap::new();
        for arm in &body.arms {
            if let Some(name) = &arm.declaration.name {
                self.unique_field(unit, name, &mut names);
            }
            let labels: Vec<_> = arm
                .labels
                .iter()
                .map(|label| self.number(unit, label))
                .collect();
            let spans = arm.labels.iter().map(|label| label.span);
            let known = labels.iter().copied().zip(spans);
            let known = known.filter_map(|(label, span)| {
                label.map(|value| Label {
                    union: index,
                    value,
                    span,
                })
            });
            self.labels.extend(known);
            let labels: Option<Vec<_>> = labels.into_iter().collect();
            let is_void = arm.declaration.name.is_none();
            let text = self.text(unit);
            let field = if is_void {
                None
            } else {
                self.field(unit, &arm.declaration, &[], &[])
            };
            let location = self.location(unit, arm.span);
            let docs = docs(text, &arm.leading, &arm.trailing);
            complete &= labels.is_some() && (is_void || field.is_some());
            if let Some(span) = arm.default {
                if let Some((_, first)) = &default {
                    let first = self.location(unit, *first);
                    let again = self.location(unit, span);
                    self.diagnostics.push(
                        Diagnostic::error(Code::E0203, again, "the union has two `default` arms")
                            .label("the second")
                            .also(first, "first declared here")
                            .help("one arm is for all labels that no `case` names"),
                    );
                }
                let field = field.clone();
                let docs = docs.clone();
                default = Some((
                    DefaultArm {
                        field,
                        location,
                        docs,
                    },
                    span,
                ));
            }
            // Labels beside `default:` lead to the same arm, and are in the default's range already.
            if let (Some(labels), None) = (labels, arm.default) {
                arms.push(Arm {
                    labels,
                    field,
                    location,
                    docs,
                });
            }
        }
        let name = body.discriminant.name.as_ref();
        let definition = Union {
            discriminant_name: name.map(|name| name.name.to_string()).unwrap_or_default(),
            discriminant: discriminant?,
            arms,
            default: default.map(|(default, _)| Box::new(default)),
        };
        if complete {
            return Some(definition);
        }
        self.in_part.push((index, TypeKind::Union(definition)));
        None
    }

    /// The type that a declaration gives its name.
    pub(super) fn declared(&mut self, unit: usize, declaration: &'a Declaration) -> Option<Type> {
        match &declaration.ty.kind {
            TypeSpecifierKind::Builtin(Builtin::String) => self.string(unit, declaration),
            TypeSpecifierKind::Builtin(Builtin::Opaque) => self.opaque(unit, declaration),
            kind => {
                let ty = self.specified(unit, kind, declaration.ty.span);
                self.formed(unit, declaration, ty)
            }
        }
    }

    fn specified(&mut self, unit: usize, kind: &'a TypeSpecifierKind, span: Span) -> Option<Type> {
        match kind {
            TypeSpecifierKind::Builtin(builtin) => Some(super::forms::builtin(*builtin)),
            TypeSpecifierKind::Named(name, _) => self.named(unit, name),
            TypeSpecifierKind::Struct(..)
            | TypeSpecifierKind::Enum(..)
            | TypeSpecifierKind::Union(..) => self
                .nested
                .get(&(unit, span.start))
                .copied()
                .map(Type::Named),
        }
    }

    fn named(&mut self, unit: usize, name: &Identifier) -> Option<Type> {
        if let Some(id) = self.find_type(unit, &name.name) {
            return Some(Type::Named(id));
        }
        if let Some(ty) = super::forms::c_integer(&name.name) {
            return Some(ty);
        }
        if !self.is_news(unit, &name.name) {
            return None;
        }
        let location = self.location(unit, name.span);
        let diagnostic = if let Some(value) = self.find_value(unit, &name.name) {
            Diagnostic::error(Code::E0205, location, format!("`{}` is not a type", name.name))
        .label("a constant")
        .also(self.place(value), "defined here")
        .help("a field's type is a built-in type or one that `struct`, `union`, `enum` or `typedef` defines")
        } else {
            let names = self.visible[unit]
                .iter()
                .flat_map(|&unit| self.type_names[unit].keys());
            let help = match self.suggestion(&name.name, names.map(SmolStr::as_str)) {
                Some(similar) => format!("did you mean `{similar}`?"),
                None => format!(
                    "define it{}",
                    self.missing_imports(unit, ", or import the file that does")
                ),
            };
            Diagnostic::error(
                Code::E0202,
                location,
                format!("no type is called `{}`", name.name),
            )
            .label("not known here")
            .help(help)
        };
        self.diagnostics.push(diagnostic);
        None
    }

    /// Marks structs whose last field, and no other, is an optional of themselves (RFC 4506 §4.19).
    fn find_lists(&mut self) {
        for index in 0..self.types.len() {
            let TypeKind::Struct(definition) = &self.types[index].kind else {
                continue;
            };
            let own = TypeId(super::id(index));
            // A node without a value of its own would be a number in unary, one that leads to more of its kind by
            // another field as well would be a tree: both are left as they are.
            let list = match definition.fields.split_last() {
                Some((last, others)) => {
                    !others.is_empty()
                        && self.is_optional_of(&last.ty, own)
                        && !others
                            .iter()
                            .any(|field| self.is_optional_of(&field.ty, own))
                }
                None => false,
            };
            if let TypeKind::Struct(definition) = &mut self.types[index].kind {
                definition.list = list;
            }
        }
    }

    /// Follows typedefs, a bounded number of them: longer chains are reported elsewhere.
    fn is_optional_of(&self, ty: &Type, wanted: TypeId) -> bool {
        let mut ty = ty;
        let mut optional = false;
        for _ in 0..super::sizes::MAX_DEPTH {
            match ty {
                Type::Optional(target) if !optional => {
                    optional = true;
                    ty = target;
                }
                Type::Named(id) if *id == wanted => return optional,
                Type::Named(TypeId(id)) => match &self.types[*id as usize].kind {
                    TypeKind::Typedef(target) => ty = target,
                    _ => return false,
                },
                _ => return false,
            }
        }
        false
    }
}

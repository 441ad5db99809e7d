//! From a schema to a program: only the types that the codec's own leads to.

use std::collections::HashMap;
use std::sync::Arc;

use xdr_parser::schema::{self, Schema, Type, TypeDef, TypeId, TypeKind};

use crate::program::{Enumeration, Field, FieldId, Form, FormId, Payload, Program, Union};

/// The program for a type, and the form to begin with.
pub(crate) fn compile(schema: &Schema, id: TypeId) -> (Program, FormId) {
    let mut compiler = Compiler {
        schema,
        canonical: canonical(schema),
        program: Program::default(),
        plain: HashMap::new(),
        chains: HashMap::new(),
        waiting: Vec::new(),
    };
    let root = compiler.named(id);
    while let Some((def, form)) = compiler.waiting.pop() {
        let made = compiler.definition(schema.ty(def));
        compiler.program.forms[form.0 as usize] = made;
    }
    let mut program = compiler.program;
    program.min = least(&program);
    mark_wrapped(&mut program);
    (program, root)
}

struct Compiler<'s> {
    schema: &'s Schema,
    /// By type: where a chain of typedefs of plain names ends.
    canonical: Vec<TypeId>,
    program: Program,
    /// The forms of types that have been met; of a list struct that of its elements.
    plain: HashMap<TypeId, FormId>,
    /// The forms of list structs by value.
    chains: HashMap<TypeId, FormId>,
    /// Types that have been met, with the place of their form, which is still to be made.
    waiting: Vec<(TypeId, FormId)>,
}

impl Compiler<'_> {
    fn add(&mut self, form: Form) -> FormId {
        let id = FormId(index(self.program.forms.len()));
        self.program.forms.push(form);
        self.program.names.push(None);
        id
    }

    /// The form of a type by its name.
    fn named(&mut self, id: TypeId) -> FormId {
        let id = self.canonical[id.0 as usize];
        if !self.is_list(id) {
            return self.slot(id);
        }
        if let Some(&form) = self.chains.get(&id) {
            return form;
        }
        let element = self.slot(id);
        let form = self.add(Form::Chain { element });
        self.chains.insert(id, form);
        form
    }

    /// The place of a type's form. It may be met again before it is made.
    fn slot(&mut self, id: TypeId) -> FormId {
        if let Some(&form) = self.plain.get(&id) {
            return form;
        }
        let form = self.add(Form::Void);
        let def = self.schema.ty(id);
        if !matches!(def.kind, TypeKind::Typedef(_)) {
            self.program.names[form.0 as usize] = Some(qualified(self.schema, def).into());
        }
        self.plain.insert(id, form);
        self.waiting.push((id, form));
        form
    }

    fn is_list(&self, id: TypeId) -> bool {
        matches!(&self.schema.ty(id).kind, TypeKind::Struct(body) if body.list)
    }

    /// The form of a use of a type. Typedefs have places of their own, so this goes as deep as one declaration does.
    fn used(&mut self, ty: &Type) -> FormId {
        if let Type::Named(id) = ty {
            return self.named(*id);
        }
        let form = self.form(ty);
        self.add(form)
    }

    fn form(&mut self, ty: &Type) -> Form {
        match ty {
            Type::Int => Form::Int,
            Type::UnsignedInt => Form::UnsignedInt,
            Type::Hyper => Form::Hyper,
            Type::UnsignedHyper => Form::UnsignedHyper,
            Type::Float => Form::Float,
            Type::Double => Form::Double,
            Type::Quadruple => Form::Quadruple,
            Type::Bool => Form::Bool,
            Type::Char => Form::Char,
            Type::UnsignedChar => Form::UnsignedChar,
            Type::Short => Form::Short,
            Type::UnsignedShort => Form::UnsignedShort,
            Type::FixedOpaque(length) => Form::FixedOpaque {
                len: size(length.value),
            },
            Type::Opaque(length) => Form::Opaque {
                bound: length.value,
            },
            Type::String(length) => Form::String {
                bound: length.value,
            },
            Type::FixedArray(element, length) => Form::FixedArray {
                element: self.used(element),
                len: size(length.value),
            },
            Type::Array(element, length) => Form::Array {
                element: self.used(element),
                bound: length.value,
            },
            Type::Optional(target) => self.optional(target),
            // `void`; names are followed before.
            _ => Form::Void,
        }
    }

    fn optional(&mut self, target: &Type) -> Form {
        if let Type::Named(id) = target {
            let id = self.canonical[id.0 as usize];
            if self.is_list(id) {
                return Form::List {
                    element: self.slot(id),
                };
            }
        }
        Form::Optional {
            value: self.used(target),
            wrapped: false,
        }
    }

    fn definition(&mut self, def: &TypeDef) -> Form {
        match &def.kind {
            TypeKind::Struct(body) => {
                let fields = match body.fields.split_last() {
                    Some((_, fields)) if body.list => fields,
                    _ => &body.fields,
                };
                let fields: Vec<_> = fields.iter().map(|field| self.field(field)).collect();
                let start = index(self.program.fields.len());
                self.program.fields.extend(fields);
                Form::Struct {
                    fields: start..index(self.program.fields.len()),
                }
            }
            TypeKind::Enum(body) => {
                let made = enumeration(body);
                self.program.enums.push(made);
                Form::Enum(index(self.program.enums.len() - 1))
            }
            TypeKind::Union(body) => {
                let made = self.union(body);
                self.program.unions.push(made);
                Form::Union(index(self.program.unions.len() - 1))
            }
            TypeKind::Typedef(target) => self.form(target),
            _ => Form::Void,
        }
    }

    fn field(&mut self, field: &schema::Field) -> Field {
        Field::new(&field.name, self.used(&field.ty))
    }

    fn union(&mut self, body: &schema::Union) -> Union {
        let discriminant = Field::new(&body.discriminant_name, self.used(&body.discriminant));
        let mut clash = false;
        let mut payload = |compiler: &mut Self, field: Option<&schema::Field>| {
            Payload(field.map(|field| {
                let field = compiler.field(field);
                clash |= field.name == discriminant.name;
                compiler.program.fields.push(field);
                FieldId(index(compiler.program.fields.len() - 1))
            }))
        };
        let mut arms = Vec::new();
        for arm in &body.arms {
            let field = payload(self, arm.field.as_ref());
            let labels = arm.labels.iter();
            arms.extend(labels.filter_map(|it| Some((i64::try_from(it.value).ok()?, field))));
        }
        let default = body.default.as_ref();
        let default = default.map(|default| payload(self, default.field.as_ref()));
        arms.sort_by_key(|(label, _)| *label);
        Union {
            discriminant,
            arms,
            default,
            clash,
        }
    }
}

fn enumeration(body: &schema::Enum) -> Enumeration {
    let names = body.enumerators.iter();
    let mut by_value: Vec<(i32, Arc<str>)> = names
        .map(|it| (it.value, it.name.as_str().into()))
        .collect();
    let by_name = by_value
        .iter()
        .map(|(value, name)| (Arc::clone(name), *value))
        .collect();
    // Stable: the first of several names comes first, and stays.
    by_value.sort_by_key(|(value, _)| *value);
    by_value.dedup_by_key(|(value, _)| *value);
    Enumeration { by_value, by_name }
}

/// The XDR name of a type. One that the schema does not name goes by the name of its field, behind that of the type around
/// it and a dot.
pub(crate) fn qualified(schema: &Schema, def: &TypeDef) -> String {
    let mut names = vec![def.name.as_str()];
    let mut inner = def;
    while let Some(parent) = inner.parent {
        inner = schema.ty(parent);
        names.push(&inner.name);
    }
    names.reverse();
    names.join(".")
}

/// By type: where a chain of typedefs of plain names ends. Chains may be long, and each is followed once.
fn canonical(schema: &Schema) -> Vec<TypeId> {
    let mut known: Vec<Option<TypeId>> = vec![None; schema.types.len()];
    let mut chain = Vec::new();
    for def in &schema.types {
        let mut id = def.id;
        let end = loop {
            if let Some(end) = known[id.0 as usize] {
                break end;
            }
            chain.push(id);
            match &schema.ty(id).kind {
                TypeKind::Typedef(Type::Named(target)) => id = *target,
                _ => break id,
            }
        };
        for id in chain.drain(..) {
            known[id.0 as usize] = Some(end);
        }
    }
    known
        .into_iter()
        .zip(&schema.types)
        .map(|(end, def)| end.unwrap_or(def.id))
        .collect()
}

/// The fewest bytes of each form, as the codec of generated code counts: a union is its discriminant, whatever its arms
/// are. So no form depends on itself, and as many rounds as forms nest by value are enough.
fn least(program: &Program) -> Vec<usize> {
    let mut min = vec![0usize; program.forms.len()];
    loop {
        let mut changed = false;
        for (at, form) in program.forms.iter().enumerate() {
            let of = |id: FormId| min[id.0 as usize];
            let bytes = match form {
                Form::Void => 0,
                Form::Int
                | Form::UnsignedInt
                | Form::Float
                | Form::Bool
                | Form::Char
                | Form::UnsignedChar
                | Form::Short
                | Form::UnsignedShort
                | Form::String { .. }
                | Form::Opaque { .. }
                | Form::Array { .. }
                | Form::Optional { .. }
                | Form::List { .. }
                | Form::Enum(_)
                | Form::Union(_) => 4,
                Form::Hyper | Form::UnsignedHyper | Form::Double => 8,
                Form::Quadruple => 16,
                Form::FixedOpaque { len } => len.saturating_add(len.wrapping_neg() & 3),
                Form::FixedArray { element, len } => of(*element).saturating_mul(*len),
                Form::Chain { element } => of(*element).saturating_add(4),
                Form::Struct { fields } => program.fields
                    [fields.start as usize..fields.end as usize]
                    .iter()
                    .fold(0, |sum, field| of(field.form).saturating_add(sum)),
            };
            changed |= bytes != min[at];
            min[at] = bytes;
        }
        if !changed {
            return min;
        }
    }
}

/// Finds the optionals whose value may be null in JSON: other optionals, and `void`.
fn mark_wrapped(program: &mut Program) {
    let nullable: Vec<bool> = program
        .forms
        .iter()
        .map(|form| matches!(form, Form::Optional { .. } | Form::Void))
        .collect();
    for form in &mut program.forms {
        if let Form::Optional { value, wrapped } = form {
            *wrapped = nullable[value.0 as usize];
        }
    }
}

fn index(len: usize) -> u32 {
    u32::try_from(len).expect("a schema has fewer than 2^32 forms and fields")
}

fn size(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

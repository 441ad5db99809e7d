//! What is said of a name when somebody points at it, as Markdown.

use std::fmt::Write as _;
use std::path::Path;

use xdr_parser::schema::{
    Annotations, ConstantValue, EnumProcedure, Field, Origin, Type, TypeDef, TypeId, TypeKind,
};
use xdr_parser::{FileId, Location, Span};

use super::index::{Definition, Kind, Name, Space, Spot};
use super::snapshot::Snapshot;
use super::workspace::{NotOpen, Workspace};

/// Of a longer definition this many lines are shown.
const LINES: usize = 16;

/// A chain of values that goes on longer is a circle.
const LONG: usize = 32;

/// What is said of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The name, as bytes of the document.
    pub span: Span,
    /// What is said.
    pub markdown: String,
}

impl Workspace {
    /// What is said of the name at a byte of an open document; nothing where there is none, or none that is known.
    ///
    /// # Errors
    /// If the document is not open.
    pub fn hover(&mut self, path: &Path, offset: u32) -> Result<Option<Hover>, NotOpen> {
        let snapshot = self.snapshot(path)?;
        Ok(snapshot.hover(offset))
    }
}

impl Snapshot {
    fn hover(&self, offset: u32) -> Option<Hover> {
        let (file, span, spot) = self.spot(offset)?;
        let text = self.text(file);
        let markdown = match self.index.meaning(file, text, spot) {
            Some(name) => self.describe(name)?,
            None => self.describe_external(span.of(text), spot)?,
        };
        Some(Hover { span, markdown })
    }

    /// What is said of a definition.
    pub(super) fn describe(&self, name: Name) -> Option<String> {
        let definition = *self.index.definition(name)?;
        let (file, _) = name;
        let mut page = Page::default();
        match definition.kind {
            kind if kind.is_type() => self.describe_type(file, definition, &mut page),
            Kind::Constant | Kind::Define => self.describe_constant(name, definition, &mut page),
            Kind::Enumerator => self.describe_enumerator(name, definition, &mut page),
            Kind::Field | Kind::Discriminant => self.describe_field(file, definition, &mut page),
            _ => self.describe_program(name, definition, &mut page),
        }
        Some(page.finish())
    }

    /// A name that the settings give a value, or that needs no definition.
    fn describe_external(&self, name: &str, spot: Spot) -> Option<String> {
        let Spot::Use(_) = spot else {
            return None;
        };
        let constant = self.external(name)?;
        let mut page = Page::default();
        page.code(&format!("const {name} = {};", value(&constant.value)));
        page.value(&constant.value);
        page.line(match constant.origin {
            Origin::Profile => "Its value is from the profile.",
            _ => "Its value is from the settings.",
        });
        Some(page.finish())
    }

    fn describe_type(&self, file: FileId, definition: Definition, page: &mut Page) {
        let Some(ty) = self.type_at(file, definition.name) else {
            return page.source(definition.whole.of(self.text(file)));
        };
        page.source(&ty.xdr);
        page.docs(&ty.docs.text);
        let chain = self.chain(&Type::Named(ty.id));
        if chain.len() > 1 {
            page.line(&format!("`{}` = `{}`", ty.name, chain.join("` = `")));
        }
        self.size(ty.id, page);
        if let Some(layout) = self.layout(ty) {
            page.block(&layout);
        }
        self.partners(ty.id, page);
    }

    /// Of which procedure a type is the arguments, the result or the event.
    fn partners(&self, id: TypeId, page: &mut Page) {
        for program in &self.schema().procedure_enums {
            for procedure in &program.procedures {
                let roles = ["Arguments", "Result", "Event"];
                let roles = roles.iter().zip(procedure.messages());
                for (role, _) in roles.filter(|(_, message)| *message == Some(id)) {
                    let name = program.enumerator(self.schema(), procedure);
                    let name = name.map_or(procedure.name.as_str(), |found| &found.name);
                    let number = procedure.number;
                    page.line(&format!("{role} of procedure {number}, `{name}`."));
                }
            }
        }
    }

    fn size(&self, id: TypeId, page: &mut Page) {
        match self.bytes_of(id) {
            Some(bytes) => page.line(&format!("On the wire: {}.", bytes.spell())),
            None => page.line("On the wire: not known, because of mistakes."),
        }
    }

    fn describe_constant(&self, name: Name, definition: Definition, page: &mut Page) {
        let (file, _) = name;
        page.source(definition.whole.of(self.text(file)));
        let Some(constant) = self.constant_at(file, definition.name) else {
            return;
        };
        page.docs(&constant.docs.text);
        let place = constant.name_location;
        if !self.inspection.without_value.contains(&place) {
            page.value(&constant.value);
        }
        self.value_chain(name, page);
    }

    fn describe_enumerator(&self, name: Name, definition: Definition, page: &mut Page) {
        let (file, _) = name;
        let parent = definition.parent.and_then(|number| {
            let parent = self.index.definition((file, number))?;
            self.type_at(file, parent.name)
        });
        let Some((ty, TypeKind::Enum(body))) = parent.map(|ty| (ty, &ty.kind)) else {
            return page.source(definition.whole.of(self.text(file)));
        };
        let index = body
            .enumerators
            .iter()
            .position(|found| found.location.span == definition.name);
        let Some((index, enumerator)) = index.and_then(|at| Some((at, body.enumerators.get(at)?)))
        else {
            return page.source(definition.whole.of(self.text(file)));
        };
        page.code(&format!("{} = {}", enumerator.name, enumerator.value));
        page.docs(&enumerator.docs.text);
        let place = enumerator.location;
        if !self.inspection.without_value.contains(&place) {
            page.value(&ConstantValue::Int(enumerator.value.into()));
            if definition.whole == definition.name
                && let Some(before) = index.checked_sub(1)
            {
                let before = &body.enumerators[before].name;
                page.line(&format!("One more than `{before}`."));
            }
        }
        self.value_chain(name, page);
        page.line(&format!("In `enum {}`.", ty.name));
        for program in self
            .schema()
            .procedure_enums
            .iter()
            .filter(|program| program.ty == ty.id)
        {
            let procedures = program.procedures.iter();
            for procedure in procedures.filter(|found| found.enumerator as usize == index) {
                self.describe_procedure(procedure, page);
            }
        }
    }

    /// libvirt's way of numbering procedures.
    fn describe_procedure(&self, procedure: &EnumProcedure, page: &mut Page) {
        page.line(&format!("Procedure {}:", procedure.number));
        let what = match procedure.msg {
            Some(_) => &[("event", procedure.msg)][..],
            None => &[("takes", procedure.args), ("returns", procedure.ret)],
        };
        for (role, id) in what {
            let ty = id.and_then(|id| self.schema().types.get(id.0 as usize));
            page.item(&match ty {
                Some(ty) => {
                    let bytes = self.bytes_of(ty.id).map(super::layout::Bytes::spell);
                    let bytes = bytes.map(|bytes| format!(", {bytes}")).unwrap_or_default();
                    format!("{role} `{}`{bytes}", ty.name)
                }
                None => format!("{role} nothing"),
            });
        }
        for annotation in annotations(&procedure.annotations) {
            page.item(&format!("`{annotation}`"));
        }
    }

    fn describe_field(&self, file: FileId, definition: Definition, page: &mut Page) {
        page.source(definition.whole.of(self.text(file)));
        let parent = definition.parent.and_then(|number| {
            let parent = self.index.definition((file, number))?;
            Some((parent.kind, self.type_at(file, parent.name)?))
        });
        let Some((kind, ty)) = parent else {
            return;
        };
        if definition.kind == Kind::Discriminant {
            page.line(&format!("The discriminant of `union {}`.", ty.name));
            if let TypeKind::Union(body) = &ty.kind {
                self.describe_use(&body.discriminant, page);
            }
            return;
        }
        let field = field_at(ty, definition.whole);
        if let Some(field) = field {
            page.docs(&field.docs.text);
        }
        let keyword = if kind == Kind::Union {
            "union"
        } else {
            "struct"
        };
        let place = self.offset_of(ty, definition.whole);
        page.line(&match place {
            Some(offset) => format!("In `{keyword} {}`, at byte {offset}.", ty.name),
            None => format!("In `{keyword} {}`.", ty.name),
        });
        if let Some(field) = field {
            self.describe_use(&field.ty, page);
        }
    }

    /// Typedefs, bounds and size of a type where it is used.
    fn describe_use(&self, ty: &Type, page: &mut Page) {
        let chain = self.chain(ty);
        if !chain.is_empty() {
            page.line(&format!("`{}` = `{}`", self.spell(ty), chain.join("` = `")));
        }
        for (length, what) in self.lengths(ty) {
            if !length.written {
                page.line("No bound is written.");
                continue;
            }
            let name = length.name.and_then(|name| self.value_name(name));
            if let Some(name) = name {
                let number = i128::from(length.value);
                page.line(&format!("`{name}` = {}: {what}.", both(number)));
            }
        }
        if let Some(bytes) = self.bytes(ty) {
            page.line(&format!("On the wire: {}.", bytes.spell()));
        }
    }

    fn describe_program(&self, name: Name, definition: Definition, page: &mut Page) {
        let (file, _) = name;
        let place = Location {
            file,
            span: definition.whole,
        };
        for program in &self.schema().programs {
            if program.location == place {
                page.code(&format!("program {}", program.name));
                page.docs(&program.docs.text);
                page.line(&format!("Program {}.", both(program.number.into())));
                return;
            }
            for version in &program.versions {
                if version.location == place {
                    page.code(&format!("version {}", version.name));
                    page.docs(&version.docs.text);
                    let (number, program) = (version.number, &program.name);
                    page.line(&format!("Version {number} of `program {program}`."));
                    return;
                }
                let mut procedures = version.procedures.iter();
                if let Some(found) = procedures.find(|found| found.location == place) {
                    page.source(definition.whole.of(self.text(file)));
                    page.docs(&found.docs.text);
                    let (number, version) = (found.number, &version.name);
                    let program = &program.name;
                    page.line(&format!("Procedure {number} of `{program}`, `{version}`:"));
                    let args = found.args.iter().map(|ty| ("takes", ty));
                    let args: Vec<(&str, &Type)> = args.collect();
                    if args.is_empty() {
                        page.item("takes nothing");
                    }
                    for (role, ty) in args.into_iter().chain([("returns", &found.ret)]) {
                        page.item(&match (ty, self.bytes(ty)) {
                            (Type::Void, _) => format!("{role} nothing"),
                            (_, Some(bytes)) => {
                                format!("{role} `{}`, {}", self.spell(ty), bytes.spell())
                            }
                            (_, None) => format!("{role} `{}`", self.spell(ty)),
                        });
                    }
                    return;
                }
            }
        }
        page.source(definition.whole.of(self.text(file)));
    }

    /// The names that a value goes through: `A` = `B` = `C`.
    fn value_chain(&self, start: Name, page: &mut Page) {
        let mut names = Vec::new();
        let mut next = Some(start);
        while let Some(name) = next.take() {
            let (file, _) = name;
            let text = self.text(file);
            let Some(definition) = self.index.definition(name) else {
                break;
            };
            names.push(definition.name.of(text).to_owned());
            if names.len() > LONG {
                return;
            }
            let Some(names_of_file) = self.index.names(file) else {
                break;
            };
            // A value is the last name in its definition.
            let value = names_of_file.uses_in(definition.whole).last();
            if let Some(value) = value.filter(|used| used.space == Space::Value) {
                let word = value.name.of(text);
                next = self.index.find(file, word, Space::Value);
                if next.is_none() {
                    names.push(word.to_owned());
                }
            }
        }
        if names.len() > 1 {
            page.line(&format!("`{}`", names.join("` = `")));
        }
    }
}

/// The field of a struct or a union that is written here.
fn field_at(ty: &TypeDef, span: Span) -> Option<&Field> {
    match &ty.kind {
        TypeKind::Struct(body) => body.fields.iter().find(|field| field.location.span == span),
        TypeKind::Union(body) => {
            let mut fields = body.payloads().flatten();
            fields.find(|field| field.location.span == span)
        }
        _ => None,
    }
}

/// As they are written, without those that say nothing.
fn annotations(annotations: &Annotations) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |name: &str, value: &str| lines.push(format!("@{name}: {value}"));
    if let Some(generate) = annotations.generate {
        add("generate", generate.name());
    }
    if let Some(priority) = annotations.priority {
        add("priority", priority.name());
    }
    for acl in &annotations.acl {
        add("acl", &acl.text);
    }
    for acl in &annotations.acl_filter {
        add("aclfilter", &acl.text);
    }
    if let Some(place) = annotations.read_stream {
        add("readstream", &place.to_string());
    }
    if let Some(place) = annotations.write_stream {
        add("writestream", &place.to_string());
    }
    if let Some(flag) = &annotations.sparse_flag {
        add("sparseflag", flag);
    }
    lines
}

fn value(value: &ConstantValue) -> String {
    match value {
        ConstantValue::Int(number) => number.to_string(),
        ConstantValue::String(text) => format!("\"{text}\""),
    }
}

/// `16 (0x10)`
fn both(number: i128) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{number} ({sign}0x{:x})", number.unsigned_abs())
}

/// Paragraphs of Markdown.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn block(&mut self, markdown: &str) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(markdown);
    }

    fn line(&mut self, markdown: &str) {
        self.block(markdown);
    }

    fn item(&mut self, markdown: &str) {
        let _ = write!(self.text, "\n- {markdown}");
    }

    fn code(&mut self, code: &str) {
        self.block(&format!("```xdr\n{code}\n```"));
    }

    /// A definition as it is written, its first lines if it is long.
    fn source(&mut self, text: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let mut code = lines[..lines.len().min(LINES)].join("\n");
        if lines.len() > LINES {
            let _ = write!(code, "\n    … {} more lines", lines.len() - LINES);
        }
        self.code(&code);
    }

    fn docs(&mut self, docs: &str) {
        if !docs.is_empty() {
            self.block(&escape(docs));
        }
    }

    fn value(&mut self, value: &ConstantValue) {
        if let ConstantValue::Int(number) = value {
            self.block(&both(*number));
        }
    }

    fn finish(self) -> String {
        self.text
    }
}

/// A comment as Markdown: each line stays one, and nothing in it is a mark.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("  \n"),
            '\\' | '`' | '*' | '_' | '<' | '[' | '#' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

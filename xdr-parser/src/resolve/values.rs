//! Pass 2: values constants and enumerators.
//!
//! A value may be the name of another; chains are followed with a stack of our own, however long they are.

use smol_str::SmolStr;

use super::{Known, Resolver};
use crate::ast::{Identifier, Value, ValueKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::options::Profile;
use crate::schema::{
    ConstantId, ConstantValue, Length, Origin, TypeId, TypeKind, Value as Resolved, ValueName,
};
use crate::source::Span;

use super::Body;

/// What a value needs before it is known.
enum Step<'a> {
    /// Nothing.
    Known(Known),
    /// The value of a name.
    Same(ValueName),
    /// One more than the enumerator before.
    Successor(ValueName),
    /// A name that means nothing here.
    Unknown(&'a str, usize, Span),
}

impl<'a> Resolver<'a> {
    pub(super) fn evaluate(&mut self) {
        for constant in 0..self.constant_drafts.len() {
            self.evaluate_chain(ValueName::Constant(ConstantId(super::id(constant))));
        }
        for ty in 0..self.drafts.len() {
            for index in 0..self.known_enumerators[ty].len() {
                self.evaluate_chain(ValueName::Enumerator(
                    TypeId(super::id(ty)),
                    super::id(index),
                ));
            }
        }
        self.store_values();
    }

    fn evaluate_chain(&mut self, first: ValueName) {
        let mut stack = vec![first];
        while let Some(&top) = stack.last() {
            if !matches!(self.known(top), Known::Todo | Known::Doing) {
                stack.pop();
                continue;
            }
            let needed = match self.step(top) {
                Step::Known(known) => {
                    self.set(top, known);
                    continue;
                }
                Step::Unknown(name, unit, span) => {
                    match self.external(unit, name, span) {
                        Some(external) => {
                            let known = self.known(external);
                            let known = by_name(known, external);
                            self.set(top, known);
                        }
                        None => self.set(top, Known::Failed),
                    }
                    continue;
                }
                Step::Same(needed) | Step::Successor(needed) => needed,
            };
            match self.known(needed) {
                Known::Doing => {
                    self.circular(&stack, needed);
                    self.set(top, Known::Failed);
                }
                Known::Todo => {
                    self.set(top, Known::Doing);
                    stack.push(needed);
                }
                known => {
                    let known = match self.step(top) {
                        Step::Successor(_) => match known {
                            Known::Int(value, _) => Known::Int(value.saturating_add(1), None),
                            _ => Known::Failed,
                        },
                        _ => by_name(known, needed),
                    };
                    self.set(top, known);
                }
            }
        }
    }

    fn step(&self, name: ValueName) -> Step<'a> {
        match name {
            ValueName::Constant(ConstantId(id)) => {
                let draft = self.constant_drafts[id as usize];
                match draft.value {
                    Some(value) => self.step_value(draft.unit, value),
                    None => Step::Known(Known::Failed),
                }
            }
            ValueName::Enumerator(TypeId(id), index) => {
                let draft = self.drafts[id as usize];
                let Body::Enum(body) = draft.body else {
                    return Step::Known(Known::Failed);
                };
                match (&body.enumerators[index as usize].value, index) {
                    (Some(value), _) => self.step_value(draft.unit, value),
                    (None, 0) => Step::Known(Known::Int(0, None)),
                    (None, _) => Step::Successor(ValueName::Enumerator(TypeId(id), index - 1)),
                }
            }
            ValueName::Bool => Step::Known(Known::Failed),
        }
    }

    fn step_value(&self, unit: usize, value: &'a Value) -> Step<'a> {
        match &value.kind {
            ValueKind::Number(Some(number)) => Step::Known(Known::Int((*number).into(), None)),
            ValueKind::Number(None) => Step::Known(Known::Failed),
            ValueKind::String(string) => Step::Known(Known::Text(string.clone())),
            ValueKind::Name(name) => match self.find_value(unit, name) {
                Some(found) => Step::Same(found),
                None => self.step_number(unit, name, value.span),
            },
        }
    }

    /// A name that no constant has. rpcgen makes constants of programs, versions and procedures too, and files use
    /// them: `const HIGHEST = PROC_DUMP;`.
    fn step_number(&self, unit: usize, name: &'a str, span: Span) -> Step<'a> {
        /// More numbers in a row that are names of others are a circle.
        const MANY: usize = 16;
        let mut found = (unit, name);
        for _ in 0..MANY {
            let Some((unit, value)) = self.find_number(found.0, found.1) else {
                break;
            };
            match &value.kind {
                ValueKind::Name(next) => match self.find_value(unit, next) {
                    Some(constant) => return Step::Same(constant),
                    None => found = (unit, next),
                },
                _ => return self.step_value(unit, value),
            }
        }
        match truth(name) {
            Some(truth) => Step::Known(Known::Int(truth, Some(ValueName::Bool))),
            None => Step::Unknown(name, unit, span),
        }
    }

    /// The number of the program, version or procedure of this name that `unit` sees.
    fn find_number(&self, unit: usize, name: &str) -> Option<(usize, &'a Value)> {
        let mut units = self.visible[unit].iter();
        units.find_map(|&unit| Some((unit, *self.numbers[unit].get(name)?)))
    }

    fn set(&mut self, name: ValueName, known: Known) {
        match name {
            ValueName::Constant(ConstantId(id)) => self.known_constants[id as usize] = known,
            ValueName::Enumerator(TypeId(id), index) => {
                self.known_enumerators[id as usize][index as usize] = known;
            }
            ValueName::Bool => {}
        }
    }

    fn circular(&mut self, stack: &[ValueName], back_to: ValueName) {
        let from = stack.iter().position(|&name| name == back_to).unwrap_or(0);
        let mut diagnostic = Diagnostic::error(
            Code::E0304,
            self.place(back_to),
            format!(
                "the value of `{}` is defined by itself",
                self.value_name(back_to)
            ),
        )
        .label("needs its own value")
        .help("give one of them a number");
        // A long way round is not shown whole.
        for &name in stack[from..]
            .iter()
            .filter(|name| **name != back_to)
            .take(4)
        {
            diagnostic = diagnostic.also(self.place(name), "by way of this");
        }
        self.diagnostics.push(diagnostic);
    }

    fn value_name(&self, name: ValueName) -> &str {
        match name {
            ValueName::Constant(ConstantId(id)) => &self.constants[id as usize].name,
            ValueName::Enumerator(TypeId(id), index) => match &self.types[id as usize].kind {
                TypeKind::Enum(definition) => &definition.enumerators[index as usize].name,
                _ => "",
            },
            ValueName::Bool => "TRUE",
        }
    }

    /// A name that the text does not define but `-D` or the profile does becomes a constant of the file that uses it.
    fn external(&mut self, unit: usize, name: &str, span: Span) -> Option<ValueName> {
        let Some((value, origin)) = self.external_value(name) else {
            self.unknown_value(unit, name, span);
            return None;
        };
        let identifier = Identifier {
            name: name.into(),
            span,
        };
        let id = self.new_constant(
            unit,
            &identifier,
            None,
            span,
            crate::schema::Docs::default(),
        );
        let constant = &mut self.constants[id.0 as usize];
        constant.origin = origin;
        constant.value = ConstantValue::Int(value);
        self.known_constants[id.0 as usize] = Known::Int(value, None);
        self.name_value(unit, &identifier, ValueName::Constant(id));
        Some(ValueName::Constant(id))
    }

    /// What `-D` or the profile says of a name.
    pub(super) fn external_value(&self, name: &str) -> Option<(i128, Origin)> {
        let options = self.options;
        let defined = options.defines.get(name);
        let defined = defined.map(|&value| (value, Origin::Define));
        let profile =
            |profile: &Profile| profile.constants().iter().find(|(known, _)| *known == name);
        let profiled = options.profile.as_ref().and_then(profile);
        defined.or(profiled.map(|&(_, value)| (value, Origin::Profile)))
    }

    fn unknown_value(&mut self, unit: usize, name: &str, span: Span) {
        if !self.is_news(unit, name) {
            return;
        }
        let location = self.location(unit, span);
        let message = format!("no constant or enumerator is called `{name}`");
        let names = self.visible[unit]
            .iter()
            .flat_map(|&unit| self.value_names[unit].keys());
        let similar = self.suggestion(name, names.map(SmolStr::as_str));
        let in_profile = Profile::Libvirt
            .constants()
            .iter()
            .any(|(known, _)| *known == name);
        let help = match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None if in_profile => {
                "libvirt's C headers define it: use `--profile libvirt`".to_owned()
            }
            None => format!(
                "give it a value with `-D {name}=VALUE`{}",
                self.missing_imports(unit, " or import the file that defines it")
            ),
        };
        self.diagnostics.push(
            Diagnostic::error(Code::E0202, location, message)
                .label("not known here")
                .help(help),
        );
    }

    /// What the name most likely should have been; not searched for when very much is unknown.
    pub(super) fn suggestion<'n>(
        &self,
        name: &str,
        names: impl Iterator<Item = &'n str> + Clone,
    ) -> Option<&'n str> {
        const MANY: usize = 50;
        (self.reported.len() <= MANY)
            .then(|| super::suggest::similar(name, names, &self.suggesting))
            .flatten()
    }

    /// Says which imports were not found, if any.
    pub(super) fn missing_imports(&self, unit: usize, otherwise: &str) -> String {
        match self.units[unit].missing.as_slice() {
            [] => otherwise.to_owned(),
            [first, ..] => {
                format!(", or name the folder of `{first}` with `-I DIR` if that defines it")
            }
        }
    }

    /// The number that a value in the text stands for; errors are reported.
    pub(super) fn number(&mut self, unit: usize, value: &'a Value) -> Option<Resolved> {
        let known = match self.step_value(unit, value) {
            Step::Known(known) => known,
            Step::Same(name) => by_name(self.known(name), name),
            Step::Unknown(name, unit, span) => {
                let external = self.external(unit, name, span)?;
                by_name(self.known(external), external)
            }
            Step::Successor(_) => Known::Failed,
        };
        match known {
            Known::Int(value, name) => Some(Resolved { value, name }),
            Known::Text(_) => {
                let location = self.location(unit, value.span);
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::E0206,
                        location,
                        "a string stands where a number must be",
                    )
                    .label("this is a string")
                    .help("use a constant that is a number"),
                );
                None
            }
            Known::Todo | Known::Doing | Known::Failed => None,
        }
    }

    /// A length or a bound: 0 to 2³²−1 (RFC 4506 §4.10).
    pub(super) fn length(&mut self, unit: usize, value: &'a Value) -> Option<Length> {
        let number = self.number(unit, value)?;
        let location = self.location(unit, value.span);
        if let Ok(length) = u32::try_from(number.value) {
            return Some(Length {
                value: length,
                name: number.name,
                written: true,
            });
        }
        let diagnostic = if number.value < 0 {
            Diagnostic::error(
                Code::E0302,
                location,
                format!("the length is negative: {}", number.value),
            )
        } else {
            Diagnostic::error(
                Code::E0303,
                location,
                format!("the length {} is over 2^32-1", number.value),
            )
        };
        let diagnostic = match number.name {
            Some(name) if name != ValueName::Bool => {
                diagnostic.also(self.place(name), "its value is from here")
            }
            _ => diagnostic,
        };
        self.diagnostics.push(
            diagnostic
                .label("not a length")
                .help("lengths are 0 to 4294967295 (RFC 4506 section 4.10)"),
        );
        None
    }

    /// A number of 32 bits, for programs, versions and procedures.
    pub(super) fn unsigned(&mut self, unit: usize, value: &'a Value) -> Option<u32> {
        let number = self.number(unit, value)?;
        let fits = u32::try_from(number.value).ok();
        if fits.is_none() {
            let location = self.location(unit, value.span);
            let message = format!("{} is not an unsigned number of 32 bits", number.value);
            self.diagnostics.push(Diagnostic::error(Code::E0301, location, message).help("programs, versions and procedures are numbered 0 to 4294967295 (RFC 5531 section 12.3)"));
        }
        fits
    }

    /// Moves what is known into the schema's tables.
    fn store_values(&mut self) {
        for (constant, known) in self.constants.iter_mut().zip(&self.known_constants) {
            match known {
                Known::Int(value, name) => {
                    constant.value = ConstantValue::Int(*value);
                    constant.alias_of = name.map(|name| Resolved {
                        value: *value,
                        name: Some(name),
                    });
                }
                Known::Text(text) => constant.value = ConstantValue::String(text.clone()),
                Known::Todo | Known::Doing | Known::Failed => {}
            }
        }
    }

    /// Puts numbers into an enum, and says which do not fit.
    pub(super) fn store_enumerators(&mut self, ty: usize) {
        let known = std::mem::take(&mut self.known_enumerators[ty]);
        let mut first_of: std::collections::HashMap<i32, u32> = std::collections::HashMap::new();
        let mut out_of_range = Vec::new();
        if let TypeKind::Enum(definition) = &mut self.types[ty].kind {
            for (index, (enumerator, known)) in
                (0..).zip(definition.enumerators.iter_mut().zip(&known))
            {
                let Known::Int(value, _) = known else {
                    continue;
                };
                match i32::try_from(*value) {
                    Ok(value) => {
                        enumerator.value = value;
                        let first = *first_of.entry(value).or_insert(index);
                        enumerator.alias_of = (first != index).then_some(first);
                    }
                    Err(_) => out_of_range.push((enumerator.location, *value)),
                }
            }
        }
        self.known_enumerators[ty] = known;
        for (location, value) in out_of_range {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::E0301,
                    location,
                    format!("the enumerator's value {value} does not fit an int"),
                )
                .label("too large for an enum")
                .help("enumerators are -2^31 to 2^31-1 (RFC 4506 section 4.3)"),
            );
        }
    }
}

/// What is known of a value that was written as a name.
fn by_name(known: Known, name: ValueName) -> Known {
    match known {
        Known::Int(value, _) => Known::Int(value, Some(name)),
        other => other,
    }
}

pub(super) fn truth(name: &str) -> Option<i128> {
    match name {
        "TRUE" | "true" => Some(1),
        "FALSE" | "false" => Some(0),
        _ => None,
    }
}

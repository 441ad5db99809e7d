//! Whether two snapshots of one text mean the same but for names.
//!
//! The tables of both are in the order of the text, so that what has the same id is the same definition, by whatever name.
//! What had no meaning before, because of a mistake, may get one.

use std::collections::HashMap;

use xdr_parser::Severity;
use xdr_parser::schema::{
    Arm, Constant, EnumProcedure, Enumerator, Field, Origin, ProcedureEnum, Program, Schema, Type,
    TypeDef, TypeId, TypeKind,
};

use super::super::snapshot::Snapshot;

/// What is otherwise afterwards: the first such thing, for a message.
pub(super) fn difference(before: &Snapshot, after: &Snapshot) -> Option<String> {
    new_error(before, after)
        .or_else(|| constants(before, after))
        .or_else(|| types(before, after))
        .or_else(|| programs(before.schema(), after.schema()))
        .or_else(|| procedure_enums(before.schema(), after.schema()))
}

/// Where there are more errors of one code in a file than before, the last of them.
fn new_error(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let errors = |snapshot: &'_ Snapshot| {
        let mut errors: HashMap<_, Vec<String>> = HashMap::new();
        for found in &snapshot.inspection.diagnostics {
            if found.severity == Severity::Error {
                let file = snapshot.path(found.primary.location.file);
                let key = (file, found.code.as_str());
                errors.entry(key).or_default().push(found.message.clone());
            }
        }
        errors
    };
    let known = errors(before);
    let more = errors(after).into_iter().find_map(|(key, messages)| {
        let known = known.get(&key).map_or(0, Vec::len);
        messages.get(known..)?.last().cloned()
    });
    more.map(|message| format!("there would be an error, {message}"))
}

fn constants(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let (old, new) = (
        &before.schema().constants[..],
        &after.schema().constants[..],
    );
    let is_same = |old: &Constant, new: &Constant| {
        let known = !before.inspection.without_value.contains(&old.name_location);
        old.origin == new.origin && (!known || old.value == new.value)
    };
    let other = old.iter().zip(new).find(|(old, new)| !is_same(old, new));
    match other {
        Some((old, _)) if old.origin == Origin::Source => {
            Some(format!("`{}` would have another value", old.name))
        }
        Some((old, _)) => Some(format!(
            "`{}` would no longer have the value that the settings give it",
            old.name
        )),
        None => (old.len() != new.len()).then(|| other_parts("constants")),
    }
}

fn types(before: &Snapshot, after: &Snapshot) -> Option<String> {
    let (old, new) = (&before.schema().types[..], &after.schema().types[..]);
    let is_same = |old: &TypeDef, new: &TypeDef| {
        if before.inspection.without_size.contains(&old.id) {
            return true;
        }
        let values = |found: &Enumerator| {
            let without = &before.inspection.without_value;
            (!without.contains(&found.location)).then_some(found.value)
        };
        old.size == new.size && old.parent == new.parent && is_same_kind(old, new, values)
    };
    let other = old.iter().zip(new).find(|(old, new)| !is_same(old, new));
    match other {
        Some((old, _)) => Some(format!("`{}` would be another type", old.name)),
        None => (old.len() != new.len()).then(|| other_parts("types")),
    }
}

fn is_same_kind(old: &TypeDef, new: &TypeDef, known: impl Fn(&Enumerator) -> Option<i32>) -> bool {
    let payload = |field: Option<&Field>| field.map(|field| field.ty.clone());
    match (&old.kind, &new.kind) {
        (TypeKind::Struct(old), TypeKind::Struct(new)) => {
            let old = old.fields.iter().map(|field| &field.ty);
            old.eq(new.fields.iter().map(|field| &field.ty))
        }
        (TypeKind::Enum(old), TypeKind::Enum(new)) => {
            let (old, new) = (&old.enumerators, &new.enumerators);
            let mut both = old.iter().zip(new);
            old.len() == new.len()
                && both.all(|(old, new)| known(old).is_none_or(|value| value == new.value))
        }
        (TypeKind::Union(old), TypeKind::Union(new)) => {
            let arm = |arm: &Arm| (arm.labels.clone(), payload(arm.field.as_ref()));
            let default = |default: Option<&Field>| payload(default);
            old.discriminant == new.discriminant
                && old.arms.iter().map(arm).eq(new.arms.iter().map(arm))
                && old.default.is_some() == new.default.is_some()
                && default(old.default.as_ref().and_then(|arm| arm.field.as_ref()))
                    == default(new.default.as_ref().and_then(|arm| arm.field.as_ref()))
        }
        (TypeKind::Typedef(old), TypeKind::Typedef(new)) => old == new,
        _ => false,
    }
}

fn programs(old: &Schema, new: &Schema) -> Option<String> {
    type Version<'a> = (u32, Vec<(u32, &'a [Type], &'a Type)>);
    fn versions(program: &Program) -> Vec<Version<'_>> {
        let versions = program.versions.iter().map(|version| {
            let procedures = version.procedures.iter();
            let procedures = procedures.map(|found| (found.number, &found.args[..], &found.ret));
            (version.number, procedures.collect())
        });
        versions.collect()
    }
    let mut both = old.programs.iter().zip(&new.programs);
    let other = both.find(|(old, new)| old.number != new.number || versions(old) != versions(new));
    match other {
        Some((old, _)) => Some(format!("`{}` would be another program", old.name)),
        None => (old.programs.len() != new.programs.len()).then(|| other_parts("programs")),
    }
}

/// libvirt's programs are found by the names of enums and constants, their messages by those of types.
fn procedure_enums(old: &Schema, new: &Schema) -> Option<String> {
    let find = |all: &'_ [ProcedureEnum], ty: TypeId| all.iter().any(|found| found.ty == ty);
    for program in &old.procedure_enums {
        if !find(&new.procedure_enums, program.ty) {
            let name = type_name(old, program.ty);
            return Some(format!(
                "the procedures of `{name}` would be no procedures any more"
            ));
        }
    }
    for program in &new.procedure_enums {
        if !find(&old.procedure_enums, program.ty) {
            let name = type_name(new, program.ty);
            return Some(format!("the enumerators of `{name}` would be procedures"));
        }
    }
    let mut both = old.procedure_enums.iter().zip(&new.procedure_enums);
    both.find_map(|(before, after)| {
        if (before.program, before.version) != (after.program, after.version) {
            let name = type_name(old, before.ty);
            return Some(format!(
                "`{name}` would have the numbers of another program or version"
            ));
        }
        let mut procedures = before.procedures.iter().zip(&after.procedures);
        procedures.find_map(|(one, other)| procedure((old, before, one), (new, other)))
    })
}

fn procedure(
    (old, program, before): (&Schema, &ProcedureEnum, &EnumProcedure),
    (new, after): (&Schema, &EnumProcedure),
) -> Option<String> {
    let enumerator = program.enumerator(old, before);
    let name = enumerator.map_or(before.name.as_str(), |enumerator| enumerator.name.as_str());
    let messages = before.messages().into_iter().zip(after.messages());
    for ((before, after), what) in messages.zip(["arguments", "result", "message"]) {
        if before == after {
            continue;
        }
        return Some(match (before, after) {
            (_, Some(after)) => {
                let after = type_name(new, after);
                format!("`{after}` would be the {what} of `{name}`")
            }
            (Some(before), None) => {
                let before = type_name(old, before);
                format!("`{before}` would no longer be the {what} of `{name}`")
            }
            (None, None) => continue,
        });
    }
    let is_same = before.number == after.number && before.annotations == after.annotations;
    (!is_same).then(|| format!("`{name}` would be another procedure"))
}

fn type_name(schema: &Schema, id: TypeId) -> &str {
    let ty = schema.types.get(id.0 as usize);
    ty.map_or("", |ty| ty.name.as_str())
}

/// Conditions may ask for names.
fn other_parts(what: &str) -> String {
    format!("there would be other {what}: other parts of the text would count")
}

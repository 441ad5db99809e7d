//! libvirt's programs: enums of procedures, the types that bear their names, and what the comments say.

use super::matched::Matched;
use super::{Comparison, Places, Rule};
use crate::schema::{
    ConstantId, ConstantValue, EnumProcedure, ProcedureEnum, ProcedureEnumId, Schema, Type, TypeId,
};
use crate::source::Location;

impl Comparison<'_> {
    pub(super) fn procedure_enums(&mut self) {
        let (old, new) = (self.old, self.new);
        let (mut olds, mut news) = (
            vec![false; old.procedure_enums.len()],
            vec![false; new.procedure_enums.len()],
        );
        for (ProcedureEnumId(before), ProcedureEnumId(now)) in self.pairs.procedure_enums(old, new)
        {
            let (before, now) = (before as usize, now as usize);
            olds[before] = true;
            news[now] = true;
            self.procedure_enum(&old.procedure_enums[before], &new.procedure_enums[now]);
        }
        for (found, _) in new
            .procedure_enums
            .iter()
            .zip(news)
            .filter(|(_, paired)| !paired)
        {
            let (name, place, program) = program(new, found);
            let message = format!("the program {program} is new");
            self.added(Rule::ProgramAdded, name, message, place);
        }
        for (found, _) in old
            .procedure_enums
            .iter()
            .zip(olds)
            .filter(|(_, paired)| !paired)
        {
            let (name, place, program) = program(old, found);
            let message = format!("the program {program} is gone");
            self.removed(Rule::ProgramRemoved, name, message, place);
        }
    }

    fn procedure_enum(&mut self, old: &ProcedureEnum, new: &ProcedureEnum) {
        let (before, now) = (self.old.ty(old.ty), self.new.ty(new.ty));
        let at = Places {
            old: before.name_location,
            new: now.name_location,
        };
        let name = &now.name;
        self.program_number(
            Rule::ProgramNumberChanged,
            name,
            (old.program, new.program),
            at,
        );
        self.program_number(
            Rule::VersionNumberChanged,
            name,
            (old.version, new.version),
            at,
        );
        if old.prefix != new.prefix {
            let message = format!(
                "the procedures' prefix `{}` is now `{}`",
                old.prefix, new.prefix
            );
            self.changed(Rule::ProcedurePrefixChanged, name, message, at);
        }
        let matched = Matched::of(
            &old.procedures,
            &new.procedures,
            |procedure| (procedure.name.as_str(), procedure.number),
            |before, now| self.same_messages(before, now),
        );
        let item = |procedure: &EnumProcedure| format!("{name}.{}", procedure.name);
        for (before, now) in matched.both {
            let at = Places {
                old: place(self.old, old, before),
                new: place(self.new, new, now),
            };
            self.order.matched(at);
            self.enum_procedure(&item(now), before, now, at);
        }
        for procedure in matched.added {
            let message = format!(
                "the procedure `{}` = {} is new",
                procedure.name, procedure.number
            );
            let place = place(self.new, new, procedure);
            self.added(Rule::ProcedureAdded, &item(procedure), message, place);
        }
        for procedure in matched.removed {
            let message = format!(
                "the procedure `{}` = {} is gone",
                procedure.name, procedure.number
            );
            let place = place(self.old, old, procedure);
            self.removed(Rule::ProcedureRemoved, &item(procedure), message, place);
        }
    }

    /// The number of a program or a version.
    fn program_number(
        &mut self,
        rule: Rule,
        item: &str,
        (old, new): (ConstantId, ConstantId),
        at: Places,
    ) {
        let (was, is) = (number(self.old, old), number(self.new, new));
        if was != is {
            let name = &self.new.constant(new).name;
            let message = format!("`{name}` changed from {was} to {is}");
            self.changed(rule, item, message, at);
        }
    }

    fn same_messages(&self, old: &EnumProcedure, new: &EnumProcedure) -> bool {
        let mut messages = old.messages().into_iter().zip(new.messages());
        messages.all(|(old, new)| {
            let paired = old.map(|old| self.pairs.types.new_of(old));
            paired == new.map(Some)
        })
    }

    fn enum_procedure(&mut self, item: &str, old: &EnumProcedure, new: &EnumProcedure, at: Places) {
        if old.name != new.name {
            let message = format!("the procedure `{}` is now `{}`", old.name, new.name);
            self.changed(Rule::ProcedureRenamed, item, message, at);
        }
        if old.number != new.number {
            let message = format!("number changed from {} to {}", old.number, new.number);
            self.changed(Rule::ProcedureRenumbered, item, message, at);
        }
        self.message(
            item,
            (Rule::ArgsGained, Rule::ArgsLost),
            (old.args, new.args),
            at,
        );
        self.message(
            item,
            (Rule::RetGained, Rule::RetLost),
            (old.ret, new.ret),
            at,
        );
        self.message(
            item,
            (Rule::CallBecameEvent, Rule::EventBecameCall),
            (old.msg, new.msg),
            at,
        );
        self.annotations(item, &old.annotations, &new.annotations, at);
    }

    /// Arguments, a result or an event: whether there is one, and whether it is another type than it was. What it holds
    /// is compared where it is defined.
    fn message(
        &mut self,
        item: &str,
        (gained, lost): (Rule, Rule),
        (old, new): (Option<TypeId>, Option<TypeId>),
        at: Places,
    ) {
        match (old, new) {
            (None, Some(new)) => {
                let message = format!("the procedure has a `{}` now", self.new.ty(new).name);
                self.changed(gained, item, message, at);
            }
            (Some(old), None) => {
                let message = format!("the procedure no longer has a `{}`", self.old.ty(old).name);
                self.changed(lost, item, message, at);
            }
            (Some(old), Some(new)) => {
                self.usage(item, &Type::Named(old), &Type::Named(new), at);
            }
            (None, None) => {}
        }
    }
}

/// The enum's name and place, and the program's name and number.
fn program<'s>(schema: &'s Schema, found: &ProcedureEnum) -> (&'s str, Location, String) {
    let definition = schema.ty(found.ty);
    let constant = &schema.constant(found.program).name;
    let program = format!("`{constant}` = {}", number(schema, found.program));
    (&definition.name, definition.name_location, program)
}

fn number(schema: &Schema, id: ConstantId) -> String {
    match &schema.constant(id).value {
        ConstantValue::Int(number) => format!("{number:#x}"),
        ConstantValue::String(text) => format!("{text:?}"),
    }
}

fn place(schema: &Schema, of: &ProcedureEnum, procedure: &EnumProcedure) -> Location {
    let enumerator = of.enumerator(schema, procedure);
    enumerator.map_or(schema.ty(of.ty).name_location, |found| found.location)
}

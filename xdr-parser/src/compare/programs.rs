//! Programs of the RPC language (RFC 5531 §12): matched by name and, among the rest, by number.

use super::matched::Matched;
use super::{Comparison, Places, Rule};
use crate::schema::{Procedure, Program, Type, Version};

impl Comparison<'_> {
    pub(super) fn programs(&mut self) {
        let (old, new) = (&self.old.programs, &self.new.programs);
        let matched = Matched::of(
            old,
            new,
            |program| (program.name.as_str(), program.number),
            |_, _| true,
        );
        for (before, now) in matched.both {
            self.program(before, now);
        }
        for program in matched.added {
            let message = format!(
                "the program `{}` = {:#x} is new",
                program.name, program.number
            );
            self.added(Rule::ProgramAdded, &program.name, message, program.location);
        }
        for program in matched.removed {
            let message = format!(
                "the program `{}` = {:#x} is gone",
                program.name, program.number
            );
            self.removed(
                Rule::ProgramRemoved,
                &program.name,
                message,
                program.location,
            );
        }
    }

    fn program(&mut self, old: &Program, new: &Program) {
        let at = Places {
            old: old.location,
            new: new.location,
        };
        self.order.matched(at);
        self.order.matched_end(old.location, new.location);
        if old.name != new.name {
            let message = format!("the program `{}` is now `{}`", old.name, new.name);
            self.changed(Rule::ProgramRenamed, &new.name, message, at);
        }
        if old.number != new.number {
            let message = format!("number changed from {:#x} to {:#x}", old.number, new.number);
            self.changed(Rule::ProgramNumberChanged, &new.name, message, at);
        }
        let matched = Matched::of(
            &old.versions,
            &new.versions,
            |version| (version.name.as_str(), version.number),
            |_, _| true,
        );
        for (before, now) in matched.both {
            self.version(&new.name, before, now);
        }
        for version in matched.added {
            let item = format!("{}.{}", new.name, version.name);
            let message = format!("the version `{}` = {} is new", version.name, version.number);
            self.added(Rule::VersionAdded, &item, message, version.location);
        }
        for version in matched.removed {
            let item = format!("{}.{}", new.name, version.name);
            let message = format!(
                "the version `{}` = {} is gone",
                version.name, version.number
            );
            self.removed(Rule::VersionRemoved, &item, message, version.location);
        }
    }

    fn version(&mut self, program: &str, old: &Version, new: &Version) {
        let item = format!("{program}.{}", new.name);
        let at = Places {
            old: old.location,
            new: new.location,
        };
        self.order.matched(at);
        self.order.matched_end(old.location, new.location);
        if old.name != new.name {
            let message = format!("the version `{}` is now `{}`", old.name, new.name);
            self.changed(Rule::VersionRenamed, &item, message, at);
        }
        if old.number != new.number {
            let message = format!("number changed from {} to {}", old.number, new.number);
            self.changed(Rule::VersionNumberChanged, &item, message, at);
        }
        let matched = Matched::of(
            &old.procedures,
            &new.procedures,
            |procedure| (procedure.name.as_str(), procedure.number),
            |before, now| self.same_signature(before, now),
        );
        for (before, now) in matched.both {
            self.procedure(&item, before, now);
        }
        for procedure in matched.added {
            let item = format!("{item}.{}", procedure.name);
            let message = format!(
                "the procedure `{}` = {} is new",
                procedure.name, procedure.number
            );
            self.added(Rule::ProcedureAdded, &item, message, procedure.location);
        }
        for procedure in matched.removed {
            let item = format!("{item}.{}", procedure.name);
            let message = format!(
                "the procedure `{}` = {} is gone",
                procedure.name, procedure.number
            );
            self.removed(Rule::ProcedureRemoved, &item, message, procedure.location);
        }
    }

    fn same_signature(&self, old: &Procedure, new: &Procedure) -> bool {
        let mut args = old.args.iter().zip(&new.args);
        old.args.len() == new.args.len()
            && args.all(|(before, now)| self.are_alike(before, now))
            && self.are_alike(&old.ret, &new.ret)
    }

    fn procedure(&mut self, version: &str, old: &Procedure, new: &Procedure) {
        let item = format!("{version}.{}", new.name);
        let at = Places {
            old: old.location,
            new: new.location,
        };
        self.order.matched(at);
        if old.name != new.name {
            let message = format!("the procedure `{}` is now `{}`", old.name, new.name);
            self.changed(Rule::ProcedureRenamed, &item, message, at);
        }
        if old.number != new.number {
            let message = format!("number changed from {} to {}", old.number, new.number);
            self.changed(Rule::ProcedureRenumbered, &item, message, at);
        }
        let (was, is) = (old.args.len(), new.args.len());
        if was == is {
            for (index, (before, now)) in old.args.iter().zip(&new.args).enumerate() {
                self.usage(&format!("{item}.args[{index}]"), before, now, at);
            }
        } else {
            let rule = if was < is {
                Rule::ArgsGained
            } else {
                Rule::ArgsLost
            };
            let message = format!("number of arguments changed from {was} to {is}");
            self.changed(rule, &item, message, at);
        }
        let item = format!("{item}.ret");
        match (&old.ret, &new.ret) {
            (Type::Void, Type::Void) => {}
            (Type::Void, _) => {
                let message = "the procedure has a result now".to_owned();
                self.changed(Rule::RetGained, &item, message, at);
            }
            (_, Type::Void) => {
                let message = "the procedure no longer has a result".to_owned();
                self.changed(Rule::RetLost, &item, message, at);
            }
            (before, now) => self.usage(&item, before, now, at),
        }
    }
}

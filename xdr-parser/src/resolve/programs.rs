//! Pass 4: programs, versions and procedures (RFC 5531 §12).

use std::collections::HashMap;

use super::Resolver;
use super::docs::docs;
use crate::ast::{self, Identifier, ItemKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::{Procedure, Type, Version};
use crate::source::Span;

impl<'a> Resolver<'a> {
    pub(super) fn resolve_programs(&mut self) {
        let units = self.units;
        let mut next = 0;
        for (index, unit) in units.iter().enumerate() {
            for item in &unit.ast.items {
                if let ItemKind::Program(program) = &item.kind {
                    let number = self.unsigned(index, &program.number);
                    let versions = self.versions(index, program);
                    self.programs[next].number = number.unwrap_or_default();
                    self.programs[next].versions = versions;
                    next += 1;
                }
            }
        }
        self.check_programs();
    }

    /// Two programs of one name would be two modules of one name.
    fn check_programs(&mut self) {
        let mut first = HashMap::new();
        let mut twice = Vec::new();
        for program in &self.programs {
            if let Some(first) =
                first.insert((program.file, program.name.clone()), program.location)
            {
                twice.push((program.name.clone(), program.location, first));
            }
        }
        for (name, location, first) in twice {
            self.diagnostics.push(
                Diagnostic::error(Code::E0201, location, format!("the program `{name}` is defined twice"))
                    .label("defined again here")
                    .also(first, "first defined here")
                    .help("a program with several versions is one `program` with several `version` blocks"),
            );
        }
    }

    fn versions(&mut self, unit: usize, program: &'a ast::Program) -> Vec<Version> {
        let mut names = HashMap::new();
        let mut numbers = HashMap::new();
        let mut versions = Vec::new();
        for version in &program.versions {
            let number = self.unsigned(unit, &version.number);
            self.unique(
                unit,
                "version",
                &version.name,
                number,
                (&mut names, &mut numbers),
            );
            versions.push(Version {
                name: version.name.name.to_string(),
                number: number.unwrap_or_default(),
                procedures: self.procedures(unit, version),
                location: self.location(unit, version.span),
                docs: docs(self.text(unit), &version.leading, &version.trailing),
            });
        }
        versions
    }

    fn procedures(&mut self, unit: usize, version: &'a ast::Version) -> Vec<Procedure> {
        let mut names = HashMap::new();
        let mut numbers = HashMap::new();
        let mut procedures = Vec::new();
        for procedure in &version.procedures {
            let number = self.unsigned(unit, &procedure.number);
            self.unique(
                unit,
                "procedure",
                &procedure.name,
                number,
                (&mut names, &mut numbers),
            );
            let ret = self.declared(unit, &procedure.ret);
            let args = self.arguments(unit, &procedure.args);
            if let (Some(number), Some(ret)) = (number, ret) {
                procedures.push(Procedure {
                    name: procedure.name.name.to_string(),
                    number,
                    args,
                    ret,
                    location: self.location(unit, procedure.span),
                    docs: docs(self.text(unit), &procedure.leading, &procedure.trailing),
                });
            }
        }
        procedures
    }

    /// `()` and `(void)` are no arguments.
    fn arguments(&mut self, unit: usize, declarations: &'a [ast::Declaration]) -> Vec<Type> {
        let mut args = Vec::new();
        for declaration in declarations {
            match self.declared(unit, declaration) {
                Some(Type::Void) if declarations.len() == 1 => {}
                Some(Type::Void) => {
                    self.misplaced_void(unit, declaration.span, "one of several arguments");
                }
                Some(ty) => args.push(ty),
                None => {}
            }
        }
        args
    }

    /// Names and numbers stand for one thing each.
    fn unique(
        &mut self,
        unit: usize,
        what: &str,
        name: &'a Identifier,
        number: Option<u32>,
        (names, numbers): (&mut HashMap<&'a str, Span>, &mut HashMap<u32, Span>),
    ) {
        if let Some(first) = names.insert(&name.name, name.span) {
            let message = format!("the {what} `{}` is defined twice", name.name);
            self.diagnostics.push(
                Diagnostic::error(Code::E0201, self.location(unit, name.span), message)
                    .label("defined again here")
                    .also(self.location(unit, first), "first defined here")
                    .help("rename one of them, or remove it"),
            );
        } else if let Some(number) = number
            && let Some(first) = numbers.insert(number, name.span)
        {
            let message = format!(
                "the {what} `{}` has the number {number} of another one",
                name.name
            );
            self.diagnostics.push(
                Diagnostic::error(Code::E0207, self.location(unit, name.span), message)
                    .label("the second of this number")
                    .also(self.location(unit, first), "the first")
                    .help("a number stands for one thing"),
            );
        }
    }
}

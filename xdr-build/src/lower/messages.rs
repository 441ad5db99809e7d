//! Enums of all messages that the procedures of a program have.

use std::borrow::Cow;

use xdr_parser::schema::{Type, TypeKind};

use super::structs::allow_alike_names;
use super::{Context, shape};
use crate::model::{Head, Item, MessageVariant, Messages, Procedure, ProcedureTable, Ty};

/// A procedure as a type, and what only its messages need to know.
pub(super) struct Lowered {
    pub(super) procedure: Procedure,
    pub(super) number: u32,
    /// Bytes in memory, about.
    pub(super) args_size: usize,
    pub(super) ret_size: usize,
}

/// The name of a variant for events that the schema does not have.
pub(super) const UNKNOWN: &str = "Unknown";

/// Bytes in memory, about, of what is not generated.
const FOREIGN: usize = 24;

impl Context<'_> {
    /// Names that stand beside the procedures' own.
    pub(super) fn message_names(&self, events: bool) -> &'static [&'static str] {
        match (self.style.messages, events) {
            (false, _) => &[],
            (true, false) => &["Call", "Reply"],
            (true, true) => &["Call", "Reply", "Event", UNKNOWN],
        }
    }

    /// The procedures, and if asked for their table and the enums of their messages.
    pub(super) fn with_messages(&self, lowered: Vec<Lowered>) -> Vec<Item> {
        let mut behind = Vec::new();
        if self.style.messages && !lowered.is_empty() {
            behind.push(Item::ProcedureTable(table(&lowered)));
            let (events, calls): (Vec<&Lowered>, Vec<&Lowered>) =
                lowered.iter().partition(|lowered| lowered.procedure.event);
            let args = |of: &&Lowered| (of.procedure.args.clone(), of.args_size);
            let ret = |of: &&Lowered| (of.procedure.ret.clone(), of.ret_size);
            behind.extend(self.messages("Call", "What callers send.", &calls, args));
            behind.extend(self.messages("Reply", "What callees answer.", &calls, ret));
            behind.extend(self.messages("Event", "What nobody answers.", &events, args));
        }
        let procedures = lowered.into_iter().map(|of| Item::Procedure(of.procedure));
        procedures.chain(behind).collect()
    }

    fn messages(
        &self,
        name: &str,
        docs: &str,
        procedures: &[&Lowered],
        payload: impl Fn(&&Lowered) -> (Ty, usize),
    ) -> Option<Item> {
        let first = &procedures.first()?.procedure;
        let (payloads, sizes): (Vec<Ty>, Vec<usize>) = procedures.iter().map(payload).unzip();
        let boxed = shape::outliers(sizes.into_iter().enumerate().collect()).0;
        let mut variants: Vec<MessageVariant> = procedures
            .iter()
            .zip(payloads)
            .map(|(of, payload)| MessageVariant {
                xdr_name: of.procedure.xdr_name.clone(),
                name: of.procedure.name.clone(),
                number: of.procedure.number.clone(),
                written: self.written(&of.procedure, &payload),
                payload,
            })
            .collect();
        for at in boxed {
            let variant = &mut variants[at];
            if !matches!(variant.payload, Ty::Box(_)) {
                for ty in [&mut variant.payload, &mut variant.written] {
                    *ty = Ty::Box(Box::new(ty.clone()));
                }
            }
        }
        let lifetime = variants.iter().any(|variant| variant.payload.borrows());
        let open = procedures.iter().any(|of| of.procedure.event);
        let mut head = Head {
            docs: docs.to_owned(),
            derives: self.message_derives(),
            attributes: self.serde_attributes(lifetime),
            xdr: Vec::new(),
            name: name.to_owned(),
            lifetime,
        };
        let unknown = open.then_some(UNKNOWN);
        allow_alike_names(
            &mut head,
            variants
                .iter()
                .map(|variant| variant.name.as_str())
                .chain(unknown),
        );
        Some(Item::Messages(Messages {
            head,
            program: first.program.clone(),
            version: first.version.clone(),
            variants,
            open,
        }))
    }

    /// A tuple goes by the name that it has as a procedure's: clippy minds long ones that have none.
    fn written(&self, procedure: &Procedure, payload: &Ty) -> Ty {
        match payload {
            Ty::Tuple(_) => {
                let lifetime = if procedure.borrows() { "<'a>" } else { "" };
                let (name, runtime) = (&procedure.name, &self.style.runtime);
                let path = format!("<{name}{lifetime} as {runtime}::Procedure>::Args");
                Ty::Path(path, None)
            }
            other => other.clone(),
        }
    }

    fn message_derives(&self) -> Vec<Cow<'static, str>> {
        let mut derives = vec!["Clone", "Debug", "PartialEq"];
        if self.style.serde {
            derives.extend(["::serde::Serialize", "::serde::Deserialize"]);
        }
        derives.into_iter().map(Cow::Borrowed).collect()
    }

    /// Bytes in memory, about, of what a procedure takes or returns.
    pub(super) fn message_size(&self, types: &[Type]) -> usize {
        types.iter().fold(0, |sum: usize, ty| {
            sum.saturating_add(match ty {
                Type::Void => 0,
                Type::Named(id) if self.names.foreign(*id).is_none() => {
                    let tail = match &self.schema.ty(*id).kind {
                        TypeKind::Struct(body) if body.list => FOREIGN,
                        _ => 0,
                    };
                    self.shapes.facts(*id).size.saturating_add(tail)
                }
                _ => FOREIGN,
            })
        })
    }
}

fn table(lowered: &[Lowered]) -> ProcedureTable {
    let mut sorted: Vec<&Lowered> = lowered.iter().collect();
    sorted.sort_by_key(|lowered| lowered.number);
    let procedures = sorted.into_iter().map(|lowered| {
        let procedure = &lowered.procedure;
        Ty::Path(
            procedure.name.clone(),
            procedure.borrows().then_some("'static"),
        )
    });
    ProcedureTable {
        procedures: procedures.collect(),
    }
}

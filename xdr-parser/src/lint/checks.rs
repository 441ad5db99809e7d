//! The checks, each with the rules that it reports under.

use super::{Findings, Rule, Subject};

mod annotations;
mod bounds;
mod chars;
mod enums;
mod naming;
mod numbers;
mod packets;
mod procedures;
mod recursion;
mod spelling;
mod unused;

type Check = fn(&Subject<'_>, &mut Findings<'_>);

/// A check is tried if one of its rules is on; of what it finds, the rules that are off are left out.
pub(super) const ALL: &[(&[Rule], Check)] = &[
    (
        &[
            Rule::UnboundedString,
            Rule::UnboundedOpaque,
            Rule::UnboundedArray,
        ],
        bounds::check,
    ),
    (&[Rule::BoundOverPacket, Rule::NestedBounds], packets::check),
    (&[Rule::SignedLength], numbers::check_lengths),
    (&[Rule::OctalNumber], numbers::check_octal),
    (&[Rule::CharArray], chars::check),
    (&[Rule::EnumeratorWithoutValue], enums::check),
    (&[Rule::RecursiveType], recursion::check),
    (&[Rule::ProcedureGap], procedures::check_gaps),
    (&[Rule::ProgramReuse], procedures::check_programs),
    (&[Rule::MissingPartner], procedures::check_partners),
    (&[Rule::MisplacedAnnotation], annotations::check),
    (&[Rule::UnusedType, Rule::UnusedConstant], unused::check),
    (
        &[Rule::TypeNaming, Rule::FieldNaming, Rule::ConstantNaming],
        naming::check,
    ),
    (&[Rule::IntegerSpelling], spelling::check),
];

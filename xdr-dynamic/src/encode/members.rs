//! Objects: the fields of structs, and the discriminants and arms of unions.

use xdr_wire::ErrorKind;

use super::{Writing, Wrong};
use crate::error::EncodeErrorKind;
use crate::json::parse::Token;
use crate::program::{ARM, DISCRIMINANT, FieldId, Payload};

impl Writing<'_, '_> {
    /// Finds the values of a struct's fields, which may stand in any order, and adds them to the members. Returns where
    /// those begin.
    pub(super) fn find_fields(
        &mut self,
        (start, end): (u32, u32),
        object: Token,
    ) -> Result<usize, Wrong> {
        let (program, tape) = (self.program, self.tape);
        let fields = &program.fields[start as usize..end as usize];
        let first = self.members.len();
        // The object itself stands for a value that is not found yet.
        self.members.resize(first + fields.len(), object);
        // As a rule they stand in the order that they have on the wire.
        let mut next = 0;
        for (key, value) in tape.members(object) {
            let name = tape.string(key).unwrap_or_default();
            let is_next = fields.get(next).is_some_and(|field| *field.name == *name);
            let at = if is_next {
                Some(next)
            } else {
                fields.iter().position(|field| *field.name == *name)
            };
            let Some(at) = at else {
                self.token = key;
                let expected = fields.iter().map(|field| field.name.to_string()).collect();
                let name = name.into_owned();
                return wrong(EncodeErrorKind::UnknownField { name, expected });
            };
            if self.members[first + at] != object {
                self.token = key;
                return wrong(EncodeErrorKind::DuplicateField(name.into_owned()));
            }
            self.members[first + at] = value;
            next = at + 1;
        }
        match self.members[first..].iter().position(|it| *it == object) {
            None => Ok(first),
            Some(at) => wrong(EncodeErrorKind::MissingField(fields[at].name.to_string())),
        }
    }

    /// Writes the discriminant of a union, and finds what its arm holds.
    pub(super) fn union(
        &mut self,
        of: u32,
        object: Token,
    ) -> Result<Option<(FieldId, Token)>, Wrong> {
        let (program, tape) = (self.program, self.tape);
        let union = program.union(of);
        let tag: &str = if union.clash {
            DISCRIMINANT
        } else {
            &union.discriminant.name
        };
        let Some(discriminant) = self.member(object, tag)? else {
            return wrong(EncodeErrorKind::MissingField(tag.to_owned()));
        };
        self.token = discriminant;
        let offset = self.encoder.offset();
        let number = self.scalar(union.discriminant.form, discriminant)?;
        let Some(Payload(payload)) = union.select(number) else {
            let kind = ErrorKind::UnknownDiscriminant { value: number };
            return wrong(EncodeErrorKind::Rule { kind, offset });
        };
        self.token = object;
        let arm = payload.map(|payload| {
            let name: &str = if union.clash {
                ARM
            } else {
                &program.field(payload).name
            };
            (payload, name)
        });
        for (key, _) in tape.members(object) {
            let name = tape.string(key).unwrap_or_default();
            let is_known = *name == *tag || arm.is_some_and(|(_, arm)| *name == *arm);
            if !is_known {
                self.token = key;
                let expected = std::iter::once(tag).chain(arm.map(|(_, arm)| arm));
                return wrong(EncodeErrorKind::UnknownField {
                    name: name.into_owned(),
                    expected: expected.map(str::to_owned).collect(),
                });
            }
        }
        let Some((payload, name)) = arm else {
            return Ok(None);
        };
        match self.member(object, name)? {
            Some(value) => Ok(Some((payload, value))),
            None => wrong(EncodeErrorKind::MissingField(name.to_owned())),
        }
    }

    /// The value of a key that an object may have once.
    fn member(&mut self, object: Token, name: &str) -> Result<Option<Token>, Wrong> {
        let tape = self.tape;
        let mut found = None;
        for (key, value) in tape.members(object) {
            if tape.string(key).is_some_and(|it| *it == *name) && found.replace(value).is_some() {
                self.token = key;
                return wrong(EncodeErrorKind::DuplicateField(name.to_owned()));
            }
        }
        Ok(found)
    }
}

fn wrong<T>(kind: EncodeErrorKind) -> Result<T, Wrong> {
    Err(Wrong(kind))
}

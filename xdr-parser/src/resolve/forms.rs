//! What a declaration's form may be for which type.

use super::Resolver;
use crate::ast::{Builtin, Declaration, Form};
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::{Length, Type};

/// `<>`: as long as a length can say.
const UNBOUNDED: Length = Length {
    value: u32::MAX,
    name: None,
    written: false,
};

impl<'a> Resolver<'a> {
    /// `string x<N>`; the argument or result of a procedure may be just `string`.
    pub(super) fn string(&mut self, unit: usize, declaration: &'a Declaration) -> Option<Type> {
        match &declaration.form {
            Form::Variable(Some(bound)) => self.length(unit, bound).map(Type::String),
            Form::Variable(None) => Some(Type::String(UNBOUNDED)),
            Form::Plain if declaration.name.is_none() => Some(Type::String(UNBOUNDED)),
            Form::Plain => self.wrong_form(
                unit,
                declaration,
                "a string needs angle brackets",
                "write `string NAME<>` or, better, `string NAME<BOUND>`",
            ),
            Form::Fixed(_) => self.wrong_form(
                unit,
                declaration,
                "a string has no fixed length",
                "write `string NAME<BOUND>`, or `opaque NAME[LENGTH]`",
            ),
            Form::Optional => self.wrong_form(
                unit,
                declaration,
                "a string cannot be optional by itself",
                "name it: `typedef string NAME<BOUND>;`, then `NAME *FIELD;`",
            ),
        }
    }

    /// `opaque x[N]` or `opaque x<N>`.
    pub(super) fn opaque(&mut self, unit: usize, declaration: &'a Declaration) -> Option<Type> {
        match &declaration.form {
            Form::Variable(Some(bound)) => self.length(unit, bound).map(Type::Opaque),
            Form::Variable(None) => Some(Type::Opaque(UNBOUNDED)),
            Form::Fixed(length) => self.length(unit, length).map(Type::FixedOpaque),
            Form::Plain => self.wrong_form(
                unit,
                declaration,
                "opaque data needs a length",
                "write `opaque NAME[LENGTH]` or `opaque NAME<BOUND>`",
            ),
            Form::Optional => self.wrong_form(
                unit,
                declaration,
                "opaque data cannot be optional by itself",
                "name it: `typedef opaque NAME<BOUND>;`, then `NAME *FIELD;`",
            ),
        }
    }

    /// Everything else: plain, optional, or an array.
    pub(super) fn formed(
        &mut self,
        unit: usize,
        declaration: &'a Declaration,
        ty: Option<Type>,
    ) -> Option<Type> {
        if ty == Some(Type::Void) && (declaration.name.is_some() || declaration.form != Form::Plain)
        {
            self.misplaced_void(unit, declaration.span, "a declaration with a name");
            return None;
        }
        // The bound is looked at even if the type is in error: both may be.
        match &declaration.form {
            Form::Plain => ty,
            Form::Optional => ty.map(|ty| Type::Optional(Box::new(ty))),
            Form::Fixed(length) => {
                let length = self.length(unit, length);
                ty.zip(length)
                    .map(|(ty, length)| Type::FixedArray(Box::new(ty), length))
            }
            Form::Variable(None) => ty.map(|ty| Type::Array(Box::new(ty), UNBOUNDED)),
            Form::Variable(Some(bound)) => {
                let bound = self.length(unit, bound);
                ty.zip(bound)
                    .map(|(ty, bound)| Type::Array(Box::new(ty), bound))
            }
        }
    }

    fn wrong_form(
        &mut self,
        unit: usize,
        declaration: &Declaration,
        message: &str,
        help: &str,
    ) -> Option<Type> {
        let location = self.location(unit, declaration.span);
        self.diagnostics.push(
            Diagnostic::error(Code::E0403, location, message)
                .label("not a declaration of XDR")
                .help(help),
        );
        None
    }
}

/// The types of the language that need nothing further.
pub(crate) fn builtin(builtin: Builtin) -> Type {
    match builtin {
        Builtin::Void => Type::Void,
        Builtin::Int => Type::Int,
        Builtin::UnsignedInt => Type::UnsignedInt,
        Builtin::Hyper => Type::Hyper,
        Builtin::UnsignedHyper => Type::UnsignedHyper,
        Builtin::Float => Type::Float,
        Builtin::Double => Type::Double,
        Builtin::Quadruple => Type::Quadruple,
        Builtin::Bool => Type::Bool,
        Builtin::Char => Type::Char,
        Builtin::UnsignedChar => Type::UnsignedChar,
        Builtin::Short => Type::Short,
        Builtin::UnsignedShort => Type::UnsignedShort,
        Builtin::String => Type::String(UNBOUNDED),
        Builtin::Opaque => Type::Opaque(UNBOUNDED),
    }
}

/// C's names for integers, which a file may use without defining them (`sys/types.h`, `stdint.h`).
pub(crate) fn c_integer(name: &str) -> Option<Type> {
    Some(match name {
        "int32_t" | "int32" | "enum_t" | "rpc_int32" => Type::Int,
        "u_int" | "u_long" | "uint" | "ulong" | "uint32_t" | "u_int32_t" | "uint32"
        | "rpcprog_t" | "rpcvers_t" | "rpcproc_t" | "rpcprot_t" | "rpcport_t" => Type::UnsignedInt,
        "int64_t" | "int64" | "quad_t" | "longlong_t" => Type::Hyper,
        "uint64_t" | "u_int64_t" | "uint64" | "u_quad_t" | "u_hyper" | "u_longlong_t" => {
            Type::UnsignedHyper
        }
        "int16_t" | "int16" => Type::Short,
        "u_short" | "ushort" | "uint16_t" | "u_int16_t" | "uint16" => Type::UnsignedShort,
        "int8_t" | "int8" => Type::Char,
        "u_char" | "uchar" | "uint8_t" | "u_int8_t" | "uint8" => Type::UnsignedChar,
        "bool_t" => Type::Bool,
        _ => return None,
    })
}

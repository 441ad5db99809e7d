//! Which numbers a type of four bytes has.

use crate::schema::{Enum, Schema, Type, TypeKind};

/// A set of numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Numbers {
    /// All from the first to the last.
    Range(i64, i64),
    /// Just these, in order.
    Set(Vec<i32>),
}

impl Numbers {
    /// What a built-in type has, if it takes four bytes and is a number. `char` and `short` take four as well.
    pub(super) fn of_builtin(ty: &Type) -> Option<Self> {
        Some(match ty {
            Type::Int => Self::Range(i32::MIN.into(), i32::MAX.into()),
            Type::UnsignedInt => Self::Range(0, u32::MAX.into()),
            Type::Short => Self::Range(i16::MIN.into(), i16::MAX.into()),
            Type::UnsignedShort => Self::Range(0, u16::MAX.into()),
            Type::Char => Self::Range(i8::MIN.into(), i8::MAX.into()),
            Type::UnsignedChar => Self::Range(0, u8::MAX.into()),
            Type::Bool => Self::Set(vec![0, 1]),
            _ => return None,
        })
    }

    /// What an enum has.
    pub(super) fn of_enum(definition: &Enum) -> Self {
        let values = definition.enumerators.iter();
        let mut values: Vec<i32> = values.map(|enumerator| enumerator.value).collect();
        values.sort_unstable();
        values.dedup();
        Self::Set(values)
    }

    /// What a type has that no typedef stands for.
    pub(super) fn of(schema: &Schema, ty: &Type) -> Option<Self> {
        match ty {
            Type::Named(id) => match &schema.ty(*id).kind {
                TypeKind::Enum(definition) => Some(Self::of_enum(definition)),
                _ => None,
            },
            _ => Self::of_builtin(ty),
        }
    }

    /// Whether all of `others` are among these.
    pub(super) fn contain(&self, others: &Self) -> bool {
        match (self, others) {
            (Self::Range(first, last), Self::Range(others_first, others_last)) => {
                first <= others_first && others_last <= last
            }
            (Self::Range(first, last), Self::Set(others)) => others
                .iter()
                .all(|&other| (*first..=*last).contains(&other.into())),
            (Self::Set(_), Self::Range(..)) => false,
            (Self::Set(numbers), Self::Set(others)) => others
                .iter()
                .all(|other| numbers.binary_search(other).is_ok()),
        }
    }

    pub(super) fn is_range(&self) -> bool {
        matches!(self, Self::Range(..))
    }
}

//! The types of a schema as a flat program: forms by number, so that nothing is looked up by name while a message is read.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Everything that a codec has to know.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(crate) forms: Vec<Form>,
    /// By form: the fewest bytes that a value takes, as generated code has it. Counts are checked against it.
    pub(crate) min: Vec<usize>,
    /// By form: the name of a struct, an enum or a union.
    pub(crate) names: Vec<Option<Arc<str>>>,
    pub(crate) fields: Vec<Field>,
    pub(crate) enums: Vec<Enumeration>,
    pub(crate) unions: Vec<Union>,
}

/// A form; an index into [`Program::forms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FormId(pub(crate) u32);

/// A field, or the payload of an arm; an index into [`Program::fields`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FieldId(pub(crate) u32);

/// What stands on the wire.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    Void,
    Int,
    UnsignedInt,
    Hyper,
    UnsignedHyper,
    Float,
    Double,
    Quadruple,
    Bool,
    Char,
    UnsignedChar,
    Short,
    UnsignedShort,
    String {
        bound: u32,
    },
    Opaque {
        bound: u32,
    },
    FixedOpaque {
        len: usize,
    },
    FixedArray {
        element: FormId,
        len: usize,
    },
    Array {
        element: FormId,
        bound: u32,
    },
    /// `wrapped` says that the value could itself be null in JSON.
    Optional {
        value: FormId,
        wrapped: bool,
    },
    /// A list by pointer; the element is the struct without its link.
    List {
        element: FormId,
    },
    /// The same by value: at least one element.
    Chain {
        element: FormId,
    },
    Struct {
        fields: Range<u32>,
    },
    Enum(u32),
    Union(u32),
}

/// A field of a struct, or the payload of an arm.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Arc<str>,
    /// The name as the key of a JSON object, colon included. XDR names have nothing to escape.
    pub(crate) key: Box<str>,
    pub(crate) form: FormId,
}

impl Field {
    pub(crate) fn new(name: &str, form: FormId) -> Self {
        Self {
            name: name.into(),
            key: format!("\"{name}\":").into(),
            form,
        }
    }
}

/// An enumeration. Where several enumerators have a value, the first one names it.
#[derive(Debug, Default)]
pub(crate) struct Enumeration {
    /// Sorted by value, each value once.
    pub(crate) by_value: Vec<(i32, Arc<str>)>,
    pub(crate) by_name: HashMap<Arc<str>, i32>,
}

impl Enumeration {
    #[inline]
    pub(crate) fn name_of(&self, value: i32) -> Option<&Arc<str>> {
        // Most enumerations count up from 0 or 1.
        let guess = usize::try_from(value).ok();
        for at in [guess, guess.and_then(|it| it.checked_sub(1))] {
            if let Some((found, name)) = at.and_then(|at| self.by_value.get(at))
                && *found == value
            {
                return Some(name);
            }
        }
        let at = self
            .by_value
            .binary_search_by_key(&value, |(value, _)| *value);
        self.by_value.get(at.ok()?).map(|(_, name)| name)
    }
}

/// A discriminated union.
#[derive(Debug)]
pub(crate) struct Union {
    /// Name and form of the discriminant: an integer, a bool or an enum.
    pub(crate) discriminant: Field,
    /// Sorted by label.
    pub(crate) arms: Vec<(i64, Payload)>,
    /// What other discriminants select, if they select anything.
    pub(crate) default: Option<Payload>,
    /// An arm has the discriminant's name: in JSON both go by general names.
    pub(crate) clash: bool,
}

/// What an arm holds; nothing if that is `void`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payload(pub(crate) Option<FieldId>);

/// What stands for the names of the discriminant and of the arm where they are the same.
pub(crate) const DISCRIMINANT: &str = "discriminant";
pub(crate) const ARM: &str = "arm";

impl Union {
    /// What the arm that a discriminant selects holds.
    #[inline]
    pub(crate) fn select(&self, discriminant: i64) -> Option<Payload> {
        match self
            .arms
            .binary_search_by_key(&discriminant, |(label, _)| *label)
        {
            Ok(at) => self.arms.get(at).map(|(_, payload)| *payload),
            Err(_) => self.default,
        }
    }
}

impl Program {
    #[inline]
    pub(crate) fn form(&self, id: FormId) -> &Form {
        &self.forms[id.0 as usize]
    }

    #[inline]
    pub(crate) fn min(&self, id: FormId) -> usize {
        self.min[id.0 as usize]
    }

    #[inline]
    pub(crate) fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0 as usize]
    }

    #[inline]
    pub(crate) fn enumeration(&self, id: u32) -> &Enumeration {
        &self.enums[id as usize]
    }

    #[inline]
    pub(crate) fn union(&self, id: u32) -> &Union {
        &self.unions[id as usize]
    }

    /// The form as it is declared.
    pub(crate) fn ty(&self, form: FormId) -> TypeName<'_> {
        TypeName {
            program: self,
            form,
        }
    }
}

/// A type as a `.x` file would declare it, without a name: `string<64>`, `colour[2]`.
pub(crate) struct TypeName<'p> {
    program: &'p Program,
    form: FormId,
}

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What stands before the name is innermost, what stands behind it outermost. Declarations nest 32 levels at most;
        // what typedefs add is cut off.
        let mut suffixes = String::new();
        let mut form = self.form;
        for _ in 0..32 {
            let (suffix, inner) = match *self.program.form(form) {
                Form::FixedArray { element, len } => (format!("[{len}]"), element),
                Form::Array { element, bound } => (bounded(bound), element),
                Form::Optional { value, .. } => (" *".to_owned(), value),
                Form::List { element } => (" *".to_owned(), element),
                Form::Chain { element } => (String::new(), element),
                _ => break,
            };
            suffixes.insert_str(0, &suffix);
            form = inner;
        }
        match self.program.form(form) {
            Form::Void => f.write_str("void")?,
            Form::Int => f.write_str("int")?,
            Form::UnsignedInt => f.write_str("unsigned int")?,
            Form::Hyper => f.write_str("hyper")?,
            Form::UnsignedHyper => f.write_str("unsigned hyper")?,
            Form::Float => f.write_str("float")?,
            Form::Double => f.write_str("double")?,
            Form::Quadruple => f.write_str("quadruple")?,
            Form::Bool => f.write_str("bool")?,
            Form::Char => f.write_str("char")?,
            Form::UnsignedChar => f.write_str("unsigned char")?,
            Form::Short => f.write_str("short")?,
            Form::UnsignedShort => f.write_str("unsigned short")?,
            Form::String { bound } => write!(f, "string{}", bounded(*bound))?,
            Form::Opaque { bound } => write!(f, "opaque{}", bounded(*bound))?,
            Form::FixedOpaque { len } => write!(f, "opaque[{len}]")?,
            Form::Struct { .. } | Form::Enum(_) | Form::Union(_) => {
                let name = self.program.names[form.0 as usize].as_deref();
                f.write_str(name.unwrap_or_default())?;
            }
            Form::FixedArray { .. }
            | Form::Array { .. }
            | Form::Optional { .. }
            | Form::List { .. }
            | Form::Chain { .. } => f.write_str("…")?,
        }
        f.write_str(&suffixes)
    }
}

fn bounded(bound: u32) -> String {
    match bound {
        u32::MAX => "<>".to_owned(),
        bound => format!("<{bound}>"),
    }
}

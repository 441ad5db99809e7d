//! A value's leaves: what is on the wire, one by one, named and typed by the descriptor of its type.

use std::fmt;
use std::ops::Range;

use xdr_wire::describe::{EnumTy, Field, Ty, UnionTy};
use xdr_wire::{Bounds, Decoder, Fault, Limits, Options};

/// One thing on the wire that has a value of its own: a number, a text, the count of an array, whether an optional is
/// there.
#[derive(Clone, Debug)]
pub struct Leaf<'a> {
    /// From the value's top to here; empty if the value is a leaf itself.
    pub path: Vec<Step>,
    /// The Rust name of the struct or union whose field this is, or is an element of; empty at the top.
    pub owner: &'static str,
    /// What was read.
    pub value: Value<'a>,
    /// The bytes of the leaf, with the length word and the padding that it has.
    pub bytes: Range<usize>,
    /// The bytes of each value that it announces: the elements of an array, the value of an optional, the next element
    /// of a list, what an arm has.
    pub holds: Vec<Range<usize>>,
    /// The type: of a count the array's, of a presence the optional's or the list's, of a discriminant the union's.
    pub ty: &'static Ty,
    /// The most bytes of a string or an opaque, the most elements of an array; [`Bounds::UNBOUNDED`] for all others.
    pub bound: u32,
}

/// One step of a path, with XDR names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a field of a struct.
    Field(&'static str),
    /// Into an element of an array or a list.
    Index(usize),
    /// Into the arm of a union.
    Arm(&'static str),
}

/// What a leaf holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `int`, `hyper`, `short`.
    Int(i64),
    /// `unsigned int`, `unsigned hyper`, `unsigned short`.
    UInt(u64),
    /// `float`.
    Float(f32),
    /// `double`.
    Double(f64),
    /// `quadruple`, as its bytes.
    Quadruple(&'a [u8]),
    /// `bool`.
    Bool(bool),
    /// `char`, as the byte in memory.
    Char(u8),
    /// `unsigned char`.
    UChar(u8),
    /// `string`.
    Text(&'a str),
    /// `opaque<>`.
    Opaque(&'a [u8]),
    /// `opaque[n]`.
    FixedOpaque(&'a [u8]),
    /// An enumeration's value, and its Rust name.
    Enum(i32, &'static str),
    /// Which arm of a union follows.
    Discriminant(i64),
    /// How many elements of an array follow.
    Count(usize),
    /// The same where the type says it; takes no bytes.
    FixedCount(usize),
    /// Whether an optional has a value, or a list another element.
    Present(bool),
}

/// The bytes are no value of the type, or are of a type that only its own code can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it was found out.
    pub offset: usize,
    /// In what.
    pub path: Vec<Step>,
}

/// The leaves of a value in wire order, and the bytes that it takes. What follows the value is left alone.
///
/// # Errors
/// [`Unreadable`] if there is no such value at the start of `bytes`, by the rules that decoders keep to unless told
/// otherwise.
pub fn leaves<'a>(bytes: &'a [u8], ty: &'static Ty) -> Result<(Vec<Leaf<'a>>, usize), Unreadable> {
    let mut reader = Reader {
        decoder: Decoder::new(bytes, Options::new()),
        path: Vec::new(),
        owner: "",
        levels: Limits::DEFAULT.max_depth,
        leaves: Vec::new(),
    };
    match reader.value(ty, Bounds::NONE) {
        Ok(()) => Ok((reader.leaves, reader.decoder.offset())),
        Err(Stop) => Err(Unreadable {
            offset: reader.decoder.offset(),
            path: reader.path,
        }),
    }
}

struct Reader<'a> {
    decoder: Decoder<'a>,
    /// Left as it was where reading stops.
    path: Vec<Step>,
    owner: &'static str,
    /// How many there may still be.
    levels: u32,
    leaves: Vec<Leaf<'a>>,
}

struct Stop;

impl From<Fault> for Stop {
    fn from(_: Fault) -> Self {
        Self
    }
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &'static Ty, bounds: Bounds) -> Result<(), Stop> {
        let (max, inner) = bounds.split();
        match ty {
            Ty::Void => Ok(()),
            Ty::Int => self.leaf(ty, |d| Ok(Value::Int(d.take_i32()?.into()))),
            Ty::UInt => self.leaf(ty, |d| Ok(Value::UInt(d.take_u32()?.into()))),
            Ty::Short => self.leaf(ty, |d| {
                Ok(Value::Int(fits::<i16, _>(d.take_i32()?)?.into()))
            }),
            Ty::UShort => self.leaf(ty, |d| {
                Ok(Value::UInt(fits::<u16, _>(d.take_u32()?)?.into()))
            }),
            Ty::Hyper => self.leaf(ty, |d| Ok(Value::Int(d.take_i64()?))),
            Ty::UHyper => self.leaf(ty, |d| Ok(Value::UInt(d.take_u64()?))),
            Ty::Float => self.leaf(ty, |d| Ok(Value::Float(d.take_f32()?))),
            Ty::Double => self.leaf(ty, |d| Ok(Value::Double(d.take_f64()?))),
            Ty::Quadruple => self.leaf(ty, |d| Ok(Value::Quadruple(d.take_fixed_opaque(16)?))),
            Ty::Bool => self.leaf(ty, |d| Ok(Value::Bool(d.take_bool()?))),
            Ty::Char => self.leaf(ty, |d| {
                Ok(Value::Char(character(d.take_i32()?, i32::from(i8::MIN))?))
            }),
            Ty::UChar => self.leaf(ty, |d| Ok(Value::UChar(character(d.take_i32()?, 0)?))),
            Ty::String | Ty::Str => self.bounded(ty, max, |d| Ok(Value::Text(d.take_str(max)?))),
            Ty::Opaque => self.bounded(ty, max, |d| Ok(Value::Opaque(d.take_opaque(max)?))),
            Ty::FixedOpaque(len) => {
                self.leaf(ty, |d| Ok(Value::FixedOpaque(d.take_fixed_opaque(*len)?)))
            }
            Ty::FixedArray(len, element) => {
                self.leaf(ty, |_| Ok(Value::FixedCount(*len)))?;
                self.elements(0..*len, element, bounds)
            }
            Ty::Array(link) => self.nested(|reader| {
                let element = link();
                let mut count = 0;
                reader.bounded(ty, max, |decoder| {
                    count = decoder.take_count(max, element.min_len())?;
                    Ok(Value::Count(count))
                })?;
                reader.elements(0..count, element, inner)
            }),
            Ty::Optional(link) => self.nested(|reader| {
                if reader.presence(ty)? {
                    reader.held(|reader| reader.value(link(), bounds))?;
                }
                Ok(())
            }),
            Ty::List(link) => self.list(ty, 0, link(), bounds),
            Ty::Chain(element) => {
                self.step(Step::Index(0), |reader| reader.value(element, bounds))?;
                self.list(ty, 1, element, bounds)
            }
            Ty::Struct(ty) => self.owned(ty.name(), |reader| reader.fields(ty.fields())),
            Ty::Enum(body) => self.leaf(ty, |d| {
                let value = d.take_i32()?;
                declared(body, value)?;
                Ok(Value::Enum(value, body.name()))
            }),
            Ty::Union(body) => {
                self.nested(|reader| reader.owned(body.name(), |reader| reader.union(ty, body)))
            }
            Ty::Bounded(bounds, ty) => self.value(ty, *bounds),
            Ty::Link { link, .. } => self.value(link(), bounds),
            _ => Err(Stop),
        }
    }

    fn leaf(
        &mut self,
        ty: &'static Ty,
        read: impl FnOnce(&mut Decoder<'a>) -> Result<Value<'a>, Stop>,
    ) -> Result<(), Stop> {
        self.bounded(ty, Bounds::UNBOUNDED, read)
    }

    fn bounded(
        &mut self,
        ty: &'static Ty,
        bound: u32,
        read: impl FnOnce(&mut Decoder<'a>) -> Result<Value<'a>, Stop>,
    ) -> Result<(), Stop> {
        let start = self.decoder.offset();
        let value = read(&mut self.decoder)?;
        self.leaves.push(Leaf {
            path: self.path.clone(),
            owner: self.owner,
            value,
            bytes: start..self.decoder.offset(),
            holds: Vec::new(),
            ty,
            bound,
        });
        Ok(())
    }

    fn presence(&mut self, ty: &'static Ty) -> Result<bool, Stop> {
        let mut present = false;
        self.leaf(ty, |decoder| {
            present = decoder.take_presence()?;
            Ok(Value::Present(present))
        })?;
        Ok(present)
    }

    /// Reads what the last leaf announces.
    fn held(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        let holder = self.leaves.len().checked_sub(1);
        self.held_by(holder, read)
    }

    fn held_by(
        &mut self,
        holder: Option<usize>,
        read: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let start = self.decoder.offset();
        read(self)?;
        let end = self.decoder.offset();
        if let Some(leaf) = holder.and_then(|index| self.leaves.get_mut(index)) {
            leaf.holds.push(start..end);
        }
        Ok(())
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        self.levels = self.levels.checked_sub(1).ok_or(Stop)?;
        read(self)?;
        self.levels += 1;
        Ok(())
    }

    fn step(
        &mut self,
        step: Step,
        read: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.path.push(step);
        read(self)?;
        self.path.pop();
        Ok(())
    }

    fn owned(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let outer = std::mem::replace(&mut self.owner, name);
        read(self)?;
        self.owner = outer;
        Ok(())
    }

    fn elements(
        &mut self,
        indices: Range<usize>,
        element: &'static Ty,
        bounds: Bounds,
    ) -> Result<(), Stop> {
        let holder = self.leaves.len().checked_sub(1);
        for index in indices {
            self.held_by(holder, |reader| {
                reader.step(Step::Index(index), |reader| reader.value(element, bounds))
            })?;
        }
        Ok(())
    }

    fn list(
        &mut self,
        ty: &'static Ty,
        first: usize,
        element: &'static Ty,
        bounds: Bounds,
    ) -> Result<(), Stop> {
        self.nested(|reader| {
            let mut index = first;
            while reader.presence(ty)? {
                reader.elements(index..index + 1, element, bounds)?;
                index += 1;
            }
            Ok(())
        })
    }

    fn fields(&mut self, fields: &'static [Field]) -> Result<(), Stop> {
        for field in fields {
            match field.name() {
                // The only field of a newtype.
                "" => self.value(field.ty(), Bounds::NONE)?,
                name => self.step(Step::Field(name), |reader| {
                    reader.value(field.ty(), Bounds::NONE)
                })?,
            }
        }
        Ok(())
    }

    fn union(&mut self, ty: &'static Ty, body: &'static UnionTy) -> Result<(), Stop> {
        let mut discriminant = 0;
        self.leaf(ty, |decoder| {
            discriminant = take_discriminant(decoder, body.discriminant())?;
            Ok(Value::Discriminant(discriminant))
        })?;
        let arm = body.select(discriminant).ok_or(Stop)?;
        self.held(|reader| reader.step(Step::Arm(arm.name()), |reader| reader.fields(arm.fields())))
    }
}

fn take_discriminant(decoder: &mut Decoder<'_>, ty: &'static Ty) -> Result<i64, Stop> {
    match ty {
        Ty::UInt => Ok(decoder.take_u32()?.into()),
        Ty::Bool => Ok(decoder.take_bool()?.into()),
        Ty::Link { link, .. } => take_discriminant(decoder, link()),
        Ty::Enum(body) => {
            let value = decoder.take_i32()?;
            declared(body, value)?;
            Ok(value.into())
        }
        _ => Ok(decoder.take_i32()?.into()),
    }
}

fn declared(ty: &EnumTy, value: i32) -> Result<(), Stop> {
    let known = ty.is_open() || ty.enumerators().iter().any(|it| it.value() == value);
    known.then_some(()).ok_or(Stop)
}

fn fits<Small: TryFrom<Word>, Word>(word: Word) -> Result<Small, Stop> {
    Small::try_from(word).map_err(|_| Stop)
}

fn character(word: i32, least: i32) -> Result<u8, Stop> {
    let [.., byte] = word.to_be_bytes();
    let is_one = (least..=i32::from(u8::MAX)).contains(&word);
    is_one.then_some(byte).ok_or(Stop)
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not readable at byte {}, {}",
            self.offset,
            display(&self.path)
        )
    }
}

impl std::error::Error for Unreadable {}

/// A path as text: `msg.subject[2].name`.
pub fn display(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
            Step::Field(name) | Step::Arm(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use xdr_wire::{Encode, to_vec};

    use super::{Value, display, leaves};

    #[derive(Encode)]
    struct Viewer {
        #[xdr(max = 8)]
        name: String,
        uuid: [u8; 6],
        ports: Vec<i32>,
        identity: Option<Identity>,
        #[xdr(chars)]
        letter: u8,
    }

    #[derive(Encode)]
    #[xdr(union(i32))]
    enum Identity {
        #[xdr(case = 3, name = "uid")]
        Uid(u64),
    }

    #[test]
    fn every_byte_of_a_value_belongs_to_one_leaf_with_name_value_and_owner() {
        let viewer = Viewer {
            name: "gfx".to_owned(),
            uuid: *b"abcdef",
            ports: vec![5900, -1],
            identity: Some(Identity::Uid(7)),
            letter: 0xE9,
        };
        let bytes = to_vec(&viewer).expect("the value is within its bounds");
        let (leaves, end) = leaves(&bytes, Viewer::TYPE).expect("the bytes are of the type");
        let listed: Vec<_> = leaves
            .iter()
            .map(|leaf| (display(&leaf.path), leaf.owner, leaf.value))
            .collect();
        let expected = [
            ("name", "Viewer", Value::Text("gfx")),
            ("uuid", "Viewer", Value::FixedOpaque(b"abcdef")),
            ("ports", "Viewer", Value::Count(2)),
            ("ports[0]", "Viewer", Value::Int(5900)),
            ("ports[1]", "Viewer", Value::Int(-1)),
            ("identity", "Viewer", Value::Present(true)),
            ("identity", "Identity", Value::Discriminant(3)),
            ("identity.uid", "Identity", Value::UInt(7)),
            ("letter", "Viewer", Value::Char(0xE9)),
        ];
        let expected = expected.map(|(path, owner, value)| (path.to_owned(), owner, value));
        assert_eq!(listed, expected);

        let mut offset = 0;
        for leaf in &leaves {
            assert_eq!(leaf.bytes.start, offset, "{}", display(&leaf.path));
            offset = leaf.bytes.end;
        }
        assert_eq!((offset, end), (bytes.len(), bytes.len()));
    }

    #[test]
    fn bytes_that_end_early_are_unreadable_at_the_field_that_lacks_them() {
        let bytes = [0, 0, 0, 1, b'x', 0, 0, 0, 1, 2];
        let unreadable = leaves(&bytes, Viewer::TYPE).expect_err("the bytes end in `uuid`");
        assert_eq!(unreadable.to_string(), "not readable at byte 8, uuid");
    }
}

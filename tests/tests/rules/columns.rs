//! The codecs that the cases go through: the same types, come about in different ways.

use xdr_wire::{Decode, DecodeError, Encode, EncodeError, Options, from_bytes_with, to_vec_with};

use crate::cases::Refusal;
use crate::{derived, generated};

/// One way to have the types of `rules.x`.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    codecs: Vec<(&'static str, Codec)>,
}

/// Reads and writes values of one type.
#[derive(Clone, Copy)]
pub(crate) struct Codec {
    pub(crate) decode: fn(&[u8], Options) -> Result<(), Refusal>,
    /// Reads by the first options, writes by the second.
    pub(crate) recode: Recode,
}

type Recode = fn(&[u8], Options, Options) -> Result<Vec<u8>, Refusal>;

impl Column {
    pub(crate) fn codec(&self, ty: &str) -> Codec {
        let found = self.codecs.iter().find(|(name, _)| *name == ty);
        found.expect("every column has every type").1
    }
}

impl Codec {
    pub(crate) fn of<T: for<'de> Decode<'de> + Encode>() -> Self {
        Self {
            decode: |wire, options| {
                let value = from_bytes_with::<T>(wire, options);
                value.map(drop).map_err(|error| Refusal::from(&error))
            },
            recode: |wire, reading, writing| {
                let value = from_bytes_with::<T>(wire, reading);
                let value = value.expect("what the options allow is a value");
                to_vec_with(&value, writing).map_err(|error| Refusal::from(&error))
            },
        }
    }
}

impl From<&DecodeError> for Refusal {
    fn from(error: &DecodeError) -> Self {
        Self {
            kind: error.kind(),
            offset: error.offset(),
            path: error.path().to_string(),
            text: error.to_string(),
        }
    }
}

impl From<&EncodeError> for Refusal {
    fn from(error: &EncodeError) -> Self {
        Self {
            kind: error.kind(),
            offset: error.offset(),
            path: error.path().to_string(),
            text: error.to_string(),
        }
    }
}

macro_rules! columns {
    ($($name:literal $type:ident),+ $(,)?) => {
        /// Every column has these types.
        pub(crate) fn columns() -> [Column; 2] {
            [
                Column {
                    name: "derived",
                    codecs: vec![$(($name, Codec::of::<derived::$type>())),+],
                },
                Column {
                    name: "generated",
                    codecs: vec![$(($name, Codec::of::<generated::$type>())),+],
                },
            ]
        }
    };
}

columns! {
    "bounded" Bounded,
    "counted" Counted,
    "crowd" Crowd,
    "expression" Expression,
    "fixed" Fixed,
    "flags" Flags,
    "heavy" Heavy,
    "link" Link,
    "loose" Loose,
    "nodes" Nodes,
    "ping" Ping,
    "reply" Reply,
    "sealed" Sealed,
    "small" Small,
    "stage" Stage,
    "step" Step,
    "subject" Subject,
    "tree" Tree,
    "value" Value,
    "values" Values,
}

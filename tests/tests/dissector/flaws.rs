//! Where the dissector of libvirt 9.0.0 shows something else than what is on the wire.
//!
//! Each entry changes what is expected of one kind of leaf or packet, and of nothing else. What is expected then is
//! compared as strictly as anything: an entry that is no longer true fails the comparison, one that no packet needs
//! fails a test of its own.

use std::collections::BTreeMap;

use xdr_testkit::leaves::{Leaf, Step, Value};

/// What is wrong with the dissector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flaw {
    /// The discriminant of a union is read but has no field. Which arm it selects is seen by the arm's name, its value
    /// only by where the arm begins.
    NoDiscriminant,
    /// Nor has a union a node: its arm stands where the field that holds the union ought to.
    NoUnion,
    /// A field called `type` is read as an unsigned int, whatever it is: libvirt's generator of dissectors confuses it
    /// with the discriminant of `remote_typed_param_value`, and gives all of them the type of the last. That is right
    /// but for the sign of an `int` or a `char`, for a null text and for an empty one; any other text is taken for its
    /// first word, and the rest of its packet for something else.
    NumberCalledType,
    /// The text of an `opaque<>` is that of its length word and padding, too.
    LengthAndPaddingInOpaque,
    /// The header's length is subtracted twice: a stream's data end 28 bytes early. Packets with 28
    /// bytes of data or fewer are not sent: none of them could be shown.
    StreamCutShort,
    /// Whether a packet has a count of file descriptors is asked of its status instead of its type. The count is taken
    /// for the first word of the payload, and the payload ends before its last.
    CountOfFdsInPayload,
}

/// All of them.
pub(crate) const FLAWS: &[Flaw] = &[
    Flaw::NoDiscriminant,
    Flaw::NoUnion,
    Flaw::NumberCalledType,
    Flaw::LengthAndPaddingInOpaque,
    Flaw::StreamCutShort,
    Flaw::CountOfFdsInPayload,
];

/// How often each was met.
#[derive(Debug, Default)]
pub(crate) struct Met(BTreeMap<Flaw, usize>);

impl Met {
    pub(crate) fn meet(&mut self, flaw: Flaw) {
        *self.0.entry(flaw).or_default() += 1;
    }

    pub(crate) fn times(&self, flaw: Flaw) -> usize {
        self.0.get(&flaw).copied().unwrap_or_default()
    }
}

/// Whether the leaf is the field of a struct, and the field is called `type`.
pub(crate) fn is_called_type(leaf: &Leaf<'_>) -> bool {
    leaf.path.last() == Some(&Step::Field("type"))
}

/// The same bytes with nothing in the texts that are called `type`, null where they may be; none if they have nothing
/// in any.
pub(crate) fn without_texts_called_type(bytes: &[u8], leaves: &[Leaf<'_>]) -> Option<Vec<u8>> {
    let mut without = Vec::with_capacity(bytes.len());
    for leaf in leaves {
        match leaf.value {
            Value::Present(true) if is_called_type(leaf) => {}
            Value::Text(_) if is_called_type(leaf) => without.extend([0; 4]),
            _ => without.extend(&bytes[leaf.bytes.clone()]),
        }
    }
    (without != bytes).then_some(without)
}

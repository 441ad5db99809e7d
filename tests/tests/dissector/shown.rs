//! What the dissector shows, leaf by leaf, in the form in which it is compared.

use std::ops::Range;

use crate::pdml::Node;

/// One leaf. Of a packet that was written it is what ought to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Names of fields and indices of elements, from the packet inwards.
    pub(crate) path: String,
    /// The dissector's name of the field.
    pub(crate) field: String,
    /// The value as a person reads it; of an array `<count>` or `[count]`.
    pub(crate) text: String,
    /// Where it is in the packet.
    pub(crate) bytes: Range<usize>,
    /// These bytes in hexadecimal. None of an array's count and of a null pointer: there is no value.
    pub(crate) hex: String,
}

/// A null pointer's text.
pub(crate) const NULL: &str = "(null)";

/// The leaves of a packet in the order in which they are shown.
pub(crate) fn leaves(packet: &Node) -> Vec<Shown> {
    let mut found = Found {
        start: packet.bytes.start,
        leaves: Vec::new(),
    };
    for field in &packet.children {
        found.node(field, label(field));
    }
    found.leaves
}

struct Found {
    /// Where the packet begins in what was captured or put together.
    start: usize,
    leaves: Vec<Shown>,
}

impl Found {
    fn node(&mut self, node: &Node, path: &str) {
        let kind = Kind::of(node);
        let Range { start, end } = node.bytes;
        let (start, end) = (start - self.start, end - self.start);
        let (text, bytes, hex) = match &kind {
            Kind::Struct => {
                for child in &node.children {
                    self.node(child, &format!("{path}.{}", label(child)));
                }
                return;
            }
            // The field of an array has its elements inside.
            Kind::Array { count, len } => (count.clone(), start..start + len, String::new()),
            Kind::Null => (NULL.to_owned(), start..end, String::new()),
            Kind::Value(text) => (text.clone(), start..end, node.hex.clone()),
        };
        self.leaves.push(Shown {
            path: path.to_owned(),
            field: node.name.clone(),
            text,
            bytes,
            hex,
        });
        for (index, child) in node.children.iter().enumerate() {
            self.node(child, &format!("{path}[{index}]"));
        }
    }
}

/// What a node is.
enum Kind {
    Struct,
    /// The count in its brackets, and the bytes that say it.
    Array {
        count: String,
        len: usize,
    },
    Null,
    Value(String),
}

impl Kind {
    fn of(node: &Node) -> Self {
        let after = node.showname.strip_prefix(label(node)).unwrap_or_default();
        // Whatever a text says, it has bytes; what is a struct, an array or null has none, or those of a null word.
        if node.hex.is_empty() || (node.hex == "00000000" && node.show.is_empty()) {
            // The label of a null text ends in a colon already.
            if matches!(after, ": (null)" | ": : (null)") {
                return Self::Null;
            }
        }
        if !node.hex.is_empty() {
            let shown = after.strip_prefix(": ").unwrap_or_default();
            // A number's name is only in the label; a long text is whole only in the value.
            let named = shown.ends_with(&format!("({})", node.show));
            return Self::Value(if named { shown } else { &node.show }.to_owned());
        }
        match after.find(['<', '[']) {
            Some(bracket) if after.starts_with(" :: ") => Self::Array {
                count: after[bracket..].to_owned(),
                len: if after[bracket..].starts_with('<') {
                    4
                } else {
                    0
                },
            },
            _ => Self::Struct,
        }
    }
}

/// The last part of the field's name.
fn label(node: &Node) -> &str {
    node.name.rsplit('.').next().unwrap_or_default()
}

//! What tshark read, out of its XML: a tree of fields for each of libvirt's packets.

use std::ops::Range;

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// A field, or a packet, whose fields are its children.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// The field, such as `libvirt.remote_nonnull_domain.name`.
    pub(crate) name: String,
    /// What a person sees: a label, and a value or a type.
    pub(crate) showname: String,
    /// The value as text, if there is one.
    pub(crate) show: String,
    /// The bytes of the field in hexadecimal, if it has a value.
    pub(crate) hex: String,
    /// Where the field is. Of a packet, in what was captured or put together; of a field, in the packet.
    pub(crate) bytes: Range<usize>,
    pub(crate) children: Vec<Node>,
}

/// Libvirt's packets in the order in which they were complete.
///
/// # Panics
/// If the text is no PDML, or tshark found another protocol in a packet, such as a malformed one.
pub(crate) fn packets(pdml: &str) -> Vec<Node> {
    let mut reader = Reader::from_str(pdml);
    let mut packets = Vec::new();
    // The nodes that are open, from a packet inwards; empty outside of libvirt's packets.
    let mut open: Vec<Node> = Vec::new();
    loop {
        let event = reader.read_event().expect("tshark writes XML");
        match event {
            Event::Start(tag) if is_node(&tag, !open.is_empty()) => open.push(node(&tag)),
            Event::Empty(tag) if is_node(&tag, !open.is_empty()) => {
                open.push(node(&tag));
                close(&mut open, &mut packets);
            }
            Event::End(_) if !open.is_empty() => close(&mut open, &mut packets),
            Event::Eof => break,
            _ => {}
        }
    }
    packets
}

/// Whether the tag is a packet of libvirt's or, inside of one, a field.
fn is_node(tag: &BytesStart<'_>, inside: bool) -> bool {
    if inside || tag.name().as_ref() != "proto" {
        return inside;
    }
    match node(tag).name.as_str() {
        "libvirt" => true,
        "geninfo" | "frame" | "raw" | "ip" | "tcp" | "fake-field-wrapper" => false,
        other => panic!("tshark found `{other}` in a packet: {tag:?}"),
    }
}

fn close(open: &mut Vec<Node>, packets: &mut Vec<Node>) {
    let Some(node) = open.pop() else {
        return;
    };
    match open.last_mut() {
        Some(outer) => outer.children.push(node),
        None => packets.push(node),
    }
}

fn node(tag: &BytesStart<'_>) -> Node {
    let mut node = Node::default();
    let (mut start, mut size) = (0, 0);
    for attribute in tag.attributes() {
        let attribute = attribute.expect("tshark writes XML");
        // Lines and tabs stay what they are, which XML would have as spaces.
        let value = unescape(&attribute.value).expect("tshark escapes what it must");
        let number = || {
            let number = value.parse::<usize>();
            number.unwrap_or_else(|error| panic!("{error}: {tag:?}"))
        };
        match attribute.key.as_ref() {
            "name" => node.name = value.into_owned(),
            "showname" => node.showname = value.into_owned(),
            "show" => node.show = value.into_owned(),
            "value" => node.hex = value.into_owned(),
            "pos" => start = number(),
            "size" => size = number(),
            _ => {}
        }
    }
    node.bytes = start..start + size;
    node
}

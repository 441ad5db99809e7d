//! A captured frame: down to the TCP segment in it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_parser::Linktype;

use super::tcp::Segment;

/// Linux's form for frames of any device, in its second version; the type stands first and 20 bytes go before what it holds.
const LINUX_SLL2: Linktype = Linktype(276);
const SLL2_LEN: usize = 20;
const SLL_TYPE: usize = 14;

/// A TCP segment and where it goes.
pub(super) struct Found<'a> {
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) segment: Segment<'a>,
    pub(super) ack: bool,
    /// The number of the byte that the sender waits for, if `ack`.
    pub(super) acknowledged: u32,
    /// Nothing more comes from this side.
    pub(super) fin: bool,
    /// The connection ends with it.
    pub(super) reset: bool,
}

/// The segment in a frame, if there is one.
pub(super) fn segment(link: Linktype, frame: &[u8], time: Option<Duration>) -> Option<Found<'_>> {
    let packet = slice(link, frame)?;
    let (source, destination, missing) = match packet.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            let length = usize::from(header.total_len());
            let there = header.slice().len() + ip.payload().payload.len();
            (
                IpAddr::from(header.source_addr()),
                IpAddr::from(header.destination_addr()),
                length.saturating_sub(there),
            )
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            let length = usize::from(header.payload_length());
            (
                IpAddr::from(header.source_addr()),
                IpAddr::from(header.destination_addr()),
                // With extension headers what is there would be reckoned too short.
                match ip.extensions().slice() {
                    [] => length.saturating_sub(ip.payload().payload.len()),
                    _ => 0,
                },
            )
        }
        LaxNetSlice::Arp(_) => return None,
    };
    let Some(TransportSlice::Tcp(tcp)) = packet.transport else {
        return None;
    };
    Some(Found {
        source: SocketAddr::new(source, tcp.source_port()),
        destination: SocketAddr::new(destination, tcp.destination_port()),
        ack: tcp.ack(),
        acknowledged: tcp.acknowledgment_number(),
        fin: tcp.fin(),
        reset: tcp.rst(),
        segment: Segment {
            sequence: tcp.sequence_number(),
            syn: tcp.syn(),
            payload: tcp.payload(),
            cut: missing,
            time,
        },
    })
}

fn slice(link: Linktype, frame: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    let by_type = |at: usize, len: usize| {
        let word = frame.get(at..)?.first_chunk()?;
        let ether_type = EtherType(u16::from_be_bytes(*word));
        Some(LaxSlicedPacket::from_ether_type(
            ether_type,
            frame.get(len..)?,
        ))
    };
    match link {
        Linktype::ETHERNET => LaxSlicedPacket::from_ethernet(frame).ok(),
        Linktype::LINUX_SLL => by_type(SLL_TYPE, SLL_TYPE + 2),
        LINUX_SLL2 => by_type(0, SLL2_LEN),
        Linktype::RAW | Linktype::IPV4 | Linktype::IPV6 => LaxSlicedPacket::from_ip(frame).ok(),
        // The address family in the byte order of who captured it; the IP header says the same.
        Linktype::NULL | Linktype::LOOP => LaxSlicedPacket::from_ip(frame.get(4..)?).ok(),
        _ => None,
    }
}

/// Whether frames of this kind can be read.
pub(super) fn is_known(link: Linktype) -> bool {
    matches!(
        link,
        Linktype::ETHERNET
            | Linktype::LINUX_SLL
            | LINUX_SLL2
            | Linktype::RAW
            | Linktype::IPV4
            | Linktype::IPV6
            | Linktype::NULL
            | Linktype::LOOP
    )
}

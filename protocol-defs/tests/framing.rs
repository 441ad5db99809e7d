//! Packets: how they are found in a stream, and what a stream may not contain.

use proptest::prelude::*;
use protocol_defs::packet::{
    HEADER_LEN, Header, Kind, LENGTH_LEN, MAX_LEN, PacketReader, Status, WriteError, write_packet,
};

const HEADER: Header = Header {
    program: 0x2000_8086,
    version: 1,
    procedure: 323,
    kind: Kind::Message,
    serial: 1,
    status: Status::Ok,
};

fn packet(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_packet(&HEADER, &Raw(payload), &mut out).expect("it is short");
    out
}

/// A payload that is bytes already.
struct Raw<'a>(&'a [u8]);

impl xdr_wire::Encode for Raw<'_> {
    const TYPE: &'static xdr_wire::describe::Ty = &xdr_wire::describe::Ty::Void;

    fn measure(&self, _: xdr_wire::Depth) -> usize {
        self.0.len()
    }

    fn encode(&self, encoder: &mut xdr_wire::Encoder<'_>) {
        encoder.put_fixed_opaque(self.0);
    }
}

#[test]
fn a_packet_is_a_length_a_header_and_a_payload() {
    let bytes = packet(&[0, 0, 0, 7]);
    assert_eq!(bytes.len(), LENGTH_LEN + HEADER_LEN + 4);
    assert_eq!(bytes[..8], [0, 0, 0, 32, 0x20, 0, 0x80, 0x86]);
    assert_eq!(
        bytes[8..],
        [
            0, 0, 0, 1, 0, 0, 1, 67, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7
        ]
    );
    let mut reader = PacketReader::new();
    reader.feed(&bytes);
    let found = reader
        .next_packet()
        .expect("it is well formed")
        .expect("it is whole");
    assert_eq!(
        (found.header, found.payload, found.offset),
        (HEADER, &[0, 0, 0, 7][..], 0)
    );
    assert_eq!(reader.next_packet(), Ok(None));
    assert!(reader.unread().is_empty());
}

#[test]
fn kinds_and_statuses_that_nobody_knows_are_kept() {
    let header = Header {
        kind: Kind::Unknown(9),
        status: Status::Unknown(-1),
        ..HEADER
    };
    let mut bytes = Vec::new();
    write_packet(&header, &(), &mut bytes).expect("it is short");
    let mut reader = PacketReader::new();
    reader.feed(&bytes);
    assert_eq!(
        reader
            .next_packet()
            .expect("it is well formed")
            .expect("it is whole")
            .header,
        header
    );
}

#[test]
fn a_length_that_no_packet_has_is_an_error_that_stays() {
    let cases = [
        (
            0,
            "packet of 0 bytes is shorter than its header, which takes 28, at byte 28 of the stream",
        ),
        (
            27,
            "packet of 27 bytes is shorter than its header, which takes 28, at byte 28 of the stream",
        ),
        (
            33_554_437,
            "packet of 33554437 bytes is longer than the 33554436 that libvirt takes, at byte 28 of the stream",
        ),
        (
            u32::MAX,
            "packet of 4294967295 bytes is longer than the 33554436 that libvirt takes, at byte 28 of the stream",
        ),
    ];
    for (length, message) in cases {
        let mut reader = PacketReader::new();
        reader.feed(&packet(&[]));
        reader.feed(&u32::to_be_bytes(length));
        assert!(
            reader
                .next_packet()
                .expect("the first is well formed")
                .is_some()
        );
        let error = reader.next_packet().expect_err("the second is not");
        assert_eq!(error.to_string(), message);
        reader.feed(&packet(&[]));
        assert_eq!(reader.next_packet(), Err(error));
    }
}

#[test]
fn the_longest_packet_passes_and_one_byte_more_does_not() {
    let longest = vec![0; MAX_LEN - HEADER_LEN];
    let mut reader = PacketReader::new();
    reader.feed(&packet(&longest));
    assert_eq!(
        reader
            .next_packet()
            .expect("it is well formed")
            .expect("it is whole")
            .payload
            .len(),
        longest.len()
    );

    let mut out = vec![1, 2, 3];
    let error = write_packet(&HEADER, &Raw(&vec![0; longest.len() + 4]), &mut out)
        .expect_err("it is too long");
    assert_eq!(error, WriteError::TooLong { length: 33_554_440 });
    assert_eq!(out, [1, 2, 3]);
}

#[test]
fn a_claimed_length_takes_no_memory() {
    let mut reader = PacketReader::new();
    reader.feed(&33_554_436_u32.to_be_bytes());
    assert_eq!(reader.next_packet(), Ok(None));
    assert_eq!(reader.unread().len(), 4);
}

proptest! {
    #[test]
    fn packets_come_out_however_the_bytes_go_in(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
        cuts in prop::collection::vec(1usize..30, 1..20),
    ) {
        let payloads: Vec<Vec<u8>> = payloads.into_iter().map(|mut payload| { payload.resize(payload.len() / 4 * 4, 0); payload }).collect();
        let stream: Vec<u8> = payloads.iter().flat_map(|payload| packet(payload)).collect();
        let mut reader = PacketReader::new();
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts.into_iter().cycle() {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            reader.feed(now);
            while let Some(packet) = reader.next_packet().expect("all are well formed") {
                found.push(packet.payload.to_vec());
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, payloads);
        prop_assert!(reader.unread().is_empty());
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut reader = PacketReader::new();
        reader.feed(&bytes);
        for _ in 0..bytes.len() {
            if !matches!(reader.next_packet(), Ok(Some(_))) {
                break;
            }
        }
    }
}

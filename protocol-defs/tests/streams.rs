//! Streams: what their packets say, and how data is split.

use proptest::prelude::*;
use protocol_defs::packet::{
    Header, Kind, MessageError, Packet, PacketReader, Status, WriteError, write_raw,
};
use protocol_defs::stream::{Hole, MAX_DATA, Stream, StreamError, StreamPacket};
use xdr_wire::{Options, Rule};

const STREAM: Stream = Stream {
    program: 0x2000_8086,
    version: 1,
    procedure: 208,
    serial: 12,
};

/// The packet of the stream with this kind, status and payload.
fn packet(kind: Kind, status: Status, payload: &[u8]) -> Packet<&[u8]> {
    let header = Header {
        program: 0x2000_8086,
        version: 1,
        procedure: 208,
        kind,
        serial: 12,
        status,
    };
    Packet {
        header,
        fds: 0,
        payload,
        offset: 0,
    }
}

fn failure() -> Box<MessageError> {
    Box::new(MessageError {
        code: 38,
        domain: 38,
        message: Some("no space left".to_owned()),
        level: 2,
        ..MessageError::default()
    })
}

#[test]
fn each_packet_of_a_stream_says_one_thing() {
    let hole = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0];
    let error = xdr_wire::to_vec(&failure()).expect("it is within its bounds");
    let cases = [
        (
            packet(Kind::Stream, Status::Continue, b"data!"),
            StreamPacket::Data(b"data!"),
        ),
        (
            packet(Kind::Stream, Status::Continue, &[]),
            StreamPacket::EndOfData,
        ),
        (
            packet(Kind::StreamHole, Status::Continue, &hole),
            StreamPacket::Hole(Hole {
                length: (1 << 32) + 2,
                flags: 0,
            }),
        ),
        (packet(Kind::Stream, Status::Ok, &[]), StreamPacket::Finish),
        (
            packet(Kind::Stream, Status::Error, &[]),
            StreamPacket::Abort(None),
        ),
        (
            packet(Kind::Stream, Status::Error, &error),
            StreamPacket::Abort(Some(failure())),
        ),
    ];
    for (wire, means) in cases {
        let decoded = StreamPacket::decode(&wire, Options::new()).expect("it is of a stream");
        assert_eq!(decoded, means);
        let again = STREAM.packet(&means).expect("it is within its bounds");
        assert_eq!(
            (again.header, again.payload.as_ref()),
            (wire.header, wire.payload)
        );
        assert_eq!(Stream::of(&again.header), STREAM);
    }
}

#[test]
fn what_is_of_no_stream_is_an_error() {
    for kind in [
        Kind::Call,
        Kind::Reply,
        Kind::Message,
        Kind::CallWithFds,
        Kind::ReplyWithFds,
        Kind::Unknown(7),
    ] {
        let error = StreamPacket::decode(&packet(kind, Status::Continue, &[]), Options::new())
            .expect_err("it is of no stream");
        assert_eq!(error, StreamError::Kind { kind });
    }
    let status = Status::Unknown(3);
    for kind in [Kind::Stream, Kind::StreamHole] {
        let error = StreamPacket::decode(&packet(kind, status, &[]), Options::new())
            .expect_err("there is no such status");
        assert_eq!(error, StreamError::Status { kind, status });
    }
    let error = StreamPacket::decode(&packet(Kind::Call, Status::Ok, &[]), Options::new());
    assert_eq!(
        error.expect_err("it is a call").to_string(),
        "packet of kind Call belongs to no stream"
    );
}

#[test]
fn a_payload_that_is_not_what_it_should_be_is_an_error_with_its_place() {
    let hole = packet(Kind::StreamHole, Status::Continue, &[0; 10]);
    let error = StreamPacket::decode(&hole, Options::new()).expect_err("it is cut");
    assert!(
        error.to_string().contains("flags"),
        "{error} should say where"
    );
    let longer = packet(Kind::StreamHole, Status::Continue, &[0; 16]);
    assert!(StreamPacket::decode(&longer, Options::new()).is_err());
    let tolerant = Options::new().allow(Rule::Trailing);
    assert!(StreamPacket::decode(&longer, tolerant).is_ok());
    let finish = packet(Kind::Stream, Status::Ok, &[0; 4]);
    assert!(StreamPacket::decode(&finish, Options::new()).is_err());
    assert_eq!(
        StreamPacket::decode(&finish, tolerant),
        Ok(StreamPacket::Finish)
    );
}

#[test]
fn data_without_a_byte_is_not_sent_because_it_would_mean_the_end() {
    let mut out = vec![1];
    let empty = StreamPacket::Data(&[]);
    assert_eq!(STREAM.write(&empty, &mut out), Err(WriteError::EmptyData));
    assert_eq!(STREAM.packet(&empty).err(), Some(WriteError::EmptyData));
    assert_eq!(out, [1]);
    assert_eq!(STREAM.data(&[]).count(), 0);
}

#[test]
fn data_is_split_into_packets_that_old_peers_take() {
    let data: Vec<u8> = (0..=2 * MAX_DATA).map(|i| i.to_le_bytes()[0]).collect();
    let mut out = Vec::new();
    STREAM
        .write(&StreamPacket::Data(&data), &mut out)
        .expect("it is split");
    let mut reader = PacketReader::new();
    reader.feed(&out);
    let mut pieces = Vec::new();
    while let Some(packet) = reader.next_packet().expect("all are well formed") {
        pieces.push(packet.payload.to_vec());
    }
    let lengths: Vec<_> = pieces.iter().map(Vec::len).collect();
    assert_eq!(lengths, [262_120, 262_120, 1]);
    assert_eq!(pieces.concat(), data);
}

#[test]
fn a_longer_piece_of_data_is_read_all_the_same() {
    let data = vec![7; 3 * MAX_DATA];
    let mut out = Vec::new();
    let header = packet(Kind::Stream, Status::Continue, &[]).header;
    write_raw(&header, 0, &data, &mut out).expect("it is below the limit of packets");
    let mut reader = PacketReader::new();
    reader.feed(&out);
    let packet = reader
        .next_packet()
        .expect("it is well formed")
        .expect("it is whole");
    assert_eq!(
        StreamPacket::decode(&packet, Options::new()),
        Ok(StreamPacket::Data(&data))
    );
}

proptest! {
    #[test]
    fn any_packet_says_something_that_can_be_written_again_or_is_an_error(
        kind in -1..8_i32,
        status in -1..4_i32,
        payload in prop::collection::vec(0..4_u8, 0..60),
    ) {
        let word = |number: i32| number.to_be_bytes();
        let kind = xdr_wire::from_bytes(&word(kind)).expect("it is open");
        let status = xdr_wire::from_bytes(&word(status)).expect("it is open");
        let wire = packet(kind, status, &payload);
        if let Ok(means) = StreamPacket::decode(&wire, Options::new()) {
            let again = STREAM.packet(&means).expect("it was read");
            prop_assert_eq!(again.payload.as_ref(), wire.payload);
            prop_assert_eq!(StreamPacket::decode(&again.borrowed(), Options::new()), Ok(means));
        }
    }
}

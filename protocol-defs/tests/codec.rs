//! Packets over tokio's `Framed`.
#![cfg(feature = "tokio-util")]

use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt, StreamExt};
use proptest::prelude::*;
use protocol_defs::packet::{
    CodecError, FrameError, Header, Kind, OwnedPacket, Packet, PacketCodec, PacketReader, Status,
    WriteError,
};
use tokio_util::codec::{Decoder, Encoder, Framed};

fn header(kind: Kind) -> Header {
    Header {
        program: 0x2000_8086,
        version: 1,
        procedure: 323,
        kind,
        serial: 1,
        status: Status::Ok,
    }
}

fn packet(payload: &[u8], fds: u32) -> OwnedPacket {
    let kind = if fds > 0 {
        Kind::ReplyWithFds
    } else {
        Kind::Message
    };
    Packet {
        header: header(kind),
        fds,
        payload: payload.to_vec(),
        offset: 0,
    }
}

fn encode(packets: &[OwnedPacket]) -> BytesMut {
    let mut codec = PacketCodec::new();
    let mut buffer = BytesMut::new();
    for packet in packets {
        codec
            .encode(packet.borrowed(), &mut buffer)
            .expect("it is within its limits");
    }
    buffer
}

#[test]
fn a_payload_is_a_part_of_the_buffer_it_came_in() {
    let mut buffer = encode(&[packet(b"payload", 3)]);
    let place = buffer.as_ptr().wrapping_add(32);
    let found = PacketCodec::new()
        .decode(&mut buffer)
        .expect("it is well formed")
        .expect("it is whole");
    assert_eq!(found.payload, Bytes::from_static(b"payload"));
    assert_eq!(found.payload.as_ptr(), place);
    assert_eq!((found.header, found.fds), (header(Kind::ReplyWithFds), 3));
    assert!(buffer.is_empty());
}

#[test]
fn a_length_out_of_range_is_an_error_before_anything_is_kept_for_it() {
    let decode = |length: u32| {
        let mut buffer = BytesMut::from(&length.to_be_bytes()[..]);
        let capacity = buffer.capacity();
        let decoded = PacketCodec::new().decode(&mut buffer);
        assert_eq!((buffer.len(), buffer.capacity()), (4, capacity));
        decoded
    };
    assert!(matches!(decode(33_554_436), Ok(None)));
    let error = decode(33_554_437).expect_err("it is too long");
    assert!(
        matches!(
            error,
            CodecError::Frame(FrameError::TooLong {
                length: 33_554_437,
                offset: 0
            })
        ),
        "{error:?}"
    );
}

#[test]
fn a_packet_over_the_limit_is_not_written() {
    let mut buffer = BytesMut::new();
    let error = PacketCodec::new()
        .encode(packet(&vec![0; 33_554_409], 0), &mut buffer)
        .expect_err("it is too long");
    assert!(
        matches!(
            error,
            CodecError::Write(WriteError::TooLong { length: 33_554_437 })
        ),
        "{error:?}"
    );
    assert!(buffer.is_empty());
}

#[test]
fn a_stream_that_ends_within_a_packet_is_an_error() {
    let first = packet(b"whole", 0);
    let whole = encode(&[first.clone(), packet(b"cut", 0)]);
    for cut in 34..whole.len() {
        let mut codec = PacketCodec::new();
        let mut buffer = BytesMut::from(&whole[..cut]);
        let packet = codec.decode_eof(&mut buffer).expect("the first is whole");
        assert_eq!(packet.map(|packet| packet.owned()), Some(first.clone()));
        let error = codec
            .decode_eof(&mut buffer)
            .expect_err("the second is cut");
        assert_eq!(
            error.to_string(),
            format!(
                "stream ends after {} bytes of a packet, at byte 33 of the stream",
                cut - 33
            )
        );
    }
    let mut buffer = BytesMut::from(&whole[..33]);
    let mut codec = PacketCodec::new();
    assert!(
        codec
            .decode_eof(&mut buffer)
            .is_ok_and(|packet| packet.is_some())
    );
    assert!(
        codec
            .decode_eof(&mut buffer)
            .is_ok_and(|packet| packet.is_none())
    );
}

#[test]
fn packets_pass_between_two_tasks() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without I/O needs nothing");
    // A pipe that is shorter than the packets, so that both ends have to wait for each other.
    let (near, far) = tokio::io::duplex(61);
    let packets: Vec<_> = (0..40_u8)
        .map(|i| packet(&vec![i; usize::from(i) * 7], u32::from(i % 3)))
        .collect();
    let outgoing = packets.clone();
    let received = runtime.block_on(async {
        let mut near = Framed::new(near, PacketCodec::new());
        let send = async move {
            for packet in outgoing {
                near.send(packet).await.expect("the other end is there");
            }
        };
        let far = Framed::new(far, PacketCodec::new());
        let receive = far.map(|packet| packet.expect("all are well formed").owned());
        let (received, ()) = futures_util::join!(receive.collect::<Vec<_>>(), send);
        received
    });
    let payloads = |packets: &[OwnedPacket]| -> Vec<_> {
        let parts = packets.iter();
        parts
            .map(|packet| (packet.fds, packet.payload.clone()))
            .collect()
    };
    assert_eq!(payloads(&received), payloads(&packets));
}

proptest! {
    #[test]
    fn packets_come_out_however_the_bytes_go_in_and_as_the_reader_has_them(
        packets in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), 0..33_u32), 0..8),
        cuts in prop::collection::vec(1usize..30, 1..20),
    ) {
        let packets: Vec<_> = packets.iter().map(|(payload, fds)| packet(payload, *fds)).collect();
        let stream = encode(&packets);
        let mut reader = PacketReader::new();
        reader.feed(&stream);
        let mut expected = Vec::new();
        while let Some(packet) = reader.next_packet().expect("all are well formed") {
            expected.push(packet.owned());
        }
        prop_assert_eq!(expected.len(), packets.len());

        let mut codec = PacketCodec::new();
        let mut buffer = BytesMut::new();
        let mut found = Vec::new();
        let mut rest = &stream[..];
        for cut in cuts.into_iter().cycle() {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            buffer.extend_from_slice(now);
            while let Some(packet) = codec.decode(&mut buffer).expect("all are well formed") {
                found.push(packet.owned());
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, expected);
        prop_assert!(buffer.is_empty());
    }

    #[test]
    fn no_bytes_do_harm_and_the_reader_says_the_same(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut reader = PacketReader::new();
        reader.feed(&bytes);
        let mut codec = PacketCodec::new();
        let mut buffer = BytesMut::from(&bytes[..]);
        loop {
            match (reader.next_packet(), codec.decode(&mut buffer)) {
                (Ok(Some(left)), Ok(Some(right))) => prop_assert_eq!(left.owned(), right.owned()),
                (Ok(None), Ok(None)) => break,
                (Err(left), Err(CodecError::Frame(right))) => {
                    prop_assert_eq!(left, right);
                    break;
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}

//! Packets that announce file descriptors, and packets whose payload is bytes already.

use protocol_defs::packet::{
    FrameError, Header, Kind, MAX_FDS, MAX_LEN, OwnedPacket, Packet, PacketReader, Status,
    WriteError, write_packet, write_packet_with_fds, write_raw,
};

const HEADER: Header = Header {
    program: 0x2000_8086,
    version: 1,
    procedure: 5,
    kind: Kind::CallWithFds,
    serial: 9,
    status: Status::Ok,
};

fn read(bytes: &[u8]) -> Result<OwnedPacket, FrameError> {
    let mut reader = PacketReader::new();
    reader.feed(bytes);
    let packet = reader.next_packet()?.expect("it is whole").owned();
    assert!(reader.unread().is_empty());
    Ok(packet)
}

#[test]
fn the_number_of_descriptors_is_a_word_before_the_payload() {
    for kind in [Kind::CallWithFds, Kind::ReplyWithFds] {
        let header = Header { kind, ..HEADER };
        let mut bytes = Vec::new();
        write_packet_with_fds(&header, 2, &7_u32, &mut bytes).expect("two are allowed");
        assert_eq!(bytes.len(), 36);
        assert_eq!(bytes[..4], [0, 0, 0, 36]);
        assert_eq!(bytes[28..], [0, 0, 0, 2, 0, 0, 0, 7]);
        let packet = read(&bytes).expect("it is well formed");
        let expected = Packet {
            header,
            fds: 2,
            payload: vec![0, 0, 0, 7],
            offset: 0,
        };
        assert_eq!(packet, expected);

        let mut again = Vec::new();
        packet.write(&mut again).expect("it was read");
        assert_eq!(again, bytes);
    }
}

#[test]
fn a_packet_that_could_have_descriptors_says_that_it_has_none() {
    let mut bytes = Vec::new();
    write_packet(&HEADER, &7_u32, &mut bytes).expect("none is allowed");
    assert_eq!(bytes[28..], [0, 0, 0, 0, 0, 0, 0, 7]);
    assert_eq!(read(&bytes).expect("it is well formed").fds, 0);
}

#[test]
fn packets_of_other_kinds_have_no_such_word() {
    let kinds = [
        Kind::Call,
        Kind::Reply,
        Kind::Message,
        Kind::Stream,
        Kind::StreamHole,
        Kind::Unknown(7),
    ];
    for kind in kinds {
        let header = Header { kind, ..HEADER };
        let mut bytes = Vec::new();
        write_packet(&header, &7_u32, &mut bytes).expect("it is short");
        assert_eq!(bytes[28..], [0, 0, 0, 7]);
        assert_eq!(read(&bytes).expect("it is well formed").fds, 0);

        let before = bytes.clone();
        let error =
            write_packet_with_fds(&header, 1, &7_u32, &mut bytes).expect_err("it has no place");
        assert_eq!(error, WriteError::FdsWithoutPlace { kind, count: 1 });
        assert_eq!(bytes, before);
    }
    let error = WriteError::FdsWithoutPlace {
        kind: Kind::Reply,
        count: 1,
    };
    assert_eq!(
        error.to_string(),
        "1 file descriptors for a packet of kind Reply"
    );
}

#[test]
fn more_than_32_descriptors_are_refused_both_ways() {
    let mut bytes = Vec::new();
    write_packet_with_fds(&HEADER, MAX_FDS, &(), &mut bytes).expect("32 are allowed");
    assert_eq!(read(&bytes).expect("32 are allowed").fds, 32);

    let before = bytes.clone();
    let error = write_packet_with_fds(&HEADER, 33, &(), &mut bytes).expect_err("one too many");
    assert_eq!(
        error.to_string(),
        "33 file descriptors are more than the 32 that libvirt takes"
    );
    let error = write_raw(&HEADER, 33, &[], &mut bytes).expect_err("one too many");
    assert_eq!(error, WriteError::TooManyFds { count: 33 });
    assert_eq!(bytes, before);

    for count in [33, u32::MAX] {
        let mut forged = bytes.clone();
        forged[28..].copy_from_slice(&count.to_be_bytes());
        let error = read(&forged).expect_err("too many");
        assert_eq!(error, FrameError::TooManyFds { count, offset: 0 });
        assert_eq!(
            error.to_string(),
            format!(
                "packet with {count} file descriptors, more than the 32 that libvirt takes, at byte 0 of the stream"
            )
        );
    }
}

#[test]
fn a_packet_that_ends_before_the_number_is_an_error_that_stays() {
    for missing in 1..=4 {
        let mut bytes = Vec::new();
        write_packet(&HEADER, &(), &mut bytes).expect("it is short");
        bytes.truncate(32 - missing);
        bytes[3] = u8::try_from(bytes.len()).expect("it is short");
        let mut reader = PacketReader::new();
        reader.feed(&bytes);
        let error = reader.next_packet().expect_err("the number is missing");
        assert_eq!(error, FrameError::NoFdCount { offset: 0 });
        assert_eq!(
            error.to_string(),
            "packet with file descriptors ends before their number, at byte 0 of the stream"
        );
        reader.feed(&bytes);
        assert_eq!(reader.next_packet(), Err(error));
    }
}

#[test]
fn raw_payloads_need_no_padding_and_keep_the_limit() {
    let header = Header {
        kind: Kind::Stream,
        ..HEADER
    };
    let mut bytes = vec![9];
    write_raw(&header, 0, b"five!", &mut bytes).expect("it is short");
    assert_eq!(bytes[..5], [9, 0, 0, 0, 33]);
    assert_eq!(
        read(&bytes[1..]).expect("it is well formed").payload,
        b"five!"
    );

    let longest = vec![0; MAX_LEN - 24];
    write_raw(&header, 0, &longest, &mut Vec::new()).expect("it is just short enough");
    let before = bytes.clone();
    let error = write_raw(&HEADER, 0, &longest, &mut bytes).expect_err("the number is too much");
    assert_eq!(error, WriteError::TooLong { length: 33_554_440 });
    assert_eq!(bytes, before);
}

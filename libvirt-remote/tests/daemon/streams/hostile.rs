//! What clients and handlers must not do.

use libvirt_remote::daemon::{Daemon, Options, Router, StreamError, refusal};
use protocol_defs::packet::{ErrorCode, ErrorOrigin, Kind, Status};
use protocol_defs::remote::{self, proc};
use protocol_defs::stream::{Hole, Stream as Numbers, StreamPacket};

use super::{
    aborted, begun, bytes, data, download, end, is_there, read_all, said, say, served, upload,
};
use crate::peer::{Peer, lookup, opened, packet as packet_of, procedure};

#[tokio::test]
async fn packets_of_no_stream_and_of_one_that_has_ended_are_nothing() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        let got = data(&read_all(&mut stream).await?);
        assert_eq!(got, b"all");
        stream.finish().await
    });
    let (mut peer, _) = opened(&daemon).await;
    let stream = begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    let others = [
        Numbers {
            serial: 4_000_000_000,
            ..stream
        },
        Numbers {
            procedure: 209,
            ..stream
        },
        Numbers {
            program: 7,
            ..stream
        },
    ];
    let hole = StreamPacket::Hole(Hole {
        length: -1,
        flags: 0,
    });
    let packets = [
        StreamPacket::Data(b"more"),
        hole,
        StreamPacket::Finish,
        StreamPacket::Abort(None),
        StreamPacket::EndOfData,
    ];
    for other in others {
        for packet in &packets {
            say(&mut peer, other, packet).await;
        }
    }
    say(&mut peer, stream, &StreamPacket::Data(b"all")).await;
    say(&mut peer, stream, &StreamPacket::Finish).await;
    say(&mut peer, stream, &StreamPacket::Data(b"more")).await;
    say(&mut peer, stream, &StreamPacket::Finish).await;
    let confirmed = peer.next().await;
    assert_eq!(said(&confirmed, stream), StreamPacket::Finish);
    assert!(end(&mut ended).await.is_ok());
    for packet in &packets {
        say(&mut peer, stream, packet).await;
    }
    is_there(&mut peer).await;
}

#[tokio::test]
async fn what_a_stream_cannot_take_ends_it_and_nothing_else() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        stream.refuse_data();
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let (mut peer, _) = opened(&daemon).await;
    let hole = |length| StreamPacket::Hole(Hole { length, flags: 0 });
    let cases = [
        (StreamPacket::Data(b"data"), "the stream takes no data"),
        (hole(5), "the stream takes no data"),
        (hole(0), "hole of 0 bytes"),
        (hole(-5), "hole of -5 bytes"),
    ];
    for (packet, text) in cases {
        let stream = begun(&mut peer, remote::Call::StorageVolDownload(download())).await;
        say(&mut peer, stream, &packet).await;
        let error = aborted(&mut peer, stream).await;
        assert_eq!(error.message.as_deref(), Some(text));
        let error = end(&mut ended).await.expect_err("it has been given up");
        assert!(matches!(error, StreamError::Refused(_)), "{error:?}");
    }
    let stream = begun(&mut peer, remote::Call::StorageVolDownload(download())).await;
    let mut packet = packet_of(procedure(209), stream.serial, vec![1]);
    packet.header.kind = Kind::StreamHole;
    packet.header.status = Status::Continue;
    peer.packet(&packet).await;
    let error = aborted(&mut peer, stream).await;
    assert_eq!(error.error_code(), ErrorCode::RPC);
    is_there(&mut peer).await;
}

#[tokio::test]
async fn a_handler_cannot_write_to_who_only_writes() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        stream.write_all(b"data").await?;
        stream.finish().await
    });
    let (mut peer, _) = opened(&daemon).await;
    let stream = begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
    let error = end(&mut ended).await.expect_err("it is the wrong way");
    assert!(matches!(error, StreamError::Direction), "{error:?}");
    assert_eq!(
        aborted(&mut peer, stream).await.error_code(),
        ErrorCode::INTERNAL_ERROR
    );
}

#[tokio::test]
async fn an_answer_without_the_stream_that_its_call_begins_is_an_error() {
    let router = Router::new()
        .always::<proc::StorageVolUpload>(&())
        .on_stream::<proc::StorageVolDownload>(|_, _| async {
            Err(refusal(
                ErrorCode::NO_STORAGE_VOL,
                ErrorOrigin::STORAGE,
                "no such volume",
            ))
        });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let error = peer.ask(remote::Call::StorageVolUpload(upload())).await;
    let text = "REMOTE_PROC_STORAGE_VOL_UPLOAD begins a stream, and has been given none";
    assert_eq!(
        error.expect_err("it has none").message.as_deref(),
        Some(text)
    );
    let error = peer.ask(remote::Call::StorageVolDownload(download())).await;
    let error = error.expect_err("it is refused");
    assert_eq!(error.error_code(), ErrorCode::NO_STORAGE_VOL);
}

#[tokio::test]
async fn ten_thousand_packets_of_any_sort_leave_the_daemon_as_it_was() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let (mut peer, session) = opened(&daemon).await;
    let kinds = [Kind::Stream, Kind::StreamHole];
    let statuses = [
        Status::Ok,
        Status::Error,
        Status::Continue,
        Status::Unknown(7),
    ];
    let numbers = bytes(40_000);
    for round in numbers.chunks(40) {
        let stream = begun(&mut peer, remote::Call::StorageVolUpload(upload())).await;
        for packet in round.chunks(4) {
            let [kind, status, serial, length] = packet.try_into().expect("four of them");
            // Some are of the stream before, which has ended.
            let serial = stream.serial - u32::from(serial % 8 == 0);
            let payload = numbers[..usize::from(length) / 8].to_vec();
            let mut packet = packet_of(procedure(208), serial, payload);
            packet.header.kind = kinds[usize::from(kind % 2)];
            // Most are data, so that something is there to be ended.
            let status = statuses.get(usize::from(status % 16));
            packet.header.status = status.copied().unwrap_or(Status::Continue);
            peer.packet(&packet).await;
        }
        say(&mut peer, stream, &StreamPacket::Abort(None)).await;
        // How it ends depends on the packets.
        let _ = end(&mut ended).await;
        is_there_behind(&mut peer).await;
    }
    assert!(!session.is_closed());
    assert_eq!(daemon.stats().malformed, 0);
}

/// The connection goes on; what was said on streams before is skipped.
async fn is_there_behind(peer: &mut Peer) {
    let (call, _) = lookup(3);
    let serial = peer.call(call).await;
    while peer.next().await.header.serial != serial {}
}

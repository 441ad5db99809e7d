//! What goes wrong on streams, and what this crate's client makes of it.

use std::time::Duration;

use libvirt_remote::daemon::{Router, Streaming, refusal};
use libvirt_remote::testkit::{FakeDaemon, Fault, When};
use libvirt_remote::{Connection, Error, Piece, Stream};
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{
    NonnullStorageVol, StorageVolDownloadArgs, StorageVolUploadArgs, proc,
};
use tokio::time::{Instant, timeout};

use super::connect;

type Download = proc::StorageVolDownload;
type Upload = proc::StorageVolUpload;

/// A daemon whose volumes hold three words and a hole, each a packet.
fn fake() -> FakeDaemon {
    let router = Router::new()
        .on_stream::<Download>(|_, _| async {
            let serve = Streaming::by(|mut stream| async move {
                for word in ["one", "two", "three"] {
                    stream.write_all(word.as_bytes()).await?;
                }
                stream.write_hole(1000).await?;
                stream.finish().await
            });
            Ok(((), serve))
        })
        .on_stream::<Upload>(|_, _| async {
            let serve = Streaming::by(|mut stream| async move {
                while stream.read().await?.is_some() {}
                stream.finish().await
            });
            Ok(((), serve))
        });
    FakeDaemon::new(router)
}

fn volume() -> NonnullStorageVol {
    NonnullStorageVol {
        pool: "pool".to_owned(),
        name: "disk".to_owned(),
        key: "/example/disk".to_owned(),
    }
}

async fn download(conn: &Connection) -> Stream {
    let args = StorageVolDownloadArgs {
        vol: volume(),
        offset: 0,
        length: 0,
        flags: 0,
    };
    let begun = conn.stream::<Download>(&args).await;
    begun.expect("it begins").1
}

async fn upload(conn: &Connection) -> Stream {
    let args = StorageVolUploadArgs {
        vol: volume(),
        offset: 0,
        length: 0,
        flags: 0,
    };
    let begun = conn.stream::<Upload>(&args).await;
    begun.expect("it begins").1
}

/// What comes, with a space behind each piece, and how it ends.
async fn all(mut stream: Stream) -> (String, Result<(), Error>) {
    let mut text = String::new();
    loop {
        match stream.read().await {
            Ok(Some(Piece::Data(data))) => text.push_str(&String::from_utf8_lossy(&data)),
            Ok(Some(Piece::Hole(length))) => text.push_str(&length.to_string()),
            Ok(None) => return (text, stream.finish().await),
            Err(error) => return (text, Err(error)),
        }
        text.push(' ');
    }
}

/// What comes of a download when this happens to the packet behind so many.
async fn with(skip: usize, fault: Fault) -> (String, Result<(), Error>) {
    let fake = fake();
    let conn = connect(&fake).await;
    fake.inject(When::sent_on::<Download>().skip(skip), fault);
    all(download(&conn).await).await
}

#[tokio::test]
async fn data_that_is_lost_shortened_doubled_or_out_of_order_is_seen_by_nobody() {
    for (skip, fault, expected) in [
        (9, Fault::Lose, "one two three 1000 "),
        (1, Fault::Lose, "one three 1000 "),
        (2, Fault::Truncate(2), "one two thr 1000 "),
        (0, Fault::Double, "one one two three 1000 "),
        (0, Fault::Reorder(1), "two one three 1000 "),
        (1, Fault::Reorder(2), "one three 1000 two "),
        (3, Fault::Lose, "one two three "),
    ] {
        let text = format!("{fault:?}");
        let (got, end) = with(skip, fault).await;
        assert_eq!(got, expected, "{text}");
        assert!(end.is_ok(), "{text}: {end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_holds_up_its_stream_and_nothing_else() {
    let fake = fake();
    let conn = connect(&fake).await;
    let delay = Fault::Delay(Duration::from_secs(3));
    fake.inject(When::sent_on::<Download>().skip(1).times(2), delay);
    let start = Instant::now();
    let late = download(&conn).await;
    let late = async { (all(late).await.0, start.elapsed().as_secs()) };
    let other = async {
        assert!(upload(&conn).await.finish().await.is_ok());
        start.elapsed().as_secs()
    };
    let (late, other) = tokio::join!(late, other);
    assert_eq!(late, ("one two three 1000 ".to_owned(), 6));
    assert_eq!(other, 0);
}

#[tokio::test]
async fn a_stream_that_is_given_up_in_the_middle_says_why() {
    let error = refusal(ErrorCode::READ_FAILED, ErrorOrigin::STORAGE, "no more");
    let (got, end) = with(2, Fault::Refuse(error.clone())).await;
    assert_eq!(got, "one two ");
    match end {
        Err(Error::Remote(got)) => assert_eq!(got, error),
        other => panic!("{other:?}"),
    }
    let fake = fake();
    let conn = connect(&fake).await;
    fake.inject(When::sent_on::<Upload>(), Fault::Refuse(error));
    let mut stream = upload(&conn).await;
    stream.write_all(b"data").await.expect("it is taken");
    let refused = stream.finish().await;
    assert!(matches!(refused, Err(Error::Remote(_))), "{refused:?}");
    assert!(upload(&conn).await.finish().await.is_ok());
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_of_a_stream_ends_the_stream() {
    for (fault, why) in [
        (Fault::CutOff(0), "the daemon has closed it"),
        (Fault::CutOff(20), "after 20 bytes of a packet"),
        (Fault::Garbage(vec![0xff; 40]), "longer than"),
    ] {
        let (got, end) = with(1, fault).await;
        assert_eq!(got, "one ");
        match end {
            Err(Error::Closed(closed)) => {
                let reason = closed.reason().to_string();
                assert!(reason.contains(why), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
    // A hole has a length, unlike data.
    let (got, end) = with(3, Fault::Truncate(1)).await;
    assert_eq!(got, "one two three ");
    assert!(matches!(end, Err(Error::Closed(_))), "{end:?}");
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_stream_can_be_lost_as_well() {
    let lost = async |skip| {
        let fake = fake();
        let conn = connect(&fake).await;
        fake.inject(When::sent_on::<Download>().skip(skip), Fault::Lose);
        let stream = download(&conn).await;
        timeout(Duration::from_hours(1), all(stream)).await
    };
    // There may be more to come, for as long as a daemon likes.
    let waits = lost(4).await;
    assert!(waits.is_err(), "{waits:?}");
    let (got, end) = lost(5).await.expect("that all is well is an answer");
    assert_eq!(got, "one two three 1000 ");
    assert!(matches!(end, Err(Error::Timeout { .. })), "{end:?}");
}

#[tokio::test]
async fn packets_are_counted_over_all_streams_of_a_procedure() {
    let fake = fake();
    let conn = connect(&fake).await;
    // Each download has six: words, the hole, that it was all, and that all is well.
    let when = When::sent_on::<Download>().skip(7).times(2);
    fake.inject(when, Fault::Lose);
    for expected in ["one two three 1000 ", "one 1000 ", "one two three 1000 "] {
        let (got, end) = all(download(&conn).await).await;
        assert_eq!(got, expected);
        assert!(end.is_ok(), "{end:?}");
        assert!(upload(&conn).await.finish().await.is_ok());
    }
}

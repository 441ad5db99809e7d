//! What goes through a stream, both ways, beside others.

use std::sync::{Arc, Mutex};

use libvirt_remote::Piece;
use libvirt_remote::daemon::{Access, Options};
use protocol_defs::remote::{DomainLookupByIdArgs, proc};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

use super::{bytes, data, download, end, read_all, served, upload};
use crate::peer::connection;

#[tokio::test]
async fn an_upload_comes_whole_and_is_confirmed_when_the_handler_is_done() {
    let (told, heard) = oneshot::channel();
    let told = Arc::new(Mutex::new(Some(told)));
    let (daemon, mut ended) = served(Options::default(), move |mut stream| {
        let told = Arc::clone(&told);
        async move {
            let pieces = read_all(&mut stream).await?;
            let told = told.lock().expect("nobody panics").take();
            told.expect("the first").send(pieces).expect("it is heard");
            stream.finish().await
        }
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let sent = bytes(3_000_000);
    let begun = conn.stream::<proc::StorageVolUpload>(&upload()).await;
    let ((), mut stream) = begun.expect("it begins");
    stream.write_all(&sent).await.expect("it is taken");
    stream.write_hole(1000).await.expect("it is taken");
    stream.write_all(b"the end").await.expect("it is taken");
    stream.finish().await.expect("it is confirmed");
    let pieces = heard.await.expect("the handler says what it got");
    assert!(pieces.contains(&Piece::Hole(1000)));
    let all = [&sent[..], &[0; 1000], b"the end"].concat();
    assert!(data(&pieces) == all, "byte for byte");
    assert!(end(&mut ended).await.is_ok());
}

#[tokio::test]
async fn a_download_comes_whole() {
    let sent = bytes(3_000_000);
    let source = sent.clone();
    let (daemon, mut ended) = served(Options::default(), move |mut stream| {
        let source = source.clone();
        async move {
            stream.write_all(&source).await?;
            stream.write_hole(1000).await?;
            stream.write_all(b"the end").await?;
            stream.finish().await
        }
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let begun = conn.stream::<proc::StorageVolDownload>(&download()).await;
    let ((), mut stream) = begun.expect("it begins");
    let mut pieces = Vec::new();
    while let Some(piece) = stream.read().await.expect("it goes on") {
        pieces.push(piece);
    }
    stream.finish().await.expect("it is confirmed");
    assert!(pieces.contains(&Piece::Hole(1000)));
    let all = [&sent[..], &[0; 1000], b"the end"].concat();
    assert!(data(&pieces) == all, "byte for byte");
    assert!(end(&mut ended).await.is_ok());
}

#[tokio::test]
async fn streams_and_what_goes_through_them_are_counted() {
    let (daemon, mut ended) = served(Options::default(), |mut stream| async move {
        if let Some(Piece::Data(first)) = stream.read().await? {
            stream.write_all(&first).await?;
            stream.write_all(&first).await?;
            stream.write_hole(1 << 40).await?;
        }
        read_all(&mut stream).await?;
        stream.finish().await
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let before = daemon.stats();
    assert_eq!((before.streams, before.streams_begun), (0, 0));
    assert!(before.bytes_received > 0 && before.bytes_sent > 0);
    let begun = conn.stream::<proc::StorageVolDownload>(&download()).await;
    let ((), mut one) = begun.expect("it begins");
    let begun = conn.stream::<proc::StorageVolDownload>(&download()).await;
    let ((), two) = begun.expect("it begins");
    one.write_all(&[1; 1000]).await.expect("it is taken");
    one.write_hole(1 << 40).await.expect("it is taken");
    for _ in 0..3 {
        assert!(one.read().await.expect("it goes on").is_some());
    }
    let stats = daemon.stats();
    assert_eq!((stats.streams, stats.streams_begun), (2, 2));
    assert_eq!(
        (stats.stream_bytes_read, stats.stream_bytes_written),
        (1000, 2000)
    );
    assert!(stats.bytes_received > before.bytes_received + 1000);
    assert!(stats.bytes_sent > before.bytes_sent + 2000);
    // No hole has been sent byte for byte.
    assert!(stats.bytes_received + stats.bytes_sent < 10_000);
    one.finish().await.expect("it is confirmed");
    drop(two);
    assert!(end(&mut ended).await.is_ok());
    assert!(end(&mut ended).await.is_err());
    while daemon.stats().streams > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(daemon.stats().streams_begun, 2);
}

#[tokio::test]
async fn a_stream_is_tokios_bytes_in_both_directions() {
    // The console of a domain, say, which says what it hears.
    let (daemon, mut ended) = served(Options::default(), |stream| async move {
        let (mut read, mut write) = tokio::io::split(stream);
        let mut word = [0; 5];
        read.read_exact(&mut word).await?;
        write.write_all(&word).await?;
        write.shutdown().await?;
        Ok(())
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let begun = conn.stream::<proc::StorageVolDownload>(&download()).await;
    let ((), mut stream) = begun.expect("it begins");
    stream.write_all(b"hello").await.expect("it is taken");
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).await.expect("it ends");
    assert_eq!(heard, b"hello");
    stream.shutdown().await.expect("it is confirmed");
    assert!(end(&mut ended).await.is_ok());
}

#[tokio::test]
async fn two_streams_go_beside_each_other_and_beside_calls() {
    // What is said on one is said back on its end; nothing ends before both have begun.
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let (daemon, mut ended) = served(Options::default(), move |mut stream| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            let mut word = [0; 4];
            stream.read_exact(&mut word).await?;
            stream.write_all(&word).await?;
            stream.finish().await
        }
    });
    let conn = connection(&daemon, Access::ReadWrite).await;
    let (one, two) = (download(), download());
    let ((), mut one) = conn
        .stream::<proc::StorageVolDownload>(&one)
        .await
        .expect("it begins");
    let ((), mut two) = conn
        .stream::<proc::StorageVolDownload>(&two)
        .await
        .expect("it begins");
    two.write_all(b"two.").await.expect("it is taken");
    let args = DomainLookupByIdArgs { id: 2 };
    let found = conn.call::<proc::DomainLookupById>(&args).await;
    assert_eq!(found.expect("it is found").dom.id, 2);
    one.write_all(b"one.").await.expect("it is taken");
    let piece = |word: &'static [u8]| Some(Piece::Data(word.into()));
    assert_eq!(one.read().await.expect("it goes on"), piece(b"one."));
    assert_eq!(two.read().await.expect("it goes on"), piece(b"two."));
    one.finish().await.expect("it is confirmed");
    two.finish().await.expect("it is confirmed");
    for _ in 0..2 {
        assert!(end(&mut ended).await.is_ok());
    }
}

//! Volumes, up and down.

use std::fs;
use std::time::{Duration, Instant};

use libvirt_remote::{Connection, Error, Options, Piece, Stream};
use protocol_defs::remote::{self, proc};

use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};

use crate::daemon::{Daemon, give_away};

/// Bytes that repeat after a while that no packet's length divides.
fn data(length: usize) -> Vec<u8> {
    (0..251).cycle().take(length).collect()
}

/// A volume of this many bytes in a folder of the daemon.
async fn volume(daemon: &Daemon, conn: &Connection, capacity: u64) -> remote::NonnullStorageVol {
    let folder = daemon.path("pool");
    fs::create_dir(&folder).expect("a folder in it");
    give_away(&folder);
    let xml = format!(
        "<pool type='dir'><name>pool</name><target><path>{}</path></target></pool>",
        folder.display()
    );
    let args = remote::StoragePoolCreateXmlArgs { xml, flags: 0 };
    let pool = conn.call::<proc::StoragePoolCreateXml>(&args).await;
    let pool = pool.unwrap_or_else(|error| panic!("{error}")).pool;
    let xml = format!(
        "<volume><name>disk</name><capacity>{capacity}</capacity><allocation>0</allocation>\
         <target><format type='raw'/></target></volume>"
    );
    let args = remote::StorageVolCreateXmlArgs {
        pool,
        xml,
        flags: 0,
    };
    let vol = conn.call::<proc::StorageVolCreateXml>(&args).await;
    vol.unwrap_or_else(|error| panic!("{error}")).vol
}

async fn open(daemon: &Daemon, options: Options) -> Connection {
    let uri = daemon
        .uri("storage:///session")
        .parse()
        .expect("it is a URI");
    let conn = Connection::open_with(&uri, options).await;
    conn.unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn what_was_uploaded_is_downloaded_again() {
    const LENGTH: u32 = 20_000_001;
    let Some(daemon) = Daemon::start() else {
        return;
    };
    // So small that the daemon has to wait for the reader.
    let options = Options {
        stream_window: 300_000,
        ..Options::default()
    };
    let conn = open(&daemon, options).await;
    let vol = volume(&daemon, &conn, LENGTH.into()).await;
    let data = data(LENGTH as usize);

    let start = Instant::now();
    let args = remote::StorageVolUploadArgs {
        vol: vol.clone(),
        offset: 0,
        length: 0,
        flags: 0,
    };
    let ((), mut stream) = conn
        .stream::<proc::StorageVolUpload>(&args)
        .await
        .expect("it begins");
    stream.write_all(&data).await.expect("it goes on");
    stream.finish().await.expect("the daemon has it all");
    eprintln!("20 MB up: {:?}", start.elapsed());
    let written = fs::read(daemon.path("pool/disk")).expect("it is there");
    assert!(written == data, "the daemon has written what was sent");

    let start = Instant::now();
    let args = remote::StorageVolDownloadArgs {
        vol,
        offset: 0,
        length: 0,
        flags: 0,
    };
    let begun = conn.stream::<proc::StorageVolDownload>(&args).await;
    let ((), mut stream) = begun.expect("it begins");
    let mut read = Vec::new();
    while let Some(piece) = stream.read().await.expect("it goes on") {
        match piece {
            Piece::Data(data) => read.extend_from_slice(&data),
            Piece::Hole(length) => panic!("no hole was asked for: {length}"),
        }
    }
    stream.finish().await.expect("both are done");
    eprintln!("20 MB down: {:?}", start.elapsed());
    assert!(read == data, "it is what was sent");
}

#[tokio::test]
async fn holes_stay_holes() {
    /// `VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM`, and the same for downloads.
    const SPARSE: u32 = 1;
    const HOLE: u64 = 64 << 20;
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = open(&daemon, Options::default()).await;
    let vol = volume(&daemon, &conn, HOLE + 8192).await;
    let data = data(4096);
    let args = remote::StorageVolUploadArgs {
        vol: vol.clone(),
        offset: 0,
        length: 0,
        flags: SPARSE,
    };
    let ((), mut stream) = conn
        .stream::<proc::StorageVolUpload>(&args)
        .await
        .expect("it begins");
    stream.write_all(&data).await.expect("it goes on");
    stream.write_hole(HOLE).await.expect("it goes on");
    stream.write_all(&data).await.expect("it goes on");
    stream.finish().await.expect("the daemon has it all");
    let args = remote::StorageVolDownloadArgs {
        vol,
        offset: 0,
        length: 0,
        flags: SPARSE,
    };
    let begun = conn.stream::<proc::StorageVolDownload>(&args).await;
    let ((), mut stream) = begun.expect("it begins");
    let (mut bytes, mut holes) = (Vec::new(), 0);
    while let Some(piece) = stream.read().await.expect("it goes on") {
        match piece {
            Piece::Data(data) => bytes.extend_from_slice(&data),
            Piece::Hole(length) => holes += length,
        }
    }
    stream.finish().await.expect("both are done");
    assert_eq!(holes, HOLE);
    assert!(
        bytes == [data.clone(), data].concat(),
        "it is what was sent"
    );
}

#[tokio::test]
async fn an_upload_that_the_daemon_gives_up_says_why() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = open(&daemon, Options::default()).await;
    let vol = volume(&daemon, &conn, 4096).await;
    let args = remote::StorageVolUploadArgs {
        vol,
        offset: 0,
        length: 1024,
        flags: 0,
    };
    let ((), mut stream) = conn
        .stream::<proc::StorageVolUpload>(&args)
        .await
        .expect("it begins");
    let uploaded = async {
        stream.write_all(&data(1 << 20)).await?;
        stream.finish().await
    };
    let error = uploaded.await.expect_err("it is more than was said");
    assert!(matches!(error, Error::Remote(_)), "{error:?}");
    // Another way to end is to have enough.
    let args = remote::ConnectListAllStoragePoolsArgs {
        need_results: 1,
        flags: 0,
    };
    conn.call::<proc::ConnectListAllStoragePools>(&args)
        .await
        .expect("the connection goes on");
}

/// A large download of which the client has as much as it takes. The daemon has to wait.
async fn full(conn: &Connection, vol: &remote::NonnullStorageVol) -> Stream {
    let args = remote::StorageVolDownloadArgs {
        vol: vol.clone(),
        offset: 0,
        length: 0,
        flags: 0,
    };
    let begun = conn.stream::<proc::StorageVolDownload>(&args).await;
    let ((), stream) = begun.expect("it begins");
    sleep(Duration::from_millis(300)).await;
    stream
}

async fn goes_on(conn: &Connection) {
    let args = remote::ConnectListAllStoragePoolsArgs {
        need_results: 1,
        flags: 0,
    };
    let pools = conn.call::<proc::ConnectListAllStoragePools>(&args).await;
    assert_eq!(pools.expect("the connection goes on").pools.len(), 1);
}

#[tokio::test]
async fn a_download_that_is_full_ends_when_the_client_wants() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let options = Options {
        stream_window: 300_000,
        ..Options::default()
    };
    let conn = open(&daemon, options).await;
    let vol = volume(&daemon, &conn, 200_000_000).await;
    let patience = Duration::from_mins(1);
    for _ in 0..3 {
        let stream = full(&conn, &vol).await;
        let aborted = timeout(patience, stream.abort()).await;
        aborted.expect("it is answered").expect("the daemon knows");
        goes_on(&conn).await;

        // What it says to an early end depends on how far it is.
        let stream = full(&conn, &vol).await;
        let finished = timeout(patience, stream.finish()).await;
        let finished = finished.expect("it is answered");
        eprintln!("finished early: {finished:?}");
        assert!(matches!(finished, Ok(()) | Err(Error::Remote(_))));
        goes_on(&conn).await;

        let mut stream = full(&conn, &vol).await;
        let shut_down = timeout(patience, stream.shutdown()).await;
        let shut_down = shut_down.expect("it is answered");
        eprintln!("shut down early: {shut_down:?}");
        goes_on(&conn).await;

        drop(full(&conn, &vol).await);
        goes_on(&conn).await;
    }
}

#[tokio::test]
async fn a_download_that_nobody_reads_is_given_up_for_an_answer() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let options = Options {
        stream_window: 300_000,
        stream_patience: Duration::from_millis(200),
        ..Options::default()
    };
    let conn = open(&daemon, options).await;
    let vol = volume(&daemon, &conn, 200_000_000).await;
    let mut stream = full(&conn, &vol).await;
    // Some answers overtake what the daemon has still to send of a stream. Behind enough of them it is given up; what is read
    // of it is less than they bring.
    let start = Instant::now();
    let error = loop {
        for _ in 0..20 {
            goes_on(&conn).await;
        }
        match stream.read().await {
            Ok(piece) => assert!(piece.is_some() && start.elapsed() < Duration::from_mins(1)),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
    goes_on(&conn).await;
    let error = stream.read().await.expect_err("it is given up");
    assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
}

#[tokio::test]
async fn a_download_that_is_dropped_leaves_the_connection_as_it_was() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let conn = open(&daemon, Options::default()).await;
    let vol = volume(&daemon, &conn, 50_000_000).await;
    for _ in 0..5 {
        let args = remote::StorageVolDownloadArgs {
            vol: vol.clone(),
            offset: 0,
            length: 0,
            flags: 0,
        };
        let begun = conn.stream::<proc::StorageVolDownload>(&args).await;
        let ((), mut stream) = begun.expect("it begins");
        stream.read().await.expect("it goes on").expect("a piece");
        drop(stream);
    }
    let args = remote::ConnectListAllStoragePoolsArgs {
        need_results: 1,
        flags: 0,
    };
    conn.call::<proc::ConnectListAllStoragePools>(&args)
        .await
        .expect("the connection goes on");
}

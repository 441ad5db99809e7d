//! Volumes that virsh writes and reads over a stream, byte for byte.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use libvirt_remote::Piece;
use libvirt_remote::daemon::{
    Access, Daemon, Options, Refusal, Router, Stream, StreamError, Streaming, refusal,
};
use libvirt_remote::testkit::{FakeDaemon, Fault, When};
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{
    NonnullStoragePool, NonnullStorageVol, StoragePoolIsActiveRet, StoragePoolLookupByNameRet,
    StorageVolLookupByNameRet, proc,
};
use tokio::net::UnixListener;

use super::virsh::{Printed, Virsh};

const SYSTEM: &str = "qemu:///system";

/// A multiple of every file system's blocks, of which holes are made.
const CLUSTER: usize = 1 << 20;

/// What the only volume holds.
type Pieces = Arc<Mutex<Vec<Piece>>>;

fn pool() -> NonnullStoragePool {
    NonnullStoragePool {
        name: "pool".to_owned(),
        uuid: *b"poolexample-uuid",
    }
}

fn volume() -> NonnullStorageVol {
    NonnullStorageVol {
        pool: pool().name,
        name: "disk".to_owned(),
        key: "/example/disk".to_owned(),
    }
}

fn set(pieces: &Pieces, new: Vec<Piece>) {
    *pieces.lock().unwrap_or_else(PoisonError::into_inner) = new;
}

fn copy(pieces: &Pieces) -> Vec<Piece> {
    let pieces = pieces.lock().unwrap_or_else(PoisonError::into_inner);
    pieces.clone()
}

async fn take(mut stream: Stream, pieces: Pieces) -> Result<(), StreamError> {
    let mut taken = Vec::new();
    while let Some(piece) = stream.read().await? {
        taken.push(piece);
    }
    set(&pieces, taken);
    stream.finish().await
}

async fn give(mut stream: Stream, pieces: Vec<Piece>) -> Result<(), StreamError> {
    for piece in pieces {
        match piece {
            Piece::Data(data) => stream.write_all(&data).await?,
            Piece::Hole(length) => stream.write_hole(length).await?,
        }
    }
    stream.finish().await
}

fn full() -> Refusal {
    let text = "the disk of the example is full";
    refusal(ErrorCode::OPERATION_FAILED, ErrorOrigin::STORAGE, text)
}

/// A volume that holds this; or one that takes nothing, as the disk is full.
fn router(pieces: &Pieces, is_full: bool) -> Router<Pieces> {
    Router::with_state(Arc::clone(pieces))
        .always::<proc::StoragePoolLookupByName>(&StoragePoolLookupByNameRet { pool: pool() })
        .always::<proc::StoragePoolIsActive>(&StoragePoolIsActiveRet { active: 1 })
        .always::<proc::StorageVolLookupByName>(&StorageVolLookupByNameRet { vol: volume() })
        .on_stream::<proc::StorageVolUpload>(move |cx, _| async move {
            let pieces = Arc::clone(cx.state());
            let serve = Streaming::by(move |mut stream| async move {
                if is_full {
                    stream.read().await?;
                    return Err(full().into());
                }
                take(stream, pieces).await
            });
            Ok(((), serve))
        })
        .on_stream::<proc::StorageVolDownload>(|cx, _| async move {
            let pieces = copy(cx.state());
            Ok(((), Streaming::by(|stream| give(stream, pieces))))
        })
}

/// Serves a volume that is empty.
fn serve(virsh: &Virsh, is_full: bool) -> (Daemon, Pieces) {
    let pieces = Pieces::default();
    let daemon = Daemon::new(router(&pieces, is_full), Options::default());
    let listener = UnixListener::bind(virsh.socket()).expect("a socket");
    daemon.listen(listener, Access::ReadWrite);
    (daemon, pieces)
}

/// Bytes of which no part is like another.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn data(pieces: &[Piece]) -> Vec<u8> {
    let each = pieces.iter().map(|piece| match piece {
        Piece::Data(data) => data.to_vec(),
        Piece::Hole(length) => vec![0; usize::try_from(*length).expect("a short hole")],
    });
    each.collect::<Vec<_>>().concat()
}

fn holes(pieces: &[Piece]) -> u64 {
    let each = pieces.iter().map(|piece| match piece {
        Piece::Data(_) => 0,
        Piece::Hole(length) => *length,
    });
    each.sum()
}

fn file(virsh: &Virsh, name: &str) -> PathBuf {
    virsh.socket().with_file_name(name)
}

fn run(virsh: &Virsh, what: &str, path: &Path, more: &[&str]) -> Printed {
    let path = path.to_str().expect("a path of text");
    let arguments = [what, "--pool", "pool", "disk", path];
    virsh.run(SYSTEM, &[&arguments[..], more].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_uploads_and_downloads_a_volume() {
    let Some(virsh) = Virsh::find() else { return };
    let (daemon, pieces) = serve(&virsh, false);
    let (there, back) = (file(&virsh, "there"), file(&virsh, "back"));
    // More than all windows hold, less, and nothing.
    for length in [5_000_001, 11, 0] {
        let sent = bytes(length);
        fs::write(&there, &sent).expect("a file");
        let printed = run(&virsh, "vol-upload", &there, &[]);
        assert_eq!(printed, Printed::only("\n"));
        assert!(data(&copy(&pieces)) == sent, "{length} bytes");
        let printed = run(&virsh, "vol-download", &back, &[]);
        assert_eq!(printed, Printed::only("\n"));
        assert!(fs::read(&back).expect("a file") == sent, "{length} bytes");
    }
    assert_eq!(daemon.stats().malformed, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_keeps_the_holes_of_a_sparse_volume() {
    let Some(virsh) = Virsh::find() else { return };
    let (daemon, pieces) = serve(&virsh, false);
    let (there, back) = (file(&virsh, "there"), file(&virsh, "back"));
    let hole = 16 * CLUSTER;
    let (head, tail) = (bytes(CLUSTER), bytes(2 * CLUSTER));
    let all = [&head[..], &vec![0; hole], &tail].concat();
    {
        let mut file = fs::File::create(&there).expect("a file");
        file.write_all(&head).expect("there is room");
        let skipped = i64::try_from(hole).expect("it is short");
        file.seek(SeekFrom::Current(skipped)).expect("it is a file");
        file.write_all(&tail).expect("there is room");
    }
    let printed = run(&virsh, "vol-upload", &there, &["--sparse"]);
    assert_eq!(printed, Printed::only("\n"));
    let uploaded = copy(&pieces);
    assert!(data(&uploaded) == all, "byte for byte");
    assert_eq!(holes(&uploaded), hole as u64);
    // Holes at both ends as well.
    let margin = [Piece::Hole(4 * CLUSTER as u64)];
    let given = [&margin, &uploaded[..], &margin].concat();
    set(&pieces, given.clone());
    let printed = run(&virsh, "vol-download", &back, &["--sparse"]);
    assert_eq!(printed, Printed::only("\n"));
    assert!(fs::read(&back).expect("a file") == data(&given));
    let taken = fs::metadata(&back).expect("a file").blocks() * 512;
    assert!(taken < all.len() as u64 / 2, "{taken} bytes on the disk");
    assert_eq!(daemon.stats().malformed, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_shows_why_an_upload_has_failed() {
    let Some(virsh) = Virsh::find() else { return };
    let (_daemon, _) = serve(&virsh, true);
    let there = file(&virsh, "there");
    fs::write(&there, bytes(5_000_000)).expect("a file");
    let printed = run(&virsh, "vol-upload", &there, &[]);
    assert_eq!(printed.code, Some(1));
    let text = "the disk of the example is full";
    assert!(printed.stderr.contains(text), "{printed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_shows_what_goes_wrong_with_a_download_except_for_data_that_is_missing() {
    let Some(virsh) = Virsh::find() else { return };
    let pieces = Pieces::default();
    let fake = FakeDaemon::new(router(&pieces, false));
    let listener = UnixListener::bind(virsh.socket()).expect("a socket");
    fake.listen(listener, Access::ReadWrite);
    let back = file(&virsh, "back");
    let words = ["one", "two", "three"].map(|word| Piece::Data(word.into()));
    set(&pieces, words.to_vec());
    let download = |skip, fault| {
        fake.inject(
            When::sent_on::<proc::StorageVolDownload>().skip(skip),
            fault,
        );
        let printed = run(&virsh, "vol-download", &back, &[]);
        // What was for packets that did not come.
        fake.heal();
        (printed, fs::read_to_string(&back).unwrap_or_default())
    };
    for (skip, fault, expected) in [
        (1, Fault::Lose, "onethree"),
        (2, Fault::Truncate(2), "onetwothr"),
        (0, Fault::Reorder(1), "twoonethree"),
        (0, Fault::Double, "oneonetwothree"),
        (1, Fault::Delay(Duration::from_millis(300)), "onetwothree"),
    ] {
        let text = format!("{fault:?}");
        let (printed, got) = download(skip, fault);
        assert_eq!(printed, Printed::only("\n"), "{text}");
        assert_eq!(got, expected, "{text}");
    }
    for (fault, expected) in [
        (Fault::Refuse(full()), "the disk of the example is full"),
        // virsh says from another thread that it has been cut off, in the midst of this.
        (Fault::CutOff(20), "cannot receive data from volume"),
        (
            Fault::Garbage(vec![0xff; 40]),
            "cannot receive data from volume",
        ),
    ] {
        let text = format!("{fault:?}");
        let (printed, _) = download(1, fault);
        assert_eq!(printed.code, Some(1), "{text}: {printed:?}");
        assert!(printed.stderr.contains(expected), "{text}: {printed:?}");
    }
}

//! The socket that clients come by: whose it is, who may use it, what becomes of it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{Bridge, PATIENCE};

const ARGUMENTS: [&str; 4] = ["--listen", "sock", "--qmp", "web=web.qmp"];

/// Waits until somebody listens.
fn wait_for(path: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while UnixStream::connect(path).is_err() {
        assert!(Instant::now() < deadline, "nobody listens");
        sleep(Duration::from_millis(10));
    }
}

/// A socket at which nobody listens: a listener that has gone does not remove it.
fn leave_over(path: &Path) {
    drop(UnixListener::bind(path).expect("a socket"));
}

#[test]
fn a_socket_that_is_taken_is_said_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    let taken = UnixListener::bind(&path).expect("a socket");
    let expected = "virt-graphics-bridge: cannot listen at sock: somebody listens there\n";
    let (code, said) = Bridge::start(folder.path(), &ARGUMENTS).end(None);
    assert_eq!((code, said.as_str()), (Some(1), expected));
    // As many wait for this one as can, so that another would have to.
    taken.set_nonblocking(true).expect("it is a socket");
    let crowd: Vec<_> = (0..5000)
        .map_while(|_| crate::connect_now(&path).ok())
        .collect();
    assert!(crate::connect_now(&path).is_err(), "{}", crowd.len());
    let (code, said) = Bridge::start(folder.path(), &ARGUMENTS).end(None);
    assert_eq!((code, said.as_str()), (Some(1), expected));
    assert!(path.exists());
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    fs::write(&path, "a file").expect("a file");
    let (code, said) = Bridge::start(folder.path(), &ARGUMENTS).end(None);
    let expected =
        "virt-graphics-bridge: cannot listen at sock: Address already in use (os error 98)\n";
    assert_eq!((code, said.as_str()), (Some(1), expected));
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "a file");
}

#[test]
fn of_several_that_start_at_once_one_listens() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sock");
        leave_over(&path);
        let mut bridges: Vec<_> = (0..6)
            .map(|_| Bridge::start(folder.path(), &ARGUMENTS))
            .collect();
        let deadline = Instant::now() + PATIENCE;
        while bridges.len() > 1 {
            assert!(
                Instant::now() < deadline,
                "{} believe to listen",
                bridges.len()
            );
            bridges.retain_mut(Bridge::is_running);
            sleep(Duration::from_millis(10));
        }
        wait_for(&path);
        let last = bridges.pop().expect("one is left");
        assert_eq!(last.end(Some(Signal::TERM)).0, Some(0));
        let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_socket_that_somebody_else_has_put_there_stays_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sock");
    leave_over(&path);
    let before = fs::metadata(&path).expect("it is there").ino();
    let bridge = Bridge::start(folder.path(), &ARGUMENTS);
    wait_for(&path);
    // The number of a file that is gone may be given again.
    fs::rename(&path, folder.path().join("kept")).expect("it is there");
    let _other = UnixListener::bind(&path).expect("the place is free");
    assert_ne!(fs::metadata(&path).expect("it is there").ino(), before);
    assert_eq!(bridge.end(Some(Signal::TERM)).0, Some(0));
    wait_for(&path);
}

#[test]
fn only_its_user_may_connect_unless_a_mode_says_otherwise() {
    for (words, expected) in [(&[][..], 0o600), (&["--mode", "0666"], 0o666)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sock");
        let bridge = Bridge::start(folder.path(), &[&ARGUMENTS[..], words].concat());
        wait_for(&path);
        let mode = fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, expected);
        bridge.end(Some(Signal::TERM));
        assert!(!path.exists());
    }
}

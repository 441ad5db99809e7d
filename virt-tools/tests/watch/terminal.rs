//! What it does on a terminal: a pseudoterminal, whose other end is the test.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::daemon::{Daemon, events};
use crate::program::{Program, command};

/// What ends the program's own screen, and shows what was there before.
const LEAVE: &str = "\x1b[?1049l";

/// The user's end of a terminal.
struct Terminal {
    keyboard: File,
    /// The program's end, to look at its settings.
    line: File,
    shown: String,
    output: Receiver<Vec<u8>>,
}

impl Terminal {
    /// Starts the program on a terminal of its own.
    fn start(arguments: &[&str]) -> (Self, Program) {
        // It hangs up with the last handle, of which the program has none.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = openpt(flags).expect("a pseudoterminal");
        grantpt(&master).expect("it is ours");
        unlockpt(&master).expect("it can be opened");
        let size = Winsize {
            ws_row: 24,
            ws_col: 120,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).expect("it has a size");
        let name = ptsname(&master, Vec::new()).expect("it has a name");
        let name = name.into_string().expect("which is text");
        let line = OpenOptions::new().read(true).write(true).open(name);
        let line = line.expect("it can be opened");
        let end = || line.try_clone().expect("another handle");
        let mut command = command(arguments);
        command.env("TERM", "xterm-256color");
        command.stdin(end()).stdout(end()).stderr(end());
        let program = Program::of(command.spawn().expect("it starts"));
        let keyboard = File::from(master);
        let mut screen = keyboard.try_clone().expect("another handle");
        let (sender, output) = mpsc::channel();
        // It ends with the terminal, or with the test.
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let terminal = Self {
            keyboard,
            line,
            shown: String::new(),
            output,
        };
        (terminal, program)
    }

    /// Waits until this has been written to the screen.
    fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !self.shown.contains(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.shown.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{text} is not shown ({error}): {:?}", self.shown),
            }
        }
    }

    fn press(&mut self, key: &[u8]) {
        self.keyboard.write_all(key).expect("it is read");
    }

    /// Whether what is typed is shown, and read by lines: as a shell has it.
    fn is_as_it_was(&self) -> bool {
        let modes = tcgetattr(&self.line).expect("it is a terminal").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }
}

#[test]
fn a_table_is_drawn_and_each_way_to_end_it_leaves_the_terminal_as_it_was() {
    let ends: [fn(&mut Terminal, &Program); 4] = [
        |terminal, _| terminal.press(b"q"),
        // Ctrl-C, as a key.
        |terminal, _| terminal.press(b"\x03"),
        |_, program| program.signal(Signal::INT),
        |_, program| program.signal(Signal::TERM),
    ];
    for end in ends {
        let (mut terminal, program) = Terminal::start(&[]);
        terminal.wait_for("IDENTITIES");
        terminal.wait_for("192.0.2.1:5900");
        terminal.wait_for("x509dname=CN=ann.example,O=Example");
        assert!(!terminal.is_as_it_was());
        end(&mut terminal, &program);
        assert_eq!(program.end().0.code(), Some(0));
        terminal.wait_for(LEAVE);
        assert!(terminal.is_as_it_was());
    }
}

#[test]
fn when_no_host_can_be_watched_the_reason_stays_on_the_terminal() {
    let (mut terminal, program) = Terminal::start(&["nonsense"]);
    assert_eq!(program.end().0.code(), Some(1));
    terminal.wait_for(LEAVE);
    terminal
        .wait_for("virt-watch: nonsense: the URI does not begin with a driver, as `qemu:///`\r\n");
    let (_, after) = terminal.shown.rsplit_once(LEAVE).expect("it was just seen");
    assert!(after.contains("virt-watch: nonsense: "), "{after:?}");
}

#[test]
fn rows_are_scrolled_by_keys() {
    let events = (0..60).map(|port| {
        let mut event = events(1).remove(0);
        // The first to come is the last in the table.
        let name = if port == 0 { "zzz-last" } else { "many" };
        event.domain.name = name.to_owned();
        event.remote.service = port.to_string();
        event
    });
    let daemon = Daemon::telling("a.example", events.collect(), Duration::from_mins(10));
    let (mut terminal, program) = Terminal::start(&[&daemon.uri()]);
    terminal.wait_for(" below: arrows");
    terminal.shown.clear();
    // The key End, as an xterm sends it.
    terminal.press(b"\x1b[F");
    terminal.wait_for("zzz-last");
    terminal.press(b"q");
    assert_eq!(program.end().0.code(), Some(0));
}

#[test]
fn a_password_is_asked_for_and_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let uri = format!(
        "test+unix:///default?socket={}/none",
        folder.path().display()
    );
    let (mut terminal, program) = Terminal::start(&["--ask-password", &uri]);
    terminal.wait_for("Password: ");
    terminal.press(b"correct horse\r");
    assert_eq!(program.end().0.code(), Some(1));
    terminal.wait_for("is the daemon running there?");
    assert!(!terminal.shown.contains("horse"), "{}", terminal.shown);
    let ends: [fn(&mut Terminal, &Program); 2] = [
        |terminal, _| terminal.press(b"\x03"),
        |_, program| program.signal(Signal::TERM),
    ];
    for end in ends {
        let (mut terminal, program) = Terminal::start(&["--ask-password", &uri]);
        terminal.wait_for("Password: ");
        assert!(!terminal.is_as_it_was());
        end(&mut terminal, &program);
        assert_eq!(program.end().0.code(), Some(0));
        assert!(terminal.is_as_it_was());
    }
}

#[test]
fn a_terminal_that_hangs_up_ends_it_in_order() {
    let (mut terminal, program) = Terminal::start(&[]);
    terminal.wait_for("IDENTITIES");
    // The reader of the screen, who has the last handle, ends with the next that is shown.
    drop(terminal);
    assert_eq!(program.end().0.code(), Some(1));
}

#[test]
fn at_a_table_ssh_asks_for_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let ssh = folder.path().join("ssh");
    fs::write(&ssh, "#!/bin/sh\necho \"$@\" >&2\nexit 1\n").expect("a file");
    fs::set_permissions(&ssh, Permissions::from_mode(0o700)).expect("it is ours");
    let uri = |more: &str| format!("qemu+ssh://h/system?command={}{more}", ssh.display());
    let (mut terminal, program) = Terminal::start(&[&uri("")]);
    assert_eq!(program.end().0.code(), Some(1));
    terminal.wait_for("-T -e none -o BatchMode=yes -- h");
    // Who says otherwise means it; where there is no table, keys are not read here.
    for arguments in [&[&*uri("&no_tty=0")][..], &["--json", &*uri("")]] {
        let (mut terminal, program) = Terminal::start(arguments);
        assert_eq!(program.end().0.code(), Some(1));
        terminal.wait_for("-T -e none -- h");
    }
}

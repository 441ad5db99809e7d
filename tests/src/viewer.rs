//! A viewer that goes just far enough for QEMU to tell of it (RFC 6143, section 7.1 to 7.3).

use std::io::{Read, Write};

/// A connection to a screen. Dropping it ends it.
pub struct Viewer<T>(T);

/// Security type without authentication.
const NONE: u8 = 1;

/// Security type of VeNCrypt, and what of it is TLS with certificates, alone and with SASL in it.
const VENCRYPT: u8 = 19;
const X509_NONE: u32 = 260;
const X509_SASL: u32 = 263;

/// Who logs in by SASL.
pub struct Login<'a> {
    /// The name, with its realm.
    pub user: &'a str,
    /// The password.
    pub password: &'a str,
}

impl<T: Read + Write> Viewer<T> {
    /// Begins a connection. QEMU has told of it when this returns.
    ///
    /// # Panics
    /// If no screen answers.
    pub fn connect(io: T) -> Self {
        let mut viewer = Self(io);
        assert!(viewer.read(12).starts_with(b"RFB 003."));
        viewer
    }

    /// Goes on as far as QEMU's description of the screen.
    ///
    /// # Panics
    /// If QEMU does not let the viewer in.
    pub fn view(&mut self) {
        self.choose(NONE);
        self.enter();
    }

    /// The same by VeNCrypt, in the TLS that this makes of the connection, where it may log in.
    ///
    /// # Panics
    /// As [`view`](Self::view).
    pub fn view_in_tls<S: Read + Write>(
        mut self,
        tls: impl FnOnce(T) -> S,
        login: Option<&Login<'_>>,
    ) -> Viewer<S> {
        self.choose(VENCRYPT);
        // Version 0.2 of it, which is the only one.
        assert_eq!(self.read(2), [0, 2]);
        self.write(&[0, 2]);
        assert_eq!(self.read(1), [0]);
        let wanted = login.map_or(X509_NONE, |_| X509_SASL).to_be_bytes();
        let count = usize::from(self.read(1)[0]);
        let offered = self.read(4 * count);
        assert!(offered.chunks(4).any(|it| it == wanted), "{offered:?}");
        self.write(&wanted);
        assert_eq!(self.read(1), [1]);
        let mut viewer = Viewer(tls(self.0));
        if let Some(login) = login {
            viewer.log_in(login);
        }
        viewer.enter();
        viewer
    }

    /// By PLAIN (RFC 4616). What the client says first ends with a zero, which is counted.
    fn log_in(&mut self, login: &Login<'_>) {
        let length = self.word();
        let mechanisms = String::from_utf8(self.read(length)).expect("QEMU sends text");
        assert!(
            mechanisms.split(',').any(|it| it == "PLAIN"),
            "{mechanisms}"
        );
        self.counted(b"PLAIN");
        let (user, password) = (login.user, login.password);
        self.counted(format!("\0{user}\0{password}\0").as_bytes());
        let length = self.word();
        self.read(length);
        assert_eq!(self.read(1), [1], "no further step");
    }

    fn counted(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).expect("it is short");
        self.write(&length.to_be_bytes());
        self.write(bytes);
    }

    fn choose(&mut self, security: u8) {
        self.write(b"RFB 003.008\n");
        let count = self.read(1)[0];
        assert!(self.read(count.into()).contains(&security));
        self.write(&[security]);
    }

    fn enter(&mut self) {
        assert_eq!(self.word(), 0, "the viewer is let in");
        // ClientInit: others may view as well.
        self.write(&[1]);
        // Width, height, format of a pixel; the name.
        self.read(20);
        let length = self.word();
        self.read(length);
    }

    fn word(&mut self) -> usize {
        let bytes = self.read(4);
        bytes
            .iter()
            .fold(0, |word, byte| word << 8 | usize::from(*byte))
    }

    fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).expect("QEMU goes on");
        bytes
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("QEMU listens");
    }
}

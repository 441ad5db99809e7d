//! A viewer that goes just far enough for QEMU to tell of it (RFC 6143, section 7.1 to 7.3).

use std::io::{Read, Write};

/// A connection to a screen. Dropping it ends it.
pub struct Viewer<T>(T);

/// Security type without authentication.
const NONE: u8 = 1;

/// Security type of VeNCrypt, and what of it is TLS with certificates and nothing more.
const VENCRYPT: u8 = 19;
const X509_NONE: usize = 260;

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

    /// The same by VeNCrypt, in the TLS that this makes of the connection.
    ///
    /// # Panics
    /// As [`view`](Self::view).
    pub fn view_in_tls<S: Read + Write>(mut self, tls: impl FnOnce(T) -> S) -> Viewer<S> {
        self.choose(VENCRYPT);
        // Version 0.2 of it, which is the only one.
        assert_eq!(self.read(2), [0, 2]);
        self.write(&[0, 2]);
        assert_eq!(self.read(1), [0]);
        let count = self.read(1)[0];
        let offered: Vec<_> = (0..count).map(|_| self.word()).collect();
        assert!(offered.contains(&X509_NONE), "{offered:?}");
        self.write(&[0, 0, 1, 4]);
        assert_eq!(self.read(1), [1]);
        let mut viewer = Viewer(tls(self.0));
        viewer.enter();
        viewer
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

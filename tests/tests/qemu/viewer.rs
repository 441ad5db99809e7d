//! A viewer that goes just far enough for QEMU to tell of it (RFC 6143, section 7.1 to 7.3).

use std::io::{Read, Write};

/// A connection to a screen. Dropping it ends it.
pub(crate) struct Viewer<T>(T);

/// Security type without authentication.
const NONE: u8 = 1;

impl<T: Read + Write> Viewer<T> {
    /// Begins a connection. QEMU has told of it when this returns.
    pub(crate) fn connect(io: T) -> Self {
        let mut viewer = Self(io);
        assert!(viewer.read(12).starts_with(b"RFB 003."));
        viewer
    }

    /// Goes on as far as QEMU's description of the screen.
    pub(crate) fn view(&mut self) {
        self.write(b"RFB 003.008\n");
        let count = self.read(1)[0];
        assert!(self.read(count.into()).contains(&NONE));
        self.write(&[NONE]);
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

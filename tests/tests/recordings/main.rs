//! What a real virsh and a real libvirtd said to each other (`tests/recordings/README.md`), read and written again.
//!
//! `XDR_RECORDINGS` names another folder of recordings, such as one of a libvirtd that runs here and now.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::fs;
use std::path::PathBuf;

mod client;
mod daemon;
mod graphics;
mod monitor;
mod packets;

/// A scenario: both directions, the headers in the order in which they passed, and what virsh printed.
struct Recording {
    name: String,
    client: Vec<u8>,
    server: Vec<u8>,
    packets: String,
    virsh: String,
}

impl Recording {
    /// All of them, by name.
    fn all() -> Vec<Self> {
        let folder = std::env::var_os("XDR_RECORDINGS").map_or_else(
            || xdr_tests::root().join("tests/recordings/libvirt-9.0.0"),
            PathBuf::from,
        );
        let entries = fs::read_dir(&folder).expect("the folder of recordings can be read");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("the folder can be read").file_name())
            .filter_map(|file| Some(file.to_str()?.strip_suffix(".packets.txt")?.to_owned()))
            .collect();
        names.sort();
        assert!(!names.is_empty(), "{} has recordings", folder.display());
        let read = |file: String| {
            let path = folder.join(file);
            fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let text = |file| String::from_utf8(read(file)).expect("listings are text");
        names
            .into_iter()
            .map(|name| Self {
                client: read(format!("{name}.client.bin")),
                server: read(format!("{name}.server.bin")),
                packets: text(format!("{name}.packets.txt")),
                virsh: text(format!("{name}.virsh.txt")),
                name,
            })
            .collect()
    }

    /// The directions by their names in the listing.
    fn directions(&self) -> [(&'static str, &[u8]); 2] {
        [("client", &self.client), ("server", &self.server)]
    }
}

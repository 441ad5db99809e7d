//! Runs tshark with nothing of this machine's configuration.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No run takes a tenth of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A folder for captures, outputs and a configuration without preferences.
pub(crate) struct Tshark {
    folder: TempDir,
}

impl Tshark {
    /// If it is here and has the dissector; otherwise the calling test is reported as skipped.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        static HAS_DISSECTOR: OnceLock<bool> = OnceLock::new();
        if !xdr_tests::has_program("tshark") {
            return None;
        }
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        let tshark = Self { folder };
        let has_dissector = HAS_DISSECTOR.get_or_init(|| {
            let protocols = tshark.list("protocols");
            protocols.lines().any(|line| line.ends_with("\tlibvirt"))
        });
        if *has_dissector {
            return Some(tshark);
        }
        xdr_tests::skip("tshark cannot read libvirt's packets; package libvirt-wireshark can");
        None
    }

    /// What it reads in a capture, as PDML.
    pub(crate) fn dissect(&self, capture: &[u8]) -> String {
        let file = self.folder.path().join("capture.pcap");
        fs::write(&file, capture).expect("the capture can be written");
        let file = file.to_str().expect("temporary folders have plain names");
        // `-n`: asks no name server. `-J`: details of no other protocol.
        self.run(&["-n", "-r", file, "-T", "pdml", "-J", "libvirt"])
    }

    /// One of its glossaries, a line each with tabs between columns: `protocols`, `fields`, or the `values` of fields
    /// that have names.
    pub(crate) fn list(&self, glossary: &str) -> String {
        self.run(&["-G", glossary])
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.folder.path().join("output");
        let file = File::create(&output).expect("the output can be written");
        let errors = self.folder.path().join("errors");
        let mut tshark = Command::new("tshark")
            .args(arguments)
            .env("WIRESHARK_CONFIG_DIR", self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(File::create(&errors).expect("errors can be written"))
            .spawn()
            .expect("tshark starts as it did before");
        let start = Instant::now();
        let status = loop {
            if let Some(status) = tshark.try_wait().expect("a child can be waited for") {
                break status;
            }
            if start.elapsed() > PATIENCE {
                let killed = tshark.kill().and_then(|()| tshark.wait());
                panic!("tshark took more than {PATIENCE:?} over {arguments:?}: {killed:?}");
            }
            thread::sleep(Duration::from_millis(10));
        };
        assert!(
            status.success(),
            "tshark {arguments:?}: {status}\n{}",
            read(&errors)
        );
        read(&output)
    }
}

fn read(file: &Path) -> String {
    let bytes = fs::read(file).expect("what was written can be read");
    String::from_utf8(bytes).expect("tshark writes UTF-8")
}

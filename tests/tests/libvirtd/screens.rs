//! Who comes to the screens of guests, as this client hears it from a real libvirtd, line by line what virsh prints.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use libvirt_remote::{Connection, Events};
use protocol_defs::graphics::GraphicsEvent;
use tokio::time::timeout;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use xdr_tests::viewer::{Login, Viewer};

use crate::daemon::{Daemon, errors, free_port, has};
use crate::ways_in::{PASSWORD, USER, certificates, passwords};

pub(crate) const DRIVER: &str = "qemu:///session";

/// A libvirtd whose guests are QEMUs. They end with it.
pub(crate) struct Host {
    pub(crate) daemon: Daemon,
}

impl Host {
    /// One whose QEMU driver has these settings more; or the calling test is reported as skipped.
    #[track_caller]
    pub(crate) fn start(settings: impl FnOnce(&Path) -> String) -> Option<Self> {
        if !has("qemu-system-x86_64") {
            xdr_tests::skip("there is no qemu-system-x86_64");
            return None;
        }
        let daemon = Daemon::start_with(|folder| {
            // Guests write their logs themselves: no virtlogd is needed.
            let mut conf = "stdio_handler = \"file\"\nsecurity_driver = \"none\"\n".to_owned();
            conf.push_str(&settings(folder));
            fs::write(folder.join("config/libvirt/qemu.conf"), conf).expect("a file in it");
            let open = [("listen_tls", "0"), ("auth_unix_rw", "\"none\"")];
            open.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        })?;
        let output = daemon.virsh(DRIVER, &["uri"]).output().expect("virsh runs");
        if errors(&output).contains("no connection driver") {
            xdr_tests::skip("libvirtd has no driver for QEMU");
            return None;
        }
        assert!(output.status.success(), "{}", errors(&output));
        Some(Self { daemon })
    }

    /// Begins a guest that does nothing and has this screen.
    pub(crate) fn guest(&self, name: &str, graphics: &str) {
        let xml = format!(
            "<domain type='qemu'><name>{name}</name><memory unit='MiB'>64</memory>\
             <os><type arch='x86_64' machine='q35'>hvm</type></os>\
             <devices><graphics type='vnc' {graphics}/></devices></domain>"
        );
        let path = self.daemon.path(&format!("{name}.xml"));
        fs::write(&path, xml).expect("a file in the folder");
        let path = path.display().to_string();
        self.daemon
            .virsh_says(DRIVER, &["create", &path, "--paused"]);
    }
}

impl Drop for Host {
    /// Guests outlive a daemon that is killed.
    fn drop(&mut self) {
        let Ok(files) = fs::read_dir(self.daemon.path("run/libvirt/qemu/run")) else {
            return;
        };
        for file in files.flatten().map(|entry| entry.path()) {
            if file.extension().is_some_and(|extension| extension == "pid")
                && let Ok(id) = fs::read_to_string(&file)
            {
                // It may have ended.
                let _ = Command::new("kill").args(["-KILL", id.trim()]).status();
            }
        }
    }
}

/// This client and virsh, both registered for graphics events.
struct Watched {
    events: Events<GraphicsEvent>,
    virsh: Child,
    stdout: BufReader<ChildStdout>,
    seen: String,
    count: usize,
    _conn: Connection,
}

impl Watched {
    async fn start(host: &Host) -> Self {
        let arguments = ["event", "--event", "graphics", "--loop", "--timeout", "60"];
        let mut virsh = host.daemon.virsh(DRIVER, &arguments);
        let mut virsh = virsh.stdout(Stdio::piped()).spawn().expect("virsh runs");
        let stdout = BufReader::new(virsh.stdout.take().expect("it is piped"));
        let conn = Connection::open(&host.daemon.uri(DRIVER)).await;
        let conn = conn.unwrap_or_else(|error| panic!("{error}"));
        let events = conn.events::<GraphicsEvent>(None).await;
        // virsh has to be there, too, and does not say when it is.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Self {
            events: events.expect("registered"),
            virsh,
            stdout,
            seen: String::new(),
            count: 0,
            _conn: conn,
        }
    }

    /// Takes this many events.
    async fn take(&mut self, count: usize) {
        for _ in 0..count {
            let event = timeout(Duration::from_mins(1), self.events.recv()).await;
            let event = event.expect("it comes").expect("an event");
            let _ = writeln!(self.seen, "{}", event.expect("a good one"));
        }
        self.count += count;
    }

    /// Ends virsh as Ctrl-C does, and gives what this client has seen, which is what virsh has printed.
    fn compare(mut self) -> String {
        let mut printed = String::new();
        while printed.len() < self.seen.len() {
            let read = self.stdout.read_line(&mut printed);
            assert!(read.expect("virsh prints text") > 0, "{printed}");
        }
        // The process in which setpriv has started it, too.
        let id = self.virsh.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill runs").success(), "it is there");
        let rest = self.stdout.read_to_string(&mut printed);
        rest.expect("virsh prints text");
        let count = self.count;
        let end = format!("event loop interrupted\nevents received: {count}\n");
        assert_eq!(printed, format!("{}{end}", self.seen));
        std::mem::take(&mut self.seen)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.virsh.kill();
        let _ = self.virsh.wait();
    }
}

/// The three events of a visit.
fn visit(guest: &str, local: &str, remote: &str) -> String {
    let phases = ["connect", "initialize", "disconnect"];
    let line = |phase| {
        format!(
            "event 'graphics' for domain '{guest}': {phase} local[{local}] remote[{remote}] none\n"
        )
    };
    phases.map(line).concat()
}

#[tokio::test]
async fn viewers_are_told_of_in_the_words_of_virsh() {
    let Some(host) = Host::start(|_| String::new()) else {
        return;
    };
    let (port, socket) = (free_port(), host.daemon.path("unix.vnc"));
    host.guest("tcp", &format!("port='{port}' listen='127.0.0.1'"));
    host.guest("unix", &format!("socket='{}'", socket.display()));
    let mut watched = Watched::start(&host).await;
    let mut expected = String::new();
    for _ in 0..2 {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("QEMU listens");
        let from = stream.local_addr().expect("an address").port();
        Viewer::connect(stream).view();
        watched.take(3).await;
        expected.push_str(&visit(
            "tcp",
            &format!("IPv4 127.0.0.1 {port}"),
            &format!("IPv4 127.0.0.1 {from}"),
        ));
        Viewer::connect(UnixStream::connect(&socket).expect("QEMU listens")).view();
        watched.take(3).await;
        let local = format!("unix  {}", socket.display());
        expected.push_str(&visit("unix", &local, "unix  "));
    }
    assert_eq!(watched.compare(), expected);
}

/// TLS to QEMU, as whom the certificate in this folder is for.
fn tls(folder: &Path, stream: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
    let certificate = |name: &str| {
        let read = CertificateDer::from_pem_file(folder.join(name));
        read.expect("a certificate")
    };
    let mut roots = RootCertStore::empty();
    roots.add(certificate("cacert.pem")).expect("an authority");
    let key = PrivateKeyDer::from_pem_file(folder.join("clientkey.pem")).expect("a key");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate("clientcert.pem")], key)
        .expect("they belong together");
    let name = "localhost".try_into().expect("a name");
    let tls = ClientConnection::new(Arc::new(config), name).expect("it can begin");
    StreamOwned::new(tls, stream)
}

/// Certificates where QEMU looks for them, and settings by which it asks viewers for theirs.
fn with_certificates(folder: &Path) -> String {
    certificates(folder);
    let screens = folder.join("screens");
    fs::create_dir(&screens).expect("a folder in it");
    for (from, to) in [
        ("cacert.pem", "ca-cert.pem"),
        ("servercert.pem", "server-cert.pem"),
        ("serverkey.pem", "server-key.pem"),
    ] {
        fs::copy(folder.join(from), screens.join(to)).expect("a copy");
    }
    let screens = screens.display();
    format!("vnc_tls = 1\nvnc_tls_x509_verify = 1\nvnc_tls_x509_cert_dir = \"{screens}\"\n")
}

/// A visit to the screen of a guest in TLS, as both have seen it.
async fn visit_in_tls(host: &Host, login: Option<&Login<'_>>) -> String {
    let port = free_port();
    host.guest("tls", &format!("port='{port}' listen='127.0.0.1'"));
    let mut watched = Watched::start(host).await;
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("QEMU listens");
    let folder = host.daemon.path("");
    Viewer::connect(stream).view_in_tls(|stream| tls(&folder, stream), login);
    watched.take(3).await;
    watched.compare()
}

#[tokio::test]
async fn who_shows_a_certificate_is_named_as_virsh_names_it() {
    if !has("openssl") {
        xdr_tests::skip("there is no openssl");
        return;
    }
    let Some(host) = Host::start(with_certificates) else {
        return;
    };
    let seen = visit_in_tls(&host, None).await;
    assert_eq!(seen.matches("vencrypt+x509+none").count(), 3, "{seen}");
    let name = "\n\tx509dname=O=Example Org,CN=viewer.example\n";
    assert!(seen.contains(name), "{seen}");
}

#[tokio::test]
async fn who_logs_in_is_named_as_well() {
    if !has("openssl") || !has("saslpasswd2") {
        xdr_tests::skip("there is no openssl, or no saslpasswd2");
        return;
    }
    let host = Host::start(|folder| {
        passwords(folder);
        let sasl = folder.join("sasl");
        fs::copy(sasl.join("libvirt.conf"), sasl.join("qemu.conf")).expect("a copy");
        let settings = with_certificates(folder);
        let sasl = sasl.display();
        format!("{settings}vnc_sasl = 1\nvnc_sasl_dir = \"{sasl}\"\n")
    });
    let Some(host) = host else {
        return;
    };
    let (user, password) = (USER, PASSWORD);
    let seen = visit_in_tls(&host, Some(&Login { user, password })).await;
    assert_eq!(seen.matches("vencrypt+x509+sasl").count(), 3, "{seen}");
    let names = format!("\n\tx509dname=O=Example Org,CN=viewer.example\n\tsaslUsername={USER}\n");
    assert!(seen.contains(&names), "{seen}");
}

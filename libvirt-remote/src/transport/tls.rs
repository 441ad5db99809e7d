//! TLS as libvirt's daemons have it: an authority of one's own, certificates for both sides, and a byte from the daemon
//! once it has taken the client's.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::AsyncReadExt;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{
    CertificateDer, CertificateRevocationListDer, PrivateKeyDer, ServerName, UnixTime,
};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use super::{Transport, tcp_stream};
use crate::uri::Uri;

/// What the daemon says when it has taken the client's certificate.
const WELCOME: u8 = 1;

pub(super) async fn connect(host: &str, port: u16, uri: &Uri) -> io::Result<Transport> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let files = Files::of(uri.parameter("pkipath"));
    let no_verify = uri.no_verify;
    let config = tokio::task::spawn_blocking(move || config(&files, no_verify));
    let connector = TlsConnector::from(Arc::new(config.await??));
    let stream = tcp_stream(host, port).await?;
    let connected = connector.connect(name, stream).await;
    let mut stream = connected.map_err(in_words)?;
    welcome(&mut stream).await?;
    let transport = Transport::new(stream);
    // Whoever it is that has not been looked at may hand on what he is told.
    Ok(if no_verify {
        transport
    } else {
        transport.private()
    })
}

/// An error of TLS. Of a certificate without names it is said why that of its subject, which `GnuTLS` falls back to, is none.
fn in_words(error: io::Error) -> io::Error {
    let tls = error.get_ref().and_then(|error| error.downcast_ref());
    match tls {
        Some(Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented,
            ..
        })) if presented.is_empty() => {
            let text = "the daemon's certificate names no host in subjectAltName, and its common name is not looked at";
            io::Error::new(error.kind(), text)
        }
        _ => error,
    }
}

/// Until it has come, what is sent may go to nobody.
async fn welcome(stream: &mut TlsStream<tokio::net::TcpStream>) -> io::Result<()> {
    match stream.read_u8().await {
        Ok(WELCOME) => Ok(()),
        Ok(_) => Err(io::Error::other("what answers is no libvirt daemon")),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            let why = "the daemon does not take the client's certificate";
            Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
        }
        Err(error) => Err(error),
    }
}

/// Where certificates are. Of the client there may be none.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Files {
    authority: PathBuf,
    revoked: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    /// In the folder that was named; otherwise in the user's, each where it is there, and in the system's.
    fn of(folder: Option<&str>) -> Self {
        if let Some(folder) = folder {
            return Self::inside(Path::new(folder));
        }
        let system = Self {
            authority: "/etc/pki/CA/cacert.pem".into(),
            revoked: "/etc/pki/CA/cacrl.pem".into(),
            certificate: "/etc/pki/libvirt/clientcert.pem".into(),
            key: "/etc/pki/libvirt/private/clientkey.pem".into(),
        };
        let home = std::env::var_os("HOME").filter(|_| !rustix::process::geteuid().is_root());
        match home {
            Some(home) => system.behind(Self::inside(&Path::new(&home).join(".pki/libvirt"))),
            None => system,
        }
    }

    fn inside(folder: &Path) -> Self {
        Self {
            authority: folder.join("cacert.pem"),
            revoked: folder.join("cacrl.pem"),
            certificate: folder.join("clientcert.pem"),
            key: folder.join("clientkey.pem"),
        }
    }

    /// These, where the user's own are not there. Certificate and key belong together.
    fn behind(self, user: Self) -> Self {
        let mut files = self;
        if user.authority.exists() {
            files.authority = user.authority;
        }
        if user.revoked.exists() {
            files.revoked = user.revoked;
        }
        if user.certificate.exists() && user.key.exists() {
            files.certificate = user.certificate;
            files.key = user.key;
        }
        files
    }
}

fn config(files: &Files, no_verify: bool) -> io::Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = if no_verify {
        Arc::new(Anybody(Arc::clone(&provider)))
    } else {
        verifier(files, &provider)?
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    if !files.certificate.exists() && !files.key.exists() {
        return Ok(config.with_no_client_auth());
    }
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong(&files.key, error))?;
    config
        .with_client_auth_cert(chain, key)
        .map_err(|error| wrong(&files.certificate, error))
}

/// The daemon's certificate is of the authority, has not been revoked, and is for the host.
fn verifier(
    files: &Files,
    provider: &Arc<CryptoProvider>,
) -> io::Result<Arc<WebPkiServerVerifier>> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(&files.authority)? {
        roots
            .add(certificate)
            .map_err(|error| wrong(&files.authority, error))?;
    }
    let mut verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
    if files.revoked.exists() {
        // Each authority has its own.
        let lists = CertificateRevocationListDer::pem_file_iter(&files.revoked)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(&files.revoked, error))?;
        if lists.is_empty() {
            return Err(wrong(&files.revoked, pem::Error::NoItemsFound));
        }
        verifier = verifier.with_crls(lists).allow_unknown_revocation_status();
    }
    verifier.build().map_err(io::Error::other)
}

fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| wrong(path, error))
}

/// Which of the files it is.
fn wrong(path: &Path, error: impl std::error::Error) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}

/// Takes any certificate (`no_verify`). That the daemon has its key is still seen to.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        tokio_rustls::rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signed,
            algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        tokio_rustls::rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signed,
            algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;

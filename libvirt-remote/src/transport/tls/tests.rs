//! Certificates that are there, and what is made of a daemon's.

use std::fs;
use std::net::Ipv4Addr;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, IsCa, Issuer,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, date_time_ymd,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::*;

#[test]
fn the_users_files_come_before_the_systems_and_a_key_with_its_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let (system, user) = (folder.path().join("system"), folder.path().join("user"));
    fs::create_dir(&user).expect("a folder in it");
    let (system, user) = (Files::inside(&system), Files::inside(&user));
    let chosen = || system.clone().behind(user.clone());
    assert_eq!(chosen(), system);
    fs::write(&user.authority, "").expect("a file in it");
    fs::write(&user.key, "").expect("a file in it");
    assert_eq!(chosen().authority, user.authority);
    assert_eq!(chosen().key, system.key);
    fs::write(&user.certificate, "").expect("a file in it");
    assert_eq!(
        (chosen().certificate, chosen().key),
        (user.certificate.clone(), user.key.clone())
    );
    assert_eq!(chosen().revoked, system.revoked);
}

/// An authority, and its certificate.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key).expect("a certificate").pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// The list of those that it has taken back, as PEM.
    fn revoking(&self, serials: &[u64]) -> String {
        let revoked_certs = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2024, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2024, 1, 1),
            next_update: date_time_ymd(4000, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer).expect("a list");
        list.pem().expect("it is written")
    }
}

/// Connects to a daemon with a certificate for these names in `subjectAltName`, by the files in a folder.
async fn connected(
    folder: &Path,
    authority: &Authority,
    serial: u64,
    names: &[&str],
) -> io::Result<Transport> {
    let key = KeyPair::generate().expect("a key");
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("they are names");
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    params.serial_number = Some(SerialNumber::from(serial));
    let certificate = params.signed_by(&key, &authority.issuer);
    let certificate = certificate.expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("it is a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("there are some")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("it is right");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("there is loopback");
    let port = listener.local_addr().expect("an address").port();
    let daemon = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let mut stream = acceptor.accept(stream).await?;
        stream.write_u8(WELCOME).await?;
        stream.flush().await
    });
    let uri = format!("qemu://localhost/system?pkipath={}", folder.display());
    let uri = uri.parse().expect("it is a URI");
    let connected = connect("localhost", port, &uri).await;
    // It is told by what the client has.
    let _ = daemon.await.expect("it does not panic");
    connected
}

#[tokio::test]
async fn every_list_in_the_file_of_revoked_certificates_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let authorities = ["A", "B"].map(Authority::new);
    let [a, b] = &authorities;
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect("a file");
    write("cacert.pem", format!("{}{}", a.pem, b.pem));
    write(
        "cacrl.pem",
        format!("{}{}", a.revoking(&[7]), b.revoking(&[8])),
    );
    for (authority, serial, is_revoked) in
        [(a, 7, true), (a, 8, false), (b, 7, false), (b, 8, true)]
    {
        match connected(folder, authority, serial, &["localhost"]).await {
            Ok(_) => assert!(!is_revoked, "{serial} has been taken back"),
            Err(error) => {
                let error = error.to_string();
                assert!(is_revoked && error.contains("Revoked"), "{serial}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_certificate_without_names_is_refused_in_words_that_say_what_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new("A");
    fs::write(folder.path().join("cacert.pem"), &authority.pem).expect("a file");
    let error = connected(folder.path(), &authority, 1, &[]).await;
    assert_eq!(
        error.expect_err("it names nobody").to_string(),
        "the daemon's certificate names no host in subjectAltName, and its common name is not looked at"
    );
    // One that names others says so.
    let error = connected(folder.path(), &authority, 1, &["host.example"]).await;
    let error = error.expect_err("it is for another host").to_string();
    assert!(error.contains("host.example"), "{error}");
}

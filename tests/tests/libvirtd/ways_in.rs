//! TLS and SASL: who gets in, and what is said to who does not.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use libvirt_remote::{Connection, Credentials, Error, Options};
use protocol_defs::packet::ErrorCode;
use protocol_defs::remote::proc;

use crate::daemon::{Daemon, command, free_port, give_away, has};

pub(crate) const USER: &str = "viewer@host.example";
pub(crate) const PASSWORD: &str = "correct horse";

/// Settings, and the lines that they are.
fn settings<const N: usize>(settings: [(&str, &str); N]) -> Vec<(String, String)> {
    settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// An authority, and a certificate that it has made for the daemon on this host and one for the client. `authority` has
/// files of an authority beside it that nobody here knows.
pub(crate) fn certificates(folder: &Path) {
    let run = |arguments: &[&str]| {
        let output = command("openssl", folder)
            .args(arguments)
            .output()
            .expect("openssl runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {errors}");
    };
    let make = |stem: &str, subject: &str, more: &[&str]| {
        let (key, certificate) = (format!("{stem}key.pem"), format!("{stem}cert.pem"));
        let mut arguments = vec!["req", "-x509", "-newkey", "ec", "-noenc", "-days", "30"];
        arguments.extend(["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", subject]);
        arguments.extend(["-keyout", &key, "-out", &certificate]);
        arguments.extend(more);
        run(&arguments);
    };
    let authority = [
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign",
    ];
    fs::create_dir(folder.join("other")).expect("a folder in it");
    give_away(folder);
    for (place, ca) in [("", "Example Test CA"), ("other/", "Another Test CA")] {
        make(
            &format!("{place}ca"),
            &format!("/O=Example Org/CN={ca}"),
            &authority,
        );
        let (ca, key) = (format!("{place}cacert.pem"), format!("{place}cakey.pem"));
        let signed = [
            "-CA",
            &ca,
            "-CAkey",
            &key,
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ];
        let server = [
            "-addext",
            "extendedKeyUsage=serverAuth",
            "-addext",
            "subjectAltName=DNS:localhost",
        ];
        make(
            &format!("{place}server"),
            "/O=Example Org/CN=localhost",
            &[&signed[..], &server].concat(),
        );
        let client = ["-addext", "extendedKeyUsage=clientAuth"];
        make(
            &format!("{place}client"),
            "/O=Example Org/CN=viewer.example",
            &[&signed[..], &client].concat(),
        );
    }
}

/// A daemon that speaks TLS on this port, and asks for this.
#[track_caller]
fn with_tls(port: u16, auth: &str) -> Option<Daemon> {
    if !has("openssl") {
        xdr_tests::skip("there is no openssl");
        return None;
    }
    Daemon::start_with(|folder| {
        certificates(folder);
        let file = |name: &str| format!("\"{}\"", folder.join(name).display());
        settings([
            ("listen_tls", "1"),
            ("tls_port", &format!("\"{port}\"")),
            ("auth_tls", &format!("\"{auth}\"")),
            ("auth_tcp", "\"none\""),
            ("auth_unix_rw", "\"none\""),
            ("key_file", &file("serverkey.pem")),
            ("cert_file", &file("servercert.pem")),
            ("ca_file", &file("cacert.pem")),
        ])
    })
}

/// A database of one user, or what is missing for it.
pub(crate) fn passwords(folder: &Path) {
    fs::create_dir(folder.join("sasl")).expect("a folder in it");
    let database = folder.join("sasl/users.db");
    let conf = format!(
        "mech_list: scram-sha-256 plain\nsasldb_path: {}\npwcheck_method: auxprop\nauxprop_plugin: sasldb\n",
        database.display()
    );
    fs::write(folder.join("sasl/libvirt.conf"), conf).expect("a file in it");
    give_away(folder);
    let (user, realm) = USER.split_once('@').expect("it has a realm");
    let mut saslpasswd2 = command("saslpasswd2", folder);
    saslpasswd2.args(["-p", "-c", "-a", "libvirt", "-u", realm, "-f"]);
    saslpasswd2.arg(&database).arg(user).stdin(Stdio::piped());
    let mut child = saslpasswd2.spawn().expect("saslpasswd2 runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(PASSWORD.as_bytes()).expect("it reads");
    drop(stdin);
    assert!(child.wait().expect("it is a child").success());
}

#[track_caller]
pub(crate) fn with_sasl() -> Option<Daemon> {
    if !has("saslpasswd2") {
        xdr_tests::skip("there is no saslpasswd2");
        return None;
    }
    Daemon::start_with(|folder| {
        passwords(folder);
        settings([
            ("listen_tls", "0"),
            ("auth_tcp", "\"sasl\""),
            ("auth_unix_rw", "\"sasl\""),
        ])
    })
}

async fn open(uri: &str, password: Option<&str>) -> Result<Connection, Error> {
    let credentials = password.map(|password| Credentials {
        user: Some(USER.to_owned()),
        password: password.to_owned(),
    });
    let options = Options {
        credentials,
        ..Options::default()
    };
    Connection::open_with(&uri.parse()?, options).await
}

async fn works(conn: Result<Connection, Error>) {
    let conn = conn.unwrap_or_else(|error| panic!("{error}"));
    conn.call::<proc::ConnectGetHostname>(&())
        .await
        .expect("an answer");
    conn.close().await.expect("it closes");
}

#[tokio::test]
async fn tls_lets_in_who_has_a_certificate_of_the_same_authority() {
    let port = free_port();
    let Some(daemon) = with_tls(port, "none") else {
        return;
    };
    let (ours, other) = (daemon.path(""), daemon.path("other"));
    let uri = |host: &str, folder: &Path, more: &str| {
        format!(
            "test+tls://{host}:{port}/default?pkipath={}{more}",
            folder.display()
        )
    };
    let conn = open(&uri("localhost", &ours, ""), None).await;
    assert!(conn.as_ref().is_ok_and(|conn| conn.client().is_private()));
    works(conn).await;

    // The daemon's certificate is of an authority that this client does not know.
    let error = open(&uri("localhost", &other, ""), None)
        .await
        .expect_err("it is not trusted");
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
    // It is for localhost, whatever its address.
    let error = open(&uri("127.0.0.1", &ours, ""), None)
        .await
        .expect_err("it is another's");
    assert!(error.to_string().contains("not valid for name"), "{error}");
    // Who takes anybody's certificate has no password for him.
    let conn = open(&uri("127.0.0.1", &ours, "&no_verify=1"), None).await;
    assert!(conn.as_ref().is_ok_and(|conn| !conn.client().is_private()));
    works(conn).await;

    // Whether anybody gets in without a certificate is for the daemon to say.
    fs::copy(ours.join("cacert.pem"), other.join("cacert.pem")).expect("a copy");
    let error = open(&uri("localhost", &other, ""), None)
        .await
        .expect_err("it is a stranger");
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    fs::remove_file(other.join("clientcert.pem")).expect("it is there");
    let error = open(&uri("localhost", &other, ""), None)
        .await
        .expect_err("half is missing");
    assert!(error.to_string().contains("clientcert.pem"), "{error}");
    fs::remove_file(other.join("clientkey.pem")).expect("it is there");
    let error = open(&uri("localhost", &other, ""), None)
        .await
        .expect_err("it shows nothing");
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    let error = open(&uri("localhost", &daemon.path("run"), ""), None).await;
    let error = error.expect_err("there is no authority");
    assert!(error.to_string().contains("cacert.pem"), "{error}");
}

#[tokio::test]
async fn a_port_without_tls_is_no_daemon_with_it() {
    let port = free_port();
    let Some(daemon) = with_tls(port, "none") else {
        return;
    };
    let folder = daemon.path("");
    let folder = folder.display();
    let uri = format!(
        "test+tls://localhost:{}/default?pkipath={folder}",
        daemon.port
    );
    let error = open(&uri, None).await.expect_err("it speaks no TLS");
    assert!(
        matches!(error, Error::Connect { .. } | Error::Timeout { .. }),
        "{error:?}"
    );
    let uri = format!("test+tcp://localhost:{port}/default");
    let error = open(&uri, None).await.expect_err("it speaks TLS");
    assert!(matches!(error, Error::Closed(_)), "{error:?}");
}

#[tokio::test]
async fn sasl_lets_in_who_knows_the_password() {
    let Some(daemon) = with_sasl() else {
        return;
    };
    let uri = daemon.uri("test:///default");
    for choice in [
        "",
        "&auth=sasl",
        "&auth=sasl.scram-sha-256",
        "&auth=sasl.PLAIN",
    ] {
        works(open(&format!("{uri}{choice}"), Some(PASSWORD)).await).await;
        let error = open(&format!("{uri}{choice}"), Some("wrong")).await;
        let error = error.expect_err("it is another password");
        let said = error
            .remote()
            .unwrap_or_else(|| panic!("{choice}: {error:?}"));
        assert_eq!(
            said.error_code(),
            ErrorCode::AUTH_FAILED,
            "{choice}: {error}"
        );
    }
    let error = open(&uri, None)
        .await
        .expect_err("nobody told the password");
    assert_eq!(
        error.to_string(),
        "the daemon asks for a user and a password"
    );
    let error = open(&format!("{uri}&auth=sasl.GSSAPI"), Some(PASSWORD)).await;
    let error = error.expect_err("it is not offered").to_string();
    assert!(error.contains("none will do"), "{error}");
    let error = open(&format!("{uri}&auth=none"), None)
        .await
        .expect_err("it is not offered");
    assert!(error.to_string().contains("(sasl)"), "{error}");
}

#[tokio::test]
async fn a_daemon_offers_no_mechanism_over_tcp_in_the_clear() {
    let Some(daemon) = with_sasl() else {
        return;
    };
    let uri = format!(
        "test+tcp://127.0.0.1:{}/default?auth=sasl.PLAIN",
        daemon.port
    );
    let error = open(&uri, Some(PASSWORD))
        .await
        .expect_err("anybody could listen");
    // libvirtd has no mechanism for it that it would offer.
    let said = error.remote().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(said.error_code(), ErrorCode::AUTH_FAILED);
}

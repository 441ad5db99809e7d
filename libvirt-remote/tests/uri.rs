//! URIs, and where they lead.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use libvirt_remote::uri::{
    AuthChoice, Configuration, Endpoint, Mode, Surroundings, Transport, Uri, UriError,
};

fn uri(text: &str) -> Uri {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> UriError {
    text.parse::<Uri>().expect_err(text)
}

fn surroundings(folder: &Path, is_root: bool) -> Surroundings {
    Surroundings {
        is_root,
        session: Some(folder.join("session")),
        system: folder.join("system"),
    }
}

fn socket(text: &str, read_only: bool, surroundings: &Surroundings) -> PathBuf {
    match uri(text).endpoint(read_only, surroundings) {
        Ok(Endpoint::Unix(path)) => path,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn takes_a_uri_apart() {
    let uri = uri("qemu+tcp://viewer%40example@[2001:db8::7]:16599/system?a=b%26c&auth=sasl#part");
    assert_eq!(uri.driver, "qemu");
    assert_eq!(uri.transport(), Transport::Tcp);
    assert_eq!(uri.user.as_deref(), Some("viewer@example"));
    assert_eq!(uri.host.as_deref(), Some("2001:db8::7"));
    assert_eq!(uri.port, Some(16599));
    assert_eq!(uri.path, "/system");
    assert_eq!(uri.parameter("A"), Some("b&c"));
    assert_eq!(uri.auth, Some(AuthChoice::Sasl(None)));
    assert_eq!(uri.name(), "qemu:///system?a=b%26c#part");
}

#[test]
fn without_a_transport_a_host_means_tls_and_none_a_unix_socket() {
    assert_eq!(
        uri("qemu://host.example/system").transport(),
        Transport::Tls
    );
    assert_eq!(uri("qemu:///system").transport(), Transport::Unix);
    assert_eq!(uri("QEMU+UNIX:///system").transport(), Transport::Unix);
}

#[test]
fn the_daemon_gets_what_is_not_for_the_client() {
    for (text, name) in [
        ("qemu:///system", "qemu:///system"),
        (
            "qemu+unix:///session?socket=/tmp/a&mode=legacy",
            "qemu:///session",
        ),
        ("test+tcp://host.example/default", "test:///default"),
        ("xen+tls://host.example/", "xen:///"),
        ("lxc://host.example", "lxc://"),
        ("remote+tcp://host.example/", ""),
        ("remote:///system", ""),
        (
            "qemu+tls://host.example/system?name=qemu:///session",
            "qemu:///session",
        ),
        (
            "esx+tcp://host.example/?no_verify=1&keyfile=k&x=1&y=2",
            "esx:///?x=1&y=2",
        ),
        (
            "test+unix:////srv/a%20b.xml?socket=/s",
            "test:////srv/a%20b.xml",
        ),
    ] {
        assert_eq!(uri(text).name(), name, "{text}");
    }
}

#[test]
fn ports_are_libvirts_where_none_is_named() {
    let here = Surroundings::default();
    for (text, host, port, is_tls) in [
        ("qemu+tcp:///system", "localhost", 16509, false),
        ("qemu+tls://192.0.2.7/system", "192.0.2.7", 16514, true),
        (
            "qemu+tcp://host.example:/system",
            "host.example",
            16509,
            false,
        ),
        ("qemu://host.example:443/system", "host.example", 443, true),
    ] {
        let host = host.to_owned();
        let expected = if is_tls {
            Endpoint::Tls { host, port }
        } else {
            Endpoint::Tcp { host, port }
        };
        assert_eq!(uri(text).endpoint(false, &here), Ok(expected), "{text}");
    }
}

/// What SSH is given before the command for the host.
fn ssh(text: &str) -> (String, String) {
    match uri(text).endpoint(false, &Surroundings::default()) {
        Ok(Endpoint::Program {
            program,
            mut arguments,
        }) => {
            arguments.pop().expect("there is a command");
            (program, arguments.join(" "))
        }
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn ssh_is_told_what_the_uri_says() {
    for (text, program, arguments) in [
        (
            "qemu+ssh://host.example/system",
            "ssh",
            "-T -e none -- host.example",
        ),
        ("qemu+ssh:///system", "ssh", "-T -e none -- localhost"),
        (
            "qemu+ssh://ann@[2001:db8::7]:2222/system?keyfile=/keys/a%20b&no_tty=1&no_verify=1",
            "ssh",
            "-p 2222 -l ann -i /keys/a b -T -e none -o BatchMode=yes -o StrictHostKeyChecking=no \
             -- 2001:db8::7",
        ),
        (
            "qemu+ssh://-oProxyCommand=x/system?command=/opt/ssh&no_tty=0",
            "/opt/ssh",
            "-T -e none -- -oProxyCommand=x",
        ),
    ] {
        let expected = (program.to_owned(), arguments.to_owned());
        assert_eq!(ssh(text), expected, "{text}");
    }
}

#[test]
fn what_programs_cannot_do_is_an_error() {
    for (text, expected) in [
        (
            "qemu+ssh://h/?mode=direct",
            "the parameter `mode` cannot be `direct`",
        ),
        (
            "qemu+ssh://h/?proxy=best",
            "the parameter `proxy` cannot be `best`",
        ),
        (
            "qemu+ssh://h/?no_tty=yes",
            "the parameter `no_tty` cannot be `yes`",
        ),
        (
            "qemu+ext:///system",
            "the transport `ext` needs the parameter `command`",
        ),
    ] {
        let error = uri(text).endpoint(false, &Surroundings::default());
        let error = error.expect_err(text).to_string();
        assert_eq!(error, expected, "{text}");
    }
}

#[test]
fn sockets_are_those_of_the_session_only_for_others_than_root() {
    let folder = Path::new("/folder");
    let (root, user) = (surroundings(folder, true), surroundings(folder, false));
    for (text, read_only, by_root, by_user) in [
        (
            "qemu:///system?mode=legacy",
            false,
            "system/libvirt-sock",
            "system/libvirt-sock",
        ),
        (
            "qemu:///system?mode=legacy",
            true,
            "system/libvirt-sock-ro",
            "system/libvirt-sock-ro",
        ),
        (
            "qemu:///session?mode=direct",
            false,
            "system/virtqemud-sock",
            "session/virtqemud-sock",
        ),
        (
            "qemu:///session?mode=legacy",
            true,
            "system/libvirt-sock-ro",
            "session/libvirt-sock",
        ),
        (
            "test:///default?mode=legacy",
            false,
            "system/libvirt-sock",
            "session/libvirt-sock",
        ),
        (
            "remote:///?mode=direct",
            false,
            "system/libvirt-sock",
            "system/libvirt-sock",
        ),
    ] {
        assert_eq!(
            socket(text, read_only, &root),
            folder.join(by_root),
            "{text}"
        );
        assert_eq!(
            socket(text, read_only, &user),
            folder.join(by_user),
            "{text}"
        );
    }
    let nowhere = Surroundings {
        session: None,
        ..user
    };
    let endpoint = uri("qemu:///session").endpoint(false, &nowhere);
    assert_eq!(endpoint, Err(UriError::NoSession));
}

#[test]
fn the_drivers_own_daemon_comes_first_where_it_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let user = surroundings(folder.path(), false);
    fs::create_dir(&user.system).expect("a folder in it");
    let find = || socket("qemu:///system", false, &user);
    let (direct, legacy) = (
        user.system.join("virtqemud-sock"),
        user.system.join("libvirt-sock"),
    );
    assert_eq!(find(), direct);
    fs::write(&legacy, "").expect("a file in it");
    assert_eq!(find(), legacy);
    fs::write(&direct, "").expect("a file in it");
    assert_eq!(find(), direct);
    assert_eq!(uri("qemu:///system").mode, Mode::Auto);
}

#[test]
fn says_what_is_wrong_with_a_uri() {
    for (text, expected) in [
        ("", "the URI does not begin with a driver, as `qemu:///`"),
        (
            "/system",
            "the URI does not begin with a driver, as `qemu:///`",
        ),
        (
            "://host.example/",
            "the URI does not begin with a driver, as `qemu:///`",
        ),
        (
            "qe mu:///",
            "the URI does not begin with a driver, as `qemu:///`",
        ),
        (
            "qemu+udp:///",
            "no transport is called `udp`; there are `unix`, `tcp`, `tls`, `ssh` and `ext`",
        ),
        (
            "qemu+:///",
            "no transport is called ``; there are `unix`, `tcp`, `tls`, `ssh` and `ext`",
        ),
        (
            "qemu+libssh2://h/",
            "the transport `libssh2` is not supported; there are `unix`, `tcp`, `tls`, `ssh` and `ext`",
        ),
        (
            "qemu+unix://h/",
            "a UNIX socket cannot be on another host, `h`",
        ),
        ("qemu+tcp://h:70000/", "`70000` is no port"),
        ("qemu+tcp://h:0/", "`0` is no port"),
        ("qemu+tcp://[::1/", "`[::1` is no host"),
        ("qemu+tcp://[::1]x/", "`[::1]x` is no host"),
        ("qemu:///%zz", "`/%zz` has a `%` that encodes nothing"),
        ("qemu:///%f", "`/%f` has a `%` that encodes nothing"),
        ("qemu:///%ff", "`/%ff` has a `%` that encodes nothing"),
        (
            "qemu:///?mode=best",
            "the parameter `mode` cannot be `best`",
        ),
        (
            "qemu:///?auth=krb5",
            "the parameter `auth` cannot be `krb5`",
        ),
        (
            "qemu:///?no_verify=yes",
            "the parameter `no_verify` cannot be `yes`",
        ),
    ] {
        assert_eq!(error(text).to_string(), expected, "{text}");
    }
}

#[test]
fn aliases_and_the_default_are_those_of_libvirt_conf() {
    let text = "# Made up.\n\
        uri_aliases = [\n\
        \x20 \"lab=qemu+tls://host.example/system\", # The first.\n\
        \x20 'lab-2=qemu+tcp://[2001:db8::7]/system?a=b',\n\
        ]\n\
        #uri_default = \"xen:///\"\n\
        uri_default = \"qemu:///session\"\n\
        other = 7\n\
        more = \"\"\"a \"text\" of it\"\"\"\n";
    let configuration: Configuration = text.parse().expect("it is one");
    let resolved = |text: &str| {
        configuration
            .resolve(text)
            .map_err(|error| error.to_string())
    };
    assert_eq!(resolved("lab"), Ok(uri("qemu+tls://host.example/system")));
    assert_eq!(
        resolved("lab-2").map(|uri| uri.host),
        Ok(Some("2001:db8::7".to_owned()))
    );
    assert_eq!(resolved(""), Ok(uri("qemu:///session")));
    assert_eq!(resolved("test:///default"), Ok(uri("test:///default")));
    let error = "the URI does not begin with a driver, as `qemu:///`";
    assert_eq!(resolved("lab-3"), Err(error.to_owned()));
    let error = Configuration::default()
        .resolve("")
        .expect_err("there is none");
    assert_eq!(error, UriError::NoDefault);
}

#[test]
fn the_default_may_be_an_alias() {
    let text = "uri_aliases = [ \"lab=qemu+tls://host.example/system\" ]\nuri_default = \"lab\"\n";
    let configuration: Configuration = text.parse().expect("it is one");
    let resolved = configuration.resolve("");
    assert_eq!(resolved, Ok(uri("qemu+tls://host.example/system")));
}

#[test]
fn says_what_is_wrong_with_libvirt_conf() {
    for (text, expected) in [
        ("\nuri_default", "line 2: there is no `NAME = VALUE`"),
        ("uri_default = \"a", "line 1: a text has no end"),
        ("uri_default = 7", "line 1: the value is of another type"),
        ("uri_aliases = [\n\"a=b\"", "line 2: a list has no `]`"),
        ("uri_aliases = [ 7 ]", "line 1: a list has other than texts"),
        (
            "uri_aliases = [ \"a b=c\" ]",
            "line 1: an alias is no `NAME=URI`",
        ),
        ("x = ]", "line 1: there is no value"),
    ] {
        let error = text.parse::<Configuration>().expect_err(text);
        assert_eq!(
            error.to_string(),
            format!("libvirt.conf: {expected}"),
            "{text}"
        );
    }
}

//! Who may call what.

use libvirt_remote::daemon::{Access, Daemon, Options, Permission, Router};
use protocol_defs::message::{Call, Message};
use protocol_defs::packet::ErrorCode;
use protocol_defs::remote::{self, proc};
use xdr_wire::{ProcedureInfo, ProcedureKind};

use super::peer::{Peer, daemon, domain, lookup, opened, packet, peer, procedure};

/// Every procedure, with no arguments, and what it is answered: the code and the text of the error, if it is one.
async fn everything(peer: &mut Peer) -> Vec<(&'static ProcedureInfo, Option<(ErrorCode, String)>)> {
    let mut answers = Vec::new();
    for info in proc::PROCEDURES {
        // They change what the client may do.
        if [1, 2].contains(&info.number) {
            continue;
        }
        peer.packet(&packet(procedure(info.number), 9, Vec::new()))
            .await;
        let packet = peer.next().await;
        assert_eq!(packet.header.serial, 9);
        assert_eq!(packet.header.procedure, info.number);
        let error = match Message::decode(&packet.borrowed()) {
            Ok(Message::Error { error, .. }) => {
                Some((error.error_code(), error.message.unwrap_or_default()))
            }
            _ => None,
        };
        answers.push((info, error));
    }
    answers
}

/// `DOMAIN_SET_SCHEDULER_PARAMETERS`, `NODE_GET_SEV_INFO`, `NODE_DEVICE_GET_AUTOSTART`: their annotations say `read`.
const REFUSED_TO_READERS: [u32; 3] = [58, 395, 433];

#[tokio::test]
async fn what_libvirt_refuses_to_readers_is_refused_whatever_the_annotation_says() {
    let daemon = daemon(Options::default());
    let readers = || Access::granted(|it| it.object != "secret" && it.only_reads());
    for (access, flags) in [
        (Access::ReadOnly, 0),
        (Access::ReadWrite, 1),
        (readers(), 1),
        (readers(), 0),
    ] {
        let (mut peer, session) = peer(&daemon, access);
        peer.open(flags).await;
        for number in REFUSED_TO_READERS {
            let call = packet(procedure(number), 9, Vec::new());
            peer.packet(&call).await;
            let error = peer.answer().await.1.expect_err("no function answers it");
            let expected = match number {
                _ if session.is_read_only() => ErrorCode::OPERATION_DENIED,
                // It writes, whoever may.
                58 => ErrorCode::ACCESS_DENIED,
                _ => ErrorCode::RPC,
            };
            assert_eq!(error.error_code(), expected, "{number}: {error}");
            if expected == ErrorCode::ACCESS_DENIED {
                let text =
                    "REMOTE_PROC_DOMAIN_SET_SCHEDULER_PARAMETERS needs domain:read, domain:write";
                assert_eq!(error.message.as_deref(), Some(text));
            }
        }
    }
}

#[tokio::test]
async fn a_socket_for_reading_has_what_only_reads() {
    let daemon = daemon(Options::default());
    let (mut by_socket, _) = peer(&daemon, Access::ReadOnly);
    by_socket.open(0).await;
    let (mut by_flag, session) = peer(&daemon, Access::ReadWrite);
    assert!(!session.is_read_only());
    by_flag.open(1).await;
    assert!(session.is_read_only());
    for peer in [&mut by_socket, &mut by_flag] {
        let (mut refused, mut allowed) = (0, 0);
        for (info, error) in everything(peer).await {
            let is_denied = matches!(error, Some((ErrorCode::OPERATION_DENIED, _)));
            if info.kind == ProcedureKind::Call {
                let reads = info.read_only && !REFUSED_TO_READERS.contains(&info.number);
                assert_eq!(is_denied, !reads, "{}: {error:?}", info.name);
                let counter = if is_denied {
                    &mut refused
                } else {
                    &mut allowed
                };
                *counter += 1;
            } else {
                let (code, text) = error.expect("an event is no call");
                assert_eq!(code, ErrorCode::RPC, "{}", info.name);
                assert!(text.starts_with("unknown procedure"), "{text}");
            }
        }
        assert!(refused > 150 && allowed > 150, "{refused}, {allowed}");
    }
    let args = remote::DomainDestroyArgs { dom: domain(1) };
    let error = by_socket.ask(remote::Call::DomainDestroy(args)).await;
    let error = error.expect_err("it does not only read");
    assert_eq!(
        error.message.as_deref(),
        Some("REMOTE_PROC_DOMAIN_DESTROY is for connections that do not only read")
    );
    let (call, reply) = lookup(3);
    assert_eq!(by_socket.ask(call).await, Ok(reply));
}

#[tokio::test]
async fn a_function_may_grant_permissions() {
    let daemon = daemon(Options::default());
    let access = Access::granted(|permission| permission.object != "domain");
    let (mut peer, session) = peer(&daemon, access);
    peer.open(0).await;
    for (info, error) in everything(&mut peer).await {
        if info.kind == ProcedureKind::Event {
            continue;
        }
        let is_denied = matches!(error, Some((ErrorCode::ACCESS_DENIED, _)));
        let needs_domains = Permission::of(info)
            .any(|needed| needed.object == "domain" && !needed.is_conditional());
        let is_said = !info.acl.is_empty();
        assert_eq!(is_denied, needs_domains || !is_said, "{}", info.name);
    }
    let secure = Permission::parse("domain:read_secure:VIR_DOMAIN_XML_SECURE");
    let secure = secure.expect("it is an annotation");
    assert_eq!(secure.name, "read_secure");
    assert_eq!(secure.flag, Some("VIR_DOMAIN_XML_SECURE"));
    assert!(!session.grants(&secure));
    assert_eq!(Permission::parse("none"), None);
}

fn describe(flags: u32) -> remote::Call {
    remote::Call::DomainGetXmlDesc(remote::DomainGetXmlDescArgs {
        dom: domain(1),
        flags,
    })
}

fn attach(flags: u32) -> remote::Call {
    remote::Call::DomainAttachDeviceFlags(remote::DomainAttachDeviceFlagsArgs {
        dom: domain(1),
        xml: "<disk/>".to_owned(),
        flags,
    })
}

fn addresses(source: u32) -> remote::Call {
    remote::Call::DomainInterfaceAddresses(remote::DomainInterfaceAddressesArgs {
        dom: domain(1),
        source,
        flags: 0,
    })
}

/// Why a call is refused. No function answers those of these tests.
async fn why(peer: &mut Peer, call: remote::Call) -> ErrorCode {
    let error = peer.ask(call).await.expect_err("no function answers it");
    error.error_code()
}

#[tokio::test]
async fn secrets_are_for_nobody_who_only_reads_be_it_by_socket_or_by_how_the_driver_is_opened() {
    let daemon = daemon(Options::default());
    for (access, flags) in [(Access::ReadOnly, 0), (Access::ReadWrite, 1)] {
        let (mut peer, session) = peer(&daemon, access);
        peer.open(flags).await;
        // VIR_DOMAIN_XML_SECURE, VIR_DOMAIN_XML_INACTIVE, VIR_DOMAIN_XML_MIGRATABLE.
        for (flags, code) in [
            (0, ErrorCode::RPC),
            (1, ErrorCode::OPERATION_DENIED),
            (2, ErrorCode::RPC),
            (3, ErrorCode::OPERATION_DENIED),
            (8, ErrorCode::OPERATION_DENIED),
        ] {
            assert_eq!(why(&mut peer, describe(flags)).await, code, "{flags}");
        }
        // Where addresses are asked for: leases, the guest's agent, the ARP table.
        for (source, code) in [
            (0, ErrorCode::RPC),
            (1, ErrorCode::OPERATION_DENIED),
            (2, ErrorCode::RPC),
        ] {
            assert_eq!(why(&mut peer, addresses(source)).await, code, "{source}");
        }
        let secure = Permission::parse("domain:read_secure:VIR_DOMAIN_XML_SECURE");
        assert!(!session.grants(&secure.expect("it is one")));
        let read = Permission::parse("domain:read");
        assert!(session.grants(&read.expect("it is one")));
    }
    let (mut peer, _) = opened(&daemon).await;
    assert_eq!(why(&mut peer, describe(1)).await, ErrorCode::RPC);
    assert!(daemon.stats().refused > 0);
}

#[tokio::test]
async fn what_a_permission_depends_on_is_looked_at_in_the_call() {
    let daemon = daemon(Options::default());
    let access = Access::granted(|permission| !matches!(permission.name, "save" | "read_secure"));
    let (mut saver, _) = peer(&daemon, access);
    saver.open(0).await;
    let access = Access::granted(|permission| permission.name != "write");
    let (mut writer, _) = peer(&daemon, access);
    writer.open(0).await;
    // VIR_DOMAIN_AFFECT_LIVE and VIR_DOMAIN_AFFECT_CONFIG; neither is whatever the domain is at the moment.
    for (flags, code) in [
        (0, ErrorCode::ACCESS_DENIED),
        (1, ErrorCode::RPC),
        (2, ErrorCode::ACCESS_DENIED),
        (3, ErrorCode::ACCESS_DENIED),
    ] {
        assert_eq!(why(&mut saver, attach(flags)).await, code, "{flags}");
    }
    for (source, code) in [
        (0, ErrorCode::RPC),
        (1, ErrorCode::ACCESS_DENIED),
        (2, ErrorCode::RPC),
    ] {
        let why = why(&mut writer, addresses(source)).await;
        assert_eq!(why, code, "{source}");
    }
    let error = saver.ask(describe(1)).await.expect_err("it is secret");
    assert_eq!(
        error.message.as_deref(),
        Some("REMOTE_PROC_DOMAIN_GET_XML_DESC, called so, needs domain:read_secure")
    );
    saver.packet(&packet(procedure(14), 9, vec![1])).await;
    let (_, answer) = saver.answer().await;
    let error = answer.expect_err("there are no such arguments");
    assert_eq!(error.error_code(), ErrorCode::RPC);
}

#[tokio::test]
async fn nothing_of_a_driver_is_called_before_it_is_open() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = peer(&daemon, Access::ReadWrite);
    // Authentication is as it is, and what the daemon can is asked for before.
    let first = [60, 66, 67, 68, 69, 70];
    for (info, error) in everything(&mut peer).await {
        if info.kind == ProcedureKind::Call && !first.contains(&info.number) {
            let (code, text) = error.expect("there is no driver");
            assert_eq!(code, ErrorCode::INTERNAL_ERROR, "{}", info.name);
            assert!(text.ends_with("needs a driver, and none is open"), "{text}");
        }
    }
    peer.open(0).await;
    let args = remote::ConnectOpenArgs {
        name: None,
        flags: 0,
    };
    let error = peer.ask(remote::Call::ConnectOpen(args)).await;
    let error = error.expect_err("it is open");
    assert_eq!(error.message.as_deref(), Some("a driver is open already"));
}

#[tokio::test]
async fn a_driver_that_cannot_be_opened_is_not_open() {
    let router = Router::new().on_sync::<proc::ConnectOpen>(|_, args| {
        let text = format!("no driver of the name {:?}", args.name);
        Err(protocol_defs::packet::MessageError::rpc(text).into())
    });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, session) = peer(&daemon, Access::ReadWrite);
    let args = remote::ConnectOpenArgs {
        name: None,
        flags: 0,
    };
    let refused = peer.ask(remote::Call::ConnectOpen(args)).await;
    assert!(refused.is_err());
    assert_eq!(session.driver(), None);
    let refused = peer.ask(lookup(1).0).await.expect_err("no driver is open");
    assert_eq!(refused.error_code(), ErrorCode::INTERNAL_ERROR);
}

#[tokio::test]
async fn descriptors_go_to_functions_and_back_over_unix_sockets() {
    use std::io::{Read, Write};

    use libvirt_remote::daemon::{Answer, Hypervisor, Refusal, Request};
    use libvirt_remote::{Client, Transport};
    use tokio::net::UnixStream;

    /// Gives back what it is given.
    struct Mirror;

    impl Hypervisor for Mirror {
        async fn answer(&self, mut request: Request) -> Result<Answer, Refusal> {
            match request.call()? {
                Call::Remote(remote::Call::DomainOpenGraphicsFd(_)) => {
                    let fds = request.context_mut().take_descriptors();
                    Ok(Answer::from(remote::Reply::DomainOpenGraphicsFd).with_descriptors(fds))
                }
                _ => request.basics(),
            }
        }
    }

    let daemon = Daemon::new(Mirror, Options::default());
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    daemon.accept(Transport::unix(far), Access::ReadWrite);
    let client = Client::new(Transport::unix(near), libvirt_remote::Options::default());
    let open = remote::ConnectOpenArgs {
        name: None,
        flags: 0,
    };
    let answer = client.call::<proc::ConnectOpen>(&open).await;
    answer.expect("it opens");
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let args = remote::DomainOpenGraphicsFdArgs {
        dom: domain(1),
        idx: 0,
        flags: 0,
    };
    let answer = client
        .call_with_descriptors::<proc::DomainOpenGraphicsFd>(&args, vec![writer.into()])
        .await;
    let ((), mut fds) = answer.expect("it is answered");
    let back = fds.pop().expect("it comes back");
    assert!(fds.is_empty());
    let mut back = std::fs::File::from(back);
    back.write_all(b"there and back").expect("it is a pipe");
    drop(back);
    let mut text = String::new();
    reader
        .read_to_string(&mut text)
        .expect("it has been closed");
    assert_eq!(text, "there and back");
    // Its transport passes none.
    let (mut peer, _) = opened(&daemon).await;
    let args = remote::Call::DomainOpenGraphicsFd(args);
    assert_eq!(
        peer.ask(args).await,
        Ok(remote::Reply::DomainOpenGraphicsFd)
    );
}

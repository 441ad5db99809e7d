//! Calls and their answers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use libvirt_remote::daemon::{
    Access, Answer, Daemon, Fate, Hypervisor, Options, Program, Refusal, Request, Router, Session,
    refusal,
};
use libvirt_remote::{Client, Error, Feature, Transport};
use protocol_defs::admin;
use protocol_defs::message::Call;
use protocol_defs::packet::{ErrorCode, ErrorOrigin, MessageError};
use protocol_defs::remote::{self, DomainGetStateArgs, DomainGetStateRet, proc};

use super::peer::{connection, daemon, domain, lookup, opened, peer};

#[tokio::test]
async fn a_client_gets_what_a_function_with_the_procedures_own_types_returns() {
    let router =
        Router::with_state(AtomicU32::new(40)).on::<proc::DomainGetState>(|cx, args| async move {
            assert_eq!(cx.session().driver().as_deref(), Some("test:///default"));
            if args.dom.id < 0 {
                let text = "no such domain";
                return Err(refusal(ErrorCode::NO_DOMAIN, ErrorOrigin::TEST, text));
            }
            let reason = cx.state().fetch_add(1, Ordering::Relaxed);
            Ok(DomainGetStateRet {
                state: args.dom.id,
                reason: i32::try_from(reason).unwrap_or_default(),
            })
        });
    let daemon = Daemon::new(router, Options::default());
    let conn = connection(&daemon, Access::ReadWrite).await;
    for reason in [40, 41] {
        let dom = domain(3);
        let args = DomainGetStateArgs { dom, flags: 0 };
        let ret = conn.call::<proc::DomainGetState>(&args).await;
        assert_eq!(
            ret.map_err(|error| error.to_string()),
            Ok(DomainGetStateRet { state: 3, reason })
        );
    }
    let dom = remote::NonnullDomain {
        id: -1,
        ..domain(3)
    };
    let args = DomainGetStateArgs { dom, flags: 0 };
    let error = conn.call::<proc::DomainGetState>(&args).await;
    let error = error.expect_err("the domain does not run");
    assert_eq!(
        error.remote().map(MessageError::error_code),
        Some(ErrorCode::NO_DOMAIN)
    );
}

#[tokio::test]
async fn what_every_client_begins_with_is_answered_without_a_hypervisor_that_knows_it() {
    let daemon = Daemon::new(Router::new(), Options::default());
    let conn = connection(&daemon, Access::ReadWrite).await;
    let of = |error: Error| error.to_string();
    for (feature, expected) in [
        (Feature::KEEPALIVE, true),
        (Feature::EVENT_CALLBACK, true),
        (Feature::CLOSE_CALLBACK, true),
        (Feature::TYPED_PARAM_STRING, true),
        // Only UNIX sockets pass them.
        (Feature::FD_PASSING, false),
        (Feature(1), false),
    ] {
        assert_eq!(conn.supports(feature).await.map_err(of), Ok(expected));
    }
    let ret = conn.call::<proc::ConnectGetUri>(&()).await.map_err(of);
    assert_eq!(ret.map(|ret| ret.uri), Ok("test:///default".to_owned()));
    let ret = conn.call::<proc::ConnectGetType>(&()).await.map_err(of);
    assert_eq!(ret.map(|ret| ret.r#type), Ok("Test".to_owned()));
    let ret = conn.call::<proc::ConnectGetHostname>(&()).await.map_err(of);
    assert_eq!(ret.map(|ret| ret.hostname), Ok("localhost".to_owned()));
    let ret = conn.call::<proc::ConnectGetLibVersion>(&()).await;
    assert_eq!(ret.map_err(of).map(|ret| ret.lib_ver), Ok(9_000_000));
    let ret = conn.call::<proc::ConnectGetVersion>(&()).await.map_err(of);
    assert_eq!(ret.map(|ret| ret.hv_ver), Ok(1_000_000));
    let ret = conn.call::<proc::ConnectIsSecure>(&()).await.map_err(of);
    assert_eq!(ret.map(|ret| ret.secure), Ok(0));
    assert_eq!(conn.close().await.map_err(of), Ok(()));
}

#[tokio::test]
async fn what_is_answered_without_a_hypervisor_can_be_answered_by_one() {
    let hostname = remote::ConnectGetHostnameRet {
        hostname: "host.example".to_owned(),
    };
    let router = Router::new().always::<proc::ConnectGetHostname>(&hostname);
    let daemon = Daemon::new(router, Options::default());
    let conn = connection(&daemon, Access::ReadWrite).await;
    let ret = conn.call::<proc::ConnectGetHostname>(&()).await;
    assert_eq!(ret.map_err(|error| error.to_string()), Ok(hostname));
}

/// Answers by the enum of all calls, and writes down who has gone.
struct Whole {
    gone: std::sync::Arc<Mutex<Vec<u64>>>,
}

impl Hypervisor for Whole {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        match request.call()? {
            Call::Remote(remote::Call::DomainLookupById(args)) => {
                let number = u8::try_from(args.id).unwrap_or_default();
                Ok(lookup(number).1.into())
            }
            Call::Remote(remote::Call::ConnectGetHostname) => {
                Ok(remote::Reply::ConnectClose.into())
            }
            Call::Remote(remote::Call::ConnectGetSysinfo(_)) => {
                let sysinfo = "x".repeat(5 << 20);
                Answer::of::<proc::ConnectGetSysinfo>(&remote::ConnectGetSysinfoRet { sysinfo })
            }
            _ => request.basics(),
        }
    }

    fn disconnected(&self, session: &Session, _: &libvirt_remote::daemon::End) {
        let mut gone = self.gone.lock().expect("nobody panics");
        gone.push(session.id());
    }
}

#[tokio::test]
async fn a_hypervisor_may_answer_by_the_enum_of_all_calls() {
    let gone = std::sync::Arc::default();
    let hypervisor = Whole {
        gone: std::sync::Arc::clone(&gone),
    };
    let daemon = Daemon::new(hypervisor, Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let (call, reply) = lookup(7);
    assert_eq!(peer.ask(call).await, Ok(reply));
    let error = peer.ask(remote::Call::ConnectGetHostname).await;
    let error = error.expect_err("it is the result of another procedure");
    assert_eq!(
        error.message.as_deref(),
        Some("REMOTE_PROC_CONNECT_GET_HOSTNAME has been given the result of another procedure")
    );
    let args = remote::ConnectGetSysinfoArgs { flags: 0 };
    let error = peer.ask(remote::Call::ConnectGetSysinfo(args)).await;
    let error = error.expect_err("it is over the bound of a string");
    assert!(
        error
            .message
            .is_some_and(|text| text.starts_with("result of REMOTE_PROC_CONNECT_GET_SYSINFO: ")),
    );
    peer.hang_up().await;
    peer.end().await;
    while !session.is_closed() {
        tokio::task::yield_now().await;
    }
    assert_eq!(*gone.lock().expect("nobody panics"), [session.id()]);
}

#[tokio::test(start_paused = true)]
async fn answers_go_out_when_they_are_there_not_in_the_order_of_the_calls() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let slow = remote::ConnectGetMaxVcpusArgs { r#type: None };
    let slow = peer.call(remote::Call::ConnectGetMaxVcpus(slow)).await;
    let (call, reply) = lookup(1);
    let fast = peer.call(call).await;
    assert_eq!(peer.answer().await, (fast, Ok(reply)));
    assert_eq!(peer.answer().await.0, slow);
}

#[tokio::test]
async fn a_function_that_panics_has_refused_its_call() {
    let router = Router::new()
        .on_sync::<proc::DomainLookupById>(|_, args| match args.id {
            0 => panic!("what a test does to a daemon"),
            _ => Ok(remote::DomainLookupByIdRet { dom: domain(1) }),
        })
        .on::<proc::ConnectGetMaxVcpus>(|_, _| async { panic!("and another one") });
    let daemon = Daemon::new(router, Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let args = remote::ConnectGetMaxVcpusArgs { r#type: None };
    for call in [lookup(0).0, remote::Call::ConnectGetMaxVcpus(args)] {
        let error = peer.ask(call).await.expect_err("it panics");
        assert_eq!(error.error_code(), ErrorCode::INTERNAL_ERROR);
    }
    let (call, reply) = lookup(1);
    assert_eq!(peer.ask(call).await, Ok(reply));
}

#[tokio::test]
async fn calls_behind_the_one_that_opens_the_driver_wait_for_it() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = peer(&daemon, Access::ReadWrite);
    let open = remote::ConnectOpenArgs {
        name: None,
        flags: 0,
    };
    peer.call(remote::Call::ConnectOpen(open)).await;
    let (call, reply) = lookup(1);
    let serial = peer.call(call.clone()).await;
    let close = peer.call(remote::Call::ConnectClose).await;
    let late = peer.call(call).await;
    assert_eq!(peer.answer().await.1, Ok(remote::Reply::ConnectOpen));
    assert_eq!(peer.answer().await, (serial, Ok(reply)));
    assert_eq!(
        peer.answer().await,
        (close, Ok(remote::Reply::ConnectClose))
    );
    let (answered, error) = peer.answer().await;
    assert_eq!(answered, late);
    let error = error.expect_err("the driver is closed");
    assert_eq!(
        error.message.as_deref(),
        Some("REMOTE_PROC_DOMAIN_LOOKUP_BY_ID needs a driver, and none is open")
    );
}

#[tokio::test]
async fn other_programs_can_be_served() {
    let router = Router::new()
        .program(Program::of::<admin::Call>())
        .always::<admin::proc::ConnectGetLibVersion>(&admin::ConnectGetLibVersionRet {
        lib_ver: 9_000_000,
    });
    let daemon = Daemon::new(router, Options::default());
    let (near, far) = tokio::io::duplex(4096);
    daemon.accept(Transport::new(far), Access::ReadWrite);
    let client = Client::new(Transport::new(near), libvirt_remote::Options::default());
    let ret = client
        .call::<admin::proc::ConnectGetLibVersion>(&())
        .await
        .map_err(|error| error.to_string());
    assert_eq!(ret.map(|ret| ret.lib_ver), Ok(9_000_000));
}

/// Looks domains up, and has something happen to each answer.
struct Faulty(Fate);

impl Hypervisor for Faulty {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        let Call::Remote(remote::Call::DomainLookupById(args)) = request.call()? else {
            return request.basics();
        };
        let id = args.id;
        let answer = Answer::from(lookup(u8::try_from(id).unwrap_or_default()).1);
        Ok(match id {
            1 => answer.with_fate(self.0.clone()),
            _ => answer,
        })
    }
}

#[tokio::test(start_paused = true)]
async fn answers_meet_their_fate() {
    let asks = async |fate| {
        let daemon = Daemon::new(Faulty(fate), Options::default());
        let (mut peer, _) = opened(&daemon).await;
        peer.call(lookup(1).0).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        peer.call(lookup(2).0).await;
        let mut answers = Vec::new();
        tokio::time::sleep(Duration::from_secs(1)).await;
        peer.hang_up().await;
        while let Some(packet) = peer.read().await {
            let name = packet.payload.get(4..11).unwrap_or_default();
            answers.push((
                packet.payload.len(),
                String::from_utf8_lossy(name).into_owned(),
            ));
        }
        answers
    };
    let whole = |number| (32, format!("guest-{number}"));
    assert_eq!(asks(Fate::Arrives).await, [whole(1), whole(2)]);
    assert_eq!(asks(Fate::Lost).await, [whole(2)]);
    assert_eq!(asks(Fate::CutOff(20)).await, []);
    assert_eq!(asks(Fate::HeldBack(1)).await, [whole(2), whole(1)]);
    assert_eq!(asks(Fate::Doubled).await, [whole(1), whole(1), whole(2)]);
    let (short, name) = whole(1);
    assert_eq!(
        asks(Fate::Truncated(4)).await,
        [(short - 4, name), whole(2)]
    );
    assert_eq!(asks(Fate::Replaced(Vec::new())).await, [whole(2)]);
}

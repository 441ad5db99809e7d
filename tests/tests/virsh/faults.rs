//! What virsh makes of a daemon that does things wrong, and that the kit for tests does them.

use std::time::{Duration, Instant};

use libvirt_remote::daemon::{Access, Fate, refusal};
use libvirt_remote::testkit::{FakeDaemon, Fault, When};
use protocol_defs::message::Call;
use protocol_defs::packet::{ErrorCode, ErrorOrigin};
use protocol_defs::remote::{self, DomainEventRtcChangeMsg, DomainLookupByNameArgs, proc};
use tokio::net::UnixListener;

use super::virsh::{Printed, Virsh};
use super::world::{a_moment, router, web};

const SYSTEM: &str = "qemu:///system";

fn serve(virsh: &Virsh) -> FakeDaemon {
    let fake = FakeDaemon::new(router());
    let listener = UnixListener::bind(virsh.socket()).expect("a socket");
    fake.listen(listener, Access::ReadWrite);
    fake
}

type List = proc::ConnectListAllDomains;

const LIST: [&str; 3] = ["list", "--all", "--name"];

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_kit_remembers_what_virsh_has_called() {
    let Some(virsh) = Virsh::find() else { return };
    let fake = serve(&virsh);
    let printed = virsh.run(SYSTEM, &["domid", "web"]);
    assert_eq!(printed, Printed::only("1\n\n"));
    let name = "web".to_owned();
    assert_eq!(
        fake.called::<proc::DomainLookupByName>(),
        [DomainLookupByNameArgs { name }]
    );
    let calls = fake.calls();
    let ends = [remote::Call::AuthList, remote::Call::ConnectClose].map(Call::Remote);
    assert_eq!([&calls[0], &calls[calls.len() - 1]], ends.each_ref());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_waits_for_what_is_late_and_takes_the_answers_that_the_test_has_said() {
    let Some(virsh) = Virsh::find() else { return };
    let fake = serve(&virsh);
    let mut dom = web();
    dom.name = "other".to_owned();
    let domains = vec![dom];
    let said = fake.answer_next::<List>(&remote::ConnectListAllDomainsRet { domains, ret: 1 });
    assert_eq!(said, Ok(()));
    let delay = Fault::Delay(Duration::from_millis(500));
    fake.inject(When::called::<List>(), delay);
    let start = Instant::now();
    assert_eq!(virsh.run(SYSTEM, &LIST), Printed::only("other\n\n"));
    assert!(start.elapsed() > Duration::from_millis(500));
    assert_eq!(virsh.run(SYSTEM, &LIST), Printed::only("web\ndb\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_shows_an_injected_error_and_one_of_its_own_for_a_payload_that_is_too_short() {
    let Some(virsh) = Virsh::find() else { return };
    let fake = serve(&virsh);
    let error = refusal(ErrorCode::OPERATION_FAILED, ErrorOrigin::QEMU, "not today");
    fake.inject(When::called::<List>(), Fault::Refuse(error));
    assert_eq!(
        virsh.run(SYSTEM, &LIST),
        Printed::failed("error: Failed to list domains\nerror: not today\n")
    );
    fake.inject(When::called::<List>(), Fault::Truncate(1));
    let printed = virsh.run(SYSTEM, &LIST);
    let expected = "error: Failed to list domains\nerror: Unable to decode";
    assert!(printed.stderr.starts_with(expected), "{printed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_hangs_up_on_what_is_no_answer() {
    let Some(virsh) = Virsh::find() else { return };
    let fake = serve(&virsh);
    for fault in [
        Fault::CutOff(0),
        Fault::CutOff(20),
        Fault::Garbage(vec![0xff; 40]),
        Fault::Garbage(vec![0; 40]),
    ] {
        fake.inject(When::called::<List>(), fault.clone());
        let printed = virsh.run(SYSTEM, &LIST);
        assert!(
            printed.stderr.contains("error: Failed to list domains\n"),
            "{fault:?}: {printed:?}"
        );
        assert_eq!(printed.code, Some(1), "{fault:?}");
    }
    assert_eq!(virsh.run(SYSTEM, &LIST), Printed::only("web\ndb\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn virsh_prints_no_event_that_is_lost_or_too_short_and_two_of_one_that_is_doubled() {
    let Some(virsh) = Virsh::find() else { return };
    let fake = serve(&virsh);
    let waits = ["event", "--event", "rtc-change", "--loop"];
    let mut running = virsh.start(SYSTEM, &waits);
    assert!(fake.wait_for_registrations(1).await);
    a_moment().await;
    for (offset, fate) in [
        (1, Fate::Lost),
        (2, Fate::Truncated(4)),
        (3, Fate::Doubled),
        (4, Fate::Arrives),
    ] {
        let event = DomainEventRtcChangeMsg { dom: web(), offset };
        let emitted = fake.emit_fated(event, &fate);
        assert_eq!(emitted.map(|emitted| emitted.sent), Ok(1));
    }
    let line = |offset| format!("event 'rtc-change' for domain 'web': {offset}\n");
    running.until("the last", |it| it.so_far().ends_with(&line(4)));
    let printed = [line(3), line(3), line(4)].concat();
    assert_eq!(running.so_far(), printed);
}

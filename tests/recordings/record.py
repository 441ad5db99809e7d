#!/usr/bin/env python3
"""Records what an unmodified virsh and an unmodified libvirtd say to each other, above all about VNC viewers.

    record.py --out DIR [SCENARIO…]   records all scenarios, or those named
    record.py --list FILE…            prints the packet headers of recordings

A scenario starts a private session daemon (daemon.py), puts a recording proxy (proxy.py) between it and virsh, makes
things happen (viewer.py is the VNC client), and writes, per scenario:

    NAME.client.bin   every byte from virsh to the daemon
    NAME.server.bin   every byte from the daemon to virsh
    NAME.packets.txt  the packets of both directions, in the order in which they passed
    NAME.virsh.txt    what virsh printed: the oracle for what the packets meant

and once, VERSIONS.

Needs Debian's libvirt-daemon-system, libvirt-clients, libvirt-daemon-driver-qemu, qemu-system-x86, libsasl2-modules,
sasl2-bin and openssl. Run as root it uses the account `nobody`; otherwise the caller's own.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import packets
from daemon import Account, Daemon, end, make_certificates, make_sasl, missing_packages, versions
from privacy import leaks
from proxy import Proxy
from viewer import X509_NONE, X509_SASL, Viewer

GRAPHICS, LEGACY_GRAPHICS = 323, 173
EVENT_CALLBACKS = 14  # the feature whose absence makes a client use the legacy registration

UUID = "6695eb01-f6a4-4304-98aa-97f2502e193f"
VNC_IPV4 = "<graphics type='vnc' autoport='yes' listen='127.0.0.1'/>"
VNC_IPV6 = "<graphics type='vnc' autoport='yes' listen='::1'/>"


def guest(graphics: str = "", devices: str = "") -> str:
    """The definition of a guest with no disk that does nothing but show a screen."""
    return f"""
        <domain type='qemu'>
          <name>gfx</name><uuid>{UUID}</uuid><memory unit='MiB'>64</memory>
          <os><type arch='x86_64' machine='q35'>hvm</type></os>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <controller type='usb' model='none'/><memballoon model='none'/>{graphics}{devices}
          </devices>
        </domain>"""


class Lab:
    """One scenario's daemon, and the folder that its files go to."""

    def __init__(self, account: Account, out: Path, name: str):
        self.account, self.out, self.name = account, out, name
        self.daemon: Daemon

    def start(self, qemu_conf: dict | None = None, **libvirtd_conf) -> Daemon:
        self.daemon = Daemon(self.account, {"remote_display_port_min": 5900} | (qemu_conf or {}), libvirtd_conf)
        return self.daemon

    def create(self, xml: str):
        path = self.account.home / "guest.xml"
        path.write_text(xml)
        self.daemon.virsh("create", str(path))

    def vnc_address(self):
        """Where the guest's screen listens, as Viewer wants it."""
        display = self.daemon.virsh("domdisplay", "gfx", "--type", "vnc").strip()
        host, _, number = display.removeprefix("vnc://").rpartition(":")
        return host.strip("[]"), 5900 + int(number)

    def record(self, *command: str, program: str = "virsh", uri: str = "qemu+unix:///session?socket={}",
               socket: str = "libvirt-sock", deny_features=frozenset()) -> "Recording":
        daemon = self.account.connect(self.daemon.sockets / socket)
        proxy = Proxy(self.account.home / "proxy", daemon, deny_features)
        return Recording(self, proxy, [program, "-c", uri.format(proxy.path), *command])


class Recording:
    """virsh running through the proxy. Leaving the context ends it as Ctrl-C does, and writes the files."""

    def __init__(self, lab: Lab, proxy: Proxy, command: list[str]):
        self.lab, self.proxy, self.command = lab, proxy, command

    def __enter__(self):
        self._printed = self.lab.account.home / "virsh.txt"
        with self._printed.open("w") as printed:
            self._virsh = self.lab.account.start(*self.command, stdout=printed, stderr=printed)
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.proxy.wait_until_quiet(0.5)  # virsh drops events that come together with its end
                if self._virsh.poll() is None:
                    self._virsh.send_signal(signal.SIGINT)
                self._virsh.wait(20)
                self.proxy.wait_until_quiet(0.2)
                self._save()
        finally:
            end(self._virsh)
            self.proxy.close()

    def until_registered(self):
        """An event sent together with the reply to its registration can be lost by virsh: hence the silence."""
        self.proxy.wait_until_quiet(1.0)

    def until_ended(self):
        """For commands that end by themselves."""
        self._virsh.wait(30)

    def graphics_events(self, number: int):
        """Waits until this many graphics events have passed in all."""
        self.proxy.wait_for(f"{number} graphics events", lambda _: self.proxy.count(
            "server", GRAPHICS, LEGACY_GRAPHICS) >= number)

    def until_message(self, prog: int, proc: int, number: int = 1):
        """Waits until this many messages of one kind have passed, from either side."""
        self.proxy.wait_for(f"message {proc}", lambda passed: number <= sum(
            packet.prog == prog and packet.proc == proc and packet.type == packets.MESSAGE for _, packet in passed))

    def _save(self):
        stem = self.lab.out / self.lab.name
        passed = self.proxy.passed
        lines = [f"{direction} {packet.line()}\n" for direction, packet in passed]
        files = {
            ".client.bin": self.proxy.recorded("client"),
            ".server.bin": self.proxy.recorded("server"),
            ".packets.txt": "".join(lines).encode(),
            ".virsh.txt": self._printed.read_bytes(),
        }
        for direction in ("client", "server"):
            again = [packet.line() for packet in packets.parse_all(files[f".{direction}.bin"])]
            assert again == [packet.line() for who, packet in passed if who == direction]
        for suffix, data in files.items():
            if found := leaks(data, allowed=str(self.lab.account.home)):
                raise RuntimeError(f"{stem.name}{suffix} would tell about this machine: {found}")
            stem.with_name(stem.name + suffix).write_bytes(data)


def view(recording: Recording, address, events_so_far: int = 0, **security):
    """One viewer who comes, looks and goes: three graphics events, each awaited."""
    viewer = Viewer(address)
    recording.graphics_events(events_so_far + 1)
    viewer.view(**security)
    recording.graphics_events(events_so_far + 2)
    viewer.close()
    recording.graphics_events(events_so_far + 3)


def plain(lab: Lab):
    """A VNC viewer without authentication; virsh waits for all events, and the daemon sends keepalive pings."""
    with lab.start(keepalive_interval=1):
        lab.create(guest(VNC_IPV4))
        with lab.record("event", "--all", "--loop") as recording:
            recording.until_registered()
            view(recording, lab.vnc_address())
            recording.until_message(packets.KEEPALIVE, 2)


def tls(lab: Lab):
    """VeNCrypt with TLS and a client certificate: events with the identity `x509dname`."""
    certificates = make_certificates(lab.account)
    with lab.start({"vnc_tls": 1, "vnc_tls_x509_verify": 1, "vnc_tls_x509_cert_dir": str(certificates)}):
        lab.create(guest(VNC_IPV4))
        with lab.record("event", "--event", "graphics", "--loop") as recording:
            recording.until_registered()
            view(recording, lab.vnc_address(), security=X509_NONE, certificates=certificates)


def sasl(lab: Lab):
    """The same with a SASL login on top: events with two identities, `x509dname` and `saslUsername`."""
    certificates = make_certificates(lab.account)
    login = ("viewer@host.example", "not-a-secret")
    folder = make_sasl(lab.account, "viewer", login[1])
    with lab.start({"vnc_tls": 1, "vnc_tls_x509_verify": 1, "vnc_tls_x509_cert_dir": str(certificates),
                    "vnc_sasl": 1, "vnc_sasl_dir": str(folder)}):
        lab.create(guest(VNC_IPV4))
        with lab.record("event", "--event", "graphics", "--loop") as recording:
            recording.until_registered()
            view(recording, lab.vnc_address(), security=X509_SASL, certificates=certificates, login=login)


def ipv6(lab: Lab):
    """A viewer over IPv6: address family 1."""
    with lab.start():
        lab.create(guest(VNC_IPV6))
        with lab.record("event", "--event", "graphics", "--loop") as recording:
            recording.until_registered()
            view(recording, lab.vnc_address())


def unix(lab: Lab):
    """A viewer over a UNIX socket: address family 2."""
    with lab.start():
        path = lab.account.home / "gfx.vnc"
        lab.create(guest(f"<graphics type='vnc' socket='{path}'/>"))
        with lab.record("event", "--event", "graphics", "--loop") as recording:
            recording.until_registered()
            view(recording, path)


def legacy(lab: Lab):
    """The daemon denies feature 14, so virsh registers the old way and events carry no callback ID. Two viewers."""
    with lab.start():
        lab.create(guest(VNC_IPV4))
        with lab.record("event", "--event", "graphics", "--loop", deny_features={EVENT_CALLBACKS}) as recording:
            recording.until_registered()
            view(recording, lab.vnc_address())
            view(recording, lab.vnc_address(), events_so_far=3)


def lifecycle(lab: Lab):
    """An error reply (no such domain), then the life of a guest: started, looked at, paused, resumed, described, reset,
    ended."""
    with lab.start():
        with lab.record("dominfo no-such-guest; event --all --loop") as recording:
            recording.until_registered()
            lab.create(guest(VNC_IPV4))
            view(recording, lab.vnc_address())
            for command in (["suspend", "gfx"], ["resume", "gfx"], ["desc", "gfx", "--live", "made-up text"],
                            ["reset", "gfx"], ["destroy", "gfx"]):
                lab.daemon.virsh(*command)
                recording.proxy.wait_until_quiet(0.5)


def inquiry(lab: Lab):
    """Questions about a guest: lists, typed parameters, security labels (four bytes per char), an error."""
    with lab.start():
        lab.create(guest(VNC_IPV4))
        with lab.record("list --all; dominfo gfx; domdisplay gfx; domstats gfx --state --balloon --vcpu; "
                        "schedinfo gfx; metadata gfx http://example.com/none") as recording:
            recording.until_ended()


def monitor(lab: Lab):
    """QEMU's own events (program `qemu`) while a viewer comes and goes: what libvirtd makes graphics events of."""
    with lab.start():
        lab.create(guest(VNC_IPV4))
        with lab.record("qemu-monitor-event", "--loop") as recording:
            recording.until_registered()
            viewer = Viewer(lab.vnc_address())
            recording.until_message(0x20008087, 6, 1)
            viewer.view()
            recording.until_message(0x20008087, 6, 2)
            viewer.close()
            recording.until_message(0x20008087, 6, 3)


def stream(lab: Lab):
    """A volume uploaded and downloaded: stream packets in both directions, with holes. Then an upload that the daemon
    aborts (more than was announced), and a download that virsh aborts (nowhere to write to)."""
    with lab.start():
        pool = lab.account.folder("pool")
        lab.daemon.virsh("pool-create-as", "pool", "dir", "--target", str(pool))
        lab.daemon.virsh("vol-create-as", "pool", "sparse.img", "16384", "--allocation", "0")
        source = lab.account.home / "source.img"
        with source.open("wb") as image:
            image.write(b"first block".ljust(4096, b"."))
            image.seek(12288)
            image.write(b"last block".ljust(4096, b"."))
        with lab.record(f"vol-upload sparse.img {source} --pool pool --sparse; "
                        f"vol-download sparse.img {lab.account.home}/sink.img --pool pool --sparse; "
                        f"vol-upload sparse.img {source} --pool pool --length 4096; "
                        "vol-download sparse.img /dev/full --pool pool") as recording:
            recording.until_ended()
        if (lab.account.home / "sink.img").read_bytes() != source.read_bytes():
            raise RuntimeError("the volume came back changed")


def admin(lab: Lab):
    """virt-admin asks the daemon for its servers and their thread pools (program `admin`, typed parameters)."""
    with lab.start(min_workers=2, max_workers=4):
        with lab.record("srv-list; srv-threadpool-info libvirtd; srv-clients-info libvirtd", program="virt-admin",
                        uri="libvirtd:///session?socket={}", socket="libvirt-admin-sock") as recording:
            recording.until_ended()


SCENARIOS = [plain, tls, sasl, ipv6, unix, legacy, lifecycle, inquiry, monitor, stream, admin]


def record(scenario, out: Path):
    # A short path of its own, so that nothing but the random part of its name enters a recording.
    home = Path(tempfile.mkdtemp(prefix="recording-", dir="/tmp"))
    began = time.monotonic()
    try:
        scenario(Lab(Account(home), out, scenario.__name__))
    except Exception:
        log = home / "libvirtd.log"
        if log.exists():
            print(log.read_text()[-4000:], file=sys.stderr)
        raise
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"{scenario.__name__}: {time.monotonic() - began:.1f} s")


def list_packets(files: list[Path]):
    for file in files:
        if len(files) > 1:
            print(f"{file}:")
        for packet in packets.parse_all(file.read_bytes()):
            print(packet.line())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--out", type=Path, metavar="DIR", help="record into this folder")
    mode.add_argument("--list", type=Path, nargs="+", metavar="FILE", help="print the packet headers of a .bin file")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO",
                        help="one of " + ", ".join(scenario.__name__ for scenario in SCENARIOS))
    arguments = parser.parse_args()

    if arguments.list:
        try:
            list_packets(arguments.list)
        except (OSError, packets.Malformed) as problem:
            print(f"record.py: {problem}", file=sys.stderr)
            return 1
        return 0

    by_name = {scenario.__name__: scenario for scenario in SCENARIOS}
    if unknown := set(arguments.scenarios) - set(by_name):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    if missing := missing_packages():
        print("record.py: apt-get install --no-install-recommends " + " ".join(missing), file=sys.stderr)
        return 1
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "VERSIONS").write_text(versions())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is cleaned up then, too
    for name in arguments.scenarios or by_name:
        try:
            record(by_name[name], arguments.out)
        except (OSError, RuntimeError, subprocess.SubprocessError, packets.Malformed) as problem:
            print(f"record.py: {name}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

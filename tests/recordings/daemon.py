"""A libvirtd of one's own: an unprivileged session daemon whose configuration, sockets, cache and guests live in one
temporary folder. Nothing under /etc is read for QEMU, nothing outside the folder is written."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

# Program → the Debian package that brings it.
NEEDED = {
    "libvirtd": "libvirt-daemon",
    "virsh": "libvirt-clients",
    "virt-admin": "libvirt-clients",
    "qemu-system-x86_64": "qemu-system-x86",
    "openssl": "openssl",
    "saslpasswd2": "sasl2-bin",
}


def missing_packages() -> list[str]:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return sorted({package for program, package in NEEDED.items() if not shutil.which(program, path=path)})


class Account:
    """Runs programs in `home`, as `nobody` when the caller is root: libvirt has session daemons only for users."""

    def __init__(self, home: Path):
        self.home = home
        self.extra = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.extra = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8",
            "LIBVIRT_AUTOSTART": "0",  # no daemon but the one that Daemon starts
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_RUNTIME_DIR": str(home / "run"),
        }
        self.own(home)
        for folder in ("config/libvirt", "cache", "data", "run"):
            self.folder(folder)

    def folder(self, name: str) -> Path:
        """A folder under home, made if need be, that belongs to the account."""
        path = self.home
        for part in Path(name).parts:
            path = path / part
            path.mkdir(exist_ok=True)
            self.own(path)
        return path

    def own(self, path: Path):
        if self.extra:
            os.chown(path, self.extra["user"], self.extra["group"])

    def connect(self, path: Path) -> socket.socket:
        """A connection to a UNIX socket, made as the account: the daemon asks who is there."""
        connection = socket.socket(socket.AF_UNIX)
        if self.extra:
            os.seteuid(self.extra["user"])
        try:
            connection.connect(str(path))
        finally:
            if self.extra:
                os.seteuid(0)
        return connection

    def start(self, *command: str, **options) -> subprocess.Popen:
        return subprocess.Popen(command, env=self.env, cwd=self.home, stdin=subprocess.DEVNULL, **self.extra, **options)

    def run(self, *command: str, stdin: str = "", seconds: float = 60) -> str:
        """Runs a command to its end and returns its output; its error output is the error on failure."""
        done = subprocess.run(command, env=self.env, cwd=self.home, input=stdin, text=True, timeout=seconds,
                              capture_output=True, **self.extra)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


class Daemon:
    """A running libvirtd. Use as a context manager: leaving it ends its guests, then the daemon."""

    def __init__(self, account: Account, qemu_conf: dict, libvirtd_conf: dict):
        self.account = account
        self.sockets = account.home / "run" / "libvirt"
        # "file": guests write their logs themselves, so that no virtlogd is needed.
        write_conf(account.home / "config/libvirt/qemu.conf",
                   {"stdio_handler": "file", "security_driver": "none"} | qemu_conf)
        self._conf = account.home / "libvirtd.conf"
        write_conf(self._conf, libvirtd_conf)
        self._log = account.home / "libvirtd.log"

    def __enter__(self):
        with self._log.open("w") as log:
            self._process = self.account.start(
                "libvirtd", "--config", str(self._conf), "--pid-file", str(self.account.home / "run/libvirtd.pid"),
                stdout=log, stderr=log, start_new_session=True)
        try:
            self._wait_until_ready()
        except BaseException:
            end(self._process)
            raise
        return self

    def __exit__(self, *_):
        try:
            for name in self.virsh("list", "--name").split():
                self.virsh("destroy", name)
        finally:
            end(self._process)
            self._end_orphans()

    def uri(self, socket_path: Path | None = None) -> str:
        """The address of this daemon, or of a proxy before it."""
        return f"qemu+unix:///session?socket={socket_path or self.sockets / 'libvirt-sock'}"

    def virsh(self, *command: str, stdin: str = "") -> str:
        """Runs virsh straight against the daemon, unrecorded."""
        return self.account.run("virsh", "-q", "-c", self.uri(), *command, stdin=stdin)

    def _wait_until_ready(self, seconds: float = 60):
        deadline = time.monotonic() + seconds
        problem = "no socket"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"libvirtd ended at once: {self._log.read_text().strip()}")
            try:
                self.virsh("domcapabilities", "--virttype", "qemu")
                return
            except RuntimeError as failure:
                problem = failure
            time.sleep(0.2)
        raise TimeoutError(f"libvirtd is not ready after {seconds} s: {problem}")


    def _end_orphans(self):
        """Guests outlive a daemon that ended by itself: their PID files are then still there."""
        for file in (self.sockets / "qemu/run").glob("*.pid"):
            try:
                os.kill(int(file.read_text()), signal.SIGKILL)
            except (ProcessLookupError, ValueError):
                pass


def end(process: subprocess.Popen):
    """Ends one process that this script started, by its PID."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def write_conf(path: Path, settings: dict):
    lines = (f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in settings.items())
    path.write_text("".join(line + "\n" for line in lines))


def versions() -> str:
    """What is installed here, for the record."""
    release = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    lines = [release[1] if release else "unknown"]
    for package in sorted(set(NEEDED.values())):
        query = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}", package],
                               capture_output=True, text=True)
        lines.append(query.stdout or f"{package} unknown")
    return "\n".join(lines) + "\n"


def make_certificates(account: Account, folder: str = "certificates") -> Path:
    """A certificate authority, a server and a client, in the file names that QEMU expects."""
    path = account.folder(folder)

    def certificate(stem: str, subject: str, *extra: str):
        account.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                    "-days", "30", "-subj", subject, "-keyout", f"{path}/{stem}-key.pem",
                    "-out", f"{path}/{stem}-cert.pem", *extra)

    signed = ["-CA", f"{path}/ca-cert.pem", "-CAkey", f"{path}/ca-key.pem",
              "-addext", "basicConstraints=critical,CA:FALSE"]
    certificate("ca", "/O=Example Org/CN=Example Test CA",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    certificate("server", "/O=Example Org/CN=host.example", *signed, "-addext", "extendedKeyUsage=serverAuth")
    certificate("client", "/O=Example Org/CN=viewer.example", *signed, "-addext", "extendedKeyUsage=clientAuth")
    return path


def make_sasl(account: Account, user: str, password: str) -> Path:
    """A SASL configuration with one user, for QEMU's VNC server."""
    path = account.folder("sasl")
    database = path / "users.db"
    (path / "qemu.conf").write_text(
        f"mech_list: plain\nsasldb_path: {database}\npwcheck_method: auxprop\nauxprop_plugin: sasldb\n")
    account.run("saslpasswd2", "-p", "-c", "-f", str(database), "-a", "qemu", "-u", "host.example", user,
                stdin=password)
    return path

"""A recording proxy for one libvirt connection: client → proxy → daemon, UNIX sockets on both sides.

Packets pass one by one and unchanged, except that a scenario may have the daemon deny features (`deny_features`)."""

import socket
import struct
import threading
import time
from pathlib import Path

from packets import CALL, KEEPALIVE, OK, REMOTE, REPLY, Packet, length_of, parse_one

CONNECT_SUPPORTS_FEATURE = 60


class Proxy:
    """Listens at `path`, takes one client, and records what passes between it and a connection to the daemon."""

    def __init__(self, path: Path, daemon: socket.socket, deny_features=frozenset()):
        self.path, self.deny_features = path, deny_features
        self._daemon = daemon
        self.passed: list[tuple[str, Packet]] = []
        self._failures: list[Exception] = []
        self._asked: dict[int, int] = {}  # serial of a CONNECT_SUPPORTS_FEATURE call → the feature it asks for
        self._changed = threading.Condition()
        self._open = [daemon]
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o777)
        self._listener.listen(1)
        self._listener.settimeout(30)
        threading.Thread(target=self._run, daemon=True).start()

    def recorded(self, direction: str) -> bytes:
        """The bytes of one direction, `client` (to the daemon) or `server` (to the client)."""
        with self._changed:
            return b"".join(packet.encode() for who, packet in self.passed if who == direction)

    def wait_for(self, what: str, condition, seconds: float = 20):
        """Waits until `condition(passed)` holds."""
        with self._changed:
            held = self._changed.wait_for(lambda: self._failures or condition(self.passed), seconds)
            if self._failures:
                raise self._failures[0]
            if not held:
                raise TimeoutError(f"{self.path.name}: no {what} within {seconds} s")

    def wait_until_quiet(self, seconds: float = 0.5, limit: float = 20):
        """Waits until something has passed, every call has its reply, and nothing (but keepalive) passes for `seconds`.
        """
        deadline = time.monotonic() + limit
        before = -1
        while time.monotonic() < deadline:
            with self._changed:
                if self._failures:
                    raise self._failures[0]
                passed = [packet for _, packet in self.passed if packet.prog != KEEPALIVE]
            calls = sum(packet.type == CALL for packet in passed)
            replies = sum(packet.type == REPLY for packet in passed)
            if before == len(passed) and 0 < calls <= replies:
                return
            before = len(passed)
            time.sleep(seconds)
        raise TimeoutError(f"{self.path.name}: still busy after {limit} s")

    def count(self, direction: str, *procs: int) -> int:
        """How many packets of these procedures of the remote program passed in one direction."""
        with self._changed:
            return sum(who == direction and packet.prog == REMOTE and packet.proc in procs
                       for who, packet in self.passed)

    def close(self):
        for end in [self._listener, *self._open]:
            end.close()
        self.path.unlink(missing_ok=True)

    def _run(self):
        try:
            client, _ = self._listener.accept()
            self._open.append(client)
        except OSError as failure:
            self._fail(failure)
            return
        for arguments in [("client", client, self._daemon), ("server", self._daemon, client)]:
            threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, direction: str, source: socket.socket, sink: socket.socket):
        try:
            while word := read_exactly(source, 4):
                packet = parse_one(word + read_exactly(source, length_of(word) - 4))
                packet = self._edit(direction, packet)
                with self._changed:
                    self.passed.append((direction, packet))
                    self._changed.notify_all()
                sink.sendall(packet.encode())
            sink.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the other side hung up first
        except OSError as failure:
            if source.fileno() != -1:
                self._fail(failure)
        except Exception as failure:  # noqa: BLE001 - reported by wait_for
            self._fail(failure)

    def _edit(self, direction: str, packet: Packet) -> Packet:
        if packet.prog != REMOTE or packet.proc != CONNECT_SUPPORTS_FEATURE:
            return packet
        if direction == "client" and packet.type == CALL:
            self._asked[packet.serial] = struct.unpack(">i", packet.payload)[0]
        elif packet.status == OK and self._asked.get(packet.serial) in self.deny_features:
            return packet._replace(payload=struct.pack(">i", 0))
        return packet

    def _fail(self, failure: Exception):
        with self._changed:
            self._failures.append(failure)
            self._changed.notify_all()


def read_exactly(source: socket.socket, size: int) -> bytes:
    """`size` bytes, or none at all at the end of the stream."""
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            if data:
                raise ConnectionResetError("the stream ended inside a packet")
            return b""
        data += part
    return data

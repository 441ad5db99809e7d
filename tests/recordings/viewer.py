"""A VNC client that goes just far enough for QEMU to report it: version, security, ClientInit, ServerInit (RFC 6143),
with the VeNCrypt extension (TLS with a client certificate, then optionally SASL PLAIN)."""

import socket
import ssl
import struct
from pathlib import Path

NONE, VENCRYPT = 1, 19
X509_NONE, X509_SASL = 260, 263


class Viewer:
    """A connection to a screen. `view()` initializes it, `close()` ends it."""

    def __init__(self, address):
        """`address` is a (host, port) pair or the path of a UNIX socket."""
        if isinstance(address, tuple):
            self.socket = socket.create_connection(address, timeout=10)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(10)
            self.socket.connect(str(address))

    def view(self, security: int = NONE, certificates: Path | None = None, login: tuple[str, str] | None = None):
        """Takes the session as far as ServerInit, with no authentication or with a VeNCrypt sub-type."""
        self._read(12)
        self.socket.sendall(b"RFB 003.008\n")
        offered = self._read(self._read(1)[0])
        wanted = NONE if security == NONE else VENCRYPT
        if wanted not in offered:
            raise ConnectionError(f"security type {wanted} is not among those offered: {list(offered)}")
        self.socket.sendall(bytes([wanted]))
        if wanted == VENCRYPT:
            self._vencrypt(security, certificates)
        if security == X509_SASL:
            self._sasl_plain(*login)
        if result := self._word():
            raise ConnectionError(f"the security handshake failed: {result}")
        self.socket.sendall(b"\1")  # ClientInit: shared
        self._read(20)  # width, height, pixel format
        self._read(self._word())  # the name of the desktop

    def close(self):
        self.socket.close()

    def _vencrypt(self, security: int, certificates: Path):
        self._read(2)
        self.socket.sendall(bytes([0, 2]))
        if self._read(1) != b"\0":
            raise ConnectionError("VeNCrypt 0.2 is not supported")
        offered = [self._word() for _ in range(self._read(1)[0])]
        if security not in offered:
            raise ConnectionError(f"VeNCrypt sub-type {security} is not among those offered: {offered}")
        self.socket.sendall(struct.pack(">I", security))
        if self._read(1) != b"\1":
            raise ConnectionError("the VeNCrypt sub-type was rejected")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(certificates / "ca-cert.pem")
        context.load_cert_chain(certificates / "client-cert.pem", certificates / "client-key.pem")
        self.socket = context.wrap_socket(self.socket)

    def _sasl_plain(self, user: str, password: str):
        mechanisms = self._read(self._word()).decode().split(",")
        if "PLAIN" not in mechanisms:
            raise ConnectionError(f"SASL PLAIN is not among the mechanisms offered: {mechanisms}")
        self._send_counted(b"PLAIN")
        self._send_counted(f"\0{user}\0{password}".encode() + b"\0")  # the count includes a final NUL
        self._read(self._word())
        if self._read(1) != b"\1":
            raise ConnectionError("SASL PLAIN asks for another step")

    def _send_counted(self, data: bytes):
        self.socket.sendall(struct.pack(">I", len(data)) + data)

    def _word(self) -> int:
        return struct.unpack(">I", self._read(4))[0]

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("the VNC server hung up")
            data += part
        return data

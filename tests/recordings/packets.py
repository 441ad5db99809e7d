"""Reads the packet headers of a recorded libvirt stream. Knows nothing of payloads, and shares no code with the crates:
it is the second opinion on what a recording holds."""

import struct
from typing import Iterator, NamedTuple

HEADER = struct.Struct(">IIIiIII")
MAX_LENGTH = 4 + 33_554_432

PROGRAMS = {0x20008086: "remote", 0x20008087: "qemu", 0x06900690: "admin", 0x6B656570: "keepalive"}
TYPES = ["call", "reply", "message", "stream", "call_with_fds", "reply_with_fds", "stream_hole"]
STATUSES = ["ok", "error", "continue"]

CALL, REPLY, MESSAGE, STREAM = range(4)
OK, ERROR, CONTINUE = range(3)
REMOTE, KEEPALIVE = 0x20008086, 0x6B656570


class Malformed(Exception):
    """The bytes are not a sequence of whole packets."""


class Packet(NamedTuple):
    length: int
    prog: int
    vers: int
    proc: int
    type: int
    serial: int
    status: int
    payload: bytes

    def line(self) -> str:
        """One line of a listing: `prog vers proc type serial status length`, numbers decimal, length in bytes."""
        prog = PROGRAMS.get(self.prog, hex(self.prog))
        return (f"{prog} {self.vers} {self.proc} {TYPES[self.type]} "
                f"{self.serial} {STATUSES[self.status]} {self.length}")

    def encode(self) -> bytes:
        return HEADER.pack(*self[:7]) + self.payload


def length_of(word: bytes) -> int:
    """The length of a whole packet, from its first four bytes."""
    (length,) = struct.unpack(">I", word)
    if not HEADER.size <= length <= MAX_LENGTH:
        raise Malformed(f"impossible packet length {length}")
    return length


def parse_one(data: bytes) -> Packet:
    """Exactly one packet."""
    fields = HEADER.unpack_from(data)
    packet = Packet(*fields, payload=data[HEADER.size:])
    if packet.length != len(data) or packet.length % 4:
        raise Malformed(f"packet of {len(data)} bytes says that it has {packet.length}")
    if packet.type >= len(TYPES) or packet.status >= len(STATUSES):
        raise Malformed(f"packet type {packet.type}, status {packet.status}")
    return packet


def parse_all(data: bytes) -> Iterator[Packet]:
    """Every packet of a recorded direction; Malformed when bytes are missing or left over."""
    at = 0
    while at < len(data):
        if len(data) - at < 4:
            raise Malformed(f"{len(data) - at} bytes left over at {at}")
        length = length_of(data[at:at + 4])
        if at + length > len(data):
            raise Malformed(f"packet at {at} is cut off: {len(data) - at} of {length} bytes")
        yield parse_one(data[at:at + length])
        at += length

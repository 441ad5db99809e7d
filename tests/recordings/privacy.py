"""Looks for traces of the recording machine in bytes that are to be published."""

import getpass
import ipaddress
import re
import socket

ADDRESSES = [re.compile(rb"\b\d{1,3}(?:\.\d{1,3}){3}\b"), re.compile(rb"[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F]*")]


def leaks(data: bytes, allowed: str) -> list[str]:
    """Host and user names, addresses that are not loopback, and paths outside the folder `allowed`."""
    found = []
    names = {socket.gethostname(), socket.getfqdn(), user_name(), "nobody"} - {"localhost", ""}
    for name in names:
        if re.search(rb"(?<![\w.-])" + re.escape(name.encode()) + rb"(?![\w.-])", data):
            found.append(name)
    for text in (text for address in ADDRESSES for text in address.findall(data)):
        try:
            if not ipaddress.ip_address(text.decode()).is_loopback:
                found.append(text.decode())
        except ValueError:
            pass  # four numbers with dots, but no address; the like
    for text in re.findall(rb"(?<![/\w])/(?:[\w.+-]+/)+[\w.+-]*", data):
        path = text.decode()
        if not path.startswith((allowed, "/usr/", "/session")):
            found.append(path)
    return found


def user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""

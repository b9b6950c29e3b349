"""Where one process calls another: `HOST:PORT`."""

import random
import socket
import time

# Below those that systems give to clients: none of them takes it before it is used.
FREE_PORTS = range(20_000, 32_768)


def split(address: str) -> tuple[str, str]:
    """Host and port of `HOST:PORT`.

    Raises:
        ValueError: It is something else.
    """
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) < 2**16):
        raise ValueError(f"Expected an address, HOST:PORT. Received: {address!r}")
    return host, port


def free_address(address: str) -> tuple[str, str]:
    """Host and port of an address of this machine; a free port for 0.

    Raises:
        ValueError: It is not one, or in use.
    """
    host, port = split(address)
    if port == "0":
        return host, free_port(host)
    try:
        _bind(host, int(port))
    except OSError as error:
        raise ValueError(
            f"Expected a free address of this machine. Received: {address} ({error})"
        ) from None
    return host, port


def free_port(host: str = "127.0.0.1") -> str:
    """A port of this machine that nobody listens at.

    Raises:
        ValueError: None was found, or the host is not this machine.
    """
    error = None
    for port in random.sample(FREE_PORTS, 100):
        try:
            _bind(host, port)
            return str(port)
        except OSError as raised:
            error = raised
    raise ValueError(f"Expected a host with a free port. Received: {host} ({error})")


def _bind(host, port):
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((host, port))


def reach(address: str, seconds: float, calls: bool = True) -> None:
    """Wait until a process answers there, or with `calls=False` until its host is known.

    Raises:
        ValueError: It is not an address.
        RuntimeError: That has not happened in so many seconds.
    """
    host, port = split(address)
    host, until = host.strip("[]"), time.monotonic() + seconds
    while True:
        try:
            if calls:
                socket.create_connection((host, int(port)), timeout=5).close()
            else:
                socket.getaddrinfo(host, port)
            return
        except OSError as error:
            if time.monotonic() > until:
                raise RuntimeError(
                    f"Expected an answer from {address}, in {seconds:.0f} seconds. Received: "
                    f"{error}"
                ) from None
        time.sleep(0.2)

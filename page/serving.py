"""The page's folder on this machine's own address, for a browser."""

import http.server
import os
import sys
from collections.abc import Callable

LOOPBACK = "127.0.0.1"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, by the types that browsers need, without a log."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """One that does not report browsers that went away."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def serve(folder: str | os.PathLike[str], port: int, opened: Callable[[str], object]) -> None:
    """Serve a folder on the loopback, until interrupted.

    Args:
        folder: The page's.
        port: A number; 0 for any that is free.
        opened: Called with the address, once there is an answer at it.

    Raises:
        OSError: The port is taken.
    """

    def handler(*args):
        return Handler(*args, directory=os.fspath(folder))

    try:
        server = Server((LOOPBACK, port), handler)
    except OSError as error:
        raise OSError(f"Expected a free port. Received: {port} ({error.strerror})") from None
    with server:
        opened(f"http://{LOOPBACK}:{server.server_port}/")
        server.serve_forever()

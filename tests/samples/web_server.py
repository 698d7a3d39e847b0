"""A web server on loopback that answers what a test says, and notes what it was asked."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Writes an answer on the line itself.
Raw = Callable[[BaseHTTPRequestHandler], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class WebServer:
    """What it answers by path, the last of several for ever; and what it was asked."""

    address: str
    replies: dict[str, list[Reply | Raw]] = field(default_factory=dict)
    #: (path, headers) of each question.
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def says(self, path: str, *replies: Reply | Raw) -> None:
        """Answer questions for a path with one reply after the other."""
        self.replies[path] = list(replies)

    def next_reply(self, path: str) -> Reply | Raw:
        """Return the reply to the next question for a path."""
        waiting = self.replies.get(path, [Reply(status=404)])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def web_server(context: Any = None) -> Iterator[WebServer]:
    """Serve on a free port of loopback.

    Args:
        context: of TLS; None: in the clear.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            reply = found.next_reply(self.path)
            if not isinstance(reply, Reply):
                self.close_connection = True
                reply(self)
                return
            tags = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
            known = (reply.headers.get("ETag"), reply.headers.get("Last-Modified"))
            status = 304 if any(tag is not None and tag in known for tag in tags) else reply.status
            body = b"" if status == 304 else reply.body
            self.send_response(status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A line that was broken on purpose is nothing to speak of."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    found = WebServer(f"{scheme}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

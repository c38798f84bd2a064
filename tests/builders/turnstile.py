"""A server on loopback that answers as Turnstile's siteverify does, and keeps what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs


@contextmanager
def turnstile() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """What answers as Turnstile's siteverify does, on loopback: its URL, and what it was asked."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            asked.append(form)
            good = form.get("secret") == "shh" and form.get("response") == "a person"
            codes = [] if good else ["invalid-input-response"]
            body = json.dumps({"success": good, "error-codes": codes}).encode()
            self.send_response(200 if form.get("response") != "break" else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/siteverify", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

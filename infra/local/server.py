"""The API over HTTP on loopback: waitress in a thread of its own."""

import logging
import threading
from collections.abc import Iterable
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from .gateway import MAX_BODY, StartResponse, Wsgi

THREADS = 16


class Server:
    """Holds a port from the beginning, so that `url` is known, and serves it from `start` on.

    Port 0 takes a free one. `stop` lets the requests under way finish. OSError for a port in use.
    """

    def __init__(self, port: int = 0, *, threads: int = THREADS) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it tells of every burst
        self._sockets: dict[int, object] = {}
        self._app: Wsgi | None = None
        self._server = create_server(
            self._respond,
            map=self._sockets,
            host="127.0.0.1",
            port=port,
            threads=threads,
            ident=None,
            max_request_body_size=2 * MAX_BODY,
            clear_untrusted_proxy_headers=True,
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self._server.effective_port}"

    def start(self, app: Wsgi) -> None:
        """Serve `app`. Returns at once."""
        self._app = app
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections, finish what is under way, close the rest."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.pull_trigger()
            self._thread.join()
        wasyncore.close_all(self._sockets)

    def _respond(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if self._app is None:
            raise RuntimeError("a request came before the server was started")
        return self._app(environ, start_response)

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        wasyncore.loop(timeout=0.1, map=self._sockets, count=3)

"""The API over HTTP on loopback: waitress in a thread of its own."""

import threading

from waitress import wasyncore
from waitress.server import create_server

from .gateway import MAX_BODY, Wsgi

THREADS = 16


class Server:
    """Serves a WSGI app from `start` until `stop`, which lets requests under way finish.

    Port 0 takes a free one; `url` says which.
    """

    def __init__(self, app: Wsgi, port: int = 0, *, threads: int = THREADS) -> None:
        self._sockets: dict[int, object] = {}
        self._server = create_server(
            app,
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

    def start(self) -> None:
        """Return at once; connections are taken from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections, finish what is under way, close the rest."""
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            wasyncore.loop(timeout=1, map=self._sockets, count=1)
        self._server.task_dispatcher.shutdown()
        wasyncore.loop(timeout=0.1, map=self._sockets, count=3)
        wasyncore.close_all(self._sockets)

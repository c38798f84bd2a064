"""ministack, the AWS emulator, as a child process that keeps its state.

It runs from `.venv-emulator` (its pins collide with ours), on loopback only, in a session of its
own, so that a Ctrl-C reaches us first. It writes its state only when it is asked to stop; it is
asked by SIGTERM, and asks itself when the pipe to us breaks, so that our death loses nothing.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TextIO

from .sent import get_json

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
START_SECONDS = 60
STOP_SECONDS = 120

# Runs ministack and stops it as SIGTERM does when standard input, our pipe, ends.
_CHILD = """
import os, signal, sys, threading
def wait_for_parent():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=wait_for_parent, daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main
main()
"""


class EmulatorFailed(Exception):
    """The emulator did not start, or did not stop in time. The text ends with its log."""


class Emulator:
    """One ministack. `state` is the folder of its state; None keeps it for this run only.

    `start` waits until it answers, `stop` until its state is written. Also a context manager.
    """

    def __init__(self, state: Path | None = None, *, port: int | None = None) -> None:
        self._temporary = TemporaryDirectory(prefix="careloom-") if state is None else None
        self.state = Path(self._temporary.name if self._temporary else state or "").resolve()
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: TextIO | None = None

    @property
    def url(self) -> str:
        """Where it answers every AWS call."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process id while it runs."""
        if self._process is None:
            raise EmulatorFailed("the emulator is not running")
        return self._process.pid

    @property
    def holds_state(self) -> bool:
        """Whether an earlier run has left state here."""
        return any((self.state / "services").glob("*.json"))

    def start(self) -> Self:
        """Start it; EmulatorFailed if it does not answer within a minute."""
        if not PYTHON.exists():
            raise EmulatorFailed(f"{PYTHON.parents[1].name} is missing: run `make .venv-emulator`")
        self._claim()
        for folder in ("services", "objects", "tmp"):
            (self.state / folder).mkdir(exist_ok=True)
        self._move_queues()
        if _answers(self.port):
            self._release()
            raise EmulatorFailed(f"port {self.port} is already in use")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-c", _CHILD],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self._environment(),
                cwd=self.state,
                start_new_session=True,
            )
        self._pid_file.write_text(str(self._process.pid))
        self._wait_until_healthy()
        return self

    def stop(self) -> None:
        """SIGTERM, and wait for the state to be on disk. EmulatorFailed after two minutes."""
        process, self._process = self._process, None
        if process is None:
            return
        if self._temporary is None:
            process.terminate()
        else:
            process.kill()  # there is nothing to keep
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise EmulatorFailed(
                f"the emulator did not stop; its state is lost\n{self._tail()}"
            ) from None
        finally:
            if process.stdin is not None:
                process.stdin.close()
            self._pid_file.unlink(missing_ok=True)
            self._release()
        if self._temporary is not None:
            self._temporary.cleanup()

    def discard(self) -> None:
        """Delete the state. Only while it is not running."""
        self._claim()
        for folder in ("services", "objects"):
            shutil.rmtree(self.state / folder, ignore_errors=True)
        self._release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self.state / "emulator.log"

    @property
    def _pid_file(self) -> Path:
        return self.state / "emulator.pid"

    def _environment(self) -> dict[str, str]:
        """Nothing of ours leaks in: no credentials, no Docker, no other interface than loopback."""
        return {
            "PATH": os.defpath,
            "HOME": str(self.state),
            "TMPDIR": str(self.state / "tmp"),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",
            "PERSIST_STATE": "0" if self._temporary else "1",
            "STATE_DIR": str(self.state / "services"),
            "S3_PERSIST": "0" if self._temporary else "1",
            "S3_DATA_DIR": str(self.state / "objects"),
            "LOG_LEVEL": "WARNING",
        }

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            with suppress(OSError):
                get_json(f"{self.url}/_ministack/health")
                return
            time.sleep(0.05)
        self.stop()
        raise EmulatorFailed(f"the emulator did not start\n{self._tail()}")

    def _claim(self) -> None:
        """Be the only one on this state. EmulatorFailed if another process that lives is."""
        self.state.mkdir(parents=True, exist_ok=True)
        self._lock = (self.state / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release()
            raise EmulatorFailed(f"another process runs on {self.state}") from None
        self._stop_orphan()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _stop_orphan(self) -> None:
        """Stop an emulator on this state whose owner died and that is still writing."""
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid = int(self._pid_file.read_text())
            if str(self.state).encode() not in Path(f"/proc/{pid}/environ").read_bytes():
                return
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                os.kill(pid, 0)
                time.sleep(0.05)
            raise EmulatorFailed(f"an emulator with pid {pid} holds {self.state} and does not stop")

    def _move_queues(self) -> None:
        """Queues are stored under URLs with the port they had: give them this run's."""
        stored, record = self.state / "services" / "sqs.json", self.state / "port"
        if stored.exists() and record.exists():
            before = f"http://127.0.0.1:{record.read_text()}/"
            stored.write_text(stored.read_text().replace(before, f"{self.url}/"))
        record.write_text(str(self.port))

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(preferred: int | None = None, *, tries: int = 20) -> int:
    """`preferred` or the next free loopback port after it; any free one without a preference."""
    for port in range(preferred, preferred + tries) if preferred else (0,):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            taken: int = probe.getsockname()[1]
            return taken
    raise OSError(f"no free port from {preferred} on")

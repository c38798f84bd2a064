"""`python -m infra.local`, the work of `make run`: the whole system until Ctrl-C.

The data stays in var/local and is there at the next start. A new state is filled by
`infra.local.demo.seed(stack)`; `infra.local.demo.sign_in(stack)` gives the lines that say how to
sign in.
"""

import argparse
import importlib
import importlib.util
import shlex
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from .emulator import ROOT, Emulator, EmulatorFailed, free_port
from .stack import Stack

STATE = ROOT / "var" / "local"
PORT = 8000
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> int:
    """Run until a signal; 1 if the stack does not come up."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--port", type=int, help=f"default: {PORT} or the next free one")
    parser.add_argument("--state", type=Path, default=STATE, help="folder of the data")
    parser.add_argument("--no-demo", action="store_true", help="start with no practice at all")
    options = parser.parse_args(arguments)
    for each in SIGNALS:
        signal.signal(each, _interrupt)
    try:
        _run(options.state, options.port or free_port(PORT), demo=not options.no_demo)
    except KeyboardInterrupt:
        print(f"Stopped. The data is in {options.state}.")
    except (EmulatorFailed, OSError) as error:
        print(f"Careloom did not start: {error}", file=sys.stderr)
        return 1
    return 0


def discard_unfinished(state: Path) -> bool:
    """Delete a state whose seeding was broken off; whether there was one."""
    emulator = Emulator(state)
    unfinished = emulator.holds_state and not _seeded(state).exists()
    if unfinished:
        emulator.discard()
    return unfinished


def seed_once(stack: Stack, demo: Any, state: Path) -> None:
    """Fill a new state by `demo.seed(stack)`; one that was filled stays as it is."""
    if _seeded(state).exists():
        return
    if demo is not None:
        demo.seed(stack)
    _seeded(state).touch()


def _run(state: Path, port: int, *, demo: bool) -> None:
    if discard_unfinished(state):
        print("The last set-up was not finished: starting afresh.")
    print("Starting …", flush=True)
    with Stack(state, port=port) as stack:
        (state / "env").write_text(_exports(stack.environment))
        module = _demo() if demo else None
        seed_once(stack, module, state)
        print(_banner(stack, state), *(module.sign_in(stack) if module else ()), sep="\n")
        print("\nCtrl-C stops it; the data is kept.", flush=True)
        threading.Event().wait()


def _seeded(state: Path) -> Path:
    return state / "seeded"


def _banner(stack: Stack, state: Path) -> str:
    return f"""
Careloom is running.

  API        {stack.url}
  Docs       {stack.url}/docs
  Sent mail  {stack.url}/_local/mail
  Sent SMS   {stack.url}/_local/texts; text back: POST {stack.network_url}/texts {{"number", "words"}}
  Video      {stack.meetings_url}; a client comes in, and goes: POST …/connections, …/disconnections {{"token"}}
  AWS        {stack.emulator.url}   (for the AWS CLI: `. {state / "env"}`)
"""


def _demo() -> Any:
    name = "infra.local.demo"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def _exports(environment: dict[str, str]) -> str:
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    return "".join(lines)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)  # stopping takes its time; once is enough
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

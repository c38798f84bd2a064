"""`make smoke`: the whole visit over real HTTP on free ports, each step with its time.

The stack runs in this process, so that the clock can be moved to the day of the visit; requests go
over TCP, events through the emulator's stream and queues.
"""

import sys
import time

from chalicelib.platform.runtime import install, runtime

from .http_api import HttpApi, ShiftedClock
from .people import Failed
from .stack import Stack
from .visit import Visit


def main() -> int:
    """0 when every step held; 1, naming the step, at the first that did not."""
    clock = ShiftedClock()
    began = time.monotonic()
    with Stack(tick_seconds=3_600) as stack:
        live = runtime()
        install(live.authenticate, live.tenant_of, clock=clock)
        print(f"stack up at {stack.url} in {time.monotonic() - began:.1f} s")
        for number, (name, step) in enumerate(Visit(HttpApi(stack, clock)).steps(), start=1):
            started = time.monotonic()
            try:
                step()
            except (Failed, TimeoutError, OSError, KeyError, ValueError) as error:
                print(f"{number:2}. {name}: FAILED\n    {type(error).__name__}: {error}")
                return 1
            print(f"{number:2}. {name}: {time.monotonic() - started:.2f} s", flush=True)
    print(f"the whole visit holds, {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Which addresses a process listens on, read from /proc."""

import os
from pathlib import Path


def listening_addresses(pid: int) -> set[str]:
    """The local addresses of a process's listening TCP sockets, as hexadecimal of /proc/net/tcp."""
    own = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    found: set[str] = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in own:
                found.add(local.partition(":")[0])
    return found


LOOPBACK = "0100007F"

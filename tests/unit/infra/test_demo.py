"""infra/local/demo.py: what `make run` prints to try is what a shell takes."""

import subprocess
from types import SimpleNamespace
from typing import Any

from infra.local.demo import sign_in

# Stands in for curl: says what it was called with, or that somebody has signed in.
CURL = """
curl() {
  case "$*" in
    *sessions*) echo '{"access_token":"tok_1","expires_in":600}' ;;
    *) printf '%s\\n' "$@" ;;
  esac
}
"""


def test_the_requests_to_try_can_be_pasted_into_a_shell_and_the_second_bears_the_firsts_token() -> (
    None
):
    stack: Any = SimpleNamespace(url="http://127.0.0.1:8000")
    lines = sign_in(stack)
    first = next(number for number, line in enumerate(lines) if line.startswith("TOKEN="))
    pasted = CURL + "\n".join(lines[first:])
    ran = subprocess.run(["bash", "-euc", pasted], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "-s",
        "http://127.0.0.1:8000/v1/patients/search",
        "-H",
        "Authorization: Bearer tok_1",
        "-H",
        "Content-Type: application/json",
        "-d",
        '{"name": "sm"}',
    ]

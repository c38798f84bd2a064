"""What only some requests of identity need is not imported by the others' cold start."""

import subprocess
import sys
from os import environ

LATE = ("webauthn", "pyotp", "cbor2", "OpenSSL", "argon2")


def test_the_application_starts_without_the_libraries_of_credentials() -> None:
    program = f"import sys, app; print([each for each in {LATE!r} if each in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ
    )
    assert done.stdout.strip() == "[]"

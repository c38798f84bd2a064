"""Builds the shipped list of common passwords from zxcvbn (MIT licence), needed at build time only.

    python -m infra.build_common_passwords            writes the list
    python -m infra.build_common_passwords --check    exits 1 if the shipped list is not this one

Taken are those of at least eight characters, the shortest length that any account may have.
"""

import argparse
import gzip
import sys
from pathlib import Path

SHORTEST = 8
TARGET = (
    Path(__file__).parent.parent
    / "chalicelib/identity/credentials/common_passwords_data"
    / "passwords.gz"
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = "\n".join(common()).encode()
    if parser.parse_args(arguments).check:
        same = TARGET.exists() and gzip.decompress(TARGET.read_bytes()) == text
        print(f"{TARGET.name} {'is' if same else 'is not'} what the build makes")
        return 0 if same else 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    print(f"{TARGET.name}: {len(text):,} bytes, {TARGET.stat().st_size:,} compressed")
    return 0


def common() -> list[str]:
    """Sorted, as NFKC and lower case have them."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return sorted(
        {word.casefold() for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST}
    )


if __name__ == "__main__":
    sys.exit(main())

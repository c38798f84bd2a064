"""What everybody tries first: the shipped list of common passwords, and plain disguises of them.

The list is made by `infra/build_common_passwords.py` and read at first use.
"""

from functools import cache
from gzip import decompress
from itertools import pairwise
from pathlib import Path

_DATA = Path(__file__).parent / "common_passwords_data" / "passwords.gz"
_LEET = str.maketrans("@4831!05$79", "aabeiiosstg")
_ENDINGS = "0123456789!?.,;:-_#*+=~@$%&/ "
REPEATS = 4
MOST_NEIGHBOURS = 0.7
ROWS = "1234567890 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz"
RUNS = f"{ROWS} {ROWS[::-1]}"
"""Signs that follow one another on a keyboard or in the alphabet, either way."""


def is_common(password: str) -> bool:
    """Whether a case-folded password is on the list, or one of it disguised, repeated or extended.

    Common as well: few different signs, and a run along the keyboard or the alphabet.
    """
    plain = password.strip(_ENDINGS)
    forms = {password, plain, password.translate(_LEET), plain.translate(_LEET)}
    forms |= {form.strip(_ENDINGS) for form in tuple(forms)}
    return bool(forms & common_passwords()) or _is_typed_along(password)


@cache
def common_passwords() -> frozenset[str]:
    """Over 11,000, each of at least eight characters, case-folded."""
    return frozenset(decompress(_DATA.read_bytes()).decode().split("\n"))


def _is_typed_along(password: str) -> bool:
    repeated = password in (password + password)[1:-1]
    neighbours = [one + next_one in RUNS for one, next_one in pairwise(password)]
    typed_along = sum(neighbours) > len(neighbours) * MOST_NEIGHBOURS
    return repeated or len(set(password)) < REPEATS or typed_along

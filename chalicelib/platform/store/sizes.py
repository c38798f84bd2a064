"""How many bytes an item takes, as DynamoDB counts them.

[Sizes] is "DynamoDB item sizes and formats" of the Amazon DynamoDB Developer Guide. Items are in the
low-level form: `{"pk": {"S": "a"}, "n": {"N": "1"}}`. The unit meter (tests/benchmarks) counts by it.
"""

import re
from collections.abc import Mapping
from typing import Any

Value = Mapping[str, Any]
Item = Mapping[str, Value]

CONTAINER_OVERHEAD = 3
ELEMENT_OVERHEAD = 1


def item_size(item: Item) -> int:
    """Names in UTF-8 plus values ([Sizes]). The 100 bytes an item more are for storage only."""
    return sum(_text_size(name) + value_size(value) for name, value in item.items())


def value_size(value: Value) -> int:
    """One attribute's value, without its name ([Sizes]). ValueError for an unknown type."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return _text_size(content)
        case "N":
            return number_size(content)
        case "B":
            return _binary_size(content)
        case "BOOL" | "NULL":
            return 1
        case "SS" | "NS" | "BS":
            return sum(value_size({kind[0]: member}) for member in content)
        case "L":
            elements = sum(ELEMENT_OVERHEAD + value_size(element) for element in content)
            return CONTAINER_OVERHEAD + elements
        case "M":
            return CONTAINER_OVERHEAD + ELEMENT_OVERHEAD * len(content) + item_size(content)
    raise ValueError(f"attribute type {kind!r}")


def number_size(text: str) -> int:
    """A byte for two significant digits, one more, and one for a minus ([Sizes]: "approximately").

    Exactly: digits pair off from the decimal point, half pairs count whole, zero takes 1 byte.
    So does AWS, measured to the byte by the dynamodb-conformance suite (item-size, 2026-08-18).
    """
    match = re.fullmatch(r"([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?", text)
    if match is None or not (match[2] or match[3]):
        raise ValueError(f"number {text!r}")
    digits, exponent = match[2] + match[3], int(match[4] or 0) - len(match[3])
    significant = digits.strip("0")
    if not significant:
        return 1
    exponent += len(digits) - len(digits.rstrip("0"))
    paired = len(significant) + exponent % 2
    return 1 + (paired + 1) // 2 + (match[1] == "-")


def _text_size(text: str) -> int:
    return len(text.encode())


def _binary_size(content: bytes | str) -> int:
    """Bytes; or base64, which is how a stream's event carries them."""
    if isinstance(content, str):
        return len(content) * 3 // 4 - content[-2:].count("=")
    return len(content)

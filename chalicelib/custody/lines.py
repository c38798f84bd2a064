"""One record as one line of JSON, and back: nothing is lost, and nothing needs our code to be read.

`attributes` holds plain JSON. What JSON alone cannot say of an attribute stands in `types`:
`json` (text that holds JSON, shown as JSON), `gzip` and `gzip json` (compressed, shown as text or
JSON), `bytes` (base64), `strings` and `integers` (sets), `number` (not an integer, as text), `wire`
(DynamoDB's own notation). docs/export.md describes it for readers.
"""

import base64
import gzip
import json
import zlib
from typing import Any

Row = dict[str, dict[str, Any]]
Line = dict[str, Any]
INDEX_KEYS = ("gs1pk", "gs1sk", "gs2pk", "gs2sk", "duepk", "duesk")
HEAD = frozenset({"pk", "sk", "kind", "version", "schema", *INDEX_KEYS})


def line_of(row: Row) -> Line:
    """`{"kind": …, "key": [partition, sort], "version": …, "schema": …, "attributes": {…}}`."""
    attributes, types = {}, {}
    for name in sorted(row.keys() - HEAD):
        attributes[name], shown_as = _shown(row[name])
        if shown_as:
            types[name] = shown_as
    index = {name: row[name]["S"] for name in INDEX_KEYS if name in row}
    line: Line = {
        "kind": row["kind"]["S"],
        "key": [row["pk"]["S"], row["sk"]["S"]],
        "version": int(row.get("version", {"N": "1"})["N"]),
        "schema": int(row.get("schema", {"N": "1"})["N"]),
        "attributes": attributes,
    }
    return {**line, **({"types": types} if types else {}), **({"index": index} if index else {})}


def row_of(line: Line) -> Row:
    """The reverse of `line_of`. KeyError, TypeError or ValueError for what is no line of ours."""
    types = line.get("types", {})
    partition, sort = line["key"]
    return {
        "pk": {"S": partition},
        "sk": {"S": sort},
        "kind": {"S": line["kind"]},
        "version": {"N": str(int(line["version"]))},
        "schema": {"N": str(int(line["schema"]))},
        **{name: {"S": value} for name, value in line.get("index", {}).items()},
        **{name: _stored(value, types.get(name, "")) for name, value in line["attributes"].items()},
    }


def text_of(line: Line) -> bytes:
    """The line as it stands in a file, its end included."""
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _shown(value: dict[str, Any]) -> tuple[Any, str]:
    ((sort, held),) = value.items()
    match sort:
        case "S":
            return _text(held, "")
        case "N" if held.lstrip("-").isdigit():
            return int(held), ""
        case "N":
            return held, "number"
        case "BOOL":
            return held, ""
        case "NULL":
            return None, ""
        case "SS":
            return sorted(held), "strings"
        case "NS" if all(each.lstrip("-").isdigit() for each in held):
            return sorted(map(int, held)), "integers"
        case "B":
            return _unpacked(bytes(held))
        case _:
            return _plain(value), "wire"


def _text(text: str, packed: str) -> tuple[Any, str]:
    """JSON is shown as JSON where writing it again gives the same text."""
    if text[:1] in ("{", "["):
        try:
            held = json.loads(text)
        except ValueError:
            return text, packed
        if _compact(held) == text:
            return held, f"{packed} json".strip()
    return text, packed


def _unpacked(held: bytes) -> tuple[Any, str]:
    try:
        return _text(gzip.decompress(held).decode(), "gzip")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return base64.b64encode(held).decode(), "bytes"


def _stored(value: Any, shown_as: str) -> dict[str, Any]:
    match shown_as:
        case "json":
            return {"S": _compact(value)}
        case "gzip":
            return {"B": gzip.compress(value.encode(), mtime=0)}
        case "gzip json":
            return {"B": gzip.compress(_compact(value).encode(), mtime=0)}
        case "bytes":
            return {"B": base64.b64decode(value, validate=True)}
        case "strings":
            return {"SS": value}
        case "integers":
            return {"NS": [str(each) for each in value]}
        case "number":
            return {"N": value}
        case "wire":
            return dict(_wire(value))
        case "":
            return _simple(value)
        case _:
            raise ValueError(f"no such type: {shown_as}")


def _simple(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case _:
            raise TypeError(f"no attribute is a {type(value).__name__}")


def _plain(value: Any) -> Any:
    """Wire notation without bytes: `{"B": …}` becomes base64, sets become sorted lists."""
    match value:
        case {"B": held} if len(value) == 1:
            return {"B": base64.b64encode(bytes(held)).decode()}
        case {"BS": held} if len(value) == 1:
            return {"BS": sorted(base64.b64encode(bytes(each)).decode() for each in held)}
        case {"NS": held} | {"SS": held} if len(value) == 1:
            return {next(iter(value)): sorted(held)}
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def _wire(value: Any) -> Any:
    match value:
        case {"B": str(held)} if len(value) == 1:
            return {"B": base64.b64decode(held)}
        case {"BS": held} if len(value) == 1:
            return {"BS": [base64.b64decode(each) for each in held]}
        case dict():
            return {name: _wire(each) for name, each in value.items()}
        case list():
            return [_wire(each) for each in value]
        case _:
            return value


def _compact(held: Any) -> str:
    return json.dumps(held, separators=(",", ":"), ensure_ascii=False)

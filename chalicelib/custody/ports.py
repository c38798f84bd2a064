"""Where an export is read from when it is imported: a folder of operations."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol


class Archive(Protocol):
    """The files of an export by the names in its manifest."""

    def open(self, name: str) -> BinaryIO:
        """The file, to be read from its start; KeyError if there is none."""
        ...


def chunks(file: BinaryIO, size: int = 1 << 20) -> Iterator[bytes]:
    """A file piece by piece."""
    while chunk := file.read(size):
        yield chunk

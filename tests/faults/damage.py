"""Damage to files, one at a time, which is undone."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["flip", "cut", "zero", "grow", "swap", "delete"]
KINDS: tuple[Kind, ...] = ("flip", "cut", "zero", "grow", "swap", "delete")
_LONGEST_RUN = 4096
"""Bytes zeroed or added, at most."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is done to a file."""

    path: Path
    kind: Kind
    before: bytes
    after: bytes
    """Empty if the file is deleted."""

    def __str__(self) -> str:
        return f"{self.kind} of {self.path.name}"


def draw(path: Path, kind: Kind, others: Sequence[Path], chance: random.Random) -> Damage:
    """Choose damage that changes a file's bytes; `others` are files that it may be swapped with."""
    before = path.read_bytes()
    if kind == "delete":
        return Damage(path, kind, before, b"")
    if kind == "swap":
        different = [data for data in map(Path.read_bytes, others) if data != before]
        return Damage(path, kind, before, chance.choice(different))
    if not before:
        kind = "grow"
    return Damage(path, kind, before, _DRAWN[kind](before, chance))


def _flip(data: bytes, chance: random.Random) -> bytes:
    offset = chance.randrange(len(data))
    return data[:offset] + bytes([data[offset] ^ 1 << chance.randrange(8)]) + data[offset + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _zero(data: bytes, chance: random.Random) -> bytes:
    offset = chance.randrange(len(data))
    run = data[offset : offset + chance.randint(1, _LONGEST_RUN)]
    # Ones if the bytes are zeros already.
    filling = b"\xff" if not any(run) else b"\0"
    return data[:offset] + filling * len(run) + data[offset + len(run) :]


def _grow(data: bytes, chance: random.Random) -> bytes:
    return data + chance.randbytes(chance.randint(1, _LONGEST_RUN))


_DRAWN: dict[Kind, Callable[[bytes, random.Random], bytes]] = {
    "flip": _flip,
    "cut": _cut,
    "zero": _zero,
    "grow": _grow,
}


@contextmanager
def damaged(damage: Damage) -> Iterator[None]:
    """Damage a file in place, because its readers have it open, and restore it."""
    if damage.kind == "delete":
        damage.path.unlink()
    else:
        overwrite(damage.path, damage.after)
    try:
        yield
    finally:
        overwrite(damage.path, damage.before)


def overwrite(path: Path, data: bytes) -> None:
    """Write a file in place, as careless programs do."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(0)
        file.write(data)

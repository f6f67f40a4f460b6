"""Check the reader, without network access and without writing."""

from pathlib import Path

from index.check import Finding
from index.errors import BylineError
from qa.reader.export import folder_of, is_prepared, reader_faults
from qa.reader.sources import find_reader


def check_reader(name: str, cache: Path) -> Finding:
    """Check a reader, by name or path, and its export."""
    try:
        source = find_reader(name, from_hub=False)
    except BylineError as error:
        return Finding("reader", "error", error.message, "choose another with --reader")
    faults = reader_faults(source, cache)
    if not faults:
        return Finding("reader", "ok", f"{name} is ready; all checksums match")
    folder = folder_of(source, cache)
    recreate = f"delete {folder}; the next question recreates it"
    advice = recreate if is_prepared(source, cache) else None
    return Finding("reader", "warn", f"{name}: {faults[0]}", advice)

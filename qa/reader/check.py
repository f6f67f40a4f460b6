"""Is the reader sound? Looked at without network or writing."""

from pathlib import Path

from index.check import Finding
from index.errors import BylineError
from qa.reader.export import folder_of, is_prepared, reader_faults
from qa.reader.sources import find_reader


def check_reader(name: str, cache: Path) -> Finding:
    """Look at a reader, by name or path, and at its export."""
    try:
        source = find_reader(name, from_hub=False)
    except BylineError as error:
        return Finding("reader", "broken", error.message, "name another with --reader")
    faults = reader_faults(source, cache)
    if not faults:
        return Finding("reader", "sound", f"{name}, ready, every file as written", "")
    folder = folder_of(source, cache)
    advice = f"delete {folder} and ask anything" if is_prepared(source, cache) else ""
    return Finding("reader", "attention", f"{name}: {faults[0]}", advice)

"""Refuse model folders that could run code when they are loaded.

The libraries refuse most of this too, each in its own way and in some versions only.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from index.errors import ModelUnavailable

_CONFIGURATIONS = "*config*.json"
_PICKLE = "pytorch_model.bin"
"""Read by sentence-transformers and transformers if the file below is not next to it."""
_SAFE = "model.safetensors"
_SHARDS = "*.safetensors.index.json"
_KERNEL_KEYS = ("attn_implementation", "experts_implementation")
"""Suffixes of keys whose value, if it has a slash, is code in a hub that transformers would run."""


def refuse_untrusted(folder: Path) -> None:
    """Raise ModelUnavailable, with the reason, for a folder that must not be loaded."""
    if next(folder.rglob("*.safetensors"), None) is None:
        raise ModelUnavailable(
            f"{folder} has no weights in safetensors format; other formats can run code when read"
        )
    for reason in chain(_links(folder), _code(folder), _pickles(folder)):
        raise ModelUnavailable(f"{reason}; not loaded")


def _links(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_symlink() and path.is_dir():
            yield f"{path} is a link to a folder"


def _code(folder: Path) -> Iterator[str]:
    for path in folder.rglob(_CONFIGURATIONS):
        for key in _keys_naming_code(path):
            yield f"{path} requires custom code ({key})"


def _pickles(folder: Path) -> Iterator[str]:
    for path in folder.rglob(_PICKLE):
        if not path.with_name(_SAFE).is_file():
            yield f"{path} is a pickle, which can run code when read"
    for path in folder.rglob(_SHARDS):
        for shard in _strings(_parsed(path).get("weight_map")):
            if not shard.endswith(".safetensors") or Path(shard).name != shard:
                yield f"{path} names {shard}, which is not a safetensors file in the same folder"


def _keys_naming_code(path: Path) -> Iterator[str]:
    pending: list[object] = [_parsed(path)]
    while pending:
        match pending.pop():
            case dict() as fields:
                pending.extend(fields.values())
                for key, value in fields.items():
                    if (key == "auto_map" and value) or _names_kernel(key, value):
                        yield key
            case list() as items:
                pending.extend(items)


def _names_kernel(key: str, value: object) -> bool:
    return key.endswith(_KERNEL_KEYS) and any("/" in text for text in _strings(value))


def _strings(value: object) -> list[str]:
    """Return a string, or the strings in a mapping's values."""
    values = value.values() if isinstance(value, dict) else [value]
    return [item for item in values if isinstance(item, str)]


def _parsed(path: Path) -> dict[str, Any]:
    """Parse as the libraries do; empty if they could not read the file either."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

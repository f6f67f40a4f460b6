"""What a model's folder may not hold: what runs code of its own, or is no plain data, when loaded.

The libraries refuse most of it too, each in its own way and in some versions only.
"""

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from index.errors import ModelUnavailable

_CONFIGURATIONS = "*config*.json"
_PICKLE = "pytorch_model.bin"
"""Read by sentence-transformers and transformers where the file below does not stand beside it."""
_SAFE = "model.safetensors"
_SHARDS = "*.safetensors.index.json"
_KERNEL_KEYS = ("attn_implementation", "experts_implementation")
"""Ends of keys whose value, where it has a slash, is code in a hub that transformers would run."""


def refuse_untrusted(folder: Path) -> None:
    """Refuse a folder that must not be loaded. Raises ModelUnavailable, naming what it is."""
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
        for key in _asking_for_code(path):
            yield f"{path} asks for code of its own ({key})"


def _pickles(folder: Path) -> Iterator[str]:
    for path in folder.rglob(_PICKLE):
        if not path.with_name(_SAFE).is_file():
            yield f"{path} is a pickle, which can run code when read"
    for path in folder.rglob(_SHARDS):
        for shard in _strings(_parsed(path).get("weight_map")):
            if not shard.endswith(".safetensors") or Path(shard).name != shard:
                yield f"{path} names {shard}, which is no safetensors file of the folder"


def _asking_for_code(path: Path) -> Iterator[str]:
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
    return key.endswith(_KERNEL_KEYS) and any("/" in one for one in _strings(value))


def _strings(value: object) -> list[str]:
    """Give a string, or those that a mapping holds."""
    values = value.values() if isinstance(value, dict) else [value]
    return [one for one in values if isinstance(one, str)]


def _parsed(path: Path) -> dict[str, Any]:
    """Parse as the libraries do; what they cannot read either says nothing."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}

"""Byline's own token encoding, in which passages are measured whatever the embedding model."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

FILE = "byline.tiktoken"
SHA256 = "7d63e138eb605f451091661b443115aaf98c75b74d8f2b8c2b56fe28d4e2928c"

PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}{1,24}| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]{1,8}|\s{1,16}"""
"""All repeats are bounded: tiktoken's merge takes time quadratic in the length of a piece."""


@cache
def encoding() -> "tiktoken.Encoding":
    """Load the encoding that ships with Byline. Raises ValueError if its file was altered."""
    import tiktoken

    data = files("index").joinpath(FILE).read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{FILE}: checksum mismatch; reinstall Byline")
    ranks = {
        base64.b64decode(token): int(rank)
        for token, rank in (line.split() for line in data.splitlines())
    }
    return tiktoken.Encoding("byline", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count(text: str) -> int:
    """Return the number of tokens in a text."""
    return len(encoding().encode_ordinary(text))

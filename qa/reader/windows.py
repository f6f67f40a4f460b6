"""A question and passages to what the model reads: token ids, and where each token stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Ints = NDArray[np.int64]

_QUESTION_SHARE = 4
"""A question takes at most the fourth part of a window; a longer one loses its end."""
_STRIDE_SHARE = 4
"""Windows of a passage overlap by the fourth part of a window."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A question with as much of a passage as the model can see at once."""

    passage: int
    """Index of its passage among those given."""
    ids: Ints
    """Shape (tokens,): question, passage and special tokens."""
    types: Ints
    """Shape (tokens,): 0 for the question's tokens, 1 for the passage's, if the model has types."""
    first: int
    """Index of the first of the passage's tokens."""
    offsets: Ints
    """Shape (passage tokens, 2): the code points of the passage that each covers, half-open."""


def prepare_tokenizer(tokenizer: "Tokenizer", max_tokens: int) -> None:
    """Set a tokenizer so that a passage outgrowing the model becomes several windows."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(
        max_tokens, stride=max_tokens // _STRIDE_SHARE, strategy="only_second"
    )


def windows(
    tokenizer: "Tokenizer", question: str, passages: Sequence[str], max_tokens: int
) -> list[Window]:
    """Give the windows of every passage, in order; the tokenizer is a prepared one."""
    asked = _shortened(tokenizer, question, max_tokens)
    encodings = tokenizer.encode_batch([(asked, passage) for passage in passages])
    return [
        window
        for index, encoding in enumerate(encodings)
        for part in (encoding, *encoding.overflowing)
        for window in _window(index, part)
    ]


def _shortened(tokenizer: "Tokenizer", question: str, max_tokens: int) -> str:
    most = max_tokens // _QUESTION_SHARE
    if len(question) <= most:  # a token has a code point at least
        return question
    # Only a passage may be truncated while the tokenizer is prepared; a question alone has none.
    tokenizer.no_truncation()
    encoding = tokenizer.encode(question, add_special_tokens=False)
    prepare_tokenizer(tokenizer, max_tokens)
    return question[: encoding.offsets[most - 1][1]] if len(encoding.ids) > most else question


def _window(passage: int, encoding: "Encoding") -> Iterator[Window]:
    positions = [at for at, sequence in enumerate(encoding.sequence_ids) if sequence == 1]
    if positions:
        first, end = positions[0], positions[-1] + 1
        yield Window(
            passage,
            np.array(encoding.ids, dtype=np.int64),
            np.array(encoding.type_ids, dtype=np.int64),
            first,
            np.array(encoding.offsets[first:end], dtype=np.int64),
        )

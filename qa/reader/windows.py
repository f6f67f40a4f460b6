"""From a question and passages to a model's input: token ids, and the offsets of each token.

The first segment is the question, the second a passage under its context, the title of its article.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.articles.blocks import Reading

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

Ints = NDArray[np.int64]

_QUESTION_SHARE = 4
"""A question takes at most a quarter of a window; a longer one is cut."""
_STRIDE_SHARE = 4
"""Windows of a passage overlap by a quarter of a window."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A question with as much of a passage as the model can see at once."""

    passage: int
    """Index of its passage in the list given."""
    ids: Ints
    """Shape (tokens,): question, passage and special tokens."""
    types: Ints
    """Shape (tokens,): 0 for the question's tokens, 1 for the passage's, if the model has types."""
    first: int
    """Index of the first of the passage's tokens."""
    offsets: Ints
    """Shape (passage tokens, 2): the code points of the passage that each covers, half-open."""

    def inputs(self, names: Sequence[str]) -> dict[str, Ints]:
        """Return the inputs of a network by their names; shape (1, tokens)."""
        return network_inputs(names, self.ids, self.types)

    def part(self, tokens: slice) -> "Window":
        """Return a window of the same question with some of the passage's tokens."""
        kept = np.ones(len(self.ids), dtype=np.bool_)
        kept[self.first : self.first + len(self.offsets)] = False
        kept[self.first + tokens.start : self.first + tokens.stop] = True
        return Window(
            self.passage, self.ids[kept], self.types[kept], self.first, self.offsets[tokens]
        )


def network_inputs(names: Sequence[str], ids: Ints, types: Ints) -> dict[str, Ints]:
    """Return the inputs of a network by their names; shape (1, tokens) from shape (tokens,)."""
    known = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}
    return {name: known[name][None] for name in names}


def prepare_tokenizer(tokenizer: "Tokenizer", max_tokens: int) -> None:
    """Set up a tokenizer to split a passage that is too long for the model into windows."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(
        max_tokens, stride=max_tokens // _STRIDE_SHARE, strategy="only_second"
    )


def windows(
    tokenizer: "Tokenizer",
    question: str,
    passages: Sequence[str],
    max_tokens: int,
    contexts: Sequence[str] = (),
) -> list[Window]:
    """Return the windows of all passages, in order; the tokenizer must be prepared.

    `contexts` has what is read above each passage, from which no answer is taken; no contexts are
    the same as empty ones.
    """
    shortened = _shortened(tokenizer, question, max_tokens)
    above = [f"{context}\n" if context else "" for context in contexts or [""] * len(passages)]
    pairs = [(shortened, context + text) for context, text in zip(above, passages, strict=True)]
    every = [
        _window(index, part, len(above[index]))
        for index, encoding in enumerate(tokenizer.encode_batch(pairs))
        for part in (encoding, *encoding.overflowing)
    ]
    return [window for window in every if window is not None]


def in_source(offsets: Ints, reading: Reading) -> tuple[Ints, Ints]:
    """Return where tokens of a passage as it is read are in the passage as it is written.

    Both have shape (tokens, 2); those of a label are empty. Returns with them the number of labels
    before each token; shape (tokens,).
    """
    if reading.starts is None or not len(offsets):
        return offsets, np.zeros(len(offsets), dtype=np.int64)
    starts, ends, parts = (np.array(each) for each in (reading.starts, reading.ends, reading.parts))
    first = np.minimum(offsets[:, 0], len(starts) - 1)
    last = np.maximum(offsets[:, 1] - 1, 0)
    is_source = (offsets[:, 0] < offsets[:, 1]) & (starts[first] >= 0) & (starts[last] >= 0)
    source = np.stack([starts[first], ends[last]], axis=1)
    return np.where(is_source[:, None], source, 0), parts[first]


def _shortened(tokenizer: "Tokenizer", question: str, max_tokens: int) -> str:
    limit = max_tokens // _QUESTION_SHARE
    if len(question) <= limit:  # a token has at least one code point
        return question
    # A prepared tokenizer truncates only passages, and a question alone has none.
    tokenizer.no_truncation()
    encoding = tokenizer.encode(question, add_special_tokens=False)
    prepare_tokenizer(tokenizer, max_tokens)
    return question[: encoding.offsets[limit - 1][1]] if len(encoding.ids) > limit else question


def _window(passage: int, encoding: "Encoding", context: int) -> Window | None:
    """Return the window of an encoding; None if it has no tokens of the passage.

    `context` is the number of code points above the passage in the second segment.
    """
    positions = [
        index
        for index, (sequence, offset) in enumerate(
            zip(encoding.sequence_ids, encoding.offsets, strict=True)
        )
        if sequence == 1 and offset[0] >= context
    ]
    if not positions:
        return None
    first, end = positions[0], positions[-1] + 1
    parts = (encoding.ids, encoding.type_ids, encoding.offsets[first:end])
    ids, types, offsets = (np.array(part, dtype=np.int64) for part in parts)
    return Window(passage, ids, types, first, offsets - context)

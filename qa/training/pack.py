"""Turn groups into packed examples: what a training reads, on any machine."""

from collections.abc import Sequence

import numpy as np
from tokenizers import Tokenizer

from index.articles.spans import Span
from qa.reader.windows import Window, prepare_tokenizer, windows
from qa.training.groups import Group
from qa.training.train_packed import Packed

MAX_TOKENS = 320
"""In a window."""


def pack(groups: Sequence[Group], tokenizer: Tokenizer) -> Packed:
    """Tokenise groups; a window that lacks its passage's answer counts as unanswerable."""
    prepare_tokenizer(tokenizer, MAX_TOKENS)
    ids, seconds, firsts, targets, numbers = [], [], [], [], []
    for number, group in enumerate(groups):
        examples = group.examples
        texts = [example.passage for example in examples]
        contexts = [example.context for example in examples]
        for window in windows(tokenizer, group.question, texts, MAX_TOKENS, contexts):
            ids.append(window.ids.astype(np.uint16))
            seconds.append(int(window.types.argmax()))
            firsts.append(window.first)
            targets.append(answer_tokens(window, examples[window.passage].answer))
            numbers.append(number)
    ends = np.cumsum([len(each) for each in ids])
    arrays = [np.array(values, dtype=np.int64) for values in (seconds, firsts, targets, numbers)]
    return Packed(np.concatenate(ids), ends, *arrays)


def answer_tokens(window: Window, answer: Span | None) -> tuple[int, int]:
    """Return the first and last token of an answer in a window; (0, 0), [CLS], without one."""
    if answer is None:
        return 0, 0
    inside = (window.offsets[:, 0] < answer.end) & (window.offsets[:, 1] > answer.start)
    covers = window.offsets[0, 0] <= answer.start and answer.end <= window.offsets[-1, 1]
    if not covers or not inside.any():
        return 0, 0
    tokens = inside.nonzero()[0]
    return window.first + int(tokens[0]), window.first + int(tokens[-1])

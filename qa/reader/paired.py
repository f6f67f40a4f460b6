"""Two readers that read as one."""

from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np

from index.articles.passages import Passage
from qa.reader.candidates import TokenScores, best_candidates
from qa.reader.extractive import ExtractiveReader
from qa.reader.protocol import Candidate

_HALF = np.float32(0.5)


class PairedReader:
    """Reads with the mean of two readers' logits, where they divide a passage into equal tokens.

    F1 of the likeliest span among the four best passages, of the fast reader, the accurate one and
    both: 53, 70 and 69 on 102 questions of the development news, 85, 75 and 85 on 100 of SQuAD dev;
    it is among the likeliest three for 77, 82 and 87%, and 93, 93 and 95%.
    """

    def __init__(self, fast: ExtractiveReader, opening: Future[ExtractiveReader]) -> None:
        """Take the accurate reader as it is being opened; reading waits for it."""
        self.fast = fast
        self._opening = opening

    @property
    def accurate(self) -> ExtractiveReader:
        """The accurate reader. Raises ModelUnavailable if it cannot be opened."""
        return self._opening.result()

    def read(
        self, question: str, passages: Sequence[Passage], contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        """Return the spans that may answer a question, best first; none of them overlap."""
        fast = self.fast.scores(question, passages, contexts)
        accurate = self.accurate.scores(question, passages, contexts)
        return best_candidates(question, passages, mixed(fast, accurate))


def mixed(fast: Sequence[TokenScores], accurate: Sequence[TokenScores]) -> list[TokenScores]:
    """Return the mean of the scores of equal windows; of others, the accurate reader's alone."""
    by_start = {_start(each): each for each in fast}
    return [_mean(by_start.get(_start(each), each), each) for each in accurate]


def _start(scores: TokenScores) -> tuple[int, int]:
    """Return what distinguishes a window: its passage, and where it starts there."""
    return scores.passage, int(scores.offsets[0, 0])


def _mean(fast: TokenScores, accurate: TokenScores) -> TokenScores:
    if not np.array_equal(fast.offsets, accurate.offsets):
        return accurate
    return TokenScores(
        accurate.passage,
        accurate.offsets,
        _HALF * (fast.starts + accurate.starts),
        _HALF * (fast.ends + accurate.ends),
        (fast.null + accurate.null) / 2,
    )

"""What there is without a reader: the first sentence of each passage."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.passages import Passage
from qa.reader.protocol import Candidate


@dataclass(frozen=True, slots=True)
class FirstSentence:
    """A Reader that takes each passage's first sentence, the surer the better the passage ranks."""

    def read(self, _question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Give the first sentences in the order of their passages."""
        return [
            Candidate(index, span, span, margin=-float(index), sharpness=0.0)
            for index, one in enumerate(passages)
            for span in one.sentences[:1]
        ]

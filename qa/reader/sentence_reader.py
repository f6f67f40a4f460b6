"""A reader that answers with a whole sentence: the likeliest one by similarity and shared terms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.passages import Passage
from index.questions import QuestionEncoder
from index.spans import Span
from index.terms import terms
from qa.reader.cues import Cue, cue_of, holds
from qa.reader.protocol import Candidate

Features = NDArray[np.float64]

FEATURES = (
    "similarity of the sentence to the question",
    "similarity of its passage's best sentence",
    "weighted share of the question's terms in the sentence",
    "weighted share of them in its passage",
    "it holds what the question asks for",
    "the question does not say what it asks for",
    "1 / rank of the passage",
)
WEIGHTS = (4.668, 1.542, 4.565, -0.029, 0.841, -0.266, 2.093)
BIAS = -10.965
CALIBRATION = (0.603, 0.331, 0.039)
"""Factor of the best sentence's score, of its lead over the second's, and bias.

Fitted, with the weights, by `python -m qa.reader.fit_sentences`.
"""


@dataclass(frozen=True)
class SentenceReader:
    """Weighs every sentence of the passages."""

    encoder: QuestionEncoder
    rarity: Callable[[str], float]
    """Inverse document frequency of a term, as keyword search has it."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Give every sentence, each once, the likeliest first, with its probability."""
        places = [
            (index, span) for index, passage in enumerate(passages) for span in passage.sentences
        ]
        if not places:
            return []
        scores = self.features(question, passages, places) @ np.array(WEIGHTS) + BIAS
        confidences = calibrated(scores)
        order = np.argsort(-scores, kind="stable")
        return [
            Candidate(places[i][0], places[i][1], places[i][1], float(confidences[i]))
            for i in order
        ]

    def features(
        self, question: str, passages: Sequence[Passage], places: Sequence[tuple[int, Span]]
    ) -> Features:
        """Describe each sentence; shape (sentences, features)."""
        sentences = [span.of(passages[index].text) for index, span in places]
        vectors = self.encoder.encode([question, *dict.fromkeys(sentences)])
        rows = {sentence: row for row, sentence in enumerate(dict.fromkeys(sentences), 1)}
        wanted = {term: self.rarity(term) for term in terms(question)}
        cue = cue_of(question)
        in_passage = [_share(wanted, passage.text) for passage in passages]
        similarity = [float(vectors[rows[sentence]] @ vectors[0]) for sentence in sentences]
        best = [-1.0] * len(passages)
        for (index, _), one in zip(places, similarity, strict=True):
            best[index] = max(best[index], one)
        return np.array(
            [
                (
                    similarity[i],
                    best[index],
                    _share(wanted, sentences[i]),
                    in_passage[index],
                    float(holds(cue, sentences[i], question)),
                    float(cue is Cue.ANY),
                    1.0 / (1 + index),
                )
                for i, (index, _) in enumerate(places)
            ]
        )


def calibrated(scores: Features) -> Features:
    """Turn the scores of one question's sentences into probabilities of being right.

    A sentence is as likely as its own score says, and as its lead over the best of the others.
    """
    factor, lead_factor, bias = CALIBRATION
    ordered = np.sort(scores)[::-1]
    best = ordered[0]
    second = ordered[1] if len(ordered) > 1 else best - 1.0
    leads = scores - np.where(scores == best, second, best)
    logits = factor * scores + lead_factor * leads + bias
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)


def _share(wanted: dict[str, float], text: str) -> float:
    total = sum(wanted.values())
    if not total:
        return 0.0
    present = set(terms(text))
    return sum(weight for term, weight in wanted.items() if term in present) / total

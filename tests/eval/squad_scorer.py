"""SQuAD's own scorer, written down again from its description, not from ours."""

import re
import string
from collections import Counter
from typing import Any


def scores(dataset: dict[str, Any], predictions: dict[str, str]) -> dict[str, float]:
    """Exact match and F1 in percent over all questions of a file in SQuAD's format."""
    exact, overlap = [], []
    for article in dataset["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                gold = [one["text"] for one in asked["answers"] if tokens(one["text"])] or [""]
                given = predictions[asked["id"]]
                exact.append(max(tokens(one) == tokens(given) for one in gold))
                overlap.append(max(shared(tokens(one), tokens(given)) for one in gold))
    return {
        "exact": 100.0 * sum(exact) / len(exact),
        "f1": 100.0 * sum(overlap) / len(overlap),
    }


def tokens(text: str) -> list[str]:
    kept = "".join(char for char in text.lower() if char not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def shared(gold: list[str], given: list[str]) -> float:
    if not gold or not given:
        return float(gold == given)
    same = sum((Counter(gold) & Counter(given)).values())
    if not same:
        return 0.0
    precision, recall = same / len(given), same / len(gold)
    return 2 * precision * recall / (precision + recall)

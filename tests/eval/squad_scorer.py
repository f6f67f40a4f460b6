"""SQuAD's scorer, written from its description, independently of ours."""

import re
import string
from collections import Counter
from typing import Any


def scores(dataset: dict[str, Any], predictions: dict[str, str]) -> dict[str, float]:
    """Exact match and F1 in percent over all questions of a file in SQuAD's format."""
    exact, overlap = [], []
    for article in dataset["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                gold = [one["text"] for one in qa["answers"] if tokens(one["text"])] or [""]
                reply = predictions[qa["id"]]
                exact.append(max(tokens(one) == tokens(reply) for one in gold))
                overlap.append(max(shared(tokens(one), tokens(reply)) for one in gold))
    return {"exact": 100.0 * sum(exact) / len(exact), "f1": 100.0 * sum(overlap) / len(overlap)}


def tokens(text: str) -> list[str]:
    kept = "".join(char for char in text.lower() if char not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def shared(gold: list[str], reply: list[str]) -> float:
    if not gold or not reply:
        return float(gold == reply)
    same = sum((Counter(gold) & Counter(reply)).values())
    if not same:
        return 0.0
    precision, recall = same / len(reply), same / len(gold)
    return 2 * precision * recall / (precision + recall)

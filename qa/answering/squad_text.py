"""Normalize answers the way SQuAD's scorer does."""

import re
import string

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise_answer(text: str) -> str:
    """Lower-case a text, remove ASCII punctuation and articles, collapse white space.

    Source: `normalize_answer` of SQuAD's evaluate-v2.0.py.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())

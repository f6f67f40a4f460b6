"""Normalize answers the way SQuAD's scorer does."""

import re
import string
import unicodedata

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise_answer(text: str) -> str:
    """Lower-case a text, remove ASCII punctuation and articles, collapse white space.

    Source: `normalize_answer` of SQuAD's evaluate-v2.0.py. In addition, a letter and its accent are
    one code point wherever there is one (NFC).
    """
    lowered = unicodedata.normalize("NFC", text).lower()
    return " ".join(_ARTICLES.sub(" ", lowered.translate(_PUNCTUATION)).split())

"""Text to the terms of keyword search: folded, stemmed English."""

from functools import cache

import tantivy

from index.articles.text import encodable

ANALYZER = "english"
_MAX_TERM = 40
"""Bytes."""
_QUESTION_WORDS = """
a about after all also an and any are as at be been before being but by can could did do does doing
for from had has have having he her hers him his how i if in into is it its just me more most my no
nor not of on or our out over own please s she should so some such t tell than that the their them
then there these they this those to too under until up us was we were what when where which while
who whom whose why will with would you your
""".split()


def terms(text: str) -> list[str]:
    """Return a text's distinct terms in order, without question words."""
    return list(dict.fromkeys(_question_analyzer().analyze(encodable(text))))


def all_terms(text: str) -> list[str]:
    """Return a text's terms in order, as the index has them: repeated, with question words."""
    return list(analyzer().analyze(encodable(text)))


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """Return the analyzer that passages are indexed with; it keeps question words."""
    return _builder().filter(tantivy.Filter.stemmer("english")).build()


@cache
def _question_analyzer() -> tantivy.TextAnalyzer:
    without = _builder().filter(tantivy.Filter.custom_stopword(_QUESTION_WORDS))
    return without.filter(tantivy.Filter.stemmer("english")).build()


def _builder() -> tantivy.TextAnalyzerBuilder:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    builder = builder.filter(tantivy.Filter.remove_long(_MAX_TERM))
    return builder.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())

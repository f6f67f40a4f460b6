"""The same article gives the same sentences in every format, each at its place."""

import random
from collections.abc import Mapping

import pytest

from index.articles.blocks import Kind
from index.articles.files import Contents, Signature
from index.articles.formats.reading import read_document
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.articles.text import NotText
from qa.citations import quote_in, quote_of
from tests.index.articles.formats.prose import prose
from tests.index.articles.formats.samples import TITLE, samples

SAMPLES = samples()
LONG = samples(TITLE, prose(random.Random(5), 40))
"""More than one page of the PDF."""


def read(name: str, files: Mapping[str, bytes] = SAMPLES) -> ReadArticle:
    contents = Contents(files[name], Signature(0, 0, 0, 0))
    article = read_article(contents, DEFAULT_SETTINGS, NoLimit(), name)
    assert not isinstance(article, NotText), article
    return article


def sentences(article: ReadArticle) -> list[str]:
    """The sentences of the text, each white space one blank."""
    return [
        " ".join(span.of(one.text).split())
        for one in article.passages
        if one.kind is Kind.PARAGRAPH
        for span in one.sentences
        if span.of(one.text) != TITLE
    ]


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_same_article_has_the_same_sentences_and_title(name: str) -> None:
    article = read(name)
    assert sentences(article) == sentences(read("a.txt"))
    assert article.article.title == TITLE


@pytest.mark.parametrize("name", [one for one in sorted(SAMPLES) if one not in ("a.eml", "a.mbox")])
def test_neither_lines_nor_pages_decide_what_a_passage_holds(name: str) -> None:
    """A message has its title in a header."""

    def said(file: str) -> list[tuple[str, str]]:
        return [
            (" ".join(one.words.split()), one.context)
            for one in read(file, LONG).passages
            if one.kind is not Kind.BOILERPLATE
        ]

    assert len(said("a.txt")) > 20
    assert said(name) == said("a.txt")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sentence_is_found_again_where_it_was(name: str) -> None:
    document = read_document(SAMPLES[name], name)
    assert not isinstance(document, NotText)
    text = document.text
    for passage in read(name).passages:
        for span in passage.sentences:
            quote = quote_of(passage, span)
            start = text.line_starts[quote.line - 1] + quote.column - 1
            assert quote_in(text, span.shifted(start - span.start)) == quote
            assert bool(quote.anchors) == (name not in ("a.txt", "a.md"))

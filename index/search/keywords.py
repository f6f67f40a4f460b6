"""Keyword search: BM25 in tantivy over stemmed English terms, with queries built by hand."""

import math
import os
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import tantivy

from index.articles.text import encodable
from index.disk.durable_files import sync_file, sync_folder
from index.disk.memory_copy import private_copy
from index.errors import IndexDamaged, IndexUnreadable
from index.search.analyzer import ANALYZER, analyzer, terms

_BOOSTS = {"text": 1.0, "context": 0.5, "title": 0.3}
"""Weights of a term in the passage, in the headings above it, and in the article's title."""
_HEAP = 64 * 1024 * 1024
"""Bytes."""
_LITTLE_HEAP = 15_000_000
"""Bytes; the least that tantivy accepts."""
_META = "meta.json"
REPLACED_FILES = frozenset({_META, ".managed.json"})
"""Files that an update replaces; all others never change."""
_MAX_TERMS = 64
"""Terms of a question that are searched for; the first ones of a longer question."""
_FEW = 500
"""Articles up to which a search is restricted by a query; one of 5,000 takes 15 ms."""
_DEEPER = 8
"""Times the limit that is searched first, and by which it grows, where articles are many."""
_DEEPEST = 4_000
"""Passages that are looked through before a search is restricted by a query all the same."""
_SMALL = 20_000
"""Documents of a collection up to which each of its shards is padded to its very size."""
_PADDINGS = 5_000
"""Sizes of padding that are tried in larger ones."""
_EXACT = 1e-6
"""Relative error of an average, in entire tokens, that is small enough."""
_PADDING = "the"
"""Repeated in padding: a word that no question is searched for."""
_Hits = list[tuple[float, tantivy.DocAddress]]
"""Scores and addresses, best first."""
_ERROR_NUMBER = re.compile(r"(?:os error |code: )(\d+)")


@dataclass(frozen=True, slots=True)
class Document:
    """A passage, or several of an article, as keyword search indexes them."""

    passages: range
    article: int
    title: str
    """Of its article, with the name of its file."""
    context: str
    """The headings above it."""
    text: str


class Totals(msgspec.Struct, frozen=True):
    """What BM25 has to know of all documents together, including deleted ones."""

    documents: int
    tokens: dict[str, int]
    """By field."""

    def __add__(self, other: "Totals") -> "Totals":
        tokens = {name: self.tokens[name] + other.tokens[name] for name in _BOOSTS}
        return Totals(self.documents + other.documents, tokens)


NO_TOTALS = Totals(0, dict.fromkeys(_BOOSTS, 0))
"""The totals of no document."""
Frequencies = dict[tuple[str, str], int]
"""How many documents have a term in a field, by field and term."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The documents of which an index has a part, whose statistics it scores with."""

    own: Totals
    """Of the part."""
    all: Totals

    @property
    def padding(self) -> Totals:
        """Documents that give the part the average length of all in each field.

        BM25 takes that average from the index itself.
        """
        own, every = self.own, self.all
        means = {name: every.tokens[name] / max(1, every.documents) for name in _BOOSTS}
        # As many that no field of the part is too long for its mean.
        least = max(
            math.ceil(own.tokens[name] / mean - own.documents) if mean else 0
            for name, mean in means.items()
        )
        count = max(0, least)
        if every.documents <= _SMALL:
            count += -(own.documents + count) % max(1, every.documents)
        else:
            count += self._most_exact(count, [mean for mean in means.values() if mean])
        size = own.documents + count
        tokens = {name: round(mean * size) - own.tokens[name] for name, mean in means.items()}
        return Totals(count, tokens)

    def _most_exact(self, count: int, means: Sequence[float]) -> int:
        """Return how many more documents make the mean lengths exact, or as exact as they get."""
        sizes = self.own.documents + count + np.arange(_PADDINGS)
        tokens = np.outer(means, sizes)
        errors = (np.abs(np.round(tokens) - tokens) / tokens).max(axis=0)
        exact = np.flatnonzero(errors < _EXACT)
        return int(exact[0] if len(exact) else np.argmin(errors))


class KeywordSearch(Protocol):
    """What a question needs of the keywords of a generation."""

    def search(self, question: str, limit: int, articles: Sequence[int] = ()) -> dict[int, float]:
        """Return the passages that best match a question's terms: ids with BM25, best first.

        `articles` restricts the search, before the limit, to these article ids; empty means all.
        """

    def search_parts(
        self, question: str, limit: int, articles: Sequence[int] = ()
    ) -> dict[range, float]:
        """Return the ids of the passages of each document that matches best, as `search` does."""

    def holding(self, searched: Sequence[str], articles: Sequence[int] = ()) -> list[int]:
        """Return the ids of all passages whose text has every one of these terms, in order.

        Without terms, these are all passages. `articles` restricts the search to these article
        ids; empty means all.
        """

    def has(self, term: str, articles: Sequence[int] = ()) -> bool:
        """Return whether the text of a passage has a term.

        `articles` restricts the search to these article ids; empty means all.
        """

    def count(self, term: str) -> int:
        """Return how many passages have a term in their text, including deleted ones."""

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency, as BM25."""

    def __len__(self) -> int: ...


class _Segment(msgspec.Struct):
    max_doc: int


class _Meta(msgspec.Struct):
    """tantivy's description of its files."""

    segments: list[_Segment]


@dataclass(frozen=True)
class KeywordIndex:
    """The keywords of the passages, or of the parts, of one generation."""

    folder: Path
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    written: int
    """Documents written, including deleted ones: tantivy's document frequencies count them too."""
    padding: int = 0
    """Documents that were only added for the statistics of a collection."""
    collection: int | None = None
    """Documents of a collection of which this is a part; None if it is none."""

    @classmethod
    def open(cls, folder: Path, collection: Collection | None = None) -> "KeywordIndex":
        """Open a private copy of the keywords, because tantivy maps its files.

        Scores are those of a search in a collection of which these documents are a part, if they
        are. Raises IndexDamaged if tantivy cannot read them, as the methods do.
        """
        with _damage_reported(folder), private_copy(folder) as copy:
            index = tantivy.Index.open(str(copy))
            index.register_tokenizer(ANALYZER, analyzer())
            meta = msgspec.json.decode((copy / _META).read_bytes(), type=_Meta)
            written = sum(segment.max_doc for segment in meta.segments)
            if collection is None:
                return cls(folder, index.schema, index.searcher(), written)
            padding = collection.padding
            if padding.documents:
                if copy == folder:
                    raise IndexUnreadable(str(folder), "there is no room in memory for a copy")
                _pad(index, padding)
            searcher, of = index.searcher(), collection.all.documents
            return cls(folder, index.schema, searcher, written, padding.documents, of)

    def __len__(self) -> int:
        return int(self.searcher.num_docs) - self.padding

    def totals(self) -> Totals:
        """Return what BM25 has to know of all documents here together."""
        with _damage_reported(self.folder):
            return Totals(self.written, {name: self._tokens(name) for name in _BOOSTS})

    def _tokens(self, field: str) -> int:
        """Return the number of tokens in a field, from the mean that a score is explained with."""
        for term, _ in self.searcher.terms_with_prefix(field, "", limit=1):
            query = self._term(field, term)
            ((_, address),) = self.searcher.search(query, 1, count=False).hits
            explained = query.explain(self.searcher, address).to_json().encode()
            factor = msgspec.json.decode(explained, type=_Explained).details[-1]
            return round(factor.details[-1].value * self.written)
        return 0

    def frequencies(self, searched: Sequence[str]) -> Frequencies:
        """Return how many documents, also deleted ones, have each of these terms."""
        with _damage_reported(self.folder):
            return {
                (name, term): int(self.searcher.doc_freq(name, term))
                for term in searched
                for name in _BOOSTS
            }

    def search(self, question: str, limit: int, articles: Sequence[int] = ()) -> dict[int, float]:
        """Return the passages that best match a question's terms: ids with BM25, best first.

        `articles` restricts the search, before the limit, to these article ids; empty means all.
        """
        found = self.search_parts(question, limit, articles)
        return {passages.start: score for passages, score in found.items()}

    def search_parts(
        self, question: str, limit: int, articles: Sequence[int] = (),
        frequencies: Frequencies | None = None,
    ) -> dict[range, float]:  # fmt: skip
        """Return the ids of the passages of each document that matches best, as `search` does.

        `frequencies` are those of the collection; None if this is no part of one.
        """
        searched = searched_terms(question)
        if not searched:
            return {}
        with _damage_reported(self.folder):
            hits = self._best(self._query(searched, frequencies), limit, articles)
            addresses = [address for _, address in hits]
            firsts = self.searcher.fast_field_values("passage", addresses)
            counts = self.searcher.fast_field_values("count", addresses)
        return {
            range(int(first), int(first) + int(count)): float(score)
            for first, count, (score, _) in zip(firsts, counts, hits, strict=True)
            if first is not None and count is not None
        }

    def _best(self, query: tantivy.Query, limit: int, articles: Sequence[int]) -> _Hits:
        """Return the best hits of a query in some articles, of which none means all.

        Where articles are many, the best of all are looked through instead, deeper and deeper.
        """
        depth = limit * _DEEPER if len(articles) > _FEW else 0
        allowed = frozenset(articles if depth else ())
        while 0 < depth <= _DEEPEST:
            hits = self.searcher.search(query, depth, count=False).hits
            found = self.searcher.fast_field_values("article", [address for _, address in hits])
            best = [hit for hit, one in zip(hits, found, strict=True) if one in allowed]
            if len(best) >= limit or len(hits) < depth:
                return best[:limit]
            depth *= _DEEPER
        return list(self.searcher.search(self._within(query, articles), limit, count=False).hits)

    def holding(self, searched: Sequence[str], articles: Sequence[int] = ()) -> list[int]:
        """Return the ids of all passages whose text has every one of these terms, in order.

        Without terms, these are all passages. `articles` restricts the search to these article
        ids; empty means all.
        """
        with _damage_reported(self.folder):
            parts = [self._term("text", term) for term in searched] or [tantivy.Query.all_query()]
            if articles:
                parts.append(tantivy.Query.term_set_query(self.schema, "article", list(articles)))
            every = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
            unscored = tantivy.Query.const_score_query(every, 0.0)
            # The limit sizes a buffer; tantivy's stubs do not declare the count.
            count: int = self.searcher.search(unscored, 1).count  # type: ignore[attr-defined]
            hits = self.searcher.search(unscored, max(1, count), count=False).hits
            passages = self.searcher.fast_field_values("passage", [address for _, address in hits])
        return sorted(int(passage) for passage in passages if passage is not None)

    def has(self, term: str, articles: Sequence[int] = ()) -> bool:
        """Return whether the text of a passage has a term.

        `articles` restricts the search to these article ids; empty means all.
        """
        count = self.count(term)
        # More passages than were deleted: one is left. Else they have to be searched.
        if not count or (not articles and count > self.written - len(self)):
            return bool(count)
        with _damage_reported(self.folder):
            return bool(self._best(self._term("text", term), 1, articles))

    def count(self, term: str) -> int:
        """Return how many passages have a term in their text, including deleted ones."""
        with _damage_reported(self.folder):
            return int(self.searcher.doc_freq("text", term))

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency, as BM25: ln(1 + (N - n + ½) / (n + ½))."""
        return idf(self.written, self.count(term))

    def _query(
        self, searched: Sequence[str], frequencies: Frequencies | None = None
    ) -> tantivy.Query:
        parts = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    self._term(name, term), boost * self._rarer(name, term, frequencies)
                ),
            )
            for name, boost in _BOOSTS.items()
            for term in searched
        ]
        return tantivy.Query.boolean_query(parts)

    def _rarer(self, field: str, term: str, frequencies: Frequencies | None) -> float:
        """Return a term's idf in the collection, as a multiple of its idf here."""
        if self.collection is None or frequencies is None:
            return 1.0
        own = idf(self.written + self.padding, int(self.searcher.doc_freq(field, term)))
        return idf(self.collection, frequencies[field, term]) / own

    def _within(self, query: tantivy.Query, articles: Sequence[int]) -> tantivy.Query:
        """Restrict a query to some articles; none means all."""
        if not articles:
            return query
        scope = tantivy.Query.term_set_query(self.schema, "article", list(articles))
        unscored = tantivy.Query.const_score_query(scope, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, part) for part in (query, unscored)]
        )

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self.schema, field, term, index_option="freq")


class _Explained(msgspec.Struct):
    """tantivy's explanation of a score: a number, and what it is computed from."""

    value: float
    details: list["_Explained"] = []


def searched_terms(question: str) -> list[str]:
    """Return the terms of a question that are searched for."""
    return terms(question)[:_MAX_TERMS]


def idf(documents: int, count: int) -> float:
    """Return the inverse document frequency of what so many documents have."""
    return math.log(1 + (documents - count + 0.5) / (count + 0.5))


def _pad(index: tantivy.Index, padding: Totals) -> None:
    """Add documents that no question finds to a private copy of an index."""
    writer = index.writer(_LITTLE_HEAP, 1)
    first = {name: " ".join([_PADDING] * count) for name, count in padding.tokens.items()}
    writer.add_document(tantivy.Document.from_dict(first, index.schema))
    for _ in range(padding.documents - 1):
        writer.add_document(tantivy.Document())
    writer.commit()
    index.reload()


@contextmanager
def _damage_reported(folder: Path) -> Iterator[None]:
    """Raise IndexDamaged for whatever tantivy raises over damaged files."""
    try:
        yield
    except BaseException as error:
        # A panic in tantivy is a BaseException of a class that cannot be imported.
        panicked = type(error).__name__ == "PanicException"
        if panicked or isinstance(error, (ValueError, OSError, OverflowError)):
            raise IndexDamaged(f"{folder} cannot be read; run `byline index --full`") from error
        raise


def write_keywords(folder: Path, documents: Iterable[Document]) -> None:
    """Write the keywords of passages into a new folder. Raises OSError."""
    folder.mkdir()
    with _disk_errors(folder):
        builder = tantivy.SchemaBuilder()
        for field in ("title", "context", "text"):
            builder.add_text_field(field, tokenizer_name=ANALYZER, index_option="freq")
        builder.add_unsigned_field("passage", fast=True)
        builder.add_unsigned_field("count", fast=True)
        builder.add_unsigned_field("article", indexed=True, fast=True)
        index = tantivy.Index(builder.build(), path=str(folder))
        _write(index, (), documents)
    _sync(folder)


def update_keywords(folder: Path, deleted: Sequence[int], documents: Iterable[Document]) -> None:
    """Delete articles, by their ids, from a folder's keywords, and add passages. Raises OSError.

    The files may be hard links to those of an index that is in use: tantivy creates and renames
    files but never writes into an existing one.
    """
    synced = {path.name for path in folder.iterdir()} - REPLACED_FILES
    with _disk_errors(folder):
        _write(tantivy.Index.open(str(folder)), deleted, documents)
    _sync(folder, synced)


def _write(index: tantivy.Index, deleted: Sequence[int], documents: Iterable[Document]) -> None:
    index.register_tokenizer(ANALYZER, analyzer())
    # One thread keeps passages in order, so that equal scores rank the same in every build.
    writer = index.writer(_HEAP, 1)
    if deleted:
        # By a query: tantivy-py 0.27 deletes nothing by a numeric term.
        writer.delete_documents_by_query(
            tantivy.Query.term_set_query(index.schema, "article", list(deleted))
        )
    for document in documents:
        texts = {
            "title": encodable(document.title),
            "context": encodable(document.context),
            "text": encodable(document.text),
        }
        passages = document.passages
        ids = {
            "passage": passages.start, "count": len(passages), "article": document.article
        }  # fmt: skip
        writer.add_document(tantivy.Document.from_dict({**texts, **ids}, index.schema))
    writer.commit()
    writer.wait_merging_threads()


def _sync(folder: Path, synced: Set[str] = frozenset()) -> None:
    for path in folder.iterdir():
        if path.name not in synced:
            sync_file(path)
    sync_folder(folder)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Raise the OSError that the text of tantivy's error reports."""
    try:
        yield
    except ValueError as error:
        if match := _ERROR_NUMBER.search(str(error)):
            number = int(match[1])
            raise OSError(number, os.strerror(number)) from error
        raise OSError(f"{folder.name}: {' '.join(str(error).split())}") from error

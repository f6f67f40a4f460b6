"""Keyword search: BM25 in tantivy over stemmed English terms, built by us from the question."""

import math
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import tantivy

from index.disk.durable_files import sync_file, sync_folder
from index.disk.memory_copy import private_copy
from index.errors import IndexDamaged
from index.search.analyzer import ANALYZER, analyzer, encodable, terms

_TITLE_BOOST = 0.3
"""A term in the article's title counts so much of one in the passage."""
_HEAP = 64 * 1024 * 1024
_META = "meta.json"
REPLACED_FILES = frozenset({_META, ".managed.json"})
"""Files that an update puts new ones in the place of; all others never change."""
_MOST_TERMS = 64
"""Terms of a question that are searched for; a longer question's first ones."""
_CODE = re.compile(r"(?:os error |code: )(\d+)")


@dataclass(frozen=True, slots=True)
class Document:
    """What keyword search knows of a passage."""

    passage: int
    article: int
    title: str
    text: str


class _Part(msgspec.Struct):
    max_doc: int


class _Meta(msgspec.Struct):
    """What tantivy says of its files."""

    segments: list[_Part]


@dataclass(frozen=True)
class KeywordIndex:
    """The keywords of one generation."""

    folder: Path
    schema: tantivy.Schema
    searcher: tantivy.Searcher
    written: int
    """Passages written, those deleted since counted in, as they are in how many hold a term."""

    @classmethod
    def open(cls, folder: Path) -> "KeywordIndex":
        """Open a copy of the keywords, for tantivy maps its files.

        Raises IndexDamaged where tantivy cannot make sense of them, as the methods do.
        """
        with _damage_told(folder), private_copy(folder) as copy:
            index = tantivy.Index.open(str(copy))
            index.register_tokenizer(ANALYZER, analyzer())
            meta = msgspec.json.decode((copy / _META).read_bytes(), type=_Meta)
            written = sum(part.max_doc for part in meta.segments)
            return cls(folder, index.schema, index.searcher(), written)

    def __len__(self) -> int:
        return int(self.searcher.num_docs)

    def search(self, question: str, most: int, articles: Sequence[int] = ()) -> list[int]:
        """Find the passages that best match a question's terms, best first, as passage ids.

        `articles` keeps the search to these article ids, before the cut; empty means everywhere.
        """
        wanted = terms(question)[:_MOST_TERMS]
        if not wanted:
            return []
        with _damage_told(self.folder):
            matching = self._matching(wanted, articles)
            hits = self.searcher.search(matching, most, count=False).hits
            passages = self.searcher.fast_field_values("passage", [place for _, place in hits])
        return [int(passage) for passage in passages if passage is not None]

    def idf(self, term: str) -> float:
        """Give a term's inverse document frequency: BM25's ln(1 + (N - n + ½) / (n + ½))."""
        with _damage_told(self.folder):
            holding = self.searcher.doc_freq("text", term)
        return math.log(1 + (self.written - holding + 0.5) / (holding + 0.5))

    def _matching(self, wanted: Sequence[str], articles: Sequence[int]) -> tantivy.Query:
        matching = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term("text", term)) for term in wanted]
            + [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(self._term("title", term), _TITLE_BOOST),
                )
                for term in wanted
            ]
        )
        if not articles:
            return matching
        among = tantivy.Query.term_set_query(self.schema, "article", list(articles))
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, matching),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0)),
            ]
        )

    def _term(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self.schema, field, term, index_option="freq")


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Turn what tantivy raises over damaged files into IndexDamaged."""
    try:
        yield
    except BaseException as error:
        # A panic of tantivy's is a BaseException of a class that cannot be imported.
        panicked = type(error).__name__ == "PanicException"
        if panicked or isinstance(error, (ValueError, OSError, OverflowError)):
            raise IndexDamaged(f"{folder} cannot be read; run `byline index --full`") from error
        raise


def write_keywords(folder: Path, documents: Iterable[Document]) -> None:
    """Write the keywords of passages into a new folder. Raises OSError."""
    folder.mkdir()
    with _errors_of_disk(folder):
        builder = tantivy.SchemaBuilder()
        for field in ("title", "text"):
            builder.add_text_field(field, tokenizer_name=ANALYZER, index_option="freq")
        builder.add_unsigned_field("passage", fast=True)
        builder.add_unsigned_field("article", indexed=True)
        index = tantivy.Index(builder.build(), path=str(folder))
        _write(index, (), documents)
    _sync(folder)


def update_keywords(folder: Path, gone: Sequence[int], documents: Iterable[Document]) -> None:
    """Take articles, by their ids, out of a folder's keywords, and add passages. Raises OSError.

    tantivy only ever makes new files and puts new ones in the place of those that it renames, so
    the files may be links to those of an index that is in use.
    """
    with _errors_of_disk(folder):
        _write(tantivy.Index.open(str(folder)), gone, documents)
    _sync(folder)


def _write(index: tantivy.Index, gone: Sequence[int], documents: Iterable[Document]) -> None:
    index.register_tokenizer(ANALYZER, analyzer())
    # One thread: passages keep their order, so that equal scores rank the same in every build.
    writer = index.writer(_HEAP, 1)
    if gone:
        # By a query: tantivy-py 0.27 deletes nothing by a term that is a number.
        writer.delete_documents_by_query(
            tantivy.Query.term_set_query(index.schema, "article", list(gone))
        )
    for document in documents:
        writer.add_document(
            tantivy.Document.from_dict(
                {
                    "title": document.title,
                    "text": encodable(document.text),
                    "passage": document.passage,
                    "article": document.article,
                },
                index.schema,
            )
        )
    writer.commit()
    writer.wait_merging_threads()


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        sync_file(path)
    sync_folder(folder)


@contextmanager
def _errors_of_disk(folder: Path) -> Iterator[None]:
    """Raise what tantivy tells of the disk, in its own words, as the error that the disk gave."""
    try:
        yield
    except ValueError as error:
        codes = [int(code) for code in _CODE.findall(str(error))]
        if codes:
            raise OSError(codes[0], os.strerror(codes[0])) from error
        raise OSError(f"{folder.name}: {' '.join(str(error).split())}") from error

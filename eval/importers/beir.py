"""Question sets out of BEIR's folders: corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from eval.importers.events import Imported, ImportEvent, Importing, Notes, Stage
from eval.importers.folder import ARTICLES, new_folder, write_questions
from eval.importers.naming import Distinct, article_text, file_stem, headline, writable
from eval.importers.sources import source_lines
from eval.sets.question_set import Gold, Question
from index.disk.durable_files import write_synced
from index.disk.json_lines import LineDecoder
from index.errors import BadRequest
from qa.answers import MAX_QUESTION_LENGTH

_USUAL_SPLIT = "test"
"""The judgments that BEIR's published figures are worked out from."""
_EVERY = 500
"""Documents between two events."""

Line = TypeVar("Line")


class Document(msgspec.Struct):
    """A line of the corpus."""

    id: str | int = msgspec.field(name="_id")
    text: str
    title: str | None = None


class Query(msgspec.Struct):
    """A line of the queries."""

    id: str | int = msgspec.field(name="_id")
    text: str


@dataclass(frozen=True, slots=True)
class _Written:
    """An article, and the last of its lines."""

    path: str
    end_line: int


_documents: LineDecoder[Document] = LineDecoder(Document)
_queries: LineDecoder[Query] = LineDecoder(Query)

_Judgments = dict[str, dict[str, int]]
"""By the ids of a query and a document, how relevant it is."""


def import_beir(
    source: Path, folder: Path, split: str = "", overwrite: bool = False
) -> Iterator[ImportEvent]:
    """Make a folder of articles and a question set of a BEIR folder; Imported is the last event.

    Each document becomes a file, in one of 256 folders. The queries judged in a split of the
    qrels, `test` if none is named, become questions whose gold is whole articles, without answers.
    Raises BadRequest.
    """
    qrels = _qrels_file(source, split)
    judgments = _judgments(qrels)
    corpus, queries = _file(source, "corpus.jsonl"), _file(source, "queries.jsonl")
    notes = Notes()
    with new_folder(folder, overwrite) as scratch:
        written: dict[str, _Written] = {}
        yield from _write_articles(corpus, scratch, written, notes)
        questions = list(_questions(queries, judgments, written, notes))
        if not questions:
            raise BadRequest(f"{qrels} judges no query and document that are there")
        write_questions(scratch, questions)
        yield Importing(Stage.QUESTIONS, len(questions), len(questions))
    yield Imported(len(written), len(questions), 0, tuple(notes.taken))


def _file(source: Path, name: str) -> Path:
    for file in (source / name, source / f"{name}.gz"):
        if file.is_file():
            return file
    raise BadRequest(f"{source} is no BEIR folder: it has no {name}")


def _qrels_file(source: Path, split: str) -> Path:
    """Choose the judgments: as named, else `test`, else the only ones."""
    splits = {file.stem: file for file in sorted((source / "qrels").glob("*.tsv"))}
    if not splits:
        raise BadRequest(f"{source} is no BEIR folder: it has no qrels/*.tsv")
    wanted = split or (_USUAL_SPLIT if len(splits) > 1 else next(iter(splits)))
    if wanted not in splits:
        raise BadRequest(
            f"{source} has no split {wanted}; name one by --split: {', '.join(splits)}"
        )
    return splits[wanted]


def _judgments(file: Path) -> _Judgments:
    """Read the judgments of each query."""
    judgments: _Judgments = {}
    for number, line in source_lines(file):
        columns = line.decode("utf-8", errors="replace").strip("\r\n").split("\t")
        if number == 1 and columns[-1] == "score":
            continue
        try:
            query, document, score = columns
            judgments.setdefault(query, {})[document] = int(score)
        except ValueError as error:
            raise BadRequest(
                f"{file}, line {number}, is not a query's id, a document's id and a whole number, "
                "with tabs between them"
            ) from error
    return judgments


def _write_articles(
    file: Path, scratch: Path, written: dict[str, _Written], notes: Notes
) -> Iterator[Importing]:
    total = sum(1 for _ in source_lines(file))
    names = Distinct()
    for done, document in enumerate(_decoded(file, _documents, "document"), 1):
        key = str(document.id)
        title, body = headline(document.title or ""), writable(document.text)
        if key in written:
            notes.add("skipped: a document's id was there before", key)
        elif not (title or body.strip()):
            notes.add("skipped: a document is empty", key)
        else:
            shard = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:2]
            path = f"{ARTICLES}/{shard}/{names.take(file_stem(key))}.txt"
            text = article_text(title, body)
            (scratch / path).parent.mkdir(exist_ok=True)
            write_synced(scratch / path, text.encode())
            written[key] = _Written(path, text.count("\n"))
        if done % _EVERY == 0 or done == total:
            yield Importing(Stage.ARTICLES, done, total)


def _questions(
    file: Path,
    judgments: _Judgments,
    written: dict[str, _Written],
    notes: Notes,
) -> Iterator[Question]:
    """Yield the queries that a document answers; those of other splits are left out."""
    ids = Distinct()
    for query in _decoded(file, _queries, "query"):
        key = str(query.id)
        if key not in judgments:
            continue
        relevant = {one: score for one, score in judgments[key].items() if score > 0}
        gold = [
            Gold(written[one].path, 1, [], written[one].end_line, score)
            for one, score in relevant.items()
            if one in written
        ]
        if len(gold) < len(relevant):
            notes.add("left out: a relevant document is not in the corpus", key)
        question = " ".join(query.text.split())
        if not question or len(question) > MAX_QUESTION_LENGTH:
            notes.add("skipped: the query is empty or too long", key)
        elif not gold:
            notes.add("skipped: the query has no relevant document", key)
        else:
            yield Question(
                id=ids.take(key.strip() or "query"), question=question, history=[], gold=gold
            )


def _decoded(file: Path, decoder: LineDecoder[Line], what: str) -> Iterator[Line]:
    for number, line in source_lines(file):
        try:
            yield decoder.decode(line)
        except ValueError as error:
            raise BadRequest(f"{file}, line {number}, is not a {what}: {error}") from error

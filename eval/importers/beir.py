"""Question sets imported from BEIR: corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from eval.importers.folder import ARTICLES, QUESTIONS, new_folder
from eval.importers.naming import UniqueNames, article_text, file_stem, headline, writable
from eval.importers.result import Imported, Notes, OnProgress
from eval.importers.sources import source_lines, source_records
from eval.sets.question_set import Gold, Question, encode_questions
from index.disk.durable_files import write_synced
from index.disk.json_lines import LineDecoder
from index.errors import BadRequest
from qa.answers import MAX_QUESTION_LENGTH

_DEFAULT_SPLIT = "test"
"""The split of BEIR's published figures."""
_PROGRESS_INTERVAL = 500
"""Documents between two reports of progress."""


class Document(msgspec.Struct):
    """A line of the corpus."""

    id: str | int = msgspec.field(name="_id")
    text: str
    title: str | None = None


class Query(msgspec.Struct):
    """A line of the queries."""

    id: str | int = msgspec.field(name="_id")
    text: str


_documents: LineDecoder[Document] = LineDecoder(Document)
_queries: LineDecoder[Query] = LineDecoder(Query)

_Judgments = dict[str, dict[str, int]]
"""Relevance by query id and document id."""


def import_beir(
    source: Path,
    folder: Path,
    split: str | None = None,
    overwrite: bool = False,
    on_progress: OnProgress = lambda *_: None,
) -> Imported:
    """Make a folder of articles and a question set from a BEIR folder.

    Each document becomes a file in one of 256 folders. The queries judged in a split of the qrels
    become questions whose gold is whole articles, without answers. Without a split, `test` is
    used, or the only one. Raises BadRequest.
    """
    qrels = _qrels_file(source, split)
    judgments = _judgments(qrels)
    corpus, queries = _file(source, "corpus.jsonl"), _file(source, "queries.jsonl")
    notes: Notes = defaultdict(list)
    with new_folder(folder, overwrite) as scratch:
        articles = _write_articles(corpus, scratch, notes, on_progress)
        questions = list(_questions(queries, judgments, articles, notes))
        if not questions:
            raise BadRequest(f"{qrels} has no judgment of an existing query and document")
        write_synced(scratch / QUESTIONS, encode_questions(questions))
        on_progress("Writing questions", len(questions), len(questions))
    return Imported(len(articles), len(questions), 0, notes)


def _file(source: Path, name: str) -> Path:
    for file in (source / name, source / f"{name}.gz"):
        if file.is_file():
            return file
    raise BadRequest(f"{source} is not a BEIR folder: {name} is missing")


def _qrels_file(source: Path, split: str | None) -> Path:
    """Return the judgments of the named split, else of `test`, else the only ones."""
    splits = {file.stem: file for file in sorted((source / "qrels").glob("*.tsv"))}
    if not splits:
        raise BadRequest(f"{source} is not a BEIR folder: qrels/*.tsv is missing")
    wanted = split or (_DEFAULT_SPLIT if len(splits) > 1 else next(iter(splits)))
    if wanted not in splits:
        raise BadRequest(
            f"{source} has no split {wanted}; choose one with --split: {', '.join(splits)}"
        )
    return splits[wanted]


def _judgments(file: Path) -> _Judgments:
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
                f"{file}, line {number}: expected a query id, a document id and an integer, "
                "separated by tabs"
            ) from error
    return judgments


def _write_articles(
    file: Path, scratch: Path, notes: Notes, on_progress: OnProgress
) -> dict[str, Gold]:
    """Write the articles; return a reference to all lines of each, by document id."""
    articles: dict[str, Gold] = {}
    total = sum(1 for _ in source_lines(file))
    names = UniqueNames()
    for done, document in enumerate(source_records(file, _documents, "document"), 1):
        key = str(document.id)
        title, body = headline(document.title or ""), writable(document.text)
        if key in articles:
            notes["skipped: duplicate document id"].append(key)
        elif not (title or body.strip()):
            notes["skipped: empty document"].append(key)
        else:
            shard = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()[:2]
            path = f"{ARTICLES}/{shard}/{names.take(file_stem(key))}.txt"
            text = article_text(title, body)
            (scratch / path).parent.mkdir(exist_ok=True)
            write_synced(scratch / path, text.encode())
            articles[key] = Gold(path, 1, [], text.count("\n"))
        if done % _PROGRESS_INTERVAL == 0 or done == total:
            on_progress("Writing articles", done, total)
    return articles


def _questions(
    file: Path, judgments: _Judgments, articles: dict[str, Gold], notes: Notes
) -> Iterator[Question]:
    """Yield the queries of the split that a document answers."""
    ids = UniqueNames()
    for query in source_records(file, _queries, "query"):
        key = str(query.id)
        if key not in judgments:
            continue
        relevant = {document: score for document, score in judgments[key].items() if score > 0}
        gold = [
            msgspec.structs.replace(articles[document], grade=score)
            for document, score in relevant.items()
            if document in articles
        ]
        if len(gold) < len(relevant):
            notes["relevant document missing from the corpus"].append(key)
        question = " ".join(query.text.split())
        if not question or len(question) > MAX_QUESTION_LENGTH:
            notes["skipped: empty or overlong query"].append(key)
        elif not gold:
            notes["skipped: query without a relevant document"].append(key)
        else:
            yield Question(
                id=ids.take(key.strip() or "query"), question=question, history=[], gold=gold
            )

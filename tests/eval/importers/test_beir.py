"""A BEIR folder becomes one article per document, and questions with articles as gold."""

import gzip
import json
from pathlib import Path

import pytest

from eval.importers.beir import import_beir
from eval.sets.question_set import Gold
from index.errors import BadRequest
from tests.eval.importers.imports import files_in, names, noted, questions_in

CORPUS: list[dict[str, object]] = [
    {"_id": "MED-10", "title": "Port", "text": "The port is closed.\nIt waits.", "metadata": {}},
    {"_id": "MED/11", "title": "", "text": "---\nThe mill was sold."},
    {"_id": 12, "text": "A bell rang."},
]
QUERIES = [
    {"_id": "q1", "text": "is the\nport closed", "metadata": {}},
    {"_id": "q2", "text": "who sold the mill"},
    {"_id": "q3", "text": "of another split"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tMED-10\t2\nq1\t12\t1\nq1\tMED/11\t0\nq2\tMED/11\t1\n"


def lines(*records: object) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in records).encode()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_bytes(lines(*CORPUS))
    (folder / "queries.jsonl").write_bytes(lines(*QUERIES))
    (folder / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "made"


def test_documents_and_judged_queries_are_imported(source: Path, out: Path) -> None:
    progress: list[tuple[str, int, int]] = []
    result = import_beir(source, out, on_progress=lambda *update: progress.append(update))
    assert progress == [("Writing articles", 3, 3), ("Writing questions", 2, 2)]
    assert (result.articles, result.questions, result.unanswerable) == (3, 2, 0)
    assert result.notes == {}
    one, two = questions_in(out)
    assert (one.id, one.question, two.id) == ("q1", "is the port closed", "q2")
    port, bell = one.gold
    # The entire document is the reference, without answers.
    assert port == Gold(port.path, 1, [], end_line=4, grade=2)
    assert bell == Gold(bell.path, 1, [], end_line=3)
    text = (out / port.path).read_text(encoding="utf-8")
    assert text == "# Port\n\nThe port is closed.\nIt waits.\n"
    assert (out / two.gold[0].path).read_text(encoding="utf-8") == "\n\n---\nThe mill was sold.\n"
    files = {name.split("/", 2)[-1] for name in files_in(out) if name.startswith("articles")}
    assert files == {"med-10.txt", "med-11.txt", "12.txt"}


def test_the_split_is_the_named_one_or_test_or_the_only_one(source: Path, out: Path) -> None:
    qrels = source / "qrels"
    (qrels / "train.tsv").write_text("q3\t12\t1\n", encoding="utf-8")
    import_beir(source, out)
    assert [one.id for one in questions_in(out)] == ["q1", "q2"]
    import_beir(source, out, "train", overwrite=True)
    assert [one.id for one in questions_in(out)] == ["q3"]
    with pytest.raises(BadRequest, match=r"has no split dev.*--split: test, train"):
        import_beir(source, out, "dev", overwrite=True)
    (qrels / "test.tsv").unlink()
    import_beir(source, out, overwrite=True)
    assert [one.id for one in questions_in(out)] == ["q3"]
    (qrels / "dev.tsv").touch()
    with pytest.raises(BadRequest, match=r"has no split test.*--split: dev, train"):
        import_beir(source, out, overwrite=True)


def test_compressed_files_and_windows_line_ends_are_read(source: Path, out: Path) -> None:
    for name in ("corpus.jsonl", "queries.jsonl"):
        data = (source / name).read_bytes().replace(b"\n", b"\r\n")
        (source / f"{name}.gz").write_bytes(gzip.compress(data))
        (source / name).unlink()
    qrels = source / "qrels" / "test.tsv"
    qrels.write_bytes(qrels.read_bytes().replace(b"\n", b"\r\n"))
    assert import_beir(source, out).questions == 2


def test_unusable_documents_and_queries_are_skipped_and_counted(source: Path, out: Path) -> None:
    empty = [{"_id": "e", "title": " ", "text": "\n"}, CORPUS[0] | {"text": "A copy."}]
    (source / "corpus.jsonl").write_bytes(lines(*CORPUS, *empty))
    (source / "queries.jsonl").write_bytes(
        lines(*QUERIES, {"_id": "q4", "text": " "}, {"_id": "q5", "text": "w"}, QUERIES[0])
    )
    more = "q3\tno\t1\nq1\tno\t1\nq4\t12\t1\nq5\t12\t0\nq1\t12\t1\n"
    (source / "qrels" / "test.tsv").write_text(QRELS + more, encoding="utf-8")
    result = import_beir(source, out)
    assert noted(result) == {
        "skipped: empty document": 1,
        "skipped: duplicate document id": 1,
        "relevant document missing from the corpus": 3,
        "skipped: query without a relevant document": 2,
        "skipped: empty or overlong query": 1,
    }
    assert [(one.id, len(one.gold)) for one in questions_in(out)] == [
        ("q1", 2), ("q2", 1), ("q1-2", 2),
    ]  # fmt: skip


def test_unusable_and_colliding_ids_become_distinct_files(source: Path, out: Path) -> None:
    keys = ["../../x", "X", "x", "日本", "\ud800", "", "a" * 5000]
    documents = [{"_id": key, "text": f"Number {n}."} for n, key in enumerate(keys)]
    (source / "corpus.jsonl").write_bytes(lines(*documents))
    qrels = "".join(f"q1\t{key}\t1\n" for key in keys if key.isprintable())
    (source / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    assert import_beir(source, out).articles == len(keys)
    assert names(source.parent) == ["beir", "made"]
    made = [name for name in files_in(out) if name.startswith("articles")]
    assert len(made) == len(keys)
    assert max(map(len, made)) < 110


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("corpus.jsonl", lines(CORPUS[0], "x"), "corpus.jsonl, line 2: "),
        ("queries.jsonl", b"\n{}", "queries.jsonl, line 2: invalid query: Object missing"),
        ("qrels/test.tsv", b"q1 MED-10 1\n", "test.tsv, line 1: "),
        ("qrels/test.tsv", b"a\tb\tc\td\n", "test.tsv, line 1: "),
        ("qrels/test.tsv", b"q1\tMED-10\t1.5\n", "test.tsv, line 1: "),
        ("qrels/test.tsv", b"", "test.tsv has no judgment"),
        ("corpus.jsonl", b"", "test.tsv has no judgment"),
    ],
)
def test_an_invalid_line_is_an_error_with_its_number(
    source: Path, out: Path, name: str, data: bytes, why: str
) -> None:
    (source / name).write_bytes(data)
    with pytest.raises(BadRequest) as caught:
        import_beir(source, out)
    assert why in caught.value.message
    assert names(source.parent) == ["beir"]


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_folder_with_a_missing_file_is_an_error(source: Path, out: Path, name: str) -> None:
    (source / name).unlink()
    with pytest.raises(BadRequest, match=r"beir is not a BEIR folder: .* missing"):
        import_beir(source, out)

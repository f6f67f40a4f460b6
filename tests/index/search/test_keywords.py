import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import IndexDamaged
from index.search import keywords
from index.search.analyzer import terms
from index.search.keywords import Document, KeywordIndex, write_keywords

if TYPE_CHECKING:
    import tantivy

TEXTS = {
    0: ("", "The envoy signed the treaty in Prague."),
    1: ("", "Signing took an hour; the treaties were long."),
    2: ("", "The lion slept."),
    3: ("Lions of Kenya", "They live on the plain and sleep by day."),
    4: ("", "Café owners in Łódź were naïve."),
    5: ("", "AND OR NOT text:lion title:x passage:2"),
}


def write(folder: Path, texts: dict[int, tuple[str, str]]) -> KeywordIndex:
    documents = (
        Document(range(i, i + 1), 100 + i, title, "", text) for i, (title, text) in texts.items()
    )
    write_keywords(folder, documents)
    return KeywordIndex.open(folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordIndex]:
    yield write(tmp_path_factory.mktemp("keywords") / "k", TEXTS)


def ids(index: KeywordIndex, question: str, limit: int, articles: Sequence[int] = ()) -> list[int]:
    return list(index.search(question, limit, articles))


@pytest.mark.parametrize("deepest", [0, 4_000])
def test_a_search_in_many_articles_finds_what_one_in_few_does(
    index: KeywordIndex, monkeypatch: pytest.MonkeyPatch, deepest: int
) -> None:
    question, articles = "treaty lion sleep plain", [100, 101, 103]
    few = index.search(question, 2, articles)
    monkeypatch.setattr(keywords, "_FEW", 1)
    monkeypatch.setattr(keywords, "_DEEPER", 2)
    monkeypatch.setattr(keywords, "_DEEPEST", deepest)
    assert index.search(question, 2, articles) == few
    assert index.has("lion", [100, 102])
    assert not index.has("lion", [100, 101])


def test_words_are_stemmed(index: KeywordIndex) -> None:
    assert set(ids(index, "signs", 9)) == {0, 1}
    assert set(ids(index, "Who was signing treaties?", 9)) == {0, 1}


def test_case_and_accents_are_folded(index: KeywordIndex) -> None:
    assert ids(index, "CAFE naive", 9) == [4]
    assert ids(index, "Lodz", 9) == ids(index, "łódź", 9) == [4]


def test_question_words_are_ignored() -> None:
    assert terms("Who was the envoy, and what did he do?") == ["envoy"]
    assert terms("Who was he?") == []


def test_a_question_of_question_words_finds_nothing(index: KeywordIndex) -> None:
    assert ids(index, "Who was he?", 9) == []
    assert ids(index, "", 9) == []


def test_terms_are_distinct_and_in_order() -> None:
    assert terms("lion treaty lions Treaty") == ["lion", "treati"]
    assert terms("x" * 39 + " " + "y" * 40) == ["x" * 39]


def test_only_the_first_terms_of_a_long_question_are_searched_for(index: KeywordIndex) -> None:
    filler = " ".join(f"word{i}" for i in range(63))
    assert ids(index, f"{filler} Kenya", 9) == [3]
    assert ids(index, f"{filler} other Kenya", 9) == []


def test_the_idf_of_a_term_falls_with_the_passages_that_contain_it(index: KeywordIndex) -> None:
    # Two of six texts contain "lion", none "kenya" (a title does): (6 - 2 + ½) / (2 + ½) = 1.8.
    assert index.idf("lion") == pytest.approx(math.log(2.8))
    assert index.idf("kenya") == pytest.approx(math.log(14))


def test_the_title_counts_less_than_the_text(index: KeywordIndex) -> None:
    assert ids(index, "lion", 9)[0] in (2, 5)
    assert ids(index, "lion", 9)[-1] == 3
    assert ids(index, "Kenya", 9) == [3]


def test_the_best_matching_passage_comes_first(index: KeywordIndex) -> None:
    assert ids(index, "envoy treaty", 9) == [0, 1]
    assert ids(index, "envoy treaty", 1) == [0]


@pytest.mark.parametrize(
    "question",
    [
        "AND OR ( ) * : ^ ~",
        'title:"lion" AND (text:x^2',
        "passage:[0 TO 5]",
        "+lion -slept",
        "text:*",
        "\\",
        '"',
        "lion~2^9",
        "\ud800\udfff lion \udc80",
        "\0 lion",
        "/.*/",
        "IN [lion]",
    ],
)
def test_no_query_syntax_is_reachable(index: KeywordIndex, question: str) -> None:
    found = ids(index, question, 9)
    assert set(found) <= set(TEXTS)
    if "lion" in question:
        assert 2 in found


def test_a_star_does_not_match_every_passage(index: KeywordIndex) -> None:
    assert ids(index, "*", 9) == []
    assert ids(index, "-lion", 9) == ids(index, "lion", 9)


@given(st.text(st.characters(), max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_raises(index: KeywordIndex, question: str) -> None:
    assert set(ids(index, question, 9)) <= set(TEXTS)


@given(st.text(alphabet='ANDORlion ()[]{}*:^~"\\+-/!&|?', max_size=60))
def test_no_syntax_raises(index: KeywordIndex, question: str) -> None:
    assert set(ids(index, question, 9)) <= set(TEXTS)


def test_the_filter_applies_before_the_limit(tmp_path: Path) -> None:
    texts = {i: ("", "lion " * (20 - i) + "plain " * i) for i in range(20)}
    index = write(tmp_path / "k", texts)
    assert ids(index, "lion", 1) == [0]
    assert ids(index, "lion", 2, articles=[117, 118]) == [17, 18]
    assert ids(index, "lion", 5, articles=[999]) == []


def test_a_filter_does_not_change_the_order(index: KeywordIndex) -> None:
    unfiltered = ids(index, "lion treaty slept", 9)
    assert ids(index, "lion treaty slept", 9, [100 + i for i in TEXTS]) == unfiltered


def test_equal_passages_rank_in_their_order(tmp_path: Path) -> None:
    index = write(tmp_path / "k", dict.fromkeys(range(50), ("", "The lion slept.")))
    assert ids(index, "lion", 50) == list(range(50))


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = write(tmp_path / "k", {})
    assert len(index) == 0
    assert ids(index, "lion", 5) == []


def test_a_missing_or_malformed_folder_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="cannot be read"):
        KeywordIndex.open(tmp_path / "absent")
    write(tmp_path / "k", TEXTS)
    (tmp_path / "k" / "meta.json").write_bytes(b"{")
    with pytest.raises(IndexDamaged, match="cannot be read"):
        KeywordIndex.open(tmp_path / "k")


def test_a_schema_without_a_field_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "k", TEXTS)
    meta = tmp_path / "k" / "meta.json"
    meta.write_bytes(meta.read_bytes().replace(b'"title"', b'"tidle"'))
    damaged = KeywordIndex.open(tmp_path / "k")
    with pytest.raises(IndexDamaged, match="run `byline index --full`"):
        damaged.search("lion", 9)


def test_a_document_of_several_passages_is_found_with_all_of_them(tmp_path: Path) -> None:
    documents = [
        Document(range(3, 6), 1, "", "", "The lion slept."),
        Document(range(6, 7), 2, "", "", "The lion slept on the plain of Kenya."),
    ]
    write_keywords(tmp_path / "k", documents)
    index = KeywordIndex.open(tmp_path / "k")
    assert list(index.search_parts("lions", 9)) == [range(3, 6), range(6, 7)]
    assert list(index.search_parts("lions", 9, [2])) == [range(6, 7)]
    assert index.search_parts("of", 9) == {}


def test_a_disk_error_in_tantivy_is_raised_as_an_oserror(tmp_path: Path) -> None:
    def documents() -> Iterator[Document]:
        yield Document(range(1), 0, "", "", "The lion slept.")
        (tmp_path / "k").rename(tmp_path / "elsewhere")

    with pytest.raises(FileNotFoundError, match=r"No such file or directory$"):
        write_keywords(tmp_path / "k", documents())


class PanicException(BaseException):
    """As pyo3 raises it: a class of this name that no module contains."""


@dataclass
class FailingSearcher:
    """A searcher of damaged files."""

    error: BaseException
    num_docs: int = 1

    def fail(self, *_: object, **__: object) -> None:
        raise self.error

    search = doc_freq = fail


def with_damaged_files(index: KeywordIndex, error: BaseException) -> KeywordIndex:
    return KeywordIndex(
        index.folder, index.schema, cast("tantivy.Searcher", FailingSearcher(error)), 1
    )


@pytest.mark.parametrize(
    "error", [PanicException(), ValueError("corrupt"), OSError(5, "I/O error")]
)
def test_whatever_tantivy_raises_for_damaged_files_is_damage(
    index: KeywordIndex, error: BaseException
) -> None:
    damaged = with_damaged_files(index, error)
    for ask in (lambda: damaged.search("lion", 9), lambda: damaged.idf("lion")):
        with pytest.raises(IndexDamaged, match="run `byline index --full`"):
            ask()


def test_an_interruption_is_not_damage(index: KeywordIndex) -> None:
    with pytest.raises(KeyboardInterrupt):
        with_damaged_files(index, KeyboardInterrupt()).search("lion", 9)


def test_files_truncated_after_opening_do_no_harm(tmp_path: Path) -> None:
    opened = write(tmp_path / "k", TEXTS)
    for path in (tmp_path / "k").iterdir():
        path.write_bytes(b"")
    assert ids(opened, "lion", 9)[-1] == 3


def test_every_passage_with_all_the_terms_is_found_in_order(index: KeywordIndex) -> None:
    assert index.holding(["the"]) == [0, 1, 2, 3]
    assert index.holding(["treati", "sign"]) == [0, 1]
    assert index.holding(["treati", "lion"]) == []
    assert index.holding([]) == [0, 1, 2, 3, 4, 5]
    assert index.holding(["the"], [101, 103, 999]) == [1, 3]

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from index.articles.files import Root
from index.articles.spans import Span
from index.articles.text import Text
from index.errors import IndexDamaged
from qa.answers import Citation, Quote, Status
from qa.citations import (
    FileCache,
    QuoteStatus,
    cite,
    display_path,
    find_again,
    quote_of,
    short_path,
)
from tests.qa.fakes import Library, passage

SENTENCE = "Russia's envoy to the alliance, a Mr Dmitry Rogozin, said no."
ARTICLE = f"""\
Envoy speaks

It was a grey day in Brussels. Nobody smiled.

It rained. {SENTENCE} He left.
"""
NAME = Quote("Dmitry Rogozin", 5, 49, 5, 62)
WHOLE = Quote(SENTENCE, 5, 12, 5, 72)


def cited(library: Library, name: str = "envoy.txt", words: str = "Dmitry Rogozin") -> Citation:
    """Cite words of an indexed article, by the first sentence that has them."""
    with closing(library.store.open()) as opened:
        catalog = opened.generation.catalog
        (article,) = (one for one in catalog.articles() if one.found.path.endswith(f"/{name}"))
        for stored in catalog.passages_of(article):
            for sentence in stored.passage.sentences:
                at = sentence.of(stored.passage.text).find(words)
                if at != -1:
                    span = Span(sentence.start + at, sentence.start + at + len(words))
                    return cite(article, stored.passage, span, sentence, FileCache())
    raise AssertionError(f"{words} is in no sentence of {name}")


@pytest.fixture
def envoy(library: Library) -> Path:
    path = library.write("envoy.txt", ARTICLE)
    library.index()
    return path


def test_lines_and_columns_count_from_one_and_the_end_is_inclusive(
    library: Library, envoy: Path
) -> None:
    citation = cited(library)
    assert (citation.status, citation.answer, citation.sentence) == (Status.UNCHANGED, NAME, WHOLE)
    assert (citation.path, citation.file) == (str(envoy), str(envoy))
    assert (citation.title, citation.is_current) == ("Envoy speaks", True)


def test_fourteen_code_points_from_column_40_end_at_column_53() -> None:
    one = passage("x" * 28 + "Dmitry Rogozin", line=11, column=12)
    assert quote_of(one, Span(28, 42)) == Quote("Dmitry Rogozin", 11, 40, 11, 53)


def test_columns_are_code_points_and_lines_end_at_lf_alone() -> None:
    one = passage("e\u0301😀\u2028b\r\nc\u0085d\x0be", line=3, column=5)
    assert quote_of(one, Span(2, 5)) == Quote("😀\u2028b", 3, 7, 3, 9)
    assert quote_of(one, Span(4, 9)) == Quote("b\r\nc\u0085", 3, 9, 4, 2)
    # From the passage's second line on, columns count from the line's own start.
    assert quote_of(one, Span(9, 10)) == Quote("d", 4, 3, 4, 3)


def test_a_moved_quote_is_cited_at_its_new_location(library: Library, envoy: Path) -> None:
    envoy.write_text(ARTICLE.replace("It was a", "One new line.\n\nIt was a"), encoding="utf-8")
    citation = cited(library)
    assert citation.status is Status.MOVED
    assert citation.answer == Quote("Dmitry Rogozin", 7, 49, 7, 62)
    assert citation.sentence == Quote(SENTENCE, 7, 12, 7, 72)
    envoy.write_text(ARTICLE.replace("It rained. ", "So. "), encoding="utf-8")
    assert cited(library).answer == Quote("Dmitry Rogozin", 5, 42, 5, 55)


def test_a_change_elsewhere_in_the_file_leaves_a_quote_unchanged(
    library: Library, envoy: Path
) -> None:
    envoy.write_text(ARTICLE.replace("He left", "He stayed"), encoding="utf-8")
    citation = cited(library)
    assert (citation.status, citation.answer) == (Status.UNCHANGED, NAME)


def test_a_changed_quote_is_not_current(library: Library, envoy: Path) -> None:
    envoy.write_text(ARTICLE.replace("said no", "said yes"), encoding="utf-8")
    citation = cited(library)
    assert (citation.status, citation.is_current) == (Status.CHANGED, False)
    # The old words at the old location.
    assert (citation.answer, citation.sentence) == (NAME, WHOLE)


def test_a_rewrapped_sentence_has_changed(library: Library, envoy: Path) -> None:
    envoy.write_text(ARTICLE.replace("a Mr Dmitry", "a Mr\nDmitry"), encoding="utf-8")
    assert cited(library).status is Status.CHANGED


def delete(path: Path) -> None:
    path.unlink()


def become_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def become_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere.txt"))
    path.symlink_to("elsewhere.txt")


def become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def move_behind_link(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.symlink_to("moved")


@pytest.mark.parametrize(
    "change", [delete, become_fifo, become_link, become_folder, move_behind_link]
)
def test_a_file_that_is_no_longer_a_regular_file_is_gone(
    library: Library, change: Callable[[Path], None]
) -> None:
    path = library.write("in/envoy.txt", ARTICLE)
    library.index()
    change(path)
    citation = cited(library, "in/envoy.txt")
    assert (citation.status, citation.is_current, citation.answer) == (Status.GONE, False, NAME)


def test_a_file_that_became_binary_has_changed(library: Library, envoy: Path) -> None:
    envoy.write_bytes(b"\0" + ARTICLE.encode())
    assert cited(library).status is Status.CHANGED


@pytest.mark.parametrize("coding", ["windows-1252", "utf-16"])
def test_a_file_saved_in_another_encoding_keeps_its_quotes(library: Library, coding: str) -> None:
    text = "The café of Ms Gruyère closed in May. It was late.\n"
    path = library.write("cafe.txt", text.encode())
    library.index()
    path.write_bytes(text.encode(coding))
    citation = cited(library, "cafe.txt", "Gruyère")
    assert (citation.status, citation.answer) == (Status.UNCHANGED, Quote("Gruyère", 1, 16, 1, 22))


def test_of_two_copies_the_one_closest_to_the_old_line_is_cited(library: Library) -> None:
    filler = "".join(f"Filler number {i} is here.\n\n" for i in range(8))
    path = library.write("twice.txt", f"{filler}The dam held.\n\n{filler}")
    library.index()
    assert cited(library, "twice.txt", "dam").answer.line == 17
    # Copies at lines 1, 15 and 33.
    new = filler.split("\n\n", 1)[1]
    path.write_text(f"The dam held. {new}The dam held.\n\n{filler}  The dam held.\n", "utf-8")
    citation = cited(library, "twice.txt", "dam")
    assert (citation.status, citation.answer) == (Status.MOVED, Quote("dam", 15, 5, 15, 7))


def test_of_two_copies_on_one_line_the_unmoved_one_is_cited() -> None:
    text = "The dam held. So. The dam held."
    answer, sentence = Quote("dam", 1, 23, 1, 25), Quote("The dam held.", 1, 19, 1, 31)
    assert find_again(Text(text, "utf-8", 0), answer, sentence) == QuoteStatus(
        Status.UNCHANGED, answer, sentence
    )


def test_a_file_is_read_once_for_all_citations_of_a_reply(library: Library, envoy: Path) -> None:
    with closing(library.store.open()) as opened:
        (article,) = opened.generation.catalog.articles()
    files = FileCache()
    first = files.read(article)
    envoy.unlink()
    assert files.read(article) is first


def test_a_file_that_grew_slightly_past_the_limit_is_still_read(
    library: Library, envoy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.citations.MAX_BYTES", 10)
    envoy.write_text("\n" + ARTICLE, encoding="utf-8")
    assert cited(library).answer.line == 6
    envoy.write_text("\n" * len(ARTICLE) + "\n" + ARTICLE, encoding="utf-8")
    assert cited(library).status is Status.GONE


def test_a_path_is_shown_as_given_only_if_that_still_leads_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    monkeypatch.chdir(tmp_path)
    for given in ("news", "./news", "../" + tmp_path.name + "/news", str(news)):
        assert display_path(Root(given, str(news)), "in/a.txt") == f"{given}/in/a.txt"
    assert display_path(Root("news/", str(news)), "a.txt") == "news/a.txt"
    assert display_path(Root("news/a.txt", str(news / "a.txt")), "") == "news/a.txt"
    monkeypatch.chdir(news)
    assert display_path(Root("news", str(news)), "in/a.txt") == f"{news}/in/a.txt"
    assert display_path(Root("news/a.txt", str(news / "a.txt")), "") == f"{news}/a.txt"


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (4, 1, SENTENCE),
        (0, 1, SENTENCE),
        (99, 1, SENTENCE),
        (3, 2, SENTENCE),
        # The same words, but at a column past the end of its line.
        (1, 14, SENTENCE),
        (3, 1, SENTENCE.replace("Dmitry", "Dmitri")),
    ],
)
def test_an_index_that_differs_from_an_unchanged_file_is_damaged(
    library: Library, line: int, column: int, text: str
) -> None:
    library.write("envoy.txt", f"First line.\n\n{SENTENCE}\n")
    library.index()
    with closing(library.store.open()) as opened:
        (article,) = opened.generation.catalog.articles()
    name, sentence = Span(37, 51), Span(0, len(SENTENCE))
    right = cite(article, passage(SENTENCE, line=3), name, sentence, FileCache())
    assert right.answer == Quote("Dmitry Rogozin", 3, 38, 3, 51)
    with pytest.raises(IndexDamaged, match=r"envoy\.txt"):
        cite(article, passage(text, line=line, column=column), name, sentence, FileCache())


def test_the_dates_of_a_sentence_are_resolved_from_the_articles_date(library: Library) -> None:
    text = "Dam opens\n\n8 July 2008\n\nIt began in May 2007. It ended {} and fell on Monday.\n"
    library.write("dated.txt", text.format("the following month"))
    library.write("undated.txt", text.format("in a month").replace("8 July 2008", "Ulvik"))
    library.index()
    dated = cited(library, "dated.txt", "Monday")
    assert [(one.text, one.date) for one in dated.resolved] == [
        ("the following month", "2007-06"), ("Monday", "2008-07-07")
    ]  # fmt: skip
    assert [one.date for one in dated.answer_dates] == ["2008-07-07"]
    assert cited(library, "undated.txt", "Monday").resolved == ()


def test_a_dated_heading_dates_the_sentences_below_it(library: Library) -> None:
    diary = "# Diary\n\n## 2023-05-02\n\nBought oak.\n\n## 2023-06-01\n\nIt was sold yesterday.\n"
    library.write("diary.md", diary)
    library.index()
    cited_there = cited(library, "diary.md", "yesterday")
    assert [day.isoformat() for day in cited_there.dates] == ["2023-06-01"]
    assert [one.date for one in cited_there.resolved] == ["2023-05-31"]


def test_a_dated_heading_dates_its_section_to_the_end(library: Library) -> None:
    many = " ".join(f"The saw of number {i} was mended by a man of the town." for i in range(40))
    diary = (
        f"# Diary\n\n## 2023-05-02\n\nBought oak.\n\n## 2023-06-01\n\n{many} It fell yesterday.\n"
    )
    library.write("diary.md", diary)
    library.index()
    assert [one.date for one in cited(library, "diary.md", "yesterday").resolved] == ["2023-05-31"]


def test_words_that_a_line_break_divides_are_named(library: Library) -> None:
    library.write("wire.txt", "The inter-\nnational court sat in twenty-\none rooms.\n")
    library.index()
    found = cited(library, "wire.txt", "court")
    assert [(one.text, one.word) for one in found.joined] == [
        ("inter-\nnational", "international"), ("twenty-\none", "twenty-one")
    ]  # fmt: skip
    assert cited(library, "wire.txt", "court").sentence.text.count("\n") == 2


@pytest.mark.parametrize(
    ("others", "short"),
    [
        ([], "in/mill.txt"),
        (["/papers"], "news/in/mill.txt"),
        (["/old/news"], "/home/ann/news/in/mill.txt"),
    ],
)
def test_a_path_for_people_is_as_short_as_it_is_clear(others: list[str], short: str) -> None:
    root = Root("/home/ann/news", "/home/ann/news")
    roots = [root, *(Root(path, path) for path in others)]
    assert short_path(root, "in/mill.txt", roots) == short
    assert short_path(root, "in/mill.txt", ()) == "/home/ann/news/in/mill.txt"


def test_a_path_that_leads_there_as_it_was_typed_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "news").mkdir()
    monkeypatch.chdir(tmp_path)
    root = Root("news", str(tmp_path / "news"))
    assert short_path(root, "mill.txt", [root]) == "news/mill.txt"
    file = Root("/n/mill.txt", "/n/mill.txt")
    assert short_path(file, "", [file]) == "mill.txt"

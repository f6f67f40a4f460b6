"""The sentences of gold references, with accepted answers marked."""

from pathlib import Path

import pytest

from eval.sets.gold import open_article
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.question_set import Gold

LINES = (
    "Radar",
    "",
    "It rained. The treaty was signed in Prague. Nobody came. Prague slept. Praguers did not.",
    "The ship ran aground at",
    "the port of Zeebrugge. It is closed.",
)


@pytest.fixture(name="folder")
def article(tmp_path: Path) -> Path:
    (tmp_path / "radar.txt").write_text("\n".join(LINES), encoding="utf-8")
    return tmp_path


def quoted(folder: Path, *answers: str, line: int = 3, end_line: int = 0) -> str:
    """Return the quote with its marks in brackets."""
    quote = GoldQuotes((folder,)).quote(Gold("radar.txt", line, list(answers), end_line))
    return "".join(f"[{text}]" if is_marked else text for text, is_marked in quote.pieces)


@pytest.mark.parametrize(
    ("answers", "quote"),
    [
        (["rained"], "It [rained]."),
        # Which occurrence is meant is unknown: all sentences with one are quoted.
        (["Prague"], "The treaty was signed in [Prague]. … [Prague] slept."),
        (["slept", "Nobody"], "[Nobody] came. Prague [slept]."),
        (["in Prague", "signed in"], "The treaty was [signed in Prague]."),
        (["THE  TREATY"], "[The treaty] was signed in Prague."),
        (["came. Prague"], "Nobody [came. Prague] slept."),
        (["Brno"], "It rained."),
        ([], "It rained."),
    ],
)
def test_sentences_with_accepted_answers_are_quoted(
    folder: Path, answers: list[str], quote: str
) -> None:
    assert quoted(folder, *answers) == quote


def test_an_answer_across_two_lines_is_marked(folder: Path) -> None:
    quote = quoted(folder, "at\nthe port", line=4, end_line=5)
    assert quote == "The ship ran aground [at\nthe port] of Zeebrugge."


def test_at_most_three_sentences_are_quoted(folder: Path) -> None:
    (folder / "radar.txt").write_text("Oil rose. " * 5, encoding="utf-8")
    assert quoted(folder, "Oil", line=1) == "[Oil] rose. [Oil] rose. [Oil] rose."


def test_a_long_quote_is_cut_around_its_first_mark(folder: Path) -> None:
    (folder / "radar.txt").write_text("a " * 1000 + "Prague" + " b" * 1000, encoding="utf-8")
    quote = GoldQuotes((folder,)).quote(Gold("radar.txt", 1, ["Prague"]))
    (mark,) = quote.marks
    assert quote.text[mark.start : mark.end] == "Prague"
    assert mark.start == 1 + 200
    assert len(quote.text) == 600 + 2
    assert quote.text.strip("ab …") == "Prague"


def test_an_unreadable_article_has_no_quote(folder: Path) -> None:
    assert quoted(folder, "Prague", line=6) == ""
    (folder / "radar.txt").unlink()
    assert quoted(folder, "Prague") == ""


def test_an_article_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def counted(file: Path) -> object:
        read.append(file)
        return open_article(file)

    monkeypatch.setattr("eval.sets.gold.open_article", counted)
    quotes = GoldQuotes((folder,))
    for line in (3, 4, 3):
        quotes.quote(Gold("radar.txt", line, ["Prague"]))
    assert len(read) == 1

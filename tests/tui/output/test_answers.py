"""An answer that is part of its sentence: on a separate line, then in its quote."""

import re
from pathlib import Path

import pytest

from tests.tui.fakes import Shell
from tests.tui.terminal import PLAIN, STYLE, on_terminal, piped

pytestmark = pytest.mark.slow

SENTENCE = "the port is closed since a ship ran aground there last night."
SHIP = "a ship ran aground"
QUOTED = "    the port is closed since {}a ship ran aground{} there last night."
BOLD, PLAIN_AGAIN = "\x1b[1m", "\x1b[0m"


@pytest.fixture
def home(shell: Shell) -> Path:
    shell.write("port.txt", f"{SENTENCE} So \x02it\x03 \x1b[1mis\x1b[0m.")
    shell.write("crane.txt", "Since Monday the\n  crane\n\tof Zeebrugge is  broken, they say.")
    assert shell.byline("index", "news").code == 0
    return shell.home


def ask(reader: str, *more: str) -> list[str]:
    """Ask with a fake reader that marks its own name."""
    return ["ask", "why?", "--reader", reader, *more]


def test_the_answer_is_above_its_indented_quote(home: Path) -> None:
    ended = piped(home, ask(SHIP), {"FORCE_COLOR": "1"})
    assert (ended.returncode, ended.stderr) == (0, b"")
    answer, quote, path = ended.stdout.decode().splitlines()
    assert (answer, quote) == (SHIP, QUOTED.format("", ""))
    assert path == "    news/port.txt:1:26  100% sure"


def test_on_a_colour_terminal_the_answer_is_bold_on_its_line_and_in_its_quote(home: Path) -> None:
    answer, quote, path = on_terminal(home, *ask(SHIP)).splitlines()
    assert answer == f"{BOLD}{SHIP}{PLAIN_AGAIN}"
    assert quote == QUOTED.format(BOLD, PLAIN_AGAIN)
    assert f"\x1b[36mnews/port.txt:1:26{PLAIN_AGAIN}" in path
    assert STYLE.sub("", path) == "    news/port.txt:1:26  100% sure ●●●●●"


def test_without_colour_a_terminal_shows_the_same_words(home: Path) -> None:
    written = on_terminal(home, *ask(SHIP), more=PLAIN)
    assert written.splitlines()[:2] == [SHIP, QUOTED.format("", "")]
    assert written == STYLE.sub("", on_terminal(home, *ask(SHIP)))


def test_on_a_narrow_terminal_each_line_of_the_quote_is_indented(home: Path) -> None:
    written = on_terminal(home, *ask(SHIP), columns=32)
    assert STYLE.sub("", written).splitlines()[:4] == [
        SHIP,
        "    the port is closed since a",
        "    ship ran aground there last",
        "    night.",
    ]
    # Bold continues over a line break.
    assert f"{BOLD}a\n    ship ran aground{PLAIN_AGAIN} there" in written


def test_a_quote_as_wide_as_the_terminal_is_one_line(home: Path) -> None:
    width = len(QUOTED.format("", ""))
    assert QUOTED.format("", "") in on_terminal(home, *ask(SHIP), columns=width, more=PLAIN)
    narrower = on_terminal(home, *ask(SHIP), columns=width - 1, more=PLAIN)
    assert QUOTED.format("", "").replace(" night.", "\n    night.") in narrower


def test_an_answer_that_is_its_entire_sentence_is_shown_once(home: Path) -> None:
    quote, path = on_terminal(home, *ask(SENTENCE)).splitlines()
    assert quote == SENTENCE
    assert "news/port.txt:1:1" in path


def test_a_rejected_answer_is_neither_set_apart_nor_bold(home: Path) -> None:
    written = on_terminal(home, *ask(SHIP, "--threshold", "1"))
    *_, label, quote, path = written.splitlines()
    assert ("not confident" in label, quote) == (True, SENTENCE)
    assert f"\x1b[36mnews/port.txt:1:26{PLAIN_AGAIN}" in path
    assert STYLE.sub("", path) == "    news/port.txt:1:26"
    assert BOLD not in written


def test_an_answer_in_doubt_is_an_answer_with_its_doubt(home: Path, shell: Shell) -> None:
    ran = shell.byline("ask", "Does the port sing?", "--threshold", "0", "--top", "1")
    assert ran.code == 0
    assert ran.err.startswith("Perhaps: ")
    path, doubt = ran.out.splitlines()[1].split("  perhaps, ")
    assert path.strip() == "news/port.txt:1:1"
    assert re.fullmatch(r"\d% sure", doubt)
    assert shell.byline("ask", SENTENCE).err == ""


def test_a_question_that_was_asked_in_another_spelling_says_so(home: Path, shell: Shell) -> None:
    ran = shell.byline("ask", "is the crane brokn, you say", "--threshold", "0")
    assert ran.code == 0
    assert "Searched for: is the crane broken, you say" in ran.err.splitlines()


def test_escape_codes_of_an_article_are_shown_and_not_obeyed(home: Path) -> None:
    written = on_terminal(home, *ask("So")).splitlines()
    assert written[:2] == [f"{BOLD}So{PLAIN_AGAIN}", f"    {BOLD}So{PLAIN_AGAIN} ␂it␃ ␛[1mis␛[0m."]


def test_an_answer_across_line_breaks_is_shown_on_one_line(home: Path) -> None:
    written = on_terminal(home, *ask("crane\n\tof Zeebrugge"))
    answer, quote, path = written.splitlines()
    assert answer == f"{BOLD}crane of Zeebrugge{PLAIN_AGAIN}"
    assert STYLE.sub("", quote) == "    Since Monday the crane of Zeebrugge is  broken, they say."
    assert f"the {BOLD}crane of Zeebrugge{PLAIN_AGAIN} is" in quote
    assert "news/crane.txt:2:3" in path


def test_as_json_the_answer_and_its_quote_have_separate_locations(home: Path, shell: Shell) -> None:
    (answer,) = shell.byline(*ask("crane", "--json")).json["answers"]
    (citation,) = answer["citations"]
    assert (answer["text"], answer["quote"][:12]) == ("crane", "Since Monday")
    assert [citation[one] for one in ("line", "column", "end_line", "end_column")] == [2, 3, 2, 7]
    assert citation["quote_place"]["line"] == 1
    assert citation["quote_place"]["end_line"] == 3

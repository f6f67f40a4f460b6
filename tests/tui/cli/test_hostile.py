"""Article text, titles, file names and questions reach the terminal only neutralised."""

import json
import os
import unicodedata
from pathlib import Path

import pytest

from tests.tui.fakes import Ran, Shell

STEERING = "\x1b]52;c;aGk=\x07\x1b[35m\x9b35m\x90q\x9c\x7f\x08\x00"
HIDING = "\u202e\u2066\u200b\ufeff\xad\u2028\x85"
MARKUP = "[red]x[/red]"
NASTY = STEERING.replace("\x00", "") + HIDING + MARKUP
"""What an article can contain; a NUL would make it binary."""

SENTENCE = f"the port {NASTY} is closed."
NAME = f"evil{STEERING.replace(chr(0), '')}{HIDING}{MARKUP.replace('/', '')}.txt"
BROKEN_NAME = os.fsdecode(b"broken\xff\x9b.txt")
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.fixture
def hostile(shell: Shell) -> Shell:
    shell.patch.chdir(shell.home)
    article = f"# A title {NASTY} of a port\n\n{SENTENCE} {NASTY}\n\nIt rained {NASTY} here.\n"
    shell.write(NAME, article)
    shell.write(BROKEN_NAME, f"Two old mills {NASTY} stand idle by the lake. So it is.")
    shell.write(f"{NAME}.zip", "x")
    assert_neutral(shell.byline("index", f"{shell.home}/news"))
    return shell


def assert_neutral(ran: Ran) -> Ran:
    """Neither stream has a control or invisible character, but for LF at line ends."""
    for stream in (ran.out, ran.err):
        left = {char for char in stream if unicodedata.category(char) in HIDDEN} - {"\n"}
        assert not left, stream
    return ran


def test_an_answer_shows_escape_codes_without_obeying_them(hostile: Shell) -> None:
    ran = assert_neutral(hostile.byline("ask", SENTENCE, "--top", "1"))
    assert ran.code == 0
    assert "the port ␛]52;c;aGk=␇␛[35m⟨009B⟩35m⟨0090⟩q⟨009C⟩␡␈⟨202E⟩⟨2066⟩" in ran.out
    assert "[red]x[/red] is closed." in ran.out
    assert "evil␛]52;c;aGk=␇" in ran.out
    assert "A title ␛]52" in ran.out


def test_found_places_are_neutralised(hostile: Shell) -> None:
    for words in ("closed", f"port {STEERING.replace(chr(0), '')}", "red"):
        ran = assert_neutral(hostile.byline("find", words))
        assert ran.code == 0
        assert "␛[35m" in ran.out
        assert hostile.byline("find", words, "--json").out.isascii()
    assert_neutral(hostile.byline("find", "--exact", NASTY))


def test_quotes_of_a_text_are_neutralised(hostile: Shell) -> None:
    essay = hostile.home / "essay.md"
    essay.write_text(f"> {SENTENCE}\n\n> the port {NASTY} is open. (a{NASTY}.txt:3)\n")
    ran = assert_neutral(hostile.byline("verify", "essay.md"))
    assert "␛]52;c;aGk=␇" in ran.out
    assert hostile.byline("verify", "essay.md", "--json").out.isascii()


def test_an_answer_inside_a_hostile_sentence_is_neutralised(hostile: Shell) -> None:
    for marked in ("is closed", MARKUP, STEERING.replace("\x00", "")):
        ran = assert_neutral(hostile.byline("ask", "why?", "--reader", marked))
        assert ran.code == 0
        answer, quote, *_ = ran.out.splitlines()
        assert answer in quote
        assert quote.startswith("    ")


def test_the_closest_passage_of_a_refusal_is_neutralised(hostile: Shell) -> None:
    ran = assert_neutral(hostile.byline("ask", f"Why {NASTY}?", "--threshold", "1"))
    assert ran.code == 1
    assert "␛]52" in ran.err


def test_json_is_ascii_and_verbatim(hostile: Shell) -> None:
    ran = assert_neutral(hostile.byline("ask", SENTENCE, "--json", "--threshold", "0"))
    assert ran.out.isascii()
    assert ran.json["question"] == SENTENCE
    best = ran.json["answers"][0]
    assert best["quote"] == SENTENCE
    assert best["citations"][0]["path"] == f"{hostile.home}/news/{NAME}"


def test_a_file_name_that_is_not_text_keeps_its_bytes(hostile: Shell) -> None:
    ran = assert_neutral(
        hostile.byline("ask", f"Two old mills {NASTY} stand idle by the lake.", "--json")
    )
    paths = [one["path"] for answer in ran.json["answers"] for one in answer["citations"]]
    (path,) = [one for one in paths if os.fsencode(Path(one).name) == b"broken\xff\x9b.txt"]
    shown = assert_neutral(hostile.byline("show", f"{path}:1"))
    assert shown.code == 0
    assert "broken⟨DCFF⟩⟨DC9B⟩.txt:1" in shown.err


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_shown_line_is_neutralised(hostile: Shell, options: list[str]) -> None:
    ran = assert_neutral(hostile.byline("show", f"news/{NAME}:3", *options))
    assert ran.code == 0
    if options:
        assert ran.json["lines"][2]["text"] == f"{SENTENCE} {NASTY}"
    else:
        assert "> 3  the port ␛]52;c;aGk=␇" in ran.out


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_builds_and_checks_neutralise_names(hostile: Shell, options: list[str]) -> None:
    ran = assert_neutral(hostile.byline("index", "--full", *options))
    assert f"evil{'␛]52;c;aGk=␇'}" in ran.err
    if options:
        assert ran.json["skipped"][0]["path"].endswith(f"{NAME}.zip")
    (hostile.news / NAME).unlink()
    assert assert_neutral(hostile.byline("check", *options)).code == 1
    hostile.news.rename(hostile.home / "away")
    assert_neutral(hostile.byline("index", *options))


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "who?", "--in", NASTY],
        ["ask", "who?", "--index", f"nowhere{NASTY}"],
        ["ask", "who?", "--index", f"news/{NAME}"],
        ["ask", "who?", f"--{NASTY}"],
        ["ask", "who?", "--top", NASTY],
        ["show", NASTY],
        ["show", f"{NASTY}:1"],
        ["show", f"no{BROKEN_NAME}:1"],
        ["verify", NASTY],
        ["verify", f"news/{NAME}"],
        ["index", NASTY],
        ["index", "--forget", NASTY],
        ["check", "--index", f"nowhere{NASTY}"],
        ["bench", "read", "--reader", f"./nowhere{NASTY}"],
        [f"no{NASTY}"],
        ["completion", NASTY],
    ],
)
def test_errors_neutralise_arguments(hostile: Shell, arguments: list[str]) -> None:
    ran = assert_neutral(hostile.byline(*arguments))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("byline: ")
    assert ran.err.count("\n") == 1


def test_batches_neutralise_questions_and_errors(hostile: Shell) -> None:
    lines = [SENTENCE, '{"broken ' + NASTY, json.dumps({"question": "x", "in": [NASTY]})]
    stdin = "\n".join(lines).encode()
    ran = assert_neutral(hostile.byline("ask", "-", "--json", stdin=stdin))
    assert ran.out.isascii()
    assert ran.lines[1]["question"] == lines[1]
    assert assert_neutral(hostile.byline("ask", "-", stdin=stdin)).code == 2


def test_a_settings_file_is_neutralised(hostile: Shell) -> None:
    hostile.settings.parent.mkdir(parents=True)
    hostile.settings.write_text('"evil\\u001b]52;c;x\\u0007\\u202e" = 1\n', encoding="utf-8")
    assert assert_neutral(hostile.byline("ask", "who?")).code == 2


@pytest.mark.parametrize("data", [b"evil\x1b]52;c;x\x07\n", b"\x9b\xff", b"\0" * 26, b""])
def test_a_damaged_index_is_neutralised_and_can_be_rebuilt(hostile: Shell, data: bytes) -> None:
    (hostile.index / "CURRENT").write_bytes(data)
    ran = assert_neutral(hostile.byline("ask", "who?"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert assert_neutral(hostile.byline("index", "news", "--full")).code == 0
    assert hostile.byline("ask", SENTENCE).code == 0


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_finding_neutralises_its_path(hostile: Shell, options: list[str]) -> None:
    folder = f"{hostile.home}/index {NAME}"
    assert_neutral(hostile.byline("index", "news", "--index", folder))
    (vectors,) = Path(folder).glob("generations/*/segments/*/vectors.f16")
    vectors.unlink()
    ran = assert_neutral(hostile.byline("check", "--index", folder, *options))
    assert ran.code == 2
    if options:
        assert folder in ran.json["findings"][0]["message"]
    else:
        assert "evil␛]52;c;aGk=␇" in ran.out

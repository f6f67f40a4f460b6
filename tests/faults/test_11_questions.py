"""Whatever is asked is answered, refused, or told in one line to be no question."""

import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from time import perf_counter

import pytest
import tantivy

from index.articles.passages import Passage
from index.errors import BadRequest
from index.models.passage_encoder import Vectors
from qa.answering.confidence import default_threshold
from qa.answers import MAX_QUESTION_LENGTH, Answered, NoAnswer
from qa.bot import PASSAGES_READ, Bot
from qa.reader.protocol import Candidate
from qa.reader.shipped import DEFAULT_READER
from qa.retrieval.retriever import Ranking, Retriever
from qa.rewriting.resolve import Exchange, history_from_questions
from tests.faults.conftest import Battery, Figure
from tests.faults.questions import WORDS, bombs, question
from tests.qa.fakes import Library, QuickEncoder, SentenceReader
from tests.real import Home
from tests.tui.terminal import FAKED, environment

PATIENCE = 900
"""Seconds after which a process that answers is held up."""
ARTICLES = 40


@dataclass
class Counting(QuickEncoder):
    """An encoder that keeps count of what it was given; its vectors hang on no word."""

    longest: int = 0
    calls: int = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        self.longest = max(self.longest, *map(len, texts))
        return super().encode([" ".join(text.split()[:1])[:1] for text in texts])


@dataclass
class Reading(SentenceReader):
    """A reader that keeps count of what it was given."""

    calls: int = 0
    most: int = 0
    longest: int = 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        question.encode()  # real tokenizers take no lone surrogates
        self.calls += 1
        self.most = max(self.most, len(passages))
        self.longest = max(self.longest, len(question))
        return super().read(question, passages)[:5]


@dataclass
class Told:
    """What became of questions."""

    answered: int = 0
    refused: int = 0
    no_question: int = 0
    faults: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def asked(self) -> int:
        return self.answered + self.refused + self.no_question + len(self.faults)

    def __str__(self) -> str:
        slow = sorted(self.milliseconds)[len(self.milliseconds) * 99 // 100]
        return (
            f"{self.asked:,} questions: {len(self.faults)} exceptions; {self.answered:,} answered, "
            f"{self.refused:,} refused, {self.no_question:,} told to be none; "
            f"99% within {slow:.0f} ms"
        )


def ask_all(bot: Bot, questions: Sequence[str], source: random.Random) -> Told:
    """Ask them, every third after others, and note what is raised that no person is told."""
    told = Told()
    history: tuple[Exchange, ...] = ()
    for number, asked in enumerate(questions):
        began = perf_counter()
        try:
            reply = bot.ask(asked, history=history if number % 3 == 0 else ())
            told.answered += isinstance(reply, Answered)
            told.refused += isinstance(reply, NoAnswer)
            history = tuple(
                history_from_questions([one[:500] for one in source.choices(questions, k=2)])
            )
        except BadRequest:
            told.no_question += 1
        except Exception as error:  # noqa: BLE001  whatever it is, it is a fault
            told.faults.append(f"{asked[:80]!r}: {error!r}")
        told.milliseconds.append(1000 * (perf_counter() - began))
    return told


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("asked"))
    source = random.Random(3)
    for number in range(ARTICLES):
        words = [source.choice(WORDS) for _ in range(60)]
        words[10:40:10] = [".\n\nShip", f"{number}.", "The mill was sold to Dmitry Rogozin."]
        library.write(f"{number}.txt", " ".join(words))
    library.index()
    return library


@pytest.fixture
def bot(library: Library) -> Iterator[Bot]:
    with library.bot(0.5, Reading()) as bot:
        yield replace(bot, retriever=replace(bot.retriever, encoder=Counting()))


def questions(source: random.Random, count: int) -> list[str]:
    return [question(source) for _ in range(count)]


def test_no_question_raises_anything_and_none_makes_work_without_end(
    bot: Bot, battery: Battery, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    clauses: list[int] = []
    monkeypatch.setattr(tantivy, "Query", _CountedQueries(tantivy.Query, clauses))
    source = battery.chance("questions")
    asked = [*bombs(), *questions(source, battery.pick(800, 100_000))]
    told = ask_all(bot, asked, source)
    figure(str(told))
    assert told.faults == []
    assert min(told.answered, told.refused, told.no_question) > 0
    encoder, reader = bot.retriever.encoder, bot.reader
    assert isinstance(encoder, Counting)
    assert isinstance(reader, Reading)
    # A follow-up is encoded alone, with the question before it, and that one too.
    assert encoder.calls <= 3 * (told.answered + told.refused)
    assert reader.calls <= 2 * (told.answered + told.refused)  # the first passages, then others
    assert max(encoder.longest, reader.longest) <= MAX_QUESTION_LENGTH
    assert reader.most <= PASSAGES_READ
    assert max(clauses) <= 2 * 64


@dataclass(frozen=True)
class _CountedQueries:
    """tantivy's queries; of each that is put together, the number of its parts is noted."""

    queries: type[tantivy.Query]
    clauses: list[int]

    def __getattr__(self, name: str) -> object:
        return getattr(self.queries, name)

    def boolean_query(self, parts: list[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
        self.clauses.append(len(parts))
        return self.queries.boolean_query(parts)


@dataclass
class RawRetriever(Retriever):
    """A retriever that hands a question to tantivy's own query parser."""

    def search(
        self, question: str, scope: Sequence[object] = (), previous: str | None = None
    ) -> Ranking:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text")
        tantivy.Index(builder.build()).parse_query(question, ["text"])
        return super().search(question)


def test_a_raw_query_parser_would_be_found_out(bot: Bot, battery: Battery, figure: Figure) -> None:
    retriever = bot.retriever
    raw = replace(bot, retriever=RawRetriever(retriever.generation, retriever.encoder))
    source = battery.chance("questions")
    told = ask_all(raw, questions(source, 200), source)
    figure(f"planted raw query parser: {told}")
    assert len(told.faults) > 20


def test_on_standard_input_each_line_has_its_reply_and_none_ends_the_rest(
    library: Library, battery: Battery, figure: Figure, tmp_path: Path
) -> None:
    source = battery.chance("lines")
    asked = [*bombs(), *questions(source, battery.pick(200, 10_000))]
    lines = [one.encode("utf-8", "surrogatepass").replace(b"\n", b" ") for one in asked]
    lines += [source.randbytes(source.randint(1, 60)).replace(b"\n", b"") for _ in range(200)]
    lines += [json.dumps({"question": one, "history": asked[:3], "id": n}).encode()
              for n, one in enumerate(islice(asked, 30, 130))]  # fmt: skip
    lines += [
        b'{"question": ' + b"[" * 100_000,
        b'{"question": "x", "in": ["\\ud800"]}',
        b"{" * 1000,
    ]
    file = tmp_path / "questions"
    file.write_bytes(b"\n".join(lines) + b"\n")
    news = tmp_path / "news"
    news.symlink_to(library.news)
    built = subprocess.run(
        [*FAKED, "index", str(library.news)], cwd=tmp_path, env=environment(tmp_path),
        capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    with file.open("rb") as stdin:
        done = subprocess.run(
            [*FAKED, "ask", "-", "--json"], stdin=stdin, cwd=tmp_path, env=environment(tmp_path),
            capture_output=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    expected = sum(bool(line.decode("utf-8", errors="replace").strip()) for line in lines)
    figure(
        f"{expected:,} lines of standard input: {len(replies):,} replies, exit {done.returncode}"
    )
    assert b"Traceback" not in done.stderr
    assert len(replies) == expected
    assert done.returncode in (0, 2)


def test_the_real_models_take_every_question_too(
    real: Home, battery: Battery, figure: Figure
) -> None:
    source = battery.chance("real")
    asked = [*source.sample(bombs(), 12), *questions(source, battery.pick(30, 2_000))]
    with closing(
        Bot.open(real.store, real.cache, DEFAULT_READER, default_threshold(), print)
    ) as bot:
        told = ask_all(bot, asked, source)
    figure(f"real models: {told}")
    assert told.faults == []

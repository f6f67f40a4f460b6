"""Whatever is asked is answered, refused, or rejected in one line as no question."""

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
from index.storage.selection import ALL, Selection
from qa.answering.confidence import default_calibration
from qa.answers import MAX_QUESTION_LENGTH, Answered, NoAnswer
from qa.bot import PASSAGES_READ, Bot
from qa.conversation import Exchange, history_from_questions
from qa.reader.protocol import Candidate
from qa.reader.shipped import FAST_READER
from qa.retrieval.retriever import Ranking, Retriever
from tests.fakes import FakeEncoder
from tests.faults.conftest import Battery, Figure
from tests.faults.fuzzed_questions import WORDS, bombs, question
from tests.qa.fakes import Library, SentenceReader
from tests.real import Home
from tests.tui.terminal import FAKED, environment

PATIENCE = 900
"""Seconds after which a process counts as hung."""
ARTICLES = 40


@dataclass
class CountingEncoder(FakeEncoder):
    """An encoder that counts its inputs; its vectors depend only on the first character."""

    longest: int = 0
    calls: int = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        self.longest = max(self.longest, *map(len, texts))
        return super().encode([" ".join(text.split()[:1])[:1] for text in texts])


@dataclass
class CountingReader(SentenceReader):
    """A reader that counts its inputs."""

    calls: int = 0
    passages: int = 0
    """The largest number in one call."""
    longest: int = 0

    def read(
        self, question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        question.encode()  # real tokenizers take no lone surrogates
        self.calls += 1
        self.passages = max(self.passages, len(passages))
        self.longest = max(self.longest, len(question))
        return super().read(question, passages)[:5]


@dataclass
class Tally:
    """The results of questions."""

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
            f"{self.refused:,} refused, {self.no_question:,} rejected as none; "
            f"99% within {slow:.0f} ms"
        )


def ask_all(bot: Bot, questions: Sequence[str], chance: random.Random) -> Tally:
    """Ask questions, every third as a follow-up, and record unexpected exceptions."""
    tally = Tally()
    history: tuple[Exchange, ...] = ()
    for number, asked in enumerate(questions):
        started = perf_counter()
        try:
            reply = bot.ask(asked, history=history if number % 3 == 0 else ())
            tally.answered += isinstance(reply, Answered)
            tally.refused += isinstance(reply, NoAnswer)
            history = tuple(
                history_from_questions([text[:500] for text in chance.choices(questions, k=2)])
            )
        except BadRequest:
            tally.no_question += 1
        except Exception as error:  # noqa: BLE001  any other exception is a fault
            tally.faults.append(f"{asked[:80]!r}: {error!r}")
        tally.milliseconds.append(1000 * (perf_counter() - started))
    return tally


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("asked"))
    chance = random.Random(3)
    for number in range(ARTICLES):
        words = [chance.choice(WORDS) for _ in range(60)]
        words[10:40:10] = [".\n\nShip", f"{number}.", "The mill was sold to Dmitry Rogozin."]
        library.write(f"{number}.txt", " ".join(words))
    library.index()
    return library


@pytest.fixture
def bot(library: Library) -> Iterator[Bot]:
    with library.bot(0.5, CountingReader()) as bot:
        bot.retriever = replace(bot.retriever, encoder=CountingEncoder())
        yield bot


def questions(chance: random.Random, count: int) -> list[str]:
    return [question(chance) for _ in range(count)]


def test_no_question_raises_an_exception_or_causes_unbounded_work(
    bot: Bot, battery: Battery, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    clauses: list[int] = []
    monkeypatch.setattr(tantivy, "Query", _CountedQueries(tantivy.Query, clauses))
    chance = battery.chance("questions")
    asked = [*bombs(), *questions(chance, battery.pick(500, 100_000))]
    tally = ask_all(bot, asked, chance)
    figure(str(tally))
    assert tally.faults == []
    assert min(tally.answered, tally.refused, tally.no_question) > 0
    encoder, reader = bot.retriever.encoder, bot.reader
    assert isinstance(encoder, CountingEncoder)
    assert isinstance(reader, CountingReader)
    # A follow-up is encoded alone, with the question before it, and that one too.
    assert encoder.calls <= 3 * (tally.answered + tally.refused)
    assert reader.calls <= 2 * (tally.answered + tally.refused)  # the first passages, then others
    assert max(encoder.longest, reader.longest) <= MAX_QUESTION_LENGTH
    assert reader.passages <= PASSAGES_READ
    assert max(clauses) <= 3 * 64


@dataclass(frozen=True)
class _CountedQueries:
    """tantivy's queries; records the number of parts of each boolean query."""

    queries: type[tantivy.Query]
    clauses: list[int]

    def __getattr__(self, name: str) -> object:
        return getattr(self.queries, name)

    def boolean_query(self, parts: list[tuple[tantivy.Occur, tantivy.Query]]) -> tantivy.Query:
        self.clauses.append(len(parts))
        return self.queries.boolean_query(parts)


@dataclass
class RawRetriever(Retriever):
    """A retriever that passes a question to tantivy's query parser."""

    def search(
        self,
        question: str,
        selection: Selection = ALL,
        earlier: Sequence[str] = (),
        of_its_days: Selection | None = None,
    ) -> Ranking:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text")
        tantivy.Index(builder.build()).parse_query(question, ["text"])
        return super().search(question)


def test_a_raw_query_parser_is_caught(bot: Bot, battery: Battery, figure: Figure) -> None:
    retriever = bot.retriever
    bot.retriever = RawRetriever(retriever.generation, retriever.encoder)
    chance = battery.chance("questions")
    tally = ask_all(bot, questions(chance, 80), chance)
    figure(f"planted raw query parser: {tally}")
    assert len(tally.faults) > 20


def test_each_line_of_standard_input_gets_a_reply(
    library: Library, battery: Battery, figure: Figure, tmp_path: Path
) -> None:
    chance = battery.chance("lines")
    asked = [*bombs(), *questions(chance, battery.pick(120, 10_000))]
    lines = [text.encode("utf-8", "surrogatepass").replace(b"\n", b" ") for text in asked]
    lines += [chance.randbytes(chance.randint(1, 60)).replace(b"\n", b"") for _ in range(80)]
    lines += [json.dumps({"question": one, "history": asked[:3], "id": n}).encode()
              for n, one in enumerate(islice(asked, 30, 70))]  # fmt: skip
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


def test_the_real_models_accept_every_question(
    real: Home, battery: Battery, figure: Figure
) -> None:
    chance = battery.chance("real")
    asked = [
        *chance.sample(bombs(), battery.pick(6, 6)),
        *questions(chance, battery.pick(12, 2_000)),
    ]
    with closing(
        Bot.open(real.store, real.cache, FAST_READER, default_calibration().threshold, print)
    ) as bot:
        tally = ask_all(bot, asked, chance)
    figure(f"real models: {tally}")
    assert tally.faults == []

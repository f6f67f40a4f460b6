"""Which words of a question no article mentions, and how the articles spell them."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.storage.generation import Generation
from index.storage.scope import Scope
from qa.answering.unmentioned import respelt, spelling_of, unmentioned
from qa.answers import Answered, NoAnswer, Unmentioned
from qa.scope import selected
from tests.qa.fakes import Library

ARTICLES = {
    "school.txt": "Librarian asks librarian: a librarian of the world reads in Antwerp.",
    "port.txt": "Talks on the missile shield of Angela Merkel ended. Zeebrugge is old.",
    "cup.txt": "A cup of tea, said Obama.",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    made = Library(tmp_path_factory.mktemp("library"))
    for name, text in ARTICLES.items():
        made.write(name, text)
    made.index()
    return made


@pytest.fixture(scope="module")
def generation(library: Library) -> Iterator[Generation]:
    opened = library.store.open()
    yield opened.generation
    opened.close()


def named(generation: Generation, question: str, *scope: str) -> list[tuple[str, str | None]]:
    articles = selected(generation.catalog, Scope(scope))
    return [(one.words, one.suggestion) for one in unmentioned(question, generation, articles)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # Any form of a word counts as the word; question words and common words do not count.
        ("Who asks about missiles, exactly?", []),
        ("Is anyone going to ask about missiles?", []),
        ("Why doesn't the shield stop missiles, and why hasn’t it? They've asked.", []),
        ("Did the harbour freeze in 1987?", ["harbour freeze", "1987"]),
        # A name is entire if its last word is missing, though another is there.
        ("Who won the World Series?", ["World Series"]),
        ("What did Barack Obama say?", ["Barack"]),
        ("Who is the World-Series’ champion?", ["World-Series", "champion"]),
        # The first word of a question is capitalised anyway.
        ("World records, who has them?", ["records"]),
        ("What of elk, and elk?", ["elk"]),
        ("A b c?", []),
        ("", []),
    ],
)
def test_what_no_article_mentions(
    generation: Generation, question: str, expected: list[str]
) -> None:
    assert [words for words, _ in named(generation, question)] == expected


def test_only_the_articles_in_scope_count(library: Library, generation: Generation) -> None:
    assert named(generation, "Is there a cup in Antwerp?") == []
    school = str(library.news / "school.txt")
    assert named(generation, "Is there a cup in Antwerp?", school) == [("cup", None)]
    # Nor is a word suggested that is elsewhere.
    port = str(library.news / "port.txt")
    assert named(generation, "the libarian", school) == [("libarian", "librarian")]
    assert named(generation, "the libarian", port) == [("libarian", None)]


@pytest.mark.parametrize(
    ("word", "spelling"),
    [
        ("libarian", "librarian"),  # one more
        ("librrarian", "librarian"),  # one less
        ("sheild", "shield"),  # two swapped
        ("lubrarian", "librarian"),  # one replaced
        ("zeebruge", "Zeebrugge"),  # as articles write it
        ("MERKLE", "Merkel"),
        ("tanks", None),  # a short word with one replaced may well be right
        ("tlak", None),  # too short
        ("kibrarian", None),  # the first letter stays
        ("lybrerian", None),  # two replaced
        ("zëebruge", None),
        ("12345", None),
        ("a" * 39, None),
    ],
)
def test_a_word_is_spelt_as_articles_spell_it(
    generation: Generation, word: str, spelling: str | None
) -> None:
    assert spelling_of(word, generation) == spelling


def test_a_suggestion_keeps_the_words_around_it(generation: Generation) -> None:
    asked = "When was Angela  Merkle at the missle-sheild talk?"
    assert named(generation, asked) == [("Merkle", "Merkel"), ("missle-sheild", "missile-shield")]
    assert named(generation, "Who is Angela Merkle?") == [("Angela Merkle", "Angela Merkel")]


def test_a_question_is_respelt_word_by_word() -> None:
    missing = [Unmentioned("art", "arts"), Unmentioned("quaga", "quagga"), Unmentioned("elk")]
    asked = "Did the elk start art, quaga-art or quagas?"
    assert respelt(asked, missing) == "Did the elk start arts, quagga-arts or quagas?"
    assert respelt(asked, [Unmentioned("elk")]) is None


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_question_is_taken_apart(generation: Generation, question: str) -> None:
    found = unmentioned(question, generation)
    for one in found:
        assert one.words in question
        assert one.suggestion != one.words
    assert len(set(found)) == len(found)


def test_a_deleted_word_is_mentioned_no_more(library: Library) -> None:
    other = Library(library.folder / "other")
    other.write("a.txt", "The elk slept. The elk woke.")
    other.write("b.txt", "The lion slept.")
    other.index()
    (other.news / "a.txt").unlink()
    other.index()
    opened = other.store.open()
    assert named(opened.generation, "Did the lion see the elk?") == [("elk", None)]
    opened.close()


def test_missing_words_are_named_in_doubt_and_refuse_nothing(library: Library) -> None:
    with library.bot(0.0) as bot:
        perhaps = bot.ask("Did the quagga read?")
        plain = bot.ask("A cup of tea, said Obama.")
    assert isinstance(perhaps, Answered)
    assert perhaps.unmentioned == (Unmentioned("quagga"),)
    assert isinstance(plain, Answered)
    assert plain.unmentioned == ()
    with library.bot(1.0) as bot:
        refused = bot.ask("Did the libarian read?")
    assert isinstance(refused, NoAnswer)
    assert refused.unmentioned == (Unmentioned("libarian", "librarian"),)

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.answers import Answer, Answered, Citation, Milliseconds, NoAnswer, Quote, Reason, Status
from qa.rewriting.fragments import Resolved
from qa.rewriting.resolve import MAX_TURNS, Exchange, exchange_of, history_from_questions, resolve

ENVOY = Exchange("Who is the envoy to NATO?", ("Dmitry Rogozin, Russia's envoy",), "Envoys")
TREATY = Exchange("Who signed the Prague radar treaty for the Americans?")
CANAL = Exchange("When did Panama widen the canal?", ("2016",))


def asked(question: str, *history: str | Exchange) -> str:
    turns = [one if isinstance(one, Exchange) else Exchange(one) for one in history]
    return resolve(question, turns).question


@pytest.mark.parametrize(
    ("question", "rewritten"),
    [
        ("What did he say about Iran?", "What did Dmitry Rogozin say about Iran?"),
        ("and what did he say?", "and what did Dmitry Rogozin say?"),
        ("He said what?", "Dmitry Rogozin said what?"),
        ("Who sent him to Brussels?", "Who sent Dmitry Rogozin to Brussels?"),
        ("What are his views?", "What are Dmitry Rogozin’s views?"),
        # Only the first pronoun is replaced.
        ("When did he say that he left?", "When did Dmitry Rogozin say that he left?"),
    ],
)
def test_he_refers_to_the_last_answer(question: str, rewritten: str) -> None:
    assert resolve(question, [ENVOY]) == Resolved(rewritten, ("Dmitry Rogozin",))


@pytest.mark.parametrize(
    ("question", "earlier", "rewritten"),
    [
        ("How old is she?", "What is Melania Trump's faith?", "How old is Melania Trump?"),
        ("It broke?", "Who owns the mill?", "The mill broke?"),
        ("Who sent him?", "Did Obama go to Prague?", "Who sent Obama?"),
        ("Who sent him?", "who is dmitry rogozin", "Who sent dmitry rogozin?"),
        (
            "Where was he stuck?",
            "Who was prime minister of Norway in 2010?",
            "Where was the prime minister of Norway stuck?",
        ),
        # An unanswered `who` is described.
        (
            "What did he want?",
            "Who led the team before Kremer?",
            "What did the person who led the team before Kremer want?",
        ),
        ("Is it treatable?", "What is throat cancer?", "Is throat cancer treatable?"),
        ("How does it work?", "What is a 529 plan?", "How does the 529 plan work?"),
        ("What are its roots?", "How did Britpop begin?", "What are Britpop’s roots?"),
        ("Describe it’s growth.", "How did Netflix begin?", "Describe Netflix’s growth."),
        ("When did they begin?", "Who pays for the strikes?", "When did the strikes begin?"),
        ("What are their roots?", "What are Cubesats?", "What are Cubesats’ roots?"),
        # An aspect of something is not the topic.
        ("Is it old?", "What are the origins of popular music?", "Is popular music old?"),
        ("Who lives there?", "What did Obama see in Prague?", "Who lives in Prague?"),
        ("Who comes from there?", "What did he see in Prague?", "Who comes from Prague?"),
        ("What else came that year?", "What broke in 2016?", "What else came in 2016?"),
        ("Who paid in that year?", "What broke in 2016?", "Who paid in 2016?"),
        ("Who has the new one?", "Who sells a door opener?", "Who has the new door opener?"),
        ("Did the treaty pass?", TREATY.question, "Did the Prague radar treaty pass?"),
        ("Did Rice vote?", "Did Condoleezza Rice sign?", "Did Condoleezza Rice vote?"),
        ("Who saw him do that?", "Did Putin rage in Munich?", "Who saw Putin do that in Munich?"),
    ],
)  # fmt: skip
def test_a_reference_is_replaced_by_its_antecedent(
    question: str, earlier: str, rewritten: str
) -> None:
    assert asked(question, earlier) == rewritten


def test_added_words_are_reported_as_they_appear_in_the_question() -> None:
    assert resolve("It broke?", [Exchange("Who owns the mill?")]).added == ("The mill",)


def test_there_refers_to_the_place_of_the_last_answer() -> None:
    signed = Exchange("Where did Rice sign the treaty?", ("Prague",))
    assert asked("Who protested there?", signed) == "Who protested in Prague?"
    assert asked("What else happened that year?", CANAL) == "What else happened in 2016?"


@pytest.mark.parametrize(
    ("fragment", "earlier", "rewritten"),
    [
        ("And for the Czechs?", TREATY, "Who signed the Prague radar treaty for the Czechs?"),
        ("And in 2017?", "How many ships came in 2016?", "How many ships came in 2017?"),
        ("And at night?", "How many ships came?", "How many ships came at night?"),
        ("And Poland?", "What did Norway say about ash?", "What did Poland say about ash?"),
        ("What about Poland?", "What did Norway say?", "What did Poland say?"),
        ("How about goulash?", "Who likes chilli?", "Who likes goulash?"),
        (
            "By which two leaders?",
            "Where was the treaty signed?",
            "By which two leaders was the treaty signed?",
        ),
        ("Why?", "Did Obama go to Lisbon?", "Why did Obama go to Lisbon?"),
        ("Who else?", "Who signed the treaty?", "Who else signed the treaty?"),
    ],
)
def test_a_fragment_is_completed_from_the_last_question(
    fragment: str, earlier: str | Exchange, rewritten: str
) -> None:
    assert asked(fragment, earlier) == rewritten


@pytest.mark.parametrize(
    ("question", "rewritten"),
    [
        ("What are the symptoms?", "What are the symptoms of anemia?"),
        ("And who found out?", "And who found out in anemia?"),
        ("How many are ill?", "How many are ill in anemia?"),
        ("Are there any cures?", "Are there any cures in anemia?"),
        ("Which is the worst?", "Which is the worst in anemia?"),
    ],
)
def test_an_elliptical_question_gets_the_topic_appended(question: str, rewritten: str) -> None:
    assert resolve(question, [Exchange("What is anemia?")]) == Resolved(rewritten, ("anemia",))


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the ABM treaty in Moscow?",
        "What is taurine?",
        "Tell me about the Firebase DB.",
        "What is the meaning of life?",
        "Is it true that Poland left?",
        "Is it raining in Prague?",
        "How long does it take to learn Spanish?",
        "Is there water on Mars?",
        "What did Obama say when he arrived?",
        "What is Rock City, and why is it famous?",
        "Did Iran open its reactor?",
        "Why do lions hunt at night?",
        "How many of the world’s oceans are rising?",
        "OK.",
    ],
)
def test_a_question_that_stands_alone_is_unchanged(question: str) -> None:
    history = [ENVOY, TREATY, CANAL]
    assert resolve(question, history) == Resolved(question, ())


def test_words_already_in_the_question_are_not_added() -> None:
    assert asked("What are the symptoms of anemia, and is it mild?", "What is anemia?") == (
        "What are the symptoms of anemia, and is it mild?"
    )


def test_the_most_recent_mention_is_preferred() -> None:
    history = ("What is throat cancer?", "What is anemia?")
    assert asked("Is it treatable?", *history) == "Is anemia treatable?"
    assert asked("Is it treatable?", *reversed(history)) == "Is throat cancer treatable?"


def test_only_the_most_recent_turns_are_used() -> None:
    history = [Exchange("What is anemia?"), *[Exchange("Why?")] * (MAX_TURNS - 1)]
    assert resolve("Is it mild?", history).question == "Is anemia mild?"
    assert resolve("Is it mild?", [*history, Exchange("Why?")]) == Resolved("Is it mild?", ())


def test_if_nothing_was_named_the_title_of_the_answers_article_is_the_topic() -> None:
    history = [Exchange("What happened?", ("It was signed.",), "The radar treaty")]
    assert resolve("Who won?", history) == Resolved(
        "Who won in the radar treaty?", ("the radar treaty",)
    )


def test_without_history_nothing_changes() -> None:
    for question in ("What did he say?", "And there?", "Why?", "", " "):
        assert resolve(question, []) == Resolved(question, ())


def test_a_long_question_stands_alone() -> None:
    question = "What did he say? " + "Well, " * 80
    assert resolve(question, [ENVOY]) == Resolved(question, ())


_TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            """And what did he say about it there ? The the Prague treaty that year ones one of
            2016 U.S. Rogozin's its Who How many is was -- ’s “ … for them , NATO why
            \ud800 é""".split()
        ),
        max_size=14,
    ).map(" ".join),
)  # fmt: skip
_HISTORY = st.lists(
    st.builds(Exchange, _TEXT, st.lists(_TEXT, max_size=2).map(tuple), _TEXT), max_size=4
)


@given(_TEXT, _HISTORY)
@example("?", [Exchange("")])
@example("it's", [Exchange("The")])
@example("And?", [Exchange("Who")])
@example("Which one?", [Exchange("What is İ?")])
@example("İs it there?", [Exchange("What is İ?", ("İ",))])
def test_any_question_can_be_resolved_after_any_history(
    question: str, history: list[Exchange]
) -> None:
    resolved = resolve(question, history)
    assert (resolved.question == question) == (resolved.added == ())
    assert all(one and one in resolved.question for one in resolved.added)
    earlier = " ".join(
        text for one in history for text in (one.question, *one.answers, one.title or "")
    )
    known = f"{earlier} the person who of".lower()
    assert all(word.lower() in known for part in resolved.added for word in part.split())
    assert len(resolved.question) <= len(question) + 1000


def test_a_rewritten_question_stands_alone() -> None:
    for question, history in [
        ("What did he say about Iran?", [ENVOY]),
        ("And for the Czechs?", [TREATY]),
        ("What are the symptoms?", [Exchange("What is anemia?")]),
        ("Who lives there?", [Exchange("What did Obama see in Prague?")]),
    ]:
        rewritten = resolve(question, history).question
        assert resolve(rewritten, history) == Resolved(rewritten, ())


def test_long_questions_and_histories_are_resolved_fast() -> None:
    began = time.process_time()
    for hostile in ("it's " * 100_000, "A.B." * 100_000, "the the " * 50_000, "a-" * 200_000):
        history = [Exchange(hostile, (hostile,), hostile)] * 500
        resolve("And what did he say about it there?", history)
        resolve(hostile, history)
    assert time.process_time() - began < 2


def cited(text: str) -> Answer:
    quote = Quote(text, 1, 1, 1, len(text))
    citation = Citation("a.txt", "/a.txt", Status.UNCHANGED, quote, quote, "A strike", ())
    return Answer(0.9, (citation,))


def test_an_exchange_holds_the_searched_question_and_the_answers() -> None:
    spent = Milliseconds(1, 1, 2)
    found = (cited("Rogozin"), cited("Rice"))
    assert exchange_of(Answered("Who?", "Who struck?", found, spent)) == Exchange(
        "Who struck?", ("Rogozin", "Rice"), "A strike", typed="Who?"
    )


def test_rejected_answers_are_not_part_of_an_exchange() -> None:
    reply = NoAnswer(
        "Who?", "Who struck?", Reason.UNSURE, (cited("Rogozin"),), Milliseconds(1, 1, 2)
    )
    assert exchange_of(reply) == Exchange("Who struck?", typed="Who?")


@pytest.mark.parametrize(
    ("answers", "read"),
    [
        ((), "Who?"),
        (("Rogozin", "Rice"), "Who? Rogozin"),
        # An answer of more than 60 code points is not read again.
        (("x" * 60,), f"Who? {'x' * 60}"),
        (("x" * 61,), "Who?"),
    ],
)
def test_a_turn_is_read_as_typed_with_its_answer_if_that_is_short(
    answers: tuple[str, ...], read: str
) -> None:
    assert Exchange("Who struck?", answers, typed="Who?").as_read == read


def test_earlier_questions_are_rewritten_from_one_another() -> None:
    asked_before = ["What is anemia?", "Does it hurt?", "And what about measles?"]
    searched = ["What is anemia?", "Does anemia hurt?", "Does measles hurt?"]
    assert history_from_questions(asked_before) == [
        Exchange(question, typed=typed)
        for question, typed in zip(searched, asked_before, strict=True)
    ]
    assert history_from_questions([]) == []
    assert len(history_from_questions(["Why?"] * 500)) == MAX_TURNS


def test_an_amount_is_never_an_antecedent() -> None:
    agreed = Exchange("How many missiles did Poland take?", ("ten",))
    assert asked("Who signed it?", agreed) == "Who signed missiles?"

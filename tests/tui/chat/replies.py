"""Turns with replies, and the summary of a build."""

from datetime import date

from index.articles.files import Skipped
from index.build.events import Summary
from qa.answers import Answer, Answered, Citation, Milliseconds, NoAnswer, Quote, Reason, Status
from tui.sessions.session import Turn

SPENT = Milliseconds(1.0, 2.0, 3.0)
AT = "2026-11-22T12:00:00+01:00"
SENTENCE = "On Monday the mill was sold to Jan Novak for two crowns."


def quote(text: str, line: int, column: int) -> Quote:
    """Return a quote within one line."""
    return Quote(text, line, column, line, column + len(text) - 1)


def citation(
    answer: str = "Jan Novak",
    sentence: str = SENTENCE,
    *,
    path: str = "news/mill.txt",
    line: int = 11,
    status: Status = Status.UNCHANGED,
    title: str = "Mill sold",
) -> Citation:
    """Cite an answer in a sentence that begins its line."""
    return Citation(
        path=path,
        file=f"/home/ann/{path}",
        status=status,
        answer=quote(answer, line, sentence.index(answer) + 1),
        sentence=quote(sentence, line, 1),
        title=title,
        dates=(date(2011, 5, 3),),
    )


def answer(*citations: Citation, confidence: float = 0.93) -> Answer:
    return Answer(confidence, citations or (citation(),))


def answered(*answers: Answer, question: str = "Who bought the mill?", asked: str = "") -> Turn:
    reply = Answered(question, asked or question, answers or (answer(),), SPENT)
    return Turn(question, reply, AT)


def unanswered(
    *rejected: Answer, question: str = "Who burnt the mill?", reason: Reason = Reason.UNSURE
) -> Turn:
    return Turn(question, NoAnswer(question, question, reason, rejected, SPENT), AT)


def summary(added: int = 0, changed: int = 0, removed: int = 0, skipped: int = 0) -> Summary:
    files = tuple(
        Skipped(f"/n/{number}.pdf", "not a format that Byline reads") for number in range(skipped)
    )
    return Summary(added, changed, removed, 1, files, (), 1, 1, 1, 0, True, "", 1.0)

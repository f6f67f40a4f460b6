"""Turns with replies, and the summary of a build."""

from index.articles.files import Skipped
from index.build.events import Summary
from qa.answers import Answer, Answered, Citation, NoAnswer, Reason, Status
from tests.tui.replies import SPENT
from tests.tui.replies import citation as cited
from tui.sessions.session import Turn

AT = "2026-11-22T12:00:00+01:00"
SENTENCE = "On Monday the mill was sold to Jan Novak for two crowns."


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
    file = f"/home/ann/{path}"
    return cited(sentence, answer, path, file, line, status=status, title=title)


def answer(*citations: Citation, confidence: float = 0.93, doubtful: bool = False) -> Answer:
    return Answer(confidence, citations or (citation(),), doubtful)


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

"""Replies for tests."""

from datetime import date

from qa.answers import Answer, Answered, Citation, Milliseconds, NoAnswer, Quote, Reason, Status
from tui.sessions.session import Turn

SENTENCE = "The port of Zeebrugge is closed since a ship ran aground there."
SHIP = "a ship"
SPENT = Milliseconds(1.0, 2.0, 3.0)
AT = "2011-05-03T10:20:30+02:00"


def citation(
    sentence: str = SENTENCE,
    answer: str = SHIP,
    path: str = "news/port.txt",
    file: str = "/home/me/news/port.txt",
    line: int = 3,
    column: int = 1,
    status: Status = Status.UNCHANGED,
    title: str = "Port closed",
) -> Citation:
    """Cite a sentence of one line and an answer in it."""
    start = column + sentence.index(answer)
    return Citation(
        path=path,
        file=file,
        status=status,
        answer=Quote(answer, line, start, line, start + len(answer) - 1),
        sentence=Quote(sentence, line, column, line, column + len(sentence) - 1),
        title=title,
        dates=(date(2011, 5, 3),),
    )


def answered(
    *citations: Citation, question: str = "why?", asked: str = "", confidence: float = 0.93
) -> Answered:
    """One answer with these citations."""
    answer = Answer(confidence, citations or (citation(),))
    return Answered(question, asked or question, (answer,), SPENT)


def unanswered(question: str = "who?", reason: Reason = Reason.UNSURE) -> NoAnswer:
    """A refusal with its closest match."""
    return NoAnswer(question, question, reason, (Answer(0.04, (citation(),)),), SPENT)


def turn(question: str = "why?", at: str = AT) -> Turn:
    """A turn with one answer."""
    return Turn(question, answered(question=question), at)

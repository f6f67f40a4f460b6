"""Answers that the user marked right or wrong, kept as a question set that can be evaluated.

an answer marked right      gold: every place where it appears, in its words
an answer marked wrong      rejected: the same; the right answer is unknown
a refusal marked right      no gold: the articles do not answer the question
a refusal marked wrong      no gold, nothing rejected; the right answer is unknown
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from eval.sets.question_set import Gold, Question, encode_questions, read_questions
from index.disk.durable_files import replace_synced
from index.disk.locks import locked
from qa.answers import Answer, Answered
from tui.sessions.session import Turn


def mark_answer(file: Path, turn: Turn, earlier: Sequence[Turn], answer: int, right: bool) -> None:
    """Mark one of a turn's answers, by its position from 0, or the turn's refusal to answer.

    An earlier mark of the same question is replaced; `earlier` are the turns before, oldest first.
    Raises BadRequest, and changes nothing, if the file is not a question set, else OSError.
    """
    marked = _question(turn, earlier, answer, right)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(file.with_name(f".{file.name}.lock")):  # another chat may be marking
        questions = read_questions(file) if file.exists() else []
        questions = [question for question in questions if question.id != marked.id]
        replace_synced(file, encode_questions([*questions, marked]))
        file.chmod(0o600)


def _question(turn: Turn, earlier: Sequence[Turn], answer: int, right: bool) -> Question:
    question = _one_line(turn.question)
    is_follow_up = turn.reply.asked != question
    history = [_one_line(one.question) for one in earlier] if is_follow_up else []
    cited = _gold(turn.reply.answers[answer]) if isinstance(turn.reply, Answered) else []
    return Question(
        id=_id(question, history),
        question=question,
        history=history,
        gold=cited if right else [],
        tags=["marked-right" if right else "marked-wrong"],
        standalone=turn.reply.asked if is_follow_up else "",
        rejected=[] if right else cited,
        is_gold_known=right,
    )


def _gold(answer: Answer) -> list[Gold]:
    return [
        Gold(path=citation.file, line=citation.answer.line, answers=[citation.answer.text])
        for citation in answer.citations
        if citation.is_current
    ]


def _one_line(question: str) -> str:
    return " ".join(question.split())


def _id(question: str, history: Sequence[str]) -> str:
    """Return an ID made from a question and those before it, so that it is marked only once."""
    key = "\n".join([question, *history]).encode(errors="surrogatepass")
    return f"mark-{hashlib.sha256(key).hexdigest()[:16]}"

"""Answers that the person marked right or wrong, kept as a question set that can be evaluated.

an answer marked right      gold: every place where it stands, in its words
an answer marked wrong      rejected: the same; what would be right is unknown
"does not say", right       no gold: the articles do not answer it
"does not say", wrong       no gold, nothing rejected; what would be right is unknown
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from eval.sets.question_set import Gold, Question, read_questions
from index.disk.durable_files import replace_synced
from index.disk.json_lines import encode_line
from index.disk.locks import locked
from qa.answers import Answer, Answered
from tui.sessions.session import Turn


def mark_answer(file: Path, turn: Turn, earlier: Sequence[Turn], answer: int, right: bool) -> Path:
    """Mark one of a turn's answers, by its place from 0, or that there is none; gives the file.

    An earlier mark of the same question is replaced; `earlier` are the turns before, the oldest
    first. Raises BadRequest, and changes nothing, where the file is no question set, else OSError.
    """
    marked = _question(turn, earlier, answer, right)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(file.with_name(f".{file.name}.lock")):  # another chat may be marking
        known = read_questions(file) if file.exists() else []
        kept = [one for one in known if one.id != marked.id]
        lines = "".join(f"{encode_line(one)}\n" for one in [*kept, marked])
        replace_synced(file, lines.encode("ascii"))
        file.chmod(0o600)
    return file


def _question(turn: Turn, earlier: Sequence[Turn], answer: int, right: bool) -> Question:
    asked = _one_line(turn.question)
    is_followed_up = turn.reply.asked != asked
    history = [_one_line(one.question) for one in earlier] if is_followed_up else []
    cited = _gold(turn.reply.answers[answer]) if isinstance(turn.reply, Answered) else []
    return Question(
        id=_id(asked, history),
        question=asked,
        history=history,
        gold=cited if right else [],
        tags=["marked-right" if right else "marked-wrong"],
        standalone=turn.reply.asked if is_followed_up else "",
        rejected=[] if right else cited,
        is_gold_known=right,
    )


def _gold(answer: Answer) -> list[Gold]:
    return [
        Gold(path=one.file, line=one.answer.line, answers=[one.answer.text])
        for one in answer.citations
        if one.is_current
    ]


def _one_line(question: str) -> str:
    return " ".join(question.split())


def _id(question: str, history: Sequence[str]) -> str:
    """Name a question by itself and those before it, so that it is marked once."""
    asked = "\n".join([question, *history]).encode(errors="surrogatepass")
    return f"mark-{hashlib.sha256(asked).hexdigest()[:16]}"

"""A conversation: its turns, and how it is put together from the events in its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from index.articles.files import Skipped
from index.storage.scope import EVERYTHING, Scope
from qa.answers import Answered, Reply
from tui.sessions.log import AnsweredTurn, Event, EventHeader, Log, Named, ScopeSet, UnansweredTurn


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its reply."""

    question: str
    """As typed; `reply.asked` is the question that was searched for."""
    reply: Reply
    at: str
    """Local time in ISO 8601, to the second."""


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation."""

    id: str
    name: str | None
    """None if the user has not named it."""
    turns: tuple[Turn, ...]
    scope: Scope
    """Which articles are searched."""
    created: str
    """Local time in ISO 8601, to the second."""
    updated: str
    """Time of the last turn, or `created` if there is none."""
    damage: tuple[str, ...] = ()
    """Lines of its file that could not be read, and why; a killed process leaves one."""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A conversation in a list."""

    id: str
    name: str | None
    """None if the user has not named it."""
    first_question: str | None
    """None if nothing was asked yet."""
    turns: int
    updated: str
    """Local time in ISO 8601, to the second."""

    @property
    def label(self) -> str | None:
        """The name, else the first question; None without either."""
        return self.name or self.first_question


@dataclass(frozen=True, slots=True)
class Listing:
    """The conversations in a folder, and what else is in it."""

    summaries: tuple[SessionSummary, ...]
    """Most recently used first."""
    skipped: tuple[Skipped, ...]


def local_now() -> str:
    """Return the local time in ISO 8601, to the second."""
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def summarise(session_id: str, headers: Sequence[EventHeader]) -> SessionSummary:
    """Return the summary of a conversation with these events."""
    turns = [one for one in headers if one.is_turn]
    names = [one.name for one in headers if one.kind == "named"]
    return SessionSummary(
        id=session_id,
        name=(names[-1] or None) if names else None,
        first_question=turns[0].question if turns else None,
        turns=len(turns),
        updated=(turns[-1] if turns else headers[0]).at.isoformat(),
    )


def session_from(session_id: str, log: Log[Event]) -> Session:
    """Return the conversation that a file holds."""
    name = None
    scope = EVERYTHING
    turns = []
    for event in log.records:
        match event:
            case Named():
                name = event.name or None
            case ScopeSet():
                scope = event.scope
            case AnsweredTurn() | UnansweredTurn():
                turns.append(Turn(event.question, event.reply, event.at.isoformat()))
    created = log.records[0].at.isoformat()
    updated = turns[-1].at if turns else created
    return Session(session_id, name, tuple(turns), scope, created, updated, log.damage)


def searchable_text(session: Session) -> str:
    """Return the name, questions, answers and quotes of a conversation, one a line."""
    texts = [session.name or ""]
    for turn in session.turns:
        reply = turn.reply
        texts.append(turn.question)
        answers = reply.answers if isinstance(reply, Answered) else reply.rejected
        texts += [text for answer in answers for text in (answer.text, answer.quote)]
    return "\n".join(texts)

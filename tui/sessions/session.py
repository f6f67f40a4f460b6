"""A conversation: its turns, and how it is read from what its file holds."""

from dataclasses import dataclass
from datetime import UTC, datetime

from index.articles.files import Skipped
from qa.answers import Answered, Reply
from tui.sessions.log import AnsweredTurn, Event, Glance, Kept, Limited, Named, UnansweredTurn


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its reply."""

    question: str
    """As typed; `reply.asked` is the question as it was searched for."""
    reply: Reply
    at: str
    """Local time in ISO 8601, to the second."""


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation."""

    id: str
    name: str
    """As the person named it; empty where they did not."""
    turns: tuple[Turn, ...]
    within: tuple[str, ...]
    """Paths that the chat is limited to; none where it is not."""
    created: str
    """Local time in ISO 8601, to the second."""
    updated: str
    """When its last turn was kept, else when it began."""
    damage: tuple[str, ...] = ()
    """Lines of its file that could not be read, and why; a killed process leaves one."""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A conversation in a list."""

    id: str
    name: str
    first_question: str
    turns: int
    updated: str

    @property
    def label(self) -> str:
        """Its name, else its first question; empty where it has neither."""
        return self.name or self.first_question


@dataclass(frozen=True, slots=True)
class Listing:
    """All conversations of a folder, and what in it is none."""

    summaries: tuple[SessionSummary, ...]
    """The last used first."""
    skipped: tuple[Skipped, ...]


def local_now() -> str:
    """Give the time, as turns keep it."""
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def last_used(records: tuple[Glance, ...]) -> float:
    """Give the time of the last turn, else of the beginning, in seconds since 1970."""
    return next((one for one in reversed(records) if one.is_turn), records[0]).at.timestamp()


def summarise(session_id: str, records: tuple[Glance, ...]) -> SessionSummary:
    """Put a conversation into a line of a list."""
    turns = [one for one in records if one.is_turn]
    return SessionSummary(
        id=session_id,
        name=next((one.name for one in reversed(records) if one.kind == "named"), ""),
        first_question=turns[0].question if turns else "",
        turns=len(turns),
        updated=(turns[-1] if turns else records[0]).at.isoformat(),
    )


def session_of(session_id: str, kept: Kept[Event]) -> Session:
    """Put a conversation together from what its file holds."""
    name = ""
    within: tuple[str, ...] = ()
    turns = []
    for event in kept.records:
        match event:
            case Named():
                name = event.name
            case Limited():
                within = event.within
            case AnsweredTurn() | UnansweredTurn():
                turns.append(Turn(event.question, event.reply, event.at.isoformat()))
    created = kept.records[0].at.isoformat()
    updated = turns[-1].at if turns else created
    return Session(session_id, name, tuple(turns), within, created, updated, kept.damage)


def said_in(session: Session) -> list[str]:
    """Give all that a conversation can be searched for."""
    said = [session.name]
    for turn in session.turns:
        reply = turn.reply
        said.append(turn.question)
        answers = reply.answers if isinstance(reply, Answered) else reply.rejected
        said += [text for answer in answers for text in (answer.text, answer.quote)]
    return said

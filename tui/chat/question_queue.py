"""The questions that wait for their turn, each for the conversation that it was asked in."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from tui.sessions.session import Session


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that has no reply yet."""

    session: Session
    """As it was when the chat last showed it, or when its last question was answered."""
    question: str
    number: int
    """Of its entry in the transcript, while its conversation is shown."""
    whole: bool
    """Whether it is asked as it stands, whatever was said before."""


class WaitingLine:
    """Questions in the order in which they were asked; the first is the one being answered."""

    def __init__(self) -> None:
        self._pending: deque[Pending] = deque()

    def __bool__(self) -> bool:
        return bool(self._pending)

    @property
    def first(self) -> Pending:
        """The question that is being answered."""
        return self._pending[0]

    def add(self, pending: Pending) -> None:
        """Put a question at the end."""
        self._pending.append(pending)

    def take(self) -> Pending:
        """Take the first question out."""
        return self._pending.popleft()

    def went_on(self, session: Session) -> None:
        """Have what waits for a conversation know how far it has gone."""
        self._change(session.id, lambda one: replace(one, session=session))

    def show(self, session_id: str, add: Callable[[str, bool], int]) -> None:
        """Have a conversation's questions shown again.

        `add` is told of each whether it is being answered, and gives its number.
        """
        self._change(
            session_id, lambda one: replace(one, number=add(one.question, one is self.first))
        )

    def _change(self, session_id: str, change: Callable[[Pending], Pending]) -> None:
        self._pending = deque(
            change(one) if one.session.id == session_id else one for one in self._pending
        )

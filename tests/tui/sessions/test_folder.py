"""Conversations survive whatever happens to the process, the disk or their files."""

import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.fields import Field
from index.errors import BadRequest
from index.storage.scope import EVERYTHING, Scope
from qa.answers import Status
from tests.tui.replies import AT, answered, citation, turn, unanswered
from tests.tui.terminal import ROOT
from tui.sessions.folder import Sessions
from tui.sessions.log import NotSaved
from tui.sessions.session import Listing, Session, SessionSummary, Turn, local_now


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "state" / "sessions")


def started(sessions: Sessions, *turns: Turn) -> str:
    session_id = sessions.new().id
    for one in turns:
        sessions.append(session_id, one)
    return session_id


def test_a_conversation_comes_back_as_it_was(sessions: Sessions) -> None:
    moved = citation(status=Status.MOVED, title="")
    first = Turn("Why is it?", answered(citation(), moved, asked="Why is the port?"), AT)
    second = Turn("who?", unanswered(), "2011-05-03T10:21:00+02:00")
    session_id = started(sessions, first, second)
    assert sessions.load(session_id) == Session(
        session_id, None, (first, second), EVERYTHING, created=AT, updated=second.at
    )


def test_text_that_utf_8_cannot_hold_comes_back(sessions: Sessions) -> None:
    name = os.fsdecode(b"broken\xff.txt")
    odd = citation("A \ud800 \x7f \u2028 \x00 line.", "line", name, f"/{name}")
    asked = Turn("why \udfff?", answered(odd), AT)
    session_id = started(sessions, asked)
    sessions.set_scope(session_id, Scope((name,)))
    loaded = sessions.load(session_id)
    assert (loaded.turns, loaded.scope) == ((asked,), Scope((name,)))
    (summary,) = sessions.list()
    assert summary.first_question == "why \udfff?"
    data = sessions.path(session_id).read_bytes()
    assert data.isascii()
    assert not set(data) & (set(range(32)) - {10} | {127})


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_text_comes_back(question: str, quoted: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        sessions = Sessions(Path(folder))
        asked = Turn(question, answered(citation(quoted, "")), AT)
        session_id = started(sessions, asked)
        assert sessions.load(session_id).turns == (asked,)


def test_a_new_conversation_leaves_no_file_until_something_is_in_it(sessions: Sessions) -> None:
    new = sessions.new()
    assert (new.turns, new.scope, new.name, new.created) == ((), EVERYTHING, None, new.updated)
    assert not sessions.folder.exists()
    assert sessions.list() == ()
    assert sessions.latest() is None
    with pytest.raises(BadRequest, match="cannot be opened"):
        sessions.load(new.id)


SCOPE = Scope(("a", "b c"), date(2011, 5, 3), None, (Field("author", "Ada Quill"),))


def test_a_name_and_a_scope_are_saved_and_can_be_removed(sessions: Sessions) -> None:
    session_id = started(sessions, turn())
    sessions.rename(session_id, "  The \n port ")
    sessions.set_scope(session_id, SCOPE)
    loaded = sessions.load(session_id)
    assert (loaded.name, loaded.scope) == ("The port", SCOPE)
    assert sessions.list()[0].label == "The port"
    sessions.rename(session_id, "")
    sessions.set_scope(session_id, EVERYTHING)
    loaded = sessions.load(session_id)
    assert (loaded.name, loaded.scope, len(loaded.turns)) == (None, EVERYTHING, 1)
    assert sessions.list()[0].label == "why?"


def test_the_most_recently_used_is_first_and_renaming_is_not_use(sessions: Sessions) -> None:
    second = started(sessions, turn("b", "2011-05-03T12:00:00+02:00"))
    # Later than ten o'clock in Brussels, though it reads earlier.
    third = started(sessions, turn("c1"), turn("c2", "2011-05-03T09:00:00-04:00"))
    first = started(sessions, turn("a", "2011-05-03T11:59:59+02:00"))
    sessions.rename(first, "The first")
    assert sessions.list() == (
        SessionSummary(third, None, "c1", 2, "2011-05-03T09:00:00-04:00"),
        SessionSummary(second, None, "b", 1, "2011-05-03T12:00:00+02:00"),
        SessionSummary(first, "The first", "a", 1, "2011-05-03T11:59:59+02:00"),
    )
    assert sessions.latest() == sessions.list()[0]


def test_the_later_of_two_in_one_second_is_first(sessions: Sessions) -> None:
    ids = [started(sessions, turn()) for _ in range(5)]
    assert [one.id for one in sessions.list()] == ids[::-1]


def test_all_words_are_searched_in_names_questions_and_answers(sessions: Sessions) -> None:
    port = started(sessions, turn("Why is it shut?"), Turn("Straße?", unanswered(), AT))
    mill = started(sessions, turn("And the mill?"))
    sessions.rename(mill, "About Ghent")
    found = {
        words: {one.id for one in sessions.search(words)}
        for words in ("SHUT", "ghent AND", "aground zeebrugge", "strasse", "shut ghent", "")
    }
    assert found == {
        "SHUT": {port},
        "ghent AND": {mill},
        "aground zeebrugge": {port, mill},
        "strasse": {port},
        "shut ghent": set(),
        "": {port, mill},
    }


def test_a_deleted_conversation_is_not_listed_and_can_be_restored(sessions: Sessions) -> None:
    session_id = started(sessions, turn())
    sessions.delete(session_id)
    assert sessions.listing() == Listing((), ())
    sessions.delete(session_id)
    sessions.restore(session_id)
    assert len(sessions.load(session_id).turns) == 1
    with pytest.raises(BadRequest, match="is not in the trash"):
        sessions.restore(session_id)


def test_a_deleted_conversation_that_goes_on_elsewhere_overwrites_nothing(
    sessions: Sessions,
) -> None:
    session_id = started(sessions, turn("old"))
    sessions.delete(session_id)
    sessions.append(session_id, turn("new"))
    with pytest.raises(NotSaved, match="cannot be restored"):
        sessions.restore(session_id)
    sessions.delete(session_id)
    sessions.restore(session_id)
    assert sessions.load(session_id).turns[0].question == "new"
    assert len(list((sessions.folder / "trash").iterdir())) == 1


def test_a_torn_last_line_costs_only_itself(sessions: Sessions) -> None:
    session_id = started(sessions, turn("one"), turn("two"))
    path = sessions.path(session_id)
    complete = path.read_bytes()
    second = complete.index(b"\n") + 1
    for length in (second, second + 1, second + 9, len(complete) - 2, len(complete) - 1):
        path.write_bytes(complete[:length])
        torn = sessions.load(session_id)
        kept = [one.question for one in torn.turns]
        # The last cut removes only the line's end.
        assert kept == (["one", "two"] if length == len(complete) - 1 else ["one"])
        assert len(torn.damage) == (second < length < len(complete) - 1)
    assert torn.damage == ()
    path.write_bytes(complete[: second + 9])
    sessions.append(session_id, turn("three"))
    loaded = sessions.load(session_id)
    assert [one.question for one in loaded.turns] == ["one", "three"]
    (message,) = loaded.damage
    assert message.startswith("line 2: ")
    assert sessions.list()[0].turns == 2


@pytest.mark.parametrize(
    "line", [b"{}", b"[]", b"\0\0\0", b"\xff", b"null", b'{"type":"other"}', b"[" * 100_000]
)
def test_a_damaged_line_in_the_middle_costs_only_itself(sessions: Sessions, line: bytes) -> None:
    session_id = started(sessions, turn("one"))
    with sessions.path(session_id).open("ab") as file:
        file.write(line + b"\n")
    sessions.append(session_id, turn("two"))
    loaded = sessions.load(session_id)
    assert [one.question for one in loaded.turns] == ["one", "two"]
    assert len(loaded.damage) == 1
    assert sessions.list()[0].turns == 2


def test_other_files_are_skipped_with_a_reason(sessions: Sessions) -> None:
    session_id = started(sessions, turn())
    damaged, empty, fifo, link = (sessions.path(sessions.new().id) for _ in range(4))
    damaged.write_bytes(b"\0" * 100)
    empty.touch()
    os.mkfifo(fifo)
    link.symlink_to(sessions.path(session_id))
    (sessions.folder / "notes.jsonl").write_text("mine", encoding="ascii")
    (sessions.folder / f"{session_id}.jsonl.bak").touch()
    (sessions.folder / "folder").mkdir()
    listing = sessions.listing()
    assert [one.id for one in listing.summaries] == [session_id]
    reasons = {Path(one.path).name: one.reason for one in listing.skipped}
    assert reasons.pop(damaged.name).startswith("not a conversation: line 1: ")
    assert reasons == {
        empty.name: "not a conversation: empty",
        fifo.name: "a FIFO, not a regular file",
        link.name: "cannot be opened: Too many levels of symbolic links",
        "notes.jsonl": "not a conversation, by its name",
        f"{session_id}.jsonl.bak": "not a conversation, by its name",
        "folder": "not a conversation, by its name",
    }
    assert [one.id for one in sessions.search("why")] == [session_id]


@pytest.mark.parametrize("wrong", ["", "..", "../x", "/etc/passwd", "a\n", "20111122-1", "x\0"])
def test_only_an_id_names_a_conversation(sessions: Sessions, wrong: str) -> None:
    for use in (sessions.load, sessions.delete, sessions.restore, sessions.path):
        with pytest.raises(BadRequest, match="is not the ID of a conversation"):
            use(wrong)


def test_conversations_are_private(sessions: Sessions) -> None:
    session_id = started(sessions, turn())
    other = started(sessions, turn())
    sessions.delete(other)
    modes = {
        path: stat.S_IMODE(path.stat().st_mode)
        for path in (sessions.folder, sessions.path(session_id), sessions.folder / "trash")
    }
    assert list(modes.values()) == [0o700, 0o600, 0o700]


def test_a_full_disk_is_an_error_and_leaves_the_file_unchanged(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = started(sessions, turn("one"))
    before = sessions.path(session_id).read_bytes()
    write = os.write

    def fill(descriptor: int, data: bytes) -> int:
        if len(data) < 50:
            raise OSError(28, "No space left on device")
        return write(descriptor, data[:50])

    monkeypatch.setattr("tui.sessions.log.os.write", fill)
    with pytest.raises(NotSaved, match="No space left on device"):
        sessions.append(session_id, turn("two"))
    assert sessions.path(session_id).read_bytes() == before


def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotSaved):
        started(Sessions(tmp_path / "file" / "sessions"), turn())


def test_a_turn_is_on_the_disk_before_append_returns(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    write, sync = os.write, os.fsync

    def recorded_write(descriptor: int, data: bytes) -> int:
        calls.append("write")
        return write(descriptor, data)

    def recorded_sync(descriptor: int) -> None:
        calls.append("sync")
        sync(descriptor)

    monkeypatch.setattr("tui.sessions.log.os.write", recorded_write)
    monkeypatch.setattr("tui.sessions.log.os.fsync", recorded_sync)
    session_id = started(sessions, turn())
    # The folder is synced too, for the new name.
    assert calls == ["write", "sync", "sync"]
    sessions.append(session_id, turn())
    assert calls[3:] == ["write", "sync"]


WRITER = """\
import sys
from pathlib import Path
from tests.tui.replies import turn
from tui.sessions.folder import Sessions

folder, session_id, name = sys.argv[1:]
for number in range(100):
    Sessions(Path(folder)).append(session_id, turn(f"{name} {number} {'x' * 9000}"))
"""


def test_two_chats_at_once_neither_lose_nor_mix_anything(sessions: Sessions) -> None:
    session_id = started(sessions, turn("zero"))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(sessions.folder), session_id, name], cwd=ROOT
        )
        for name in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    loaded = sessions.load(session_id)
    asked = [one.question.split() for one in loaded.turns[1:]]
    for name in "ab":
        mine = [words[1] for words in asked if words[0] == name]
        assert mine == [str(number) for number in range(100)]
    assert (len(asked), loaded.damage) == (200, ())


def test_long_conversations_and_many_of_them_are_read_completely(sessions: Sessions) -> None:
    session_id = started(sessions, Turn("why?", answered(), AT))
    path = sessions.path(session_id)
    line = path.read_bytes()
    path.write_bytes(line * 500)
    assert len(sessions.load(session_id).turns) == 500
    for _ in range(200):
        sessions.path(sessions.new().id).write_bytes(line * 10)
    path.unlink()
    assert {one.turns for one in sessions.list()} == {10}
    assert len(sessions.list()) == 200


def test_the_time_of_a_turn_is_local_to_the_second() -> None:
    assert len(local_now()) == len(AT)

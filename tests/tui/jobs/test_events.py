import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.files import Root, Skipped
from index.build.events import MissingRoot, Progress, Stage, Summary
from index.watch.events import Problem, Updating, UpToDate
from tui.jobs.events import Event, Failed, Prepared, Stopped, Waiting, event_line, parse_event

SUMMARY = Summary(
    added=1, changed=2, removed=3, unchanged=4,
    skipped=(Skipped(os.fsdecode(b"/n/odd\xff\x9b.pdf"), "not a format that Byline reads"),),
    missing_roots=(MissingRoot(Root("~/n", "/home/me/n"), 5),),
    articles=6, passages=7, embedded=8, reused=9, published=True, rebuild_reason=None, seconds=1.5,
)  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        Progress(Stage.EMBED, 3, 7), Waiting("Preparing the reader, once"), SUMMARY, Prepared(),
        Updating(2), UpToDate(7), Problem("news is polled\x1b[31m"), Stopped(),
        Failed("No index", "nothing is indexed in /n\x1b[31m"),
    ],
)  # fmt: skip
def test_an_event_crosses_as_one_line_of_ascii(event: Event) -> None:
    line = event_line(event)
    assert line.isascii()
    assert line.isprintable()
    assert parse_event(line.encode()) == event


@given(
    st.one_of(
        st.binary(),
        st.sampled_from(
            [b"", b"[]", b"{}", b"[1, 2]", b'["Progress", {}]', b'["Summary"]', b"[[], {}]",
             b'["Progress", {"stage": "Embedding passages", "done": 3, "tot']
        ),
    )
)  # fmt: skip
def test_a_line_that_is_not_an_event_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        parse_event(line)

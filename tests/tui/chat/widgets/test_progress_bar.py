import pytest
from textual.app import App, ComposeResult

from index.build.events import Progress, Stage, Summary
from tests.tui.chat.replies import summary
from tui.chat.widgets.progress_bar import ProgressBar, build_summary
from tui.jobs.events import Event, Failed, Prepared, Stopped, Waiting


class BarApp(App[None]):
    """The bar alone, and the builds it reported."""

    def __init__(self) -> None:
        super().__init__()
        self.built: list[Summary] = []

    def compose(self) -> ComposeResult:
        yield ProgressBar(id="progress")

    def on_progress_bar_built(self, built: ProgressBar.Built) -> None:
        self.built.append(built.summary)

    def after(self, event: Event) -> str:
        """Return what is shown after an event, nothing if the bar is hidden."""
        bar = self.query_one(ProgressBar)
        bar.update_job(event)
        return str(bar.content) if bar.has_class("-shown") else ""


async def test_a_stage_is_shown_with_bar_counts_and_its_own_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = iter([100.0, 110.0, 111.0, 113.0])
    app = BarApp()
    async with app.run_test(size=(100, 5)):
        monkeypatch.setattr("tui.chat.widgets.progress_bar.monotonic", lambda: next(times))
        app.after(Progress(Stage.READ, 0, 500))
        assert app.after(Progress(Stage.READ, 500, 500)).endswith("500/500  50/s")
        first = app.after(Progress(Stage.EMBED, 0, 2000))
        later = app.after(Progress(Stage.EMBED, 320, 2000))
    assert first == f"Embedding passages: loading the model  {'━' * 20}  0/2,000"
    assert later == f"Embedding passages  {'━' * 20}  320/2,000  160/s"


async def test_messages_failures_and_the_end_of_a_build_are_shown() -> None:
    app = BarApp()
    done = summary(added=3, skipped=2)
    async with app.run_test(size=(100, 5)) as pilot:
        assert app.after(Waiting("Preparing the reader, once")) == "Preparing the reader, once …"
        assert app.after(Prepared()) == ""
        assert app.after(Failed("Odd", "[red]x\x1b[31m")) == "Odd: [red]x␛[31m"
        assert app.after(Failed(None, "odd")) == "odd"
        assert app.query_one(ProgressBar).has_class("-failed")
        assert app.after(Stopped()) == ""
        assert app.after(done) == build_summary(done, "ctrl+l lists them")
        await pilot.pause()
    assert app.built == [done]


@pytest.mark.parametrize(
    ("done", "counts"),
    [
        (summary(), "no changes"),
        (summary(changed=1200, removed=1), "1,200 changed, 1 removed"),
        (summary(skipped=1), "no changes, 1 skipped (s)"),
        (summary(added=3, skipped=2), "3 added, 2 skipped (s)"),
    ],
)
def test_only_what_happened_is_counted(done: Summary, counts: str) -> None:
    assert build_summary(done, "s").partition(": ")[2] == counts

import pytest
from textual.app import App, ComposeResult

from index.articles.files import Skipped
from index.build.events import Progress, Stage, Summary
from tui.chat.widgets.progress_bar import ProgressBar, build_summary
from tui.jobs.events import Event, Failed, Prepared, Stopped, Waiting


class BarApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.built: list[Summary] = []

    def compose(self) -> ComposeResult:
        yield ProgressBar(id="progress")

    def on_progress_bar_built(self, built: ProgressBar.Built) -> None:
        self.built.append(built.summary)

    def after(self, event: Event) -> str:
        """What is shown after an event; nothing where the bar is hidden."""
        bar = self.query_one(ProgressBar)
        bar.update_job(event)
        return str(bar.content) if bar.has_class("-shown") else ""


def summary(added: int = 0, changed: int = 0, removed: int = 0, skipped: int = 0) -> Summary:
    passed = tuple(Skipped(f"/n/{i}.pdf", "not .txt or .md") for i in range(skipped))
    return Summary(added, changed, removed, 1, passed, (), 1, 1, 1, 0, True, "", 1.0)


async def test_a_stage_is_shown_with_bar_counts_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 102.0])
    app = BarApp()
    async with app.run_test(size=(100, 5)):
        monkeypatch.setattr("tui.chat.widgets.progress_bar.monotonic", lambda: next(times))
        first = app.after(Progress(Stage.EMBED, 0, 2000))
        later = app.after(Progress(Stage.EMBED, 320, 2000))
    assert first == f"Embedding passages: loading the model  {'━' * 20}  0/2,000"
    assert later == f"Embedding passages  {'━' * 20}  320/2,000  160/s"


async def test_each_stage_has_a_rate_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 110.0, 111.0, 112.0])
    app = BarApp()
    async with app.run_test(size=(100, 5)):
        monkeypatch.setattr("tui.chat.widgets.progress_bar.monotonic", lambda: next(times))
        app.after(Progress(Stage.READ, 0, 500))
        assert app.after(Progress(Stage.READ, 500, 500)).endswith("500/500  50/s")
        app.after(Progress(Stage.EMBED, 32, 64))
        assert app.after(Progress(Stage.EMBED, 64, 64)).endswith("64/64  32/s")


async def test_what_tells_no_progress_is_said() -> None:
    app = BarApp()
    async with app.run_test(size=(100, 5)):
        assert app.after(Waiting("Preparing the reader, once")) == "Preparing the reader, once …"
        assert app.after(Prepared()) == ""


async def test_the_end_of_a_build_is_told_and_passed_on() -> None:
    app = BarApp()
    done = summary(added=3, skipped=2)
    async with app.run_test(size=(100, 5)) as pilot:
        assert app.after(done) == (
            "The index is up to date: 3 added, 2 skipped (ctrl+l lists them)"
        )
        await pilot.pause()
    assert app.built == [done]


async def test_a_failure_is_told_without_obeying_it() -> None:
    app = BarApp()
    async with app.run_test(size=(100, 5)):
        assert app.after(Failed("Odd", "[red]x\x1b[31m")) == "Odd: [red]x␛[31m"
        assert app.query_one(ProgressBar).has_class("-failed")
        assert app.after(Stopped()) == ""


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (summary(), "nothing had changed"),
        (summary(changed=1200, removed=1), "1,200 changed, 1 removed"),
        (summary(skipped=1), "nothing had changed, 1 skipped (s)"),
    ],
)
def test_only_what_happened_is_counted(done: Summary, told: str) -> None:
    assert build_summary(done, "s") == f"The index is up to date: {told}"

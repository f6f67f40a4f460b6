from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.chat.widgets.footer import KeysFooter


class FooterApp(App[None]):
    """A footer over an input, and the actions run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "note('save')", "Save", tooltip="Save it all"),
        Binding("f3", "note('hidden')", "Hidden", show=False),
        Binding("f1,question_mark", "help", "Help"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.actions: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input()
        yield KeysFooter()

    def action_note(self, name: str) -> None:
        self.actions.append(name)

    @property
    def footer(self) -> KeysFooter:
        return self.query_one(KeysFooter)

    @property
    def line(self) -> str:
        return self.footer.render_line(0).text


async def test_the_footer_shows_the_keys_that_fit_and_help_and_the_palette_first() -> None:
    app = FooterApp()
    async with app.run_test(size=(60, 5)) as pilot:
        await pilot.pause()
        assert app.line == " f2 Save  f1 Help ".ljust(46) + "▏ ^p palette  "
        await pilot.resize_terminal(25, 5)
        assert app.line == " f1 Help ".ljust(11) + "▏ ^p palette  "
        await pilot.resize_terminal(8, 5)
        assert app.line.strip() == ""


async def test_the_footer_follows_the_focus() -> None:
    app = FooterApp()
    async with app.run_test(size=(60, 5)) as pilot:
        app.set_focus(None)
        await pilot.pause()
        keys = app.line.split()[:-2]
        app.query_one(Input)._bindings.bind("f4", "submit", "Submit", show=True)
        app.set_focus(app.query_one(Input))
        await pilot.pause()
        assert app.line.split()[:-2] == ["f4", "Submit", *keys]


async def test_a_click_presses_a_key_and_the_mouse_shows_its_tooltip() -> None:
    app = FooterApp()
    async with app.run_test(size=(60, 5)) as pilot:
        await pilot.pause()
        await pilot.hover(KeysFooter, offset=(5, 0))
        assert str(app.footer.tooltip) == "Save it all"
        await pilot.click(KeysFooter, offset=(5, 0))
        await pilot.click(KeysFooter, offset=(30, 0))
        assert app.actions == ["save"]
        await pilot.hover(Input)
        assert app.footer.hovered is None

"""The chat's app: which screens there are, which index is asked, what runs in the background."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, TextArea

from index.build.events import Summary
from index.errors import BylineError, reason_of
from tui.chat.actions import complain, say
from tui.chat.changed import changes_told
from tui.chat.jobs import Jobs
from tui.chat.palette import key_commands
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.setup import Setup
from tui.chat.themes import THEMES
from tui.chat.widgets.progress_bar import ProgressBar
from tui.jobs.async_bot import NothingIndexed, Ready, ToPrepare
from tui.jobs.events import End, Failed, Stopped
from tui.jobs.subprocess_job import BuildJob, Job
from tui.settings import ChatSettings, write_chat_settings

if TYPE_CHECKING:
    from tui.chat.screens.library_screen import LibraryScreen, LimitTo, OpenArticle
    from tui.chat.screens.welcome_screen import Bundled, Folder


class ChatApp(App[None]):
    """A chat with a folder of articles."""

    TITLE = "Byline"
    CSS_PATH = "chat.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "Help", id="app.help", tooltip="What the keys do here"),
        Binding("ctrl+l", "library", "Library", id="app.library",
                tooltip="The indexed articles: look, filter, limit the chat, rebuild"),
        Binding("ctrl+t", "sessions", "Chats", id="app.sessions",
                tooltip="Earlier conversations: open, name, search, delete"),
        Binding("f5", "rebuild", "Rebuild", show=False, id="app.rebuild",
                tooltip="Bring the index up to date"),
        Binding("ctrl+n", "new_session", "New chat", show=False, id="app.new",
                tooltip="Begin a new conversation"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
    ]  # fmt: skip

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self._setup = setup
        self._settings = setup.settings
        self._jobs = Jobs(self, setup.start_job)
        self._index = setup.index
        for theme in THEMES:
            self.register_theme(theme)
        known = setup.settings.theme in self.available_themes
        self.theme = setup.settings.theme if known else THEMES[0].name

    def get_default_screen(self) -> Screen[None]:
        """Begin with the chat."""
        desk = self._setup.open_desk(self._index)
        shown = self._settings.source_shown
        return ChatScreen(desk, self._setup.sessions, self._setup.session, shown)

    @property
    def chat(self) -> ChatScreen:
        """The chat's screen, at the bottom of the others."""
        screen = self.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        return screen

    def on_mount(self) -> None:
        """Load what questions need, once the first frame is drawn."""
        self.call_after_refresh(self.open_desk)

    def on_key(self, key: events.Key) -> None:
        """Give to an input what was typed after the key that leads there, but before it led there.

        A binding would take it otherwise; what is typed in an input itself never comes here.
        """
        if key.is_printable and isinstance(self.focused, Input | TextArea):
            key.prevent_default()
            self.focused._forward_event(events.Key(key.key, key.character))

    # The index

    @work(group="desk", exclusive=True)
    async def open_desk(self) -> None:
        """Get ready for questions: load the models, or have them prepared, or ask for articles."""
        try:
            state = await self.chat.desk.open()
        except (BylineError, OSError) as error:
            told = error.message if isinstance(error, BylineError) else str(error)
            self.chat.notice(told)
            self.chat.ready.set()  # questions fail with the same words, and are given back
            return
        match state:
            case Ready():
                self.chat.notice("")
                self.chat.ready.set()
                self.look_for_changes()
            case ToPrepare():
                self.chat.notice("Preparing the models, once; you can type meanwhile.")
                self.run_job(state.job)
            case NothingIndexed() if self._has_bundled:
                self.ask_index(self._setup.bundled_index)
            case NothingIndexed():
                from tui.chat.screens.welcome_screen import WelcomeScreen

                self.push_screen(WelcomeScreen(), self._welcomed)

    @property
    def _has_bundled(self) -> bool:
        """Whether the bundled articles were chosen before, and are to be asked again."""
        return self._index != self._setup.bundled_index and self._setup.bundled_index.is_dir()

    def _welcomed(self, chosen: "Bundled | Folder | None") -> None:
        from tui.chat.screens.welcome_screen import Bundled, Folder

        match chosen:
            case Bundled():
                self.ask_index(self._setup.bundled_index)
            case Folder():
                self.add_folder(chosen.path)
            case None:
                self.chat.notice("Nothing is indexed yet; ctrl+l and then a adds a folder.")

    def ask_index(self, folder: Path) -> None:
        """Ask the index in this folder from now on."""
        self._index = folder
        self.chat.take_desk(self._setup.open_desk(folder))
        self.open_desk()

    @work(thread=True, group="changes", exclusive=True)
    def look_for_changes(self) -> None:
        """Offer to bring the index up to date where articles are other than they were indexed."""
        if told := changes_told(self._index, self._setup.max_bytes):
            self.call_from_thread(self.chat.notice, told)

    @on(events.AppFocus)
    def back_in_the_terminal(self) -> None:
        """Look again what changed: the person may have been in an editor."""
        if self.chat.ready.is_set() and not self._jobs.is_running:
            self.look_for_changes()

    # Builds

    def on_library_screen_rebuild(self) -> None:
        """Bring the index up to date."""
        self.action_rebuild()

    def on_library_screen_add_folder(self, asked: "LibraryScreen.AddFolder") -> None:
        """Index another folder."""
        self.add_folder(asked.path)

    def on_library_screen_forget_folder(self, asked: "LibraryScreen.ForgetFolder") -> None:
        """Let the index forget a folder."""
        if self._index == self._setup.bundled_index:
            say(self, "The articles that come with Byline stay; a adds a folder of your own.")
            return
        self.run_job(self._setup.build(self._index, (), (asked.path,)))

    def action_rebuild(self) -> None:
        """Bring the index up to date."""
        self.run_job(self._setup.build(self._index))

    def add_folder(self, path: str) -> None:
        """Index a folder in the person's own index, which is then the one that is asked."""
        bundled = self._index == self._setup.bundled_index
        self.run_job(self._setup.build(self._setup.own_index if bundled else self._index, (path,)))

    def run_job(self, job: Job) -> None:
        """Run a job in the background, unless one runs already."""
        if self._jobs.is_running:
            say(self, "A build is running already; it is shown above the input.")
            return
        try:
            self._jobs.start(job)
        except OSError as error:
            complain(self, f"No build could be started: {reason_of(error)}")

    @on(Jobs.Told)
    def show_job(self, told: Jobs.Told) -> None:
        """Show how far a job is, on every screen that has a bar for it."""
        for screen in self.screen_stack:
            for bar in screen.query(ProgressBar):
                bar.update_job(told.event)
        if self._jobs.take(told):
            assert isinstance(told.event, End)
            self._end_job(told.event, told.job)

    def _end_job(self, end: End, job: Job) -> None:
        match end:
            case Failed():
                complain(self, f"{end.title}: {end.message}")
                self.chat.ready.set()
            case Stopped():
                self.chat.ready.set()
            case Summary() if isinstance(job, BuildJob):
                self._take_index(Path(job.index))
            case _:
                self.open_desk()

    def _take_index(self, index: Path) -> None:
        """Ask an index that was built, and show it where another is shown."""
        from tui.chat.screens.library_screen import LibraryScreen

        for screen in self.screen_stack:
            if isinstance(screen, LibraryScreen):
                screen.index = index
        self.ask_index(index)

    # Other screens

    def action_help(self) -> None:
        """Tell what the keys do here."""
        from tui.chat.screens.help_screen import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_library(self) -> None:
        """Show the indexed articles."""
        from tui.chat.screens.library_screen import (
            LibraryScreen,  # needs numpy: not before the first frame
        )

        within, max_bytes = self.chat.session.within, self._setup.max_bytes
        self.push_screen(LibraryScreen(self._index, within, max_bytes), self._from_library)

    def _from_library(self, result: "OpenArticle | LimitTo | None") -> None:
        from tui.chat.screens.library_screen import LimitTo, OpenArticle

        match result:
            case OpenArticle():
                self.chat.show_article(result.file, result.path, result.title)
            case LimitTo():
                self.chat.limit_to(result.paths)

    def action_sessions(self) -> None:
        """Show earlier conversations."""
        from tui.chat.screens.sessions_screen import SessionsScreen

        screen = SessionsScreen(self._setup.sessions, self.chat.session.id)
        self.push_screen(screen, self._from_sessions)

    def _from_sessions(self, session_id: str | None) -> None:
        if session_id:
            try:
                self.chat.show_session(self._setup.sessions.load(session_id))
            except BylineError as error:
                complain(self, error.message)

    def action_new_session(self) -> None:
        """Begin a new conversation."""
        self.chat.show_session(self._setup.sessions.new())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """List everything that the keys do in the command palette too."""
        commands = [*super().get_system_commands(screen), *key_commands(screen)]
        by_title = {command.title: command for command in reversed(commands)}
        yield from reversed(by_title.values())

    # What is kept

    def watch_theme(self, theme: str) -> None:
        """Keep the theme for the next time."""
        self._keep(replace(self._settings, theme=theme))

    @on(ChatScreen.SourceToggled)
    def keep_source(self, toggled: ChatScreen.SourceToggled) -> None:
        """Keep whether the article is shown."""
        self._keep(replace(self._settings, source_shown=toggled.shown))

    def _keep(self, settings: ChatSettings) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        try:
            write_chat_settings(self._setup.settings_file, settings)
        except (BylineError, OSError) as error:
            complain(self, f"The settings are not kept: {reason_of(error)}")

    async def on_unmount(self) -> None:
        """Let a build end; what it has finished is not lost."""
        self._jobs.stop()

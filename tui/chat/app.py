"""The chat's app: its screens, the index that it asks, its background jobs."""

from collections.abc import Iterable
from contextlib import suppress
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
from index.watch.events import Problem, Updating, UpToDate
from tui.chat.actions import notify, notify_error
from tui.chat.jobs import Jobs, WatchedIndex
from tui.chat.palette import key_commands
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.setup import Setup
from tui.chat.themes import THEMES
from tui.chat.widgets.progress_bar import ProgressBar
from tui.jobs.async_bot import About, NothingIndexed, Ready, ToPrepare
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
        Binding("f1,question_mark", "help", "Help", id="app.help", tooltip="Show the keys"),
        Binding("ctrl+l", "library", "Library", id="app.library",
                tooltip="Indexed articles: browse, filter, limit the chat, update"),
        Binding("ctrl+t", "sessions", "Chats", id="app.sessions",
                tooltip="Earlier conversations: open, rename, search, delete"),
        Binding("f5", "rebuild", "Rebuild", show=False, id="app.rebuild",
                tooltip="Update the index"),
        Binding("ctrl+n", "new_session", "New chat", show=False, id="app.new",
                tooltip="Start a new conversation"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit"),
    ]  # fmt: skip

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self._setup = setup
        self._jobs = Jobs(self, setup.start_job)
        self._watched = WatchedIndex(self, setup.start_job)
        self._index = setup.index
        self._about: About | None = None
        """What is indexed; None until it is known."""
        for theme in THEMES:
            self.register_theme(theme)
        is_known = setup.settings.theme in self.available_themes
        chosen = setup.settings.theme if is_known else THEMES[0].name
        self._settings = replace(setup.settings, theme=chosen)
        self.theme = chosen

    def get_default_screen(self) -> Screen[None]:
        """Start with the chat."""
        bot = self._setup.open_bot(self._index)
        is_shown = self._settings.source_shown
        return ChatScreen(bot, self._setup.sessions, self._setup.session, is_shown)

    @property
    def chat(self) -> ChatScreen:
        """The chat's screen, below all others."""
        screen = self.screen_stack[0]
        assert isinstance(screen, ChatScreen)
        return screen

    def on_mount(self) -> None:
        """Open the index after the first frame is drawn."""
        self.call_after_refresh(self.open_bot)

    def on_key(self, key: events.Key) -> None:
        """Forward a key typed while the focus was moving to an input.

        A binding would take it otherwise. Keys typed in an input itself never come here.
        """
        if key.is_printable and isinstance(self.focused, Input | TextArea):
            key.prevent_default()
            self.focused._forward_event(events.Key(key.key, key.character))

    # The index

    @work(group="bot", exclusive=True)
    async def open_bot(self) -> None:
        """Open the index: load the models, have them prepared, or ask for articles."""
        await self._show_about()
        try:
            state = await self.chat.bot.open()
        except (BylineError, OSError) as error:
            self.chat.notice(str(error))
            self.chat.ready.set()  # questions fail with the same message, and are restored
            return
        match state:
            case Ready():
                self.chat.notice("")
                self.chat.ready.set()
                self._follow_changes()
                self._try_questions()
            case ToPrepare():
                self.chat.notice("Preparing the models, once. You can type meanwhile.")
                self.run_job(state.job)
            case NothingIndexed() if self._has_bundled:
                self.ask_index(self._setup.bundled_index)
            case NothingIndexed():
                from tui.chat.screens.welcome_screen import WelcomeScreen

                self.push_screen(WelcomeScreen(), self._welcomed)

    async def _show_about(self) -> None:
        with suppress(BylineError, OSError):  # opening the index says what is wrong
            self._about = await self.chat.bot.about()
            self.chat.show_about(self._about)

    @work(group="questions", exclusive=True)
    async def _try_questions(self) -> None:
        """Show which questions the articles answer; questions of the user go first."""
        with suppress(BylineError, OSError):
            async for questions in self.chat.bot.try_questions():
                if self._about:
                    self.chat.show_about(replace(self._about, questions=questions))
                await self.chat.free()

    @property
    def _has_bundled(self) -> bool:
        """Whether the user chose the bundled articles before."""
        return self._index != self._setup.bundled_index and self._setup.bundled_index.is_dir()

    def _welcomed(self, chosen: "Bundled | Folder | None") -> None:
        from tui.chat.screens.welcome_screen import Bundled, Folder

        match chosen:
            case Bundled():
                self.ask_index(self._setup.bundled_index)
            case Folder():
                self.add_folder(chosen.path)
            case None:
                self.chat.notice("No articles yet. Press Ctrl+L, then A, to add a folder.")

    def ask_index(self, folder: Path) -> None:
        """Ask the index in a folder from now on."""
        self._index = folder
        self.workers.cancel_group(self, "questions")
        self.chat.use_bot(self._setup.open_bot(folder))
        self.open_bot()

    def _follow_changes(self) -> None:
        """Keep the index up to date if the user wants that, else look for changes once."""
        if self._setup.watch is None or self._index == self._setup.bundled_index:
            self.look_for_changes()
            return
        try:
            self._watched.watch(self._setup.watch(self._index))
        except (BylineError, OSError) as error:
            notify_error(self, f"The index is not kept up to date: {reason_of(error)}")

    @on(WatchedIndex.Happened)
    def show_watched(self, happened: WatchedIndex.Happened) -> None:
        """Show whether the index is up to date, and what keeps it from that."""
        match happened.event:
            case Updating(0):
                self.chat.show_freshness("looking for changes")
            case Updating(paths):
                what = "article" if paths == 1 else "articles"
                self.chat.show_freshness(f"updating {paths:,} {what}")
            case UpToDate():
                self.chat.show_freshness("index up to date")
            case Problem(message):
                notify_error(self, message)
            case Failed():
                self.chat.show_freshness("index not watched")
                notify_error(self, happened.event.text)
            case _:
                pass

    @work(thread=True, group="changes", exclusive=True)
    def look_for_changes(self) -> None:
        """Offer to update the index if articles changed since indexing."""
        if message := changes_message(self._index, self._setup.max_bytes):
            self.call_from_thread(self.chat.notice, message)

    @on(events.AppFocus)
    def back_in_the_terminal(self) -> None:
        """Look for changes again, unless they are watched: the user may have been in an editor."""
        if self.chat.ready.is_set() and not self._jobs.is_running:
            self._follow_changes()

    # Builds

    def on_library_screen_rebuild(self) -> None:
        """Update the index."""
        self.action_rebuild()

    def on_library_screen_add_folder(self, added: "LibraryScreen.AddFolder") -> None:
        """Index another folder."""
        self.add_folder(added.path)

    def on_library_screen_forget_folder(self, removed: "LibraryScreen.ForgetFolder") -> None:
        """Remove a folder from the index."""
        if self._index == self._setup.bundled_index:
            notify(self, "The bundled articles cannot be removed. Press A to add your own folder.")
            return
        self.run_job(self._setup.build(self._index, (), (removed.path,)))

    def action_rebuild(self) -> None:
        """Update the index."""
        self.run_job(self._setup.build(self._index))

    def add_folder(self, path: str) -> None:
        """Add a folder to the user's own index, which is then asked."""
        is_bundled = self._index == self._setup.bundled_index
        index = self._setup.own_index if is_bundled else self._index
        self.run_job(self._setup.build(index, (path,)))

    def run_job(self, job: Job) -> None:
        """Run a job in the background, unless one is running."""
        if self._jobs.is_running:
            notify(self, "A build is already running.")
            return
        try:
            self._jobs.start(job)
        except OSError as error:
            notify_error(self, f"The build could not be started: {reason_of(error)}")

    @on(Jobs.Happened)
    def show_job(self, happened: Jobs.Happened) -> None:
        """Show an event of a job on every screen that has a progress bar."""
        for screen in self.screen_stack:
            for bar in screen.query(ProgressBar):
                bar.update_job(happened.event)
        if isinstance(happened.event, End):
            self._jobs.finish()
            self._end_job(happened.event, happened.job)

    def _end_job(self, end: End, job: Job) -> None:
        match end:
            case Failed():
                notify_error(self, end.text)
                self.chat.ready.set()
            case Stopped():
                self.chat.ready.set()
            case Summary() if isinstance(job, BuildJob):
                self._take_index(Path(job.index))
            case _:
                self.open_bot()

    def _take_index(self, index: Path) -> None:
        """Ask an index that was built, and show it in the library."""
        from tui.chat.screens.library_screen import LibraryScreen

        for screen in self.screen_stack:
            if isinstance(screen, LibraryScreen):
                screen.index = index
        self.ask_index(index)

    # Other screens

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from tui.chat.screens.help_screen import HelpScreen

        self.push_screen(HelpScreen(self.screen))

    def action_library(self) -> None:
        """Show the indexed articles."""
        from tui.chat.screens.library_screen import LibraryScreen  # imports numpy, so only now

        screen = LibraryScreen(self._index, self.chat.session.scope.within, self._setup.max_bytes)
        self.push_screen(screen, self._from_library)

    def _from_library(self, result: "OpenArticle | LimitTo | None") -> None:
        from tui.chat.screens.library_screen import LimitTo, OpenArticle

        match result:
            case OpenArticle():
                self.chat.show_article(result.file, result.path, result.title)
            case LimitTo():
                self.chat.search_within(result.paths)

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
                notify_error(self, error.message)

    def action_new_session(self) -> None:
        """Start a new conversation."""
        self.chat.show_session(self._setup.sessions.new())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return Textual's commands and one for each key binding."""
        commands = [*super().get_system_commands(screen), *key_commands(screen)]
        by_title = {command.title: command for command in reversed(commands)}
        yield from reversed(by_title.values())

    # Settings

    def watch_theme(self, theme: str) -> None:
        """Save the theme."""
        self._keep(replace(self._settings, theme=theme))

    @on(ChatScreen.SourceToggled)
    def keep_source(self, toggled: ChatScreen.SourceToggled) -> None:
        """Save whether the article is shown."""
        self._keep(replace(self._settings, source_shown=toggled.shown))

    def _keep(self, settings: ChatSettings) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        try:
            write_chat_settings(self._setup.settings_file, settings)
        except (BylineError, OSError) as error:
            notify_error(self, f"The settings could not be saved: {reason_of(error)}")

    async def on_unmount(self) -> None:
        """Stop a running build, whose finished work is kept, and the watcher."""
        self._jobs.stop()
        self._watched.stop()


def changes_message(index: Path, max_bytes: int) -> str | None:
    """Return an offer to update an index; None if no article changed since indexing."""
    from index.shards.which import store_in  # not before the first frame
    from tui.library.contents import changes

    with suppress(BylineError, OSError):
        found = changes(store_in(index), max_bytes)
        kinds = (("new", found.new), ("changed", found.changed), ("deleted", found.deleted))
        if counts := ", ".join(f"{len(files):,} {kind}" for kind, files in kinds if files):
            return f"Articles changed since indexing ({counts}). Press F5 to update the index."
    return None

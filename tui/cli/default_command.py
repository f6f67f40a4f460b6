"""A command that has commands of its own, and does something without one."""

import click
from click.shell_completion import CompletionItem


class DefaultCommand(click.Group):
    """Runs its command `run` where none is named, and shows its options as its own."""

    DEFAULT = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before what names no other."""
        is_named = bool(args) and args[0] in {*self.commands, *ctx.help_option_names}
        # What is being completed is not among the words: after none it may be a command.
        if not is_named and (args or not ctx.resilient_parsing):
            args = [self.DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List all commands but the default."""
        return [name for name in super().list_commands(ctx) if name != self.DEFAULT]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Show what the default command takes."""
        return self.commands[self.DEFAULT].collect_usage_pieces(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the default command's options, then the commands."""
        self.commands[self.DEFAULT].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command, or else what the default command takes."""
        default = self.commands[self.DEFAULT]
        with default.make_context(self.DEFAULT, [], ctx, resilient_parsing=True) as inner:
            options = default.shell_complete(inner, incomplete)
            arguments = [one for one in default.params if isinstance(one, click.Argument)]
            first = [
                item for one in arguments[:1] for item in one.shell_complete(inner, incomplete)
            ]
        if options:
            return options
        return [*first, *super().shell_complete(ctx, incomplete)]

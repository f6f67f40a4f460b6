"""A command with subcommands that also runs without one."""

import click
from click.shell_completion import CompletionItem


class DefaultCommand(click.Group):
    """Runs its subcommand `run` if none is named, and shows the options of `run` as its own."""

    DEFAULT = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the default subcommand where the arguments name none."""
        is_named = bool(args) and args[0] in {*self.commands, *ctx.help_option_names}
        # The word being completed is not in args: without any, it may be a subcommand.
        if not is_named and (args or not ctx.resilient_parsing):
            args = [self.DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the subcommands except the default one."""
        return [name for name in super().list_commands(ctx) if name != self.DEFAULT]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Show the arguments of the default subcommand."""
        return self.commands[self.DEFAULT].collect_usage_pieces(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of the default subcommand, then the other subcommands."""
        self.commands[self.DEFAULT].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a subcommand, or an argument or option of the default one."""
        default = self.commands[self.DEFAULT]
        with default.make_context(self.DEFAULT, [], ctx, resilient_parsing=True) as inner:
            options = default.shell_complete(inner, incomplete)
            argument = next((p for p in default.params if isinstance(p, click.Argument)), None)
            values = argument.shell_complete(inner, incomplete) if argument else []
        return options or [*values, *super().shell_complete(ctx, incomplete)]

"""A command that has commands of its own, and does something without one."""

import click


class DefaultCommand(click.Group):
    """Runs its command `run` where none is named, and shows its options as its own."""

    DEFAULT = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before what names no other."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
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

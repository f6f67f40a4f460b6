"""`byline completion`: print a shell completion script."""

import click
from click.shell_completion import get_completion_class


@click.command(
    "completion",
    epilog="""\b
Examples:
  byline completion bash >> ~/.bashrc
  byline completion zsh  >> ~/.zshrc
  byline completion fish >  ~/.config/fish/completions/byline.fish""",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL."""
    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(context.find_root().command, {}, "byline", "_BYLINE_COMPLETE").source())

"""`python -m tui` is `byline`."""

from tui.cli.main import main

main()

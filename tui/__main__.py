"""`python -m tui` is `byline`."""

from tui.cli import main

main()

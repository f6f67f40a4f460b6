"""The themes that come with Byline: dark, light, and one without colour."""

from textual.theme import Theme

DARK = Theme(
    name="byline-dark",
    primary="#7aa2d6",
    secondary="#8fb8a8",
    accent="#e6b450",
    warning="#e0a15e",
    error="#e06c75",
    success="#8fbf7f",
    foreground="#d8dee9",
    background="#14171c",
    surface="#1a1e25",
    panel="#232830",
    dark=True,
)
LIGHT = Theme(
    name="byline-light",
    primary="#2a5d9f",
    secondary="#2e6b57",
    accent="#9a5b00",
    warning="#9a5b00",
    error="#b3261e",
    success="#2f6f2f",
    foreground="#1d2026",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e8e5de",
    dark=False,
)
PLAIN = Theme(
    name="byline-plain",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    success="#ffffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    dark=True,
)
THEMES = (DARK, LIGHT, PLAIN)
"""The first is the default."""

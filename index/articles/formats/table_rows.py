"""The block parser of markdown-it-py, without tokens for the cells of tables."""

from collections.abc import MutableMapping
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_IN_CELLS = frozenset({"th_open", "td_open", "inline", "th_close", "td_close"})
_UNREAD = Token("inline", "", 0)
"""Stands for every token of a cell."""


class _State(StateBlock):
    """Keeps no token of a cell: a wide table of 1 MiB has 1.5 million of them."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        if self.parentType == "table" and ttype in _IN_CELLS:
            return _UNREAD
        return super().push(ttype, tag, nesting)


class RowParser(ParserBlock):
    """Parses blocks; of a table, no more than its rows."""

    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: MutableMapping[str, Any],
        outTokens: list[Token],  # noqa: N803
    ) -> list[Token] | None:
        """Parse a text into tokens; None if it is empty."""
        if not src:
            return None
        state = _State(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens

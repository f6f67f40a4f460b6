"""Which fields of JSON Lines are the text of an article, as the user's settings name them."""

import msgspec


class JsonFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of fields; one inside another is `article.body`. Empty for none."""

    text: str | list[str]
    """The field that is read, or several in this order."""
    title: str = ""
    date: str = ""
    author: str = ""

    @property
    def texts(self) -> list[str]:
        """The fields that are read."""
        return [self.text] if isinstance(self.text, str) else self.text


_fields: JsonFields | None = None


def use_fields(fields: JsonFields | None) -> None:
    """Read JSON Lines by these fields from now on; None leaves them unread."""
    global _fields
    _fields = fields


def used_fields() -> JsonFields | None:
    """Return the fields that JSON Lines are read by; None if they are not read."""
    return _fields

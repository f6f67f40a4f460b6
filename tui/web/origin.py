"""Which requests come from a server's own pages, or from no page at all."""

from collections.abc import Collection


def is_from_here(host: str, origin: str | None, addresses: Collection[str]) -> bool:
    """Return whether a request is for one of these addresses, from its own page if from any.

    `origin` is None where the request names none. Otherwise any page open in the browser could ask,
    through a name that resolves to this machine.
    """
    requested = f"http://{host}"
    return requested in addresses and origin in (None, requested)

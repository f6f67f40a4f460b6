"""File names that attack an editor: each would create the file `canary` if obeyed."""

import random

_ATTACK = "touch canary"
_KNOWN = (
    f"+!{_ATTACK}",
    f"-c!{_ATTACK}",
    f"--cmd=!{_ATTACK}",
    "+call system('touch canary')",
    "-S canary.vim",
    f"+:!{_ATTACK}",
    f"-c :!{_ATTACK}",
    "+qall!",
    "-u canary",
    "-es",
    '--eval=(shell-command "touch canary")',
    "--eval",
    "-f canary",
    "--goto",
    "--wait",
    "-o",
    f"+lua os.execute('{_ATTACK}')",
    f"a|!{_ATTACK}",
    f"`{_ATTACK}`",
    f"$({_ATTACK})",
    f"a;{_ATTACK};",
    f"a\n!{_ATTACK}\nb",
    f"a&{_ATTACK}&",
    f'a"{_ATTACK}"',
    f"a';{_ATTACK};'",
    f"|{_ATTACK}",
    f">{_ATTACK}",
    "> canary",
    "%",
    "#",
    "*?[a]{b,c}",
    "~",
    "~root",
    "$HOME",
    "a.txt:3:4",
    "a:1",
    "<cfile>",
    "=system('touch canary')",
    f"!{_ATTACK}",
    f"\\!{_ATTACK}",
    "-",
    "--",
    "+",
    "+3",
    "+/x",
    "-R",
    "-e",
    "-s",
    "\u202eevil\x1b]52;c;x\x07",
    "broken\udcff\udc9b",
    "term:canary",
    "scp:x",
    "http:",
    "a\tb",
    " ",
    "a\rb",
    "\\",
    "@",
    "&",
    "'",
    '"',
    "-K",
    "-ocanary",
    f"-k{_ATTACK}",
    "++1",
    '+"!touch canary"',
    "--startuptime=canary",
    "-W canary",
    "-w canary",
)
_PREFIXES = ("", "", "", "-", "+", "--", " ", "\n", "a ", "#", "%", "|", ";", "&")
_SUFFIXES = ("", ".txt", ".md", "\n.txt", "|.txt", ":3", " #")


def names(count: int, chance: random.Random) -> list[str]:
    """Return different names, the known attacks first."""
    found = dict.fromkeys(_KNOWN)
    while len(found) < count:
        name = chance.choice(_PREFIXES) + chance.choice(_KNOWN) + chance.choice(_SUFFIXES)
        if name not in (".", "..") and len(name) < 100:
            found[name] = None
    return [*found][:count]

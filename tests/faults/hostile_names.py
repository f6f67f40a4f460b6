"""File names that attack an editor, from one seed: each would make the file `canary` if obeyed."""

import random

_DEED = "touch canary"
_KNOWN = (
    f"+!{_DEED}",
    f"-c!{_DEED}",
    f"--cmd=!{_DEED}",
    "+call system('touch canary')",
    "-S canary.vim",
    f"+:!{_DEED}",
    f"-c :!{_DEED}",
    "+qall!",
    "-u canary",
    "-es",
    '--eval=(shell-command "touch canary")',
    "--eval",
    "-f canary",
    "--goto",
    "--wait",
    "-o",
    f"+lua os.execute('{_DEED}')",
    f"a|!{_DEED}",
    f"`{_DEED}`",
    f"$({_DEED})",
    f"a;{_DEED};",
    f"a\n!{_DEED}\nb",
    f"a&{_DEED}&",
    f'a"{_DEED}"',
    f"a';{_DEED};'",
    f"|{_DEED}",
    f">{_DEED}",
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
    f"!{_DEED}",
    f"\\!{_DEED}",
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
    f"-k{_DEED}",
    "++1",
    '+"!touch canary"',
    "--startuptime=canary",
    "-W canary",
    "-w canary",
)
_BEFORE = ("", "", "", "-", "+", "--", " ", "\n", "a ", "#", "%", "|", ";", "&")
_BEHIND = ("", ".txt", ".md", "\n.txt", "|.txt", ":3", " #")


def names(count: int, source: random.Random) -> list[str]:
    """Give so many different names, the known attacks first."""
    found = dict.fromkeys(_KNOWN)
    while len(found) < count:
        name = source.choice(_BEFORE) + source.choice(_KNOWN) + source.choice(_BEHIND)
        if name not in (".", "..") and len(name) < 100:
            found[name] = None
    return [*found][:count]

"""Whether a module may hand text to Textual or Rich as markup, told from its source."""

import ast
from collections.abc import Iterator

WIDGETS = frozenset(
    {
        "Static",
        "Label",
        "Button",
        "Option",
        "Checkbox",
        "RadioButton",
        "Link",
        "Tab",
        "TabPane",
        "notify",
        "TextColumn",
        "Tooltip",
        "Collapsible",
        "Header",
        "Digits",
        "Pretty",
        "Log",
        "RichLog",
    }
)
"""Calls whose first argument is markup unless they are told otherwise."""
SAFE = frozenset(
    {
        "Content",
        "Content.assemble",
        "Content.styled",
        "Text",
        "Text.assemble",
        "Text.from_ansi",
    }
)
BANNED = frozenset({"from_markup", "escape", "render_markup", "to_content"})
ATTRIBUTES = frozenset({"border_title", "border_subtitle", "tooltip", "placeholder", "sub_title"})
"""What is markup, or is written as it is, where a text is put into it."""


def unsafe_calls(source: str) -> Iterator[str]:
    """Tell each place where a text that is not ours could be taken for markup."""
    tree = ast.parse(source)
    functions = (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
    contents = {one.name for one in functions if _gives_content(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, contents)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                named = isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES
                if named and not _is_safe(node.value, contents):
                    yield f"line {node.lineno}: {ast.unparse(target)} is set to what may be markup"


def _of_call(call: ast.Call, contents: set[str]) -> Iterator[str]:
    name = ast.unparse(call.func)
    last = name.rpartition(".")[2]
    keywords = {one.arg: one.value for one in call.keywords}
    plain = "markup" in keywords and ast.unparse(keywords["markup"]) == "False"
    if last in BANNED and not name.startswith(("re.", "html.")):
        yield f"line {call.lineno}: {name} makes or mends markup"
    if last in WIDGETS and call.args and not plain and not _is_safe(call.args[0], contents):
        yield f"line {call.lineno}: {name} takes a text for markup"
    if last == "update" and len(call.args) == 1 and not call.keywords and _is_text(call.args[0]):
        yield f"line {call.lineno}: {name} takes a text for markup"
    if last in ATTRIBUTES and call.args and not _is_safe(call.args[0], contents):
        yield f"line {call.lineno}: {name} takes a text for markup"


def _is_safe(node: ast.expr, contents: set[str]) -> bool:
    if isinstance(node, ast.Constant):
        return not (isinstance(node.value, str) and "[" in node.value)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        return name in SAFE or name.rpartition(".")[2] in contents
    return False


def _is_text(node: ast.expr) -> bool:
    """Whether something is surely a string, and not one of ours."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in {"str", "visible", "visible_name"}
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def _gives_content(node: ast.AST) -> bool:
    """Whether it is a function that gives what is no markup."""
    if not isinstance(node, ast.FunctionDef) or node.returns is None:
        return False
    return ast.unparse(node.returns) in {"Content", "Text"}

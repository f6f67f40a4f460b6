"""Finds, in the source of a module, text that is passed to Textual or Rich as markup."""

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
"""Calls whose first argument is markup unless `markup=False`."""
SAFE = frozenset(
    {"Content", "Content.assemble", "Content.styled", "Text", "Text.assemble", "Text.from_ansi"}
)
BANNED = frozenset({"from_markup", "escape", "render_markup", "to_content"})
ATTRIBUTES = frozenset({"border_title", "border_subtitle", "tooltip", "placeholder", "sub_title"})
"""Attributes that take markup, or that are written unchanged."""


def unsafe_calls(source: str) -> Iterator[str]:
    """Yield each place where a foreign text could be taken for markup."""
    tree = ast.parse(source)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    contents = {function.name for function in functions if _returns_content(function)}
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) not in own:
            yield from _in_call(node, contents)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                named = isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES
                if named and not _is_safe(node.value, contents):
                    yield f"line {node.lineno}: {ast.unparse(target)} is set to what may be markup"


def _in_call(call: ast.Call, contents: set[str]) -> Iterator[str]:
    name = ast.unparse(call.func)
    last = name.rpartition(".")[2]
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    plain = "markup" in keywords and ast.unparse(keywords["markup"]) == "False"
    if last in BANNED and not name.startswith(("re.", "html.")):
        yield f"line {call.lineno}: {name} makes markup"
    if name == "notify":  # the chat's function, whose own call of `app.notify` is checked
        return
    if last in WIDGETS and call.args and not plain and not _is_safe(call.args[0], contents):
        yield f"line {call.lineno}: {name} takes a text as markup"
    if last == "update" and len(call.args) == 1 and not call.keywords and _is_text(call.args[0]):
        yield f"line {call.lineno}: {name} takes a text as markup"
    if last in ATTRIBUTES and call.args and not _is_safe(call.args[0], contents):
        yield f"line {call.lineno}: {name} takes a text as markup"


def _is_safe(node: ast.expr, contents: set[str]) -> bool:
    if isinstance(node, ast.Constant):
        return not (isinstance(node.value, str) and "[" in node.value)
    if isinstance(node, ast.IfExp):
        return _is_safe(node.body, contents) and _is_safe(node.orelse, contents)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        return name in SAFE or name.rpartition(".")[2] in contents
    return False


def _is_text(node: ast.expr) -> bool:
    """Whether an expression is certainly a string that is not a constant."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in {"str", "visible", "visible_name"}
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def _returns_content(node: ast.AST) -> bool:
    """Whether a function returns styled text instead of markup."""
    if not isinstance(node, ast.FunctionDef) or node.returns is None:
        return False
    return ast.unparse(node.returns) in {"Content", "Text"}

#!/usr/bin/env bash
# Build the wheel, install it in an environment of only what it requires, and use it outside of the
# checkout. The packages are linked from .venv, where pip installed them; `pip check` agrees.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$checkout/.venv/bin/python" -m venv "$scratch/venv"
pip="$scratch/venv/bin/python -m pip --quiet --disable-pip-version-check"
$pip wheel --no-deps --wheel-dir "$scratch/dist" "$checkout"
$pip install --no-deps "$scratch"/dist/byline-*.whl
"$checkout/.venv/bin/python" "$checkout/tests/link_packages.py" byline "$scratch"/venv/lib/python*/site-packages
$pip check
export HOME="$scratch/home" XDG_DATA_HOME="$scratch/data" XDG_CACHE_HOME="$scratch/cache" XDG_CONFIG_HOME="$scratch/config"
mkdir -p "$HOME" "$scratch/elsewhere/news"
cd "$scratch/elsewhere"
unset PYTHONPATH
byline="$scratch/venv/bin/byline"

"$byline" ask "Who signed the Czech radar treaty?" | tee answer.txt
grep -q "Schwarzenberg" answer.txt
printf 'Breakwater\n\nThe harbour master, Ada Quill, opened the new breakwater on Friday.\n' > news/one.txt
"$byline" index news
"$byline" ask "Who opened the breakwater?" | tee answer.txt
grep -q "^Ada Quill$" answer.txt
grep -q "news/one.txt:3:21" answer.txt
"$byline" check
# What needs an extra or a checkout says so.
{ "$byline" eval 2>&1 || true; } | grep -qF 'byline[eval]'
{ "$byline" chat --web 2>&1 || true; } | grep -qF 'byline[web]'
{ "$byline" serve 2>&1 || true; } | grep -qF 'byline[serve]'
{ "$byline" cluster index news --index shards 2>&1 || true; } | grep -qF 'byline[cluster]'
{ "$byline" mcp 2>&1 || true; } | grep -qF 'byline[mcp]'
{ "$byline" bench 2>&1 || true; } | grep -q checkout
"$scratch/venv/bin/python" - <<'PYTHON'
import byline
with byline.open("news") as articles:
    reply = articles.ask("Who opened the breakwater?")
assert reply.answers[0].text == "Ada Quill", reply
PYTHON
echo "wheel: answers outside of the checkout"

#!/usr/bin/env bash
# Print the versions that a fresh environment gets, for constraints.txt.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/venv"
pip="$scratch/venv/bin/python -m pip --disable-pip-version-check"
# torch first, by the version that has a build for processors alone where pip is told of one.
$pip install --quiet "$(grep '^torch==' "$checkout/constraints.txt")" >&2
$pip install --quiet "$checkout[accurate,cluster,eval,formats,mcp,serve,web]" --requirement "$checkout/requirements-dev.txt" \
  --requirement "$checkout/requirements-docs.txt" >&2
$pip freeze | sed 's/+cpu$//' | grep -vE '^(byline|pip|setuptools)\b' | LC_ALL=C sort -f

#!/bin/sh
# Build the documentation into site/; fail on a warning, and on a page that would
# load something from another host. A copy is built, because zensical clears and
# fills .cache beside its settings, where the tests keep their servers.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
venv=$root/.venv-docs
if [ ! -e "$venv/.done" ] || [ requirements/docs.txt -nt "$venv/.done" ]; then
    [ -x "$venv/bin/python" ] || tools/uv.sh venv -q --python '>=3.11' "$venv"
    tools/uv.sh pip install -q --python "$venv/bin/python" --require-hashes \
        -r requirements/docs.txt
    touch "$venv/.done"
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 1' INT TERM
cp -R docs zensical.toml "$copy"
cd "$copy"
NO_COLOR=1 "$venv/bin/zensical" build --strict
if grep -rnoE --include='*.html' \
    -e '<(script|link|img|iframe)[^>]+(src|href)="?(https?:)?//[^" >]+' \
    -e 'class="?[^">]*(mermaid|glightbox|pyodide)' site |
    grep -v 'rel="\?canonical'; then
    echo "The pages above load from another host, or their script will." >&2
    exit 1
fi
rm -rf "$root/site"
mv site "$root/site"

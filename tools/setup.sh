#!/bin/sh
# Make .venv hold what requirements/NAME.txt pins (base alone, or base and NAME),
# and do nothing when it already does.
set -eu
cd "$(dirname "$0")/.."

fresh() {
    [ -x .venv/bin/python ] && [ -e ".venv/.$1" ] && [ ! "$2" -nt ".venv/.$1" ]
}

install() {
    tools/uv.sh pip install -q --python .venv/bin/python "$@"
}

[ -x .venv/bin/python ] || tools/uv.sh venv -q --python '>=3.11' .venv
if ! fresh base requirements/base.txt || ! fresh base pyproject.toml; then
    install --require-hashes -r requirements/base.txt
    install --no-deps -e .
    touch .venv/.base
fi
for name in "$@"; do
    if [ "$name" != base ] && ! fresh "$name" "requirements/$name.txt"; then
        install --require-hashes -r "requirements/$name.txt"
        touch ".venv/.$name"
    fi
done

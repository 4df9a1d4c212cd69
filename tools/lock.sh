#!/bin/sh
# Write requirements/*.txt from pyproject.toml. Pins that still fit stay, unless
# --upgrade or --upgrade-package NAME is given. Only the public registry is asked,
# so the hashes are those of its files, whatever this machine is configured to use.
set -eu
cd "$(dirname "$0")/.."
unset UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS
export UV_NO_CONFIG=1

compile() {
    name=$1
    shift
    tools/uv.sh pip compile -q --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header "$@" -o "requirements/$name.txt"
}

compile base pyproject.toml "$@"
compile test pyproject.toml -c requirements/base.txt --all-extras \
    --group dev --group test --group servers --group browser "$@"
compile image pyproject.toml -c requirements/test.txt \
    --extra postgres --extra mysql --extra mongo --extra redis "$@"
compile bench -c requirements/test.txt --group bench "$@"
compile docs --group docs "$@"

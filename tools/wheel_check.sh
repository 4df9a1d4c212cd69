#!/bin/sh
# Build the wheel, install it with the pinned requirements into an empty
# environment outside the repository, and ask the served process whether it lives.
set -eu
cd "$(dirname "$0")/.."
uv=$PWD/tools/uv.sh
pins=$PWD/requirements/base.txt
folder=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

"$uv" build -q --wheel --out-dir "$folder/dist" .
"$uv" venv -q --python '>=3.11' "$folder/venv"
python=$folder/venv/bin/python
"$uv" pip install -q --python "$python" --require-hashes -r "$pins"
"$uv" pip install -q --python "$python" --no-deps "$folder"/dist/*.whl

mkdir "$folder/work"
cd "$folder/work"
unset PYTHONPATH VIRTUAL_ENV
port=$("$python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$folder/venv/bin/keywright" --help >/dev/null
AUTH_ENV=development "$folder/venv/bin/keywright" serve --port "$port" >log 2>&1 &
server=$!
if "$python" - "http://127.0.0.1:$port/livez" <<'PROBE'; then
import sys, time, urllib.request

for _ in range(100):
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=2) as answer:
            sys.exit(answer.status != 200)
    except OSError:
        time.sleep(0.2)
sys.exit(1)
PROBE
    echo "The wheel installs, serves and answers /livez."
else
    tail -n 40 log >&2
    echo "The service from the wheel does not answer /livez." >&2
    exit 1
fi

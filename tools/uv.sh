#!/bin/sh
# Run uv with the arguments given; install it first where it is missing, into
# .boot, or for this user where Python has no venv module.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
export UV_PYTHON_DOWNLOADS=never

find_uv() {
    for uv in "$(command -v uv || true)" "$root/.boot/bin/uv" "$HOME/.local/bin/uv"; do
        if [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

fetch_uv() {
    if "$python" -m venv "$root/.boot" >/dev/null 2>&1; then
        "$root/.boot/bin/python" -m pip install -q uv==0.13.8
        return
    fi
    rm -rf "$root/.boot"
    "$python" -m pip install -q --user uv==0.13.8 2>/dev/null ||
        "$python" -m pip install -q --user --break-system-packages uv==0.13.8
}

if ! find_uv && ! { fetch_uv >&2 && find_uv; }; then
    echo "uv is missing and $python could not install it." >&2
    echo "Install uv 0.13.8, or the venv module of Python 3.11, and repeat the command." >&2
    exit 2
fi
exec "$uv" "$@"

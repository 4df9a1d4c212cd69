#!/bin/sh
# fetch-debs.sh /ABSOLUTE/FOLDER PACKAGE...: unpack Debian packages, and what the
# system lacks of their libraries, into FOLDER/tree. Any user; nothing is installed.
set -eu
folder=$1
shift
case $folder in
/*) ;;
*)
    echo "usage: fetch-debs.sh /ABSOLUTE/FOLDER PACKAGE..." >&2
    exit 2
    ;;
esac
mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/tree"
apt() {
    apt-get -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" \
        -o APT::Sandbox::User= -o Debug::NoLocking=1 "$@"
}
apt -qq update || echo "some package sources did not answer" >&2
apt -qq -y --no-install-recommends --download-only install "$@"
for package in "$folder"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/tree"
done
rm -rf "$folder/lists" "$folder/cache"

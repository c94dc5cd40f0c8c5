#!/usr/bin/env bash
# Prints the path of a real kubectl 1.36: $KUBECTL if set, else Debian sid's package, unpacked into the user's cache.
# Nothing is installed into the system. Elsewhere than on Debian, install kubectl 1.36 yourself and set KUBECTL.
set -euo pipefail
if [[ -n ${KUBECTL:-} ]]; then
  echo "$KUBECTL"
  exit
fi
target=${XDG_CACHE_HOME:-$HOME/.cache}/tabernetes/kubectl-1.36
if [[ ! -x $target/usr/bin/kubectl ]]; then
  command -v apt-get >/dev/null || {
    echo 'The tests with a real kubectl need version 1.36: install it and set KUBECTL to its path.' >&2
    exit 1
  }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$target"
  mirror=$(grep -hoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1 | tr -d ' ' || true)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} sid main" >"$work/sources.list"
  apt=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root -qq)
  apt-get "${apt[@]}" update >&2
  # Another kubectl may be installed with a higher version: ask for sid's by its number.
  version=$(apt-cache "${apt[@]}" madison kubectl | awk -F'|' '/sid\// { gsub(/ /, "", $2); print $2; exit }')
  (cd "$work" && apt-get "${apt[@]}" download "kubectl=$version" >&2 && dpkg -x kubectl_*.deb "$target")
fi
echo "$target/usr/bin/kubectl"

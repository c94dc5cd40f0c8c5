#!/usr/bin/env bash
# Prints the path of a real kubectl: 1.36 from Debian sid, or with the argument 1.32 that of trixie, unpacked into the
# user's cache. $KUBECTL (or $KUBECTL_1_32) goes before. Nothing is installed into the system. Elsewhere than on Debian,
# install it yourself and set the variable.
set -euo pipefail
version=${1:-1.36}
declare -A suites=([1.36]='sid kubectl' [1.32]='trixie kubectl')
read -r suite package <<<"${suites[$version]}"
given=KUBECTL
[[ $version == 1.36 ]] || given=KUBECTL_${version/./_}
if [[ -n ${!given:-} ]]; then
  echo "${!given}"
  exit
fi
target=${XDG_CACHE_HOME:-$HOME/.cache}/tabernetes/kubectl-$version
if [[ ! -x $target/usr/bin/kubectl ]]; then
  command -v apt-get >/dev/null || {
    echo "The tests with a real kubectl need version $version: install it and set $given to its path." >&2
    exit 1
  }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$target"
  mirror=$(grep -hoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1 | tr -d ' ' || true)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} $suite main" >"$work/sources.list"
  apt=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work" -o APT::Sandbox::User=root -qq)
  apt-get "${apt[@]}" update >&2
  # Another kubectl may be installed with a higher version: ask for the suite's by its number.
  number=$(apt-cache "${apt[@]}" madison "$package" | awk -F'|' -v suite="$suite/" 'index($3, suite) { gsub(/ /, "", $2); print $2; exit }')
  (cd "$work" && apt-get "${apt[@]}" download "$package=$number" >&2 && dpkg -x "$package"_*.deb "$target")
fi
echo "$target/usr/bin/kubectl"

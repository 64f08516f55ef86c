# What the commands of this folder share; sourced, not run.
# shellcheck shell=bash disable=SC2034,SC2191
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build

# A need is Debian's name for it, and how to see on any system that it is there: a command, a module
# of pkg-config, a header, or a file.
build_needs=(g++=command:c++ meson=command:meson ninja-build=command:ninja
  pkg-config=command:pkg-config libxsimd-dev=module:xsimd libfmt-dev=module:fmt
  nlohmann-json3-dev=module:nlohmann_json zlib1g-dev=module:zlib)
chapter_needs=(libcli11-dev=module:CLI11)
chapter_wants=(gnuplot-nox=command:gnuplot ca-certificates=file:/etc/ssl/certs)
test_needs=(catch2=module:catch2)
test_wants=(librandom123-dev=header:Random123/philox.h qemu-user=command:qemu-x86_64
  cmake=command:cmake shellcheck=command:shellcheck
  dataset-fashion-mnist=file:/usr/share/datasets/fashion-mnist)
matrix_wants=(ccache=command:ccache clang=command:clang++ libomp-dev=file:/usr/lib/llvm-*/lib/libomp.so
  libbenchmark-dev=module:benchmark)
book_needs=(doxygen=command:doxygen)
book_wants=(doxygen-awesome-css=file:/usr/share/doxygen-awesome-css
  libjs-mathjax=file:/usr/share/javascript/mathjax)

say() { printf '%s\n' "$*"; }
die() {
  printf '%s\n' "$@" >&2
  exit 1
}

present() {
  local what=${1#*:}
  case ${1%%:*} in
    command) command -v "$what" ;;
    module) pkg-config --exists "$what" ;;
    header) echo "#include <$what>" | c++ -x c++ -fsyntax-only - ;;
    file) compgen -G "$what" ;;
  esac &>/dev/null
}

missing() { # NEED...: Debian's names of those that are not there
  local need
  for need in "$@"; do
    present "${need#*=}" || printf '%s ' "${need%%=*}"
  done
}

install_packages() { # NAME...: false if that did not work
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || return 1
    as_root=(sudo)
  fi
  mkdir -p "$build"
  say "Installing through apt-get: $*"
  say "(this may take some minutes; the details go to build/install.log)"
  # Once a run; if it fails, the lists may do as they are.
  [ -n "${updated:-}" ] || "${as_root[@]}" apt-get update -q &>"$build/install.log" || true
  updated=yes
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "$@" &>>"$build/install.log" </dev/null
}

# need NEED...: installs what is missing, or says what is and ends.
# want NEED...: the same, but goes on without.
need() {
  local names
  read -ra names <<<"$(missing "$@")"
  [ ${#names[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    die "Missing here, by the names that Debian gives them: ${names[*]}" \
      "This system has no apt-get: please install them its own way, then run this again."
  fi
  install_packages "${names[@]}" ||
    die "Could not install: ${names[*]}" "Try: apt-get install ${names[*]}" \
      "$(tail -n 5 "$build/install.log" 2>/dev/null)"
  hash -r
}

want() {
  local names
  read -ra names <<<"$(missing "$@")"
  [ ${#names[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null || ! install_packages "${names[@]}"; then
    say "Going on without: ${names[*]}"
  fi
  hash -r
}

quietly() { # COMMAND...: shows what it printed only if it fails
  local printed
  printed=$("$@" 2>&1) || die "$printed" "Failed: $*"
}

configure() { # FOLDER OPTION...
  local folder=$1 again=()
  shift
  [ -f "$folder/build.ninja" ] && again=(--reconfigure)
  say "Configuring ${folder#"$root/"}"
  quietly meson setup "${again[@]}" "$folder" "$root" "$@"
}

compile() { # FOLDER TARGET...: a line that counts on a terminal, silence elsewhere
  local folder=$1 quiet=()
  shift
  [ -t 1 ] || quiet=(--quiet)
  ninja -C "$folder" "${quiet[@]}" "$@"
}

chapters() { # their folders' names, in order
  local main
  for main in "$root"/tutorial/[0-9][0-9]_*/main.cpp; do
    [ -e "$main" ] && basename "$(dirname "$main")"
  done
}

# prepare_chapter NAME OPTION...: builds the chapter and sees to its data
prepare_chapter() {
  local name=$1 target=tutorial/$1/$1
  shift
  if ! ninja -C "$build" -t query "$target" &>/dev/null; then
    configure "$build" -Dtutorial=enabled
  fi
  say "Building $name"
  compile "$build" "$target"
  # Not where the data was named, nor for a question about the options.
  if [ -n "${LANEWISE_DATA:-}" ] || [[ " $* " =~ " --data"[\ =]|" --help "|" -h " ]] ||
    ! grep -qi mnist "$root/tutorial/$name/main.cpp"; then
    return 0
  fi
  if ! "$root/tools/fetch_data"; then
    say "MNIST cannot be had here: Fashion-MNIST, the same format, takes its place."
    want dataset-fashion-mnist=file:/usr/share/datasets/fashion-mnist
  fi
}

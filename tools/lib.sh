# What the commands of this folder share; sourced, not run.
# shellcheck shell=bash disable=SC2034,SC2191
set -euo pipefail
unset CDPATH
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
trap 'exit 130' INT # whatever the command that was interrupted made of it

# A need is Debian's name for it, and how to see on any system that it is there: a command, a module
# of pkg-config, a header, or a file.
build_needs=(g++=command:c++ meson=command:meson ninja-build=command:ninja
  pkg-config=command:pkg-config libxsimd-dev=module:xsimd libfmt-dev=module:fmt
  nlohmann-json3-dev=module:nlohmann_json zlib1g-dev=module:zlib)
chapter_needs=(libcli11-dev=module:CLI11)
chapter_wants=(gnuplot-nox=command:gnuplot ca-certificates=file:/etc/ssl/certs)
test_needs=(catch2=module:catch2)
fashion_mnist=dataset-fashion-mnist=file:/usr/share/datasets/fashion-mnist
test_wants=(librandom123-dev=header:Random123/philox.h qemu-user=command:qemu-x86_64
  cmake=command:cmake shellcheck=command:shellcheck graphviz=command:dot "$fashion_mnist"
  chromium=command:chromium)
matrix_wants=(clang=command:clang++ libomp-dev=file:/usr/lib/llvm-*/lib/libomp.so
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

# What was tried in vain is not tried again for a day: each try may take minutes without a network.
tried() { [ -n "$(find "$build/tried/$1" -mtime -1 2>/dev/null)" ]; } # NAME
remember() { # NAME...
  local name
  mkdir -p "$build/tried"
  for name in "$@"; do touch "$build/tried/$name"; done
}

# Whether this user may install packages; asks for sudo's password where somebody can give it.
may_install() {
  if [ -z "${rights:-}" ]; then
    if ! command -v apt-get; then
      rights="no apt-get"
    elif [ "$(id -u)" -eq 0 ]; then
      rights=root
    elif command -v sudo && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
      rights=sudo
    else
      rights=none
    fi
  fi >/dev/null
  [ "$rights" = root ] || [ "$rights" = sudo ]
}

apt() { # ARGUMENT...: apt-get, which gives up on a network that is silent, but not on a busy lock
  local as_root=(env)
  [ "$rights" = root ] || as_root=(sudo env)
  "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=120 "$@" &>>"$build/install.log" </dev/null
}

install_packages() { # NAME...: false if that did not work
  say "Installing through apt-get: $*"
  if [ -z "${updated:-}" ]; then
    updated=yes
    say "(this may take some minutes; the details go to build/install.log)"
    : >"$build/install.log"
    apt update || true # the lists may do as they are
  fi
  apt install -y --no-install-recommends "$@"
}

# Sets `lacking` and `wanted` to what is missing of NEED... [-- WANT...].
look_for() {
  local needs=() name
  while [ $# -gt 0 ] && [ "$1" != -- ]; do needs+=("$1") && shift; done
  [ $# -eq 0 ] || shift
  read -ra lacking <<<"$(missing "${needs[@]}")"
  read -ra wanted <<<"$(missing "$@")"
}

# Installs what is missing of NEED... [-- WANT...], in one go. Whether all needs are there then.
provide() {
  local name untried=()
  look_for "$@"
  for name in "${wanted[@]}"; do tried "$name" || untried+=("$name"); done
  [ $((${#lacking[@]} + ${#untried[@]})) -gt 0 ] || return 0
  if may_install; then
    if ! install_packages "${lacking[@]}" "${untried[@]}" &&
      [ ${#lacking[@]} -gt 0 ] && [ ${#untried[@]} -gt 0 ]; then
      install_packages "${lacking[@]}" || true
    fi
    hash -r
    look_for "$@"
    remember "${wanted[@]}"
  fi
  [ ${#lacking[@]} -eq 0 ]
}

check_build() {
  if ! mkdir -p "$build" 2>/dev/null || [ ! -w "$build" ]; then
    die "$build cannot be written to: copy the whole folder to where you may write, and run that."
  fi
}

# The same, but without a need it says who must do what, and ends; without a want it goes on.
need() {
  check_build
  local command="apt-get update && apt-get install -y --no-install-recommends"
  if provide "$@"; then
    [ ${#wanted[@]} -gt 0 ] || return 0
    case ${rights:-} in
      "no apt-get") say "Going on without what Debian calls: ${wanted[*]}" ;;
      none) say "Going on without ${wanted[*]}; root can install that: $command ${wanted[*]}" ;;
      *) say "Going on without ${wanted[*]}: could not be installed within the last day" \
        "(to try again: rm -r $build/tried)" ;;
    esac
    return
  fi
  command+=" ${lacking[*]}${wanted[*]:+ ${wanted[*]}}"
  case $rights in
    "no apt-get") die "Missing here, by the names that Debian gives them: ${lacking[*]}" \
      "This system has no apt-get: please install them its own way, then run this again." ;;
    none) die "Missing here: ${lacking[*]}" \
      "You cannot install packages. Ask root, or somebody who may use sudo, to run this once:" \
      "  $command" "Then run this again." ;;
    *) die "Could not install: ${lacking[*]}" "$(tail -n 5 "$build/install.log")" \
      "All of it is in $build/install.log. To try by hand:" "  $command" ;;
  esac
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

chapters() { # their folders' names, along the learner's track
  local number rest main
  while read -r number rest; do
    for main in "$root/tutorial/$number"_*/main.cpp; do
      main=${main%/main.cpp}
      [ ! -d "$main" ] || say "${main##*/}"
    done
  done <"$root/tutorial/track.txt"
}

# The program's own check, tutorial/support/options.cpp, made before there is a program. Both are
# tested with tutorial/support/option_cases.txt. Sets `data`, `out` and `asks_help`.
check_options() { # OPTION...
  local option value
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      --quick | --numbers-only) continue ;;
      -h | --help)
        asks_help=yes
        continue
        ;;
      --*=*) value=${option#*=} option=${option%%=*} ;;
      --epochs | --batch-size | --seed | --threads | --data | --out)
        [ $# -gt 0 ] || usage_error "$option: its value is missing"
        value=$1
        shift
        ;;
    esac
    case $option in
      --epochs | --batch-size) check_number "$option" "$value" 1 2147483647 ;;
      --threads) check_number "$option" "$value" 1 4096 ;;
      --seed) check_number "$option" "$value" 0 18446744073709551615 ;;
      --data)
        [ -d "$value" ] || usage_error "--data: there is no folder '$value'"
        data=$value
        ;;
      --out)
        [ -n "$value" ] || usage_error "--out: its value is missing"
        out=$value
        ;;
      *) usage_error "there is no option '$option'" ;;
    esac
  done
}

usage_error() { # MESSAGE
  printf '%s\n' "$1" "The options: tools/run NN --help" >&2
  exit 2
}

check_number() { # OPTION TEXT LEAST MOST, in decimal digits; MOST may be beyond the shell's numbers
  local digits=
  [[ $2 =~ ^0*([0-9]+)$ ]] && digits=${BASH_REMATCH[1]}
  if [ -z "$digits" ] || [ ${#digits} -gt ${#4} ] || { [ "$3" = 1 ] && [ "$digits" = 0 ]; } ||
    { [ ${#digits} -eq ${#4} ] && [[ $digits > $4 ]]; }; then
    usage_error "$1: '$2' is not a whole number from $3 to $4"
  fi
}

check_out() { # FOLDER: a run makes its own beside it, or beside the one that it is a link to
  local reason
  reason=$(mkdir -p "$1" 2>&1) || die "--out: $1 cannot be made: ${reason##*: }"
  [ -w "$1/.." ] || die "--out: the folder of $1 cannot be written to"
}

# Where lanewise::data::find looks (include/lanewise/data/datasets.hpp).
data_folders() { # mnist or fashion_mnist
  local cache=${XDG_CACHE_HOME:-}
  [[ $cache = /* ]] || cache=${HOME:+$HOME/.cache}
  [ -z "${LANEWISE_DATA:-}" ] || printf '%s\n' "$LANEWISE_DATA/$1" "$LANEWISE_DATA"
  [ -z "$cache" ] || say "$cache/lanewise/$1"
  [ "$1" = mnist ] || say /usr/share/datasets/fashion-mnist
}

holds_data() { # FOLDER: of MNIST or of Fashion-MNIST, whose files have the same names
  local file name found
  for file in {train,t10k}-{images@idx3,labels@idx1}-ubyte; do
    found=
    for name in "${file/@/-}" "${file/@/.}"; do
      [ ! -f "$1/$name.gz" ] && [ ! -f "$1/$name" ] || found=yes
    done
    [ -n "$found" ] || return 1
  done
}

has_data() { # mnist or fashion_mnist
  local folder
  while read -r folder; do
    ! holds_data "$folder" || return 0
  done <<<"$(data_folders "$1")"
  return 1
}

uses_data() { grep -q load_mnist "$root/tutorial/$1/main.cpp"; } # CHAPTER

download_data() { # whether it worked, now or before
  local status=0
  if has_data mnist; then return 0; fi
  if tried mnist; then
    say "MNIST could not be downloaded within the last day (to try again: $root/tools/fetch_data)."
    return 1
  fi
  command -v python3 >/dev/null || return 1
  say "MNIST is not on this machine: downloading it"
  "$root/tools/fetch_data" || status=$?
  [ $status -ne 130 ] || exit 130
  [ $status -eq 0 ] || remember mnist
  return $status
}

# prepare_chapters NAME...: sees to their data, in the folder `data` if that is set, and to the
# packages `needs` and `wants`, before anything is built.
needs=() wants=()
prepare_chapters() {
  local name with_data='' in_place=''
  for name in "$@"; do ! uses_data "$name" || with_data=yes; done
  if [ -n "$with_data" ] && [ -n "${data:-}" ]; then
    holds_data "$data/mnist" || holds_data "$data" ||
      die "--data: neither $data nor $data/mnist has MNIST's four files" \
        "(train-images-idx3-ubyte.gz and so on)"
  elif [ -n "$with_data" ] && ! has_data mnist; then
    # First what a download needs, if that may be installed.
    provide "${needs[@]}" -- "${wants[@]}" || true
    if ! download_data; then
      in_place=yes
      if ! has_data fashion_mnist; then
        say "Without MNIST, the package ${fashion_mnist%%=*} is needed, or a folder of it: --data DIR"
        needs+=("$fashion_mnist")
      fi
    fi
  fi
  need "${needs[@]}" -- "${wants[@]}"
  [ -z "$in_place" ] || say "Fashion-MNIST, which has the same format, takes MNIST's place."
}

build_chapter() { # NAME
  local target=tutorial/chapter_${1%%_*}
  ninja -C "$build" -t query "$target" &>/dev/null || configure "$build" -Dtutorial=enabled
  say "Building $1 (minutes the first time, seconds from then on)"
  compile "$build" "$target"
}

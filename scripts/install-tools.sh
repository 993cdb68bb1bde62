#!/usr/bin/env bash
# Installs, from Debian's packages, what is missing of the tools that a purpose needs:
#   scripts/install-tools.sh run     to build and run Berth
#   scripts/install-tools.sh test    to test it, and for the demo
#   scripts/install-tools.sh bench   to measure it beside nginx and docker-registry
# Does nothing, and asks no server, when nothing is missing.
set -euo pipefail

missing=()

# need_package PACKAGE…: by the package's name.
need_package() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
            missing+=("$package")
    done
}

# need_command COMMAND PACKAGE: the command may have come from elsewhere, such as docker from docker.com.
need_command() {
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null || missing+=("$2")
}

# need_python_module MODULE PACKAGE: Debian takes modules of Python's own library into packages of their own.
need_python_module() {
    python3 -c "import $1" 2>/dev/null || missing+=("$2")
}

for_run() {
    need_command gcc gcc
    need_command g++ g++
    need_command ld binutils
    need_command git git
    need_package ca-certificates libc6-dev libsqlite3-dev libssl-dev libxml2-dev pkg-config tzdata zlib1g-dev
}

for_test() {
    need_command buildah buildah
    need_command busybox busybox-static
    need_command chromedriver chromium-driver
    need_command chromium chromium
    need_command curl curl
    need_command docker docker.io
    need_command dockerd docker.io
    need_command ip iproute2
    need_command jq jq
    need_command openssl openssl
    need_command podman podman
    need_command python3 python3
    need_python_module ensurepip python3-pip
    need_python_module ensurepip python3-venv
    need_command skopeo skopeo
    need_command strace strace
    need_package fonts-noto-cjk
}

# Debian starts servers when it installs them, docker-registry on the very port of Berth's: they are stopped below.
for_bench() {
    need_command docker-registry docker-registry
    need_command nginx nginx-light
    need_command python3 python3
    need_command skopeo skopeo
    need_command wrk wrk
    need_python_module ensurepip python3-pip
    need_python_module ensurepip python3-venv
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
    echo "This script knows Debian and its kin (apt) only: install the packages that it names by hand." >&2
    exit 1
}
case ${1:-} in
    run) for_run ;;
    test) for_run && for_test ;;
    bench) for_run && for_bench ;;
    *)
        echo "usage: scripts/install-tools.sh run|test|bench" >&2
        exit 2
        ;;
esac

if ((${#missing[@]})); then
    mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort --unique)
    echo "Installing ${missing[*]} …"
    as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || {
            echo "Missing: ${missing[*]}. Install them as root (apt-get install ${missing[*]}) and try again." >&2
            exit 1
        }
        as_root=(sudo)
    fi
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update --quiet
    "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
    if [[ -d /run/systemd/system ]]; then
        for service in docker-registry nginx; do
            [[ " ${missing[*]} " != *" $service"* ]] || "${as_root[@]}" systemctl disable --now --quiet "$service"
        done
    fi
fi

command -v swift >/dev/null || {
    echo "Swift 6.3 or newer is needed and cannot be installed with apt: see https://www.swift.org/install/linux/" >&2
    exit 1
}

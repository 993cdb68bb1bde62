#!/usr/bin/env bash
# Plays the sharing story against a server of its own: a free port, temporary storage, nothing left behind.
# Every step is checked; the first that does not do what it should ends the demo with a non-zero status.
#   BERTH   the program to use; by default the release build
set -euo pipefail
cd "$(dirname "$0")/.."

berth_program=${BERTH:-.build/release/berth}
work=$(mktemp --directory)
server=
finish() {
    local status=$?
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    if ((status)) && [[ -s $work/serve.err ]]; then
        echo "The server's last words:" >&2
        tail -n 20 "$work/serve.err" >&2
    fi
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bold= plain=
if [[ -t 1 ]]; then bold=$'\e[1m' plain=$'\e[0m'; fi
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
failed() {
    echo "THE DEMO FAILED: $*" >&2
    exit 1
}
show() { printf '  $ %s\n' "$*"; }
said() { sed 's/^/    /' "$work/said"; }

# works WORDS… : shows a command and runs it; it must succeed.
works() {
    show "$@"
    "$@" >"$work/said" 2>&1 || { said && failed "this command should have worked"; }
    said
}
# refused REASON WORDS… : shows a command and runs it; it must fail, and give the reason.
refused() {
    local reason=$1
    shift
    show "$@"
    if "$@" >"$work/said" 2>&1; then
        said
        failed "this command should have been refused"
    fi
    said
    grep --quiet --ignore-case -- "$reason" "$work/said" || failed "the refusal does not say '$reason'"
}

berth() { "$berth_program" "$@" --storage "$work/storage" --certs "$work/certs"; }
# As an account's own machine: skopeo with that account's login.
as() {
    local account=$1 verb=$2
    shift 2
    skopeo "$verb" --authfile "$work/$account.json" "$@"
}
push() { as "$1" copy --quiet --preserve-digests --dest-tls-verify=false "oci:$work/image:1" "docker://$registry/$2"; }
pull() {
    rm -rf "$work/pulled-by-$1"
    as "$1" copy --quiet --preserve-digests --src-tls-verify=false "docker://$registry/$2" "dir:$work/pulled-by-$1"
}
login() { as "$1" login --tls-verify=false --username "$1" --password-stdin "$registry" <<<"secret of $1"; }
add_account() { berth account add "$1" --password-stdin <<<"secret of $1"; }

# An image of one layer with one program of this machine, as an OCI layout.
make_image() {
    local layout=$work/image program
    program=$(command -v busybox || command -v true)
    mkdir -p "$layout/blobs/sha256"
    add() {
        local hash
        hash=$(sha256sum <"$layout/new" | cut -d' ' -f1)
        printf '"digest":"sha256:%s","size":%s' "$hash" "$(stat --format %s "$layout/new")"
        mv "$layout/new" "$layout/blobs/sha256/$hash"
    }
    local layer config manifest type=application/vnd.oci.image
    tar --create --file "$layout/new" --directory / "${program#/}"
    local diff
    diff=$(sha256sum <"$layout/new" | cut -d' ' -f1)
    layer=$(add)
    printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$diff" \
        >"$layout/new"
    config=$(add)
    printf '{"schemaVersion":2,"mediaType":"%s.manifest.v1+json","config":{"mediaType":"%s.config.v1+json",%s},' \
        "$type" "$type" "$config" >"$layout/new"
    printf '"layers":[{"mediaType":"%s.layer.v1.tar",%s}]}' "$type" "$layer" >>"$layout/new"
    manifest=$(add)
    printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s.manifest.v1+json",%s,' "$type" "$manifest" \
        >"$layout/index.json"
    printf '"annotations":{"org.opencontainers.image.ref.name":"1"}}]}' >>"$layout/index.json"
    printf '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
}

[[ -x $berth_program ]] || failed "there is no program at $berth_program: run make build"
make_image

step "A server of the demo's own"
env BERTH_ADMIN_PASSWORD="secret of admin" "$berth_program" serve --listen 127.0.0.1:0 \
    --storage "$work/storage" --certs "$work/certs" >"$work/serve.out" 2>"$work/serve.err" &
server=$!
registry=
for _ in $(seq 300); do
    registry=$(sed --quiet 's,.*http://\([0-9.:]*\).*,\1,p' "$work/serve.out" | head -n 1)
    [[ -z $registry ]] || break
    kill -0 "$server" 2>/dev/null || failed "the server ended before it served"
    sleep 0.1
done
[[ -n $registry ]] || failed "the server did not say where it serves"
echo "    Berth serves at $registry"

step "Three accounts: acme owns images, globex will be given one, initech is a stranger"
works add_account acme
works add_account globex
works add_account initech
works berth org add acme --account acme
for account in acme globex initech; do works login "$account"; done

step "acme pushes an image; it is private"
works push acme acme/app:1

step "Nobody else can pull it, or tell that it exists"
refused "name unknown" pull globex acme/app:1

step "acme shares it with globex for a day"
works berth share add acme/app --with globex --for 24h --description trial
works berth share list acme/app
works berth share received globex

step "globex pulls it: the same bytes"
works pull globex acme/app:1
cmp "$work/pulled-by-globex/manifest.json" \
    "$work/image/blobs/sha256/$(sha256sum <"$work/pulled-by-globex/manifest.json" | cut -d' ' -f1)" ||
    failed "globex pulled other bytes than acme pushed"

step "A share is for pulling, nothing else"
refused "denied" push globex acme/app:mine

step "initech still cannot pull it"
refused "name unknown" pull initech acme/app:1

step "acme ends the share: the very next pull is refused"
works berth share remove acme/app globex
refused "name unknown" pull globex acme/app:1

step "A share that ends by itself: valid for three seconds"
works berth share add acme/app --with globex --for 3s
works pull globex acme/app:1
show "pull globex acme/app:1, again and again"
for _ in $(seq 100); do
    pull globex acme/app:1 >"$work/said" 2>&1 || break
    sleep 0.1
done
refused "name unknown" pull globex acme/app:1

step "The server stops when it is asked to"
kill "$server"
status=0
wait "$server" || status=$?
server=
((status == 0)) || failed "the server ended with status $status"

step "Everything did what it should."

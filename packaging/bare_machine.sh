#!/usr/bin/env bash
# Shows that the tree needs nothing but Python: runs packaging/dev.py on a throw-away bare Debian.
#
#     packaging/bare_machine.sh run           set up and open the desk, as root
#     packaging/bare_machine.sh run run test  each argument is one dev.py command line, in turn
#     packaging/bare_machine.sh --user run    as an ordinary user, who may not install packages
#
# Wants root and debootstrap. The bare system has python3 and no other package added; mirror,
# proxies, certificates and pip settings are those of this machine. DEBIAN_RELEASE (bookworm) and
# DEBIAN_MIRROR (what apt uses here) may be set. Nothing is left behind but the base system, in
# ~/.cache/vaultdesk. Sourced, it only lends its functions: tests/installers has uses for them.
set -euo pipefail

release=${DEBIAN_RELEASE:-bookworm}
base=${XDG_CACHE_HOME:-$HOME/.cache}/vaultdesk/bare-$release.tar
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

make_base() {
    local mirror folder=$1/base
    mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
        'Created-By: Packages' | awk -v wanted="$release" '$1 == wanted {print $2; exit}')}
    debootstrap --variant=minbase --include=python3 "$release" "$folder" "$mirror"
    mkdir -p "$(dirname "$base")"
    tar -C "$folder" -cf "$base.new" . && mv "$base.new" "$base"
    rm -rf "$folder"
}

# The network as this machine reaches it: names, certificates, apt's and pip's settings.
lend_network() {
    local root=$1 file
    for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt \
        /etc/pip.conf "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf" ${PIP_CONFIG_FILE:-}; do
        [ -f "$file" ] && install -D -m 644 "$file" "$root${file/#$HOME//home/desk}"
    done
    mkdir -p "$root/usr/local/share"
    cp -a /usr/local/share/ca-certificates "$root/usr/local/share/" 2>/dev/null || true
    apt-config dump | grep '^Acquire::' > "$root/etc/apt/apt.conf.d/99-as-outside" || true
}

copy_tree() {
    mkdir -p "$1"
    git -C "$tree" ls-files -z --cached --others --exclude-standard |
        (cd "$tree" && xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\0" "$f"; done' _ || true) |
        tar -C "$tree" --null --files-from=- -cf - | tar -C "$1" -xf -
}

# Runs inside a mount and process namespace of its own, so that all of it ends with this function.
inside() {
    local root=$1 owner=$2 folder name variables=() command
    shift 2
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    # Package folders that pip is told of; an index named simple/ has its files beside it.
    { python3 -m pip config list 2>/dev/null || true; } |
        grep -oE "(file://|[ ='])/[^ ']+" | sed -E "s|^file://||; s|^[ =']||; s|/simple/?$||" |
        sort -u | while read -r folder; do
        [ -d "$folder" ] || continue
        mkdir -p "$root$folder"
        mount --bind -o ro "$folder" "$root$folder"
    done
    for name in $(compgen -e); do
        case ${name,,} in
            pip_* | uv_* | http_proxy | https_proxy | no_proxy | ssl_cert_* | requests_ca_bundle)
                variables+=("$name=${!name}") ;;
        esac
    done
    for command in "$@"; do
        echo "==> bare $release, as $owner: python3 packaging/dev.py $command"
        local started=$SECONDS code=0
        chroot --userspec="$owner:$owner" "$root" env -i "${variables[@]}" HOME=/home/desk \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
            sh -c "cd /home/desk/vaultdesk && exec python3 packaging/dev.py $command" || code=$?
        echo "==> exit code $code after $((SECONDS - started)) s"
        [ "$code" = 0 ] || return "$code"
    done
}

# A bare system in an empty folder, with the user `desk`.
make_root() {
    local root=$1
    [ -f "$base" ] || make_base "$root"
    tar -C "$root" -xpf "$base"
    chroot "$root" useradd --create-home desk
    lend_network "$root"
}

# Runs one command in a bare system, as its user OWNER, with the variables given by VARIABLE=VALUE.
enter() {
    local root=$1 owner=$2
    shift 2
    unshare --mount --pid --fork --kill-child bash -euo pipefail -c '
        mount -t proc proc "$0/proc"
        mount --rbind /dev "$0/dev"
        exec chroot --userspec="$1:$1" "$0" env -i HOME="$2" LANG=C.UTF-8 \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${@:3}"' \
        "$root" "$owner" "$(awk -F: -v name="$owner" '$1 == name {print $6}' "$root/etc/passwd")" "$@"
}

main() {
    local owner=root root
    [ "${1:-}" != --user ] || { owner=desk; shift; }
    [ $# -gt 0 ] || { sed -n '2,/^set/{/^set/d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}"; exit 2; }
    [ "$(id -u)" = 0 ] || { echo "$0 needs root: it makes a Debian and enters it." >&2; exit 1; }
    root=$(mktemp -d)
    trap 'rm -rf --one-file-system "'"$root"'"' EXIT
    make_root "$root"
    copy_tree "$root/home/desk/vaultdesk"
    chroot "$root" chown -R "$owner:" /home/desk
    export -f inside
    export release
    unshare --mount --pid --fork --kill-child bash -euo pipefail -c 'inside "$@"' _ \
        "$root" "$owner" "$@"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    main "$@"
fi

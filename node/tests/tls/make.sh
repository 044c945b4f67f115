#!/usr/bin/env bash
# The certificates of these tests, for a hundred years and one whose time is over: `bash make.sh`. They and their keys are for tests alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
authority() {
    key "$1.key"
    openssl req -x509 -new -key "$1.key" -subj "/CN=$1 of tests" -days 36500 -out "$1.pem" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
}
signed() {
    local name=$1 by=$2 usage=$3
    shift 3
    key "$name.key"
    openssl req -new -key "$name.key" -subj "/CN=$name" | openssl x509 -req -CA "$by.pem" -CAkey "$by.key" "$@" -out "$name.pem" \
        -extfile <(printf 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=%s\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n' "$usage")
}
authority authority
authority stranger
signed node authority serverAuth -days 36500
signed renewed authority serverAuth -days 36500
signed sender authority clientAuth -days 36500
signed other authority clientAuth -days 36500
signed unknown stranger clientAuth -days 36500
signed expired authority clientAuth -days 0
rm authority.key stranger.key

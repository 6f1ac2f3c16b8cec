#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks a proof of a Daylight ledger with a shell, openssl 3 and od, and nothing of Daylight:
#
#   verify.sh VKEY PROOF OPENING              (for this one: jq)
#   verify.sh VKEY PROOF ENTRY [KEY PART…]
#
# VKEY     a file with the log's verifier key in its first line (https://HOST/ledger/vkey; better: from paper)
# PROOF    a .tlog-proof file (https://HOST/ledger/proof/INDEX)
# OPENING  what opens an article's entry (https://HOST/COLUMN/ID/proof.json)
# ENTRY    the entry's text (as https://HOST/ledger/entry/INDEX shows it)
# KEY      a file with "key" of the opening, base64; then its parts in order, each in a file as it is hashed
#
# Exit 0: all holds. 1: it does not, and the last line says what. 2: wrong use, or a tool is missing.
# docs/verify-by-hand.md takes the same steps one by one.
set -u
LC_ALL=C
export LC_ALL
[ $# = 3 ] || [ $# -ge 5 ] || { sed -n '3,16s/^# \{0,1\}//p' "$0"; exit 2; }
command -v openssl >/dev/null && command -v od >/dev/null || { echo "openssl and od are needed"; exit 2; }
vkey=$1 proof=$2 entry=$3
shift 3
for file in "$vkey" "$proof" "$entry" "$@"; do [ -r "$file" ] || { echo "$file cannot be read"; exit 2; }; done
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT

no() { echo "REFUTED: $1"; exit 1; }
is_number() { case $1 in '' | 0?* | *[!0-9]* | ???????????????????*) false ;; esac; } # as the formats write it; within 63 bits
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
sha256() { openssl dgst -sha256 -binary; }
# base64_file TEXT FILE: standard base64, in its only spelling
base64_file() { printf '%s\n' "$1" | openssl base64 -d -A >"$2" 2>/dev/null && [ "$(openssl base64 -A <"$2")" = "$1" ]; }
# number BYTES: big-endian
be() {
    shift_by=$(($2 * 8))
    while [ "$shift_by" -gt 0 ]; do
        shift_by=$((shift_by - 8))
        printf "\\$(printf %03o $(($1 >> shift_by & 255)))"
    done
}
# node LEFT RIGHT OUT
node() { { printf '\001'; cat "$1" "$2"; } | sha256 >"$3.new" && mv "$3.new" "$3"; }

# --- an opening: its entry, key and parts become files; of a part that is closed there is only its hash ---
if [ "$(head -c 1 "$entry")" = "{" ]; then
    command -v jq >/dev/null || { echo "jq is needed to read an opening; or give the entry, the key and the parts as files"; exit 2; }
    [ $# = 0 ] || { echo "an opening has its key and parts in it"; exit 2; }
    opening=$entry entry=$dir/entry names=id,language,published,title,source,author,keywords,summary,picture,picture_alt,note,body
    jq -e '.format == "daylight/opening/v1" and (.entry | type) == "string" and (.parts | type) == "array"' "$opening" >/dev/null 2>&1 || no "this is no opening of an entry"
    jq -j .entry "$opening" >"$entry"
    case $(sed -n 2p "$entry") in withdraw | erase) names=id,language,reason ;; esac # a place's name is for the format to say
    [ "$(jq -r '[.parts[].name | tostring] | join(",")' "$opening")" = "$names" ] || no "the opening's parts are not $names"
    jq -r '.key // ""' "$opening" >"$dir/secret"
    set -- "$dir/secret"
    jq -r '.parts[] | if (.value | type) == "string" then "value " + (.value | @base64) else "hash " + (.hash | tostring) end' "$opening" >"$dir/parts"
    number=0
    while IFS=' ' read -r what content; do
        if [ "$what" = value ]; then
            printf '%s\n' "$content" | fold -w 64 | openssl base64 -d >"$dir/part$number"
            set -- "$@" "$dir/part$number"
        else
            base64_file "$content" "$dir/part$number.hash" && [ ${#content} = 44 ] || no "a hash of the opening is not 32 bytes in base64"
            set -- "$@" "$dir/part$number.hash"
        fi
        number=$((number + 1))
    done <"$dir/parts" || exit
fi

# --- the log's key: NAME+ID+KEY, the key being one byte of type and 32 of Ed25519 ---
IFS= read -r line <"$vkey"
name=${line%%+*} rest=${line#*+}
id=${rest%%+*}
base64_file "${rest#*+}" "$dir/typed" || no "the verifier key is not base64"
[ "$(wc -c <"$dir/typed" | tr -d ' ')" = 33 ] && [ "$(hex "$dir/typed" | cut -c1-2)" = 01 ] || no "the verifier key is not one for Ed25519"
tail -c 32 "$dir/typed" >"$dir/key"
{ printf '%s\n' "$name"; cat "$dir/typed"; } | sha256 >"$dir/id"
[ "$(hex "$dir/id" | cut -c1-8)" = "$id" ] || no "the verifier key's id is not that of its name and key"
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; cat "$dir/key"; } >"$dir/key.der"

# --- the proof: index, path, and the checkpoint behind the first empty line ---
IFS= read -r first <"$proof"
[ "$first" = "c2sp.org/tlog-proof@v1" ] || no "this is not a .tlog-proof file"
sed '1,/^$/d' "$proof" >"$dir/checkpoint"
sed '/^$/,$d' "$proof" | sed -n 's/^index //p' >"$dir/index"
index=$(cat "$dir/index")
is_number "$index" || no "the proof has no index"

# --- the checkpoint's text, and the signature of this key ---
sed '/^$/,$d' "$dir/checkpoint" >"$dir/text"
origin=$(sed -n 1p "$dir/text") size=$(sed -n 2p "$dir/text")
is_number "$size" || no "the checkpoint has no size"
[ "$origin" = "$name" ] || no "the checkpoint is of $origin, the key of $name"
base64_file "$(sed -n 3p "$dir/text")" "$dir/root" || no "the checkpoint's root is not base64"
signed=no
sed '1,/^$/d' "$dir/checkpoint" >"$dir/signatures"
while IFS=' ' read -r dash by payload; do
    [ "$dash" = "—" ] && [ "$by" = "$name" ] || continue
    base64_file "$payload" "$dir/signature" || no "a signature of $name is not base64"
    [ "$(hex "$dir/signature" | cut -c1-8)" = "$id" ] || continue
    tail -c +5 "$dir/signature" >"$dir/raw"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$dir/key.der" -rawin -in "$dir/text" -sigfile "$dir/raw" >/dev/null 2>&1 ||
        no "the signature of $name does not verify"
    signed=yes
done <"$dir/signatures" || exit
[ "$signed" = yes ] || no "the checkpoint is not signed by this key"

# --- from the entry up to the root ---
{ printf '\000'; cat "$entry"; } | sha256 >"$dir/hash"
[ "$index" -lt "$size" ] || no "the index lies beyond the tree"
at=$index last=$((size - 1))
for sibling in $(sed '/^$/,$d' "$proof" | sed '1d;/^index /d;/^extra /d'); do
    base64_file "$sibling" "$dir/sibling" && [ ${#sibling} = 44 ] || no "a hash of the path is not 32 bytes in base64"
    [ "$last" -gt 0 ] || no "the path is too long"
    if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
        node "$dir/sibling" "$dir/hash" "$dir/hash"
        while [ $((at % 2)) = 0 ] && [ "$at" -gt 0 ]; do at=$((at / 2)) last=$((last / 2)); done
    else
        node "$dir/hash" "$dir/sibling" "$dir/hash"
    fi
    at=$((at / 2)) last=$((last / 2))
done
[ "$last" = 0 ] || no "the path is too short"
cmp -s "$dir/hash" "$dir/root" || no "the entry is not at index $index of the tree that was signed"
echo "The entry stands at index $index of the $size entries of $origin, signed by its key $id."
[ $# -gt 0 ] || exit 0

# --- the commitment of the parts ---
open=0
[ -z "$(sed -n 1p "$1")" ] || base64_file "$(sed -n 1p "$1")" "$dir/opening" || no "the opening's key is not base64"
shift
number=0
{ printf 'daylight/document/v1\000'; be $# 4; } >"$dir/document"
for part in "$@"; do
    if [ "$part" = "$dir/part$number.hash" ]; then
        cat "$part" >>"$dir/document"
    else
        [ -s "$dir/opening" ] || no "the opening has words and no key"
        { printf salt; be $number 4; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(hex "$dir/opening")" -binary >"$dir/salt"
        { printf 'daylight/part/v1\000'; cat "$dir/salt"; be $number 4; be "$(wc -c <"$part" | tr -d ' ')" 8; cat "$part"; } | sha256 >>"$dir/document"
        open=$((open + 1))
    fi
    number=$((number + 1))
done
commit=$(sha256 <"$dir/document" | openssl base64 -A)
[ "$(sed -n 's/^commit //p' "$entry")" = "$commit" ] || no "the parts are not what the entry commits to"
if [ "$open" = $# ]; then
    echo "The $# parts are what the entry commits to."
else
    echo "The $# parts are what the entry commits to; the words of $open of them are there to be read."
fi

// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a .tlog-proof: refused in words, or written again as the same bytes; and nothing is proven that the
 * example's log did not sign. */
#include "ledger/proof.h"

#include "fuzz.h"

#define KEY "office.example/ledger+78e30098+Af0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"
#define ENTRY                                                                                                          \
    "daylight/v1\npublish\n2026-11-19\nunit -\nref -\ncommit NxpPvrjWPOiMec8TB27sRkvpU8AignZXMhsyVQ0WHsg=\ncode -\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_part((const char *)data, size);
    struct proof_file p;
    struct vkey key;
    struct err e = {0};
    BUF_LOCAL(again);
    if (proof_read(bytes, &p, &e)) {
        FUZZ_CHECK(e.text[0], "no words\n");
        return 0;
    }
    proof_write(&p, &again);
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
    FUZZ_CHECK(vkey_read(STR(KEY), &key, &e) == 0, "%s\n", e.text);
    struct hash leaf = merkle_leaf(ENTRY, sizeof ENTRY - 1);
    FUZZ_CHECK(proof_check(&p, &key, &leaf, NULL, &e) != 0 || p.index == 1, "index %llu\n",
               (unsigned long long)p.index);
    return 0;
}

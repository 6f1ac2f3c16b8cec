// SPDX-License-Identifier: Apache-2.0
/* Any bytes as an entry and as a list of keys: refused in words, or written again as the same bytes. */
#include "ledger/entry.h"

#include "fuzz.h"
#include "ledger/keys.h"

static void check_entry(struct str bytes) {
    struct entry entry;
    struct err e = {0};
    BUF_LOCAL(again);
    if (entry_read(bytes, &entry, &e)) {
        FUZZ_CHECK(e.text[0], "no words\n");
        return;
    }
    FUZZ_CHECK(bytes.n <= ENTRY_MOST, "%zu bytes\n", bytes.n);
    FUZZ_CHECK(entry_write(&entry, &again, &e) == 0, "%s\n", e.text);
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
}

static void check_keys(struct str bytes) {
    static struct keys keys;
    struct err e = {0};
    BUF_LOCAL(again);
    if (keys_read_list(bytes, &keys, &e)) {
        FUZZ_CHECK(e.text[0], "no words\n");
        return;
    }
    keys_write_list(&keys, &again);
    FUZZ_CHECK(str_eq(buf_str(&again), bytes), "%s\n", again.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_entry(str_part((const char *)data, size));
    check_keys(str_part((const char *)data, size));
    return 0;
}

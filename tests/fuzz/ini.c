// SPDX-License-Identifier: Apache-2.0
/* Any bytes as an INI file: refused with its line, or pairs that are trimmed, named and within the text. */
#include "base/ini.h"

#include "fuzz.h"

#include <string.h>

struct seen {
    size_t pairs, bytes;
};

static int note(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    struct seen *seen = arg;
    (void)reterr;
    FUZZ_CHECK(key.n && str_eq(str_trim(key), key), "\"%.*s\"\n", STR_FMT(key));
    FUZZ_CHECK(str_eq(str_trim(section), section), "\"%.*s\"\n", STR_FMT(section));
    FUZZ_CHECK(!memchr(key.p, '\n', key.n) && !memchr(key.p, '=', key.n), "\"%.*s\"\n", STR_FMT(key));
    FUZZ_CHECK(!value.n || value.p[value.n - 1] != ' ', "\"%.*s\"\n", STR_FMT(value));
    seen->pairs++;
    seen->bytes += key.n + value.n;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct seen seen = {0};
    struct err err = {0};
    int bad = ini_read(str_part((const char *)data, n), note, &seen, &err);
    FUZZ_CHECK(bad ? strncmp(err.text, "line ", 5) == 0 : !err.text[0], "\"%s\"\n", err.text);
    FUZZ_CHECK(seen.bytes <= n, "%zu bytes of %zu\n", seen.bytes, n);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a date: what is found lies within the text, and is found again when it is all there is. */
#include "press/import/when.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str text = str_part((const char *)data, n);
    struct when w, again;
    if (!when_find(text, "Asia/Shanghai", &w))
        return 0;
    FUZZ_CHECK(w.at <= n && w.n > 0 && w.n <= n - w.at, "at %zu, %zu of %zu\n", w.at, w.n, n);
    struct str part = str_part(text.p + w.at, w.n);
    FUZZ_CHECK(when_find(part, "Asia/Shanghai", &again), "\"%.*s\" is not found again\n", STR_FMT(part));
    FUZZ_CHECK(again.us == w.us && again.ambiguous == w.ambiguous, "\"%.*s\" is another moment\n", STR_FMT(part));
    (void)when_read(text, "Asia/Shanghai", &again); /* only not to crash */
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* Any bytes under any label: UTF-8 without controls comes out, or a sentence. The first byte chooses the label. */
#include "text/charset.h"

#include "text/utf8.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static const char *const labels[] = {NULL,        "utf-8",        "gb2312", "big5",  "utf-16",     "utf-16be",
                                         "shift_jis", "windows-1252", "euc-kr", "bogus", "iso-2022-jp"};
    if (n == 0)
        return 0;
    struct str in = str_part((const char *)data + 1, n - 1);
    const char *name = NULL;
    struct err e = {0};
    BUF_LOCAL(out);
    if (charset_decode(in, labels[data[0] % (sizeof labels / sizeof *labels)], &out, &name, &e)) {
        FUZZ_CHECK(e.text[0] && out.n == 0 && !name, "%s\n", e.text);
        return 0;
    }
    FUZZ_CHECK(name, "no name\n");
    FUZZ_CHECK(utf8_valid(buf_str(&out)), "not UTF-8\n");
    for (size_t i = 0; i < out.n; i++)
        FUZZ_CHECK((unsigned char)out.p[i] >= 0x20 || out.p[i] == '\t' || out.p[i] == '\n', "a control at %zu\n", i);
    return 0;
}

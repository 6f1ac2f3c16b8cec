// SPDX-License-Identifier: Apache-2.0
/* Any bytes as saved text. */
#include "fuzz.h"
#include "import_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    import_check(str_part((const char *)data, n), "page.txt");
    return 0;
}

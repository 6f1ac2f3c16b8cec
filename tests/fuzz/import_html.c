// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a saved page: a document whose body is clean and whose words are UTF-8, or one sentence. */

#include "fuzz.h"
#include "import_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    import_check(str_part((const char *)data, n), "page.html");
    return 0;
}

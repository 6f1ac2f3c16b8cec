// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What cmocka wants to be included before it, in the order it wants. CMOCKA_TEST_FILTER='*word*' runs those tests of a
 * program alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__attribute__((constructor)) static void choose_tests(void) {
    const char *pattern = getenv("CMOCKA_TEST_FILTER");
    if (pattern)
        cmocka_set_test_filter(pattern);
}

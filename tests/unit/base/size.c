// SPDX-License-Identifier: Apache-2.0
#include "base/size.h"

#include "../unit.h"

static void an_amount_reads_as_people_say_it(void **state) {
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 bytes"},
        {1, "1 byte"},
        {1000, "1000 bytes"},
        {1023, "1023 bytes"},
        {1024, "1 KB"},
        {1536, "1.5 KB"},
        {4096, "4 KB"},
        {70000, "68.3 KB"},
        {1024 * 1024 - 1, "1023.9 KB"},
        {1024 * 1024, "1 MB"},
        {33554432, "32 MB"},
        {33554432 + 1, "32 MB"},
        {UINT64_C(5) << 29, "2.5 GB"},
        {UINT64_C(3) << 40, "3 TB"},
        {UINT64_C(1) << 50, "1 PB"},
        {UINT64_MAX, "15.9 EB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(size_text(cases[i].bytes).z, cases[i].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_reads_as_people_say_it),
    };
    return cmocka_run_group_tests_name("base/size", tests, NULL, NULL);
}

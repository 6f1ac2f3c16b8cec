// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include "../unit.h"

#include <string.h>

static void every_byte_asked_for_is_filled(void **state) {
    (void)state;
    unsigned char seen[67] = {0};
    for (int round = 0; round < 64; round++) {
        unsigned char now[67] = {0};
        random_bytes(now, sizeof now);
        for (size_t i = 0; i < sizeof now; i++)
            seen[i] |= now[i];
    }
    for (size_t i = 0; i < sizeof seen; i++) /* stays 0 by chance once in 2^512 */
        assert_int_not_equal(seen[i], 0);
}

static void no_bytes_beyond_are_touched(void **state) {
    (void)state;
    unsigned char box[16];
    memset(box, 0x5a, sizeof box);
    random_set_seed(3);
    random_bytes(box + 2, 11);
    random_set_seed(0);
    assert_int_equal(box[1], 0x5a);
    assert_int_equal(box[13], 0x5a);
}

static void a_seed_repeats_the_stream(void **state) {
    (void)state;
    unsigned char a[32], b[32], c[32];
    random_set_seed(7);
    random_bytes(a, sizeof a);
    random_set_seed(7);
    random_bytes(b, sizeof b);
    random_set_seed(0);
    random_bytes(c, sizeof c);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
}

static void numbers_below_are_below_and_all_come(void **state) {
    (void)state;
    unsigned count[6] = {0};
    random_set_seed(11);
    for (int i = 0; i < 6000; i++) {
        uint64_t r = random_below(6);
        assert_in_range(r, 0, 5);
        count[r]++;
    }
    random_set_seed(0);
    for (size_t i = 0; i < 6; i++)
        assert_in_range(count[i], 850, 1150);
    assert_int_equal(random_below(1), 0);
    assert_true(random_below(UINT64_MAX) < UINT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_asked_for_is_filled),
        cmocka_unit_test(no_bytes_beyond_are_touched),
        cmocka_unit_test(a_seed_repeats_the_stream),
        cmocka_unit_test(numbers_below_are_below_and_all_come),
    };
    return cmocka_run_group_tests_name("base/random", tests, NULL, NULL);
}

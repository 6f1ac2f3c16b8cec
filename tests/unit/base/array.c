// SPDX-License-Identifier: Apache-2.0
#include "base/array.h"

#include "../unit.h"
#include "alloc_faults.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct numbers {
    size_t *item;
    size_t n, room;
};

static bool add(struct numbers *x, size_t number) {
    size_t *more = array_grow(x->item, x->n, &x->room, sizeof *more);
    if (!more)
        return false;
    x->item = more;
    x->item[x->n++] = number;
    return true;
}

static void what_was_added_stays_while_it_grows(void **state) {
    (void)state;
    struct numbers x = {0};
    for (size_t i = 0; i < 5000; i++)
        assert_true(add(&x, i));
    assert_true(x.room >= 5000 && x.room <= 10000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(x.item[i], i);
    free(x.item);
}

static void without_memory_nothing_changes_and_it_goes_on_later(void **state) {
    (void)state;
    for (size_t nth = 0; nth < 4; nth++) { /* for 64, 128, 256 and 512 numbers */
        struct numbers x = {0};
        bool failed = false;
        alloc_faults_at(nth);
        for (size_t i = 0; i < 500 && !failed; i++)
            failed = !add(&x, i);
        (void)alloc_faults_off();
        assert_true(failed);
        assert_int_equal(x.n, nth ? 32 << nth : 0);
        assert_true(add(&x, x.n));
        for (size_t i = 0; i < x.n; i++)
            assert_int_equal(x.item[i], i);
        free(x.item);
    }
}

static void a_room_that_no_number_holds_is_no_memory(void **state) {
    (void)state;
    size_t room = SIZE_MAX / 2 + 1;
    assert_null(array_grow(NULL, room, &room, 1));
    room = SIZE_MAX / 8;
    assert_null(array_grow(NULL, room, &room, 8));
    assert_int_equal(room, SIZE_MAX / 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_stays_while_it_grows),
        cmocka_unit_test(without_memory_nothing_changes_and_it_goes_on_later),
        cmocka_unit_test(a_room_that_no_number_holds_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

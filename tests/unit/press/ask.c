// SPDX-License-Identifier: Apache-2.0
#include "press/ask.h"

#include "ground.h"
#include "queries.h"
#include "store/fault.h"

#include <string.h>

static void finding_nothing_is_an_answer_and_leaves_no_sentence(void **state) {
    struct fixture *f = *state;
    struct reading r = reading_begin(f);
    struct err why = {0};
    int64_t got = 7;
    assert_int_equal(ask_int(r.tx, &Q_column_id_of_slug, CELLS(cell_z("news")), -1, &got, &why), 0);
    assert_int_equal(got, -1);
    assert_int_equal(ask_int(r.tx, &Q_column_count_all, CELLS(cell_z("en")), 0, &got, &why), 0); /* a sum of none */
    assert_int_equal(got, 0);
    assert_int_equal(why.code, 0);
    assert_string_equal(why.text, "");
    reading_end(&r);
}

static void what_is_found_is_given(void **state) {
    struct fixture *f = *state;
    int64_t id = ground_column(f, "news"), got = 0;
    struct reading r = reading_begin(f);
    MUST(ask_int(r.tx, &Q_column_id_of_slug, CELLS(cell_z("news")), -1, &got, e));
    assert_int_equal(got, id);
    reading_end(&r);
}

static void a_failure_is_passed_on_with_its_sentence(void **state) {
    struct fixture *f = *state;
    struct reading r = reading_begin(f);
    struct err why = {0};
    int64_t got = 7;
    store_fail_at(1);
    assert_int_equal(ask_int(r.tx, &Q_column_id_of_slug, CELLS(cell_z("news")), -1, &got, &why), -ERR_STORE_AWAY);
    (void)store_fail_at(0);
    assert_int_equal(got, 7);
    assert_true(strlen(why.text) > 10);
    assert_int_equal(ask_run(r.tx, &Q_column_delete, CELLS(cell_int(1)), NULL), -ERR_STORE_AWAY); /* the whole of it */
    assert_int_equal(ask_no_memory(&why), -ERR_NO_MEMORY);
    assert_non_null(strstr(why.text, "memory"));
    reading_end(&r);
}

static void the_engine_is_told(void **state) {
    struct fixture *f = *state;
    struct reading r = reading_begin(f);
    assert_int_equal(ask_on_sqlite(r.tx), strcmp(f->engine, "sqlite") == 0);
    reading_end(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(finding_nothing_is_an_answer_and_leaves_no_sentence),
        ON_BOTH_ENGINES(what_is_found_is_given),
        ON_BOTH_ENGINES(a_failure_is_passed_on_with_its_sentence),
        ON_BOTH_ENGINES(the_engine_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

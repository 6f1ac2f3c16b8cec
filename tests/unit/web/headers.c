// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/headers: what the policy promises. */
#include "web/headers.h"

#include "unit.h"

#include <string.h>

static const char *value_of(const char *name, unsigned where) {
    const char *found = NULL;
    for (const struct fixed_header *h = fixed_headers; h->name; h++)
        if (strcmp(h->name, name) == 0 && (h->where & where)) {
            assert_null(found); /* none twice in one answer */
            found = h->value;
        }
    return found;
}

static void nothing_inline_and_no_other_host_is_allowed(void **state) {
    (void)state;
    static const unsigned kinds[] = {HEADER_PAGES, HEADER_MEDIA, HEADER_OPEN};
    for (size_t i = 0; i < 3; i++) {
        const char *policy = value_of("Content-Security-Policy", kinds[i]);
        assert_non_null(policy);
        assert_memory_equal(policy, "default-src 'none'", 18);
        assert_null(strstr(policy, "unsafe"));
        assert_null(strstr(policy, "*"));
        assert_null(strstr(policy, "http"));
        assert_non_null(strstr(policy, "frame-ancestors 'none'"));
        assert_string_equal(value_of("X-Content-Type-Options", kinds[i]), "nosniff");
        assert_string_equal(value_of("X-Frame-Options", kinds[i]), "DENY");
    }
    assert_non_null(strstr(value_of("Content-Security-Policy", HEADER_MEDIA), "sandbox"));
    assert_non_null(strstr(value_of("Content-Security-Policy", HEADER_PAGES), "base-uri 'none'"));
    assert_non_null(strstr(value_of("Content-Security-Policy", HEADER_PAGES), "form-action 'self'"));
}

static void only_open_answers_may_be_read_by_other_sites(void **state) {
    (void)state;
    assert_string_equal(value_of("Access-Control-Allow-Origin", HEADER_OPEN), "*");
    assert_string_equal(value_of("Cross-Origin-Resource-Policy", HEADER_OPEN), "cross-origin");
    assert_null(value_of("Access-Control-Allow-Origin", HEADER_PAGES | HEADER_SECURE));
    assert_null(value_of("Access-Control-Allow-Origin", HEADER_MEDIA | HEADER_SECURE));
}

static void every_value_fits_one_line_of_visible_ascii(void **state) {
    (void)state;
    for (const struct fixed_header *h = fixed_headers; h->name; h++)
        for (const char *p = h->value; *p; p++)
            assert_true(*p >= ' ' && *p < 127);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_inline_and_no_other_host_is_allowed),
        cmocka_unit_test(only_open_answers_may_be_read_by_other_sites),
        cmocka_unit_test(every_value_fits_one_line_of_visible_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

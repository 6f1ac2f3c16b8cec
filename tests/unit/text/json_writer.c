// SPDX-License-Identifier: Apache-2.0
#include "text/json_writer.h"

#include "../unit.h"

#include <jansson.h>

static void expect_written(const struct buf *b, json_t *same) {
    char *wanted = json_dumps(same, JSON_COMPACT);
    assert_non_null(wanted);
    assert_string_equal(b->p, wanted);
    free(wanted);
    json_decref(same);
}

static void an_object_is_what_jansson_writes_of_it(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct json_writer w = {.to = &b};
    json_begin(&w, NULL, '{');
    json_text(&w, "name", STR("中文 \"a\\b/c\" <b>"));
    json_int(&w, "least", INT64_MIN);
    json_begin(&w, "none", '[');
    json_end(&w, ']');
    json_begin(&w, "some", '[');
    json_int(&w, NULL, 0);
    json_nothing(&w, NULL);
    json_begin(&w, NULL, '{');
    json_end(&w, '}');
    json_end(&w, ']');
    json_truth(&w, "yes", true);
    json_truth(&w, "no", false);
    json_nothing(&w, "null");
    json_text_if(&w, "left out", STR_NONE);
    json_text_if(&w, "some text", STR("x"));
    json_text(&w, "empty", STR_NONE);
    json_end(&w, '}');
    expect_written(&b, json_pack("{s:s, s:I, s:[], s:[i, n, {}], s:b, s:b, s:n, s:s, s:s}", "name",
                                 "中文 \"a\\b/c\" <b>", "least", (json_int_t)INT64_MIN, "none", "some", 0, "yes", 1,
                                 "no", 0, "null", "some text", "x", "empty", ""));
}

static void every_character_is_written_as_jansson_writes_it(void **state) {
    (void)state;
    for (int c = 0; c < 256; c++) {
        char bytes[] = {'a', (char)c, 'z'};
        json_t *same = json_stringn(bytes, 3);
        BUF_LOCAL(b);
        struct json_writer w = {.to = &b};
        json_text(&w, NULL, str_part(bytes, 3));
        if (!same) { /* no UTF-8 */
            assert_string_equal(b.p, "\"a\xef\xbf\xbdz\"");
            continue;
        }
        char *wanted = json_dumps(same, JSON_ENCODE_ANY);
        assert_string_equal(b.p, wanted);
        free(wanted);
        json_decref(same);
    }
}

static void a_script_cannot_be_ended_from_within(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct json_writer w = {.to = &b, .in_html = true};
    json_text(&w, NULL, STR("</script><!--"));
    assert_string_equal(b.p, "\"\\u003c/script>\\u003c!--\"");
    json_t *read = json_loads(b.p, JSON_DECODE_ANY, NULL);
    assert_string_equal(json_string_value(read), "</script><!--");
    json_decref(read);
}

static void a_full_buf_says_so(void **state) {
    (void)state;
    BUF_LOCAL(b);
    b.limit = 4;
    struct json_writer w = {.to = &b};
    json_text(&w, NULL, STR("longer"));
    assert_true(buf_failed(&b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_what_jansson_writes_of_it),
        cmocka_unit_test(every_character_is_written_as_jansson_writes_it),
        cmocka_unit_test(a_script_cannot_be_ended_from_within),
        cmocka_unit_test(a_full_buf_says_so),
    };
    return cmocka_run_group_tests_name("text/json_writer", tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* Mustache: our own cases, and the official specification's files where they are at hand. */
#include "text/template.h"

#include "base/file.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, struct value *view, const char *wanted) {
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "page", str_of(text), &err), 0);
    assert_int_equal(templates_add(t, "layout", STR("<{{$main}}nothing{{/main}}>"), &err), 0);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "page", view, &out, &err), 0);
    assert_string_equal(out.p, wanted);
    templates_free(t);
}

static void values_are_escaped_unless_asked_otherwise(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a);
    value_set_z(view, "x", "<a href=\"'&'\">");
    expect("{{x}} {{{x}}} {{&x}}", view,
           "&lt;a href=&quot;&#39;&amp;&#39;&quot;&gt; <a href=\"'&'\"> <a href=\"'&'\">");
}

static void a_page_fills_the_blocks_of_its_layout(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a);
    struct value *list = value_set_list(view, "item");
    value_set_z(value_append_object(list), "name", "one");
    value_set_z(value_append_object(list), "name", "two");
    expect("{{<layout}}{{$main}}{{#item}}[{{name}}]{{/item}}{{^none}}!{{/none}}{{/main}}{{/layout}}", view,
           "<[one][two]!>");
}

static void a_shared_tree_can_stand_in_two_views(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *shared = value_object(a), *home = value_object(a);
    value_set_z(shared, "hello", "hi");
    value_set(home, "t", shared);
    for (int i = 0; i < 2; i++) {
        ARENA_LOCAL(b, 0);
        struct value *view = value_object(b);
        value_set_z(view, "before", "b");
        value_set(view, "t", shared);
        value_set_z(view, "after", "a");
        expect("{{before}}{{t.hello}}{{after}}", view, "bhia");
    }
}

static void a_wrong_template_is_refused_with_its_line(void **state) {
    (void)state;
    static const char *const wrong[] = {"a\n{{#x}}\n", "\n{{/x}}", "\n{{#x}}{{/y}}", "\n{{x", "\n{{}}", "\n{{=a=}}"};
    struct templates *t = templates_new();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        assert_int_equal(templates_add(t, "bad", str_of(wrong[i]), &err), -ERR_INVALID);
        assert_non_null(strstr(err.text, "template bad: line "));
        assert_false(templates_has(t, "bad"));
    }
    templates_free(t);
}

static void a_second_template_of_a_name_replaces_the_first(void **state) {
    (void)state;
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "a", STR("one"), &err), 0);
    assert_int_equal(templates_add(t, "b", STR("{{>a}}"), &err), 0);
    assert_int_equal(templates_add(t, "a", STR("two"), &err), 0);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "b", NULL, &out, &err), 0);
    assert_string_equal(out.p, "two");
    templates_free(t);
}

static void templates_that_include_each_other_without_end_are_stopped(void **state) {
    (void)state;
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "a", STR("x{{>a}}"), &err), 0);
    assert_int_equal(templates_add(t, "b", STR("{{<b}}{{/b}}"), &err), 0);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "a", NULL, &out, &err), -ERR_INTERNAL);
    assert_int_equal(templates_render(t, "b", NULL, &out, &err), -ERR_INTERNAL);
    assert_int_equal(templates_render(t, "c", NULL, &out, &err), -ERR_NOT_FOUND);
    templates_free(t);
}

/* --- the official specification --- */

static struct value *from_json(struct arena *a, const json_t *j) {
    const char *key;
    json_t *item;
    size_t i;
    switch (json_typeof(j)) {
    case JSON_OBJECT: {
        struct value *v = value_object(a);
        json_object_foreach((json_t *)j, key, item) value_set(v, key, from_json(a, item));
        return v;
    }
    case JSON_ARRAY: {
        struct value *v = value_list(a);
        json_array_foreach(j, i, item) value_append(v, from_json(a, item));
        return v;
    }
    case JSON_STRING:
        return value_z(a, json_string_value(j));
    case JSON_INTEGER:
        return value_int(a, json_integer_value(j));
    case JSON_REAL:
        return value_text(a, arena_printf(a, "%.15g", json_real_value(j)));
    case JSON_TRUE:
    case JSON_FALSE:
        return value_bool(a, json_is_true(j));
    default:
        return NULL;
    }
}

static int run_case(const char *file, const json_t *test) {
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(out);
    struct err err = {0};
    struct templates *t = templates_new();
    const char *name, *wanted = json_string_value(json_object_get(test, "expected"));
    json_t *text;
    assert_int_equal(templates_add(t, "the page", str_of(json_string_value(json_object_get(test, "template"))), &err),
                     0);
    json_object_foreach(json_object_get(test, "partials"), name, text)
        assert_int_equal(templates_add(t, name, str_of(json_string_value(text)), &err), 0);
    int bad = templates_render(t, "the page", from_json(a, json_object_get(test, "data")), &out, &err);
    templates_free(t);
    if (!bad && strcmp(out.p, wanted) == 0)
        return 0;
    printf("%s: %s: wanted\n%s\nbut got\n%s\n%s\n", file, json_string_value(json_object_get(test, "name")), wanted,
           out.p, err.text);
    return 1;
}

static void every_case_of_the_official_specification_holds(void **state) {
    (void)state;
    static const char *const files[] = {"comments", "delimiters", "interpolation", "inverted",
                                        "partials", "sections",   "inheritance"};
    int wrong = 0;
    size_t run = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        BUF_LOCAL(path);
        buf_printf(&path, "%s/../shared/vectors/mustache/%s.json", SOURCE_ROOT, files[i]);
        if (!file_exists(path.p)) {
            printf("SKIP the Mustache specification is not at hand: ../shared/vectors/mustache/%s.json\n", files[i]);
            skip();
        }
        json_t *all = json_load_file(path.p, 0, NULL), *test;
        assert_non_null(all);
        size_t k;
        json_array_foreach(json_object_get(all, "tests"), k, test) wrong += run_case(files[i], test), run++;
        json_decref(all);
    }
    assert_int_equal(wrong, 0);
    assert_true(run > 150);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped_unless_asked_otherwise),
        cmocka_unit_test(a_page_fills_the_blocks_of_its_layout),
        cmocka_unit_test(a_shared_tree_can_stand_in_two_views),
        cmocka_unit_test(a_wrong_template_is_refused_with_its_line),
        cmocka_unit_test(a_second_template_of_a_name_replaces_the_first),
        cmocka_unit_test(templates_that_include_each_other_without_end_are_stopped),
        cmocka_unit_test(every_case_of_the_official_specification_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

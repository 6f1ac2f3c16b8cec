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

static void shows(const char *text, const char *wanted) {
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a);
    value_set_z(view, "x", "1");
    value_set_z(view, "lines", "a\nb");
    value_set_bool(view, "yes", true);
    value_set_z(value_set_object(value_set_object(view, "a"), "b"), "c", "deep");
    struct value *list = value_set_list(view, "list");
    value_append(list, value_z(a, "p"));
    value_append(list, value_z(a, "q"));
    value_set_list(view, "empty");
    expect(text, view, wanted);
}

static void delimiters_can_be_changed_and_changed_back(void **state) {
    (void)state;
    shows("{{=<% %>=}}<%x%>{{x}}<%={{ }}=%>{{x}}", "1{{x}}1");
    shows("{{=| |=}}|x|{{x}}", "1{{x}}");
    shows("{{=[ ]=}}[#yes][x][/yes][&x]", "11");
    shows("{{=<%\t%>=}}<%x%>", "1");
    shows("{{=\r\n<%\r\n%>\r\n=}}<%x%>", "1");
}

static void carriage_returns_belong_to_the_line_end(void **state) {
    (void)state;
    shows("a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc\r\n", "a\r\nb\r\nc\r\n");
    shows("{{! note }}\r\n|{{x}}|\r\n", "|1|\r\n");
    shows("{{=<% %>=}}\r\n<%x%>", "1");
    shows("\r{{#yes}}\rb{{/yes}}", "\r\rb"); /* alone it ends no line */
}

static void odd_texts_are_only_text(void **state) {
    (void)state;
    static const char *const texts[] = {"", "{", "}}", "{ {x} }", "}}}", "a { b", "{\n{x}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        shows(texts[i], texts[i]);
    shows("{{x}}}", "1}");
    shows("{{{x}}}}", "1}");
    shows("{ {{x}} }", "{ 1 }");
}

static void dotted_names_go_inwards_only(void **state) {
    (void)state;
    shows("{{a.b.c}}{{a.b.x}}{{a.x}}{{#a.b}}{{c}}{{x}}{{b.c}}{{/a.b}}", "deepdeep1");
    shows("{{#list}}{{.}}{{x}},{{/list}}", "p1,q1,");
    shows("{{^empty}}none{{/empty}}{{#empty}}some{{/empty}}{{^nowhere}}!{{/nowhere}}", "none!");
}

static void a_block_filled_by_the_page_does_not_fill_what_the_page_uses_inside(void **state) {
    (void)state;
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "page",
                                   STR("{{<layout}}{{$title}}Page{{/title}}{{$main}}{{<card}}{{$title}}One"
                                       "{{/title}}{{/card}}{{<card}}{{/card}}{{/main}}{{/layout}}"),
                                   &err),
                     0);
    assert_int_equal(templates_add(t, "layout", STR("<{{$title}}T{{/title}}:{{$main}}{{/main}}>"), &err), 0);
    assert_int_equal(templates_add(t, "card", STR("({{$title}}Card{{/title}})"), &err), 0);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "page", NULL, &out, &err), 0);
    assert_string_equal(out.p, "<Page:(One)(Card)>");
    templates_free(t);
}

static void the_nearest_page_fills_a_block_through_all_its_layouts(void **state) {
    (void)state;
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "base", STR("[{{$a}}a{{/a}}{{$b}}b{{/b}}]"), &err), 0);
    assert_int_equal(
        templates_add(t, "middle", STR("{{<base}}{{$a}}m({{$inner}}i{{/inner}}){{/a}}{{$b}}mb{{/b}}{{/base}}"), &err),
        0);
    assert_int_equal(templates_add(t, "page", STR("{{<middle}}{{$inner}}p{{/inner}}{{$b}}pb{{/b}}{{/middle}}"), &err),
                     0);
    assert_int_equal(templates_add(t, "self", STR("{{<base}}{{$a}}<{{$a}}own{{/a}}>{{/a}}{{/base}}"), &err), 0);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "page", NULL, &out, &err), 0);
    assert_string_equal(out.p, "[m(p)pb]");
    buf_reset(&out);
    assert_int_equal(templates_render(t, "self", NULL, &out, &err), 0);
    assert_string_equal(out.p, "[<own>b]");
    templates_free(t);
}

static void deep_nesting_has_an_end(void **state) {
    (void)state;
    struct templates *t = templates_new();
    struct err err;
    for (int depth = 90; depth < 120; depth += 5) {
        BUF_LOCAL(text);
        for (int i = 0; i < depth; i++)
            buf_add_z(&text, "{{^no}}");
        buf_add_z(&text, "x");
        for (int i = 0; i < depth; i++)
            buf_add_z(&text, "{{/no}}");
        BUF_LOCAL(out);
        int bad = templates_add(t, "deep", buf_str(&text), &err);
        assert_int_equal(bad, depth < 100 ? 0 : -ERR_INVALID);
        if (!bad)
            assert_int_equal(templates_render(t, "deep", NULL, &out, &err), 0);
        assert_string_equal(out.p, bad ? "" : "x");
    }
    templates_free(t);
}

static void a_template_that_multiplies_itself_is_stopped(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a), *list = value_set_list(view, "l");
    for (int i = 0; i < 10; i++)
        (void)value_append_object(list); /* the list is what counts */
    struct templates *t = templates_new();
    struct err err;
    BUF_LOCAL(text);
    for (int i = 0; i < 40; i++)
        buf_add_z(&text, "{{#l}}");
    for (int i = 0; i < 40; i++)
        buf_add_z(&text, "{{/l}}");
    assert_int_equal(templates_add(t, "bomb", buf_str(&text), &err), 0); /* 10 to the 40th */
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "bomb", view, &out, &err), -ERR_INTERNAL);
    for (int i = 0; i < 50; i++) {
        BUF_LOCAL(name);
        buf_reset(&text);
        buf_printf(&name, "t%d", i);
        buf_printf(&text, "{{>t%d}}{{>t%d}}", i + 1, i + 1);
        assert_int_equal(templates_add(t, name.p, buf_str(&text), &err), 0);
    }
    assert_int_equal(templates_render(t, "t0", NULL, &out, &err), -ERR_INTERNAL);
    templates_free(t);
}

static void a_huge_view_is_rendered_whole(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a), *list = value_set_list(view, "row");
    for (int i = 0; i < 100000; i++)
        value_set_int(value_append_object(list), "n", i);
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "page", STR("{{#row}}\n  <p>{{n}}</p>\n{{/row}}\n"), &err), 0);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "page", view, &out, &err), 0);
    assert_true(str_ends(buf_str(&out), "  <p>99999</p>\n"));
    size_t lines = 0;
    for (size_t i = 0; i < out.n; i++)
        lines += out.p[i] == '\n';
    assert_int_equal(lines, 100000);
    templates_free(t);
}

static void a_page_beyond_its_limit_is_no_page(void **state) {
    (void)state;
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "page", STR("0123456789"), &err), 0);
    BUF_LOCAL(out);
    out.limit = 5;
    assert_int_equal(templates_render(t, "page", NULL, &out, &err), -ERR_NO_MEMORY);
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
        cmocka_unit_test(delimiters_can_be_changed_and_changed_back),
        cmocka_unit_test(carriage_returns_belong_to_the_line_end),
        cmocka_unit_test(odd_texts_are_only_text),
        cmocka_unit_test(dotted_names_go_inwards_only),
        cmocka_unit_test(a_block_filled_by_the_page_does_not_fill_what_the_page_uses_inside),
        cmocka_unit_test(the_nearest_page_fills_a_block_through_all_its_layouts),
        cmocka_unit_test(deep_nesting_has_an_end),
        cmocka_unit_test(a_template_that_multiplies_itself_is_stopped),
        cmocka_unit_test(a_huge_view_is_rendered_whole),
        cmocka_unit_test(a_page_beyond_its_limit_is_no_page),
        cmocka_unit_test(every_case_of_the_official_specification_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

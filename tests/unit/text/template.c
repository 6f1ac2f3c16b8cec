// SPDX-License-Identifier: Apache-2.0
/* Mustache: our own cases, and the official specification's files where they are at hand. */
#include "text/template.h"

#include "base/file.h"

#include "../unit.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

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

/* --- what is known beforehand --- */

/* Rendered as it is written, and with `t` and `site` put in. */
static void expect_folded(const char *page, const char *wanted) {
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a), *known = value_object(a), *words = value_set_object(known, "t");
    value_set_z(words, "hello", "<hello>");
    value_set_z(words, "empty", "");
    value_set_z(words, "lines", "one\ntwo");
    value_set_z(words, "end", "end\n");
    value_set_bool(words, "yes", true);
    value_set_bool(words, "no", false);
    value_append(value_set_list(words, "list"), value_z(a, "item"));
    struct value *inner = value_set_object(words, "inner");
    value_set_z(inner, "name", "inner name");
    value_set_z(value_set_object(inner, "t"), "hello", "inner hello");
    value_set_z(view, "name", "outer name");
    value_set(view, "t", words);
    struct templates *t = templates_new();
    struct err err;
    assert_int_equal(templates_add(t, "page", str_of(page), &err), 0);
    assert_int_equal(templates_add(t, "layout", STR("<{{t.hello}}{{$main}}nothing{{/main}}>"), &err), 0);
    assert_int_equal(templates_add(t, "part", STR("a\n{{t.hello}}b\n{{t.empty}}\n{{t.empty}}c{{.}}\n"), &err), 0);
    struct templates *folded = templates_fold(t, known);
    BUF_LOCAL(as_written);
    BUF_LOCAL(out);
    assert_int_equal(templates_render(t, "page", view, &as_written, &err), 0);
    assert_int_equal(templates_render(folded, "page", view, &out, &err), 0);
    assert_string_equal(out.p, as_written.p);
    assert_string_equal(out.p, wanted);
    BUF_LOCAL(without); /* what is put in is not asked for */
    bool all = strstr(page, "t.list") || strstr(page, "t.inner") || strstr(page, "t.end") || strstr(page, "{{#t}}") ||
               strstr(page, "{{.}}") || strstr(page, "{{>");
    assert_int_equal(templates_render(folded, "page", all ? view : NULL, &without, &err), 0);
    if (!strstr(page, "{{name}}"))
        assert_string_equal(without.p, wanted);
    templates_free(folded);
    templates_free(t);
}

static void what_is_known_is_put_in_for_good(void **state) {
    (void)state;
    expect_folded("a {{t.hello}} {{{t.hello}}} b", "a &lt;hello&gt; <hello> b");
    expect_folded("{{#t.yes}}y{{t.hello}}{{/t.yes}}{{^t.yes}}n{{/t.yes}}", "y&lt;hello&gt;");
    expect_folded("{{#t.no}}y{{/t.no}}{{^t.no}}n{{/t.no}}{{#t.empty}}y{{/t.empty}}{{#t.none}}y{{/t.none}}", "n");
    expect_folded("{{^t.none}}{{t.none}}-{{t.none.deeper}}{{/t.none}}", "-");
    expect_folded("{{<layout}}{{$main}}{{t.hello}}{{/main}}{{/layout}}", "<&lt;hello&gt;&lt;hello&gt;>");
    expect_folded("{{t.hello}}, {{name}}", "&lt;hello&gt;, outer name");
}

static void what_cannot_be_told_beforehand_is_looked_for(void **state) {
    (void)state;
    expect_folded("{{#t.list}}{{.}}{{/t.list}}", "item");
    expect_folded("{{#t.inner}}{{name}}{{/t.inner}} {{name}}", "inner name outer name");
    expect_folded("{{#t.hello}}{{.}}{{/t.hello}}", "&lt;hello&gt;");
    expect_folded("{{#t}}{{hello}}{{/t}}", "&lt;hello&gt;");
    expect_folded("{{#t.inner}}{{t.hello}}{{/t.inner}}{{^t.inner}}{{t.hello}}{{/t.inner}} {{t.hello}}",
                  "inner hello &lt;hello&gt;");
    expect_folded("{{#t.hello}}{{>part}}{{/t.hello}}", "a\n&lt;hello&gt;b\n\nc&lt;hello&gt;\n");
}

static void lines_are_indented_as_they_were(void **state) {
    (void)state;
    expect_folded("x\n  {{>part}}\n.", "x\n  a\n  &lt;hello&gt;b\n  \n  c\n.");
    expect_folded("{{t.lines}}\n{{t.end}}  {{>part}}\n.", "one\ntwo\nend\n  a\n&lt;hello&gt;b\n\nc\n\n.");
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

/* Does anything below the top have a member of this name? */
static bool stands_below(const json_t *j, const char *name, bool top) {
    const char *key;
    json_t *item;
    size_t i;
    bool there = false;
    if (json_is_object(j))
        json_object_foreach((json_t *)j, key, item) there =
            there || (!top && strcmp(key, name) == 0) || stands_below(item, name, false);
    else if (json_is_array(j))
        json_array_foreach(j, i, item) there = there || stands_below(item, name, false);
    return there;
}

/* What of the view may be known beforehand. */
static const struct value *constants_of(struct arena *a, const json_t *data) {
    struct value *v = value_object(a);
    const char *key;
    json_t *item;
    if (json_is_object(data))
        json_object_foreach((json_t *)data, key, item) if (!stands_below(data, key, true))
            value_set(v, key, from_json(a, item));
    return v;
}

static int run_case(const char *file, const json_t *test, bool folded) {
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
    const json_t *data = json_object_get(test, "data");
    struct templates *known = folded ? templates_fold(t, constants_of(a, data)) : NULL;
    int bad = templates_render(folded ? known : t, "the page", from_json(a, data), &out, &err);
    templates_free(known);
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
        json_array_foreach(json_object_get(all, "tests"), k, test) for (int folded = 0; folded < 2; folded++) wrong +=
            run_case(files[i], test, folded),
            run++;
        json_decref(all);
    }
    assert_int_equal(wrong, 0);
    assert_true(run > 300);
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
        cmocka_unit_test(what_is_known_is_put_in_for_good),
        cmocka_unit_test(what_cannot_be_told_beforehand_is_looked_for),
        cmocka_unit_test(lines_are_indented_as_they_were),
        cmocka_unit_test(every_case_of_the_official_specification_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "text/messages.h"

#include "../unit.h"

#include <pthread.h>
#include <string.h>

static struct messages *load(const char *tag, const char *ini, const struct messages *fallback) {
    struct messages *m = NULL;
    struct err err = {0};
    int bad = messages_load(tag, str_of(ini), fallback, &m, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(bad, 0);
    return m;
}

/* One pattern, with {n} as a number and {name} as a text. */
static void expect(const char *tag, const char *pattern, int64_t n, const char *name, const char *wanted) {
    BUF_LOCAL(ini);
    buf_printf(&ini, "[s]\nm = %s\n", pattern);
    struct messages *m = load(tag, ini.p, NULL);
    ARENA_LOCAL(a, 0);
    const struct message_arg args[] = {{.name = "n", .number = n}, {.name = "name", .text = str_of(name)}};
    struct str got = messages_format(m, a, "s.m", args, name ? 2 : 1);
    if (!str_is(got, wanted))
        fail_msg("%s: \"%s\" gave \"%.*s\", not \"%s\"", tag, pattern, STR_FMT(got), wanted);
    messages_free(m);
}

static void arguments_stand_where_they_are_named(void **state) {
    (void)state;
    expect("en", "{name} has {n} views", 1284, "It", "It has 1,284 views");
    expect("en", "{ name }{n, number}{n,number}", 5, "x", "x55");
    expect("en", "{name}", 0, "{n}", "{n}"); /* what comes in is not read again */
    expect("zh-CN", "阅读 {n} 次", 1284567, NULL, "阅读 1,284,567 次");
    expect("de", "{n}", 1284567, NULL, "1.284.567");
    expect("hi", "{n}", 1284567, NULL, "12,84,567");
    expect("en", "{n}", INT64_MIN, NULL, "-9,223,372,036,854,775,808");
    expect("en", "plain", 1, NULL, "plain");
}

static void a_missing_argument_is_shown_by_its_name(void **state) {
    (void)state;
    expect("en", "Hello {who}, {n}", 3, NULL, "Hello {who}, 3");
    expect("en", "{k, plural, one {# a} other {# b}}!", 3, NULL, "{k}!");
    expect("en", "{k, select, a {x} other {y}}!", 3, NULL, "{k}!");
}

static void plurals_follow_the_languages_rules(void **state) {
    (void)state;
    const char *en = "{n, plural, =0 {no views yet} one {# view} other {# views}}";
    expect("en", en, 0, NULL, "no views yet");
    expect("en", en, 1, NULL, "1 view");
    expect("en", en, 2, NULL, "2 views");
    expect("en", en, 1284, NULL, "1,284 views");
    expect("zh-CN", "{n, plural, =0 {无} one {错} other {# 次}}", 1, NULL, "1 次"); /* Chinese has one form */
    expect("zh-CN", "{n, plural, other {# 次} =0 {无}}", 0, NULL, "无");
    const char *ru = "{n, plural, one {# год} few {# года} many {# лет} other {#}}";
    expect("ru", ru, 1, NULL, "1 год");
    expect("ru", ru, 21, NULL, "21 год");
    expect("ru", ru, 3, NULL, "3 года");
    expect("ru", ru, 11, NULL, "11 лет");
    const char *ar = "{n, plural, zero {z} one {o} two {t} few {f} many {m} other {x}}";
    static const char *const wanted[] = {"z", "o", "t", "f"};
    for (int i = 0; i < 4; i++)
        expect("ar", ar, i, NULL, wanted[i]);
    expect("ar", ar, 11, NULL, "m");
    expect("ar", ar, 100, NULL, "x");
    expect("en", "{n, plural, =-1 {minus} other {#}}", -1, NULL, "minus");
    expect("en", "{n, plural, =9223372036854775807 {most} other {#}}", INT64_MAX, NULL, "most");
}

static void a_select_picks_by_word(void **state) {
    (void)state;
    const char *p = "{name, select, draft {a draft} published {out} other {?}}";
    expect("en", p, 0, "draft", "a draft");
    expect("en", p, 0, "published", "out");
    expect("en", p, 0, "Published", "?");
    expect("en", p, 0, "", "?");
    expect("en", p, 0, "one two", "?");
}

static void choices_nest_in_each_other(void **state) {
    (void)state;
    const char *p =
        "{name, select, f {{n, plural, one {her # page} other {her # pages}}} other {{n, plural, one {one of "
        "{name}} other {# of {name}}}}}";
    expect("en", p, 1, "f", "her 1 page");
    expect("en", p, 3, "f", "her 3 pages");
    expect("en", p, 1, "Ann", "one of Ann");
    expect("en", p, 4, "Ann", "4 of Ann");
}

static void a_hash_is_a_number_in_a_plural_only(void **state) {
    (void)state;
    expect("en", "# {n} #", 3, NULL, "# 3 #");
    expect("en", "{name, select, other {no #}}", 3, "x", "no #");
    expect("en", "{n, plural, other {# and #}} #", 3, NULL, "3 and 3 #");
    expect("en", "{n, plural, other {'#' is #}}", 3, NULL, "# is 3");
}

static void apostrophes_quote_braces_and_nothing_else(void **state) {
    (void)state;
    expect("en", "it's", 0, NULL, "it's");
    expect("en", "it''s", 0, NULL, "it's");
    expect("en", "'{'name'}'", 0, "x", "{name}");
    expect("en", "'{name}' is {name}", 0, "x", "{name} is x");
    expect("en", "'{it''s}' {name}", 0, "x", "{it's} x");
    expect("en", "l''{name}", 0, "x", "l'x");
    expect("en", "{n, plural, other {l''{name} d''#}}", 3, "x", "l'x d'3");
    expect("en", "{n, plural, other {'{'#'}' it''s}}", 3, NULL, "{3} it's");
    expect("en", "{n, plural, other {'{it''s}' #}}", 3, NULL, "{it's} 3");
    expect("en", "ends with '", 0, NULL, "ends with '");
    expect("en", "'{open to the end", 0, NULL, "{open to the end");
}

static void a_wrong_message_is_refused_with_its_line(void **state) {
    (void)state;
    static const char *const wrong[] = {"{",
                                        "}",
                                        "{}",
                                        "{ }",
                                        "{n",
                                        "a } b",
                                        "{n, date}",
                                        "{n, plural}",
                                        "{n, plural, }",
                                        "{n, plural, one {x}}",
                                        "{n, plural, other x}",
                                        "{n, plural, other {x}",
                                        "{n, plural, other {{}}}",
                                        "{n, plural, {x} other {y}}",
                                        "{n, selectordinal, other {x}}",
                                        "{n, plural, offset:1 other {x}}",
                                        "{a b}",
                                        "{x {y}}",
                                        "{x {a, b}}",
                                        "{a.b}",
                                        "{n, select, other {x} other {y}}",
                                        "{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,select,"
                                        "other{{a,select,other{{a,select,other{{a,select,other{{a,select,other{{a,"
                                        "select,other{x}}}}}}}}}}}}}}}}}}}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        BUF_LOCAL(ini);
        buf_printf(&ini, "[s]\ngood = {n}\nm = %s\n", wrong[i]);
        struct messages *m = NULL;
        struct err err = {0};
        if (messages_load("en", buf_str(&ini), NULL, &m, &err) != -ERR_INVALID)
            fail_msg("\"%s\" was taken", wrong[i]);
        assert_true(str_starts(str_of(err.text), "line 3: m: "));
        assert_null(m);
        assert_int_equal(messages_load("en", buf_str(&ini), NULL, &m, NULL), -ERR_INVALID);
    }
}

static void a_wrong_catalogue_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"a = before a section", "[s]\na = 1\na = 2", "[s]\na = 1\n[t]\n[s]\na = 2",
                                        "[s]\nnonsense", "[a.b]\nc = 1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct messages *m = NULL;
        struct err err = {0};
        assert_int_equal(messages_load("en", str_of(wrong[i]), NULL, &m, &err), -ERR_INVALID);
        assert_true(strlen(err.text) > 10);
    }
    struct messages *m = NULL;
    struct err err = {0};
    assert_int_equal(messages_load("a-tag-that-is-far-too-long", STR(""), NULL, &m, &err), -ERR_INVALID);
    assert_null(strstr(err.text, "memory"));
}

static const char *text_at(const struct messages *m, const char *section, const char *name) {
    return value_as_text(value_get(value_get(messages_value(m), str_of(section)), str_of(name))).p;
}

static void what_is_missing_comes_from_the_fallback(void **state) {
    (void)state;
    struct messages *en = load("en",
                               "[article]\nviews = {n, plural, one {# view} other {# views}}\nby = By\n"
                               "no = none\n[site]\nname = Site",
                               NULL);
    struct messages *zh = load("zh-CN", "[article]\nby = 来源\n[new]\nx = 新", en);
    messages_free(en); /* it need not live on */
    ARENA_LOCAL(a, 0);
    assert_string_equal(messages_tag(zh), "zh-CN");
    assert_true(str_is(messages_get(zh, "article.by"), "来源"));
    assert_true(str_is(messages_get(zh, "article.no"), "none"));
    assert_true(messages_has_own(zh, "article.by"));
    assert_false(messages_has_own(zh, "article.no"));
    assert_false(messages_has_own(zh, "nowhere"));
    assert_true(
        str_is(messages_format(zh, a, "article.views", &(struct message_arg){.name = "n", .number = 1}, 1), "1 views"));
    assert_string_equal(text_at(zh, "article", "by"), "来源");
    assert_string_equal(text_at(zh, "article", "no"), "none");
    assert_string_equal(text_at(zh, "site", "name"), "Site");
    assert_string_equal(text_at(zh, "new", "x"), "新");
    assert_null(value_get(value_get(messages_value(zh), STR("article")), STR("views"))); /* it has an argument */
    messages_free(zh);
}

static void an_unknown_key_is_shown_as_itself(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct messages *en = load("en", "[a]\nwith = {x}", NULL);
    struct messages *both[] = {en, load("zh-CN", "", en)};
    for (size_t i = 0; i < 2; i++) {
        assert_true(str_is(messages_get(both[i], "a.nowhere"), "a.nowhere"));
        assert_true(str_is(messages_format(both[i], a, "a.nowhere", NULL, 0), "a.nowhere"));
        assert_true(str_is(messages_get(both[i], "a.with"), "a.with")); /* that is asked for with messages_format */
        assert_true(str_is(messages_format(both[i], a, "a.with", NULL, 0), "{x}"));
    }
    messages_free(both[1]);
    messages_free(en);
    messages_free(NULL);
}

static void numbers_are_the_languages_own(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct messages *m = load("en", "", NULL);
    assert_true(str_is(messages_number(m, a, 1284), "1,284"));
    assert_true(str_is(messages_number(m, a, 0), "0"));
    assert_true(str_is(messages_number(m, a, -5), "-5"));
    messages_free(m);
    m = load("qx", "", NULL); /* a language that ICU does not know */
    assert_true(messages_number(m, a, 7).n > 0);
    messages_free(m);
}

static void a_long_catalogue_is_found_whole(void **state) {
    (void)state;
    BUF_LOCAL(ini);
    for (int i = 0; i < 3000; i++)
        buf_printf(&ini, "[s%d]\nk%d = text %d\n", i % 7, i, i);
    struct messages *m = load("en", ini.p, NULL);
    for (int i = 0; i < 3000; i++) {
        BUF_LOCAL(key);
        BUF_LOCAL(wanted);
        buf_printf(&key, "s%d.k%d", i % 7, i);
        buf_printf(&wanted, "text %d", i);
        assert_true(str_eq(messages_get(m, key.p), buf_str(&wanted)));
    }
    messages_free(m);
}

static void *format_many(void *arg) {
    const struct messages *m = arg;
    for (int i = 0; i < 500; i++) {
        ARENA_LOCAL(a, 0);
        const struct message_arg args[] = {{.name = "n", .number = i}, {.name = "name", .text = STR("Ann")}};
        BUF_LOCAL(wanted);
        buf_printf(&wanted, "Ann: %d view%s", i, i == 1 ? "" : "s");
        if (!str_eq(messages_format(m, a, "s.m", args, 2), buf_str(&wanted)) || !messages_value(m) ||
            messages_number(m, a, 1284).n != 5)
            return arg;
    }
    return NULL;
}

static void threads_share_one_catalogue(void **state) {
    (void)state;
    struct messages *m = load("en", "[s]\nm = {name}: {n, plural, one {# view} other {# views}}", NULL);
    pthread_t thread[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, format_many, m), 0);
    for (size_t i = 0; i < 4; i++) {
        void *wrong;
        assert_int_equal(pthread_join(thread[i], &wrong), 0);
        assert_null(wrong);
    }
    messages_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_stand_where_they_are_named),
        cmocka_unit_test(a_missing_argument_is_shown_by_its_name),
        cmocka_unit_test(plurals_follow_the_languages_rules),
        cmocka_unit_test(a_select_picks_by_word),
        cmocka_unit_test(choices_nest_in_each_other),
        cmocka_unit_test(a_hash_is_a_number_in_a_plural_only),
        cmocka_unit_test(apostrophes_quote_braces_and_nothing_else),
        cmocka_unit_test(a_wrong_message_is_refused_with_its_line),
        cmocka_unit_test(a_wrong_catalogue_is_refused),
        cmocka_unit_test(what_is_missing_comes_from_the_fallback),
        cmocka_unit_test(an_unknown_key_is_shown_as_itself),
        cmocka_unit_test(numbers_are_the_languages_own),
        cmocka_unit_test(a_long_catalogue_is_found_whole),
        cmocka_unit_test(threads_share_one_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/office. */
#include "web/office.h"

#include "base/file.h"
#include "web/assets.h"
#include "web_ground.h"

#include <stdio.h>
#include <string.h>

static int setup(void **state) {
    *state = ground_new("sqlite");
    return 0;
}

static int teardown(void **state) {
    ground_end(*state);
    return 0;
}

static void put(struct ground *g, const char *kind, const char *name, const char *text) {
    BUF_LOCAL(path);
    buf_printf(&path, "%s/theme/%s", g->fixture->folder, kind);
    assert_int_equal(file_make_folder(path.p, NULL), 0);
    buf_printf(&path, "/%s", name);
    assert_int_equal(file_write(path.p, str_of(text), 0600, NULL), 0);
}

static void what_is_compiled_in_is_there(void **state) {
    struct ground *g = *state;
    assert_true(templates_has(g->office->templates, "article"));
    assert_true(templates_has(g->office->templates, "error"));
    assert_true(assets_address(g->office->assets, "daylight.css").n > 0);
    assert_string_equal(messages_tag(g->office->messages[1]), "zh-CN");
    assert_string_equal(g->office->folder, g->fixture->folder);
}

static void the_theme_replaces_templates_assets_and_messages(void **state) {
    struct ground *g = *state;
    put(g, "templates", "error.mustache", "our own {{detail}}");
    put(g, "assets", "daylight.css", "p{}");
    put(g, "locale", "zh-CN.ini", "[words]\nown = 自己的\n");
    struct office *o = ground_office(g);
    BUF_LOCAL(b);
    ARENA_LOCAL(a, 0);
    struct value *view = value_object(a);
    value_set_z(view, "detail", "<x>");
    assert_int_equal(templates_render(o->templates_in[1], "error", view, &b, NULL), 0);
    assert_string_equal(b.p, "our own &lt;x&gt;");
    assert_true(str_is(assets_find(o->assets, STR("daylight.css"))->form[ENCODING_IDENTITY], "p{}"));
    STR_EQUAL(messages_get(o->messages[1], "words.own"), "自己的");
    office_release(o);
}

static void a_mistake_in_the_theme_is_named_with_its_file(void **state) {
    struct ground *g = *state;
    static const struct {
        const char *kind, *name, *text;
    } bad[] = {{"templates", "home.mustache", "{{#open}} never closed"},
               {"locale", "en.ini", "[article]\nviews = {count, plural,\n"},
               {"assets", "evil.php", "x"}};
    for (size_t i = 0; i < 3; i++) {
        struct office *o = NULL;
        struct err err = {0};
        put(g, bad[i].kind, bad[i].name, bad[i].text);
        int failed = office_load(g->fixture->folder, &g->office->site, NULL, g->fixture->store, g->views, &o, &err);
        assert_true(failed < 0);
        assert_null(o);
        if (!strstr(err.text, bad[i].name))
            print_error("%s\n", err.text);
        assert_non_null(strstr(err.text, bad[i].name));
        BUF_LOCAL(path);
        buf_printf(&path, "%s/theme", g->fixture->folder);
        assert_int_equal(file_remove_all(path.p, NULL), 0);
    }
}

static void the_last_keeper_frees_it_with_its_arena(void **state) {
    struct ground *g = *state;
    struct arena *arena = arena_new(0);
    struct site site = g->office->site;
    site.origin = arena_str(arena, STR("https://another.example"));
    struct office *o = NULL;
    assert_int_equal(office_load(g->fixture->folder, &site, arena, g->fixture->store, g->views, &o, NULL), 0);
    struct office *same = office_keep(o);
    office_release(o);
    STR_EQUAL(same->site.origin, "https://another.example");
    office_release(same); /* the sanitizer tells whether all is freed, and once */
    office_release(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_compiled_in_is_there),
        TEST(the_theme_replaces_templates_assets_and_messages),
        TEST(a_mistake_in_the_theme_is_named_with_its_file),
        TEST(the_last_keeper_frees_it_with_its_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

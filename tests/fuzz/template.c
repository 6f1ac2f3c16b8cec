// SPDX-License-Identifier: Apache-2.0
/* Any text as a Mustache template, rendered with one view: refused with its line, or rendered the same twice and with
 * nothing of the view's markup in it unless asked for raw. */
#include "text/template.h"

#include "fuzz.h"

#include <string.h>

static struct value *build_view(struct arena *a) {
    struct value *view = value_object(a);
    value_set_z(view, "x", "<\x01>");
    value_set_z(view, "lines", "one\ntwo\n");
    value_set_bool(view, "yes", true);
    value_set_bool(view, "no", false);
    struct value *list = value_set_list(view, "l"); /* of one item: two would double with each nesting */
    value_set_z(value_append_object(list), "x", "<1>");
    value_set_list(view, "empty");
    value_set_z(value_set_object(value_set_object(view, "a"), "b"), "c", "<deep>");
    return view;
}

static int render(const struct templates *t, const char *name, const struct value *view, struct buf *ret) {
    struct err err = {0};
    ret->limit = 1 << 20;
    int bad = templates_render(t, name, view, ret, &err);
    FUZZ_CHECK(!bad || err.text[0], "no sentence\n");
    return bad;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str text = str_part((const char *)data, n);
    struct templates *t = templates_new();
    ARENA_LOCAL(a, 0);
    struct err err = {0};
    int bad = templates_add(t, "p", text, &err);
    FUZZ_CHECK(!bad || strncmp(err.text, "template p: line ", 17) == 0, "\"%s\"\n", err.text);
    bad |= templates_add(t, "layout", STR("<{{$m}}m{{/m}}\n  {{$n}}n{{/n}}\n>"), NULL);
    bad |= templates_add(t, "part", STR("({{x}}\n{{#l}}{{.}}{{/l}})"), NULL);
    if (!bad) {
        const struct value *view = build_view(a);
        BUF_LOCAL(once);
        BUF_LOCAL(again);
        bad = render(t, "p", view, &once);
        FUZZ_CHECK(render(t, "p", view, &again) == bad && str_eq(buf_str(&once), buf_str(&again)), "not the same\n");
        bool raw = memmem(data, n, "{", 1) == NULL; /* no tag: the text itself */
        FUZZ_CHECK(bad || !raw || str_eq(buf_str(&once), text), "\"%s\"\n", once.p);
    }
    templates_free(t);
    return 0;
}

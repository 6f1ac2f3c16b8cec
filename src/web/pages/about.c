// SPDX-License-Identifier: Apache-2.0
/* The pages by which the site gives account of itself: accessibility, and how views are counted. */
#include "press/views.h"

#include "text/datetime.h"
#include "web/office.h"
#include "web/page.h"
#include "web/pages/pages.h"

/* When the accessibility statement was last written; it is to be looked at again at least once a year. */
static const char statement_day[] = "2026-11-24";

int accessibility_page(struct request *req) {
    const struct site_words *w = &req->site->words[req->language];
    int64_t us = 0;
    BUF_LOCAL(day);
    if (datetime_parse(str_of(statement_day), req->site->zone, &us))
        datetime_add_long_day(&day, us, req->site->zone, w->language);
    page_set_title(req, messages_get(req->messages, "accessibility.title"));
    value_set_text(req->view, "intro", page_say_text(req, "accessibility.intro", "name", w->name));
    value_set_text(req->view, "prepared",
                   page_say_text(req, "accessibility.prepared", "day", arena_buf(req->arena, &day)));
    return request_page(req, 200, "accessibility");
}

static int64_t largest(const int64_t *totals) {
    int64_t most = 1;
    for (int i = 0; i < VIEW_KINDS; i++)
        if (totals[i] > most)
            most = totals[i];
    return most;
}

int views_page(struct request *req) {
    static const struct {
        const char *class, *key;
    } kinds[VIEW_KINDS] = {
        [VIEW_PERSON] = {"people", "views.people"},
        [VIEW_ROBOT] = {"robots", "views.robots"},
        [VIEW_PREFETCH] = {"prefetches", "views.prefetches"},
        [VIEW_HEAD] = {"head", "views.head"},
        [VIEW_STAFF] = {"staff", "views.staff"},
    };
    int64_t totals[VIEW_KINDS];
    views_totals(req->office->views, totals);
    struct value *list = value_set_list(req->view, "kinds");
    for (int i = 0; i < VIEW_KINDS; i++) {
        struct value *one = value_append_object(list);
        value_set_z(one, "class", kinds[i].class);
        value_set_text(one, "name", messages_get(req->messages, kinds[i].key));
        value_set_text(one, "number", messages_number(req->messages, req->arena, totals[i]));
        double share = 100.0 * (double)totals[i] / (double)largest(totals);
        value_set_text(one, "share", arena_printf(req->arena, "%.1f", share));
    }
    page_set_title(req, messages_get(req->messages, "views.title"));
    return request_page(req, 200, "views");
}

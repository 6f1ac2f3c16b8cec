// SPDX-License-Identifier: Apache-2.0
/* `daylight routes`: the one route table, printed. */
#include "app/commands.h"
#include "app/output.h"
#include "web/route.h"

#include <stdio.h>

static const char *method_word(enum route_method m) {
    return m == METHOD_POST ? "POST" : "GET";
}

static const char *who_word(enum route_who who) {
    return who == WHO_LOCAL ? "local" : "anyone";
}

static const char *cache_word(enum route_cache cache) {
    return cache == CACHE_PAGE ? "page" : cache == CACHE_FOREVER ? "forever" : cache == CACHE_CHECK ? "check" : "none";
}

static const char *kind_word(enum param_kind kind) {
    switch (kind) {
    case PARAM_TEXT:
        return "text";
    case PARAM_INT:
        return "number";
    case PARAM_DAY:
        return "day";
    case PARAM_CHOICE:
        return "choice";
    case PARAM_PATH:
        return "path";
    case PARAM_SLUG:
        return "slug";
    }
    BUG("a parameter of no kind");
}

static json_t *params_json(const struct param *params) {
    json_t *list = json_array();
    for (const struct param *p = params; p && p->name; p++) {
        json_t *one = json_pack("{s:s, s:s}", "name", p->name, "kind", kind_word(p->kind));
        if (one && p->choices)
            (void)json_object_set_new(one, "choices", json_string(p->choices)); /* output_json() tells of a lack */
        (void)json_array_append_new(list, one);
    }
    return list;
}

static int print_json(struct err *reterr) {
    json_t *list = json_array();
    for (const struct route *r = routes; r->handler; r++) {
        json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:s}", "method", method_word(r->method), "pattern",
                                r->pattern, "who", who_word(r->who), "cache", cache_word(r->cache), "any_language",
                                (int)r->any_language, "parameters", params_json(r->params), "summary", r->summary);
        if (!one || json_array_append_new(list, one)) {
            json_decref(list);
            list = NULL;
            break;
        }
    }
    return output_json(list, reterr);
}

int routes_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    (void)arena;
    if (arguments_flag(arguments, "json"))
        return print_json(reterr);
    printf("%-5s %-30s %-7s %-8s %s\n", "", "address", "who", "cache", "what (parameters)");
    for (const struct route *r = routes; r->handler; r++) {
        printf("%-5s %-30s %-7s %-8s %s", method_word(r->method), r->pattern, who_word(r->who), cache_word(r->cache),
               r->summary);
        for (const struct param *p = r->params; p && p->name; p++)
            printf("%s%s", p == r->params ? " (" : ", ", p->name);
        printf("%s\n", r->params && r->params->name ? ")" : "");
    }
    return 0;
}

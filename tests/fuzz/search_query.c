// SPDX-License-Identifier: Apache-2.0
/* A query, a line feed, a text, through the engines themselves: whatever is typed is a search that runs, and a text is
 * found by each of its own words. SQLite always, in a file of its own; PostgreSQL too where DAYLIGHT_TEST_POSTGRES
 * names an empty database. Every input is written, searched and undone in one transaction. */
#include "base/file.h"
#include "press/article.h"
#include "press/search.h"
#include "text/html.h"

#include "fuzz.h"

#include <string.h>

struct place { /* one engine, with one published article in it */
    struct store *store;
    int64_t id;
};

struct input {
    int64_t id;
    struct str typed, text;
};

static int make_article(struct tx *tx, void *arg, struct err *reterr) {
    struct place *p = arg;
    struct column c = {.slug = STR("news"), .kind = COLUMN_NEWS};
    struct article draft = {.text = {.language = "en", .title = STR("The"), .body_html = STR("<p>One</p>")}};
    int rc = column_add(tx, &c, &draft.column_id, reterr);
    if (rc == 0)
        rc = article_add(tx, &draft, &p->id, reterr);
    return rc < 0 ? rc : article_publish(tx, p->id, 0, reterr);
}

static void open_place(struct place *p, const char *url) {
    struct err e = {0};
    int rc = store_open(url, &p->store, &e);
    if (rc == 0)
        rc = store_migrate(p->store, &e);
    if (rc == 0)
        rc = store_write(p->store, make_article, p, &e);
    FUZZ_CHECK(rc == 0, "%s\n", e.text);
}

/* How many are found: 0 or 1. */
static int64_t hits_of(struct tx *tx, struct arena *a, const struct search_query *q) {
    struct search_hits hits;
    struct err e = {0};
    struct search_where where = {.query = q, .language = "en", .most = 5};
    int rc = search_run(tx, a, &where, &hits, &e);
    FUZZ_CHECK(rc == 0, "%s %s\n", tx_engine(tx), e.text);
    FUZZ_CHECK(hits.count <= 1 && hits.list.n == (size_t)hits.count && !hits.more_than_count, "%s\n", tx_engine(tx));
    return hits.count;
}

static int search_and_undo(struct tx *tx, void *arg, struct err *reterr) {
    const struct input *in = arg;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(body);
    if (html_clean(in->text, &body, reterr) < 0)
        return -ERR_CONFLICT;
    struct article_text text = {.language = "en", .summary = in->text, .body_html = buf_str(&body)};
    int rc = search_put(tx, in->id, &text, reterr);
    FUZZ_CHECK(rc == 0, "%s %s\n", tx_engine(tx), reterr->text);
    struct search_query q, own;
    search_query_parse(a, in->typed, &q);
    (void)hits_of(tx, a, &q);
    search_query_parse(a, in->text, &own);
    FUZZ_CHECK(own.n == 0 || hits_of(tx, a, &own) == 1, "%s: all its own words\n", tx_engine(tx));
    for (size_t i = 0; i < own.n; i++) {
        struct search_query one = {.n = 1, .term = {own.term[i]}};
        FUZZ_CHECK(hits_of(tx, a, &one) == 1, "%s: \"%.*s\"\n", tx_engine(tx), STR_FMT(own.term[i].tokens));
    }
    return -ERR_CONFLICT; /* undoes it */
}

static struct place places[2]; /* of this process, as the fuzzer is one */
static char folder[] = "/tmp/daylight-fuzz.XXXXXX";

static void leave(void) {
    store_close(places[0].store);
    store_close(places[1].store);
    (void)file_remove_all(folder, NULL); /* nobody is left to hear of it */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (!places[0].store) {
        char url[80];
        FUZZ_CHECK(mkdtemp(folder) && atexit(leave) == 0, "no folder\n");
        (void)snprintf(url, sizeof url, "sqlite:%s/db", folder);
        open_place(&places[0], url);
        const char *postgres = getenv("DAYLIGHT_TEST_POSTGRES");
        if (postgres)
            open_place(&places[1], postgres);
    }
    if (n > 1000)
        return 0;
    struct input in = {.text = str_part((const char *)data, n)};
    (void)str_cut(&in.text, '\n', &in.typed);
    for (size_t i = 0; i < 2; i++) {
        in.id = places[i].id;
        if (places[i].store)
            (void)store_write(places[i].store, search_and_undo, &in, NULL); /* it says no by design */
    }
    return 0;
}

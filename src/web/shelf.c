// SPDX-License-Identifier: Apache-2.0
/* One article, the ledger's state, some tiles: each with an arena of its own. */
#include "web/shelf.h"

#include "web/pages/card.h"

#include <stdlib.h>
#include <string.h>

enum { TILES_MEMORY_MOST = 4 * 1024 * 1024 };

struct shelf {
    struct arena *of_article; /* NULL: there is none */
    struct article article;
    char language[LANGUAGE_MOST]; /* that was asked for */
    bool has_acts;
    struct article_proof *act;
    size_t acts;
    struct arena *of_ledger; /* NULL: it was not read */
    struct ledger_state ledger;
    struct tiles_at tiles; /* arena NULL: none */
};

struct shelf *shelf_new(void) {
    return calloc(1, sizeof(struct shelf));
}

static void drop_article(struct shelf *s) {
    arena_free(s->of_article);
    s->of_article = NULL;
    s->has_acts = false;
}

static void drop_tiles(struct shelf *s) {
    arena_free(s->tiles.arena);
    s->tiles = (struct tiles_at){0};
}

void shelf_clear(struct shelf *s) {
    if (!s)
        return;
    drop_article(s);
    arena_free(s->of_ledger);
    s->of_ledger = NULL;
    drop_tiles(s);
}

void shelf_free(struct shelf *s) {
    shelf_clear(s);
    free(s);
}

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

int shelf_article(struct request *req, int64_t id, struct article *ret, struct err *reterr) {
    struct shelf *s = req->shelf;
    const char *language = page_language(req);
    if (!s || strlen(language) >= sizeof s->language)
        return article_get(req->tx, req->arena, id, language, false, ret, reterr);
    if (!s->of_article || s->article.id != id || strcmp(s->language, language) != 0) {
        drop_article(s);
        struct arena *a = arena_new(0);
        int rc = a ? article_get(req->tx, a, id, language, false, &s->article, reterr) : no_memory(reterr);
        if (rc < 0) {
            arena_free(a);
            return rc;
        }
        s->of_article = a;
        memcpy(s->language, language, strlen(language) + 1); /* it was seen to fit */
    }
    *ret = s->article;
    return 0;
}

int shelf_acts(struct request *req, int64_t article_id, struct article_proof **ret, size_t *ret_n, struct err *reterr) {
    struct shelf *s = req->shelf;
    if (!s || !s->of_article || s->article.id != article_id)
        return article_proofs(req->tx, req->arena, article_id, ret, ret_n, reterr);
    int rc = s->has_acts ? 0 : article_proofs(req->tx, s->of_article, article_id, &s->act, &s->acts, reterr);
    if (rc < 0)
        return rc;
    s->has_acts = true;
    *ret = s->act;
    *ret_n = s->acts;
    return 0;
}

int shelf_ledger(struct request *req, struct ledger_state *ret, struct err *reterr) {
    struct shelf *s = req->shelf;
    if (!s)
        return ledger_state(req->tx, req->arena, ret, reterr);
    if (!s->of_ledger) {
        struct arena *a = arena_new(0);
        int rc = a ? ledger_state(req->tx, a, &s->ledger, reterr) : no_memory(reterr);
        if (rc < 0) {
            arena_free(a);
            return rc;
        }
        s->of_ledger = a;
    }
    *ret = s->ledger;
    return 0;
}

static struct tiles_at tiles_of(const struct request *req, struct tiles *t, uint64_t size, struct arena *a) {
    return (struct tiles_at){t, req->tx, size, a, size, NULL};
}

struct tiles_at *shelf_tiles(struct request *req, struct tiles *t, uint64_t size) {
    struct shelf *s = req->shelf;
    if (!s) {
        struct tiles_at *alone = arena_alloc(req->arena, sizeof *alone);
        if (alone)
            *alone = tiles_of(req, t, size, req->arena);
        return alone;
    }
    if (s->tiles.arena &&
        (s->tiles.size != size || arena_failed(s->tiles.arena) || arena_used(s->tiles.arena) > TILES_MEMORY_MOST))
        drop_tiles(s);
    if (!s->tiles.arena) {
        struct arena *a = arena_new(0);
        if (!a)
            return NULL;
        s->tiles = tiles_of(req, t, size, a);
    }
    s->tiles.tx = req->tx;
    return &s->tiles;
}

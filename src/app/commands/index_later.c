// SPDX-License-Identifier: Apache-2.0
/* A chunk of what waits is listed and sorted, and read in pieces; a write takes some of them. A write need not wait for
 * the disk: what a power cut undoes waits again. */
#include "app/commands/index_later.h"

#include "app/interrupt.h"
#include "app/ordered.h"
#include "app/progress.h"
#include "press/content.h"
#include "press/search.h"

#include <string.h>
#include <unistd.h>

enum {
    CHUNK = 8192, /* after each, others are told that more is found */
    PIECE = 32,
    WRITE_PIECES_SQLITE = 32, /* nobody else writes meanwhile */
    WRITE_PIECES_MOST = 256,  /* PostgreSQL: a write is a part of its lists; the larger, the fewer */
    AHEAD_PIECES = 64,        /* beyond those of one write */
    AHEAD_BYTES = 128 * 1024 * 1024,
    THREADS_MOST = 8,
};

struct chunk {
    struct store *store;
    struct arena *arena;
    struct search_later *list;
    size_t n;
    struct progress *progress;
    size_t before;       /* texts of earlier chunks */
    size_t write_pieces; /* at most, in one write */
};

struct piece {
    struct chunk *chunk;
    size_t from, n;
    struct arena *arena;
    struct search_text text[PIECE];
    int bad;
    struct err err;
};

static int count_left(struct tx *tx, void *arg, struct err *reterr) {
    return search_later_count(tx, INT64_MAX, arg, reterr);
}

static int list_chunk(struct tx *tx, void *arg, struct err *reterr) {
    struct chunk *c = arg;
    return search_later_list(tx, c->arena, CHUNK, &c->list, &c->n, reterr);
}

/* --- reading --- */

static int read_texts(struct tx *tx, void *arg, struct err *reterr) {
    struct piece *p = arg;
    return search_later_read(tx, p->arena, p->chunk->list + p->from, p->n, p->text, reterr);
}

/* On one of several threads. */
static size_t read_piece(void *arg, size_t number, void *slot) {
    struct piece *p = slot;
    p->chunk = arg;
    p->from = number * PIECE;
    p->n = p->chunk->n - p->from < PIECE ? p->chunk->n - p->from : PIECE;
    p->arena = arena_new(0);
    p->bad = p->arena ? store_read(p->chunk->store, read_texts, p, &p->err)
                      : err_set(&p->err, ERR_NO_MEMORY, "not enough memory");
    return p->arena ? arena_used(p->arena) : 0;
}

/* --- putting in --- */

struct write {
    struct piece *piece[WRITE_PIECES_MOST];
    size_t n;
    bool last; /* of the chunk */
    struct search_text text[WRITE_PIECES_MOST * PIECE];
};

static int put_texts(struct tx *tx, void *arg, struct err *reterr) {
    struct write *w = arg;
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->piece[i]->n; k++)
            w->text[n++] = w->piece[i]->text[k];
    int bad = search_later_put(tx, w->text, n, reterr);
    return !bad && w->last ? content_changed(tx, reterr) : bad;
}

static int write_pieces(struct chunk *c, struct write *w, struct err *reterr) {
    const struct piece *last = w->piece[w->n - 1];
    w->last = last->from + last->n == c->n;
    int bad = store_write_soon(c->store, put_texts, w, reterr);
    for (size_t i = 0; i < w->n; i++)
        arena_free(w->piece[i]->arena);
    w->n = 0;
    if (!bad)
        progress_at(c->progress, c->before + last->from + last->n);
    return bad;
}

static int take_pieces(struct chunk *c, struct ordered *o, size_t pieces, struct err *reterr) {
    struct write *w = arena_alloc(c->arena, sizeof *w);
    int bad = w ? 0 : err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    size_t at = 0;
    while (!bad && at < pieces && !interrupt_came()) {
        struct piece *p = ordered_get(o, at);
        if (p) {
            w->piece[w->n++] = p;
            at++;
            if (p->bad) {
                *reterr = p->err;
                bad = p->bad;
            }
        }
        if (!bad && w->n && (!p || w->n == c->write_pieces || at == pieces)) {
            bad = write_pieces(c, w, reterr);
            ordered_release(o, at);
        }
    }
    ordered_halt(o);
    for (size_t i = 0; w && i < w->n; i++)
        arena_free(w->piece[i]->arena);
    for (const struct piece *p; at < pieces && (p = ordered_get(o, at)); at++) /* read, but not taken any more */
        arena_free(p->arena);
    return bad;
}

static int index_chunk(struct chunk *c, struct err *reterr) {
    struct ordered *o;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct ordered_plan plan = {.pieces = (c->n + PIECE - 1) / PIECE,
                                .window = c->write_pieces + AHEAD_PIECES,
                                .weight = AHEAD_BYTES,
                                .slot = sizeof(struct piece),
                                .work = read_piece,
                                .arg = c};
    plan.threads = processors < 1 ? 1 : processors > THREADS_MOST ? THREADS_MOST : (size_t)processors;
    int bad = ordered_start(&plan, &o, reterr);
    if (bad)
        return bad;
    bad = take_pieces(c, o, plan.pieces, reterr);
    ordered_free(o);
    return bad;
}

int index_later(struct store *store, int64_t *ret_left, struct err *reterr) {
    int64_t left = 0;
    int bad = store_read(store, count_left, &left, reterr);
    struct progress progress = progress_start((size_t)left, "texts put into the search index");
    bool sqlite = strcmp(store_engine(store), "sqlite") == 0;
    struct chunk c = {
        .store = store, .progress = &progress, .write_pieces = sqlite ? WRITE_PIECES_SQLITE : WRITE_PIECES_MOST};
    for (bool more = !bad && left; !bad && more && !interrupt_came(); c.before += c.n) {
        ARENA_LOCAL(arena, 0);
        c.arena = arena;
        bad = arena ? store_read(store, list_chunk, &c, reterr) : err_set(reterr, ERR_NO_MEMORY, "not enough memory");
        more = c.n != 0;
        if (!bad && more)
            bad = index_chunk(&c, reterr);
    }
    progress_clear(&progress);
    return bad ? bad : store_read(store, count_left, ret_left, reterr);
}

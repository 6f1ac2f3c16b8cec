// SPDX-License-Identifier: Apache-2.0
/* The counters and the store: what moved goes there, what other folders counted comes back, and a file that has lost
 * something is raised to what the store remembers. */
#include "press/views/inside.h"

#include "press/ask.h"
#include "queries.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_MOST = 8192, PUT_AT_ONCE = 10 };
_Static_assert(VIEW_KINDS == 5, "the columns of view_count and view_folder are these five, in this order");

struct total { /* one article's, of this folder */
    int64_t id;
    int64_t own[VIEW_KINDS];
};

/* --- what the store knows --- */

struct known {
    struct views *v;
    int64_t since, others_since; /* folds of which the file knows everything */
    int64_t folded, others_folded;
    int64_t others_total[VIEW_KINDS];
    int64_t next_article;
};

static void raise_slot(struct views *v, const struct total *t) {
    struct views_slot *s = &v->file.slots[t->id];
    int64_t sum = 0;
    for (int k = 0; k < VIEW_KINDS; k++) {
        int64_t own = atomic_load(&s->own[k]);
        sum += t->own[k];
        if (t->own[k] <= own)
            continue;
        atomic_fetch_add(&s->own[k], t->own[k] - own);
        atomic_fetch_add(&v->file.head->total[k], t->own[k] - own);
    }
    atomic_store(&s->folded, sum);
    if (views_slot_sum(s) != sum)
        views_mark(v, t->id);
}

/* Rows of (id, counts): calls take for each id that can be counted, once the file reaches it. */
static int each_row(struct views *v, struct rows *r, void (*take)(struct views *v, const struct rows *r, int64_t id),
                    struct err *reterr) {
    int rc;
    while ((rc = rows_next(r, reterr)) > 0) {
        int64_t id = rows_int(r, 0);
        if (id <= 0 || id >= VIEWS_ARTICLES_MOST)
            continue;
        rc = views_grow(v, id, reterr);
        if (rc < 0)
            return rc;
        take(v, r, id);
    }
    return rc;
}

static void take_own(struct views *v, const struct rows *r, int64_t id) {
    struct total t = {.id = id};
    for (int k = 0; k < VIEW_KINDS; k++)
        t.own[k] = rows_int(r, 1 + k);
    raise_slot(v, &t);
}

static void take_others(struct views *v, const struct rows *r, int64_t id) {
    atomic_store(&v->file.slots[id].others, rows_int(r, 1));
}

static int read_others_totals(struct tx *tx, struct known *k, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_view_others_totals, CELLS(cell_z(k->v->folder)), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc <= 0)
        return rc;
    k->others_folded = rows_int(r, 0);
    for (int i = 0; i < VIEW_KINDS; i++)
        k->others_total[i] = rows_int(r, 1 + i);
    return 0;
}

/* What other folders wrote that the file does not know yet; nothing is read where nobody did. */
static int read_others(struct tx *tx, struct known *k, struct err *reterr) {
    int rc = read_others_totals(tx, k, reterr);
    if (rc < 0 || k->others_folded == k->others_since)
        return rc;
    /* Behind what the file has seen: it is another store, or an older one. */
    int64_t since = k->others_folded > k->others_since ? k->others_since : 0;
    ROWS_LOCAL(r);
    rc = tx_rows(tx, &Q_view_others_since, CELLS(cell_z(k->v->folder), cell_int(since)), &r, reterr);
    return rc < 0 ? rc : each_row(k->v, r, take_others, reterr);
}

static void settle_others(const struct known *k) {
    struct views_head *h = k->v->file.head;
    for (int i = 0; i < VIEW_KINDS; i++)
        atomic_store(&h->others_total[i], k->others_total[i]);
    atomic_store(&h->others_folded, k->others_folded);
}

static int read_all(struct tx *tx, void *arg, struct err *reterr) {
    struct known *k = arg;
    int rc = ask_int(tx, &Q_view_folder_folded, CELLS(cell_z(k->v->folder)), 0, &k->folded, reterr);
    if (rc == 0 && k->folded > k->since) {
        ROWS_LOCAL(r);
        rc = tx_rows(tx, &Q_view_own_since, CELLS(cell_z(k->v->folder), cell_int(k->since)), &r, reterr);
        if (rc == 0)
            rc = each_row(k->v, r, take_own, reterr);
    }
    if (rc == 0)
        rc = read_others(tx, k, reterr);
    if (rc == 0)
        rc = ask_int(tx, &Q_view_next_article, CELLS_NONE, 1, &k->next_article, reterr);
    return rc;
}

static void mark_all(struct views *v) {
    int64_t capacity = atomic_load(&v->file.head->capacity);
    for (int64_t id = 0; id < capacity; id++) {
        atomic_store(&v->file.slots[id].folded, 0);
        if (views_slot_sum(&v->file.slots[id]))
            views_mark(v, id);
    }
}

int views_catch_up(struct views *v, struct err *reterr) {
    struct views_head *h = v->file.head;
    /* A power failure may have written the head and lost a slot: then the file knows nothing for sure. */
    bool torn = !v->file.was_clean && !v->file.same_boot;
    struct known k = {
        .v = v,
        .since = torn ? 0 : atomic_load(&h->folded),
        .others_since = torn ? 0 : atomic_load(&h->others_folded),
    };
    int rc = store_read(v->store, read_all, &k, reterr);
    if (rc == 0)
        rc = views_grow(v, k.next_article < VIEWS_ARTICLES_MOST ? k.next_article : VIEWS_ARTICLES_MOST - 1, reterr);
    if (rc < 0)
        return rc;
    /* Behind what the file wrote: the store was restored, or is another one. It gets everything again. */
    if (k.folded < atomic_load(&h->folded))
        mark_all(v);
    settle_others(&k);
    atomic_store(&h->folded, k.folded);
    return 0;
}

/* --- what the store gets --- */

struct batch {
    struct views *v;
    struct total *item;
    size_t n;
    int64_t total[VIEW_KINDS];
    int64_t first_block, end_block; /* looked through for this batch */
    int64_t fold;
};

static void gather_block(struct batch *b, int64_t block) {
    unsigned char moved = BLOCK_MOVED;
    /* From here on a count that moves marks the block again; what moved before is seen below. */
    if (!atomic_compare_exchange_strong(&b->v->block[block], &moved, BLOCK_FOLDING))
        return;
    for (int64_t id = block * BLOCK_SLOTS; id < (block + 1) * BLOCK_SLOTS; id++) {
        struct views_slot *s = &b->v->file.slots[id];
        struct total *t = &b->item[b->n];
        int64_t sum = 0;
        for (int k = 0; k < VIEW_KINDS; k++)
            sum += t->own[k] = atomic_load(&s->own[k]);
        t->id = id;
        b->n += sum != atomic_load(&s->folded);
    }
}

static void gather(struct batch *b) {
    int64_t blocks = atomic_load(&b->v->file.head->capacity) / BLOCK_SLOTS;
    b->n = 0;
    b->first_block = b->end_block;
    while (b->end_block < blocks && b->n + BLOCK_SLOTS <= BATCH_MOST)
        gather_block(b, b->end_block++);
    for (int k = 0; k < VIEW_KINDS; k++)
        b->total[k] = atomic_load(&b->v->file.head->total[k]);
}

/* One row, or PUT_AT_ONCE. */
static int put_rows(struct tx *tx, const struct batch *b, const struct total *t, size_t n, struct err *reterr) {
    struct cell cells[2 + PUT_AT_ONCE * (1 + VIEW_KINDS)] = {cell_z(b->v->folder), cell_int(b->fold)};
    size_t at = 2;
    for (size_t i = 0; i < n; i++) {
        cells[at++] = cell_int(t[i].id);
        for (int k = 0; k < VIEW_KINDS; k++)
            cells[at++] = cell_int(t[i].own[k]);
    }
    return ask_run(tx, n == 1 ? &Q_view_put : &Q_view_put_ten, cells, at, reterr);
}

static int put_batch(struct tx *tx, void *arg, struct err *reterr) {
    struct batch *b = arg;
    b->fold = tx_next_id(tx, "view_fold", reterr);
    if (b->fold < 0)
        return (int)b->fold;
    for (size_t i = 0; i < b->n;) {
        size_t n = b->n - i < PUT_AT_ONCE ? 1 : PUT_AT_ONCE;
        int rc = put_rows(tx, b, &b->item[i], n, reterr);
        if (rc < 0)
            return rc;
        i += n;
    }
    struct cell cells[2 + VIEW_KINDS] = {cell_z(b->v->folder), cell_int(b->fold)};
    for (int k = 0; k < VIEW_KINDS; k++)
        cells[2 + k] = cell_int(b->total[k]);
    return ask_run(tx, &Q_view_folder_put, cells, 2 + VIEW_KINDS, reterr);
}

/* Written: the blocks are clean unless something moved meanwhile. Not written: they have moved as before. */
static void settle(struct batch *b, bool written) {
    for (size_t i = 0; written && i < b->n; i++) {
        int64_t sum = 0;
        for (int k = 0; k < VIEW_KINDS; k++)
            sum += b->item[i].own[k];
        atomic_store(&b->v->file.slots[b->item[i].id].folded, sum);
    }
    if (written && b->n)
        atomic_store(&b->v->file.head->folded, b->fold);
    for (int64_t block = b->first_block; block < b->end_block; block++) {
        unsigned char folding = BLOCK_FOLDING;
        (void)atomic_compare_exchange_strong(&b->v->block[block], &folding, written ? BLOCK_CLEAN : BLOCK_MOVED);
    }
}

static int fold_moved(struct views *v, struct err *reterr) {
    struct batch b = {.v = v, .item = malloc(BATCH_MOST * sizeof *b.item)};
    if (!b.item)
        return ask_no_memory(reterr);
    int64_t blocks = atomic_load(&v->file.head->capacity) / BLOCK_SLOTS;
    int rc = 0;
    while (rc == 0 && b.end_block < blocks) {
        gather(&b);
        if (b.n)
            rc = store_write(v->store, put_batch, &b, reterr);
        settle(&b, rc == 0);
    }
    free(b.item);
    return rc;
}

static int look_around(struct tx *tx, void *arg, struct err *reterr) {
    struct known *k = arg;
    int rc = read_others(tx, k, reterr);
    return rc < 0 ? rc : ask_int(tx, &Q_view_next_article, CELLS_NONE, 1, &k->next_article, reterr);
}

int views_fold(struct views *v, struct err *reterr) {
    (void)pthread_mutex_lock(&v->folding);
    int rc = fold_moved(v, reterr);
    struct known k = {.v = v, .others_since = atomic_load(&v->file.head->others_folded), .next_article = 1};
    if (rc == 0)
        rc = store_read(v->store, look_around, &k, reterr);
    if (rc == 0) {
        settle_others(&k);
        rc = views_grow(v, k.next_article < VIEWS_ARTICLES_MOST ? k.next_article : VIEWS_ARTICLES_MOST - 1, reterr);
    }
    (void)pthread_mutex_unlock(&v->folding);
    return rc;
}

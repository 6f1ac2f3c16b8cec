// SPDX-License-Identifier: Apache-2.0
/* From what waits to what stands: reading, checking and resolving the waiting entries, and the one transaction in which
 * they get their indices. */
#include "ledger/sequencer/batch.h"

#include "ledger/sequencer.h"
#include "queries.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 16, ROW_CELLS = 3, COUNTS_MOST = 256 };

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

/* --- gathering --- */

/* A flipped bit between the act and now must not get into the log for ever. */
static int check_accepted(const struct batch_entry *e, struct str hash, struct err *reterr) {
    struct hash accepted, now;
    (void)crypto_hash_sha256(now.b, (const unsigned char *)e->text.p, e->text.n); /* always 0 */
    int rc = ledger_hash_read(hash, &accepted, reterr);
    if (rc == 0 && !hash_same(&accepted, &now))
        rc = err_set(
            reterr, ERR_LEDGER,
            "The entry that waits under %s is not what was accepted: the store is damaged. Nothing was entered. "
            "Bring back a backup of the store.",
            e->ticket);
    return rc;
}

static int read_waiting(struct tx *tx, struct batch *b, struct err *reterr) {
    ROWS_LOCAL(r);
    b->entry = arena_array(b->arena, LEDGER_BATCH_MOST, sizeof *b->entry);
    if (!b->entry)
        return no_memory(reterr);
    int rc = tx_rows(tx, &Q_ledger_pending_list, CELLS(cell_int(LEDGER_BATCH_MOST)), &r, reterr);
    while (rc == 0 && b->n < LEDGER_BATCH_MOST && (rc = rows_next(r, reterr)) > 0) {
        struct batch_entry *e = &b->entry[b->n++];
        struct str ticket = rows_text(r, 0);
        if (ticket.n != LEDGER_TICKET - 1)
            return err_set(reterr, ERR_LEDGER, "A ticket in the ledger's store is none: the store is damaged.");
        memcpy(e->ticket, ticket.p, ticket.n);
        e->text = arena_str(b->arena, rows_text(r, 1));
        rc = check_accepted(e, rows_text(r, 2), reterr);
    }
    if (rc < 0)
        return rc;
    b->more = b->n == LEDGER_BATCH_MOST;
    return arena_failed(b->arena) ? no_memory(reterr) : 0;
}

static int compare_tickets(const void *key, const void *entry) {
    return strcmp(key, ((const struct batch_entry *)entry)->ticket);
}

/* The index behind a ticket: in this batch (of which the first n have theirs), or in the store. -1: it waits itself. */
static int index_of(struct tx *tx, const struct batch *b, size_t n, const char *ticket, int64_t *ret,
                    struct err *reterr) {
    const struct batch_entry *e = bsearch(ticket, b->entry, n, sizeof *e, compare_tickets);
    if (e) {
        *ret = (int64_t)b->edge->size + (e - b->entry);
        return 0;
    }
    int rc = ledger_index(tx, ticket, ret, reterr);
    return rc == -ERR_NOT_FOUND
               ? err_set(reterr, ERR_LEDGER,
                         "An entry that waits is about %s, which does not exist: the store is damaged.", ticket)
               : rc;
}

/* "ref @TICKET" becomes "ref INDEX". 1: it waits on. */
static int resolve(struct tx *tx, struct batch *b, size_t n, struct batch_entry *e, struct err *reterr) {
    static const char before[] = "\nref @";
    size_t at = str_find(e->text, str_of(before), 0);
    if (at == SIZE_MAX)
        return 0;
    struct str ticket = str_first(str_from(e->text, at + strlen(before)), LEDGER_TICKET - 1);
    int64_t index;
    int rc = index_of(tx, b, n, arena_z(b->arena, ticket), &index, reterr);
    if (rc < 0 || index < 0)
        return rc < 0 ? rc : 1;
    struct str rest = str_from(e->text, at + strlen(before) + ticket.n);
    e->text =
        arena_printf(b->arena, "%.*s\nref %" PRId64 "%.*s", STR_FMT(str_first(e->text, at)), index, STR_FMT(rest));
    return arena_failed(b->arena) ? no_memory(reterr) : 0;
}

static int take_entry(struct batch *b, struct batch_entry *e, struct err *reterr) {
    struct entry parsed;
    int rc = entry_read(e->text, &parsed, reterr);
    if (rc < 0)
        return err_set(reterr, ERR_LEDGER,
                       "The entry that waits under %s is none: the store is damaged. Bring back a backup of the store.",
                       e->ticket);
    e->type = parsed.type;
    e->day = parsed.day;
    struct hash leaf = merkle_leaf(e->text.p, e->text.n);
    merkle_edge_add(&b->grown, &leaf);
    return 0;
}

int batch_gather_in(struct tx *tx, struct batch *b, struct err *reterr) {
    b->n = 0;
    b->grown = *b->edge;
    int rc = read_waiting(tx, b, reterr);
    size_t n = 0;
    for (size_t i = 0; rc >= 0 && i < b->n; i++) {
        struct batch_entry e = b->entry[i];
        rc = resolve(tx, b, n, &e, reterr);
        if (rc != 0)
            continue;
        rc = take_entry(b, &e, reterr);
        b->entry[n++] = e;
    }
    if (rc < 0)
        return rc;
    b->n = n;
    b->root = merkle_edge_root(&b->grown);
    return 0;
}

static int gather(struct tx *tx, void *arg, struct err *reterr) {
    return batch_gather_in(tx, arg, reterr);
}

int batch_gather(struct store *s, struct batch *b, struct err *reterr) {
    return store_read(s, gather, b, reterr);
}

/* --- storing --- */

static int64_t add_rows(struct tx *tx, const struct batch *b, size_t from, size_t n, struct err *reterr) {
    struct cell cells[ROWS_AT_ONCE * ROW_CELLS];
    for (size_t i = 0; i < n; i++) {
        cells[i * ROW_CELLS] = cell_int((int64_t)(b->edge->size + from + i));
        cells[i * ROW_CELLS + 1] = cell_z(b->entry[from + i].ticket);
        cells[i * ROW_CELLS + 2] = cell_text(b->entry[from + i].text);
    }
    return tx_run(tx, n == ROWS_AT_ONCE ? &Q_ledger_entry_add_sixteen : &Q_ledger_entry_add, cells, n * ROW_CELLS,
                  reterr);
}

static int64_t add_entries(struct tx *tx, const struct batch *b, struct err *reterr) {
    int64_t rc = 0;
    size_t i = 0;
    for (; rc >= 0 && i + ROWS_AT_ONCE <= b->n; i += ROWS_AT_ONCE)
        rc = add_rows(tx, b, i, ROWS_AT_ONCE, reterr);
    for (; rc >= 0 && i < b->n; i++)
        rc = add_rows(tx, b, i, 1, reterr);
    return rc;
}

/* One statement for each kind and day that the batch has. */
static int64_t add_counts(struct tx *tx, const struct batch *b, struct err *reterr) {
    bool counted[LEDGER_BATCH_MOST] = {false};
    int64_t rc = 0;
    for (size_t i = 0; rc >= 0 && i < b->n; i++) {
        int64_t n = 0;
        if (counted[i])
            continue;
        for (size_t k = i; k < b->n; k++)
            if (b->entry[k].type == b->entry[i].type && b->entry[k].day == b->entry[i].day) {
                counted[k] = true;
                n++;
            }
        rc = tx_run(tx, &Q_ledger_count_add,
                    CELLS(cell_int(b->entry[i].day), cell_z(entry_type_word(b->entry[i].type)), cell_int(n)), reterr);
    }
    return rc;
}

int batch_store_in(struct tx *tx, const struct batch *b, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return no_memory(reterr);
    int64_t from = (int64_t)b->edge->size;
    struct cell root = ledger_hash_cell(a, &b->root);
    if (arena_failed(a))
        return no_memory(reterr);
    int64_t n = tx_run(tx, &Q_ledger_state_grow, CELLS(cell_int(from), cell_int(from + (int64_t)b->n), root), reterr);
    if (n == 0)
        return err_set(
            reterr, ERR_LEDGER,
            "Another server gives entries their places in this ledger: two folders have its keys. Leave them "
            "in one, and start that server again.");
    if (n > 0)
        n = add_entries(tx, b, reterr);
    if (n >= 0)
        n = tx_run(tx, &Q_ledger_pending_settle, CELLS(cell_int(from)), reterr);
    if (n >= 0 && n != (int64_t)b->n)
        return err_set(reterr, ERR_LEDGER,
                       "The store no longer holds what waited for the ledger. Nothing was entered.");
    if (n >= 0)
        n = add_counts(tx, b, reterr);
    return n < 0 ? (int)n : 0;
}

static int store_batch(struct tx *tx, void *arg, struct err *reterr) {
    const struct batch *const *b = arg;
    return batch_store_in(tx, *b, reterr);
}

int batch_store(struct store *s, const struct batch *b, struct err *reterr) {
    return store_write(s, store_batch, &b, reterr);
}

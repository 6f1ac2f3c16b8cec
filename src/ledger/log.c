// SPDX-License-Identifier: Apache-2.0
/* The store's side of the log: entries that wait, entries that stand, how far it is. Whoever gives them their places is
 * ledger/sequencer.h. */
#include "ledger/log.h"

#include "base/clock.h"
#include "base/random.h"
#include "ledger/commit.h"
#include "ledger/lines.h"
#include "queries.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

/* --- hashes as the store keeps them --- */

struct cell ledger_hash_cell(struct arena *a, const struct hash *h) {
    BUF_LOCAL(text);
    lines_add_base64(&text, h->b, sizeof h->b);
    return cell_text(arena_buf(a, &text));
}

int ledger_hash_read(struct str text, struct hash *ret, struct err *reterr) {
    if (!lines_base64(text, ret->b, sizeof ret->b))
        return err_set(reterr, ERR_LEDGER, "The ledger's store is damaged: what should be a hash is none.");
    return 0;
}

/* --- acts --- */

/* Rises even where the clock stands or goes back. */
static int64_t next_time(void) {
    static _Atomic int64_t last;
    int64_t now = clock_now_us(), seen = atomic_load(&last);
    do
        now = now > seen ? now : seen + 1;
    while (!atomic_compare_exchange_weak(&last, &seen, now));
    return now;
}

static void make_ticket(char ret[LEDGER_TICKET]) {
    uint64_t chance;
    random_bytes(&chance, sizeof chance);
    (void)snprintf(ret, LEDGER_TICKET, "%016" PRIx64 "%016" PRIx64, (uint64_t)next_time(), chance); /* it fits */
}

/* The entry's text, its reference still a ticket where `waits`. */
static int write_text(const struct entry *e, const char *waits, struct buf *to, struct err *reterr) {
    BUF_LOCAL(plain);
    int rc = entry_write(e, &plain, reterr);
    if (rc < 0 || !waits) {
        buf_add(to, buf_str(&plain));
    } else {
        size_t at = str_find(buf_str(&plain), STR("\nref -\n"), 0);
        if (at == SIZE_MAX)
            BUG("an entry without a reference has no line for one");
        buf_add(to, str_first(buf_str(&plain), at));
        buf_printf(to, "\nref @%s\n", waits);
        buf_add(to, str_from(buf_str(&plain), at + strlen("\nref -\n")));
    }
    if (rc == 0 && (buf_failed(&plain) || buf_failed(to)))
        return no_memory(reterr);
    return rc;
}

int ledger_append(struct tx *tx, const struct entry *e, const char *ref_ticket, char ret_ticket[LEDGER_TICKET],
                  struct err *reterr) {
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(text);
    struct entry own = *e;
    if (!a)
        return no_memory(reterr);
    if (ref_ticket) {
        int rc = ledger_index(tx, ref_ticket, &own.ref, reterr);
        if (rc < 0)
            return rc;
    }
    int rc = write_text(&own, ref_ticket && own.ref < 0 ? ref_ticket : NULL, &text, reterr);
    if (rc < 0)
        return rc;
    struct hash hash;
    (void)crypto_hash_sha256(hash.b, (const unsigned char *)text.p, text.n); /* always 0 */
    make_ticket(ret_ticket);
    struct cell stored = ledger_hash_cell(a, &hash);
    if (arena_failed(a))
        return no_memory(reterr);
    int64_t n = tx_run(tx, &Q_ledger_pending_add, CELLS(cell_z(ret_ticket), cell_text(buf_str(&text)), stored), reterr);
    return n < 0 ? (int)n : 0;
}

int ledger_index(struct tx *tx, const char *ticket, int64_t *ret, struct err *reterr) {
    int rc = tx_int(tx, &Q_ledger_find_ticket, CELLS(cell_z(ticket)), ret, reterr);
    return rc == -ERR_NOT_FOUND ? err_set(reterr, ERR_NOT_FOUND, "No entry has the ticket %s.", ticket) : rc;
}

/* --- what stands --- */

int ledger_entries(struct tx *tx, struct arena *a, int64_t from, size_t n, struct str **ret, size_t *ret_n,
                   struct err *reterr) {
    ROWS_LOCAL(r);
    struct str *list = arena_array(a, n ? n : 1, sizeof *list);
    if (!list)
        return no_memory(reterr);
    int rc = tx_rows(tx, &Q_ledger_entry_list, CELLS(cell_int(from), cell_int(from + (int64_t)n)), &r, reterr);
    size_t got = 0;
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        int64_t index = rows_int(r, 0);
        if (index != from + (int64_t)got)
            return err_set(reterr, ERR_LEDGER, "The ledger's store lacks entry %" PRId64 ". Bring back a backup.",
                           from + (int64_t)got);
        list[got++] = arena_str(a, rows_text(r, 1));
        rc = 0;
    }
    if (rc < 0)
        return rc;
    if (arena_failed(a))
        return no_memory(reterr);
    *ret = list;
    *ret_n = got;
    return 0;
}

int ledger_entry(struct tx *tx, struct arena *a, int64_t index, struct str *ret, struct err *reterr) {
    struct str *list;
    size_t n;
    int rc = ledger_entries(tx, a, index, 1, &list, &n, reterr);
    if (rc < 0)
        return rc;
    if (n == 0)
        return err_set(reterr, ERR_NOT_FOUND, "The ledger has no entry %" PRId64 ".", index);
    *ret = list[0];
    return 0;
}

/* --- how far it is --- */

/* Behind the log's own signatures, cosignatures of exactly this text. */
static int add_cosignatures(struct tx *tx, struct arena *a, struct str *note, struct err *reterr) {
    ROWS_LOCAL(r);
    BUF_LOCAL(whole);
    size_t text = str_find(*note, STR("\n\n"), 0);
    if (text == SIZE_MAX)
        return 0;
    buf_add(&whole, *note);
    int rc = tx_rows(tx, &Q_ledger_cosignatures_of, CELLS(cell_text(str_first(*note, text + 1))), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        buf_add(&whole, rows_text(r, 0));
        rc = 0;
    }
    *note = arena_buf(a, &whole);
    return rc;
}

int ledger_state(struct tx *tx, struct arena *a, struct ledger_state *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_ledger_state_get, CELLS_NONE, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "This office has no ledger yet; daylight serve makes one.");
    struct ledger_state s = {.origin = arena_str(a, rows_text(r, 0)),
                             .size = (uint64_t)rows_int(r, 1),
                             .signed_size = (uint64_t)rows_int(r, 3),
                             .signed_us = rows_int(r, 4),
                             .checkpoint = arena_str(a, rows_text(r, 5))};
    rc = ledger_hash_read(rows_text(r, 2), &s.root, reterr);
    if (rc == 0)
        rc = add_cosignatures(tx, a, &s.checkpoint, reterr);
    if (rc == 0 && arena_failed(a))
        rc = no_memory(reterr);
    if (rc == 0)
        *ret = s;
    return rc;
}

/* --- public documents --- */

int ledger_document_add(struct tx *tx, struct str text, struct hash *ret, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    if (!a)
        return no_memory(reterr);
    *ret = commit_public(text);
    struct cell hash = ledger_hash_cell(a, ret);
    if (arena_failed(a))
        return no_memory(reterr);
    int64_t n = tx_run(tx, &Q_ledger_document_add, CELLS(hash, cell_text(text)), reterr);
    return n < 0 ? (int)n : 0;
}

int ledger_document(struct tx *tx, struct arena *a, const struct hash *hash, struct str *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    struct cell key = ledger_hash_cell(a, hash);
    if (arena_failed(a))
        return no_memory(reterr);
    int rc = tx_rows(tx, &Q_ledger_document_get, CELLS(key), &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "The ledger has no document of that hash.");
    *ret = arena_str(a, rows_text(r, 0));
    return arena_failed(a) ? no_memory(reterr) : 0;
}

/* --- figures --- */

static int take_count(const struct rows *r, struct ledger_count *ret, struct err *reterr) {
    ret->day = rows_int(r, 0);
    ret->n = rows_int(r, 2);
    int rc = entry_type_read(rows_text(r, 1), &ret->type);
    return rc < 0
               ? err_set(reterr, ERR_LEDGER, "The ledger's store is damaged: it counts a kind of entry that is none.")
               : 0;
}

int ledger_counts(struct tx *tx, struct arena *a, int64_t days, struct ledger_count **ret, size_t *ret_n,
                  struct err *reterr) {
    ROWS_LOCAL(r);
    size_t n = 0, room = (size_t)(days > 0 ? days : 0) * ENTRY_TYPE_COUNT;
    struct ledger_count *list = arena_array(a, room ? room : 1, sizeof *list);
    if (!list)
        return no_memory(reterr);
    int rc = tx_rows(tx, &Q_ledger_count_list, CELLS(cell_int(days)), &r, reterr);
    while (rc == 0 && n < room && (rc = rows_next(r, reterr)) > 0)
        rc = take_count(r, &list[n++], reterr);
    if (rc < 0)
        return rc;
    *ret = list;
    *ret_n = n;
    return 0;
}

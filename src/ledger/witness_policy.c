// SPDX-License-Identifier: Apache-2.0
/* The trust policy that the office shows, and the entry that says when it changed. */
#include "ledger/witness.h"

#include "base/clock.h"
#include "ledger/witness_quorum.h"
#include "queries.h"

unsigned witness_quorum_of(unsigned wanted, size_t n) {
    return wanted && wanted <= n ? wanted : (unsigned)n / 2 + 1;
}

void witness_policy_write(const struct vkey *logs, size_t n, const char *log_url, const struct witness_peer *peers,
                          size_t n_peers, unsigned quorum, struct buf *to) {
    for (size_t i = 0; i < n; i++) {
        buf_add_z(to, "log ");
        vkey_write(&logs[i], to);
        buf_printf(to, " %s\n", log_url);
    }
    for (size_t i = 0; i < n_peers; i++) {
        buf_printf(to, "witness %.*s ", STR_FMT(peers[i].name));
        vkey_write(&peers[i].key, to);
        buf_printf(to, " %s\n", peers[i].url);
    }
    if (!n_peers) {
        buf_add_z(to, "quorum none\n");
        return;
    }
    buf_printf(to, "group witnesses %u", witness_quorum_of(quorum, n_peers));
    for (size_t i = 0; i < n_peers; i++)
        buf_printf(to, " %.*s", STR_FMT(peers[i].name));
    buf_add_z(to, "\nquorum witnesses\n");
}

/* --- its entry --- */

static const struct str fact = {"policy", 6};

struct keeping {
    struct str text;
    bool first;
    bool entered; /* of one run of the transaction */
};

/* The hash that the last entry about the policy commits to; empty: there was none. */
static int last_policy(struct tx *tx, struct arena *a, struct str *ret, struct err *reterr) {
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, &Q_ledger_fact_get, CELLS(cell_text(fact)), &rows, reterr);
    if (rc == 0)
        rc = rows_next(rows, reterr);
    *ret = rc > 0 ? arena_str(a, rows_text(rows, 0)) : STR_NONE;
    return rc < 0 ? rc : 0;
}

static int keep(struct tx *tx, void *arg, struct err *reterr) {
    struct keeping *k = arg;
    ARENA_LOCAL(a, 0);
    struct entry e = {.type = ENTRY_POLICY, .day = clock_now_us() / CLOCK_DAY_US, .ref = -1, .committed = true};
    char ticket[LEDGER_TICKET];
    struct str before;
    k->entered = false;
    int bad = a ? last_policy(tx, a, &before, reterr) : -ERR_NO_MEMORY;
    if (bad || (!before.n && !k->first))
        return bad;
    bad = ledger_document_add(tx, k->text, &e.commit, reterr);
    if (bad)
        return bad;
    struct cell hash = ledger_hash_cell(a, &e.commit);
    if (str_eq(hash.s, before))
        return 0;
    bad = ledger_append(tx, &e, NULL, ticket, reterr);
    if (bad)
        return bad;
    int64_t n = tx_run(tx, &Q_ledger_fact_set, CELLS(cell_text(fact), hash), reterr);
    k->entered = n >= 0;
    return n < 0 ? (int)n : 0;
}

int witness_policy_keep(struct store *s, struct str text, bool first, bool *ret_entered, struct err *reterr) {
    struct keeping k = {.text = text, .first = first};
    int bad = store_write(s, keep, &k, reterr);
    if (!bad)
        *ret_entered = k.entered;
    return bad;
}

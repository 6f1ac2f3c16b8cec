// SPDX-License-Identifier: Apache-2.0
/* That an outage was noted is remembered in the transaction that notes it: one entry an outage, whoever restarts. */
#include "ledger/witness_quorum.h"

#include "base/clock.h"
#include "queries.h"

#include <inttypes.h>
#include <time.h>

static const struct str fact = {"unwitnessed", 11};

struct keeping {
    unsigned need, alarm_s;
    int64_t now_s;
};

int64_t witness_quorum_at(const struct witness_seen *seen, size_t n, unsigned need) {
    int64_t at[WITNESSES_MOST];
    for (size_t i = 0; i < n; i++) { /* newest first */
        int64_t one = seen[i].at_s ? seen[i].at_s : seen[i].since_s;
        size_t j = i;
        for (; j && at[j - 1] < one; j--)
            at[j] = at[j - 1];
        at[j] = one;
    }
    return need && need <= n ? at[need - 1] : 0;
}

static void add_time(struct buf *to, int64_t at_s) {
    struct tm t;
    time_t at = (time_t)at_s;
    if (gmtime_r(&at, &t))
        buf_printf(to, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min,
                   t.tm_sec);
}

/* The public document of the incident. */
static void write_document(const struct witness_seen *seen, size_t n, const struct keeping *k, int64_t since_s,
                           struct buf *to) {
    buf_printf(to, "daylight/incident/v1\nunwitnessed\nsince ");
    add_time(to, since_s);
    buf_printf(to, "\nquorum %u of %zu\n", k->need, n);
    for (size_t i = 0; i < n; i++) {
        buf_printf(to, "witness %.*s ", STR_FMT(seen[i].name));
        if (seen[i].at_s) {
            buf_printf(to, "cosigned %" PRIu64 " ", seen[i].size);
            add_time(to, seen[i].at_s);
            buf_add_char(to, '\n');
        } else {
            buf_add_z(to, "never\n");
        }
    }
}

static int leave_incident(struct tx *tx, const struct witness_seen *seen, size_t n, const struct keeping *k,
                          int64_t since_s, struct err *reterr) {
    BUF_LOCAL(document);
    char ticket[LEDGER_TICKET];
    struct entry e = {
        .type = ENTRY_INCIDENT, .day = k->now_s / 86400, .ref = -1, .committed = true, .code = ENTRY_CODE_UNWITNESSED};
    write_document(seen, n, k, since_s, &document);
    if (buf_failed(&document))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int bad = ledger_document_add(tx, buf_str(&document), &e.commit, reterr);
    if (!bad)
        bad = ledger_append(tx, &e, NULL, ticket, reterr);
    if (bad)
        return bad;
    int64_t rc = tx_run(tx, &Q_ledger_fact_set, CELLS(cell_text(fact), cell_z(ticket)), reterr);
    return rc < 0 ? (int)rc : 0;
}

static int keep(struct tx *tx, void *arg, struct err *reterr) {
    const struct keeping *k = arg;
    ARENA_LOCAL(arena, 0);
    struct witness_seen *seen;
    size_t n;
    int64_t noted;
    int bad = arena ? witness_list(tx, arena, &seen, &n, reterr) : -ERR_NO_MEMORY;
    if (bad)
        return bad;
    bad = tx_int(tx, &Q_ledger_fact_there, CELLS(cell_text(fact)), &noted, reterr);
    if (bad)
        return bad;
    int64_t since_s = witness_quorum_at(seen, n, k->need);
    bool out = k->now_s - since_s > (int64_t)k->alarm_s;
    if (out && !noted)
        return leave_incident(tx, seen, n, k, since_s, reterr);
    if (!out && noted) {
        int64_t rc = tx_run(tx, &Q_ledger_fact_drop, CELLS(cell_text(fact)), reterr);
        return rc < 0 ? (int)rc : 0;
    }
    return 0;
}

int witness_quorum_keep(struct store *s, unsigned need, unsigned alarm_s, struct err *reterr) {
    struct keeping k = {need, alarm_s, clock_now_us() / CLOCK_SECOND_US};
    return store_write(s, keep, &k, reterr);
}

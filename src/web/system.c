// SPDX-License-Identifier: Apache-2.0
/* Health and figures, for machines. */
#include "web/system.h"

#include "base/clock.h"
#include "ledger/sequencer.h"
#include "web/metrics.h"
#include "web/office.h"

const struct param system_params[] = {{.name = NULL}};

static int say(struct request *req, int status, const char *words) {
    (void)request_bytes(req, "text/plain; charset=utf-8", str_of(words)); /* gives 200 */
    return status;
}

int healthz_serve(struct request *req) {
    return say(req, 200, "ok\n");
}

int readyz_serve(struct request *req) {
    struct err err = {0};
    if (store_ping(req->office->store, &err) != 0) {
        req->err = err;
        return say(req, 503, "The store does not answer.\n");
    }
    /* Pages are served though the ledger be stopped: who balances load shall not take them away. */
    if (req->office->ledger && ledger_why(req->office->ledger, &err) != 0)
        return say(req, 200, "ok\nThe ledger takes no acts now; the server's log says why.\n");
    return say(req, 200, "ok\n");
}

/* --- figures of the ledger --- */

static void add_batches(const struct ledger_figures *f, struct buf *ret) {
    uint64_t below = 0;
    metrics_head(ret, "daylight_ledger_batch_entries", "histogram", "Entries a batch, of this process.");
    for (int i = 0; i < LEDGER_BATCH_SIZES; i++) {
        below += f->batches_upto[i];
        buf_printf(ret, "daylight_ledger_batch_entries_bucket{le=\"%d\"} %llu\n", 1 << i, (unsigned long long)below);
    }
    buf_printf(ret,
               "daylight_ledger_batch_entries_bucket{le=\"+Inf\"} %llu\ndaylight_ledger_batch_entries_sum %llu\n"
               "daylight_ledger_batch_entries_count %llu\n",
               (unsigned long long)f->batches, (unsigned long long)f->entries, (unsigned long long)f->batches);
    metrics_head(ret, "daylight_ledger_batch_seconds_total", "counter", "Time spent in batches.");
    buf_printf(ret, "daylight_ledger_batch_seconds_total %lld.%06lld\n", (long long)(f->batches_us / CLOCK_SECOND_US),
               (long long)(f->batches_us % CLOCK_SECOND_US));
}

static void add_ledger(struct ledger *l, struct buf *ret) {
    struct ledger_figures f;
    ledger_figures(l, &f);
    metrics_head(ret, "daylight_ledger_role", "gauge", "What this process does for the ledger.");
    for (int role = 0; role < LEDGER_ROLES; role++)
        buf_printf(ret, "daylight_ledger_role{role=\"%s\"} %d\n", ledger_role_word((enum ledger_role)role),
                   role == (int)f.role);
    int64_t waits_us = f.oldest_us ? clock_now_us() - f.oldest_us : 0;
    metrics_add(ret, "daylight_ledger_takes_acts", "gauge", "1, or 0 while it is stopped or in trouble.",
                ledger_why(l, NULL) == 0);
    metrics_add(ret, "daylight_ledger_entries", "gauge", "Entries with an index.", (int64_t)f.size);
    metrics_add(ret, "daylight_ledger_signed_entries", "gauge", "Those that the checkpoint covers.",
                (int64_t)f.signed_size);
    metrics_add(ret, "daylight_ledger_signed_timestamp_seconds", "gauge", "When the checkpoint was signed.",
                f.signed_us / CLOCK_SECOND_US);
    metrics_add(ret, "daylight_ledger_waiting_entries", "gauge", "Entries without an index.", (int64_t)f.waiting);
    metrics_add(ret, "daylight_ledger_waiting_seconds", "gauge", "For how long the oldest of them has waited.",
                waits_us > 0 ? waits_us / CLOCK_SECOND_US : 0);
    add_batches(&f, ret);
}

int metrics_serve(struct request *req) {
    req->content_type = "text/plain; version=0.0.4; charset=utf-8";
    buf_reset(&req->body);
    if (req->metrics)
        metrics_format(req->metrics, &req->body);
    if (req->office->ledger)
        add_ledger(req->office->ledger, &req->body);
    return 200;
}

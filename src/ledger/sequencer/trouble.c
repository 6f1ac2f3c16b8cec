// SPDX-License-Identifier: Apache-2.0
/* Sentences for what stops the ledger, and for what it only waits for. */
#include "ledger/sequencer/trouble.h"

#include "base/str.h"

bool trouble_passes(int rc) {
    return rc == -ERR_STORE_AWAY || rc == -ERR_STORE_UNSURE || rc == -ERR_NO_MEMORY || rc == -ERR_FULL;
}

/* The cause alone: acts whose entries wait were stored, whatever the store or a file says of the batch. */
static struct str cause_of(const char *text) {
    static const char *const ends[] = {". Nothing was stored", ": nothing was stored", "; nothing was stored"};
    struct str cause = str_of(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t at = str_find(cause, str_of(ends[i]), 0);
        cause = at == SIZE_MAX ? cause : str_first(cause, at);
    }
    return str_ends(cause, ".") ? str_first(cause, cause.n - 1) : cause;
}

/* What the ledger itself has to say (-ERR_LEDGER) says what to do already. */
void trouble_explain(struct err *ret, int rc, const struct err *e) {
    struct str cause = cause_of(e->text);
    if (rc == -ERR_LEDGER)
        *ret = *e;
    else if (trouble_passes(rc))
        (void)err_set(ret, (enum err_code) - rc,
                      "%.*s. What waits for the ledger is kept, and is entered when that is over.", STR_FMT(cause));
    else
        (void)err_set(
            ret, ERR_LEDGER,
            "%.*s. The ledger has stopped: what waits for it is kept. Look at the disk, then start the server "
            "again.",
            STR_FMT(cause));
    ret->code = trouble_passes(rc) ? rc : -ERR_LEDGER;
}

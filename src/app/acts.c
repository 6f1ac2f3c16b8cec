// SPDX-License-Identifier: Apache-2.0
/* Between commands and the ledger: who opens it, under which name it begins, and what is waited for. */
#include "app/acts.h"

enum { PATIENCE_MS = 30000 };

/* "https://www.example.org" makes www.example.org/ledger. */
static void add_ledger_origin(struct buf *to, struct str site_origin) {
    size_t scheme = str_find(site_origin, STR("://"), 0);
    buf_add(to, scheme == SIZE_MAX ? site_origin : str_from(site_origin, scheme + 3));
    buf_add_z(to, "/ledger");
}

int acts_open(struct folder *f, struct err *reterr) {
    BUF_LOCAL(origin);
    if (f->ledger)
        return 0;
    add_ledger_origin(&origin, f->config.site.origin);
    if (buf_failed(&origin))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int rc = ledger_found(f->store, str_of(f->path), buf_str(&origin), reterr);
    return rc < 0 ? rc : ledger_open(f->store, str_of(f->path), "/proc/self/exe", &f->ledger, reterr);
}

int acts_begin(struct folder *f, struct err *reterr) {
    int rc = acts_open(f, reterr);
    return rc < 0 ? rc : ledger_why(f->ledger, reterr);
}

int acts_end(struct folder *f, struct err *reterr) {
    return ledger_settle_all(f->ledger, PATIENCE_MS, reterr);
}

// SPDX-License-Identifier: Apache-2.0
/* A row a day. Entries come almost in the order of their days, so that the row is found near the end. */
#include "ledger/sequencer/counts.h"

#include "queries.h"

#include <string.h>

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

void counts_clear(struct counts *c) {
    buf_clear(&c->days);
}

static struct counts_day *days_of(const struct counts *c, size_t *ret_n) {
    *ret_n = c->days.n / sizeof(struct counts_day);
    return (struct counts_day *)(void *)c->days.p;
}

int counts_add(struct counts *c, int64_t day, enum entry_type type, int64_t n, struct err *reterr) {
    size_t all;
    struct counts_day *list = days_of(c, &all), fresh = {.day = day};
    size_t at = all;
    while (at && list[at - 1].day > day)
        at--;
    if (!at || list[at - 1].day != day) {
        buf_add(&c->days, str_part((const char *)&fresh, sizeof fresh));
        if (buf_failed(&c->days))
            return no_memory(reterr);
        list = days_of(c, &all);
        memmove(&list[at + 1], &list[at], (all - 1 - at) * sizeof *list);
        list[at++] = fresh;
    }
    list[at - 1].n[type] += n;
    return 0;
}

int counts_read(struct tx *tx, struct counts *to, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_ledger_count_all, CELLS_NONE, &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        enum entry_type type;
        rc = entry_type_read(rows_text(r, 1), &type) < 0 ? 0
                                                         : counts_add(to, rows_int(r, 0), type, rows_int(r, 2), reterr);
    }
    return rc;
}

int counts_write(struct tx *tx, const struct counts *c, struct err *reterr) {
    size_t n;
    const struct counts_day *list = days_of(c, &n);
    int64_t rc = tx_run(tx, &Q_ledger_count_drop, CELLS_NONE, reterr);
    for (size_t i = 0; rc >= 0 && i < n; i++)
        for (int type = 0; rc >= 0 && type < ENTRY_TYPE_COUNT; type++)
            if (list[i].n[type])
                rc = tx_run(tx, &Q_ledger_count_add,
                            CELLS(cell_int(list[i].day), cell_z(entry_type_word((enum entry_type)type)),
                                  cell_int(list[i].n[type])),
                            reterr);
    return rc < 0 ? (int)rc : 0;
}

bool counts_same(const struct counts *a, const struct counts *b) {
    return str_eq(buf_str(&a->days), buf_str(&b->days));
}

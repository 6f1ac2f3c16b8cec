// SPDX-License-Identifier: Apache-2.0
#include "press/search/list_rows.h"

#include "press/ask.h"
#include "queries.h"

enum { SEND_MOST = 512 * 1024 };

void list_rows_begin(struct list_rows *r, struct tx *tx, int64_t block) {
    *r = (struct list_rows){.tx = tx,
                            .block = block,
                            .first = BUF_INIT,
                            .last = BUF_INIT,
                            .word = BUF_INIT,
                            .texts = BUF_INIT,
                            .places = BUF_INIT};
}

void list_rows_clear(struct list_rows *r) {
    buf_clear(&r->first);
    buf_clear(&r->last);
    buf_clear(&r->word);
    buf_clear(&r->texts);
    buf_clear(&r->places);
}

int list_rows_send(struct list_rows *r, struct err *reterr) {
    if (buf_failed(&r->first) || buf_failed(&r->last) || buf_failed(&r->word) || buf_failed(&r->texts) ||
        buf_failed(&r->places))
        return ask_no_memory(reterr);
    if (!r->first.n)
        return 0;
    int rc = ask_run(r->tx, &Q_search_list_add_postgres,
                     CELLS(cell_int(r->block), cell_int(r->level), cell_text(buf_str(&r->first)),
                           cell_text(buf_str(&r->last)), cell_text(buf_str(&r->word)), cell_text(buf_str(&r->texts)),
                           cell_text(buf_str(&r->places))),
                     reterr);
    buf_reset(&r->first);
    buf_reset(&r->last);
    buf_reset(&r->word);
    buf_reset(&r->texts);
    buf_reset(&r->places);
    return rc;
}

static int add_row(struct list_rows *r, struct str word, int64_t first, int64_t last, struct str texts,
                   struct str places, struct err *reterr) {
    if (r->first.n) {
        buf_add_char(&r->first, '\n');
        buf_add_char(&r->last, '\n');
        buf_add_char(&r->word, '\n');
        buf_add_char(&r->texts, '\n');
        buf_add_char(&r->places, '\n');
    }
    buf_add_int(&r->first, first);
    buf_add_int(&r->last, last);
    buf_add(&r->word, word);
    buf_add(&r->texts, texts);
    buf_add(&r->places, places);
    return r->texts.n + r->places.n + r->word.n > SEND_MOST ? list_rows_send(r, reterr) : 0;
}

int list_rows_add(struct list_rows *r, struct str word, struct postings *p, struct err *reterr) {
    BUF_LOCAL(texts);
    BUF_LOCAL(places);
    int rc = postings_sort(p, reterr);
    for (size_t i = 0, first = 0; rc == 0 && i < p->n; i++) {
        postings_add(&texts, &places, i > first ? p->item[i - 1].docid : p->item[i].docid, &p->item[i]);
        if (buf_failed(&texts) || buf_failed(&places))
            return ask_no_memory(reterr);
        if (i + 1 < p->n && texts.n < LIST_ROWS_TEXTS)
            continue;
        rc = add_row(r, word, p->item[first].docid, p->item[i].docid, buf_str(&texts), buf_str(&places), reterr);
        buf_reset(&texts);
        buf_reset(&places);
        first = i + 1;
    }
    return rc;
}

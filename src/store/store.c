// SPDX-License-Identifier: Apache-2.0
/* The front of the store: picks the engine, checks what is bound, keeps a transaction's first failure, so that both
 * engines behave alike whoever stands behind. */
#include "store/store.h"

#include "queries.h"
#include "store/engine.h"
#include "store/fault.h"

#include <string.h>

/* --- cells --- */

struct cell cell_int(int64_t i) {
    return (struct cell){.kind = CELL_INT, .i = i};
}

struct cell cell_text(struct str s) {
    return (struct cell){.kind = CELL_TEXT, .s = s};
}

struct cell cell_z(const char *z) {
    return z ? cell_text(str_of(z)) : cell_null();
}

struct cell cell_null(void) {
    return (struct cell){.kind = CELL_NULL};
}

struct cell cell_text_or_null(struct str s) {
    return s.n ? cell_text(s) : cell_null();
}

struct cell cell_int_or_null(int64_t i) {
    return i ? cell_int(i) : cell_null();
}

/* Bytes of the UTF-8 sequence at p, or 0: RFC 3629, table of section 4. */
static size_t sequence_length(const unsigned char *p, size_t n) {
    static const struct {
        unsigned char from, upto, second_from, second_upto, length;
    } table[] = {{0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
                 {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
                 {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (p[0] < table[i].from || p[0] > table[i].upto)
            continue;
        size_t length = table[i].length;
        if (n < length || p[1] < table[i].second_from || p[1] > table[i].second_upto)
            return 0;
        for (size_t k = 2; k < length; k++)
            if ((p[k] & 0xC0) != 0x80)
                return 0;
        return length;
    }
    return 0;
}

/* PostgreSQL refuses NUL and bytes that are no UTF-8, SQLite keeps them: refused for both. */
static bool text_ok(struct str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        if (p[i] && p[i] < 0x80) {
            i++;
            continue;
        }
        size_t length = p[i] ? sequence_length(p + i, s.n - i) : 0;
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

static int check_cells(const struct query *q, const struct cell *cells, size_t n, struct err *reterr) {
    if (n > STORE_PARAMETERS_MOST)
        return err_set(reterr, ERR_INTERNAL, "The query %s binds more than %d values.", q->name, STORE_PARAMETERS_MOST);
    for (size_t i = 0; i < n; i++)
        if (cells[i].kind == CELL_TEXT && !text_ok(cells[i].s))
            return err_set(reterr, ERR_INVALID,
                           "A text holds bytes that are not UTF-8, or a NUL (%s, value %zu). Nothing was stored.",
                           q->name, i + 1);
    return 0;
}

/* --- the store --- */

#ifndef WITH_POSTGRES
static int refuse_postgres(struct err *reterr) {
    return err_set(reterr, ERR_INVALID,
                   "This Daylight was built without PostgreSQL; use sqlite:PATH, or a Daylight built with libpq.");
}
#endif

int store_open(const char *url, struct store **ret, struct err *reterr) {
    struct str s = str_of(url);
    if (str_starts(s, "sqlite:"))
        return engine_sqlite.open(url, ret, reterr);
    if (str_starts(s, "postgresql://") || str_starts(s, "postgres://"))
#ifdef WITH_POSTGRES
        return engine_postgres.open(url, ret, reterr);
#else
        return refuse_postgres(reterr);
#endif
    /* The address is not repeated: it may hold a password. */
    return err_set(reterr, ERR_INVALID, "A store's address begins with sqlite: or with postgresql://.");
}

void store_close(struct store *s) {
    if (s)
        s->engine->close(s);
}

const char *store_engine(const struct store *s) {
    return s->engine->name;
}

const char *tx_engine(const struct tx *tx) {
    return tx->engine->name;
}

void store_set_patience(struct store *s, int ms) {
    atomic_store(&s->patience_ms, ms);
}

void store_set_bulk(struct store *s, bool on) {
    atomic_store(&s->bulk, on);
}

static int ping(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    int64_t one;
    return tx_int(tx, &Q_store_ping, CELLS_NONE, &one, reterr);
}

int store_ping(struct store *s, struct err *reterr) {
    return store_read(s, ping, NULL, reterr);
}

int store_read(struct store *s, tx_fn *fn, void *arg, struct err *reterr) {
    struct tx *tx;
    int rc = store_begin_read(s, &tx, reterr);
    if (rc < 0)
        return rc;
    rc = tx_call(tx, fn, arg, reterr);
    store_end_read(tx);
    return rc;
}

/* --- writes, and who is told of them --- */

void store_set_herald(struct store *s, void (*tell)(void *arg), void *arg) {
    s->herald = tell;
    s->herald_arg = arg;
}

void tx_tell(struct tx *tx) {
    tx->tell = true;
}

bool tx_told(const struct tx *tx) {
    return tx->tell;
}

struct told { /* a write; it may run on another thread, and more than once */
    tx_fn *fn;
    void *arg;
    bool tell;
};

static int run_told(struct tx *tx, void *arg, struct err *reterr) {
    struct told *t = arg;
    tx->tell = false;
    int rc = t->fn(tx, t->arg, reterr);
    t->tell = t->tell || tx->tell;
    return rc;
}

static int write_and_tell(struct store *s, tx_fn *fn, void *arg, bool soon, struct err *reterr) {
    struct told t = {fn, arg, false};
    int rc = s->engine->write(s, run_told, &t, soon, reterr);
    if (t.tell && s->herald) /* after a failure, too: it may be stored (STORE_UNSURE) */
        s->herald(s->herald_arg);
    return rc;
}

int store_write(struct store *s, tx_fn *fn, void *arg, struct err *reterr) {
    return write_and_tell(s, fn, arg, false, reterr);
}

int store_write_soon(struct store *s, tx_fn *fn, void *arg, struct err *reterr) {
    return write_and_tell(s, fn, arg, true, reterr);
}

void store_set_rider(struct store *s, const struct store_rider *r) {
    if (s->engine->set_rider)
        s->engine->set_rider(s, r);
}

int store_alone(struct store *s, const struct query *q, int64_t *ret, struct err *reterr) {
    int64_t found = 0;
    if (q->only && strcmp(q->only, s->engine->name) != 0)
        return err_set(reterr, ERR_INTERNAL, "The query %s is for %s only.", q->name, q->only);
    if (store_fault_now())
        return err_set(reterr, ERR_STORE_AWAY, "The store failed on purpose, for a test; nothing was stored.");
    int rc = s->engine->alone(s, q, &found, reterr);
    if (rc == 0 && ret)
        *ret = found;
    return rc;
}

int store_begin_read(struct store *s, struct tx **ret, struct err *reterr) {
    return s->engine->begin_read(s, ret, reterr);
}

void store_end_read(struct tx *tx) {
    if (tx)
        tx->engine->end_read(tx);
}

/* --- transactions --- */

static int give(const struct err *e, struct err *reterr) {
    if (reterr)
        *reterr = *e;
    return e->code;
}

void tx_fail(struct tx *tx, const struct err *e) {
    if (!tx->failure.code)
        tx->failure = *e;
}

/* Passes a result on; a failure is kept, whatever fn makes of it. */
static int64_t noted(struct tx *tx, int64_t rc, const struct err *e, struct err *reterr) {
    if (rc >= 0)
        return rc;
    tx_fail(tx, e);
    return give(e, reterr);
}

int tx_call(struct tx *tx, tx_fn *fn, void *arg, struct err *reterr) {
    struct err e;
    e.code = 0;
    tx->failure.code = 0;
    int rc = fn(tx, arg, &e);
    if (rc >= 0)
        return tx->failure.code ? give(&tx->failure, reterr) : 0;
    if (e.code != rc)
        (void)err_set(&e, (enum err_code) - rc, "%s", err_sentence(rc)); /* rc is known */
    return give(&e, reterr);
}

/* May this statement run at all? */
static int admit(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *e) {
    if (tx->failure.code)
        return give(&tx->failure, e);
    if (store_fault_now())
        return err_set(e, ERR_STORE_AWAY, "The store failed on purpose, for a test; nothing was stored.");
    if (q->only && strcmp(q->only, tx->engine->name) != 0)
        return err_set(e, ERR_INTERNAL, "The query %s is for %s only.", q->name, q->only);
    return check_cells(q, cells, n, e);
}

int64_t tx_run(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct err *reterr) {
    struct err e;
    int64_t rc = admit(tx, q, cells, n, &e);
    if (rc == 0)
        rc = tx->engine->run(tx, q, cells, n, &e);
    return noted(tx, rc, &e, reterr);
}

int tx_rows(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, struct rows **ret,
            struct err *reterr) {
    struct err e;
    int rc = admit(tx, q, cells, n, &e);
    if (rc == 0 && tx->open == STORE_ROWS_MOST)
        rc = err_set(&e, ERR_INTERNAL, "The query %s would be the ninth open at once.", q->name);
    if (rc == 0)
        rc = tx->engine->rows(tx, q, cells, n, ret, &e);
    if (rc == 0)
        tx->open++;
    return (int)noted(tx, rc, &e, reterr);
}

int tx_int(struct tx *tx, const struct query *q, const struct cell *cells, size_t n, int64_t *ret, struct err *reterr) {
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, q, cells, n, &rows, reterr);
    if (rc < 0)
        return rc;
    rc = rows_next(rows, reterr);
    if (rc < 0)
        return rc;
    /* Not a failure of the transaction: it may go on. */
    if (rc == 0 || rows_null(rows, 0))
        return err_set(reterr, ERR_NOT_FOUND, "%s", err_sentence(ERR_NOT_FOUND));
    *ret = rows_int(rows, 0);
    return 0;
}

int tx_prepare(struct tx *tx, const struct query *q, struct err *reterr) {
    struct err e;
    int rc = admit(tx, q, CELLS_NONE, &e);
    if (rc == 0)
        rc = tx->engine->prepare(tx, q, &e);
    return (int)noted(tx, rc, &e, reterr);
}

int64_t tx_next_id(struct tx *tx, const char *counter, struct err *reterr) {
    int64_t id, changed = tx_run(tx, &Q_counter_take, CELLS(cell_z(counter)), reterr);
    if (changed == 0)
        changed = tx_run(tx, &Q_counter_begin, CELLS(cell_z(counter)), reterr);
    if (changed < 0)
        return changed;
    int rc = tx_int(tx, &Q_counter_taken, CELLS(cell_z(counter)), &id, reterr);
    return rc < 0 ? rc : id;
}

/* --- rows --- */

int rows_next(struct rows *r, struct err *reterr) {
    struct tx *tx = r->tx;
    if (tx->failure.code)
        return give(&tx->failure, reterr);
    struct err e;
    int rc = tx->engine->next(r, &e);
    return (int)noted(tx, rc, &e, reterr);
}

int64_t rows_int(const struct rows *r, int column) {
    return r->tx->engine->get_int(r, column);
}

struct str rows_text(const struct rows *r, int column) {
    return r->tx->engine->get_text(r, column);
}

bool rows_null(const struct rows *r, int column) {
    return r->tx->engine->get_null(r, column);
}

void rows_close(struct rows *r) {
    if (!r)
        return;
    r->tx->open--;
    r->tx->engine->close_rows(r);
}

void rows_close_at(struct rows **r) {
    rows_close(*r);
    *r = NULL;
}

// SPDX-License-Identifier: Apache-2.0
/* Preparing, finding again and running statements. */
#include "store/postgres/statement.h"

#include "store/postgres/failure.h"

#include <endian.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { OID_BIGINT = 20, OID_TEXT = 25 }; /* fixed in PostgreSQL's pg_type.dat */

struct pg_statement {
    struct pg_statement *next; /* in its bucket */
    const struct query *query;
    const char *text;        /* as it was when prepared: tells a query apart that took a dead one's place */
    uint64_t numbers, texts; /* bit i: value i is one */
    char name[64];           /* PostgreSQL would cut a longer one */
};

/* Bit i: $(i+1) stands in the text, outside quotes and comments. PostgreSQL itself would let a value pass that has no
 * place. */
static uint64_t placeholders_of(const char *text) {
    uint64_t found = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '\'' || *p == '"') {
            char quote = *p++;
            while (*p && *p != quote)
                p++;
            if (!*p)
                break;
        } else if (p[0] == '-' && p[1] == '-') {
            while (p[1] && p[1] != '\n')
                p++;
        } else if (*p == '$') {
            int number = 0;
            while (p[1] >= '0' && p[1] <= '9' && number <= STORE_PARAMETERS_MOST)
                number = number * 10 + (*++p - '0');
            if (number >= 1 && number <= STORE_PARAMETERS_MOST)
                found |= UINT64_C(1) << (number - 1);
        }
    }
    return found;
}

static int check_count(const struct query *q, size_t n, struct err *reterr) {
    uint64_t wanted = n == 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
    if (placeholders_of(q->text) == wanted)
        return 0;
    return err_set(reterr, ERR_INTERNAL, "The query %s has other placeholders than the %zu values that came.", q->name,
                   n);
}

static struct pg_statement **bucket_of(struct pg_connection *c, const struct query *q) {
    return &c->bucket[((uintptr_t)q >> 4) % PG_BUCKETS];
}

static int prepare(struct pg_connection *c, struct pg_statement *s, size_t n, struct err *reterr) {
    Oid types[STORE_PARAMETERS_MOST];
    for (size_t i = 0; i < n; i++)
        types[i] = s->numbers >> i & 1 ? OID_BIGINT : s->texts >> i & 1 ? OID_TEXT : 0;
    (void)snprintf(s->name, sizeof s->name, "%u_%.48s", ++c->statements, s->query->name); /* cut as meant */
    PGresult *r = PQprepare(c->db, s->name, s->text, (int)n, types);
    int rc = PQresultStatus(r) == PGRES_COMMAND_OK ? 0 : pg_failure(c, r, s->query->name, reterr);
    PQclear(r);
    return rc;
}

static int find(struct pg_connection *c, const struct query *q, const struct cell *cells, size_t n,
                struct pg_statement **ret, struct err *reterr) {
    uint64_t numbers = 0, texts = 0;
    for (size_t i = 0; i < n; i++) {
        numbers |= (uint64_t)(cells[i].kind == CELL_INT) << i;
        texts |= (uint64_t)(cells[i].kind == CELL_TEXT) << i;
    }
    struct pg_statement **bucket = bucket_of(c, q), *s = *bucket;
    while (s && (s->query != q || s->text != q->text || s->numbers != numbers || s->texts != texts))
        s = s->next;
    if (!s) {
        int rc = check_count(q, n, reterr);
        if (rc < 0)
            return rc;
        s = calloc(1, sizeof *s);
        if (!s)
            return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
        *s = (struct pg_statement){.query = q, .text = q->text, .numbers = numbers, .texts = texts};
        rc = prepare(c, s, n, reterr);
        if (rc < 0) {
            free(s);
            return rc;
        }
        s->next = *bucket;
        *bucket = s;
    }
    *ret = s;
    return 0;
}

struct values { /* as libpq takes them */
    size_t n;
    const char *value[STORE_PARAMETERS_MOST];
    int length[STORE_PARAMETERS_MOST], format[STORE_PARAMETERS_MOST];
    uint64_t number[STORE_PARAMETERS_MOST];
};

static int set_values(struct values *v, const struct query *q, const struct cell *cells, size_t n, struct err *reterr) {
    v->n = n;
    for (size_t i = 0; i < n; i++) {
        v->format[i] = 1;
        v->length[i] = 8;
        v->value[i] = NULL;
        if (cells[i].kind == CELL_INT) {
            v->number[i] = htobe64((uint64_t)cells[i].i);
            v->value[i] = (const char *)&v->number[i];
        } else if (cells[i].kind == CELL_TEXT) {
            if (cells[i].s.n > INT_MAX / 2)
                return err_set(reterr, ERR_TOO_LARGE, "A text is larger than the store takes (%s). Nothing was stored.",
                               q->name);
            v->length[i] = (int)cells[i].s.n;
            v->value[i] = cells[i].s.n ? cells[i].s.p : "";
        }
    }
    return 0;
}

/* One statement's, and what tells that there are no more. */
static PGresult *take_result(PGconn *db) {
    PGresult *r = PQgetResult(db);
    if (r)
        PQclear(PQgetResult(db));
    return r;
}

/* Begins the transaction along with its first statement. */
static PGresult *begin_and_execute(PGconn *db, const struct pg_statement *s, const struct values *v) {
    PGresult *begun = NULL, *r = NULL;
    if (PQenterPipelineMode(db) && PQsendQueryPrepared(db, pg_begin_read, 0, NULL, NULL, NULL, 0) &&
        PQsendQueryPrepared(db, s->name, (int)v->n, v->value, v->length, v->format, 0) && PQpipelineSync(db)) {
        begun = take_result(db);
        r = take_result(db);
        PQclear(PQgetResult(db)); /* the end of both */
    }
    (void)PQexitPipelineMode(db); /* refused on a broken connection only, which is told below */
    if (PQresultStatus(begun) == PGRES_COMMAND_OK) {
        PQclear(begun);
        return r;
    }
    PQclear(r);
    return begun;
}

static int run_once(struct pg_connection *c, const struct query *q, const struct cell *cells, size_t n, PGresult **ret,
                    struct err *reterr) {
    struct values v;
    struct pg_statement *s = NULL;
    int rc = set_values(&v, q, cells, n, reterr);
    if (rc == 0)
        rc = find(c, q, cells, n, &s, reterr);
    if (rc < 0)
        return rc;
    PGresult *r = c->begins ? begin_and_execute(c->db, s, &v)
                            : PQexecPrepared(c->db, s->name, (int)n, v.value, v.length, v.format, 0);
    c->begins = false;
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        rc = pg_failure(c, r, q->name, reterr);
        PQclear(r);
        return rc;
    }
    *ret = r;
    return 0;
}

int pg_statement_run(struct pg_connection *c, const struct query *q, const struct cell *cells, size_t n, PGresult **ret,
                     struct err *reterr) {
    bool first = c->begins;
    int rc = run_once(c, q, cells, n, ret, reterr);
    if (rc == 0 || !first || !c->lost)
        return rc;
    rc = pg_reopen(c, reterr); /* nothing was read yet */
    c->begins = rc == 0;
    return rc < 0 ? rc : run_once(c, q, cells, n, ret, reterr);
}

void pg_statements_free(struct pg_connection *c) {
    for (size_t i = 0; i < PG_BUCKETS; i++)
        while (c->bucket[i]) {
            struct pg_statement *s = c->bucket[i];
            c->bucket[i] = s->next;
            free(s);
        }
}

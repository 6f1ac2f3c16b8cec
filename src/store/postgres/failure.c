// SPDX-License-Identifier: Apache-2.0
/* From SQLSTATE (PostgreSQL's manual, appendix A) to a code and a plain sentence. The server's own words are passed on
 * only where they speak of the schema or the machine: elsewhere they repeat values, which may be a person's. */
#include "store/postgres/failure.h"

#include <string.h>

/* The first line, without its end. */
static struct str first_line(const char *message) {
    struct str rest = str_trim(str_of(message)), line = STR_NONE;
    (void)str_cut(&rest, '\n', &line); /* the empty message leaves it empty */
    return str_trim(line);
}

int pg_failure_away(const PGconn *db, struct err *reterr) {
    struct str why = first_line(PQerrorMessage(db));
    return err_set(reterr, ERR_STORE_AWAY,
                   "The store cannot be reached (%.*s). Nothing was stored. Try again in a moment.", STR_FMT(why));
}

static int away(const PGresult *r, struct err *reterr) {
    struct str why = str_of(PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    return err_set(reterr, ERR_STORE_AWAY,
                   "The store cannot do this now (%.*s). Nothing was stored. Try again in a moment.", STR_FMT(why));
}

static bool is_class(const char *state, const char *class) {
    return strncmp(state, class, strlen(class)) == 0;
}

static int conflict(const PGresult *r, const char *what, struct err *reterr) {
    const char *constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
    const char *column = PQresultErrorField(r, PG_DIAG_COLUMN_NAME);
    return err_set(reterr, ERR_CONFLICT, "This contradicts what is stored (%s: %s). Nothing was stored.", what,
                   constraint ? constraint
                   : column   ? column
                              : "a constraint");
}

static int read_only(struct pg_connection *c, const char *what, struct err *reterr) {
    if (!c->tx.writes)
        return err_set(reterr, ERR_INTERNAL, "A read tried to write (%s). Nothing was stored.", what);
    c->stale = true; /* another may lead to the server that took over */
    return err_set(reterr, ERR_STORE_AWAY,
                   "The store's server only takes reads now. Nothing was stored. Try again in a moment.");
}

static int refused(const PGresult *r, const char *what, struct err *reterr) {
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    bool of_schema = message && (is_class(state, "42") || is_class(state, "0A"));
    return err_set(reterr, ERR_INTERNAL, "The store refused a statement (%s: %s). Nothing was stored.", what,
                   of_schema ? message : state);
}

static int of_state(struct pg_connection *c, const PGresult *r, const char *state, const char *what,
                    struct err *reterr) {
    if (is_class(state, "40")) { /* serialization failure, deadlock */
        c->again = true;
        return err_set(reterr, ERR_STORE_AWAY,
                       "The store is busy: too many change the same thing at once. Nothing was stored. Try again in a "
                       "moment.");
    }
    if (is_class(state, "23"))
        return conflict(r, what, reterr);
    if (is_class(state, "53100"))
        return err_set(reterr, ERR_FULL, "The disk is full: nothing was stored. Make room, then try again.");
    if (is_class(state, "53200"))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    if (is_class(state, "25006"))
        return read_only(c, what, reterr);
    if (is_class(state, "54"))
        return err_set(reterr, ERR_TOO_LARGE, "A value is larger than the store takes (%s). Nothing was stored.", what);
    if (is_class(state, "0A") ||
        is_class(state, "26")) /* a prepared statement that a newer schema made void, or is gone */
        c->stale = true;
    if (is_class(state, "53") || is_class(state, "55") || is_class(state, "57") || is_class(state, "58") ||
        is_class(state, "08") || is_class(state, "XX"))
        return away(r, reterr);
    return refused(r, what, reterr);
}

int pg_failure(struct pg_connection *c, const PGresult *r, const char *what, struct err *reterr) {
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    if (PQstatus(c->db) == CONNECTION_BAD || !state) {
        c->stale = true;
        c->lost = true;
        return pg_failure_away(c->db, reterr);
    }
    return of_state(c, r, state, what, reterr);
}

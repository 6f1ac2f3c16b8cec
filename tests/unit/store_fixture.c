// SPDX-License-Identifier: Apache-2.0
/* Makes and removes the places in which tests keep their stores. */
#include "store_fixture.h"

#include "base/buf.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef WITH_POSTGRES
#include <libpq-fe.h>

/* CREATE and DROP DATABASE take no bound values; the name is made here, of letters and digits only. */
static void administer(const char *cluster, const char *before, const char *name, const char *after) {
    char sql[200];
    (void)snprintf(sql, sizeof sql, "%s %s %s", before, name, after);
    PGconn *c = PQconnectdb(cluster);
    PGresult *r = PQexec(c, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!ok)
        print_error("%s: %s\n", sql, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    assert_true(ok);
}

/* The cluster's URL with another database's name: postgresql://HOST/THIS?options. */
static void url_of(const char *cluster, const char *name, char *ret, size_t room) {
    const char *host = strstr(cluster, "://");
    assert_non_null(host);
    const char *slash = strchr(host + 3, '/');
    const char *options = strchr(host, '?');
    size_t upto = slash && (!options || slash < options) ? (size_t)(slash - cluster)
                  : options                              ? (size_t)(options - cluster)
                                                         : strlen(cluster);
    int n = snprintf(ret, room, "%.*s/%s%s", (int)upto, cluster, name, options ? options : "");
    assert_true(n > 0 && (size_t)n < room);
}

static void place_on_postgres(struct fixture *f) {
    const char *cluster = getenv("DAYLIGHT_TEST_POSTGRES");
    const char *id = strrchr(f->folder, '.') + 1;
    /* Lower case, or PostgreSQL would fold the name. */
    (void)snprintf(f->database, sizeof f->database, "test_%d_", (int)getpid());
    size_t at = strlen(f->database);
    for (; *id && at + 3 < sizeof f->database; id++)
        at += (size_t)snprintf(f->database + at, 3, "%02x", (unsigned char)*id);
    administer(cluster, "CREATE DATABASE", f->database, "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    url_of(cluster, f->database, f->url, sizeof f->url);
}

static void leave_postgres(struct fixture *f) {
    if (f->database[0])
        administer(getenv("DAYLIGHT_TEST_POSTGRES"), "DROP DATABASE", f->database, "WITH (FORCE)");
}
static const char *missing_postgres(void) {
    return getenv("DAYLIGHT_TEST_POSTGRES")
               ? NULL
               : "DAYLIGHT_TEST_POSTGRES names no cluster (tools/with_postgres.sh makes one)";
}
#else
static void place_on_postgres(struct fixture *f) {
    (void)f;
}
static void leave_postgres(struct fixture *f) {
    (void)f;
}
static const char *missing_postgres(void) {
    return "built without PostgreSQL";
}
#endif

struct fixture *fixture_place(const char *engine) {
    bool postgres = strcmp(engine, "postgres") == 0;
    if (postgres && missing_postgres()) {
        print_message("SKIP %s: %s\n", engine, missing_postgres());
        skip();
    }
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->engine = engine;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/daylight-test.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    if (postgres)
        place_on_postgres(f);
    else
        (void)snprintf(f->url, sizeof f->url, "sqlite:%s/daylight.db", f->folder);
    return f;
}

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

void fixture_reopen(struct fixture *f) {
    struct err e = {0};
    store_close(f->store);
    f->store = NULL;
    must(store_open(f->url, &f->store, &e), &e);
}

struct fixture *fixture_store(const char *engine) {
    struct fixture *f = fixture_place(engine);
    struct err e = {0};
    fixture_reopen(f);
    must(store_migrate(f->store, &e), &e);
    return f;
}

void fixture_end(struct fixture *f) {
    if (!f)
        return;
    store_close(f->store);
    leave_postgres(f);
    struct err e = {0};
    must(file_remove_all(f->folder, &e), &e);
    free(f);
}

void fixture_run(void **state) {
    const struct fixture_case *what = *state;
    *state = NULL; /* so that a skip leaves nothing to take down */
    *state = what->empty ? fixture_place(what->engine) : fixture_store(what->engine);
    if (what->empty)
        fixture_reopen(*state);
    what->test(state);
}

int fixture_teardown(void **state) {
    fixture_end(*state);
    *state = NULL;
    return 0;
}

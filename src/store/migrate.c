// SPDX-License-Identifier: Apache-2.0
/* The schema, forward only: everything pending, in one transaction or not at all. */
#include "store/migrate.h"

#include "base/buf.h"
#include "base/clock.h"
#include "queries.h"
#include "store/engine.h"

extern const struct embedded_file schema_files[];

static const struct str version_table = STR("CREATE TABLE IF NOT EXISTS schema_version (\n"
                                            "    version BIGINT PRIMARY KEY,  -- the number of the schema file\n"
                                            "    name TEXT NOT NULL,          -- its name\n"
                                            "    applied_us BIGINT NOT NULL   -- when this store took it\n"
                                            ")");

struct migration {
    const struct embedded_file *files;
    int64_t newest; /* that this binary knows */
};

/* "0007-what.sql" is 7; 0 for anything else. */
static int64_t number_of(const char *name) {
    struct str digits = str_first(str_of(name), 4), rest = str_from(str_of(name), 4);
    int64_t number;
    bool ok = digits.n == 4 && str_to_int(digits, &number) && str_starts(rest, "-") && str_ends(rest, ".sql");
    return ok && number > 0 ? number : 0;
}

static int check_files(struct migration *m, struct err *reterr) {
    for (const struct embedded_file *f = m->files; f->name; f++, m->newest++)
        if (number_of(f->name) != m->newest + 1)
            return err_set(reterr, ERR_INTERNAL, "The schema file %s should be number %lld.", f->name,
                           (long long)m->newest + 1);
    return 0;
}

int migrate_part(struct str text, const char *engine, struct buf *ret, struct err *reterr) {
    struct str line, only = STR("-- only: ");
    bool inside = false, wanted = true;
    while (str_cut(&text, '\n', &line)) {
        if (str_starts(line, only.p)) {
            struct str which = str_trim(str_from(line, only.n));
            if (inside || (!str_is(which, "sqlite") && !str_is(which, "postgres")))
                return err_set(reterr, ERR_INTERNAL, "A schema file has a line not understood: %.*s", STR_FMT(line));
            inside = true;
            wanted = str_is(which, engine);
        } else if (str_is(str_trim(line), "-- end")) {
            if (!inside)
                return err_set(reterr, ERR_INTERNAL, "A schema file has an \"-- end\" too many.");
            inside = false;
            wanted = true;
        } else if (wanted) {
            buf_add(ret, line);
            buf_add_char(ret, '\n');
        }
    }
    if (inside)
        return err_set(reterr, ERR_INTERNAL, "A schema file lacks an \"-- end\".");
    return buf_failed(ret) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

static int get_version(struct tx *tx, int64_t *ret, struct err *reterr) {
    const struct query *there =
        str_is(str_of(tx->engine->name), "sqlite") ? &Q_schema_version_there_sqlite : &Q_schema_version_there_postgres;
    int64_t n, version = 0;
    int rc = tx_int(tx, there, CELLS_NONE, &n, reterr);
    if (rc == 0 && n)
        rc = tx_int(tx, &Q_schema_version_get, CELLS_NONE, &version, reterr);
    if (rc == 0)
        *ret = version;
    return rc;
}

static int check_version(const struct migration *m, int64_t version, struct err *reterr) {
    if (version <= m->newest)
        return 0;
    return err_set(
        reterr, ERR_STORE_NEWER,
        "The store is at version %lld and this Daylight knows %lld; use a newer Daylight. Nothing was changed.",
        (long long)version, (long long)m->newest);
}

static int apply(struct tx *tx, const struct embedded_file *file, int64_t number, struct err *reterr) {
    BUF_LOCAL(sql);
    int rc = migrate_part(file->bytes, tx->engine->name, &sql, reterr);
    if (rc == 0)
        rc = tx->engine->script(tx, buf_str(&sql), reterr);
    if (rc < 0) {
        err_prefix(reterr, "%s", file->name);
        return rc;
    }
    int64_t added = tx_run(tx, &Q_schema_version_add,
                           CELLS(cell_int(number), cell_z(file->name), cell_int(clock_now_us())), reterr);
    return added < 0 ? (int)added : 0;
}

static int apply_pending(struct tx *tx, void *arg, struct err *reterr) {
    const struct migration *m = arg;
    int64_t version;
    int rc = get_version(tx, &version, reterr);
    if (rc == 0)
        rc = check_version(m, version, reterr);
    if (rc == 0)
        rc = tx->engine->script(tx, version_table, reterr);
    for (int64_t number = version + 1; rc == 0 && number <= m->newest; number++)
        rc = apply(tx, &m->files[number - 1], number, reterr);
    return rc;
}

int migrate(struct store *s, const struct embedded_file *files, struct err *reterr) {
    struct migration m = {.files = files};
    int rc = check_files(&m, reterr);
    if (rc < 0)
        return rc;
    void *lock = NULL;
    if (s->engine->lock_schema)
        rc = s->engine->lock_schema(s, &lock, reterr);
    if (rc < 0)
        return rc;
    rc = store_write(s, apply_pending, &m, reterr);
    if (s->engine->lock_schema)
        s->engine->unlock_schema(s, lock);
    return rc;
}

int store_migrate(struct store *s, struct err *reterr) {
    return migrate(s, schema_files, reterr);
}

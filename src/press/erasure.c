// SPDX-License-Identifier: Apache-2.0
/* What is left to do once the act of erasing is stored. Each step can be done again. */
#include "press/erasure.h"

#include "base/file.h"
#include "press/ask.h"
#include "press/erasure/media.h"
#include "press/search.h"
#include "queries.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SOME = 1000, ADDRESS = 96, TRIES = 20, PAUSE_MS = 250, READERS_TRIES = 240 };

struct left {
    int64_t article_id;
    char address[ADDRESS];
};

struct finishing {
    struct store *store;
    const char *folder;
    void (*say)(void *arg, const char *what);
    void *arg;
    size_t n; /* of what was read */
    struct left *left;
};

static void say(const struct finishing *f, const char *what) {
    if (f->say)
        f->say(f->arg, what);
}

int erasure_left(struct tx *tx, int64_t *ret, struct err *reterr) {
    return ask_int(tx, &Q_erasure_left_count, CELLS_NONE, 0, ret, reterr);
}

static int read_left(struct tx *tx, struct finishing *f, bool media, struct err *reterr) {
    ROWS_LOCAL(r);
    f->n = 0;
    int rc = tx_rows(tx, &Q_erasure_left_list, CELLS(cell_int(SOME), cell_int(media)), &r, reterr);
    while (rc == 0 && f->n < SOME && (rc = rows_next(r, reterr)) > 0) {
        struct left *l = &f->left[f->n++];
        struct str address = rows_text(r, 1);
        size_t n = address.n < ADDRESS ? address.n : 0; /* ours are shorter */
        l->article_id = rows_int(r, 0);
        memcpy(l->address, n ? address.p : "", n);
        l->address[n] = 0;
        rc = 0;
    }
    return rc;
}

static int read_media(struct tx *tx, void *arg, struct err *reterr) {
    return read_left(tx, arg, true, reterr);
}

static int read_moments(struct tx *tx, void *arg, struct err *reterr) {
    return read_left(tx, arg, false, reterr);
}

static int forget(struct tx *tx, void *arg, struct err *reterr) {
    const struct finishing *f = arg;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < f->n; i++)
        rc = ask_run(tx, &Q_erasure_left_done, CELLS(cell_int(f->left[i].article_id), cell_z(f->left[i].address)),
                     reterr);
    return rc;
}

/* --- media --- */

static int remove_file(const char *folder, struct str address, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(name);
    struct str rest = address, found;
    if (!media_next(&rest, &found) || found.n != address.n)
        return err_set(reterr, ERR_INTERNAL, "%s", err_sentence(-ERR_INTERNAL));
    buf_add(&name, str_from(address, 1));
    file_join(&path, folder, name.p);
    if (buf_failed(&path) || buf_failed(&name))
        return ask_no_memory(reterr);
    if (unlink(path.p) && errno != ENOENT) /* ENOENT: done before, or another folder's */
        return err_errno(reterr, "%s", path.p);
    return 0;
}

/* Within a write, so that on SQLite nobody begins to use one in between. */
static int remove_unused(struct tx *tx, void *arg, struct err *reterr) {
    struct finishing *f = arg;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < f->n; i++) {
        char within[ADDRESS + 2];
        int64_t used = 0;
        (void)snprintf(within, sizeof within, "%%%s%%", f->left[i].address); /* fits */
        rc = ask_int(tx, &Q_erasure_used, CELLS(cell_z(f->left[i].address), cell_z(within)), 0, &used, reterr);
        if (rc == 0 && !used)
            rc = remove_file(f->folder, str_of(f->left[i].address), reterr);
    }
    return rc < 0 ? rc : forget(tx, f, reterr);
}

static int clean_media(struct finishing *f, struct err *reterr) {
    int rc = store_read(f->store, read_media, f, reterr);
    if (rc == 0 && f->n)
        say(f, "files that no other article uses are removed");
    while (rc == 0 && f->n) {
        rc = store_write(f->store, remove_unused, f, reterr);
        if (rc == 0)
            rc = store_read(f->store, read_media, f, reterr);
    }
    return rc;
}

/* --- the search index --- */

struct rebuild {
    const struct search_rebuild *from;
    struct search_rebuild now;
};

static int rebuild_step(struct tx *tx, void *arg, struct err *reterr) {
    struct rebuild *r = arg;
    r->now = *r->from; /* afresh each time: it may run again */
    return search_rebuild_step(tx, &r->now, reterr);
}

/* Words of earlier texts stand in the index in rows that nothing points at, and cannot be taken out one by one. */
static int rebuild_index(const struct finishing *f, struct err *reterr) {
    struct search_rebuild at = {0};
    int rc = 0;
    say(f, "the search index is made anew");
    while (rc == 0 && !at.done) {
        struct rebuild r = {&at, {0}};
        rc = store_write(f->store, rebuild_step, &r, reterr);
        if (rc == 0)
            at = r.now;
    }
    return rc;
}

/* --- SQLite --- */

static void a_pause(void) {
    const struct timespec pause = {0, PAUSE_MS * 1000000L};
    (void)nanosleep(&pause, NULL); /* woken early is as good */
}

static int truncate_journal(const struct finishing *f, struct err *reterr) {
    int64_t busy = 1;
    for (int i = 0; busy && i < TRIES; i++) {
        int rc = store_alone(f->store, &Q_erasure_truncate_sqlite, &busy, reterr);
        if (rc < 0)
            return rc;
        if (busy)
            a_pause();
    }
    return busy ? err_set(reterr, ERR_STORE_AWAY,
                          "The store's journal could not be emptied, because somebody reads from it all the time.")
                : 0;
}

static int clean_sqlite(const struct finishing *f, struct err *reterr) {
    say(f, "the store is written anew");
    int rc = store_alone(f->store, &Q_erasure_vacuum_sqlite, NULL, reterr);
    return rc < 0 ? rc : truncate_journal(f, reterr);
}

/* --- PostgreSQL --- */

struct under_way {
    struct buf names;
    int64_t left;
};

static int read_under_way(struct tx *tx, void *arg, struct err *reterr) {
    struct under_way *u = arg;
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_erasure_under_way_postgres, CELLS_NONE, &r, reterr);
    if (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        buf_reset(&u->names);
        buf_add(&u->names, rows_text(r, 0));
        rc = buf_failed(&u->names) ? ask_no_memory(reterr) : 0;
    }
    return rc;
}

static int read_still_under_way(struct tx *tx, void *arg, struct err *reterr) {
    struct under_way *u = arg;
    return ask_int(tx, &Q_erasure_still_under_way_postgres, CELLS(cell_text(buf_str(&u->names))), 0, &u->left, reterr);
}

/* Waits for the transactions that are under way: what they may still see stays in a table that is written anew. */
static int await_under_way(const struct finishing *f, struct err *reterr) {
    struct under_way u = {.names = BUF_INIT, .left = 1};
    int rc = store_read(f->store, read_under_way, &u, reterr);
    for (int i = 0; rc == 0 && u.left && i < READERS_TRIES; i++) {
        rc = store_read(f->store, read_still_under_way, &u, reterr);
        if (rc == 0 && u.left)
            a_pause();
    }
    buf_clear(&u.names);
    if (rc == 0 && u.left)
        return err_set(reterr, ERR_STORE_AWAY,
                       "The store's tables could not be written anew, because somebody has been at work in it for a "
                       "minute without a pause (a copy being taken, say).");
    return rc;
}

static int clean_postgres(const struct finishing *f, struct err *reterr) {
    static const struct query *const all[] = {
        &Q_erasure_vacuum_article_postgres, &Q_erasure_vacuum_text_postgres,   &Q_erasure_vacuum_revision_postgres,
        &Q_erasure_vacuum_proof_postgres,   &Q_erasure_vacuum_search_postgres, &Q_erasure_vacuum_lists_postgres,
        &Q_erasure_vacuum_blocks_postgres,  &Q_erasure_vacuum_seen_postgres,   &Q_erasure_vacuum_statistics_postgres};
    /* Twice: one that began while an older one lasted sees what that one saw. */
    int rc = await_under_way(f, reterr);
    if (rc == 0)
        rc = await_under_way(f, reterr);
    if (rc == 0)
        say(f, "the tables that held it are written anew");
    for (size_t i = 0; rc == 0 && i < sizeof all / sizeof *all; i++)
        rc = store_alone(f->store, all[i], NULL, reterr);
    return rc;
}

/* --- all of it --- */

int erasure_finish(struct store *s, const char *folder, void (*say_to)(void *arg, const char *what), void *arg,
                   struct err *reterr) {
    ARENA_LOCAL(a, 0);
    struct finishing f = {.store = s, .folder = folder, .say = say_to, .arg = arg};
    f.left = arena_array(a, SOME, sizeof *f.left);
    if (!f.left)
        return ask_no_memory(reterr);
    int rc = clean_media(&f, reterr);
    /* What is forgotten afterwards was read before: an erasure that comes meanwhile cleans for itself. */
    if (rc == 0)
        rc = store_read(s, read_moments, &f, reterr);
    while (rc == 0 && f.n) {
        rc = rebuild_index(&f, reterr);
        if (rc == 0)
            rc = strcmp(store_engine(s), "sqlite") == 0 ? clean_sqlite(&f, reterr) : clean_postgres(&f, reterr);
        if (rc == 0)
            rc = store_write(s, forget, &f, reterr);
        if (rc == 0)
            rc = store_read(s, read_moments, &f, reterr);
    }
    return rc;
}

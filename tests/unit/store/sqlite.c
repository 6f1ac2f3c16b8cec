// SPDX-License-Identifier: Apache-2.0
/* What only the embedded engine has: a file, its disk, its one writer. */
#include "store_fixture.h"

#include "base/buf.h"
#include "base/file.h"
#include "store/engine.h"
#include "store/fault.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct query make_table = {"make_table", "CREATE TABLE thing (id BIGINT PRIMARY KEY, word TEXT)", NULL},
                          add = {"add", "INSERT INTO thing (id, word) VALUES ($1, $2)", NULL},
                          count = {"count", "SELECT COUNT(*) FROM thing", NULL},
                          make_search = {"make_search", "CREATE VIRTUAL TABLE found USING fts5 (words)", NULL},
                          add_search = {"add_search", "INSERT INTO found (rowid, words) VALUES ($1, $2)", NULL},
                          search = {"search", "SELECT rowid FROM found WHERE found MATCH $1 ORDER BY rank", NULL},
                          odd_placeholder = {"odd_placeholder", "SELECT ?", NULL};

static void must(int64_t rc, const struct err *e) {
    if (rc < 0)
        print_error("%s: %s\n", err_name((int)rc), e->text);
    assert_true(rc >= 0);
}

static int run_plain(struct tx *tx, void *arg, struct err *reterr) {
    return (int)tx_run(tx, arg, CELLS_NONE, reterr);
}

static int run_query(struct store *s, const struct query *q, struct err *reterr) {
    return store_write(s, run_plain, (void *)(uintptr_t)q, reterr);
}

static struct store *with_table(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    must(run_query(f->store, &make_table, &e), &e);
    return f->store;
}

struct thing {
    int64_t id;
    struct str word;
};

static int add_thing(struct tx *tx, void *arg, struct err *reterr) {
    const struct thing *t = arg;
    return (int)tx_run(tx, &add, CELLS(cell_int(t->id), cell_text(t->word)), reterr);
}

static int get_count(struct tx *tx, void *arg, struct err *reterr) {
    return tx_int(tx, &count, CELLS_NONE, arg, reterr);
}

static int64_t how_many(struct store *s) {
    int64_t n = -1;
    return store_read(s, get_count, &n, NULL) < 0 ? -1 : n;
}

/* --- the file --- */

static void nobody_else_can_read_the_stores_files(void **state) {
    struct fixture *f = *state;
    mode_t before = umask(0);
    store_close(f->store);
    f->store = NULL;
    struct err e = {0};
    must(file_remove_all(f->url + strlen("sqlite:"), &e), &e);
    fixture_reopen(f);
    (void)with_table(state);
    (void)umask(before);
    static const char *const ends[] = {"", "-wal", "-shm", "-turn"};
    for (size_t i = 0; i < 4; i++) {
        char path[600];
        struct stat st;
        (void)snprintf(path, sizeof path, "%s%s", f->url + strlen("sqlite:"), ends[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

static void after_closing_there_is_one_whole_file(void **state) {
    struct fixture *f = *state;
    struct store *s = with_table(state);
    assert_int_equal(how_many(s), 0); /* a reader was there too */
    char wal[600];
    (void)snprintf(wal, sizeof wal, "%s-wal", f->url + strlen("sqlite:"));
    assert_true(file_exists(wal));
    store_close(f->store);
    f->store = NULL;
    assert_false(file_exists(wal));
}

enum { MB = 1000000 };

static int64_t size_of(const char *url, const char *end) {
    char path[600];
    struct stat s;
    (void)snprintf(path, sizeof path, "%s%s", url + strlen("sqlite:"), end);
    return stat(path, &s) == 0 ? (int64_t)s.st_size : -1;
}

static void add_large_things(struct store *s, int64_t from, int64_t n) {
    static char word[100000];
    struct err e = {0};
    memset(word, 'w', sizeof word);
    for (int64_t i = from; i < from + n; i++)
        must(store_write(s, add_thing, &(struct thing){i, {word, sizeof word}}, &e), &e);
}

static void while_many_writes_come_the_log_is_folded_back_later(void **state) {
    struct store *s = with_table(state);
    const char *url = ((struct fixture *)*state)->url;
    struct statvfs disk;
    assert_int_equal(statvfs(((struct fixture *)*state)->folder, &disk), 0);
    if ((uint64_t)disk.f_bavail * disk.f_frsize < STORE_BULK_ROOM + 100 * MB) {
        print_message("SKIP: less than a gigabyte is free here\n");
        skip();
    }
    add_large_things(s, 0, 100);
    assert_true(size_of(url, "-wal") < 5 * MB && size_of(url, "") > 5 * MB);
    store_set_bulk(s, true);
    int64_t folded = size_of(url, "");
    add_large_things(s, 100, 100);
    assert_true(size_of(url, "-wal") > 9 * MB);
    assert_int_equal(size_of(url, ""), folded);
    assert_int_equal(how_many(s), 200);
    store_set_bulk(s, false);
    add_large_things(s, 200, 1);
    assert_true(size_of(url, "") > folded + 9 * MB);
    assert_int_equal(how_many(s), 201);
}

static void a_path_that_looks_like_something_else_is_a_files_name(void **state) {
    struct fixture *f = *state;
    char here[500];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(f->folder), 0);
    static const char *const urls[] = {"sqlite::memory:", "sqlite:file:x?mode=memory", "sqlite:with space?and=%41"};
    for (size_t i = 0; i < 3; i++) {
        struct store *s = NULL;
        struct err e = {0};
        must(store_open(urls[i], &s, &e), &e);
        must(store_ping(s, &e), &e);
        assert_true(file_exists(urls[i] + strlen("sqlite:")));
        store_close(s);
    }
    assert_int_equal(chdir(here), 0);
}

static void a_missing_folder_is_told_with_the_path(void **state) {
    (void)state;
    struct store *s = NULL;
    struct err e = {0};
    assert_int_equal(store_open("sqlite:/nowhere/at/all/daylight.db", &s, &e), -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "/nowhere/at/all/daylight.db"));
    assert_null(s);
}

static void a_file_that_is_no_store_is_refused_and_left_as_it_is(void **state) {
    struct fixture *f = *state;
    char path[100], url[120];
    (void)snprintf(path, sizeof path, "%s/letter.txt", f->folder);
    (void)snprintf(url, sizeof url, "sqlite:%s", path);
    struct str bytes = STR("Dear Sir or Madam, this is not a database but a letter, and it is long enough for a header "
                           "of a hundred bytes.");
    struct err e = {0};
    must(file_write(path, bytes, 0600, &e), &e);
    struct store *s = NULL;
    assert_int_equal(store_open(url, &s, &e), -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "not a store"));
    BUF_LOCAL(after);
    must(file_read(path, 1000, &after, &e), &e);
    assert_true(str_eq(buf_str(&after), bytes));
}

static void a_damaged_store_answers_in_words(void **state) {
    struct fixture *f = *state;
    struct store *s = with_table(state);
    char word[200];
    memset(word, 'w', sizeof word);
    for (int64_t i = 0; i < 200; i++)
        must(store_write(s, add_thing, &(struct thing){i, str_part(word, sizeof word)}, &(struct err){0}),
             &(struct err){0});
    store_close(f->store);
    f->store = NULL;
    FILE *file = fopen(f->url + strlen("sqlite:"), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long end = ftell(file);
    assert_int_equal(fseek(file, 4096, SEEK_SET), 0); /* the schema's page is kept, the others are not */
    for (long at = 4096; at < end; at++)
        assert_int_not_equal(fputc(0x5a, file), EOF);
    assert_int_equal(fclose(file), 0);
    struct err e = {0};
    int64_t n;
    int rc = store_open(f->url, &f->store, &e);
    if (rc == 0)
        rc = store_read(f->store, get_count, &n, &e);
    assert_int_equal(rc, -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "damaged"));
}

/* --- two programs --- */

static sqlite3 *lock_it(const struct fixture *f) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->url + strlen("sqlite:"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    return db;
}

static void a_store_that_another_program_writes_to_is_busy_and_says_so(void **state) {
    struct fixture *f = *state;
    struct store *s = with_table(state);
    sqlite3 *db = lock_it(f);
    struct err e = {0};
    store_set_patience(s, 30);
    assert_int_equal(store_write(s, add_thing, &(struct thing){1, STR("a")}, &e), -ERR_STORE_AWAY);
    assert_non_null(strstr(e.text, "busy"));
    assert_int_equal(how_many(s), 0); /* reading goes on */
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    must(store_write(s, add_thing, &(struct thing){1, STR("a")}, &e), &e);
}

static void *unlock_later(void *db) {
    (void)usleep(100000);
    (void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return NULL;
}

static void a_short_write_of_another_program_is_waited_for(void **state) {
    struct fixture *f = *state;
    struct store *s = with_table(state);
    sqlite3 *db = lock_it(f);
    pthread_t thread;
    struct err e = {0};
    assert_int_equal(pthread_create(&thread, NULL, unlock_later, db), 0);
    must(store_write(s, add_thing, &(struct thing){1, STR("a")}, &e), &e);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(how_many(s), 1);
}

/* Waits for a byte, then opens the store, reads, and closes it. Begun before this process has it open: SQLite's notes
 * of what a process holds locked must not be carried over a fork. */
static pid_t visit_later(const char *url, int *ret_bell) {
    int bell[2];
    assert_int_equal(pipe(bell), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char byte;
        struct store *s = NULL;
        (void)close(bell[1]);
        bool done = read(bell[0], &byte, 1) == 1 && store_open(url, &s, NULL) == 0 && how_many(s) == 1;
        store_close(s);
        _exit(done ? 0 : 1);
    }
    assert_int_equal(close(bell[0]), 0);
    *ret_bell = bell[1];
    return child;
}

/* Had this process lost its lock on the file, the visitor would take itself for the last one, and end the log. */
static void a_store_that_was_worked_on_alone_stays_locked_as_open(void **state) {
    struct fixture *f = *state;
    static const struct query vacuum = {"vacuum", "VACUUM", NULL};
    struct err e = {0};
    int bell, status;
    (void)with_table(state);
    store_close(f->store);
    f->store = NULL;
    pid_t visitor = visit_later(f->url, &bell);
    fixture_reopen(f);
    must(store_write(f->store, add_thing, &(struct thing){1, STR("a")}, &e), &e);
    must(store_alone(f->store, &vacuum, NULL, &e), &e);
    assert_int_equal(write(bell, "!", 1), 1);
    assert_int_equal(waitpid(visitor, &status, 0), visitor);
    assert_int_equal(close(bell), 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(size_of(f->url, "-wal") >= 0);
    must(store_write(f->store, add_thing, &(struct thing){2, STR("b")}, &e), &e);
    assert_int_equal(how_many(f->store), 2);
}

static void who_keeps_the_turn_keeps_nobody_from_writing(void **state) {
    struct fixture *f = *state;
    struct store *s = with_table(state);
    struct err e = {0};
    char path[600];
    (void)snprintf(path, sizeof path, "%s-turn", f->url + strlen("sqlite:"));
    int turn = open(path, O_RDWR | O_CLOEXEC);
    assert_true(turn >= 0);
    assert_int_equal(flock(turn, LOCK_EX), 0);
    store_set_patience(s, 200);
    must(store_write(s, add_thing, &(struct thing){1, STR("a")}, &e), &e);
    assert_int_equal(close(turn), 0);
    assert_int_equal(how_many(s), 1);
}

static void a_link_to_a_file_that_is_still_to_be_made_makes_it(void **state) {
    struct fixture *f = *state;
    struct store *s = NULL;
    struct err e = {0};
    char link[300], target[300], url[320];
    (void)snprintf(target, sizeof target, "%s/elsewhere.db", f->folder);
    (void)snprintf(link, sizeof link, "%s/link.db", f->folder);
    (void)snprintf(url, sizeof url, "sqlite:%s", link);
    assert_int_equal(symlink(target, link), 0);
    must(store_open(url, &s, &e), &e);
    must(store_ping(s, &e), &e);
    store_close(s);
    assert_true(file_exists(target));
}

/* --- the group --- */

enum { MEMBERS = 8 };

struct member {
    pthread_t thread;
    struct store *store;
    atomic_int task; /* its thread's number, once it is about to write */
    int64_t id;
    int rc;
    struct err err;
};

static void *write_as_member(void *arg) {
    struct member *m = arg;
    atomic_store(&m->task, (int)syscall(SYS_gettid));
    m->rc = store_write(m->store, add_thing, &(struct thing){m->id, STR("m")}, &m->err);
    return NULL;
}

/* Does the thread sleep? Between telling its number and its answer it sleeps only in the queue. */
static bool sleeps(int task) {
    char path[64], line[256] = "";
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/stat", task);
    FILE *file = fopen(path, "r");
    if (file) {
        (void)fgets(line, sizeof line, file);
        (void)fclose(file);
    }
    const char *name_end = strrchr(line, ')');
    return name_end && name_end[1] && name_end[2] == 'S';
}

/* Holds the writer until all members wait in the queue: then the next group is theirs. */
static int gather(struct tx *tx, void *arg, struct err *reterr) {
    (void)tx;
    (void)reterr;
    struct member *m = arg;
    for (int i = 0; i < MEMBERS; i++)
        while (!atomic_load(&m[i].task) || !sleeps(atomic_load(&m[i].task)))
            (void)usleep(1000);
    return 0;
}

static void *hold(void *arg) {
    struct member *m = arg;
    return store_write(m->store, gather, m, NULL) < 0 ? m : NULL;
}

static void write_together(struct store *s, struct member m[MEMBERS], int fail_at) {
    for (int i = 0; i < MEMBERS; i++)
        m[i] = (struct member){.store = s, .id = i};
    store_fail_at(fail_at);
    pthread_t holder;
    assert_int_equal(pthread_create(&holder, NULL, hold, m), 0);
    (void)usleep(20000); /* the holder first; were it not, the count below would tell */
    for (int i = 0; i < MEMBERS; i++)
        assert_int_equal(pthread_create(&m[i].thread, NULL, write_as_member, &m[i]), 0);
    void *failed;
    assert_int_equal(pthread_join(holder, &failed), 0);
    for (int i = 0; i < MEMBERS; i++)
        assert_int_equal(pthread_join(m[i].thread, NULL), 0);
    assert_null(failed);
}

static void a_commit_that_fails_fails_every_member_of_its_group(void **state) {
    struct store *s = with_table(state);
    struct member m[MEMBERS];
    /* the holder's commit, one insert a member, their one commit */
    write_together(s, m, 1 + MEMBERS + 1);
    assert_int_equal(store_fail_at(0), 0);
    for (int i = 0; i < MEMBERS; i++) {
        assert_int_equal(m[i].rc, -ERR_STORE_AWAY);
        assert_true(m[i].err.text[0]);
    }
    assert_int_equal(how_many(s), 0);
}

static void those_who_wait_share_one_commit(void **state) {
    struct store *s = with_table(state);
    struct member m[MEMBERS];
    write_together(s, m, 1000);
    assert_int_equal(store_fail_at(0), 1000 - (1 + MEMBERS + 1));
    for (int i = 0; i < MEMBERS; i++)
        assert_int_equal(m[i].rc, 0);
    assert_int_equal(how_many(s), MEMBERS);
}

/* --- a rider --- */

struct ride {
    int64_t id; /* of the thing that it adds; -1: it refuses */
    int runs, told;
    int rc;
};

static int ride(struct tx *tx, void *arg, struct err *reterr) {
    struct ride *r = arg;
    r->runs++;
    if (r->id < 0)
        return err_set(reterr, ERR_FORBIDDEN, "It does not ride.");
    return add_thing(tx, &(struct thing){r->id++, STR("rider")}, reterr);
}

static void hear(void *arg, int rc, const struct err *e) {
    struct ride *r = arg;
    r->told++;
    r->rc = rc;
    assert_true(rc == 0 || e->text[0]);
}

static void a_rider_shares_the_commit_and_fails_alone(void **state) {
    struct store *s = with_table(state);
    struct ride r = {.id = 100};
    const struct thing one = {1, STR("a")}, two = {2, STR("b")}, three = {3, STR("c")}, four = {4, STR("d")};
    store_set_rider(s, &(struct store_rider){ride, hear, &r});
    store_fail_at(1000);
    assert_int_equal(store_write(s, add_thing, (void *)(uintptr_t)&one, NULL), 0);
    assert_int_equal(store_fail_at(0), 1000 - 3); /* two inserts, one commit */
    assert_true(r.runs == 1 && r.told == 1 && r.rc == 0 && how_many(s) == 2);
    /* where nothing is written, nothing rides; nor where nobody waits for the disk */
    assert_int_equal(store_write(s, add_thing, (void *)(uintptr_t)&one, NULL), -ERR_CONFLICT);
    assert_int_equal(store_write_soon(s, add_thing, (void *)(uintptr_t)&two, NULL), 0);
    assert_true(r.runs == 1 && r.told == 1 && how_many(s) == 3);
    r.id = -1;
    assert_int_equal(store_write(s, add_thing, (void *)(uintptr_t)&three, NULL), 0);
    assert_true(r.runs == 2 && r.told == 2 && r.rc == -ERR_FORBIDDEN && how_many(s) == 4);
    r.id = 200;
    store_fail_at(3); /* the commit */
    assert_int_equal(store_write(s, add_thing, (void *)(uintptr_t)&four, NULL), -ERR_STORE_AWAY);
    assert_true(r.runs == 3 && r.told == 3 && r.rc == -ERR_STORE_AWAY && how_many(s) == 4);
    store_set_rider(s, NULL);
    assert_int_equal(store_write(s, add_thing, (void *)(uintptr_t)&four, NULL), 0);
    assert_true(r.runs == 3 && how_many(s) == 5);
}

static int write_within(struct tx *tx, void *arg, struct err *reterr) {
    (void)tx;
    return store_write(arg, run_plain, (void *)(uintptr_t)&count, reterr);
}

static void a_write_within_a_write_is_a_mistake_of_ours(void **state) {
    struct fixture *f = *state;
    store_close(f->store); /* a fork must not carry the connections over */
    f->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *s = NULL;
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* no core for this */
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        if (store_open(f->url, &s, NULL) == 0)
            (void)store_write(s, write_within, s, NULL);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* --- a full disk --- */

enum { FILLERS = 4, FILL_MOST = 100000 };

struct filler {
    pthread_t thread;
    struct store *store;
    int64_t from, stored;
    int rc;
    struct err err;
};

static void *fill(void *arg) {
    struct filler *f = arg;
    char word[500];
    memset(word, 'x', sizeof word);
    while (f->rc == 0 && f->stored < FILL_MOST) {
        struct thing t = {f->from + f->stored, str_part(word, sizeof word)};
        f->rc = store_write(f->store, add_thing, &t, &f->err);
        f->stored += f->rc == 0;
    }
    return NULL;
}

/* Exit status of a child: which promise was broken, or 0. */
static int fill_the_disk(const char *url, void (*make_room)(void *), void *arg) {
    struct store *s = NULL;
    struct filler f[FILLERS];
    int64_t stored = 0;
    if (store_open(url, &s, NULL) < 0)
        return 10;
    for (int i = 0; i < FILLERS; i++) {
        f[i] = (struct filler){.store = s, .from = (int64_t)i * FILL_MOST};
        if (pthread_create(&f[i].thread, NULL, fill, &f[i]) != 0)
            return 11;
    }
    for (int i = 0; i < FILLERS; i++) {
        (void)pthread_join(f[i].thread, NULL);
        stored += f[i].stored;
        if (f[i].rc != -ERR_FULL || !strstr(f[i].err.text, "disk is full"))
            return 12;
    }
    if (stored == 0 || how_many(s) != stored)
        return 13; /* told one thing and kept another */
    make_room(arg);
    if (store_write(s, add_thing, &(struct thing){-1, STR("room again")}, NULL) < 0 || how_many(s) != stored + 1)
        return 14;
    store_close(s);
    if (store_open(url, &s, NULL) < 0 || how_many(s) != stored + 1)
        return 15;
    store_close(s);
    return 0;
}

static void lift_limit(void *arg) {
    (void)arg;
    (void)setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}); /* the write behind it tells */
}

static void a_file_that_may_not_grow_refuses_in_words_and_keeps_what_it_told(void **state) {
    struct fixture *f = *state;
    (void)with_table(state);
    store_close(f->store); /* a fork must not carry the connections over */
    f->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){600000, RLIM_INFINITY}) != 0)
            _exit(9);
        _exit(fill_the_disk(f->url, lift_limit, NULL));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    fixture_reopen(f);
    assert_true(how_many(f->store) > 1);
}

enum { NO_MOUNT = 77 };

static void grow_disk(void *arg) {
    (void)mount("tmpfs", arg, "tmpfs", MS_REMOUNT, "size=8m"); /* the write behind it tells */
}

/* Exit status of a child: NO_MOUNT, 8, or what then() returns of a store with a table on a disk of that size. */
static int with_small_disk(const char *folder, const char *size, int (*then)(const char *url, char *disk)) {
    char disk[100], url[120];
    (void)snprintf(disk, sizeof disk, "%s/disk", folder);
    (void)snprintf(url, sizeof url, "sqlite:%s/daylight.db", disk);
    /* In a mount namespace of its own: gone with this process. */
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mkdir(disk, 0700) != 0 || mount("tmpfs", disk, "tmpfs", 0, size) != 0)
        return NO_MOUNT;
    struct store *s = NULL;
    if (store_open(url, &s, NULL) < 0 || run_query(s, &make_table, NULL) < 0)
        return 8;
    store_close(s);
    return then(url, disk);
}

static void on_small_disk(void **state, const char *size, int (*then)(const char *url, char *disk)) {
    struct fixture *f = *state;
    store_close(f->store); /* a fork must not carry the connections over */
    f->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(with_small_disk(f->folder, size, then));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_MOUNT) {
        print_message("SKIP: a small disk cannot be mounted here (it needs root)\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int fill_a_small_disk(const char *url, char *disk) {
    return fill_the_disk(url, grow_disk, disk);
}

static void a_full_disk_refuses_in_words_and_keeps_what_it_told(void **state) {
    on_small_disk(state, "size=1m", fill_a_small_disk);
}

static int write_much(const char *url, char *disk) {
    (void)disk;
    struct store *s = NULL;
    if (store_open(url, &s, NULL) < 0)
        return 10;
    store_set_bulk(s, true);
    add_large_things(s, 0, 100);
    bool folded = size_of(url, "-wal") < 5 * MB && size_of(url, "") > 5 * MB;
    store_close(s);
    return folded ? 0 : 11;
}

static void where_little_room_is_left_the_log_stays_small_even_then(void **state) {
    on_small_disk(state, "size=64m", write_much);
}

/* --- the rest --- */

static int put_words(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return (int)tx_run(tx, &add_search, CELLS(cell_int(7), cell_z("公安 安厅 public")), reterr);
}

static int find_words(struct tx *tx, void *arg, struct err *reterr) {
    return tx_int(tx, &search, CELLS(cell_z("安厅")), arg, reterr);
}

static void full_text_search_works_under_the_hardened_settings(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    int64_t id = 0;
    must(run_query(f->store, &make_search, &e), &e);
    must(store_write(f->store, put_words, NULL, &e), &e);
    must(store_read(f->store, find_words, &id, &e), &e);
    assert_int_equal(id, 7);
}

static void a_placeholder_that_is_no_dollar_number_is_refused(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    assert_int_equal(run_query(f->store, &odd_placeholder, &e), -ERR_INTERNAL);
    assert_non_null(strstr(e.text, "odd_placeholder"));
}

int main(void) {
#define ON_SQLITE(test) ON_ENGINE("sqlite", test)
    const struct CMUnitTest tests[] = {
        ON_SQLITE(nobody_else_can_read_the_stores_files),
        ON_SQLITE(after_closing_there_is_one_whole_file),
        ON_SQLITE(while_many_writes_come_the_log_is_folded_back_later),
        ON_SQLITE(a_path_that_looks_like_something_else_is_a_files_name),
        ON_SQLITE(a_missing_folder_is_told_with_the_path),
        ON_SQLITE(a_file_that_is_no_store_is_refused_and_left_as_it_is),
        ON_SQLITE(a_damaged_store_answers_in_words),
        ON_SQLITE(a_store_that_another_program_writes_to_is_busy_and_says_so),
        ON_SQLITE(a_short_write_of_another_program_is_waited_for),
        ON_SQLITE(a_store_that_was_worked_on_alone_stays_locked_as_open),
        ON_SQLITE(who_keeps_the_turn_keeps_nobody_from_writing),
        ON_SQLITE(a_link_to_a_file_that_is_still_to_be_made_makes_it),
        ON_SQLITE(a_commit_that_fails_fails_every_member_of_its_group),
        ON_SQLITE(those_who_wait_share_one_commit),
        ON_SQLITE(a_rider_shares_the_commit_and_fails_alone),
        ON_SQLITE(a_write_within_a_write_is_a_mistake_of_ours),
        ON_SQLITE(a_file_that_may_not_grow_refuses_in_words_and_keeps_what_it_told),
        ON_SQLITE(a_full_disk_refuses_in_words_and_keeps_what_it_told),
        ON_SQLITE(where_little_room_is_left_the_log_stays_small_even_then),
        ON_SQLITE(full_text_search_works_under_the_hardened_settings),
        ON_SQLITE(a_placeholder_that_is_no_dollar_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

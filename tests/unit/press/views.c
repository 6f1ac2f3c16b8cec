// SPDX-License-Identifier: Apache-2.0
#include "press/views.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"
#include "ground.h"
#include "queries.h"
#include "store/fault.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, ARTICLES = 200 };

static struct views *open_at(struct fixture *f, const char *name) {
    char path[128];
    struct views *v = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    MUST(views_open(path, f->store, &v, e));
    return v;
}

static void add(struct views *v, int64_t id, enum view_kind kind, int times) {
    for (int i = 0; i < times; i++)
        (void)views_add(v, id, kind);
}

static void assert_total(const struct views *v, enum view_kind kind, int64_t expected) {
    int64_t total[VIEW_KINDS];
    views_totals(v, total);
    assert_int_equal(total[kind], expected);
}

/* Copies a file of the test's folder byte for byte, as a backup would. */
static void copy(struct fixture *f, const char *from, const char *to) {
    char path[128];
    BUF_LOCAL(bytes);
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, from);
    MUST(file_read(path, 1 << 24, &bytes, e));
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, to);
    MUST(file_write(path, buf_str(&bytes), 0600, e));
}

static void drop(struct fixture *f, const char *name) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    MUST(file_remove_all(path, e));
}

/* --- counting --- */

static void a_view_is_counted_at_once_and_kinds_apart(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    assert_int_equal(views_get(v, 7), 0);
    assert_int_equal(views_add(v, 7, VIEW_PERSON), 1);
    assert_int_equal(views_add(v, 7, VIEW_ROBOT), 1);
    assert_int_equal(views_add(v, 7, VIEW_PERSON), 2);
    assert_int_equal(views_add(v, 8, VIEW_STAFF), 0);
    assert_int_equal(views_get(v, 7), 2);
    assert_total(v, VIEW_PERSON, 2);
    assert_total(v, VIEW_ROBOT, 1);
    assert_total(v, VIEW_STAFF, 1);
    assert_total(v, VIEW_HEAD, 0);
    views_close(v);
}

static void an_id_beyond_the_file_grows_it_and_one_out_of_bounds_is_not_counted(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    assert_int_equal(views_get(v, 100000), 0);
    assert_int_equal(views_add(v, 100000, VIEW_PERSON), 1);
    assert_int_equal(views_get(v, 100000), 1);
    log_set((enum log_level)(LOG_ERROR + 1), LOG_LOGFMT); /* the refusals are meant */
    static const int64_t out[] = {0, -1, INT64_MIN, VIEWS_ARTICLES_MOST, INT64_MAX};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
        assert_int_equal(views_add(v, out[i], VIEW_PERSON), 0);
        assert_int_equal(views_get(v, out[i]), 0);
    }
    log_set(LOG_INFO, LOG_LOGFMT);
    assert_int_equal(views_lost(v), 5);
    assert_int_equal(views_add(v, VIEWS_ARTICLES_MOST - 1, VIEW_PERSON), 1);
    assert_total(v, VIEW_PERSON, 2);
    views_close(v);
}

struct counting {
    struct views *v;
    _Atomic int64_t *acknowledged;
    int64_t first, times;
};

static void *count(void *arg) {
    const struct counting *c = arg;
    for (int64_t i = 0; i < c->times; i++) {
        (void)views_add(c->v, 1 + (c->first + i) % ARTICLES, (enum view_kind)(i % VIEW_KINDS));
        if (c->acknowledged)
            atomic_fetch_add(c->acknowledged, 1);
    }
    return NULL;
}

static void *fold_on(void *arg) {
    const struct counting *c = arg;
    for (int i = 0; i < 20; i++)
        if (views_fold(c->v, NULL) != 0)
            return arg;
    return NULL;
}

static int64_t sum_of_totals(const struct views *v) {
    int64_t total[VIEW_KINDS], sum = 0;
    views_totals(v, total);
    for (int k = 0; k < VIEW_KINDS; k++)
        sum += total[k];
    return sum;
}

static void threads_count_and_fold_at_once_without_losing_one(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    pthread_t counter[THREADS], folder;
    struct counting c[THREADS];
    for (int i = 0; i < THREADS; i++) {
        c[i] = (struct counting){.v = v, .first = i * 31, .times = 50000};
        assert_int_equal(pthread_create(&counter[i], NULL, count, &c[i]), 0);
    }
    assert_int_equal(pthread_create(&folder, NULL, fold_on, &c[0]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(counter[i], NULL), 0);
    void *failed = NULL;
    assert_int_equal(pthread_join(folder, &failed), 0);
    assert_null(failed);
    assert_int_equal(sum_of_totals(v), THREADS * 50000);
    int64_t people = 0;
    for (int64_t id = 1; id <= ARTICLES; id++)
        people += views_get(v, id);
    assert_int_equal(people, THREADS * 50000 / VIEW_KINDS);
    views_close(v);
    drop(f, "views"); /* so that what is there now can only come from the store */
    v = open_at(f, "views");
    assert_int_equal(sum_of_totals(v), THREADS * 50000);
    views_close(v);
}

/* --- the store --- */

struct row {
    int64_t rows, people, folded;
};

static int read_rows(struct tx *tx, void *arg, struct err *e) {
    struct row *row = arg;
    ROWS_LOCAL(r);
    *row = (struct row){0};
    /* No folder has an empty name: this is every folder's. */
    int rc = tx_rows(tx, &Q_view_others_since, CELLS(cell_z(""), cell_int(0)), &r, e);
    while (rc == 0 && (rc = rows_next(r, e)) > 0) {
        row->rows++;
        row->people += rows_int(r, 1);
        rc = 0;
    }
    ROWS_LOCAL(t);
    if (rc == 0)
        rc = tx_rows(tx, &Q_view_others_totals, CELLS(cell_z("")), &t, e);
    if (rc == 0 && (rc = rows_next(t, e)) > 0)
        row->folded = rows_int(t, 0);
    return rc < 0 ? rc : 0;
}

static struct row stored(struct fixture *f) {
    struct row row;
    MUST(store_read(f->store, read_rows, &row, e));
    return row;
}

static void a_fold_writes_what_moved_once_and_a_second_one_nothing(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    MUST(views_fold(v, e));
    assert_int_equal(stored(f).rows, 0);
    assert_int_equal(stored(f).folded, 0);
    add(v, 3, VIEW_PERSON, 5);
    add(v, 4000, VIEW_PERSON, 2);
    add(v, 9, VIEW_ROBOT, 1);
    MUST(views_fold(v, e));
    struct row first = stored(f);
    assert_int_equal(first.rows, 3);
    assert_int_equal(first.people, 7);
    MUST(views_fold(v, e));
    struct row second = stored(f);
    assert_int_equal(second.people, 7);
    assert_int_equal(second.folded, first.folded);
    add(v, 3, VIEW_PERSON, 1);
    MUST(views_fold(v, e));
    assert_int_equal(stored(f).people, 8);
    assert_int_equal(stored(f).rows, 3);
    assert_true(stored(f).folded > first.folded);
    views_close(v);
}

static void more_than_a_batch_is_folded_whole(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    for (int64_t id = 1; id <= 20000; id++)
        (void)views_add(v, id, VIEW_PERSON);
    MUST(views_fold(v, e));
    assert_int_equal(stored(f).rows, 20000);
    assert_int_equal(stored(f).people, 20000);
    views_close(v);
}

static void closing_folds_and_opening_goes_on(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    add(v, 3, VIEW_PERSON, 5);
    add(v, 3, VIEW_PREFETCH, 2);
    views_close(v);
    assert_int_equal(stored(f).people, 5);
    v = open_at(f, "views");
    assert_int_equal(views_get(v, 3), 5);
    assert_total(v, VIEW_PREFETCH, 2);
    assert_int_equal(views_add(v, 3, VIEW_PERSON), 6);
    views_close(v);
    assert_int_equal(stored(f).people, 6);
    views_close(NULL);
}

static void a_lost_file_is_raised_from_the_store(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    add(v, 3, VIEW_PERSON, 5);
    add(v, 70000, VIEW_HEAD, 4);
    views_close(v);
    drop(f, "views");
    v = open_at(f, "views");
    assert_int_equal(views_get(v, 3), 5);
    assert_int_equal(views_add(v, 3, VIEW_PERSON), 6);
    assert_total(v, VIEW_PERSON, 6);
    assert_total(v, VIEW_HEAD, 4);
    views_close(v);
    assert_int_equal(stored(f).people, 6);
}

static void an_old_copy_of_the_file_is_raised_from_the_store(void **state) {
    struct fixture *f = *state;
    for (int live = 0; live < 2; live++) { /* copied while closed, and while in use */
        struct views *v = open_at(f, "views");
        int64_t before = views_get(v, 3);
        add(v, 3, VIEW_PERSON, 5);
        add(v, 4, VIEW_PERSON, 1);
        if (live)
            MUST(views_fold(v, e));
        else
            views_close(v);
        copy(f, "views", "old");
        if (!live)
            v = open_at(f, "views");
        add(v, 3, VIEW_PERSON, 4);
        add(v, 5, VIEW_ROBOT, 2);
        int64_t robots[VIEW_KINDS];
        views_totals(v, robots);
        views_close(v);
        copy(f, "old", "views");
        v = open_at(f, "views");
        assert_int_equal(views_get(v, 3), before + 9);
        assert_total(v, VIEW_ROBOT, robots[VIEW_ROBOT]);
        assert_int_equal(views_add(v, 3, VIEW_PERSON), before + 10);
        views_close(v);
    }
    assert_int_equal(stored(f).people, 22);
}

static void a_store_that_was_set_back_gets_everything_again(void **state) {
    struct fixture *f = *state;
    if (strcmp(f->engine, "sqlite") != 0)
        skip(); /* a store is set back by hand here; what follows is the same code on both */
    struct views *v = open_at(f, "views");
    add(v, 3, VIEW_PERSON, 5);
    views_close(v);
    store_close(f->store);
    f->store = NULL;
    copy(f, "daylight.db", "old.db");
    fixture_reopen(f);
    v = open_at(f, "views");
    add(v, 3, VIEW_PERSON, 2);
    add(v, 8, VIEW_PERSON, 1);
    views_close(v);
    store_close(f->store);
    f->store = NULL;
    drop(f, "daylight.db-wal");
    drop(f, "daylight.db-shm");
    copy(f, "old.db", "daylight.db");
    fixture_reopen(f);
    assert_int_equal(stored(f).people, 5);
    v = open_at(f, "views");
    assert_int_equal(views_get(v, 3), 7);
    views_close(v);
    assert_int_equal(stored(f).people, 8);
}

static void folders_that_share_a_store_show_the_sum_of_both(void **state) {
    struct fixture *f = *state;
    struct views *one = open_at(f, "one"), *two = open_at(f, "two");
    add(one, 3, VIEW_PERSON, 5);
    add(two, 3, VIEW_PERSON, 4);
    add(two, 9, VIEW_PERSON, 1);
    add(two, 9, VIEW_ROBOT, 3);
    MUST(views_fold(one, e));
    MUST(views_fold(two, e));
    assert_int_equal(views_get(two, 3), 9);
    assert_int_equal(views_get(one, 3), 5); /* not yet */
    MUST(views_fold(one, e));
    assert_int_equal(views_get(one, 3), 9);
    assert_int_equal(views_get(one, 9), 1);
    assert_total(one, VIEW_PERSON, 10);
    assert_total(one, VIEW_ROBOT, 3);
    assert_total(two, VIEW_PERSON, 10);
    add(two, 3, VIEW_PERSON, 1);
    MUST(views_fold(two, e));
    MUST(views_fold(one, e));
    assert_int_equal(views_add(one, 3, VIEW_PERSON), 11);
    views_close(one);
    views_close(two);
    one = open_at(f, "one");
    assert_int_equal(views_get(one, 3), 11);
    assert_total(one, VIEW_PERSON, 12);
    views_close(one);
}

static void while_the_store_is_away_counting_goes_on_and_the_next_fold_has_it_all(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    add(v, 3, VIEW_PERSON, 5);
    int n = 0, untouched = 0;
    while (!untouched) { /* every call of the fold fails once, the last of them the commit and what is read after it */
        store_fail_at(++n);
        int rc = views_fold(v, NULL);
        untouched = store_fail_at(0);
        assert_int_equal(rc, untouched ? 0 : -ERR_STORE_AWAY);
        add(v, 3, VIEW_PERSON, 1);
        add(v, 4, VIEW_PERSON, 1);
        assert_int_equal(views_get(v, 3), 5 + n);
    }
    assert_true(n > 5);
    MUST(views_fold(v, e));
    assert_int_equal(stored(f).people, 5 + 2 * n);
    views_close(v);
}

/* --- files that are not what they should be --- */

static void refused(struct fixture *f, struct str bytes, int code, const char *says) {
    char path[128];
    struct views *v = NULL;
    struct err why = {0};
    (void)snprintf(path, sizeof path, "%s/other", f->folder);
    MUST(file_write(path, bytes, 0600, e));
    assert_int_equal(views_open(path, f->store, &v, &why), code);
    assert_null(v);
    if (!strstr(why.text, says))
        fail_msg("%s", why.text);
    BUF_LOCAL(after);
    MUST(file_read(path, 1 << 24, &after, e));
    assert_true(str_eq(buf_str(&after), bytes));
}

static void a_file_that_is_not_ours_or_cut_short_is_refused_and_left_alone(void **state) {
    struct fixture *f = *state;
    views_close(open_at(f, "views"));
    BUF_LOCAL(good);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/views", f->folder);
    MUST(file_read(path, 1 << 24, &good, e));
    assert_int_equal(good.n, 65536 + 4096 * 64);
    refused(f, STR("hello"), -ERR_FORMAT, "not a counter file");
    refused(f, str_first(buf_str(&good), 1000), -ERR_FORMAT, "not a counter file");
    refused(f, str_first(buf_str(&good), good.n - 1), -ERR_FORMAT, "cut short");
    static const size_t at[] = {0, 12, 16, 24}; /* magic, slot size, name, its check */
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        good.p[at[i]] = (char)(good.p[at[i]] ^ 0x20);
        refused(f, buf_str(&good), -ERR_FORMAT, "not a counter file");
        good.p[at[i]] = (char)(good.p[at[i]] ^ 0x20);
    }
    good.p[8]++;
    refused(f, buf_str(&good), -ERR_FORMAT, "newer");
}

static void damaged_counters_are_refused_after_a_crash(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    add(v, 3, VIEW_PERSON, 5);
    copy(f, "views", "live");
    views_close(v);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/live", f->folder);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, 65536 + 77 * 64), 8);
    assert_int_equal(close(fd), 0);
    struct err why = {0};
    assert_int_equal(views_open(path, f->store, &v, &why), -ERR_FORMAT);
    assert_non_null(strstr(why.text, "damaged"));
}

static void a_file_in_use_is_refused_to_a_second_opener(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views"), *second = NULL;
    char path[128];
    struct err why = {0};
    (void)snprintf(path, sizeof path, "%s/views", f->folder);
    assert_int_equal(views_open(path, f->store, &second, &why), -ERR_CONFLICT);
    assert_non_null(strstr(why.text, "Another Daylight"));
    views_close(v);
    views_close(open_at(f, "views"));
    (void)snprintf(path, sizeof path, "%s/no/views", f->folder);
    assert_true(views_open(path, f->store, &second, &why) < 0);
    assert_true(views_open(f->folder, f->store, &second, &why) < 0);
}

static void where_the_disk_gives_no_more_growth_is_refused_and_the_rest_counted(void **state) {
    struct fixture *f = *state;
    struct views *v = open_at(f, "views");
    struct rlimit before, small = {65536 + 4096 * 64, 65536 + 4096 * 64};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    log_set((enum log_level)(LOG_ERROR + 1), LOG_LOGFMT);
    int64_t beyond = views_add(v, 50000, VIEW_PERSON), within = views_add(v, 4095, VIEW_PERSON);
    log_set(LOG_INFO, LOG_LOGFMT);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, old);
    assert_int_equal(beyond, 0);
    assert_int_equal(within, 1);
    assert_int_equal(views_lost(v), 1);
    assert_int_equal(views_add(v, 50000, VIEW_PERSON), 1);
    views_close(v);
}

/* --- kill -9 --- */

static const char *self; /* this program, to be run again as the one that is killed */

/* argv: self "count" URL VIEWS ACKNOWLEDGED. Counts with several threads until it is killed. */
static int be_the_killed_one(char **argv) {
    int fd = open(argv[4], O_RDWR);
    _Atomic int64_t *acknowledged = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct store *store = NULL;
    struct views *v = NULL;
    if (fd < 0 || acknowledged == MAP_FAILED || store_open(argv[2], &store, NULL) ||
        views_open(argv[3], store, &v, NULL))
        return 1;
    struct counting c[THREADS];
    pthread_t thread;
    for (int i = 0; i < THREADS; i++) {
        c[i] = (struct counting){v, &acknowledged[i * 8], i * 31, INT64_MAX - 1000};
        if (pthread_create(&thread, NULL, count, &c[i]))
            return 1;
    }
    for (;;)
        (void)views_fold(v, NULL);
}

static int64_t sum_of(const _Atomic int64_t *acknowledged) {
    int64_t sum = 0;
    for (int i = 0; i < THREADS; i++)
        sum += atomic_load(&acknowledged[i * 8]);
    return sum;
}

static void kill_one(struct fixture *f, const char *views, const char *file, const _Atomic int64_t *acknowledged,
                     int64_t after) {
    pid_t child = fork();
    if (child == 0) {
        (void)execl(self, self, "count", f->url, views, file, (char *)NULL);
        _exit(127);
    }
    assert_true(child > 0);
    int status = 0;
    for (int waited = 0; sum_of(acknowledged) < after && waited < 30000; waited++) {
        assert_int_equal(waitpid(child, &status, WNOHANG), 0);
        (void)usleep(1000);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && sum_of(acknowledged) >= after);
}

static void kill_9_in_the_middle_of_counting_and_folding_loses_no_view(void **state) {
    struct fixture *f = *state;
    char views[128], file[128];
    (void)snprintf(views, sizeof views, "%s/views", f->folder);
    (void)snprintf(file, sizeof file, "%s/acknowledged", f->folder);
    int fd = open(file, O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0 && ftruncate(fd, 4096) == 0);
    _Atomic int64_t *acknowledged = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(acknowledged != MAP_FAILED);
    for (int round = 1; round <= 5; round++) {
        kill_one(f, views, file, acknowledged, sum_of(acknowledged) + 20000 * round);
        struct views *v = open_at(f, "views");
        int64_t counted = sum_of_totals(v), said = sum_of(acknowledged);
        /* Between the count and its acknowledgement each thread may have had one under way, each time. */
        if (counted < said || counted > said + (int64_t)THREADS * round)
            fail_msg("round %d: %lld acknowledged, %lld counted", round, (long long)said, (long long)counted);
        views_close(v);
        assert_true(stored(f).people > 0);
    }
    assert_int_equal(munmap(acknowledged, 4096), 0);
    assert_int_equal(close(fd), 0);
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "count") == 0)
        return be_the_killed_one(argv);
    self = "/proc/self/exe";
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(a_view_is_counted_at_once_and_kinds_apart),
        ON_BOTH_ENGINES(an_id_beyond_the_file_grows_it_and_one_out_of_bounds_is_not_counted),
        ON_BOTH_ENGINES(threads_count_and_fold_at_once_without_losing_one),
        ON_BOTH_ENGINES(a_fold_writes_what_moved_once_and_a_second_one_nothing),
        ON_BOTH_ENGINES(more_than_a_batch_is_folded_whole),
        ON_BOTH_ENGINES(closing_folds_and_opening_goes_on),
        ON_BOTH_ENGINES(a_lost_file_is_raised_from_the_store),
        ON_BOTH_ENGINES(an_old_copy_of_the_file_is_raised_from_the_store),
        ON_ENGINE("sqlite", a_store_that_was_set_back_gets_everything_again),
        ON_BOTH_ENGINES(folders_that_share_a_store_show_the_sum_of_both),
        ON_BOTH_ENGINES(while_the_store_is_away_counting_goes_on_and_the_next_fold_has_it_all),
        ON_ENGINE("sqlite", a_file_that_is_not_ours_or_cut_short_is_refused_and_left_alone),
        ON_ENGINE("sqlite", damaged_counters_are_refused_after_a_crash),
        ON_ENGINE("sqlite", a_file_in_use_is_refused_to_a_second_opener),
        ON_ENGINE("sqlite", where_the_disk_gives_no_more_growth_is_refused_and_the_rest_counted),
        ON_BOTH_ENGINES(kill_9_in_the_middle_of_counting_and_folding_loses_no_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

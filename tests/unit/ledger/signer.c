// SPDX-License-Identifier: Apache-2.0
/* With the real process: this program starts itself again as the signer. */
#include "ledger/signer.h"

#include "base/file.h"
#include "base/log.h"
#include "flip.h"
#include "ledger/signer_child.h"
#include "ledger/signer_state.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ORIGIN STR("office.example/ledger")
#define SELF "/proc/self/exe"

enum { LEAVES = 40 };

static char folder[64];
static struct hash leaf_of[LEAVES], root_of[LEAVES + 1], other_root;

static struct str here(void) {
    return str_of(folder);
}

static const char *path_of(const char *name) {
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/keys/%s", folder, name);
    return path;
}

static int make_tree(void **state) {
    (void)state;
    struct merkle_edge edge = {0};
    for (int i = 0; i < LEAVES; i++) {
        root_of[i] = merkle_edge_root(&edge);
        leaf_of[i] = merkle_leaf(&i, sizeof i);
        merkle_edge_add(&edge, &leaf_of[i]);
    }
    root_of[LEAVES] = merkle_edge_root(&edge);
    other_root = merkle_leaf("another tree", 12);
    return 0;
}

static int make_office(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/daylight-signer-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mkdir(path_of(""), 0700), 0);
    return keys_make(here(), ORIGIN, NULL);
}

static int remove_office(void **state) {
    (void)state;
    return file_remove_all(folder, NULL);
}

static int subtree(void *arg, unsigned level, uint64_t index, struct hash *ret, struct err *reterr) {
    (void)arg;
    struct merkle_edge edge = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_edge_add(&edge, &leaf_of[i]);
    *ret = merkle_edge_root(&edge);
    (void)reterr;
    return 0;
}

static struct merkle_proof proof_of(uint64_t old, uint64_t new) {
    struct merkle_proof p;
    assert_int_equal(merkle_prove_consistency(old, new, subtree, NULL, &p, NULL), 0);
    return p;
}

static struct signer *start(void) {
    struct signer *s = NULL;
    struct err e = {0};
    if (signer_start(SELF, here(), &s, &e))
        fail_msg("%s", e.text);
    return s;
}

static void sign(struct signer *s, uint64_t old, uint64_t new, struct buf *to) {
    struct err e = {0};
    struct merkle_proof p = proof_of(old, new);
    if (signer_sign(s, new, &root_of[new], &p, to, &e))
        fail_msg("%d to %d: %s", (int)old, (int)new, e.text);
}

static void check_signed(struct str note_text, uint64_t size, size_t signatures) {
    struct note n;
    struct checkpoint c;
    struct keys k;
    size_t good = 0;
    assert_int_equal(note_read(note_text, &n, NULL), 0);
    assert_int_equal(checkpoint_read(n.text, &c, NULL), 0);
    assert_true(str_eq(c.origin, ORIGIN));
    assert_int_equal(c.size, size);
    assert_true(hash_same(&c.root, &root_of[size]));
    assert_int_equal(keys_read(here(), &k, NULL), 0);
    for (size_t i = 0; i < k.n; i++)
        good += note_check(&n, &k.item[i].key, NULL, NULL) == 1;
    assert_int_equal(good, signatures);
    assert_int_equal(n.n, signatures);
}

static void last_is(uint64_t size) {
    struct signer *s = start();
    uint64_t is = 99;
    struct hash root;
    assert_int_equal(signer_last(s, &is, &root, NULL), 0);
    assert_int_equal(is, size);
    assert_true(hash_same(&root, &root_of[size]));
    signer_stop(s);
}

static void a_growing_log_is_signed_and_the_last_tree_remembered(void **state) {
    (void)state;
    struct signer *s = start();
    for (uint64_t size = 0; size + 3 < LEAVES; size += 3) {
        BUF_LOCAL(note);
        sign(s, size, size + 3, &note);
        check_signed(buf_str(&note), size + 3, 1);
    }
    signer_stop(s);
    last_is(39);
}

static void the_same_tree_may_be_signed_again(void **state) {
    (void)state;
    struct signer *s = start();
    BUF_LOCAL(once);
    BUF_LOCAL(again);
    sign(s, 0, 7, &once);
    sign(s, 7, 7, &again);
    assert_string_equal(once.p, again.p);
    signer_stop(s);
}

static void refused(struct signer *s, uint64_t size, const struct hash *root, const struct merkle_proof *p) {
    BUF_LOCAL(note);
    struct err e = {0};
    assert_int_equal(signer_sign(s, size, root, p, &note, &e), -ERR_LEDGER);
    assert_int_equal(note.n, 0);
    assert_non_null(strstr(e.text, "Nothing was signed"));
}

static void a_smaller_tree_a_fork_and_a_wrong_proof_are_refused_and_nothing_is_lost(void **state) {
    (void)state;
    struct signer *s = start();
    BUF_LOCAL(note);
    struct merkle_proof none = {0}, right = proof_of(20, 30), wrong = right;
    sign(s, 0, 20, &note);
    refused(s, 19, &root_of[19], &none);
    refused(s, 0, &root_of[0], &none);
    refused(s, 20, &other_root, &none);
    refused(s, 30, &other_root, &right);
    refused(s, 30, &root_of[30], &none);
    wrong.hash[0].b[0] ^= 1;
    refused(s, 30, &root_of[30], &wrong);
    wrong = right;
    wrong.n = MERKLE_PROOF_MOST + 1;
    refused(s, 30, &root_of[30], &wrong);
    buf_reset(&note);
    sign(s, 20, 30, &note); /* the true log goes on */
    check_signed(buf_str(&note), 30, 1);
    signer_stop(s);
    last_is(30);
}

static void a_second_signer_is_refused_while_the_first_runs(void **state) {
    (void)state;
    struct signer *first = start(), *second = NULL;
    struct err e = {0};
    assert_int_equal(signer_start(SELF, here(), &second, &e), -ERR_TOO_MANY);
    signer_stop(first);
    last_is(0);
}

static void *let_go(void *arg) {
    static const struct timespec moment = {0, 30 * 1000000L};
    (void)nanosleep(&moment, NULL); /* shorter is as good */
    assert_int_equal(close(*(int *)arg), 0);
    return NULL;
}

static void who_only_looks_whether_somebody_signs_is_in_nobodys_way(void **state) {
    (void)state;
    pthread_t thread;
    int fd = -1, looking = open(path_of("ledger.state"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(looking, LOCK_SH | LOCK_NB), 0);
    assert_int_equal(pthread_create(&thread, NULL, let_go, &looking), 0);
    assert_int_equal(signer_state_open(here(), &fd, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(close(fd), 0);
}

static void a_rotation_signs_with_both_keys_and_then_with_the_new_one(void **state) {
    (void)state;
    BUF_LOCAL(note);
    assert_int_equal(keys_rotate(here(), NULL), 0);
    struct signer *s = start();
    sign(s, 0, 5, &note);
    check_signed(buf_str(&note), 5, 2);
    signer_stop(s);
    assert_int_equal(keys_retire(here(), NULL), 0);
    buf_reset(&note);
    s = start();
    sign(s, 5, 6, &note);
    check_signed(buf_str(&note), 6, 1);
    signer_stop(s);
}

static void does_not_start(const char *words) {
    struct signer *s = NULL;
    struct err e = {0};
    assert_int_equal(signer_start(SELF, here(), &s, &e), -ERR_LEDGER);
    if (!strstr(e.text, words))
        fail_msg("%s", e.text);
}

static void flip(const char *name, off_t at) {
    flip_bit(path_of(name), at);
}

static void one_flipped_bit_in_its_state_leaves_the_other_record(void **state) {
    (void)state;
    struct signer *s = start();
    BUF_LOCAL(note);
    sign(s, 0, 9, &note);
    signer_stop(s);
    for (off_t at = 0; at < 160; at += 7) { /* each mends what was damaged before the other record is */
        flip("ledger.state", at);
        last_is(9);
        flip("ledger.state", 512 + at);
        last_is(9);
    }
}

static pid_t child_of(pid_t parent) {
    char path[64], text[64] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
    (void)close(fd);
    return (pid_t)strtol(text, NULL, 10);
}

static void signals_to_the_whole_group_do_not_end_it(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGALRM};
    struct signer *s = start();
    BUF_LOCAL(note);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        assert_int_equal(kill(child_of(getpid()), signals[i]), 0);
    sign(s, 0, 9, &note);
    check_signed(buf_str(&note), 9, 1);
    signer_stop(s);
}

static void records_that_contradict_are_refused(void **state) {
    (void)state;
    char one[SIGNER_STATE], other[SIGNER_STATE];
    int fd = open(path_of("ledger.state"), O_RDWR);
    assert_int_equal(pread(fd, one, sizeof one, 0), sizeof one);
    (void)close(fd);
    assert_int_equal(signer_state_make(here(), ORIGIN, 0, other_root, NULL), 0);
    fd = open(path_of("ledger.state"), O_RDWR);
    assert_int_equal(pread(fd, other, sizeof other, 0), sizeof other);
    assert_int_equal(pwrite(fd, one, 512, 0), 512);
    (void)close(fd);
    does_not_start("contradict");
}

static void a_torn_write_leaves_one_record_and_the_larger_of_two_counts(void **state) {
    (void)state;
    char old[SIGNER_STATE], new[SIGNER_STATE];
    struct signer *s = start();
    BUF_LOCAL(note);
    int fd = open(path_of("ledger.state"), O_RDWR);
    sign(s, 0, 9, &note);
    assert_int_equal(pread(fd, old, sizeof old, 0), sizeof old);
    sign(s, 9, 12, &note);
    assert_int_equal(pread(fd, new, sizeof new, 0), sizeof new);
    signer_stop(s);
    assert_int_equal(pwrite(fd, old, 512, 0), 512); /* only the second half of the new one came to the disk */
    last_is(12);
    assert_int_equal(pwrite(fd, new, 512, 0), 512);
    assert_int_equal(pwrite(fd, old + 512, 512, 512), 512);
    last_is(12);
    (void)close(fd);
}

static void a_state_that_is_damaged_missing_or_another_s_is_refused_with_the_way_out(void **state) {
    (void)state;
    flip("ledger.state", 3);
    flip("ledger.state", 515);
    does_not_start("daylight ledger recover");
    assert_int_equal(unlink(path_of("ledger.state")), 0);
    does_not_start("daylight ledger recover");
    assert_int_equal(signer_state_make(here(), STR("elsewhere.example/ledger"), 0, merkle_empty(), NULL), 0);
    does_not_start("do not belong together");
}

static void a_missing_key_is_refused_with_the_way_out(void **state) {
    (void)state;
    assert_int_equal(unlink(path_of("ledger.key")), 0);
    does_not_start("Put its file back");
}

static void a_lost_state_is_recovered_from_the_newest_checkpoint(void **state) {
    (void)state;
    struct signer *s = start();
    BUF_LOCAL(old);
    BUF_LOCAL(new);
    BUF_LOCAL(foreign);
    struct err e = {0};
    sign(s, 0, 9, &old);
    sign(s, 9, 12, &new);
    assert_int_equal(signer_recover(here(), buf_str(&new), &e), -ERR_TOO_MANY);
    signer_stop(s);
    assert_int_equal(signer_recover(here(), buf_str(&old), &e), -ERR_CONFLICT); /* the state knows better */
    assert_int_equal(unlink(path_of("ledger.state")), 0);
    buf_add(&foreign, buf_str(&new));
    foreign.p[30] ^= 1;
    assert_true(signer_recover(here(), buf_str(&foreign), &e) < 0);
    assert_int_equal(signer_recover(here(), buf_str(&new), &e), 0);
    last_is(12);
}

static void a_checkpoint_that_another_log_signed_recovers_nothing(void **state) {
    (void)state;
    struct signer *s = start();
    BUF_LOCAL(note);
    struct err e = {0};
    sign(s, 0, 9, &note);
    signer_stop(s);
    assert_int_equal(remove_office(NULL), 0);
    assert_int_equal(make_office(NULL), 0);
    assert_int_equal(signer_recover(here(), buf_str(&note), &e), -ERR_FORBIDDEN);
    assert_non_null(strstr(e.text, "nothing was changed"));
}

static void a_signer_that_was_killed_is_noticed_and_what_it_signed_is_known_again(void **state) {
    (void)state;
    struct signer *s = start();
    BUF_LOCAL(note);
    struct err e = {0};
    struct merkle_proof p = proof_of(9, 12);
    sign(s, 0, 9, &note);
    assert_int_equal(kill(child_of(getpid()), SIGKILL), 0);
    assert_int_equal(signer_sign(s, 12, &root_of[12], &p, &note, &e), -ERR_LEDGER);
    assert_non_null(strstr(e.text, "ended"));
    signer_stop(s);
    last_is(9);
}

/* In a process of its own that is confined as the signer is: what does it still get done? */
static int status_of(void (*attempt)(void)) {
    int pair[2], status = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int fd = -1;
        (void)close(pair[0]);
        if (signer_state_open(here(), &fd, NULL) || signer_confine(pair[1], fd))
            _exit(3);
        attempt();
        _exit(0);
    }
    (void)close(pair[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    (void)close(pair[0]);
    return status;
}

static void do_nothing(void) {
}
static void do_open(void) {
    (void)!open("/etc/passwd", O_RDONLY);
}
static void do_socket(void) {
    (void)!socket(AF_INET, SOCK_STREAM, 0);
}
static void do_print(void) {
    (void)!write(STDERR_FILENO, "a secret\n", 9);
}
static void do_fork(void) {
    (void)!fork();
}

static void whoever_takes_the_signer_over_can_open_connect_print_and_start_nothing(void **state) {
    (void)state;
    void (*const attempts[])(void) = {do_open, do_socket, do_print, do_fork};
    int status = status_of(do_nothing);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %d", status);
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        status = status_of(attempts[i]);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            fail_msg("attempt %zu: status %d", i, status);
    }
}

#define IN_AN_OFFICE(f) cmocka_unit_test_setup_teardown(f, make_office, remove_office)

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), SIGNER_FD);
    log_set(LOG_ERROR, LOG_LOGFMT); /* and not what was mended */
    const struct CMUnitTest tests[] = {
        IN_AN_OFFICE(a_growing_log_is_signed_and_the_last_tree_remembered),
        IN_AN_OFFICE(the_same_tree_may_be_signed_again),
        IN_AN_OFFICE(a_smaller_tree_a_fork_and_a_wrong_proof_are_refused_and_nothing_is_lost),
        IN_AN_OFFICE(a_second_signer_is_refused_while_the_first_runs),
        IN_AN_OFFICE(who_only_looks_whether_somebody_signs_is_in_nobodys_way),
        IN_AN_OFFICE(a_rotation_signs_with_both_keys_and_then_with_the_new_one),
        IN_AN_OFFICE(one_flipped_bit_in_its_state_leaves_the_other_record),
        IN_AN_OFFICE(signals_to_the_whole_group_do_not_end_it),
        IN_AN_OFFICE(records_that_contradict_are_refused),
        IN_AN_OFFICE(a_torn_write_leaves_one_record_and_the_larger_of_two_counts),
        IN_AN_OFFICE(a_state_that_is_damaged_missing_or_another_s_is_refused_with_the_way_out),
        IN_AN_OFFICE(a_missing_key_is_refused_with_the_way_out),
        IN_AN_OFFICE(a_lost_state_is_recovered_from_the_newest_checkpoint),
        IN_AN_OFFICE(a_checkpoint_that_another_log_signed_recovers_nothing),
        IN_AN_OFFICE(a_signer_that_was_killed_is_noticed_and_what_it_signed_is_known_again),
        IN_AN_OFFICE(whoever_takes_the_signer_over_can_open_connect_print_and_start_nothing),
    };
    return cmocka_run_group_tests(tests, make_tree, NULL);
}

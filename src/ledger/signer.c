// SPDX-License-Identifier: Apache-2.0
/* The parent's side: starts the child, asks, and passes on what it says. The child's side is signer_child.c. Both are
 * the same binary, so messages are structs as they lie in memory (signer_child.h). */
#include "ledger/signer.h"

#include "base/log.h"
#include "ledger/signer_child.h"
#include "ledger/signer_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_SECONDS = 120 /* for a disk that is slow to write */ };

struct signer {
    int fd;
    pid_t pid;
};

static int gone(struct err *reterr) {
    return err_set(reterr, ERR_LEDGER,
                   "The signer's process has ended or does not answer; nothing is signed until the server is started "
                   "again.");
}

static int receive(struct signer *s, struct signer_answer *ret, struct err *reterr) {
    ssize_t n;
    do
        n = recv(s->fd, ret, sizeof *ret, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)offsetof(struct signer_answer, text) || ret->n > sizeof ret->text ||
        (size_t)n != offsetof(struct signer_answer, text) + ret->n)
        return gone(reterr);
    if (ret->code < 0)
        return err_set(reterr, (enum err_code) - ret->code, "%.*s", STR_FMT(str_part(ret->text, ret->n)));
    return 0;
}

static int ask(struct signer *s, const struct signer_request *r, struct signer_answer *ret, struct err *reterr) {
    if (send(s->fd, r, sizeof *r, MSG_NOSIGNAL) != (ssize_t)sizeof *r)
        return gone(reterr);
    return receive(s, ret, reterr);
}

/* The socket and standard error are all that it gets. */
static int add_files(posix_spawn_file_actions_t *files, int fd) {
    int e = posix_spawn_file_actions_adddup2(files, fd, SIGNER_FD);
    if (e == 0)
        e = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (e == 0)
        e = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    return e ? e : posix_spawn_file_actions_addclosefrom_np(files, SIGNER_FD + 1);
}

/* It begins with every signal blocked, and leaves it so: a service manager's SIGTERM or a terminal's Ctrl-C go to all
 * processes at once, and the server finishes what is under way first, for which it needs the signer. */
static int block_signals(posix_spawnattr_t *how) {
    sigset_t all;
    (void)sigfillset(&all); /* always 0 */
    int e = posix_spawnattr_setsigmask(how, &all);
    return e ? e : posix_spawnattr_setflags(how, POSIX_SPAWN_SETSIGMASK);
}

static int spawn(const char *program, struct str folder, int fd, pid_t *ret, struct err *reterr) {
    BUF_LOCAL(path);
    char *const no_environment[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    buf_add(&path, folder);
    char word[] = "signer", *const argv[] = {(char *)(uintptr_t)program, word, path.p, NULL};
    if (buf_failed(&path) || posix_spawn_file_actions_init(&files) != 0)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int e = posix_spawnattr_init(&how);
    if (e == 0) {
        e = add_files(&files, fd);
        if (e == 0)
            e = block_signals(&how);
        if (e == 0)
            e = posix_spawn(ret, program, &files, &how, argv, no_environment);
        (void)posix_spawnattr_destroy(&how); /* always 0 */
    }
    (void)posix_spawn_file_actions_destroy(&files); /* always 0 */
    errno = e;
    return e ? err_errno(reterr, "The signer cannot be started from %s", program) : 0;
}

int signer_start(const char *program, struct str folder, struct signer **ret, struct err *reterr) {
    int pair[2];
    struct signer *s = malloc(sizeof *s);
    if (!s)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        free(s);
        return err_errno(reterr, "A socket for the signer cannot be made");
    }
    const struct timeval patience = {.tv_sec = ANSWER_SECONDS};
    (void)setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
                     sizeof patience); /* without it, it only waits longer */
    *s = (struct signer){.fd = pair[0]};
    int rc = spawn(program, folder, pair[1], &s->pid, reterr);
    (void)close(pair[1]); /* the child has it */
    struct signer_answer hello;
    if (rc == 0)
        rc = receive(s, &hello, reterr);
    if (rc < 0) {
        signer_stop(s);
        return rc;
    }
    if (hello.n)
        LOG(LOG_WARN, "signer_state_mended", LOG_TEXT("why", str_part(hello.text, hello.n)));
    *ret = s;
    return 0;
}

void signer_stop(struct signer *s) {
    if (!s)
        return;
    (void)close(s->fd); /* which ends it */
    while (s->pid && waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    free(s);
}

int signer_last(struct signer *s, uint64_t *ret_size, struct hash *ret_root, struct err *reterr) {
    struct signer_answer a;
    struct signer_request r = {.what = SIGNER_LAST};
    int rc = ask(s, &r, &a, reterr);
    if (rc < 0)
        return rc;
    *ret_size = a.size;
    *ret_root = a.root;
    return 0;
}

int signer_sign(struct signer *s, uint64_t size, const struct hash *root, const struct merkle_proof *proof,
                struct buf *to, struct err *reterr) {
    struct signer_answer a;
    struct signer_request r = {.what = SIGNER_SIGN, .size = size, .root = *root, .proof = *proof};
    int rc = ask(s, &r, &a, reterr);
    if (rc < 0)
        return rc;
    buf_add(to, str_part(a.text, a.n));
    return buf_failed(to) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

/* --- recovering --- */

static int check_signed(struct str folder, struct str note_text, struct checkpoint *ret, struct err *reterr) {
    struct keys k;
    struct note n;
    int rc = keys_read(folder, &k, reterr);
    if (rc == 0)
        rc = note_read(note_text, &n, reterr);
    if (rc == 0)
        rc = checkpoint_read(n.text, ret, reterr);
    if (rc < 0)
        return rc;
    int good = 0;
    for (size_t i = 0; i < k.n && good == 0; i++)
        good = note_check(&n, &k.item[i].key, NULL, reterr);
    if (good < 0)
        return good;
    if (good == 0 || !str_is(ret->origin, k.item[0].key.name))
        return err_set(reterr, ERR_FORBIDDEN, "None of this log's keys signed the checkpoint; nothing was changed.");
    return 0;
}

int signer_recover(struct str folder, struct str checkpoint, struct err *reterr) {
    struct checkpoint c;
    struct signer_state last;
    bool whole;
    int fd = -1, rc = check_signed(folder, checkpoint, &c, reterr);
    if (rc < 0)
        return rc;
    rc = signer_state_open(folder, &fd, reterr);
    if (rc == 0 && signer_state_read(fd, folder, &last, &whole, NULL) == 0 &&
        (last.size > c.size || (last.size == c.size && !hash_same(&last.root, &c.root))))
        rc = err_set(reterr, ERR_CONFLICT,
                     "The signer's state is of a tree of %" PRIu64 " entries, which this checkpoint (%" PRIu64
                     ") does not contain; nothing was changed.",
                     last.size, c.size);
    if (rc == -ERR_LEDGER) /* missing: that is what this is for */
        rc = 0;
    if (rc == 0)
        rc = signer_state_make(folder, c.origin, c.size, c.root, reterr);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

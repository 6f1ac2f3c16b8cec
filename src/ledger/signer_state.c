// SPDX-License-Identifier: Apache-2.0
/* One block, two records. Nothing here allocates: it runs within the signer's last few system calls. */
#include "ledger/signer_state.h"

#include "base/file.h"
#include "ledger/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { RECORD = 512, LOCK_TRIES = 100, LOCK_PAUSE_MS = 10 };

#define WAY_OUT                                                                                                        \
    "Nothing is signed without it. Where the file cannot be put back, \"daylight ledger recover\" makes it anew from " \
    "the newest checkpoint that a witness, a mirror or a reader holds"

static void base64_of(const void *bytes, size_t n, char ret[LINES_BASE64_HASH + 1]) {
    (void)sodium_bin2base64(ret, LINES_BASE64_HASH + 1, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}

static void sum_of(const char *record, size_t n, char ret[LINES_BASE64_HASH + 1]) {
    struct hash h;
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, record, n, h.b) < 0)
        BUG("SHA-256 cannot be computed");
    base64_of(h.b, sizeof h.b, ret);
}

static void format(const struct signer_state *s, char block[SIGNER_STATE]) {
    char root[LINES_BASE64_HASH + 1], sum[LINES_BASE64_HASH + 1];
    memset(block, 0, SIGNER_STATE);
    base64_of(s->root.b, sizeof s->root.b, root);
    int n = snprintf(block, RECORD, "daylight-signer/v1\n%s\n%" PRIu64 "\n%s\n", s->origin, s->size, root);
    sum_of(block, (size_t)n, sum);
    (void)snprintf(block + n, RECORD - (size_t)n, "%s\n", sum);
    memcpy(block + RECORD, block, RECORD);
}

static bool parse(const char *record, struct signer_state *ret) {
    struct str text = str_part(record, strnlen(record, RECORD)), rest = text, line[5];
    char sum[LINES_BASE64_HASH + 1];
    for (size_t i = 0; i < 4; i++)
        if (!lines_next(&rest, &line[i]))
            return false;
    sum_of(record, text.n - rest.n, sum);
    struct signer_state s = {0};
    if (!lines_next(&rest, &line[4]) || rest.n || !str_is(line[0], "daylight-signer/v1") || !str_is(line[4], sum) ||
        line[1].n == 0 || line[1].n > NOTE_NAME_MOST || !lines_decimal(line[2], INT64_MAX, &s.size) ||
        !lines_base64(line[3], s.root.b, sizeof s.root.b))
        return false;
    memcpy(s.origin, line[1].p, line[1].n);
    *ret = s;
    return true;
}

static void path_of(struct buf *to, struct str folder) {
    buf_printf(to, "%.*s/keys/ledger.state", STR_FMT(folder));
}

int signer_state_make(struct str folder, struct str origin, uint64_t size, struct hash root, struct err *reterr) {
    BUF_LOCAL(path);
    char block[SIGNER_STATE];
    struct signer_state s = {.size = size, .root = root};
    if (origin.n == 0 || origin.n > NOTE_NAME_MOST)
        return err_set(reterr, ERR_INVALID, "A log's origin has 1 to %d bytes.", NOTE_NAME_MOST);
    memcpy(s.origin, origin.p, origin.n);
    format(&s, block);
    path_of(&path, folder);
    return file_write(path.p, str_part(block, sizeof block), 0600, reterr);
}

/* Whether the descriptor's file still has that name: another may have been put in its place before it was locked. */
static bool is_at(int fd, const char *path) {
    struct stat mine, there;
    return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

/* A follower looks whether the leader is gone by a shared lock, which it gives back at once (sequencer.c): where only
 * such a one is in the way, nobody signs. */
static bool lock(int fd) {
    for (int i = 0; i < LOCK_TRIES; i++) {
        static const struct timespec pause = {0, LOCK_PAUSE_MS * 1000000L};
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK || flock(fd, LOCK_SH | LOCK_NB) != 0)
            return false;
        (void)flock(fd, LOCK_UN);      /* cannot fail on a lock that is ours */
        (void)nanosleep(&pause, NULL); /* woken early is as good */
    }
    errno = EWOULDBLOCK;
    return false;
}

int signer_state_open(struct str folder, int *ret_fd, struct err *reterr) {
    BUF_LOCAL(path);
    path_of(&path, folder);
    if (buf_failed(&path))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int fd = open(path.p, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return err_set(reterr, ERR_LEDGER, "%s is missing, which says what the log signed last. " WAY_OUT ".", path.p);
    if (fd < 0)
        return err_errno(reterr, "%s", path.p);
    if (!lock(fd)) {
        int rc = errno == EWOULDBLOCK
                     ? err_set(reterr, ERR_TOO_MANY, "Another process signs for %.*s.", STR_FMT(folder))
                     : err_errno(reterr, "%s cannot be locked", path.p);
        (void)close(fd); /* nothing was written */
        return rc;
    }
    if (!is_at(fd, path.p)) {
        (void)close(fd);
        return err_set(reterr, ERR_TOO_MANY, "Another process is putting %s in its place.", path.p);
    }
    *ret_fd = fd;
    return 0;
}

int signer_state_read(int fd, struct str folder, struct signer_state *ret, bool *ret_whole, struct err *reterr) {
    char block[SIGNER_STATE];
    struct signer_state a, b;
    ssize_t n = pread(fd, block, sizeof block, 0);
    if (n < 0)
        return err_errno(reterr, "What the log signed last cannot be read from %.*s/keys/ledger.state",
                         STR_FMT(folder));
    memset(block + n, 0, sizeof block - (size_t)n);
    bool first = parse(block, &a), second = parse(block + RECORD, &b);
    if (!first && !second)
        return err_set(reterr, ERR_LEDGER, "%.*s/keys/ledger.state is damaged, both of its records. " WAY_OUT ".",
                       STR_FMT(folder));
    *ret = first && (!second || a.size >= b.size) ? a : b;
    *ret_whole = first && second && memcmp(block, block + RECORD, RECORD) == 0;
    if (first && second && a.size == b.size && (!hash_same(&a.root, &b.root) || strcmp(a.origin, b.origin) != 0))
        return err_set(reterr, ERR_LEDGER,
                       "%.*s/keys/ledger.state is damaged: its two records contradict. " WAY_OUT ".", STR_FMT(folder));
    return 0;
}

int signer_state_write(int fd, const struct signer_state *s, struct err *reterr) {
    char block[SIGNER_STATE];
    format(s, block);
    errno = 0;
    if (pwrite(fd, block, sizeof block, 0) != (ssize_t)sizeof block || fdatasync(fd) != 0)
        return err_errno(reterr, "What is to be signed could not be written down, and was not signed");
    return 0;
}

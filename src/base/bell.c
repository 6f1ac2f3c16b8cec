// SPDX-License-Identifier: Apache-2.0
/* A mapped word. Ringing goes through write(2), which cannot be killed by a file that somebody cuts short meanwhile. */
#include "base/bell.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORD = sizeof(uint64_t), BELLS_MOST = 16 };

struct bell {
    const _Atomic uint64_t *word; /* at the start of a page that stays where it is, whatever is mapped there */
    size_t page;
    dev_t device;
    ino_t file;
    size_t place; /* among mapped[] */
    char path[];
};

_Static_assert(sizeof(_Atomic uint64_t) == WORD && ATOMIC_LLONG_LOCK_FREE == 2, "it is a plain word in the file");

/* --- a file that is cut short --- */

static struct {
    _Atomic(char *) page; /* NULL: no bell's */
    atomic_bool lost;     /* zeros stand in its place */
} mapped[BELLS_MOST];     /* for the signal handler */
static _Atomic size_t page_size;
static struct sigaction before;

/* Touching a page behind the end of its file gives SIGBUS. Ours becomes one of zeros; others' end the process as they
 * did. Only calls that are nothing but a system call. */
static void on_bus_error(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    char *at = info->si_addr;
    for (size_t i = 0; i < BELLS_MOST; i++) {
        char *page = atomic_load(&mapped[i].page);
        if (page && at >= page && at < page + atomic_load(&page_size) &&
            mmap(page, atomic_load(&page_size), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page) {
            atomic_store(&mapped[i].lost, true);
            errno = saved;
            return;
        }
    }
    (void)sigaction(number, &before, NULL); /* the access is tried again, and meets it */
    errno = saved;
}

/* Where another handler was put over ours meanwhile, ours comes over it. */
static void prepare(void) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK}, now;
    (void)sigemptyset(&action.sa_mask); /* none of these can fail for a signal that exists */
    pthread_mutex_lock(&lock);
    atomic_store(&page_size, (size_t)sysconf(_SC_PAGESIZE));
    (void)sigaction(SIGBUS, NULL, &now);
    if (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != on_bus_error) {
        before = now;
        (void)sigaction(SIGBUS, &action, NULL);
    }
    pthread_mutex_unlock(&lock);
}

static bool take_place(struct bell *b, char *page) {
    for (size_t i = 0; i < BELLS_MOST; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&mapped[i].page, &none, page)) {
            atomic_store(&mapped[i].lost, false);
            b->place = i;
            return true;
        }
    }
    return false;
}

/* --- ringing --- */

int bell_ring(const char *path, struct err *reterr) {
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? 0 : err_errno(reterr, "%s", path);
    uint64_t word;
    random_bytes(&word, sizeof word);
    ssize_t n = pwrite(fd, &word, sizeof word, 0);
    int rc = n == WORD ? 0 : err_errno(reterr, "%s: cannot be written", path);
    (void)close(fd); /* what was written is the kernel's already */
    return rc;
}

/* --- listening --- */

/* A file of at least one word; gives its descriptor. */
static int open_whole(struct bell *b, struct err *reterr) {
    struct stat st;
    int fd = open(b->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return err_errno(reterr, "%s", b->path);
    int number = fstat(fd, &st) ? errno : 0;
    if (!number && !S_ISREG(st.st_mode))
        number = EINVAL;
    if (!number && st.st_size < WORD)
        number = posix_fallocate(fd, 0, WORD); /* writes nothing: another may have rung meanwhile */
    if (number) {
        (void)close(fd); /* nothing was written */
        errno = number;
        return err_errno(reterr, "%s: cannot be used to tell that something changed", b->path);
    }
    b->device = st.st_dev;
    b->file = st.st_ino;
    return fd;
}

/* at: NULL, or the page whose place it takes. */
static char *map(struct bell *b, char *at, struct err *reterr) {
    int fd = open_whole(b, reterr);
    if (fd < 0)
        return NULL;
    char *page = mmap(at, b->page, PROT_READ, MAP_SHARED | (at ? MAP_FIXED : 0), fd, 0);
    if (page == MAP_FAILED) {
        (void)err_errno(reterr, "%s: cannot be mapped", b->path); /* told by NULL */
        page = NULL;
    }
    (void)close(fd); /* the mapping keeps the file */
    return page;
}

int bell_open(const char *path, struct bell **ret, struct err *reterr) {
    prepare();
    size_t n = strlen(path) + 1;
    struct bell *b = calloc(1, sizeof *b + n);
    if (!b)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    memcpy(b->path, path, n);
    b->page = atomic_load(&page_size);
    struct err err = {0};
    char *page = map(b, NULL, &err);
    if (page && !take_place(b, page)) {
        (void)munmap(page, b->page); /* nothing was written through it */
        page = NULL;
        (void)err_set(&err, ERR_NO_MEMORY, "%s: this process listens to %d such files already", path, BELLS_MOST);
    }
    if (!page) {
        free(b);
        if (reterr)
            *reterr = err;
        return err.code;
    }
    b->word = (const _Atomic uint64_t *)(void *)page;
    *ret = b;
    return 0;
}

uint64_t bell_word(const struct bell *b) {
    return atomic_load_explicit(b->word, memory_order_acquire);
}

int bell_tend(struct bell *b, struct err *reterr) {
    struct stat st;
    bool lost = atomic_load(&mapped[b->place].lost);
    if (!lost && lstat(b->path, &st) == 0 && st.st_dev == b->device && st.st_ino == b->file && st.st_size >= WORD)
        return 0;
    struct err err = {0};
    atomic_store(&mapped[b->place].lost, false); /* before: it may be cut short again at once */
    if (map(b, (char *)(uintptr_t)b->word, &err))
        return 0;
    atomic_store(&mapped[b->place].lost, true); /* tried again the next time */
    if (reterr)
        *reterr = err;
    return err.code;
}

void bell_close(struct bell *b) {
    if (!b)
        return;
    atomic_store(&mapped[b->place].page, NULL);
    (void)munmap((void *)(uintptr_t)b->word, b->page); /* nothing was written through it */
    free(b);
}

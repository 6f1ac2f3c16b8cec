// SPDX-License-Identifier: Apache-2.0
/* The counter file: opened by one process, mapped once at its full possible length, grown by asking the disk for blocks
 * before anything is written to them. */
#include "press/views/file.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char MAGIC[8] = {'D', 'A', 'Y', 'V', 'I', 'E', 'W', 'S'};
enum { VERSION = 1, GROW_SLOTS = 4096, GROW_AHEAD = 1024 };
#define CHECK UINT64_C(0x6b79a1d0c35fe842)
#define MAP_SIZE (VIEWS_HEAD_SIZE + (size_t)VIEWS_ARTICLES_MOST * sizeof(struct views_slot))

_Static_assert(sizeof(struct views_slot) == 64, "a slot is a cache line");
_Static_assert(sizeof(struct views_head) <= VIEWS_HEAD_SIZE, "the head has room");
_Static_assert(sizeof(_Atomic int64_t) == 8 && ATOMIC_LLONG_LOCK_FREE == 2, "counters are plain words");

static off_t size_of(int64_t capacity) {
    return (off_t)(VIEWS_HEAD_SIZE + (size_t)capacity * sizeof(struct views_slot));
}

/* The start of the machine, as a word; empty where the kernel does not tell. */
static void read_boot(char ret[VIEWS_BOOT_SIZE]) {
    memset(ret, 0, VIEWS_BOOT_SIZE);
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (read(fd, ret, VIEWS_BOOT_SIZE - 1) < 0)
        ret[0] = 0;
    (void)close(fd); /* read only */
}

static int allocate(int fd, off_t from, off_t to) {
    int number;
    do
        number = posix_fallocate(fd, from, to - from);
    while (number == EINTR);
    errno = number;
    return number ? -1 : 0;
}

static int refuse(const char *path, const char *what, struct err *reterr) {
    return err_set(reterr, ERR_FORMAT,
                   "%s: %s. It was left as it is; move it away and start again: what the store remembers comes back.",
                   path, what);
}

static int make(struct views_file *f, const char *path, struct err *reterr) {
    if (allocate(f->fd, 0, size_of(GROW_SLOTS)))
        return err_errno(reterr, "%s: the counters cannot be made", path);
    memset(f->head, 0, sizeof *f->head);
    random_bytes(&f->head->folder, sizeof f->head->folder);
    f->head->version = VERSION;
    f->head->slot_size = sizeof(struct views_slot);
    f->head->check = f->head->folder ^ CHECK;
    atomic_store(&f->head->capacity, GROW_SLOTS);
    memcpy(f->head->magic, MAGIC, sizeof MAGIC); /* last: until then it counts as not yet made */
    f->fresh = true;
    return 0;
}

static int check(const struct views_file *f, const char *path, off_t size, struct err *reterr) {
    const struct views_head *h = f->head;
    if (memcmp(h->magic, MAGIC, sizeof MAGIC) != 0 || h->slot_size != sizeof(struct views_slot) ||
        h->check != (h->folder ^ CHECK))
        return refuse(path, "This is not a counter file", reterr);
    if (h->version != VERSION)
        return err_set(reterr, ERR_FORMAT, "%s: Written by a newer Daylight; use that version.", path);
    int64_t capacity = atomic_load(&h->capacity);
    if (capacity <= 0 || capacity > VIEWS_ARTICLES_MOST || size < size_of(capacity))
        return refuse(path, "The counter file was cut short", reterr);
    return 0;
}

/* New, or what a crash left of one between its making and its name: zeros. */
static bool is_blank(int fd, off_t size) {
    static const char zeros[4096];
    char head[sizeof zeros] = {0};
    return size <= size_of(GROW_SLOTS) && pread(fd, head, sizeof head, 0) >= 0 && !memcmp(head, zeros, sizeof head);
}

static int map(struct views_file *f, const char *path, struct err *reterr) {
    void *p = mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, f->fd, 0);
    if (p == MAP_FAILED)
        return err_errno(reterr, "%s: cannot be mapped", path);
    f->head = p;
    f->slots = (struct views_slot *)((char *)p + VIEWS_HEAD_SIZE);
    return 0;
}

static int settle(struct views_file *f, const char *path, struct err *reterr) {
    struct stat st;
    if (flock(f->fd, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK ? err_set(reterr, ERR_CONFLICT,
                                              "%s: Another Daylight is using this data folder; stop it first.", path)
                                    : err_errno(reterr, "%s: cannot be locked", path);
    if (fstat(f->fd, &st))
        return err_errno(reterr, "%s", path);
    if (!S_ISREG(st.st_mode))
        return refuse(path, "This is not a file", reterr);
    bool blank = is_blank(f->fd, st.st_size);
    if (!blank && st.st_size < VIEWS_HEAD_SIZE)
        return refuse(path, "This is not a counter file", reterr);
    int rc = map(f, path, reterr);
    if (rc == 0)
        rc = blank ? make(f, path, reterr) : check(f, path, st.st_size, reterr);
    return rc;
}

int views_file_open(const char *path, struct views_file *ret, struct err *reterr) {
    struct views_file f = {.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (f.fd < 0)
        return err_errno(reterr, "%s", path);
    int rc = settle(&f, path, reterr);
    if (rc < 0) {
        views_file_close(&f);
        return rc;
    }
    char boot[VIEWS_BOOT_SIZE];
    read_boot(boot);
    f.was_clean = atomic_load(&f.head->clean) == 1;
    f.same_boot = boot[0] && memcmp(boot, f.head->boot, sizeof boot) == 0;
    memcpy(f.head->boot, boot, sizeof boot);
    atomic_store(&f.head->clean, 0);
    rc = views_file_sync(&f, false, reterr); /* before the first count: a power failure must find it unclean */
    if (rc < 0) {
        views_file_close(&f);
        return rc;
    }
    *ret = f;
    return 0;
}

int views_file_grow(struct views_file *f, int64_t id, struct err *reterr) {
    int64_t capacity = atomic_load(&f->head->capacity);
    if (id < capacity)
        return 0;
    if (id >= VIEWS_ARTICLES_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "Views are counted of the first %d articles only.", VIEWS_ARTICLES_MOST);
    int64_t wanted = (id + GROW_AHEAD) / GROW_SLOTS * GROW_SLOTS + GROW_SLOTS;
    if (wanted > VIEWS_ARTICLES_MOST)
        wanted = VIEWS_ARTICLES_MOST;
    if (allocate(f->fd, size_of(capacity), size_of(wanted)))
        return err_errno(reterr, "The counters cannot grow to %" PRId64 " articles", wanted);
    atomic_store(&f->head->capacity, wanted);
    return 0;
}

int views_file_sync(struct views_file *f, bool all, struct err *reterr) {
    size_t size = all ? (size_t)size_of(atomic_load(&f->head->capacity)) : VIEWS_HEAD_SIZE;
    if (msync(f->head, size, MS_SYNC) || (all && fsync(f->fd)))
        return err_errno(reterr, "The counters cannot be written to disk");
    return 0;
}

void views_file_close(struct views_file *f) {
    if (f->head)
        (void)munmap(f->head, MAP_SIZE); /* what was counted is the kernel's already */
    (void)close(f->fd);
    *f = (struct views_file){.fd = -1};
}

// SPDX-License-Identifier: Apache-2.0
/* A table of names in memory, from the list on the disk; files compared, written beside and renamed. In a copy that was
 * never finished a file that is not there is written where it belongs: nobody reads such a copy, the rename would be a
 * third of a file's cost, and the next run compares. */
#include "app/outdir.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char list_name[] = ".daylight-copy", notes_name[] = ".daylight-copy.new";
static const char head[] = "Files that daylight export wrote here and may remove. Format 1.\n";
enum { LIST_MOST = 1 << 30, NAME_MOST = 1024, NOTES_AT_ONCE = 65536 };

struct name {
    bool had, claimed;
    unsigned short n;
    uint32_t note; /* the number of its note, from 1; 0: it needs none */
    char bytes[];
};

struct outdir {
    char *folder;
    int dir, notes;
    bool unfinished;      /* no run has ever come to its end here */
    pthread_mutex_t lock; /* of all below */
    struct table names;
    struct arena *arena;   /* of the names */
    struct buf unwritten;  /* notes */
    uint32_t made, stored; /* how many notes, and how many of them stand in the file */
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory for the names of the files");
}

/* --- names --- */

/* Nothing hidden, nothing that leads out. */
static bool is_name(struct str s) {
    struct str rest = s, segment;
    if (s.n == 0 || s.n > NAME_MOST || s.p[0] == '/' || s.p[s.n - 1] == '/' || s.p[0] == '.')
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ')
            return false;
    while (str_cut(&rest, '/', &segment))
        if (segment.n == 0 || str_is(segment, ".") || str_is(segment, ".."))
            return false;
    return true;
}

static struct str name_of(const void *item) {
    const struct name *n = item;
    return str_part(n->bytes, n->n);
}

/* NULL: no memory. */
static struct name *find_or_add(struct outdir *t, struct str s) {
    struct name *n = table_find(&t->names, s);
    if (n)
        return n;
    n = arena_alloc(t->arena, sizeof *n + s.n);
    if (!n)
        return NULL;
    n->n = (unsigned short)s.n;
    memcpy(n->bytes, s.p, s.n);
    return table_add(&t->names, n) ? n : NULL;
}

/* --- the list --- */

static int take_list(struct outdir *t, const char *file, bool *ret_there, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(text);
    struct err e = {0};
    file_join(&path, t->folder, file);
    int bad = file_read(path.p, LIST_MOST, &text, &e);
    if (bad == -ERR_NOT_FOUND)
        return 0;
    *ret_there = true;
    if (bad)
        return err_set(reterr, (enum err_code) - bad, "%s", e.text);
    struct str rest = buf_str(&text), name;
    if (str_starts(rest, head))
        rest = str_from(rest, sizeof head - 1);
    else if (rest.n)
        return err_set(reterr, ERR_FORMAT, "%s: is no list of an export's files; nothing was changed", path.p);
    if (rest.n && rest.p[rest.n - 1] != '\n') /* the note was cut off before its file appeared */
        while (rest.n && rest.p[rest.n - 1] != '\n')
            rest.n--;
    while (str_cut(&rest, '\n', &name)) {
        if (!is_name(name))
            return err_set(reterr, ERR_FORMAT, "%s: \"%.*s\" is no name of an export's file; nothing was changed",
                           path.p, (int)(name.n > 200 ? 200 : name.n), name.p);
        struct name *n = find_or_add(t, name);
        if (!n)
            return no_memory(reterr);
        n->had = true;
    }
    return 0;
}

static bool is_empty(const char *folder) {
    DIR *d = opendir(folder);
    bool empty = d != NULL;
    for (struct dirent *e; empty && (e = readdir(d));)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (d)
        (void)closedir(d); /* it was read only */
    return empty;
}

static int write_all(int fd, struct str s) {
    while (s.n) {
        ssize_t put = write(fd, s.p, s.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        s = str_from(s, (size_t)put);
    }
    return 0;
}

/* A last line that was cut off goes: its file did not appear. */
static int mend_notes(const struct outdir *t, const char *path) {
    BUF_LOCAL(text);
    if (file_read(path, LIST_MOST, &text, NULL))
        return -1;
    size_t whole = text.n;
    while (whole && text.p[whole - 1] != '\n')
        whole--;
    if (whole < text.n && ftruncate(t->notes, (off_t)whole))
        return -1;
    return whole ? 0 : write_all(t->notes, str_of(head));
}

/* Names noted by a run that was cut off stay noted. */
static int open_notes(struct outdir *t, struct err *reterr) {
    BUF_LOCAL(path);
    file_join(&path, t->folder, notes_name);
    t->notes = openat(t->dir, notes_name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    return t->notes < 0 || mend_notes(t, path.p) ? err_errno(reterr, "%s", path.p) : 0;
}

static int sweep_one(const char *path, const struct stat *st, int type, struct FTW *where) {
    struct str name = str_of(path + where->base), rest = str_from(name, sizeof list_name);
    int64_t worker;
    (void)st;
    if (type == FTW_F && str_starts(name, list_name) && str_to_int(rest, &worker))
        (void)unlink(path); /* what stays is met again by the next one */
    return 0;
}

static int begin(struct outdir *t, struct err *reterr) {
    bool there = false, cut_off = false;
    if (flock(t->dir, LOCK_EX | LOCK_NB))
        return err_set(reterr, ERR_CONFLICT, "%s: another export is writing there; nothing was changed", t->folder);
    int bad = take_list(t, list_name, &there, reterr);
    if (!bad)
        bad = take_list(t, notes_name, &cut_off, reterr);
    t->unfinished = !there;
    if (!bad && !there && !cut_off && !is_empty(t->folder))
        bad = err_set(reterr, ERR_CONFLICT,
                      "%s: there are files in it that no export wrote; nothing was changed, name an empty folder or "
                      "a new one",
                      t->folder);
    if (!bad && cut_off)                                /* files that were being written then */
        (void)nftw(t->folder, sweep_one, 16, FTW_PHYS); /* what stays is met again by the next one */
    return bad ? bad : open_notes(t, reterr);
}

static int open_folder(struct outdir *t, struct err *reterr) {
    struct err e = {0};
    if (mkdir(t->folder, 0777) == 0 || errno == EEXIST)
        t->dir = open(t->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t->dir >= 0)
        return 0;
    int bad = err_errno(&e, "%s", t->folder);
    return err_set(reterr, (enum err_code) - bad,
                   "%s. The copy cannot be there and nothing was written; name a folder, or a new one in a folder that "
                   "there is",
                   e.text);
}

int outdir_open(const char *folder, struct outdir **ret, struct err *reterr) {
    int bad;
    struct outdir *t = calloc(1, sizeof *t);
    if (!t)
        return no_memory(reterr);
    t->folder = strdup(folder);
    t->arena = arena_new(0);
    t->names.key = name_of;
    t->unwritten = BUF_INIT;
    (void)pthread_mutex_init(&t->lock, NULL); /* cannot fail on Linux */
    t->dir = t->notes = -1;
    bad = t->folder && t->arena ? open_folder(t, reterr) : no_memory(reterr);
    if (!bad)
        bad = begin(t, reterr);
    if (bad) {
        outdir_close(t);
        return bad;
    }
    *ret = t;
    return 0;
}

void outdir_close(struct outdir *t) {
    if (!t)
        return;
    if (t->notes >= 0)
        (void)close(t->notes); /* every line is written, and read again by the next run */
    if (t->dir >= 0)
        (void)close(t->dir); /* gives the lock back */
    (void)pthread_mutex_destroy(&t->lock);
    table_clear(&t->names);
    buf_clear(&t->unwritten);
    arena_free(t->arena);
    free(t->folder);
    free(t);
}

/* --- notes --- */

/* With the lock. */
static int store_notes(struct outdir *t, struct err *reterr) {
    if (buf_failed(&t->unwritten))
        return no_memory(reterr);
    if (write_all(t->notes, buf_str(&t->unwritten)))
        return err_errno(reterr, "%s/%s", t->folder, notes_name);
    buf_reset(&t->unwritten);
    t->stored = t->made;
    return 0;
}

/* With the lock. A write each would cost as much as the file's own: they are stored when the first of them is needed.
 */
static int note(struct outdir *t, struct name *n, struct err *reterr) {
    buf_add(&t->unwritten, name_of(n));
    buf_add_char(&t->unwritten, '\n');
    n->note = ++t->made;
    return t->unwritten.n < NOTES_AT_ONCE ? 0 : store_notes(t, reterr);
}

int outdir_claim(struct outdir *t, struct str name, bool *ret_first, struct err *reterr) {
    if (!is_name(name))
        return err_set(reterr, ERR_INVALID, "%.*s: no file can be called so", STR_FMT(name));
    (void)pthread_mutex_lock(&t->lock);
    struct name *n = find_or_add(t, name);
    int bad = n ? 0 : no_memory(reterr);
    if (n) {
        *ret_first = !n->claimed;
        n->claimed = true;
        bad = n->had || n->note ? 0 : note(t, n, reterr);
    }
    (void)pthread_mutex_unlock(&t->lock);
    return bad;
}

bool outdir_had(struct outdir *t, struct str name) {
    (void)pthread_mutex_lock(&t->lock);
    const struct name *n = table_find(&t->names, name);
    bool had = n && n->had;
    (void)pthread_mutex_unlock(&t->lock);
    return had;
}

/* Did an earlier run write it? If not, its note is in the file from now on. */
static int find_or_note(struct outdir *t, struct str name, bool *ret_had, struct err *reterr) {
    (void)pthread_mutex_lock(&t->lock);
    const struct name *n = table_find(&t->names, name);
    *ret_had = n && n->had;
    int bad = n && n->note > t->stored ? store_notes(t, reterr) : 0;
    (void)pthread_mutex_unlock(&t->lock);
    return bad;
}

/* --- one file --- */

struct putting {
    struct outdir *t;
    const struct outdir_file *f;
    char name[NAME_MOST + 1], beside[NAME_MOST + sizeof list_name + 16];
};

static int failed(const struct putting *p, struct err *reterr) {
    return err_errno(reterr, "%s/%s", p->t->folder, p->name);
}

static bool same_bytes(const struct outdir_file *f, const char *there) {
    size_t behind = f->at + f->n;
    return memcmp(there, f->bytes.p, f->at) == 0 &&
           memcmp(there + behind, f->bytes.p + behind, f->bytes.n - behind) == 0;
}

static bool same_files(int a, int b, size_t n) {
    void *x = mmap(NULL, n, PROT_READ, MAP_SHARED, a, 0), *y = mmap(NULL, n, PROT_READ, MAP_SHARED, b, 0);
    bool same = x != MAP_FAILED && y != MAP_FAILED && memcmp(x, y, n) == 0;
    if (x != MAP_FAILED)
        (void)munmap(x, n); /* cannot fail for what was mapped */
    if (y != MAP_FAILED)
        (void)munmap(y, n);
    return same;
}

static bool read_whole(int fd, char *to, size_t n) {
    for (size_t at = 0; at < n;) {
        ssize_t got = read(fd, to + at, n - at);
        if (got <= 0 && !(got < 0 && errno == EINTR))
            return false;
        at += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* 1: as it should be, 0: not, or, with *ret_there false, nothing is there; else the failure. */
static int compare(const struct putting *p, bool *ret_there, struct err *reterr) {
    const struct outdir_file *f = p->f;
    uint64_t n = f->fd >= 0 ? f->fd_n : f->bytes.n;
    int fd = openat(p->t->dir, p->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;
    *ret_there = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : failed(p, reterr);
    bool same = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == n;
    if (same && f->fd >= 0)
        same = n == 0 || same_files(fd, f->fd, n);
    else if (same && n) {
        char *there = malloc(n);
        same = there && read_whole(fd, there, n) && same_bytes(f, there);
        free(there);
    }
    (void)close(fd); /* it was read only */
    return same;
}

static int copy_bytes(int to, int from, uint64_t n) {
    off_t at = 0;
    while ((uint64_t)at < n) {
        ssize_t put = copy_file_range(from, &at, to, NULL, n - (uint64_t)at, 0);
        if (put < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
            break;
        if (put <= 0)
            return put < 0 ? -1 : (errno = EIO, -1);
    }
    static const size_t most = 65536;
    char *room = (uint64_t)at < n ? malloc(most) : NULL;
    if ((uint64_t)at < n && !room)
        return -1;
    while ((uint64_t)at < n) {
        uint64_t left = n - (uint64_t)at;
        ssize_t got = pread(from, room, left < most ? (size_t)left : most, at);
        if (got <= 0 || write_all(to, str_part(room, (size_t)got)))
            break;
        at += got;
    }
    free(room);
    return (uint64_t)at == n ? 0 : -1;
}

/* From the deepest one up: most often that one alone is missing. */
static int make_folders(const struct putting *p) {
    char path[NAME_MOST + 1];
    memcpy(path, p->name, sizeof path);
    char *slash = strrchr(path, '/');
    while (slash) {
        *slash = 0;
        if (mkdirat(p->t->dir, path, 0777) == 0 || errno == EEXIST)
            break;
        if (errno != ENOENT)
            return -1;
        slash = strrchr(path, '/');
    }
    if (slash)
        *slash = '/';
    for (size_t i = strlen(path); p->name[i]; i++) {
        if (path[i] || p->name[i] != '/')
            continue;
        if (mkdirat(p->t->dir, path, 0777) && errno != EEXIST)
            return -1;
        path[i] = '/';
    }
    return 0;
}

static int stranger(const struct putting *p, struct err *reterr) {
    return err_set(reterr, ERR_CONFLICT,
                   "%s/%s: something stands there that no export wrote; it was left as it is, and "
                   "the page is missing in the copy. Move it away and export again",
                   p->t->folder, p->name);
}

/* -1: errno says why. */
static int open_new(const struct putting *p, const char *at) {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(p->t->dir, at, flags, 0666);
    bool again =
        fd < 0 && ((errno == ENOENT && make_folders(p) == 0) ||
                   (errno == EEXIST && at == p->beside && unlinkat(p->t->dir, at, 0) == 0)); /* a run was cut off */
    return again ? openat(p->t->dir, at, flags, 0666) : fd;
}

static int write_new(const struct putting *p, const char *at, struct err *reterr) {
    const struct outdir_file *f = p->f;
    int fd = open_new(p, at);
    if (fd < 0)
        return errno == ENOTDIR || errno == EEXIST ? stranger(p, reterr) : failed(p, reterr);
    int bad = f->fd >= 0 ? copy_bytes(fd, f->fd, f->fd_n) : write_all(fd, f->bytes);
    if (bad)
        bad = failed(p, reterr);
    if (close(fd) && !bad)
        bad = failed(p, reterr);
    if (bad)
        (void)unlinkat(p->t->dir, at, 0); /* the failure that matters is the one before */
    return bad;
}

/* Over what we wrote, and over nothing else. */
static int move_in(const struct putting *p, bool had, struct err *reterr) {
    unsigned flags = had ? 0 : RENAME_NOREPLACE;
    int dir = p->t->dir;
    if (renameat2(dir, p->beside, dir, p->name, flags) == 0)
        return 0;
    int number = errno;
    (void)unlinkat(dir, p->beside, 0); /* the failure that matters is the one before */
    errno = number;
    return number == EEXIST || number == EISDIR || number == ENOTEMPTY ? stranger(p, reterr) : failed(p, reterr);
}

static struct putting putting(struct outdir *t, unsigned worker, const struct outdir_file *f) {
    struct putting p = {.t = t, .f = f};
    memcpy(p.name, f->name.p, f->name.n);
    const char *slash = strrchr(p.name, '/'); /* in the same folder: a rename there waits least for others */
    int folder = slash ? (int)(slash + 1 - p.name) : 0;
    (void)snprintf(p.beside, sizeof p.beside, "%.*s%s.%u", folder, p.name, list_name, worker); /* fits */
    return p;
}

int outdir_put(struct outdir *t, unsigned worker, const struct outdir_file *f, enum outdir_put *ret,
               struct err *reterr) {
    if (!is_name(f->name) || f->at + f->n > f->bytes.n)
        BUG("a file that was not claimed");
    struct putting p = putting(t, worker, f);
    bool had, there = false;
    int bad = find_or_note(t, f->name, &had, reterr), same = had && !bad ? compare(&p, &there, reterr) : 0;
    if (bad || same < 0)
        return bad ? bad : same;
    if (same) {
        *ret = OUTDIR_SAME;
        return 0;
    }
    if (t->unfinished && !there) {
        bad = write_new(&p, p.name, reterr);
    } else {
        bad = write_new(&p, p.beside, reterr);
        if (!bad)
            bad = move_in(&p, had, reterr);
    }
    if (!bad)
        *ret = had ? OUTDIR_CHANGED : OUTDIR_NEW;
    return bad;
}

int outdir_read(struct outdir *t, struct str name, size_t most, struct buf *ret, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(z);
    buf_add(&z, name);
    file_join(&path, t->folder, z.p);
    if (!is_name(name) || !outdir_had(t, name))
        return err_set(reterr, ERR_NOT_FOUND, "%s: no export wrote it", path.p);
    return file_read(path.p, most, ret, reterr);
}

/* --- the end --- */

static int compare_names(const void *x, const void *y) {
    const struct name *a = *(const struct name *const *)x, *b = *(const struct name *const *)y;
    return str_compare(name_of(a), name_of(b));
}

/* Folders above it that are empty now. */
static void remove_folders(const struct outdir *t, char *path) {
    for (char *slash; (slash = strrchr(path, '/'));) {
        *slash = 0;
        if (unlinkat(t->dir, path, AT_REMOVEDIR))
            return; /* there is something else in it */
    }
}

static int remove_gone(struct outdir *t, size_t *ret, struct err *reterr) {
    *ret = 0;
    for (size_t i = 0; i < t->names.slots; i++) {
        const struct name *n = t->names.slot[i];
        if (!n || !n->had || n->claimed)
            continue;
        char path[NAME_MOST + 1];
        memcpy(path, n->bytes, n->n);
        path[n->n] = 0;
        int gone = unlinkat(t->dir, path, 0);
        if (gone && errno != ENOENT && errno != ENOTDIR)
            return err_errno(reterr, "%s/%s", t->folder, path);
        *ret += gone == 0;
        remove_folders(t, path);
    }
    return 0;
}

static int write_list(struct outdir *t, struct err *reterr) {
    BUF_LOCAL(text);
    BUF_LOCAL(there);
    BUF_LOCAL(path);
    size_t n = 0;
    const struct name **all = calloc(t->names.n + 1, sizeof(const struct name *));
    for (size_t i = 0; all && i < t->names.slots; i++) {
        const struct name *one = t->names.slot[i];
        if (one && one->claimed)
            all[n++] = one;
    }
    if (all)
        qsort(all, n, sizeof *all, compare_names);
    buf_add_z(&text, head);
    for (size_t i = 0; all && i < n; i++) {
        buf_add(&text, name_of(all[i]));
        buf_add_char(&text, '\n');
    }
    free(all);
    file_join(&path, t->folder, list_name);
    if (!all || buf_failed(&text) || buf_failed(&path))
        return no_memory(reterr);
    if (file_read(path.p, LIST_MOST, &there, NULL) == 0 && str_eq(buf_str(&there), buf_str(&text)))
        return 0;
    return file_write(path.p, buf_str(&text), 0644, reterr);
}

int outdir_finish(struct outdir *t, size_t *ret_removed, struct err *reterr) {
    int bad = remove_gone(t, ret_removed, reterr);
    if (!bad)
        bad = write_list(t, reterr);
    if (!bad && unlinkat(t->dir, notes_name, 0))
        bad = err_errno(reterr, "%s/%s", t->folder, notes_name);
    return bad;
}

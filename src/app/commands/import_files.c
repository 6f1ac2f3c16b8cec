// SPDX-License-Identifier: Apache-2.0
/* Folders are listed before anything is read, so that the progress bar knows how many there are. */
#include "app/commands/import_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MOST = 64 };

struct list {
    struct arena *arena;
    const char **file;
    size_t n, room;
    struct err *reterr;
};

static int no_memory(struct list *l) {
    return err_set(l->reterr, ERR_NO_MEMORY, "not enough memory for the list of files");
}

static int add(struct list *l, const char *file) {
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 1024;
        const char **more = arena_array(l->arena, room, sizeof *more);
        if (!more)
            return no_memory(l);
        if (l->n)
            memcpy(more, l->file, l->n * sizeof *more);
        l->file = more;
        l->room = room;
    }
    l->file[l->n++] = file;
    return 0;
}

static int is_shown(const struct dirent *e) {
    return e->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct list *l, const char *folder, int depth);

/* Most file systems say in the entry itself what it is; of a million files that is what the listing takes. */
static int add_entry(struct list *l, const char *folder, const struct dirent *e, int depth) {
    struct stat s;
    const char *path = arena_printf(l->arena, "%s/%s", folder, e->d_name).p;
    if (!path)
        return no_memory(l);
    if (e->d_type == DT_REG)
        return add(l, path);
    if (lstat(path, &s) == 0 && S_ISDIR(s.st_mode))
        return add_folder(l, path, depth + 1);
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) ? add(l, path) : 0;
}

static int add_folder(struct list *l, const char *folder, int depth) {
    struct dirent **entry;
    int bad = 0, n = depth > DEPTH_MOST ? 0 : scandir(folder, &entry, is_shown, by_bytes);
    if (n < 0)
        return err_errno(l->reterr, "%s", folder);
    for (int i = 0; i < n; i++) {
        if (!bad)
            bad = add_entry(l, folder, entry[i], depth);
        free(entry[i]);
    }
    if (depth <= DEPTH_MOST)
        free(entry);
    return bad;
}

int import_files(const struct arguments *arguments, struct arena *arena, const char ***ret, size_t *ret_n,
                 struct err *reterr) {
    struct list l = {.arena = arena, .reterr = reterr};
    int bad = 0;
    for (size_t i = 1; i < arguments_count(arguments) && !bad; i++) {
        const char *operand = arguments_operand(arguments, i);
        struct stat s;
        size_t before = l.n;
        bool folder = stat(operand, &s) == 0 && S_ISDIR(s.st_mode);
        bad = folder ? add_folder(&l, operand, 0) : add(&l, operand);
        if (!bad && l.n == before)
            bad = err_set(reterr, ERR_NOT_FOUND, "there is no file in the folder %s", operand);
    }
    if (bad)
        return bad;
    *ret = l.file;
    *ret_n = l.n;
    return 0;
}

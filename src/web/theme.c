// SPDX-License-Identifier: Apache-2.0
/* Walking through the embedded files and a folder of the theme. */
#include "web/theme.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { THEME_FILE_MOST = 8 * 1024 * 1024 };

static bool wanted(struct str name, const char *ending) {
    return name.n && name.p[0] != '.' && (!ending || str_ends(name, ending));
}

static bool folder_has(struct dirent *const *list, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (strcmp(list[i]->d_name, name) == 0)
            return true;
    return false;
}

/* A folder within is passed over: reading it says so. */
static int read_one(const char *folder, const char *name, struct buf *ret, bool *ret_there, struct err *reterr) {
    BUF_LOCAL(path);
    file_join(&path, folder, name);
    DIR *within = opendir(path.p);
    *ret_there = !within;
    if (within) {
        closedir(within);
        return 0;
    }
    return file_read(path.p, THEME_FILE_MOST, ret, reterr);
}

static void list_free(struct dirent **list, int n) {
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

static int list_folder(const char *folder, struct dirent ***ret, int *ret_n, struct err *reterr) {
    *ret = NULL;
    *ret_n = 0;
    int n = folder ? scandir(folder, ret, NULL, alphasort) : 0;
    if (n < 0 && errno != ENOENT)
        return err_errno(reterr, "%s", folder);
    *ret_n = n < 0 ? 0 : n;
    return 0;
}

int theme_each(const struct embedded_file *table, const char *folder, const char *ending,
               int (*fn)(void *arg, const char *name, struct str bytes, struct err *reterr), void *arg,
               struct err *reterr) {
    struct dirent **list;
    int n, failed = list_folder(folder, &list, &n, reterr);
    for (const struct embedded_file *f = table; f && f->name && !failed; f++)
        if (wanted(str_of(f->name), ending) && !folder_has(list, n, f->name) &&
            (failed = fn(arg, f->name, f->bytes, reterr)) != 0)
            (void)err_prefix(reterr, "%s", f->name); /* gives the code that we have */
    for (int i = 0; i < n && !failed; i++) {
        BUF_LOCAL(bytes);
        bool there = false;
        const char *name = list[i]->d_name;
        if (!wanted(str_of(name), ending))
            continue;
        failed = read_one(folder, name, &bytes, &there, reterr);
        if (!failed && there && (failed = fn(arg, name, buf_str(&bytes), reterr)) != 0)
            (void)err_prefix(reterr, "%s/%s", folder, name);
    }
    list_free(list, n);
    return failed;
}

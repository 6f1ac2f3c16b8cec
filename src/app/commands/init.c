// SPDX-License-Identifier: Apache-2.0
/* `daylight init`: a new office. site.ini is written last: a folder that has one is whole. */
#include "app/acts.h"
#include "app/columns.h"
#include "app/commands.h"
#include "app/demo.h"
#include "app/folder.h"
#include "base/file.h"
#include "text/datetime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ANSWERS_OWN = 8 };

/* "Asia/Shanghai", from where /etc/localtime points to; UTC where that tells nothing. */
static struct str zone_of_machine(struct arena *arena) {
    char path[512];
    ssize_t n = readlink("/etc/localtime", path, sizeof path - 1);
    struct str link = str_part(path, n > 0 ? (size_t)n : 0);
    size_t at = str_find(link, STR("zoneinfo/"), 0);
    const char *zone = at == SIZE_MAX ? "" : arena_z(arena, str_from(link, at + 9));
    return zone[0] && zone_exists(zone) ? str_of(zone) : STR("UTC");
}

static bool answered(const struct config_answer *answers, size_t n, const char *key) {
    for (size_t i = 0; i < n; i++)
        if (str_is(answers[i].section, "site") && str_starts(answers[i].key, key) &&
            (answers[i].key.n == strlen(key) || answers[i].key.p[strlen(key)] == '.'))
            return true;
    return false;
}

static void answer(struct config_answer *answers, size_t *n, const char *section, const char *key, struct str value) {
    if (value.n)
        answers[(*n)++] = (struct config_answer){str_of(section), str_of(key), value};
}

/* What was asked for, then what the demonstration says, then what nobody said. */
static int collect(const struct arguments *arguments, struct arena *arena, struct config_answer **ret, size_t *ret_n,
                   struct err *reterr) {
    struct config_answer *demo = NULL;
    size_t demo_n = 0, n = 0;
    int bad = arguments_flag(arguments, "demo") ? demo_answers(arena, &demo, &demo_n, reterr) : 0;
    struct config_answer *all = arena_array(arena, demo_n + 2 * (size_t)ANSWERS_OWN, sizeof *all);
    if (bad || !all)
        return bad ? bad : err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    struct str languages = str_of(arguments_value(arguments, "languages")), rest = languages, first;
    answer(all, &n, "site", "languages", languages);
    answer(all, &n, "site", "timezone", str_of(arguments_value(arguments, "timezone")));
    answer(all, &n, "site", "host", str_of(arguments_value(arguments, "host")));
    answer(all, &n, "serve", "store", str_of(arguments_value(arguments, "store")));
    struct str name = str_of(arguments_value(arguments, "name"));
    if (demo_n && name.n && !languages.n)
        languages = rest = STR("en"); /* the demonstration's first */
    struct str tag = str_cut(&rest, ',', &first) ? str_trim(first) : STR("en");
    answer(all, &n, "site", arena_printf(arena, "name.%.*s", STR_FMT(tag)).p, name);
    for (size_t i = 0; i < demo_n; i++)
        all[n++] = demo[i];
    if (!answered(all, n, "languages"))
        answer(all, &n, "site", "languages", STR("en, zh-CN"));
    if (!answered(all, n, "name"))
        answer(all, &n, "site", arena_printf(arena, "name.%.*s", STR_FMT(tag)).p, STR("Our office"));
    if (!answered(all, n, "timezone"))
        answer(all, &n, "site", "timezone", zone_of_machine(arena));
    *ret = all;
    *ret_n = n;
    return arena_failed(arena) ? err_set(reterr, ERR_NO_MEMORY, "not enough memory") : 0;
}

static int make_folders(const char *path, struct err *reterr) {
    static const char *const names[] = {"", "keys", "media", "theme"};
    int bad = 0;
    for (size_t i = 0; !bad && i < sizeof names / sizeof *names; i++) {
        BUF_LOCAL(folder);
        file_join(&folder, path, names[i]);
        bad = file_make_folder(folder.p, reterr);
    }
    return bad;
}

static int fill_store(struct folder *folder, bool demo, struct err *reterr) {
    int bad = store_open(folder->config.store, &folder->store, reterr);
    if (!bad)
        bad = store_migrate(folder->store, reterr);
    if (!bad)
        bad = acts_begin(folder, reterr);
    if (!bad)
        bad = demo ? demo_load(folder, reterr) : columns_add_first(folder->store, reterr);
    return bad ? bad : acts_end(folder, reterr);
}

int init_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    BUF_LOCAL(path);
    BUF_LOCAL(ini);
    folder.path = arguments_operand(arguments, 0);
    struct config_answer *answers = NULL;
    size_t n = 0;
    const char *name = arguments_value(arguments, "name");
    if (name && !str_trim(str_of(name)).n) {
        (void)err_set(reterr, ERR_INVALID, "--name is empty: what is the office called?"); /* told as wrong use */
        return COMMAND_WRONG;
    }
    struct stat there;
    if (stat(folder.path, &there) == 0 && !S_ISDIR(there.st_mode))
        return err_set(reterr, ERR_CONFLICT, "%s is there already and is no folder; nothing was changed", folder.path);
    (void)umask(077);
    file_join(&path, folder.path, "site.ini");
    if (file_exists(path.p))
        return err_set(reterr, ERR_CONFLICT, "%s is an office already; nothing was changed", folder.path);
    int bad = collect(arguments, arena, &answers, &n, reterr);
    if (bad)
        return bad;
    config_write(&ini, answers, n);
    bad = config_read("what you asked for", buf_str(&ini), folder.path, arena, &folder.config, reterr);
    if (!bad)
        bad = make_folders(folder.path, reterr);
    if (!bad)
        bad = fill_store(&folder, arguments_flag(arguments, "demo"), reterr);
    if (!bad)
        bad = file_write(path.p, buf_str(&ini), 0600, reterr);
    if (!bad)
        printf("%s is ready: daylight serve %s\n", folder.path, folder.path);
    return bad;
}

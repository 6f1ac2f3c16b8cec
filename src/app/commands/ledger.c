// SPDX-License-Identifier: Apache-2.0
/* `daylight ledger …`: how it stands, its keys, and the way out of a lost state. Keys change while no server signs: the
 * signer's lock is held, the list written, and an entry left that commits to it; then the log is signed with what the
 * list says now. A list that a crash left without its entry gets it from whoever opens the folder next. */
#include "app/acts.h"
#include "app/commands.h"
#include "app/output.h"
#include "base/file.h"
#include "ledger/announce.h"
#include "ledger/keys.h"
#include "ledger/signer.h"
#include "ledger/signer_state.h"
#include "text/datetime.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { CHECKPOINT_BYTES_MOST = 1 << 20 };

/* --- changing keys --- */

typedef int change_fn(struct str folder, const char *file, struct err *reterr);

/* A disk that fails leaves either list, each with the secrets that it needs. */
static int try_change(const struct folder *folder, change_fn *change, const char *file, struct err *reterr) {
    struct err e = {0};
    int rc = change(str_of(folder->path), file, &e);
    if (rc == -ERR_IO || rc == -ERR_FULL)
        return err_set(reterr, (enum err_code) - rc,
                       "the keys could not be changed: %s. What was signed is kept, and daylight ledger status shows "
                       "which keys sign now; look at the disk, then do it again.",
                       e.text);
    if (rc < 0 && reterr)
        *reterr = e;
    return rc;
}

static int change_locked(const struct folder *folder, change_fn *change, const char *file, struct err *reterr) {
    int fd = -1, rc = signer_state_open(str_of(folder->path), &fd, reterr);
    if (rc == -ERR_TOO_MANY)
        return err_set(reterr, ERR_CONFLICT, "the office is being served: stop the server first; nothing was changed");
    if (rc == 0)
        rc = ledger_announce(folder->store, str_of(folder->path), reterr);
    if (rc == 0)
        rc = keys_tidy(str_of(folder->path), reterr);
    if (rc == 0)
        rc = try_change(folder, change, file, reterr);
    if (rc == 0)
        rc = ledger_announce(folder->store, str_of(folder->path), reterr);
    if (fd >= 0)
        (void)close(fd); /* gives the lock back */
    return rc;
}

static int change_keys(const struct arguments *arguments, struct arena *arena, change_fn *change, const char *done,
                       struct err *reterr) {
    FOLDER_LOCAL(folder);
    int rc = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (rc == 0)
        rc = change_locked(&folder, change, arguments_operand(arguments, 1), reterr);
    if (rc == 0)
        rc = acts_begin(&folder, reterr); /* a signer with the new list */
    if (rc == 0)
        rc = acts_end(&folder, reterr);
    if (rc == 0)
        printf("%s\n", done);
    return rc;
}

static int rotate(struct str folder, const char *file, struct err *reterr) {
    (void)file;
    return keys_rotate(folder, reterr);
}

static int retire(struct str folder, const char *file, struct err *reterr) {
    (void)file;
    return keys_retire(folder, reterr);
}

int ledger_rotate_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    return change_keys(
        arguments, arena, rotate,
        "a new key signs beside the old one; when those who follow the log have seen it, daylight ledger "
        "retire ends the old one",
        reterr);
}

int ledger_retire_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    return change_keys(arguments, arena, retire, "the old key signs no more, and its secret was removed", reterr);
}

int ledger_use_spare_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    return change_keys(
        arguments, arena, keys_use_spare,
        "the spare key signs, and the old one no more; DIR/keys/ledger-spare.key is a new spare: take it "
        "elsewhere",
        reterr);
}

/* --- a lost state --- */

int ledger_recover_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    BUF_LOCAL(checkpoint);
    (void)arena;
    int rc = file_read(arguments_operand(arguments, 1), CHECKPOINT_BYTES_MOST, &checkpoint, reterr);
    if (rc == 0)
        rc = signer_recover(str_of(arguments_operand(arguments, 0)), buf_str(&checkpoint), reterr);
    if (rc == -ERR_TOO_MANY)
        return err_set(reterr, ERR_CONFLICT, "the office is being served: stop the server first; nothing was changed");
    if (rc == 0)
        printf("the signer goes on from this checkpoint\n");
    return rc;
}

/* --- how it stands --- */

struct standing {
    struct arena *arena;
    struct ledger_state state;
    struct keys keys;
    bool has_keys;
};

static int read_state(struct tx *tx, void *arg, struct err *reterr) {
    struct standing *s = arg;
    return ledger_state(tx, s->arena, &s->state, reterr);
}

static struct str key_text(struct arena *arena, const struct vkey *k) {
    BUF_LOCAL(text);
    vkey_write(k, &text);
    return arena_buf(arena, &text);
}

static json_t *standing_json(const struct standing *s, const char *zone) {
    json_t *keys = json_array();
    for (size_t i = 0; i < s->keys.n; i++)
        if (json_array_append_new(keys, json_pack("{s:s, s:o}", "state", key_state_word(s->keys.item[i].state), "key",
                                                  output_text(key_text(s->arena, &s->keys.item[i].key)))))
            return json_decref(keys), NULL;
    return json_pack("{s:o, s:I, s:I, s:o, s:o, s:o}", "origin", output_text(s->state.origin), "size",
                     (json_int_t)s->state.size, "signed_size", (json_int_t)s->state.signed_size, "signed",
                     output_time(s->state.signed_us, zone), "checkpoint", output_text(s->state.checkpoint), "keys",
                     keys);
}

static void print_standing(const struct standing *s, const char *zone) {
    BUF_LOCAL(when);
    if (s->state.signed_us)
        datetime_add_minute(&when, s->state.signed_us, zone);
    printf("log        %.*s\nentries    %" PRIu64 "\nsigned     %" PRIu64 ", %s\n", STR_FMT(s->state.origin),
           s->state.size, s->state.signed_size, when.n ? when.p : "not yet");
    for (size_t i = 0; i < s->keys.n; i++)
        printf("%-10s %.*s\n", key_state_word(s->keys.item[i].state),
               STR_FMT(key_text(s->arena, &s->keys.item[i].key)));
    if (!s->has_keys)
        printf("keys       not in this folder: another machine signs\n");
}

int ledger_status_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct standing s = {.arena = arena};
    int rc = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (rc == 0)
        rc = store_read(folder.store, read_state, &s, reterr);
    if (rc == -ERR_NOT_FOUND)
        return err_set(reterr, ERR_NOT_FOUND, "this office has no ledger yet; daylight serve begins one");
    if (rc < 0)
        return rc;
    struct err none = {0};
    int keys = keys_read(str_of(folder.path), &s.keys, &none);
    s.has_keys = keys == 0;
    if (keys < 0 && keys != -ERR_NOT_FOUND)
        return err_set(reterr, (enum err_code) - keys, "%s", none.text);
    if (arguments_flag(arguments, "json"))
        return output_json(standing_json(&s, folder.config.site.zone), reterr);
    print_standing(&s, folder.config.site.zone);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* Keys are made, listed and retired here. The list is written last: a key that is not in it is never used. */
#include "ledger/keys.h"

#include "base/file.h"
#include "base/random.h"
#include "ledger/lines.h"
#include "ledger/signer_state.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEED = 32, LIST_MOST = 64 * 1024, FILE_MOST = 4096, NUMBERS = 64 };

static const char *const states[] = {[KEY_ACTIVE] = "active", [KEY_SPARE] = "spare", [KEY_RETIRED] = "retired"};

static void path_of(struct buf *to, struct str folder, const char *name) {
    buf_printf(to, "%.*s/keys/%s", STR_FMT(folder), name);
}

/* --- one key's file --- */

static int write_secret(struct str folder, const char *name, const uint8_t seed[SEED], const struct vkey *k,
                        struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(text);
    path_of(&path, folder, name);
    buf_reserve(&text, 1024); /* so that no copy of the secret is left behind by growing */
    buf_add_z(&text, "secret ");
    lines_add_base64(&text, seed, SEED);
    buf_add_char(&text, '\n');
    vkey_write(k, &text);
    buf_add_char(&text, '\n');
    int rc = buf_failed(&path) || buf_failed(&text) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY))
                                                    : file_write(path.p, buf_str(&text), 0600, reterr);
    sodium_memzero(text.p, text.n);
    return rc;
}

static int make(struct str folder, const char *name, struct str origin, struct vkey *ret, struct err *reterr) {
    uint8_t seed[SEED], public[32], secret[KEY_SECRET];
    if (sodium_init() < 0)
        return err_set(reterr, ERR_INTERNAL, "%s", err_sentence(ERR_INTERNAL));
    random_bytes(seed, sizeof seed);
    (void)crypto_sign_seed_keypair(public, secret, seed); /* cannot fail */
    sodium_memzero(secret, sizeof secret);
    int rc = vkey_make(origin, NOTE_ED25519, public, ret, reterr);
    if (rc == 0)
        rc = write_secret(folder, name, seed, ret, reterr);
    sodium_memzero(seed, sizeof seed);
    return rc;
}

static int read_secret_text(struct str text, struct vkey *ret_key, uint8_t ret_secret[KEY_SECRET]) {
    struct str first, second, base64;
    uint8_t seed[SEED], public[32];
    if (!lines_next(&text, &first) || !lines_next(&text, &second) || text.n || !lines_word(first, "secret", &base64) ||
        !lines_base64(base64, seed, sizeof seed) || vkey_read(second, ret_key, NULL))
        return -ERR_INVALID;
    (void)crypto_sign_seed_keypair(public, ret_secret, seed); /* cannot fail */
    sodium_memzero(seed, sizeof seed);
    return memcmp(public, ret_key->key, sizeof public) == 0 ? 0 : -ERR_INVALID;
}

static int read_secret(const char *path, struct vkey *ret_key, uint8_t ret_secret[KEY_SECRET], struct err *reterr) {
    BUF_LOCAL(text);
    buf_reserve(&text, FILE_MOST + 1);
    int rc = file_read(path, FILE_MOST, &text, reterr);
    if (rc == 0 && read_secret_text(buf_str(&text), ret_key, ret_secret))
        rc = err_set(reterr, ERR_INVALID,
                     "%s is not a key's file: it has two lines, \"secret …\" and the verifier key.", path);
    sodium_memzero(text.p, text.n);
    return rc;
}

static void name_of(size_t number, char ret[32]) {
    if (number)
        (void)snprintf(ret, 32, "ledger-%zu.key", number);
    else
        (void)snprintf(ret, 32, "ledger.key");
}

/* The path of the file that holds this key's secret, among ledger.key and ledger-N.key. */
static int find_secret(struct str folder, const struct vkey *key, struct buf *ret_path, uint8_t ret[KEY_SECRET],
                       struct err *reterr) {
    for (size_t i = 0; i < NUMBERS; i++) {
        char name[32];
        struct vkey k;
        name_of(i, name);
        buf_reset(ret_path);
        path_of(ret_path, folder, name);
        if (file_exists(ret_path->p) && read_secret(ret_path->p, &k, ret, NULL) == 0 && k.id == key->id &&
            memcmp(k.key, key->key, sizeof k.key) == 0)
            return 0;
    }
    return err_set(reterr, ERR_NOT_FOUND,
                   "The secret of the key %08x is not in %.*s/keys; nothing is signed without it. Put its file back.",
                   (unsigned)key->id, STR_FMT(folder));
}

int keys_secret(struct str folder, const struct vkey *key, uint8_t ret[KEY_SECRET], struct err *reterr) {
    BUF_LOCAL(path);
    return find_secret(folder, key, &path, ret, reterr);
}

/* --- the list --- */

void keys_write_list(const struct keys *k, struct buf *to) {
    for (size_t i = 0; i < k->n; i++) {
        buf_printf(to, "%s ", states[k->item[i].state]);
        vkey_write(&k->item[i].key, to);
        buf_add_char(to, '\n');
    }
}

static int write_list(struct str folder, const struct keys *k, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(text);
    path_of(&path, folder, "ledger.vkeys");
    keys_write_list(k, &text);
    if (buf_failed(&path) || buf_failed(&text))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    return file_write(path.p, buf_str(&text), 0644, reterr);
}

static bool read_item(struct str line, struct keys *k) {
    struct str text;
    if (k->n == KEYS_MOST)
        return false;
    for (size_t s = 0; s < sizeof states / sizeof *states; s++)
        if (lines_word(line, states[s], &text)) {
            k->item[k->n].state = (enum key_state)s;
            return vkey_read(text, &k->item[k->n++].key, NULL) == 0 && k->item[k->n - 1].key.type == NOTE_ED25519 &&
                   strcmp(k->item[k->n - 1].key.name, k->item[0].key.name) == 0;
        }
    return false;
}

int keys_read_list(struct str text, struct keys *ret, struct err *reterr) {
    struct keys k = {0};
    struct str line, rest = text;
    bool good = rest.n > 0, active = false;
    while (good && rest.n)
        good = lines_next(&rest, &line) && read_item(line, &k);
    for (size_t i = 0; i < k.n; i++)
        active = active || k.item[i].state == KEY_ACTIVE;
    if (!good || !active)
        return err_set(reterr, ERR_INVALID,
                       "This is not a list of a log's keys: each line is \"active\", \"spare\" or \"retired\" and a "
                       "verifier key, all of one name, at least one of them active.");
    *ret = k;
    return 0;
}

int keys_read(struct str folder, struct keys *ret, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(text);
    path_of(&path, folder, "ledger.vkeys");
    if (!file_exists(path.p))
        return err_set(reterr, ERR_NOT_FOUND, "There are no keys of a ledger in %.*s/keys.", STR_FMT(folder));
    int rc = file_read(path.p, LIST_MOST, &text, reterr);
    if (rc == 0)
        rc = keys_read_list(buf_str(&text), ret, reterr);
    if (rc == -ERR_INVALID)
        err_prefix(reterr, "%s", path.p);
    return rc;
}

/* --- acts --- */

/* Nothing was signed here yet: no list, and no state, or that of an empty log. */
static int check_unused(struct str folder, struct err *reterr) {
    BUF_LOCAL(list);
    BUF_LOCAL(state);
    struct signer_state last = {0};
    int fd = -1;
    path_of(&list, folder, "ledger.vkeys");
    path_of(&state, folder, "ledger.state");
    bool there = file_exists(list.p);
    if (!there && file_exists(state.p))
        there = signer_state_open(folder, &fd, NULL) < 0 || signer_state_read(fd, folder, &last, NULL) < 0 || last.size;
    if (fd >= 0)
        (void)close(fd);
    return there ? err_set(reterr, ERR_CONFLICT,
                           "There are keys or a state of a ledger in %.*s/keys already; nothing was changed.",
                           STR_FMT(folder))
                 : 0;
}

int keys_make(struct str folder, struct str origin, struct err *reterr) {
    struct keys k = {.n = 2, .item[0].state = KEY_ACTIVE, .item[1].state = KEY_SPARE};
    int rc = check_unused(folder, reterr);
    if (rc == 0)
        rc = make(folder, "ledger.key", origin, &k.item[0].key, reterr);
    if (rc == 0)
        rc = make(folder, "ledger-spare.key", origin, &k.item[1].key, reterr);
    if (rc == 0)
        rc = signer_state_make(folder, origin, 0, merkle_empty(), reterr);
    return rc < 0 ? rc : write_list(folder, &k, reterr);
}

static int add(struct str folder, struct keys *k, const struct vkey *key, struct err *reterr) {
    k->item[k->n].state = KEY_ACTIVE;
    k->item[k->n++].key = *key;
    return write_list(folder, k, reterr);
}

/* A name that no file has yet. */
static int free_name(struct str folder, char ret[32], struct err *reterr) {
    for (size_t i = 1; i < NUMBERS; i++) {
        BUF_LOCAL(path);
        name_of(i, ret);
        path_of(&path, folder, ret);
        if (!file_exists(path.p))
            return 0;
    }
    return err_set(reterr, ERR_CONFLICT, "There are %d files of keys in %.*s/keys; nothing was changed.", NUMBERS,
                   STR_FMT(folder));
}

static int begin_change(struct str folder, struct keys *k, char name[32], struct err *reterr) {
    size_t active = 0;
    int rc = keys_read(folder, k, reterr);
    for (size_t i = 0; rc == 0 && i < k->n; i++)
        active += k->item[i].state == KEY_ACTIVE;
    if (rc == 0 && active > 1)
        rc = err_set(reterr, ERR_CONFLICT,
                     "A rotation is under way: two keys sign. Retire the old one first; nothing was changed.");
    if (rc == 0 && k->n == KEYS_MOST)
        rc =
            err_set(reterr, ERR_CONFLICT, "The list holds %d keys, which is the most; nothing was changed.", KEYS_MOST);
    return rc < 0 ? rc : free_name(folder, name, reterr);
}

int keys_rotate(struct str folder, struct err *reterr) {
    struct keys k;
    struct vkey fresh;
    char name[32];
    int rc = begin_change(folder, &k, name, reterr);
    if (rc == 0)
        rc = make(folder, name, str_of(k.item[0].key.name), &fresh, reterr);
    return rc < 0 ? rc : add(folder, &k, &fresh, reterr);
}

int keys_retire(struct str folder, struct err *reterr) {
    struct keys k;
    BUF_LOCAL(path);
    uint8_t secret[KEY_SECRET];
    size_t active = 0, oldest = 0;
    int rc = keys_read(folder, &k, reterr);
    for (size_t i = 0; rc == 0 && i < k.n; i++)
        if (k.item[i].state == KEY_ACTIVE && active++ == 0)
            oldest = i;
    if (rc == 0 && active < 2)
        rc = err_set(reterr, ERR_CONFLICT,
                     "The log has one active key, and cannot sign without it: rotate first; nothing was changed.");
    if (rc == 0)
        rc = find_secret(folder, &k.item[oldest].key, &path, secret, reterr);
    sodium_memzero(secret, sizeof secret);
    if (rc < 0)
        return rc;
    k.item[oldest].state = KEY_RETIRED;
    rc = write_list(folder, &k, reterr);
    if (rc == 0 && unlink(path.p) != 0)
        rc = err_errno(reterr, "The key signs no more, but its secret could not be removed: %s", path.p);
    return rc;
}

int keys_use_spare(struct str folder, const char *file, struct err *reterr) {
    struct keys k;
    struct vkey given;
    uint8_t secret[KEY_SECRET];
    char name[32];
    size_t at = 0;
    int rc = begin_change(folder, &k, name, reterr);
    if (rc == 0)
        rc = read_secret(file, &given, secret, reterr);
    while (rc == 0 && at < k.n &&
           !(k.item[at].state == KEY_SPARE && k.item[at].key.id == given.id &&
             memcmp(k.item[at].key.key, given.key, sizeof given.key) == 0))
        at++;
    if (rc == 0 && at == k.n)
        rc = err_set(reterr, ERR_FORBIDDEN, "%s is not the spare key that the log announced; nothing was changed.",
                     file);
    if (rc == 0)
        rc = write_secret(folder, name, secret, &given, reterr); /* a libsodium secret begins with its seed */
    if (rc == 0)
        k.item[at].state = KEY_ACTIVE;
    if (rc == 0)
        rc = write_list(folder, &k, reterr);
    sodium_memzero(secret, sizeof secret);
    return rc;
}

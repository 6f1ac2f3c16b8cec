// SPDX-License-Identifier: Apache-2.0
/* Keys are made, listed and retired here. Secrets are written before the list that names their keys, and removed after
 * the one that retires them: whenever it is cut off in between, each active key has its secret. */
#include "ledger/keys.h"

#include "base/file.h"
#include "base/random.h"
#include "ledger/lines.h"
#include "ledger/signer_state.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEED = 32, FILE_MOST = 4096, NUMBERS = KEYS_MOST + 2 };
#define FIRST_LINE "daylight/keys/v1"
#define SPARE_FILE "ledger-spare.key"

static const char *const states[] = {[KEY_ACTIVE] = "active", [KEY_SPARE] = "spare", [KEY_RETIRED] = "retired"};

const char *key_state_word(enum key_state s) {
    return states[s];
}

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

static bool same_key(const struct vkey *a, const struct vkey *b) {
    return memcmp(a->key, b->key, sizeof a->key) == 0;
}

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
    int rc =
        buf_failed(&path) || buf_failed(&text) ? no_memory(reterr) : file_write(path.p, buf_str(&text), 0600, reterr);
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
        if (file_exists(ret_path->p) && read_secret(ret_path->p, &k, ret, NULL) == 0 && same_key(&k, key))
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
    buf_add_z(to, FIRST_LINE "\n");
    for (size_t i = 0; i < k->n; i++) {
        buf_printf(to, "%s ", states[k->item[i].state]);
        vkey_write(&k->item[i].key, to);
        buf_add_char(to, '\n');
    }
}

static bool was_active(const struct keys *before, const struct vkey *key) {
    for (size_t i = 0; i < before->n; i++)
        if (before->item[i].state == KEY_ACTIVE && same_key(&before->item[i].key, key))
            return true;
    return false;
}

/* By each key that signs now or did before. One whose secret was lost cannot, and need not where another does. */
static int sign_list(struct str folder, const struct keys *before, const struct keys *k, struct buf *to,
                     struct err *reterr) {
    BUF_LOCAL(text);
    size_t n = 0;
    keys_write_list(k, &text);
    buf_add(to, buf_str(&text));
    buf_add_char(to, '\n');
    for (size_t i = 0; i < k->n; i++) {
        uint8_t secret[KEY_SECRET];
        if ((k->item[i].state != KEY_ACTIVE && !was_active(before, &k->item[i].key)) ||
            keys_secret(folder, &k->item[i].key, secret, NULL) < 0)
            continue;
        note_sign(buf_str(&text), &k->item[i].key, secret, 0, to);
        sodium_memzero(secret, sizeof secret);
        n++;
    }
    if (buf_failed(&text) || buf_failed(to))
        return no_memory(reterr);
    return n ? 0
             : err_set(reterr, ERR_NOT_FOUND,
                       "The secrets of the active keys are not in %.*s/keys, so their list cannot be signed. Put the "
                       "files back; nothing was changed.",
                       STR_FMT(folder));
}

static int write_list(struct str folder, const struct keys *before, const struct keys *k, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(document);
    struct keys again;
    path_of(&path, folder, "ledger.vkeys");
    int rc = buf_failed(&path) ? no_memory(reterr) : sign_list(folder, before, k, &document, reterr);
    if (rc == 0)
        rc = keys_read_document(buf_str(&document), &again, reterr); /* what would not be read is not written */
    return rc < 0 ? rc : file_write(path.p, buf_str(&document), 0644, reterr);
}

bool keys_has(const struct keys *k, const struct vkey *key) {
    for (size_t i = 0; i < k->n; i++)
        if (same_key(&k->item[i].key, key))
            return true;
    return false;
}

static bool read_item(struct str line, struct keys *k) {
    struct str text;
    if (k->n == KEYS_MOST)
        return false;
    for (int s = 0; s < KEY_STATES; s++) {
        struct vkey *key = &k->item[k->n].key;
        if (!lines_word(line, states[s], &text))
            continue;
        if (vkey_read(text, key, NULL) || key->type != NOTE_ED25519 || strcmp(key->name, k->item[0].key.name) != 0)
            return false;
        if (keys_has(k, key))
            return false;
        k->item[k->n++].state = (enum key_state)s;
        return true;
    }
    return false;
}

int keys_read_list(struct str text, struct keys *ret, struct err *reterr) {
    struct str line, rest = text;
    bool good = lines_next(&rest, &line) && str_is(line, FIRST_LINE) && rest.n, active = false;
    ret->n = 0;
    while (good && rest.n)
        good = lines_next(&rest, &line) && read_item(line, ret);
    for (size_t i = 0; i < ret->n; i++)
        active = active || ret->item[i].state == KEY_ACTIVE;
    if (!good || !active)
        return err_set(reterr, ERR_INVALID,
                       "This is not a list of a log's keys: behind \"" FIRST_LINE
                       "\" each line is \"active\", \"spare\" "
                       "or \"retired\" and a verifier key, all of one name, none twice, at least one of them active.");
    return 0;
}

int keys_read_document(struct str bytes, struct keys *ret, struct err *reterr) {
    struct note note;
    int rc = note_read(bytes, &note, reterr), good = 0;
    if (rc == 0)
        rc = keys_read_list(note.text, ret, reterr);
    for (size_t i = 0; rc == 0 && i < ret->n; i++) {
        int by = note_check(&note, &ret->item[i].key, NULL, reterr);
        if (by < 0)
            rc = by;
        good += by == 1 && ret->item[i].state == KEY_ACTIVE;
    }
    if (rc == 0 && good == 0)
        rc = err_set(reterr, ERR_FORBIDDEN, "None of the keys that are active by this list has signed it.");
    return rc;
}

int keys_document(struct str folder, struct buf *to, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(bytes);
    struct keys k;
    path_of(&path, folder, "ledger.vkeys");
    if (buf_failed(&path))
        return no_memory(reterr);
    if (!file_exists(path.p))
        return err_set(reterr, ERR_NOT_FOUND, "There are no keys of a ledger in %.*s/keys.", STR_FMT(folder));
    int rc = file_read(path.p, KEYS_DOCUMENT_MOST, &bytes, reterr);
    if (rc < 0)
        return rc;
    rc = keys_read_document(buf_str(&bytes), &k, reterr);
    if (rc < 0) { /* unsigned is as wrong as misspelt */
        err_prefix(reterr, "%s", path.p);
        if (reterr)
            reterr->code = -ERR_INVALID;
        return -ERR_INVALID;
    }
    buf_add(to, buf_str(&bytes));
    return buf_failed(to) ? no_memory(reterr) : 0;
}

int keys_read(struct str folder, struct keys *ret, struct err *reterr) {
    BUF_LOCAL(document);
    int rc = keys_document(folder, &document, reterr);
    return rc < 0 ? rc : keys_read_document(buf_str(&document), ret, reterr);
}

/* --- acts --- */

static bool has_file(struct str folder, const char *name) {
    BUF_LOCAL(path);
    path_of(&path, folder, name);
    return buf_failed(&path) || file_exists(path.p);
}

/* A state of an empty log is there, and no list: the making of keys was cut off. */
static bool was_cut_off(struct str folder, struct str origin) {
    struct signer_state last = {0};
    bool whole;
    int fd = -1;
    if (signer_state_open(folder, &fd, NULL) < 0)
        return false;
    bool empty =
        signer_state_read(fd, folder, &last, &whole, NULL) == 0 && last.size == 0 && str_is(origin, last.origin);
    (void)close(fd); /* it was only read */
    return empty;
}

/* The state is made first, so that a key without one is a key that may have signed, and no beginning. */
static int make_state(struct str folder, struct str origin, struct err *reterr) {
    bool list = has_file(folder, "ledger.vkeys"), state = has_file(folder, "ledger.state");
    if (!list && !state && !has_file(folder, "ledger.key"))
        return signer_state_make(folder, origin, 0, merkle_empty(), reterr);
    if (!list && state && was_cut_off(folder, origin))
        return 0;
    return err_set(reterr, ERR_CONFLICT,
                   "There are keys or a state of a ledger in %.*s/keys already, so none are made. Put back the other "
                   "files of that ledger, or move these away and begin a new one. Nothing was changed.",
                   STR_FMT(folder));
}

/* The key of this name: the one that is there, or a new one. */
static int take_or_make(struct str folder, const char *name, struct str origin, struct vkey *ret, struct err *reterr) {
    BUF_LOCAL(path);
    uint8_t secret[KEY_SECRET];
    path_of(&path, folder, name);
    if (buf_failed(&path))
        return no_memory(reterr);
    if (!file_exists(path.p))
        return make(folder, name, origin, ret, reterr);
    int rc = read_secret(path.p, ret, secret, reterr);
    sodium_memzero(secret, sizeof secret);
    if (rc == 0 && !str_is(origin, ret->name))
        rc = err_set(reterr, ERR_CONFLICT, "%s is a key of another log, %s; move it away. Nothing was changed.", path.p,
                     ret->name);
    return rc;
}

int keys_make(struct str folder, struct str origin, struct err *reterr) {
    struct keys k = {.n = 2, .item[0].state = KEY_ACTIVE, .item[1].state = KEY_SPARE}, none = {0};
    int rc = make_state(folder, origin, reterr);
    if (rc == 0)
        rc = take_or_make(folder, "ledger.key", origin, &k.item[0].key, reterr);
    if (rc == 0)
        rc = take_or_make(folder, SPARE_FILE, origin, &k.item[1].key, reterr);
    return rc < 0 ? rc : write_list(folder, &none, &k, reterr);
}

/* A name that no file has yet. */
static int free_name(struct str folder, char ret[32], struct err *reterr) {
    for (size_t i = 1; i < NUMBERS; i++) {
        BUF_LOCAL(path);
        name_of(i, ret);
        path_of(&path, folder, ret);
        if (!buf_failed(&path) && !file_exists(path.p))
            return 0;
    }
    return err_set(reterr, ERR_CONFLICT, "There are %d files of keys in %.*s/keys; nothing was changed.", NUMBERS,
                   STR_FMT(folder));
}

static size_t count(const struct keys *k, enum key_state state) {
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++)
        n += k->item[i].state == state;
    return n;
}

static int begin_change(struct str folder, struct keys *k, char name[32], struct err *reterr) {
    int rc = keys_read(folder, k, reterr);
    if (rc == 0 && k->n == KEYS_MOST)
        rc =
            err_set(reterr, ERR_CONFLICT, "The list holds %d keys, which is the most; nothing was changed.", KEYS_MOST);
    return rc < 0 ? rc : free_name(folder, name, reterr);
}

int keys_rotate(struct str folder, struct err *reterr) {
    struct keys before, k;
    char name[32];
    int rc = begin_change(folder, &before, name, reterr);
    if (rc == 0 && count(&before, KEY_ACTIVE) > 1)
        rc = err_set(reterr, ERR_CONFLICT,
                     "A rotation is under way: two keys sign. Retire the old one first; nothing was changed.");
    if (rc < 0)
        return rc;
    k = before;
    rc = make(folder, name, str_of(k.item[0].key.name), &k.item[k.n].key, reterr);
    k.item[k.n++].state = KEY_ACTIVE;
    return rc < 0 ? rc : write_list(folder, &before, &k, reterr);
}

/* Of a retired key, and of every copy. */
static int remove_secret(struct str folder, const struct vkey *key, struct err *reterr) {
    for (;;) {
        BUF_LOCAL(path);
        uint8_t secret[KEY_SECRET];
        int rc = find_secret(folder, key, &path, secret, NULL);
        sodium_memzero(secret, sizeof secret);
        if (rc < 0)
            return 0; /* none is left */
        if (unlink(path.p) != 0)
            return err_errno(reterr, "The key signs no more, but its secret could not be removed: %s", path.p);
    }
}

int keys_retire(struct str folder, struct err *reterr) {
    struct keys before, k;
    size_t oldest = 0;
    int rc = keys_read(folder, &before, reterr);
    if (rc == 0 && count(&before, KEY_ACTIVE) < 2)
        rc = err_set(reterr, ERR_CONFLICT,
                     "The log has one active key, and cannot sign without it: rotate first; nothing was changed.");
    if (rc < 0)
        return rc;
    k = before;
    while (k.item[oldest].state != KEY_ACTIVE)
        oldest++;
    k.item[oldest].state = KEY_RETIRED;
    rc = write_list(folder, &before, &k, reterr);
    return rc < 0 ? rc : remove_secret(folder, &k.item[oldest].key, reterr);
}

int keys_tidy(struct str folder, struct err *reterr) {
    struct keys k;
    int rc = keys_read(folder, &k, reterr);
    for (size_t i = 0; rc == 0 && i < k.n; i++)
        if (k.item[i].state == KEY_RETIRED)
            rc = remove_secret(folder, &k.item[i].key, reterr);
    return rc;
}

/* Both files first: the spare's among those that sign, and that of a new spare. Then the list, then the old ones go. */
static int put_spare(struct str folder, const struct keys *before, size_t at, const uint8_t secret[KEY_SECRET],
                     const char *name, struct err *reterr) {
    struct keys k = *before;
    for (size_t i = 0; i < k.n; i++)
        if (k.item[i].state == KEY_ACTIVE)
            k.item[i].state = KEY_RETIRED;
    k.item[at].state = KEY_ACTIVE;
    /* a libsodium secret begins with its seed */
    int rc = write_secret(folder, name, secret, &k.item[at].key, reterr);
    if (rc == 0)
        rc = make(folder, SPARE_FILE, str_of(k.item[at].key.name), &k.item[k.n].key, reterr);
    k.item[k.n++].state = KEY_SPARE;
    if (rc == 0)
        rc = write_list(folder, before, &k, reterr);
    for (size_t i = 0; rc == 0 && i < before->n; i++)
        if (before->item[i].state == KEY_ACTIVE)
            rc = remove_secret(folder, &before->item[i].key, reterr);
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
    if (rc < 0)
        return rc;
    while (at < k.n && !(k.item[at].state == KEY_SPARE && same_key(&k.item[at].key, &given)))
        at++;
    rc = at < k.n ? put_spare(folder, &k, at, secret, name, reterr)
                  : err_set(reterr, ERR_FORBIDDEN,
                            "%s is not the spare key that the log announced; nothing was changed.", file);
    sodium_memzero(secret, sizeof secret);
    return rc;
}

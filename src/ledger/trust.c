// SPDX-License-Identifier: Apache-2.0
/* A verifier's memory. Whoever looks at a log for the second time must not be shown another one: the file is replaced
 * whole or stays as it was. */
#include "ledger/trust.h"

#include "base/file.h"
#include "base/size.h"
#include "ledger/commit.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = CHECKPOINT_MOST + TRUST_KEYS_MOST * 400 };

void trust_clear(struct trust *t) {
    buf_clear(&t->note);
}

int trust_add(struct trust *t, const struct vkey *k, struct err *reterr) {
    for (size_t i = 0; i < t->keys; i++)
        if (t->key[i].type == k->type && strcmp(t->key[i].name, k->name) == 0 &&
            memcmp(t->key[i].key, k->key, sizeof k->key) == 0)
            return 0;
    if (t->keys == TRUST_KEYS_MOST)
        return err_set(reterr, ERR_CONFLICT, "more than %d keys for one log", TRUST_KEYS_MOST);
    t->key[t->keys++] = *k;
    return 0;
}

int trust_add_lines(struct trust *t, struct str lines, struct err *reterr) {
    struct str line;
    size_t before = t->keys;
    for (int number = 1; str_cut(&lines, '\n', &line); number++) {
        struct vkey k;
        if (!str_trim(line).n)
            continue;
        int bad = vkey_read(str_trim(line), &k, reterr);
        if (!bad)
            bad = trust_add(t, &k, reterr);
        if (bad) {
            err_prefix(reterr, "line %d", number);
            return bad;
        }
    }
    return t->keys > before ? 0 : err_set(reterr, ERR_INVALID, "there is no verifier key in it");
}

/* The text of a note, without its signatures. */
static int read_checkpoint(struct str bytes, struct note *ret_note, struct checkpoint *ret, struct err *reterr) {
    if (bytes.n > CHECKPOINT_MOST)
        return err_set(reterr, ERR_INVALID, "it is larger than %s, so that it is no checkpoint",
                       size_text(CHECKPOINT_MOST).z);
    int bad = note_read(bytes, ret_note, reterr);
    return bad ? bad : checkpoint_read(ret_note->text, ret, reterr);
}

int trust_see(struct trust *t, struct str note, struct err *reterr) {
    struct note n;
    struct checkpoint c;
    BUF_LOCAL(copy);
    buf_add(&copy, note);
    if (buf_failed(&copy))
        return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to remember the checkpoint");
    int bad = read_checkpoint(buf_str(&copy), &n, &c, reterr);
    if (bad)
        return bad;
    struct buf old = t->note;
    t->note = copy;
    t->checkpoint = c; /* points into the copy's bytes, which do not move */
    copy = old;
    return 0;
}

static bool is_known(const struct trust *t, const struct vkey *k) {
    for (size_t i = 0; i < t->keys; i++)
        if (strcmp(t->key[i].name, k->name) == 0 && memcmp(t->key[i].key, k->key, sizeof k->key) == 0)
            return true;
    return false;
}

void trust_list_name(const struct hash *commit, char ret[TRUST_LIST_NAME]) {
    static const char before[] = "document/";
    memcpy(ret, before, sizeof before);
    (void)sodium_bin2hex(ret + sizeof before - 1, 2 * sizeof commit->b + 1, commit->b, sizeof commit->b);
}

int trust_fetch_list(struct fetch *from, const struct hash *commit, struct buf *to, struct keys *ret,
                     struct err *reterr) {
    char name[TRUST_LIST_NAME];
    size_t before = to->n;
    trust_list_name(commit, name);
    int bad = fetch_get(from, name, 0, KEYS_DOCUMENT_MOST, to, reterr);
    if (bad)
        return bad;
    struct str text = str_from(buf_str(to), before);
    struct hash hash = commit_public(text);
    if (!hash_same(&hash, commit))
        return err_set(reterr, ERR_FORBIDDEN, "%s: is not the list of keys that the log commits to", name);
    bad = keys_read_document(text, ret, reterr);
    if (bad)
        err_prefix(reterr, "%s", name);
    return bad == -ERR_INVALID ? -ERR_FORBIDDEN : bad;
}

int trust_list(struct trust *t, const struct keys *list, struct err *reterr) {
    struct trust fresh = {.keys = 0};
    int bad = 0;
    for (size_t i = 0; !bad && i < list->n; i++)
        if (list->item[i].state != KEY_RETIRED)
            bad = trust_add(&fresh, &list->item[i].key, reterr);
    if (bad)
        return bad;
    memcpy(t->key, fresh.key, sizeof t->key);
    t->keys = fresh.keys;
    return 0;
}

int trust_learn(struct trust *t, struct fetch *from, const struct hash *commit, size_t *ret_new, struct err *reterr) {
    struct keys list;
    size_t unknown = 0;
    BUF_LOCAL(text);
    int bad = trust_fetch_list(from, commit, &text, &list, reterr);
    for (size_t i = 0; !bad && i < list.n; i++)
        unknown += list.item[i].state != KEY_RETIRED && !is_known(t, &list.item[i].key);
    if (!bad)
        bad = trust_list(t, &list, reterr);
    if (!bad)
        *ret_new = unknown;
    return bad;
}

int trust_read(const char *path, struct trust *ret, struct err *reterr) {
    BUF_LOCAL(bytes);
    int bad = file_read(path, FILE_MOST, &bytes, reterr);
    if (bad)
        return bad;
    struct str rest = buf_str(&bytes), line;
    if (!str_cut(&rest, '\n', &line) || !str_is(line, "daylight-trust/v1"))
        bad = err_set(reterr, ERR_INVALID, "its first line is not daylight-trust/v1");
    while (!bad && str_cut(&rest, '\n', &line) && line.n) {
        struct vkey k;
        if (!str_starts(line, "log "))
            bad = err_set(reterr, ERR_INVALID, "a line is not understood: %.*s", STR_FMT(str_first(line, 100)));
        if (!bad)
            bad = vkey_read(str_from(line, 4), &k, reterr);
        if (!bad)
            bad = trust_add(ret, &k, reterr);
    }
    if (!bad && rest.n)
        bad = trust_see(ret, rest, reterr);
    if (bad)
        err_prefix(reterr, "%s: what was remembered of the log cannot be read", path);
    return bad;
}

int trust_write(const char *path, const struct trust *t, struct err *reterr) {
    BUF_LOCAL(bytes);
    BUF_LOCAL(folder);
    buf_add_z(&bytes, "daylight-trust/v1\n");
    for (size_t i = 0; i < t->keys; i++) {
        buf_add_z(&bytes, "log ");
        vkey_write(&t->key[i], &bytes);
        buf_add_char(&bytes, '\n');
    }
    buf_add_char(&bytes, '\n');
    buf_add(&bytes, buf_str(&t->note));
    const char *slash = strrchr(path, '/');
    if (slash)
        buf_add(&folder, str_part(path, (size_t)(slash - path)));
    if (buf_failed(&bytes) || buf_failed(&folder))
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to write it", path);
    int bad = folder.n ? file_make_folder(folder.p, reterr) : 0;
    return bad ? bad : file_write(path, buf_str(&bytes), 0600, reterr);
}

int trust_path(struct str about, struct buf *to, struct err *reterr) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    uint8_t hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    if (state && state[0] == '/')
        buf_add_z(to, state);
    else if (home && home[0] == '/')
        buf_printf(to, "%s/.local/state", home);
    else
        return err_set(reterr, ERR_NOT_FOUND,
                       "there is no home folder to remember the log in; --remember FILE names one");
    (void)crypto_hash_sha256(hash, (const uint8_t *)about.p, about.n); /* always 0 */
    buf_printf(to, "/daylight/logs/%s", sodium_bin2hex(hex, sizeof hex, hash, sizeof hash));
    return buf_failed(to) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to remember the log") : 0;
}

bool trust_is_stranger(const struct trust *t, struct str note) {
    struct note n;
    struct checkpoint c;
    bool known = false;
    if (read_checkpoint(note, &n, &c, NULL))
        return false;
    for (size_t i = 0; i < t->keys; i++) {
        known |= str_is(c.origin, t->key[i].name);
        for (size_t j = 0; j < n.n; j++)
            if (n.line[j].id == t->key[i].id && str_is(n.line[j].name, t->key[i].name))
                return false;
    }
    return known;
}

int trust_check(const struct trust *t, struct str note, struct checkpoint *ret, const struct vkey **ret_key,
                struct err *reterr) {
    struct note n;
    struct checkpoint c;
    const struct vkey *key = NULL;
    bool named = false;
    int bad = read_checkpoint(note, &n, &c, reterr);
    for (size_t i = 0; !bad && i < t->keys; i++) {
        named |= str_is(c.origin, t->key[i].name);
        if (!str_is(c.origin, t->key[i].name))
            continue; /* a log's keys bear its name */
        int signed_by = note_check(&n, &t->key[i], NULL, reterr);
        if (signed_by < 0)
            bad = signed_by;
        else if (signed_by && !key)
            key = &t->key[i];
    }
    if (!bad && !named)
        bad = err_set(reterr, ERR_FORBIDDEN, "checkpoint, line 1: it is of the log %.*s, for which no key is trusted",
                      STR_FMT(str_first(c.origin, 200)));
    if (!bad && !key)
        bad = err_set(reterr, ERR_FORBIDDEN, "the checkpoint is not signed by a key that is trusted for %.*s",
                      STR_FMT(str_first(c.origin, 200)));
    if (bad)
        return bad;
    *ret = c;
    if (ret_key)
        *ret_key = key;
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* One list after another: each is of this log, leaves no key out, and is signed by a key of the one before. */
#include "ledger/succession.h"

#include "ledger/lines.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { HEX = 2 * sizeof(struct hash) };

/* --- the list of lists --- */

int succession_add(struct succession *s, uint64_t index, const struct hash *commit, struct err *reterr) {
    size_t at = s->n;
    while (at && s->entry[at - 1].index >= index)
        at--;
    bool there = at < s->n && s->entry[at].index == index;
    if (there && hash_same(&s->entry[at].commit, commit))
        return 0;
    if (there)
        return err_set(reterr, ERR_CONFLICT, "entry %" PRIu64 " is named with two lists of keys", index);
    if (s->n == SUCCESSION_MOST)
        return err_set(reterr, ERR_CONFLICT, "there are more than %d lists of keys", SUCCESSION_MOST);
    memmove(&s->entry[at + 1], &s->entry[at], (s->n - at) * sizeof *s->entry);
    s->entry[at] = (struct key_entry){index, *commit};
    s->n++;
    return 0;
}

void succession_write(const struct succession *s, struct buf *to) {
    for (size_t i = 0; i < s->n; i++) {
        char hex[HEX + 1];
        (void)sodium_bin2hex(hex, sizeof hex, s->entry[i].commit.b, sizeof s->entry[i].commit.b); /* gives hex */
        buf_printf(to, "%" PRIu64 " %s\n", s->entry[i].index, hex);
    }
}

static bool read_hash(struct str hex, struct hash *ret) {
    size_t n = 0;
    for (size_t i = 0; i < hex.n; i++) /* one spelling each */
        if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
            return false;
    return hex.n == HEX && sodium_hex2bin(ret->b, sizeof ret->b, hex.p, hex.n, NULL, &n, NULL) == 0 &&
           n == sizeof ret->b;
}

int succession_read(struct str text, struct succession *ret, struct err *reterr) {
    ret->n = 0;
    for (size_t number = 1; text.n; number++) {
        struct str line, index;
        struct key_entry e;
        bool good = lines_next(&text, &line) && str_cut(&line, ' ', &index) &&
                    lines_decimal(index, INT64_MAX, &e.index) && read_hash(line, &e.commit) &&
                    (!ret->n || ret->entry[ret->n - 1].index < e.index) && ret->n < SUCCESSION_MOST;
        if (!good)
            return err_set(reterr, ERR_INVALID,
                           "keys, line %zu: is not an entry's index and the hash of a list of keys, in ascending order",
                           number);
        ret->entry[ret->n++] = e;
    }
    return 0;
}

int succession_fetch(struct fetch *from, uint64_t size, struct succession *ret, struct err *reterr) {
    BUF_LOCAL(text);
    ret->n = 0;
    int bad = fetch_get(from, "keys", FETCH_FRESH, SUCCESSION_BYTES_MOST, &text, reterr);
    if (!bad)
        bad = succession_read(buf_str(&text), ret, reterr);
    while (!bad && ret->n && ret->entry[ret->n - 1].index >= size)
        ret->n--;
    return bad;
}

/* --- following --- */

struct following {
    struct trust now; /* whose signature makes the next list good */
    struct keys last; /* n 0: no list was met yet that a known key signed */
};

static int take_list(struct following *f, struct fetch *from, const struct key_entry *e, struct str origin,
                     struct err *reterr) {
    BUF_LOCAL(text);
    struct note note;
    struct keys list;
    bool is_signed = false;
    int bad = trust_fetch_list(from, &e->commit, &text, &list, reterr);
    if (bad)
        return bad;
    if (!str_is(origin, list.item[0].key.name))
        return err_set(reterr, ERR_FORBIDDEN, "the list of keys of entry %" PRIu64 " is of another log", e->index);
    bad = note_read(buf_str(&text), &note, reterr);
    for (size_t i = 0; !bad && i < f->now.keys; i++) {
        int by = note_check(&note, &f->now.key[i], NULL, reterr);
        bad = by < 0 ? by : 0;
        is_signed |= by > 0 && keys_has(&list, &f->now.key[i]);
    }
    if (bad || (!is_signed && !f->last.n)) /* from before the key that is known */
        return bad;
    if (!is_signed)
        return err_set(reterr, ERR_FORBIDDEN,
                       "the list of keys of entry %" PRIu64 " is not signed by a key of the list before it", e->index);
    for (size_t i = 0; i < f->last.n; i++)
        if (!keys_has(&list, &f->last.item[i].key))
            return err_set(reterr, ERR_FORBIDDEN,
                           "the list of keys of entry %" PRIu64 " leaves out a key of the list before it", e->index);
    f->last = list;
    return trust_list(&f->now, &list, reterr);
}

int succession_follow(struct trust *t, struct fetch *from, struct str bytes, struct succession *ret,
                      struct err *reterr) {
    struct note note;
    struct checkpoint c;
    struct following f = {.now = {.keys = t->keys}};
    ret->n = 0;
    int bad = note_read(bytes, &note, reterr);
    if (!bad)
        bad = checkpoint_read(note.text, &c, reterr);
    if (bad || !trust_is_stranger(t, bytes))
        return bad;
    bad = succession_fetch(from, c.size, ret, reterr);
    memcpy(f.now.key, t->key, sizeof t->key);
    for (size_t i = 0; !bad && i < ret->n; i++)
        bad = take_list(&f, from, &ret->entry[i], c.origin, reterr);
    if (!bad && !f.last.n)
        bad = err_set(reterr, ERR_FORBIDDEN, "none of the log's lists of keys is signed by a key that is trusted");
    if (bad)
        return bad;
    memcpy(t->key, f.now.key, sizeof t->key);
    t->keys = f.now.keys;
    return 0;
}

int succession_check(const struct succession *s, const struct succession *log, uint64_t first, struct err *reterr) {
    size_t i = 0, j = 0;
    while (i < s->n && s->entry[i].index < first)
        i++;
    while (j < log->n && log->entry[j].index < first)
        j++;
    for (; i < s->n && j < log->n; i++, j++)
        if (s->entry[i].index != log->entry[j].index || !hash_same(&s->entry[i].commit, &log->entry[j].commit))
            break;
    if (i == s->n && j == log->n)
        return 0;
    uint64_t at =
        i == s->n || (j < log->n && log->entry[j].index < s->entry[i].index) ? log->entry[j].index : s->entry[i].index;
    return err_set(reterr, ERR_FORBIDDEN,
                   "entry %" PRIu64 ": what \"keys\" says of the lists of keys is not what the log's entries say", at);
}

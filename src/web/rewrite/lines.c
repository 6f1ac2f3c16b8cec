// SPDX-License-Identifier: Apache-2.0
/* Two tables with one place a hash: hashes of what was met once, and lines. What is found is compared byte by byte.
 * Lines follow each other as they did in the page before: the one that followed last is looked at first. */
#include "web/rewrite/lines.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 8192 };

struct kept {
    uint64_t hash;
    size_t next;               /* the place of the one that followed last time */
    size_t kin_n, in_n, out_n; /* out_n 0: as it was; a line has an end, and is never empty */
    char bytes[];              /* kin, in, out */
};

struct rewrite_memory {
    struct kept *kept[PLACES];
    uint64_t met[PLACES];
    size_t last; /* the place of the one that was found last */
};

struct rewrite_memory *rewrite_memory_new(void) {
    return calloc(1, sizeof(struct rewrite_memory));
}

void rewrite_memory_free(struct rewrite_memory *m) {
    for (size_t i = 0; m && i < PLACES; i++)
        free(m->kept[i]);
    free(m);
}

/* Eight bytes at a time: each line of each page comes by. */
static uint64_t mix(uint64_t h, struct str s) {
    static const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word = s.n;
    for (; s.n; s = str_from(s, sizeof word)) {
        h = (h ^ word) * odd;
        h ^= h >> 29;
        word = 0;
        memcpy(&word, s.p, s.n < sizeof word ? s.n : sizeof word);
    }
    h = (h ^ word) * odd;
    return h ^ h >> 32;
}

static size_t place(uint64_t hash) {
    return hash % PLACES;
}

static bool is_same(const char *p, size_t n, struct str s) {
    return n == s.n && (n == 0 || memcmp(p, s.p, n) == 0);
}

static bool is_it(const struct kept *k, const struct line *line) {
    return k && is_same(k->bytes + k->kin_n, k->in_n, line->in) && is_same(k->bytes, k->kin_n, line->kin);
}

bool lines_find(struct rewrite_memory *m, struct line *line, struct str *ret) {
    struct kept *before = m->kept[m->last], *k = before ? m->kept[before->next] : NULL;
    size_t at = before ? before->next : 0;
    if (!is_it(k, line)) {
        line->hash = mix(mix(0, line->kin), line->in);
        at = place(line->hash);
        k = m->kept[at];
        if (!k || k->hash != line->hash || !is_it(k, line))
            return false;
        if (before)
            before->next = at;
    }
    m->last = at;
    __builtin_prefetch(m->kept[k->next]);
    *ret = k->out_n ? str_part(k->bytes + k->kin_n + k->in_n, k->out_n) : STR_NONE;
    return true;
}

bool lines_meet(struct rewrite_memory *m, const struct line *line) {
    uint64_t *met = &m->met[place(line->hash)];
    bool again = *met == line->hash;
    *met = line->hash;
    return again;
}

void lines_keep(struct rewrite_memory *m, const struct line *line, struct str out) {
    struct kept **at = &m->kept[place(line->hash)];
    size_t out_n = is_same(out.p, out.n, line->in) ? 0 : out.n;
    struct kept *k = malloc(sizeof *k + line->kin.n + line->in.n + out_n);
    if (!k)
        return;
    *k = (struct kept){line->hash, m->last, line->kin.n, line->in.n, out_n};
    char *to = k->bytes;
    if (line->kin.n)
        memcpy(to, line->kin.p, line->kin.n);
    memcpy(to + line->kin.n, line->in.p, line->in.n);
    if (out_n)
        memcpy(to + line->kin.n + line->in.n, out.p, out_n);
    free(*at);
    *at = k;
}

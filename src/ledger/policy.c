// SPDX-License-Identifier: Apache-2.0
/* Lines are cut into words; each line's kind has its function, which gives NULL or the rule that is broken. Names are
 * bytes, and defined before they are used, so a group can only hold what stands above it. */
#include "ledger/policy.h"

#include "base/size.h"
#include "ledger/lines.h"

#include <string.h>

enum { WORDS_MOST = 2 * POLICY_MOST + 4 };

struct reader {
    struct policy *p;
    bool has_quorum;
    bool used[2 * POLICY_MOST]; /* is a member of a group already */
};

struct words {
    size_t n;
    struct str w[WORDS_MOST];
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* false: more words than any line has. */
static bool split(struct str line, struct words *ret) {
    ret->n = 0;
    for (size_t i = 0; i < line.n;) {
        while (i < line.n && is_blank(line.p[i]))
            i++;
        size_t from = i;
        while (i < line.n && !is_blank(line.p[i]))
            i++;
        if (i > from && ret->n == WORDS_MOST)
            return false;
        if (i > from)
            ret->w[ret->n++] = str_part(line.p + from, i - from);
    }
    return true;
}

/* The number of a witness or group; -1: there is none of this name. */
static int find(const struct policy *p, struct str name) {
    for (size_t i = 0; i < p->witnesses; i++)
        if (str_eq(p->witness[i].name, name))
            return (int)i;
    for (size_t i = 0; i < p->groups; i++)
        if (str_eq(p->group[i].name, name))
            return (int)i + POLICY_MOST;
    return -1;
}

static bool is_free(const struct policy *p, struct str name) {
    return !str_is(name, "none") && find(p, name) < 0;
}

static bool is_key(const struct vkey *x, const struct vkey *y) {
    return memcmp(x->key, y->key, sizeof x->key) == 0;
}

static const char *take_log(struct reader *r, const struct words *w) {
    struct policy *p = r->p;
    if (w->n < 2 || w->n > 3)
        return "a log is \"log VKEY [URL]\"";
    if (p->logs == POLICY_MOST)
        return "there are 32 logs at most";
    struct policy_log *l = &p->log[p->logs];
    if (vkey_read(w->w[1], &l->key, NULL) || l->key.type != NOTE_ED25519)
        return "a log's key is a verifier key for Ed25519 (type 01)";
    for (size_t i = 0; i < p->logs; i++)
        if (is_key(&p->log[i].key, &l->key))
            return "no key stands for two logs";
    l->url = w->n == 3 ? w->w[2] : STR_NONE;
    p->logs++;
    return NULL;
}

static const char *take_witness(struct reader *r, const struct words *w) {
    struct policy *p = r->p;
    if (w->n < 3 || w->n > 4)
        return "a witness is \"witness NAME VKEY [URL]\"";
    if (p->witnesses == POLICY_MOST)
        return "there are 32 witnesses at most";
    if (!is_free(p, w->w[1]))
        return "each name is given once, and none is called \"none\"";
    struct policy_witness *t = &p->witness[p->witnesses];
    if (vkey_read(w->w[2], &t->key, NULL) || t->key.type != NOTE_COSIGNATURE)
        return "a witness's key is a verifier key for Ed25519 cosignatures (type 04)";
    for (size_t i = 0; i < p->witnesses; i++)
        if (is_key(&p->witness[i].key, &t->key))
            return "no key stands for two witnesses";
    t->name = w->w[1];
    t->url = w->n == 4 ? w->w[3] : STR_NONE;
    p->witnesses++;
    return NULL;
}

static const char *take_group(struct reader *r, const struct words *w) {
    struct policy *p = r->p;
    if (w->n < 4)
        return "a group is \"group NAME all|any|NUMBER MEMBER…\"";
    if (p->groups == POLICY_MOST)
        return "there are 32 groups at most";
    if (!is_free(p, w->w[1]))
        return "each name is given once, and none is called \"none\"";
    struct policy_group *g = &p->group[p->groups];
    *g = (struct policy_group){.name = w->w[1]};
    for (size_t i = 3; i < w->n; i++) {
        int member = find(p, w->w[i]);
        if (member < 0)
            return "a group's members are defined above it";
        if (r->used[member])
            return "each name is a member once";
        r->used[member] = true;
        g->member[g->n++] = (uint8_t)member;
    }
    uint64_t need = str_is(w->w[2], "any") ? 1 : str_is(w->w[2], "all") ? g->n : 0;
    if (!need && (!lines_decimal(w->w[2], g->n, &need) || !need))
        return "a group needs \"all\", \"any\" or a number from 1 to that of its members";
    g->need = (size_t)need;
    p->groups++;
    return NULL;
}

static const char *take_quorum(struct reader *r, const struct words *w) {
    if (w->n != 2)
        return "a quorum is \"quorum NAME\"";
    if (r->has_quorum)
        return "there is one quorum";
    r->has_quorum = true;
    r->p->quorum = str_is(w->w[1], "none") ? -1 : find(r->p, w->w[1]);
    return r->p->quorum < 0 && !str_is(w->w[1], "none") ? "the quorum is \"none\", or defined above it" : NULL;
}

static const char *take_line(struct reader *r, struct str line) {
    struct words w;
    for (size_t i = 0; i < line.n; i++)
        if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7F)
            return "there are no control characters";
    if (str_starts(str_trim(line), "#"))
        return NULL;
    if (!split(line, &w))
        return "a line has fewer words";
    if (w.n == 0)
        return NULL;
    return str_is(w.w[0], "log")       ? take_log(r, &w)
           : str_is(w.w[0], "witness") ? take_witness(r, &w)
           : str_is(w.w[0], "group")   ? take_group(r, &w)
           : str_is(w.w[0], "quorum")  ? take_quorum(r, &w)
                                       : "a line begins with log, witness, group, quorum or #";
}

int policy_read(struct str text, struct policy *ret, struct err *reterr) {
    struct reader r = {.p = ret};
    *ret = (struct policy){.quorum = -1};
    if (text.n > POLICY_BYTES_MOST)
        return err_set(reterr, ERR_INVALID, "This is not a policy: it is longer than %s.",
                       size_text(POLICY_BYTES_MOST).z);
    for (size_t number = 1; text.n; number++) {
        struct str line;
        const char *rule = lines_next(&text, &line) ? take_line(&r, line) : "each line ends in a line feed";
        if (rule)
            return err_set(reterr, ERR_INVALID, "The policy breaks a rule in line %zu: %s.", number, rule);
    }
    if (!r.has_quorum)
        return err_set(reterr, ERR_INVALID,
                       "The policy has no line \"quorum\", which says how many witnesses it asks.");
    return 0;
}

/* --- checking --- */

static int check_log(const struct policy *p, const struct note *n, struct err *reterr) {
    struct checkpoint c;
    int rc = checkpoint_read(n->text, &c, reterr);
    if (rc < 0 || !p->logs)
        return rc;
    bool is_signed = false;
    for (size_t i = 0; i < p->logs; i++) { /* all of them: of two keys of one log, neither may be contradicted */
        const struct vkey *k = &p->log[i].key;
        int signed_by = str_is(c.origin, k->name) ? note_check(n, k, NULL, reterr) : 0;
        if (signed_by < 0)
            return signed_by;
        is_signed |= signed_by > 0;
    }
    if (is_signed)
        return 0;
    return err_set(reterr, ERR_FORBIDDEN, "No log of the policy signed the checkpoint of %.*s.", STR_FMT(c.origin));
}

/* Members stand before the groups that hold them, so one pass tells them all. */
static bool reached(const struct policy *p, const bool *cosigned) {
    bool met[2 * POLICY_MOST] = {false};
    memcpy(met, cosigned, POLICY_MOST * sizeof *met);
    for (size_t g = 0; g < p->groups; g++) {
        size_t n = 0;
        for (size_t i = 0; i < p->group[g].n; i++)
            n += met[p->group[g].member[i]];
        met[POLICY_MOST + g] = n >= p->group[g].need;
    }
    return p->quorum < 0 || met[p->quorum];
}

int policy_check(const struct policy *p, struct str note_text, size_t *ret_cosigned, uint64_t *ret_times,
                 struct err *reterr) {
    struct note n;
    bool cosigned[POLICY_MOST] = {false};
    uint64_t times[POLICY_MOST] = {0};
    size_t count = 0;
    int rc = note_read(note_text, &n, reterr);
    if (rc == 0)
        rc = check_log(p, &n, reterr);
    for (size_t i = 0; rc == 0 && i < p->witnesses; i++) {
        int signed_by = note_check(&n, &p->witness[i].key, &times[i], reterr);
        cosigned[i] = signed_by > 0;
        count += cosigned[i];
        rc = signed_by < 0 ? signed_by : 0;
    }
    if (rc < 0)
        return rc;
    if (ret_cosigned)
        *ret_cosigned = count;
    if (ret_times)
        memcpy(ret_times, times, sizeof times);
    if (!reached(p, cosigned))
        return err_set(reterr, ERR_FORBIDDEN,
                       "%zu of %zu witnesses cosigned the checkpoint, which the policy does not "
                       "take for enough.",
                       count, p->witnesses);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a trust policy: refused with the line, or a policy whose groups hold only what stands above them, each
 * once, that says the same when it is written and read again, and that takes exactly the notes that its text means.
 * Four bytes say which witnesses cosigned; in the rest '@' and '%', each with a byte, stand for keys of logs and of
 * witnesses, which no chance would find. */
#include "ledger/policy.h"

#include "fuzz.h"

#include <sodium.h>
#include <string.h>

static uint8_t secret[POLICY_MOST][64];
static struct vkey log_key[POLICY_MOST], witness_key[POLICY_MOST];

static void make_keys(void) {
    FUZZ_CHECK(sodium_init() >= 0, "libsodium\n");
    for (uint8_t i = 0; i < POLICY_MOST; i++) {
        uint8_t public[32], seed[32] = {i};
        (void)crypto_sign_seed_keypair(public, secret[i], seed); /* always 0 */
        FUZZ_CHECK(!vkey_make(STR("log.example"), NOTE_ED25519, public, &log_key[i], NULL) &&
                       !vkey_make(STR("w.example"), NOTE_COSIGNATURE, public, &witness_key[i], NULL),
                   "keys\n");
    }
}

static void add_text(struct str bytes, struct buf *to) {
    for (size_t i = 0; i < bytes.n; i++) {
        if (i + 1 < bytes.n && (bytes.p[i] == '@' || bytes.p[i] == '%')) {
            const struct vkey *keys = bytes.p[i] == '@' ? log_key : witness_key;
            vkey_write(&keys[bytes.p[++i] & (POLICY_MOST - 1)], to);
        } else {
            buf_add_char(to, bytes.p[i]);
        }
    }
}

static struct str name_of(const struct policy *p, int member) {
    return member < 0             ? STR("none")
           : member < POLICY_MOST ? p->witness[member].name
                                  : p->group[member - POLICY_MOST].name;
}

static void write_policy(const struct policy *p, struct buf *to) {
    for (size_t i = 0; i < p->logs; i++) {
        buf_add_z(to, "log ");
        vkey_write(&p->log[i].key, to);
        buf_printf(to, " %.*s\n", STR_FMT(p->log[i].url));
    }
    for (size_t i = 0; i < p->witnesses; i++) {
        buf_printf(to, "witness %.*s ", STR_FMT(p->witness[i].name));
        vkey_write(&p->witness[i].key, to);
        buf_printf(to, "\t%.*s \n", STR_FMT(p->witness[i].url));
    }
    for (size_t g = 0; g < p->groups; g++) {
        buf_printf(to, "group %.*s %zu", STR_FMT(p->group[g].name), p->group[g].need);
        for (size_t i = 0; i < p->group[g].n; i++)
            buf_printf(to, " %.*s", STR_FMT(name_of(p, p->group[g].member[i])));
        buf_add_char(to, '\n');
    }
    buf_printf(to, "quorum %.*s\n", STR_FMT(name_of(p, p->quorum)));
}

static void check_shape(const struct policy *p) {
    bool used[2 * POLICY_MOST] = {false};
    FUZZ_CHECK(p->logs <= POLICY_MOST && p->witnesses <= POLICY_MOST && p->groups <= POLICY_MOST, "too many\n");
    for (size_t g = 0; g < p->groups; g++) {
        FUZZ_CHECK(p->group[g].need >= 1 && p->group[g].need <= p->group[g].n, "%zu of %zu\n", p->group[g].need,
                   p->group[g].n);
        for (size_t i = 0; i < p->group[g].n; i++) {
            size_t m = p->group[g].member[i];
            FUZZ_CHECK(m < POLICY_MOST ? m < p->witnesses : m - POLICY_MOST < g, "group %zu holds %zu\n", g, m);
            FUZZ_CHECK(!used[m], "%zu is a member twice\n", m);
            used[m] = true;
        }
    }
    FUZZ_CHECK(p->quorum < POLICY_MOST ? p->quorum < (int)p->witnesses : p->quorum - POLICY_MOST < (int)p->groups,
               "quorum %d\n", p->quorum);
}

/* The text's own words, from the top down. */
static bool witnessed(const struct policy *p, int member, uint32_t cosigned) {
    size_t n = 0;
    if (member < 0)
        return true;
    if (member < POLICY_MOST) {
        for (size_t i = 0; i < POLICY_MOST; i++)
            if (memcmp(witness_key[i].key, p->witness[member].key.key, 32) == 0)
                return cosigned >> i & 1;
        return false;
    }
    const struct policy_group *g = &p->group[member - POLICY_MOST];
    for (size_t i = 0; i < g->n; i++)
        n += witnessed(p, g->member[i], cosigned);
    return n >= g->need;
}

static void check_note(const struct policy *p, uint32_t cosigned) {
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct err err = {0};
    struct checkpoint c = {STR("log.example"), 9, merkle_empty()};
    size_t n = 0, expected = 0;
    bool known = p->logs == 0;
    checkpoint_write(&c, &text);
    buf_add(&note, buf_str(&text));
    buf_add_char(&note, '\n');
    note_sign(buf_str(&text), &log_key[0], secret[0], 0, &note);
    for (unsigned i = 0; i < POLICY_MOST; i++)
        if (cosigned >> i & 1)
            note_sign(buf_str(&text), &witness_key[i], secret[i], 1 + i, &note);
    for (size_t i = 0; i < p->logs; i++)
        known |= memcmp(p->log[i].key.key, log_key[0].key, 32) == 0;
    for (size_t i = 0; i < p->witnesses; i++)
        expected += witnessed(p, (int)i, cosigned);
    int bad = policy_check(p, buf_str(&note), &n, NULL, &err);
    FUZZ_CHECK(bad == (known && witnessed(p, p->quorum, cosigned) ? 0 : -ERR_FORBIDDEN), "%d %s\n", bad, err.text);
    FUZZ_CHECK(!known || n == expected, "%zu, not %zu\n", n, expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static struct policy p, q;
    uint32_t cosigned = 0;
    struct err err = {0};
    BUF_LOCAL(text);
    BUF_LOCAL(once);
    BUF_LOCAL(again);
    if (!log_key[0].name[0])
        make_keys();
    if (n < sizeof cosigned)
        return 0;
    memcpy(&cosigned, data, sizeof cosigned);
    add_text(str_part((const char *)data + sizeof cosigned, n - sizeof cosigned), &text);
    int bad = policy_read(buf_str(&text), &p, &err);
    FUZZ_CHECK(bad ? bad == -ERR_INVALID && strstr(err.text, "policy") : !err.text[0], "%d \"%s\"\n", bad, err.text);
    if (bad)
        return 0;
    check_shape(&p);
    check_note(&p, cosigned);
    write_policy(&p, &once);
    FUZZ_CHECK(!policy_read(buf_str(&once), &q, &err), "%s%s\n", once.p, err.text);
    write_policy(&q, &again);
    FUZZ_CHECK(str_eq(buf_str(&once), buf_str(&again)), "%s\n%s\n", once.p, again.p);
    return 0;
}

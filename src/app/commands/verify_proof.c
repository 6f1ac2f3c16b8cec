// SPDX-License-Identifier: Apache-2.0
/* `daylight verify FILE.tlog-proof`, offline: the entry stands in the tree of the checkpoint, which a trusted key
 * signed. With --log: in a tree from which the log of today grew, whoever signed the proof then. */
#include "app/commands/verify_head.h"
#include "app/commands/verify_opening.h"
#include "app/output.h"
#include "base/file.h"
#include "ledger/follow.h"
#include "ledger/lines.h"
#include "ledger/proof.h"

#include <string.h>

enum { PROOF_FILE_MOST = 1 << 20, ENTRY_FILE_MOST = 65535 };

struct proving {
    struct finding *f;
    struct proof_file proof;
    struct trust trust;
    bool remembered;  /* the keys are those of an earlier look */
    struct str entry; /* its bytes; p NULL: not known */
    const char *entry_from;
    struct opening *opening; /* or NULL */
    struct str policy;
    struct head head; /* with --log: of the log */
};

static int read_file(struct proving *p, const char *path, size_t most, struct str *ret) {
    BUF_LOCAL(bytes);
    int bad = file_read(path, most, &bytes, &p->f->why);
    *ret = arena_buf(p->f->arena, &bytes);
    return !bad && arena_failed(p->f->arena)
               ? err_set(&p->f->why, ERR_NO_MEMORY, "%s: not enough memory to read it", path)
               : bad;
}

/* --- which entry --- */

/* What the proof itself brings along is as good as any: it counts only if the tree holds it. */
static int take_extra(struct proving *p) {
    uint8_t *bytes = arena_alloc(p->f->arena, p->proof.extra.n + 1);
    size_t n = bytes ? lines_base64_most(p->proof.extra, bytes, p->proof.extra.n) : SIZE_MAX;
    struct entry e;
    if (n == SIZE_MAX || entry_read(str_part((char *)bytes, n), &e, NULL))
        return 0; /* something else: the format leaves it open */
    p->entry = str_part((char *)bytes, n);
    p->entry_from = "the proof";
    return 0;
}

static int find_entry(struct proving *p) {
    const char *entry = arguments_value(p->f->arguments, "entry"),
               *opening = arguments_value(p->f->arguments, "opening");
    struct str json;
    int bad = 0;
    if (opening) {
        p->opening = arena_alloc(p->f->arena, sizeof *p->opening);
        bad = p->opening ? read_file(p, opening, OPENING_MOST, &json)
                         : err_set(&p->f->why, ERR_NO_MEMORY, "there is not enough memory to read the opening");
        if (!bad && (bad = opening_read(json, p->f->arena, p->opening, &p->f->why)))
            err_prefix(&p->f->why, "%s", opening);
        if (!bad && p->opening->entry.n) {
            p->entry = p->opening->entry;
            p->entry_from = "the opening";
        }
    }
    if (!bad && entry) {
        bad = read_file(p, entry, ENTRY_FILE_MOST, &p->entry);
        p->entry_from = "the file";
    }
    if (!bad && !p->entry_from)
        bad = take_extra(p);
    if (!bad && !p->entry_from)
        bad = err_set(
            &p->f->why, ERR_NOT_FOUND,
            "the proof says where an entry stands, but not what it is; give it by --entry FILE or --opening FILE");
    return bad;
}

/* --- whom to trust --- */

static int find_keys(struct proving *p) {
    BUF_LOCAL(path);
    struct str rest = p->proof.checkpoint, origin = STR_NONE;
    const char *memory = arguments_value(p->f->arguments, "remember");
    int bad = verify_given_keys(p->f, &p->trust, &p->policy);
    if (bad || p->trust.keys)
        return bad;
    (void)lines_next(&rest, &origin); /* empty: nothing is remembered of it */
    bad = memory ? (buf_add_z(&path, memory), 0) : trust_path(origin, &path, &p->f->why);
    if (!bad)
        bad = trust_read(path.p, &p->trust, &p->f->why);
    p->remembered = !bad;
    if (bad == -ERR_NOT_FOUND)
        return err_set(
            &p->f->why, ERR_NOT_FOUND,
            "no key of the log %.*s is known here; give one by --vkey or --policy, or look at the log itself "
            "first (daylight verify https://…)",
            STR_FMT(str_first(origin, 200)));
    return bad;
}

static int check_against_memory(struct proving *p, const struct checkpoint *c) {
    if (p->trust.note.n && p->trust.checkpoint.size == c->size && !hash_same(&p->trust.checkpoint.root, &c->root))
        return err_set(&p->f->why, ERR_FORBIDDEN,
                       "the log was forked: it signed another tree of %llu entries, which was seen at an earlier look",
                       (unsigned long long)c->size);
    return 0;
}

/* --- the whole --- */

static void say_entry(struct proving *p, const struct entry *e) {
    BUF_LOCAL(text);
    buf_add(&text, p->entry);
    finding_set(p->f, "entry", output_text(p->entry));
    finding_set(p->f, "type", output_text(str_of(entry_type_word(e->type))));
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\n')
            text.p[i] = i + 1 == text.n ? 0 : ' ';
    finding_say(p->f, "entry %llu: %s", (unsigned long long)p->proof.index, text.p);
}

static int check_entry(struct proving *p) {
    struct entry e;
    struct err err = {0};
    int bad = entry_read(p->entry, &e, &err);
    if (!bad)
        say_entry(p, &e);
    if (!p->opening)
        return 0;
    if (bad)
        return err_set(&p->f->why, ERR_INVALID, "the opening cannot be compared: %s", err.text);
    if (p->opening->index >= 0 && (uint64_t)p->opening->index != p->proof.index)
        return err_set(&p->f->why, ERR_FORBIDDEN, "the opening is of entry %lld, the proof of entry %llu",
                       (long long)p->opening->index, (unsigned long long)p->proof.index);
    bad = opening_check(p->opening, &e, &p->f->why);
    if (!bad)
        finding_say(p->f, p->opening->has_key
                              ? "the opening's parts are those that the entry commits to"
                              : "the opening has no key any more: only the hashes of its parts were checked");
    return bad;
}

/* Keys change, and a proof stays good under the one that signed it. */
static int check_signed(struct proving *p, struct checkpoint *ret, const struct vkey **ret_key) {
    int bad = trust_check(&p->trust, p->proof.checkpoint, ret, ret_key, &p->f->why);
    if (bad != -ERR_FORBIDDEN || !p->remembered || !trust_is_stranger(&p->trust, p->proof.checkpoint))
        return bad;
    return err_set(
        &p->f->why, ERR_NOT_FOUND,
        "the proof is signed by none of the keys that are known of its log now; one from before a change of "
        "keys is verified with the key that was kept beside it (--vkey) or against the log or a mirror of it "
        "(--log), one from after it when the log was looked at again (daylight verify https://…)");
}

/* The log's tiles show which tree of the proof's size it grew from. */
static int check_grown(struct proving *p, const struct checkpoint *c) {
    const struct checkpoint *now = &p->head.checkpoint;
    struct follow_at at = {p->head.from, now->size};
    struct merkle_proof grown;
    struct err *why = &p->f->why;
    if (!str_eq(c->origin, now->origin))
        return err_set(why, ERR_FORBIDDEN, "the proof is of the log %.*s, and this is %.*s",
                       STR_FMT(str_first(c->origin, 150)), STR_FMT(str_first(now->origin, 150)));
    if (c->size > now->size)
        return err_set(why, ERR_NOT_FOUND, "the proof is of %llu entries, and there the log has only %llu",
                       (unsigned long long)c->size, (unsigned long long)now->size);
    int bad = merkle_prove_consistency(c->size, now->size, follow_source, &at, &grown, why);
    if (!bad && !merkle_check_consistency(c->size, now->size, &c->root, &now->root, grown.hash, grown.n))
        bad = err_set(why, ERR_FORBIDDEN,
                      "the log did not grow from the tree of the proof: it never had these %llu entries, or its tiles "
                      "were changed (daylight verify %s says which)",
                      (unsigned long long)c->size, fetch_place(p->head.from));
    return bad;
}

static int check_by_log(struct proving *p, const char *where, struct checkpoint *ret, const struct vkey **ret_key) {
    struct note *note = arena_alloc(p->f->arena, sizeof *note);
    int bad = note ? note_read(p->proof.checkpoint, note, &p->f->why)
                   : err_set(&p->f->why, ERR_NO_MEMORY, "there is not enough memory to read the proof");
    if (!bad)
        bad = checkpoint_read(note->text, ret, &p->f->why);
    if (!bad)
        bad = head_open(&p->head, p->f, where);
    if (!bad)
        bad = head_check_lists(&p->head);
    if (!bad)
        bad = head_compare(&p->head);
    if (!bad)
        bad = check_grown(p, ret);
    *ret_key = p->head.key;
    return bad;
}

static int prove(struct proving *p) {
    struct checkpoint c;
    const struct vkey *key;
    struct err *why = &p->f->why;
    BUF_LOCAL(text);
    const char *log = arguments_value(p->f->arguments, "log");
    int bad = log ? check_by_log(p, log, &c, &key) : check_signed(p, &c, &key);
    if (!bad && !log)
        bad = check_against_memory(p, &c);
    if (bad)
        return bad == -ERR_INVALID ? -ERR_FORBIDDEN : bad;
    struct hash leaf = merkle_leaf(p->entry.p, p->entry.n);
    if (!merkle_check_inclusion(p->proof.index, c.size, &leaf, p->proof.path.hash, p->proof.path.n, &c.root))
        return err_set(why, ERR_FORBIDDEN,
                       "entry %llu in the signed tree of %llu is not what %s says: line 2 (the index), the path or the "
                       "entry was changed",
                       (unsigned long long)p->proof.index, (unsigned long long)c.size, p->entry_from);
    vkey_write(key, &text);
    finding_set(p->f, "log", output_text(c.origin));
    finding_set(p->f, "index", json_integer((json_int_t)p->proof.index));
    finding_set(p->f, "size", json_integer((json_int_t)c.size));
    finding_set(p->f, "key", output_text(buf_str(&text)));
    if (log)
        finding_say(p->f, "it stands in the tree of %llu entries from which the log of %llu grew",
                    (unsigned long long)c.size, (unsigned long long)p->head.checkpoint.size);
    else
        finding_say(p->f, "it stands in the tree of %llu entries that %s signed", (unsigned long long)c.size, text.p);
    bad = check_entry(p);
    if (!bad && log)
        head_say(&p->head);
    if (!bad && log && p->head.policy.n)
        return verify_witnesses(p->f, p->head.policy, true, buf_str(&p->head.note));
    return bad || !p->policy.n ? bad : verify_witnesses(p->f, p->policy, true, p->proof.checkpoint);
}

int verify_proof(struct finding *f, const char *path) {
    struct proving p = {.f = f, .trust = TRUST_INIT};
    struct str bytes;
    buf_add_z(&f->subject, path);
    int bad = read_file(&p, path, PROOF_FILE_MOST, &bytes);
    if (!bad && (bad = proof_read(bytes, &p.proof, &f->why)))
        err_prefix(&f->why, "%s", path);
    if (!bad)
        bad = find_entry(&p);
    if (!bad && !arguments_value(f->arguments, "log"))
        bad = find_keys(&p);
    if (!bad)
        bad = prove(&p);
    trust_clear(&p.trust);
    head_close(&p.head);
    return bad;
}

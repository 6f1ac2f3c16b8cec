// SPDX-License-Identifier: Apache-2.0
/* `daylight verify fork A B`: do two checkpoints that one log signed prove that it showed two histories? */
#include "app/commands.h"
#include "app/commands/verify.h"
#include "app/output.h"
#include "base/file.h"
#include "ledger/follow.h"

#include <string.h>

struct side {
    const char *path;
    struct str note;
    struct checkpoint checkpoint;
    const struct vkey *key;
};

static int read_side(struct finding *f, const struct trust *t, struct side *s) {
    BUF_LOCAL(bytes);
    int bad = file_read(s->path, CHECKPOINT_MOST, &bytes, &f->why);
    s->note = arena_buf(f->arena, &bytes);
    if (!bad && arena_failed(f->arena))
        bad = err_set(&f->why, ERR_NO_MEMORY, "%s: not enough memory to read it", s->path);
    if (!bad && (bad = trust_check(t, s->note, &s->checkpoint, &s->key, &f->why)))
        err_prefix(&f->why, "%s", s->path);
    return bad;
}

/* --vkey and --policy; else what was remembered of the log that the first one names. */
static int find_keys(struct finding *f, const char *path, struct trust *t) {
    BUF_LOCAL(bytes);
    BUF_LOCAL(memory);
    struct str policy, rest, origin = STR_NONE;
    int bad = verify_given_keys(f, t, &policy);
    if (bad || t->keys)
        return bad;
    bad = file_read(path, CHECKPOINT_MOST, &bytes, &f->why);
    rest = buf_str(&bytes);
    (void)str_cut(&rest, '\n', &origin); /* empty: nothing is remembered of it */
    if (!bad)
        bad = trust_path(origin, &memory, &f->why);
    if (!bad)
        bad = trust_read(memory.p, t, &f->why);
    return bad == -ERR_NOT_FOUND
               ? err_set(&f->why, ERR_NOT_FOUND, "no key of that log is known here; give one by --vkey")
               : bad;
}

/* The log's tiles show which tree of the smaller size the larger one grew from; a path that leads to the larger root
 * cannot be made up. */
static int compare_through_log(struct finding *f, const struct checkpoint *small, const struct checkpoint *large) {
    const char *where = arguments_value(f->arguments, "log");
    struct follow_at at = {.size = large->size};
    struct merkle_proof proof;
    struct hash grown_from;
    if (!where)
        return err_set(
            &f->why, ERR_NOT_FOUND,
            "the checkpoints are of %llu and of %llu entries; whether the larger tree contains the smaller one "
            "only the log's tiles can say: give the log or a mirror of it by --log",
            (unsigned long long)small->size, (unsigned long long)large->size);
    int bad = verify_open_log(where, &at.from, &f->why);
    if (!bad)
        bad = merkle_root(small->size, follow_source, &at, &grown_from, &f->why);
    if (!bad)
        bad = merkle_prove_consistency(small->size, large->size, follow_source, &at, &proof, &f->why);
    fetch_close(at.from);
    if (bad)
        return bad == -ERR_FORBIDDEN ? -ERR_NOT_FOUND : bad; /* bad tiles prove nothing about the two */
    if (!merkle_check_consistency(small->size, large->size, &grown_from, &large->root, proof.hash, proof.n))
        return err_set(&f->why, ERR_NOT_FOUND, "%s: its tiles are not those of the tree of %llu entries", where,
                       (unsigned long long)large->size);
    return hash_same(&grown_from, &small->root)
               ? err_set(&f->why, ERR_FORBIDDEN, "this is no fork: the larger tree grew from the smaller one")
               : 0;
}

static int compare(struct finding *f, const struct side *a, const struct side *b) {
    const struct checkpoint *small = &a->checkpoint, *large = &b->checkpoint;
    if (!str_eq(small->origin, large->origin))
        return err_set(&f->why, ERR_FORBIDDEN, "this is no fork: the checkpoints are of two logs, %.*s and %.*s",
                       STR_FMT(str_first(small->origin, 150)), STR_FMT(str_first(large->origin, 150)));
    if (small->size > large->size) {
        small = &b->checkpoint;
        large = &a->checkpoint;
    }
    finding_set(f, "log", output_text(small->origin));
    finding_set(f, "sizes", json_pack("[I, I]", (json_int_t)small->size, (json_int_t)large->size));
    if (small->size < large->size)
        return compare_through_log(f, small, large);
    return hash_same(&small->root, &large->root)
               ? err_set(&f->why, ERR_FORBIDDEN, "this is no fork: both checkpoints are of the same tree")
               : 0;
}

static int look(struct finding *f, struct trust *t) {
    struct side a = {.path = arguments_operand(f->arguments, 0)}, b = {.path = arguments_operand(f->arguments, 1)};
    BUF_LOCAL(key);
    int bad = find_keys(f, a.path, t);
    if (!bad)
        bad = read_side(f, t, &a);
    if (!bad)
        bad = read_side(f, t, &b);
    if (!bad)
        bad = compare(f, &a, &b);
    if (bad)
        return bad;
    vkey_write(a.key, &key);
    buf_printf(&f->subject, "%.*s was forked", STR_FMT(a.checkpoint.origin));
    finding_set(f, "key", output_text(buf_str(&key)));
    finding_say(f, "it signed two trees that cannot both be its history: %llu entries in %s, %llu in %s",
                (unsigned long long)a.checkpoint.size, a.path, (unsigned long long)b.checkpoint.size, b.path);
    finding_say(f, "the signatures of %s are under both: whoever holds the two files can show it to anybody", key.p);
    return 0;
}

int verify_fork_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    TRUST_LOCAL(t);
    struct finding f = finding_start(arguments, arena);
    finding_settle(&f, look(&f, &t));
    return finding_print(&f, reterr);
}

// SPDX-License-Identifier: Apache-2.0
/* `daylight verify URL` and `daylight verify FOLDER`: a whole log, followed from its tiles. */
#include "app/commands/verify_head.h"
#include "app/output.h"
#include "app/progress.h"
#include "base/clock.h"
#include "base/file.h"
#include "ledger/follow.h"
#include "ledger/policy.h"
#include "text/datetime.h"

struct looking {
    struct head head;
    struct finding *f;
    bool learned;       /* the log's list of keys is trusted, and no other */
    struct vkey signer; /* of the checkpoint */
    bool older;         /* a copy that is older than what was seen of the log */
    struct progress progress;
};

/* --- what is said --- */

static void say_entries(struct looking *l, const struct follow_found *found) {
    BUF_LOCAL(kinds);
    json_t *counts = json_object();
    for (size_t i = 0; i < ENTRY_TYPE_COUNT; i++) {
        if (!found->of_type[i])
            continue;
        const char *word = entry_type_word((enum entry_type)i);
        buf_printf(&kinds, "%s%llu %s", kinds.n ? ", " : "", (unsigned long long)found->of_type[i], word);
        if (counts && json_object_set_new(counts, word, json_integer((json_int_t)found->of_type[i])))
            BUG("a count could not be set in its own object");
    }
    if (found->foreign)
        buf_add_z(&kinds, "they are not Daylight's, so their kinds are not known");
    finding_say(l->f, "%llu entries%s%s", (unsigned long long)l->head.checkpoint.size, kinds.n ? ": " : "", kinds.p);
    finding_set(l->f, "entries", counts);
    if (!found->foreign && found->entries) {
        BUF_LOCAL(first);
        BUF_LOCAL(last);
        datetime_add_rfc3339(&first, found->first_day * CLOCK_DAY_US, "UTC");
        datetime_add_rfc3339(&last, found->last_day * CLOCK_DAY_US, "UTC");
        finding_say(l->f, "from %.10s to %.10s", first.p, last.p);
        finding_set(l->f, "first_day", output_text(str_first(buf_str(&first), 10)));
        finding_set(l->f, "last_day", output_text(str_first(buf_str(&last), 10)));
    }
}

static void say_trust(struct looking *l) {
    bool seen = l->head.trust.note.n;
    unsigned long long before = (unsigned long long)l->head.trust.checkpoint.size;
    finding_say(l->f, "every entry, tile and hash agrees with the checkpoint");
    head_say(&l->head);
    if (l->older)
        finding_say(l->f, "this copy is older than what was seen of the log (%llu entries)", before);
    else if (seen)
        finding_say(l->f, "nothing that was there at an earlier look (%llu entries) was changed or removed", before);
    finding_set(l->f, "consistent_with", seen && !l->older ? json_integer((json_int_t)before) : json_null());
}

static int say_witnesses(struct looking *l) {
    BUF_LOCAL(shown);
    bool own = l->head.policy.n;
    if (!own && fetch_get(l->head.from, "policy", FETCH_FRESH, POLICY_BYTES_MOST, &shown, NULL))
        return 0; /* the log names no witnesses */
    return verify_witnesses(l->f, own ? l->head.policy : arena_buf(l->f->arena, &shown), own, buf_str(&l->head.note));
}

/* --- the whole --- */

static void show_progress(void *arg, uint64_t done, uint64_t all) {
    struct looking *l = arg;
    l->progress.total = (size_t)all;
    progress_at(&l->progress, (size_t)done);
}

/* Both notes are worth keeping: whoever holds them can show them to others. */
static void keep_fork(struct looking *l) {
    BUF_LOCAL(before);
    BUF_LOCAL(now);
    const struct buf *beside = l->head.by_origin.n ? &l->head.by_origin : &l->head.by_place;
    if (!beside->n)
        return;
    buf_printf(&before, "%s.before", beside->p);
    buf_printf(&now, "%s.now", beside->p);
    if (file_write(before.p, buf_str(&l->head.trust.note), 0600, NULL) ||
        file_write(now.p, buf_str(&l->head.note), 0600, NULL))
        return;
    finding_say(l->f,
                "The two checkpoints that do not fit each other are kept: %s and %s. Make a mirror of the log now "
                "(daylight ledger mirror), and show both to others.",
                before.p, now.p);
}

/* The tree that a trusted key signed says which keys sign from now on. */
static int learn_keys(struct looking *l, const struct follow_found *found) {
    size_t fresh = 0;
    struct err err = {0};
    if (l->head.given)
        return 0;             /* whoever names keys means them */
    l->signer = *l->head.key; /* the list that it stands in may be another in a moment */
    l->head.key = &l->signer;
    int bad = trust_learn(&l->head.trust, l->head.from, &found->key_commit, &fresh, &err);
    if (bad == -ERR_FORBIDDEN) {
        l->f->why = err;
        return bad;
    }
    if (!bad && fresh && !l->head.first)
        finding_say(l->f,
                    "entry %lld announces %zu further key%s of this log, signed by the old one: trusted from now on",
                    (long long)found->key_index, fresh, fresh > 1 ? "s" : "");
    l->learned = !bad;
    return 0;
}

static int follow_it(struct looking *l) {
    struct follow_found found;
    struct succession keys = {.n = 0};
    struct follow want = {
        .from = l->head.from, .checkpoint = l->head.checkpoint, .keys = &keys, .progress = show_progress, .arg = l};
    if (l->head.trust.note.n && str_eq(l->head.trust.checkpoint.origin, l->head.checkpoint.origin))
        want.before = &l->head.trust.checkpoint;
    l->older = want.before && fetch_is_folder(l->head.from) && !arguments_value(l->f->arguments, "remember") &&
               l->head.checkpoint.size < want.before->size;
    if (l->older)
        want.before = NULL;
    l->progress = progress_start((size_t)l->head.checkpoint.size, "entries");
    int64_t began_us = clock_ticks_us();
    int bad = follow(&want, &found, &l->f->why);
    progress_clear(&l->progress);
    int64_t took_us = clock_ticks_us() - began_us;
    finding_set(l->f, "seconds", json_real((double)took_us / (double)CLOCK_SECOND_US));
    finding_set(l->f, "bytes", json_integer((json_int_t)found.bytes));
    if (found.forked || (bad == -ERR_FORBIDDEN && want.before && want.before->size > l->head.checkpoint.size))
        keep_fork(l);
    if (!bad && l->head.succession.n)
        bad = succession_check(&l->head.succession, &keys, 0, &l->f->why);
    if (!bad)
        say_entries(l, &found);
    return bad || found.key_index < 0 ? bad : learn_keys(l, &found);
}

static int look(struct looking *l, const char *where) {
    int bad = head_open(&l->head, l->f, where);
    if (bad)
        return bad;
    buf_printf(&l->f->subject, "%.*s", STR_FMT(l->head.checkpoint.origin));
    bad = follow_it(l);
    if (!bad)
        bad = say_witnesses(l);
    if (!bad)
        say_trust(l);
    return bad || l->older ? bad : head_remember(&l->head, l->learned);
}

int verify_log(struct finding *f, const char *where) {
    struct looking l = {.f = f};
    int bad = look(&l, where);
    head_close(&l.head);
    return bad;
}

// SPDX-License-Identifier: Apache-2.0
/* `daylight verify URL` and `daylight verify FOLDER`: a whole log, followed from its tiles. */
#include "app/commands/verify.h"
#include "app/output.h"
#include "app/progress.h"
#include "base/clock.h"
#include "base/file.h"
#include "ledger/follow.h"
#include "ledger/policy.h"
#include "text/datetime.h"

#include <string.h>

struct looking {
    struct finding *f;
    struct fetch *from;
    struct buf note;                /* the checkpoint */
    struct checkpoint checkpoint;   /* what it says */
    const struct vkey *key;         /* that signed it */
    struct str policy;              /* --policy */
    struct trust trust;             /* whom to trust, and what was seen before */
    struct buf by_place, by_origin; /* where that is remembered; empty: nowhere */
    bool given, first, older;       /* keys were given; this is the first look; an older copy than was seen */
    struct progress progress;
    int64_t began_us;
};

/* --- what is remembered --- */

/* The origin line of what claims to be a checkpoint: only where to look, nothing is believed. */
static struct str claimed_origin(const struct looking *l) {
    struct str rest = buf_str(&l->note), line = STR_NONE;
    (void)str_cut(&rest, '\n', &line); /* empty: a place for no log */
    return line;
}

static int find_memory(struct looking *l) {
    const char *file = arguments_value(l->f->arguments, "remember");
    if (arguments_flag(l->f->arguments, "forget"))
        return 0;
    if (file) {
        buf_add_z(&l->by_origin, file);
        return 0;
    }
    int bad = trust_path(claimed_origin(l), &l->by_origin, &l->f->why);
    if (!bad && !fetch_is_folder(l->from)) /* a folder may hold another copy tomorrow */
        bad = trust_path(str_of(fetch_place(l->from)), &l->by_place, &l->f->why);
    return bad;
}

static int recall_from(struct looking *l, const struct buf *path) {
    if (!path->n || l->trust.note.n)
        return 0;
    int bad = trust_read(path->p, &l->trust, &l->f->why);
    return bad == -ERR_NOT_FOUND ? 0 : bad;
}

/* At the same address another log would be another origin: it is looked at first. */
static int recall(struct looking *l) {
    int bad = find_memory(l);
    if (!bad)
        bad = recall_from(l, &l->by_place);
    if (!bad)
        bad = recall_from(l, &l->by_origin);
    return bad;
}

static int remember(struct looking *l) {
    TRUST_LOCAL(t);
    if (l->older)
        return 0;
    int bad = trust_see(&t, buf_str(&l->note), &l->f->why);
    if (!bad)
        bad = trust_add(&t, l->key, &l->f->why);
    for (size_t i = 0; !bad && !l->first && i < l->trust.keys; i++)
        bad = trust_add(&t, &l->trust.key[i], &l->f->why);
    if (!bad && l->by_origin.n)
        bad = trust_write(l->by_origin.p, &t, &l->f->why);
    if (!bad && l->by_place.n)
        bad = trust_write(l->by_place.p, &t, &l->f->why);
    return bad;
}

/* --- whom to trust --- */

enum { VKEYS_MOST = 16384 };

static int take_shown_keys(struct looking *l) {
    BUF_LOCAL(lines);
    l->first = true;
    int bad = fetch_get(l->from, "vkey", true, VKEYS_MOST, &lines, &l->f->why);
    if (bad == -ERR_NOT_FOUND)
        return err_set(&l->f->why, ERR_NOT_FOUND, "the log shows no verifier key; give one by --vkey");
    if (!bad && (bad = trust_add_lines(&l->trust, buf_str(&lines), &l->f->why)))
        err_prefix(&l->f->why, "vkey");
    return bad;
}

static int choose_keys(struct looking *l) {
    TRUST_LOCAL(given);
    int bad = verify_given_keys(l->f, &given, &l->policy);
    if (bad)
        return bad;
    l->given = given.keys > 0;
    if (l->given) { /* instead of what was remembered */
        memcpy(l->trust.key, given.key, sizeof given.key);
        l->trust.keys = given.keys;
    }
    return l->trust.keys ? 0 : take_shown_keys(l);
}

/* What is no checkpoint at all says nothing about the log; a damaged one of this log does. */
static int check_head(struct looking *l) {
    struct err *why = &l->f->why;
    int bad = trust_check(&l->trust, buf_str(&l->note), &l->checkpoint, &l->key, why);
    if (bad == -ERR_INVALID) {
        err_prefix(why, "checkpoint");
        for (size_t i = 0; i < l->trust.keys; i++)
            if (str_is(claimed_origin(l), l->trust.key[i].name))
                bad = -ERR_FORBIDDEN;
    }
    if (bad == -ERR_FORBIDDEN && !l->given && !l->first && l->trust.keys)
        finding_say(l->f, "Keys that were seen at an earlier look are trusted. Should the office have changed its key, "
                          "get the new one from a source of your own and give it by --vkey.");
    return bad;
}

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
    finding_say(l->f, "%llu entries%s%s", (unsigned long long)l->checkpoint.size, kinds.n ? ": " : "", kinds.p);
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
    BUF_LOCAL(key);
    vkey_write(l->key, &key);
    finding_set(l->f, "key", output_text(buf_str(&key)));
    finding_set(l->f, "first_contact", json_boolean(l->first));
    finding_say(l->f, "every entry, tile and hash agrees with the checkpoint, signed by %s", key.p);
    if (l->first)
        finding_say(l->f,
                    "This is the first look at this log: its key was taken from the log itself. Compare it with one "
                    "that you have from elsewhere.%s",
                    l->by_origin.n ? " It is remembered from now on." : "");
    if (l->older)
        finding_say(l->f, "this copy is older than what was seen of the log (%llu entries)",
                    (unsigned long long)l->trust.checkpoint.size);
    else if (l->trust.note.n)
        finding_say(l->f, "nothing that was there at an earlier look (%llu entries) was changed or removed",
                    (unsigned long long)l->trust.checkpoint.size);
    finding_set(l->f, "consistent_with",
                l->trust.note.n && !l->older ? json_integer((json_int_t)l->trust.checkpoint.size) : json_null());
    if (l->by_origin.n)
        finding_set(l->f, "remembered_in", output_text(buf_str(&l->by_origin)));
}

static int say_witnesses(struct looking *l) {
    BUF_LOCAL(shown);
    bool own = l->policy.n;
    if (!own && fetch_get(l->from, "policy", true, POLICY_BYTES_MOST, &shown, NULL))
        return 0; /* the log names no witnesses */
    return verify_witnesses(l->f, own ? l->policy : arena_buf(l->f->arena, &shown), own, buf_str(&l->note));
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
    if (!l->by_origin.n)
        return;
    buf_printf(&before, "%s.before", l->by_origin.p);
    buf_printf(&now, "%s.now", l->by_origin.p);
    if (file_write(before.p, buf_str(&l->trust.note), 0600, NULL) || file_write(now.p, buf_str(&l->note), 0600, NULL))
        return;
    finding_say(l->f,
                "The two checkpoints that do not fit each other are kept: %s and %s. Make a mirror of the log now "
                "(daylight ledger mirror), and show both to others.",
                before.p, now.p);
}

static int follow_it(struct looking *l) {
    struct follow_found found;
    struct follow want = {.from = l->from, .checkpoint = l->checkpoint, .progress = show_progress, .arg = l};
    if (l->trust.note.n && str_eq(l->trust.checkpoint.origin, l->checkpoint.origin))
        want.before = &l->trust.checkpoint;
    l->older = want.before && fetch_is_folder(l->from) && !arguments_value(l->f->arguments, "remember") &&
               l->checkpoint.size < want.before->size;
    if (l->older)
        want.before = NULL;
    l->progress = progress_start((size_t)l->checkpoint.size, "entries");
    l->began_us = clock_ticks_us();
    int bad = follow(&want, &found, &l->f->why);
    progress_clear(&l->progress);
    int64_t took_us = clock_ticks_us() - l->began_us;
    finding_set(l->f, "seconds", json_real((double)took_us / (double)CLOCK_SECOND_US));
    finding_set(l->f, "bytes", json_integer((json_int_t)found.bytes));
    if (found.forked || (bad == -ERR_FORBIDDEN && want.before && want.before->size > l->checkpoint.size))
        keep_fork(l);
    if (!bad)
        say_entries(l, &found);
    return bad;
}

static int look(struct looking *l) {
    int bad = fetch_get(l->from, "checkpoint", true, CHECKPOINT_MOST, &l->note, &l->f->why);
    if (!bad)
        bad = recall(l);
    if (!bad)
        bad = choose_keys(l);
    if (!bad)
        bad = check_head(l);
    if (bad)
        return bad;
    buf_printf(&l->f->subject, "%.*s", STR_FMT(l->checkpoint.origin));
    finding_set(l->f, "log", output_text(l->checkpoint.origin));
    finding_set(l->f, "size", json_integer((json_int_t)l->checkpoint.size));
    bad = follow_it(l);
    if (!bad)
        bad = say_witnesses(l);
    if (!bad)
        say_trust(l);
    return bad ? bad : remember(l);
}

int verify_log(struct finding *f, const char *where) {
    struct looking l = {.f = f, .note = BUF_INIT, .trust = TRUST_INIT, .by_place = BUF_INIT, .by_origin = BUF_INIT};
    int bad = verify_open_log(where, &l.from, &f->why);
    if (!bad)
        bad = look(&l);
    fetch_close(l.from);
    trust_clear(&l.trust);
    buf_clear(&l.note);
    buf_clear(&l.by_place);
    buf_clear(&l.by_origin);
    return bad;
}

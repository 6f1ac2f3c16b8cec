// SPDX-License-Identifier: Apache-2.0
/* The memory of earlier looks is what makes a fork visible: it is used before anything is believed, and moved forward
 * only after everything was proven. */
#include "app/commands/verify_head.h"

#include "app/output.h"
#include "ledger/follow.h"

#include <string.h>

/* --- what is remembered --- */

/* The origin line of what claims to be a checkpoint: only where to look, nothing is believed. */
static struct str claimed_origin(const struct head *h) {
    struct str rest = buf_str(&h->note), line = STR_NONE;
    (void)str_cut(&rest, '\n', &line); /* empty: a place for no log */
    return line;
}

/* "https://HOST/ledger" is where the log HOST/ledger is at home. */
static bool is_at_home(const struct head *h) {
    struct str place = str_of(fetch_place(h->from));
    size_t scheme = str_find(place, STR("://"), 0);
    return !fetch_is_folder(h->from) && scheme != SIZE_MAX && str_eq(str_from(place, scheme + 3), claimed_origin(h));
}

static int find_memory(struct head *h) {
    const char *file = arguments_value(h->f->arguments, "remember");
    if (arguments_flag(h->f->arguments, "forget"))
        return 0;
    if (file) {
        buf_add_z(&h->by_origin, file);
        return 0;
    }
    int bad = trust_path(claimed_origin(h), &h->by_origin, &h->f->why);
    if (!bad && !fetch_is_folder(h->from)) /* a folder may hold another copy tomorrow */
        bad = trust_path(str_of(fetch_place(h->from)), &h->by_place, &h->f->why);
    return bad;
}

static int recall_from(struct head *h, const struct buf *path, struct trust *t) {
    if (!path->n)
        return 0;
    int bad = trust_read(path->p, t, &h->f->why);
    return bad == -ERR_NOT_FOUND ? 0 : bad;
}

static void move(struct trust *to, struct trust *from) {
    *to = *from;
    *from = TRUST_INIT;
}

/* What is remembered of this address comes first: should it be another log today, that has to be told. Of one log the
 * keys that are remembered under its name count, and the later look, if they signed it. */
static int recall(struct head *h) {
    TRUST_LOCAL(place);
    TRUST_LOCAL(origin);
    struct checkpoint c;
    int bad = find_memory(h);
    if (!bad)
        bad = recall_from(h, &h->by_place, &place);
    if (!bad)
        bad = recall_from(h, &h->by_origin, &origin);
    if (bad)
        return bad;
    h->known = origin.keys > 0;
    bool same = place.note.n && origin.note.n && str_eq(place.checkpoint.origin, origin.checkpoint.origin);
    bool later = same && place.checkpoint.size > origin.checkpoint.size &&
                 !trust_check(&origin, buf_str(&place.note), &c, NULL, NULL);
    if (place.note.n && (!origin.keys || !same))
        move(&h->trust, &place);
    else
        move(&h->trust, &origin);
    return later ? trust_see(&h->trust, buf_str(&place.note), &h->f->why) : 0;
}

/* Under its name a log is remembered only by keys that somebody gave, that are remembered so already, or that it showed
 * at home: anybody can serve a log of any name. */
static bool may_name(const struct head *h) {
    return h->given || h->known || is_at_home(h) || arguments_value(h->f->arguments, "remember");
}

int head_remember(struct head *h, bool learned) {
    TRUST_LOCAL(t);
    int bad = trust_see(&t, buf_str(&h->note), &h->f->why);
    if (!bad && !learned)
        bad = trust_add(&t, h->key, &h->f->why);
    for (size_t i = 0; !bad && (learned || !h->first) && i < h->trust.keys; i++)
        bad = trust_add(&t, &h->trust.key[i], &h->f->why);
    if (!bad && h->by_origin.n && may_name(h))
        bad = trust_write(h->by_origin.p, &t, &h->f->why);
    if (!bad && h->by_place.n)
        bad = trust_write(h->by_place.p, &t, &h->f->why);
    return bad;
}

/* --- whom to trust --- */

enum { VKEYS_MOST = 16384 };

static int take_shown_keys(struct head *h) {
    BUF_LOCAL(lines);
    h->first = true;
    int bad = fetch_get(h->from, "vkey", FETCH_FRESH, VKEYS_MOST, &lines, &h->f->why);
    if (bad == -ERR_NOT_FOUND)
        return err_set(&h->f->why, ERR_NOT_FOUND, "the log shows no verifier key; give one by --vkey");
    if (!bad && (bad = trust_add_lines(&h->trust, buf_str(&lines), &h->f->why)))
        err_prefix(&h->f->why, "vkey");
    return bad;
}

static int choose_keys(struct head *h) {
    TRUST_LOCAL(given);
    int bad = verify_given_keys(h->f, &given, &h->policy);
    if (bad)
        return bad;
    h->given = given.keys > 0;
    if (h->given) { /* instead of what was remembered */
        memcpy(h->trust.key, given.key, sizeof given.key);
        h->trust.keys = given.keys;
    }
    return h->trust.keys ? 0 : take_shown_keys(h);
}

static void say_how_to_go_on(struct head *h) {
    finding_say(h->f, "Keys that were seen at an earlier look are trusted. Should the office have changed its key, "
                      "get the new one from a source of your own and give it by --vkey.");
}

/* A log whose keys were changed since leads from the old ones to the new by lists that they signed. Of one that shows
 * no lists, and of what is no checkpoint, trust_check() says what there is to say. */
static int succeed(struct head *h) {
    struct err err = {0};
    int bad = succession_follow(&h->trust, h->from, buf_str(&h->note), &h->succession, &err);
    if (bad == -ERR_NOT_FOUND || bad == -ERR_INVALID) {
        h->succession.n = 0;
        return 0;
    }
    if (bad)
        h->f->why = err;
    if (bad == -ERR_FORBIDDEN)
        err_prefix(&h->f->why,
                   "the checkpoint is not signed by a key that is trusted, and the log's lists of keys do not "
                   "lead to one");
    return bad;
}

/* What is no checkpoint at all says nothing about the log; a damaged one of this log does. */
static int check(struct head *h) {
    struct err *why = &h->f->why;
    int bad = succeed(h);
    if (!bad)
        bad = trust_check(&h->trust, buf_str(&h->note), &h->checkpoint, &h->key, why);
    if (bad == -ERR_INVALID) {
        err_prefix(why, "checkpoint");
        for (size_t i = 0; i < h->trust.keys; i++)
            if (str_is(claimed_origin(h), h->trust.key[i].name))
                bad = -ERR_FORBIDDEN;
    }
    if (bad == -ERR_FORBIDDEN && !h->given && !h->first && h->trust.keys)
        say_how_to_go_on(h);
    return bad;
}

/* --- the whole --- */

int head_open(struct head *h, struct finding *f, const char *where) {
    *h = (struct head){.f = f, .note = BUF_INIT, .trust = TRUST_INIT, .by_place = BUF_INIT, .by_origin = BUF_INIT};
    int bad = verify_open_log(where, &h->from, &f->why);
    if (!bad)
        bad = fetch_get(h->from, "checkpoint", FETCH_FRESH, CHECKPOINT_MOST, &h->note, &f->why);
    if (!bad)
        bad = recall(h);
    if (!bad)
        bad = choose_keys(h);
    if (!bad)
        bad = check(h);
    if (bad)
        return bad;
    finding_set(f, "log", output_text(h->checkpoint.origin));
    finding_set(f, "size", json_integer((json_int_t)h->checkpoint.size));
    return 0;
}

/* The entry stands in the tree, and commits to the list. */
static int check_list(struct head *h, const struct key_entry *k) {
    struct follow_at at = {h->from, h->checkpoint.size};
    struct merkle_proof path;
    struct entry e;
    BUF_LOCAL(text);
    int bad = follow_entry(h->from, k->index, at.size, &text, &h->f->why);
    if (!bad)
        bad = merkle_prove_inclusion(k->index, at.size, follow_source, &at, &path, &h->f->why);
    if (bad)
        return bad;
    struct hash leaf = merkle_leaf(text.p, text.n);
    if (!merkle_check_inclusion(k->index, at.size, &leaf, path.hash, path.n, &h->checkpoint.root) ||
        entry_read(buf_str(&text), &e, NULL) || e.type != ENTRY_KEY || !e.committed ||
        !hash_same(&e.commit, &k->commit))
        return err_set(
            &h->f->why, ERR_FORBIDDEN,
            "entry %llu does not hold the list of keys that the log's \"keys\" says (daylight verify %s says "
            "more)",
            (unsigned long long)k->index, fetch_place(h->from));
    return 0;
}

int head_check_lists(struct head *h) {
    int bad = 0;
    for (size_t i = 0; !bad && i < h->succession.n; i++)
        bad = check_list(h, &h->succession.entry[i]);
    return bad;
}

int head_compare(struct head *h) {
    const struct checkpoint *now = &h->checkpoint, *before = &h->trust.checkpoint;
    struct follow_at at = {h->from, now->size};
    struct merkle_proof proof;
    if (!h->trust.note.n || !str_eq(before->origin, now->origin))
        return 0;
    if (before->size > now->size)
        return err_set(&h->f->why, ERR_FORBIDDEN,
                       "the log was rolled back: it shows %llu entries, and had signed %llu before",
                       (unsigned long long)now->size, (unsigned long long)before->size);
    int bad = merkle_prove_consistency(before->size, now->size, follow_source, &at, &proof, &h->f->why);
    if (bad)
        return bad;
    if (!merkle_check_consistency(before->size, now->size, &before->root, &now->root, proof.hash, proof.n))
        return err_set(
            &h->f->why, ERR_FORBIDDEN,
            "the log's tiles do not lead from the %llu entries that were seen at an earlier look to the %llu of "
            "today: it was forked, or its tiles were changed (daylight verify %s says which)",
            (unsigned long long)before->size, (unsigned long long)now->size, fetch_place(h->from));
    return 0;
}

static void say_first(struct head *h) {
    const char *kept = h->by_origin.n && may_name(h) ? " It is remembered from now on."
                       : h->by_place.n  ? " It is remembered for this address only, as the log's name is another one."
                       : h->by_origin.n ? " It is not remembered, as anybody could have made this folder."
                                        : "";
    finding_say(
        h->f,
        "This is the first look at this log: its key was taken from the log itself. Compare it with one that you "
        "have from elsewhere.%s",
        kept);
}

void head_say(struct head *h) {
    BUF_LOCAL(key);
    vkey_write(h->key, &key);
    finding_set(h->f, "key", output_text(buf_str(&key)));
    finding_set(h->f, "first_contact", json_boolean(h->first));
    finding_say(h->f, "signed by %s", key.p);
    finding_set(h->f, "key_lists", json_integer((json_int_t)h->succession.n));
    if (h->succession.n && !h->first)
        finding_say(h->f, "The log's keys were changed since: signed lists of keys lead from the one that was known to "
                          "this one.");
    if (h->first)
        say_first(h);
    if (h->by_origin.n && may_name(h))
        finding_set(h->f, "remembered_in", output_text(buf_str(&h->by_origin)));
    else if (h->by_place.n)
        finding_set(h->f, "remembered_in", output_text(buf_str(&h->by_place)));
}

void head_close(struct head *h) {
    fetch_close(h->from);
    trust_clear(&h->trust);
    buf_clear(&h->note);
    buf_clear(&h->by_place);
    buf_clear(&h->by_origin);
}

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A log's checkpoint, and whether to believe it: by keys that were given, that are remembered, or, at the first look,
 * that the log itself shows; or by those that took over from them, as the log's signed lists of keys say. */
#include "app/commands/verify.h"
#include "ledger/succession.h"

struct head {
    struct finding *f;
    struct fetch *from;
    struct buf note;                /* the checkpoint */
    struct checkpoint checkpoint;   /* what it says */
    const struct vkey *key;         /* that signed it */
    struct str policy;              /* --policy; empty: none */
    struct trust trust;             /* whom to trust, and what was seen before */
    bool given, first;              /* keys were given; this is the first look */
    bool known;                     /* keys are remembered under the log's name */
    struct succession succession;   /* the lists by which the known keys led to today's; n 0: they sign themselves */
    struct buf by_place, by_origin; /* where that is remembered; empty: nowhere */
};
/* Fetches and checks it. 0 or a code, with f->why; head_close() either way. */
int head_open(struct head *h, struct finding *f, const char *where);
/* Are the lists of keys that were followed in the log's tree? By its tiles; the caller that has read every entry asks
 * succession_check() instead. */
int head_check_lists(struct head *h);
/* Has the log grown from what was seen before? By its tiles; says so. */
int head_compare(struct head *h);
/* Says by whom it is signed, and whether that was the log's own word. */
void head_say(struct head *h);
/* Remembers it for the next look. learned: with the keys that the log's own list names; else with those that were
 * trusted. */
int head_remember(struct head *h, bool learned);
void head_close(struct head *h);

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A document while it is being read: fields are offered, texts are left out, warnings are given.
 *
 * Every visible text of the input ends in a field, in the body or in left_out; each reader keeps that promise through
 * these functions. Strings are copied into the arena. One thread at a time. */
#include "press/import.h"
#include "press/import/when.h"

struct draft {
    struct arena *a;
    const struct import_options *o;
    struct document d;
    size_t left_out_room, warnings_room;
    uint32_t *seen; /* open hash of left_out: index + 1, or 0 */
    size_t seen_room;
};

void draft_init(struct draft *dr, struct arena *a, const struct import_options *o, const char *format);

/* White space of any kind (no-break, ideographic, zero-width) becomes single spaces, none at the ends. */
struct str draft_fold(struct draft *dr, struct str text);
bool draft_is_blank(struct str text);
/* "", "null", "undefined", "${title}": what templates write when they have nothing to say. */
bool draft_is_void(struct str value);

/* Folded; identical texts are kept once. */
void draft_left_out(struct draft *dr, struct str text);
void draft_warn(struct draft *dr, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Offers a value for a field: taken when the field is empty. True when the field now holds this value. */
bool draft_offer(struct draft *dr, struct str *field, struct str value);
/* The same for the publish time; an ambiguous one gives a warning and is not taken. */
bool draft_offer_time(struct draft *dr, const struct when *w, struct str as_written);

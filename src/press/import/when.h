// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Moments as people and pages write them, in Chinese and English: 2024-03-16 17:48[:05], 2024/3/16, 2024年3月16日
 * 下午5:48, 二〇二四年三月十六日, March 16, 2024 5:48 p.m., Sat, 16 Mar 2024 …, RFC 3339, RFC 822. Full-width digits
 * count as digits. Only the first WHEN_LOOK characters of a text are looked at. Thread-safe. */
#include "base/str.h"

enum { WHEN_LOOK = 1024 };

struct when {
    int64_t us;
    bool has_clock; /* a time of day was given; else it is the day's first moment in the zone */
    bool ambiguous; /* 3/4/2024: day and month cannot be told apart; us is then 0 */
    size_t at, n;   /* where it stands in the text, in bytes */
};

/* The first moment in the text, in `zone` unless it names its own. False when there is none. */
bool when_find(struct str text, const char *zone, struct when *ret);
/* The whole of the text is a moment: also 20240316 and 20240316174805, as metadata has it. */
bool when_read(struct str text, const char *zone, struct when *ret);
/* A moment that stands at the very start of the text (spaces aside). */
bool when_starts(struct str text, const char *zone, struct when *ret);

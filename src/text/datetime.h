// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Moments for people and machines; zones are IANA names, through ICU. Thread-safe. Each form appends to *ret. An
 * unknown zone is shown as UTC (configuration checks it with zone_exists). */
#include "base/buf.h"

bool zone_exists(const char *zone);
/* "2026-11-19 16:40" (the form the Chinese guideline asks for) */
void datetime_add_minute(struct buf *ret, int64_t us, const char *zone);
/* "2026-11-19" */
void datetime_add_day(struct buf *ret, int64_t us, const char *zone);
/* RFC 3339 with the zone's offset, whole seconds: "2026-11-19T16:40:00+08:00" */
void datetime_add_rfc3339(struct buf *ret, int64_t us, const char *zone);
/* RFC 3339 in UTC to the microsecond: "2026-11-19T08:40:00.000000Z" */
void datetime_add_utc(struct buf *ret, int64_t us);
/* RFC 9110 / RFC 822: "Thu, 19 Nov 2026 08:40:00 GMT" */
void datetime_add_http(struct buf *ret, int64_t us);
/* In a language's own long form: "19 November 2026" ("en" is not that of the United States), "2026年11月19日" */
void datetime_add_long_day(struct buf *ret, int64_t us, const char *zone, const char *language);

/* RFC 3339, "YYYY-MM-DD HH:MM[:SS]" or "YYYY-MM-DD" (in `zone`); the whole string. False when it is none, or no such
 * day or zone. A leap second is read as the second before. */
bool datetime_parse(struct str s, const char *zone, int64_t *ret_us);
/* Civil fields in `zone` to a moment; false when out of range (year 1–9999, month 1–12 …) or there is no such zone. A
 * time that the clocks skip is moved forward; of one that they repeat the later is meant. */
bool datetime_from_civil(int year, int month, int day, int hour, int minute, int second, const char *zone,
                         int64_t *ret_us);

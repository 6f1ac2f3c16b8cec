// SPDX-License-Identifier: Apache-2.0
/* Facets as tokens. Months are UTC's: a coarse sieve, in front of the exact comparison of times. */
#include "press/search/facets.h"

#include "base/clock.h"

#include <inttypes.h>
#include <time.h>

enum { MONTHS_MOST = 120 };

static void add_language(struct buf *ret, const char *language) {
    buf_add_char(ret, 'l');
    for (const char *p = language; *p; p++)
        if (*p != '-')
            buf_add_char(ret, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
}

/* Months since the year 0; false beyond what the calendar can say. */
static bool month_of(int64_t us, int64_t *ret) {
    time_t seconds = (time_t)(us / CLOCK_SECOND_US - (us % CLOCK_SECOND_US < 0));
    struct tm t;
    if (!gmtime_r(&seconds, &t))
        return false;
    *ret = (t.tm_year + INT64_C(1900)) * 12 + t.tm_mon;
    return *ret >= 0;
}

static void add_month(struct buf *ret, int64_t month) {
    buf_printf(ret, "m%04" PRId64 "%02" PRId64, month / 12, month % 12 + 1);
}

void search_facets_add(struct buf *ret, const char *language, int64_t column_id, int64_t published_us) {
    int64_t month;
    add_language(ret, language);
    buf_printf(ret, " c%" PRId64, column_id);
    if (!month_of(published_us, &month))
        return;
    buf_add_char(ret, ' ');
    add_month(ret, month);
}

bool search_facets_may_be(struct str tokens) {
    char kind = tokens.n ? tokens.p[0] : 0;
    size_t n = 1;
    while (n < tokens.n && tokens.p[n] >= '0' && tokens.p[n] <= '9')
        n++;
    return kind == 'l' || ((kind == 'c' || kind == 'm') && (n == tokens.n || tokens.p[n] == ' '));
}

void search_facets_add_match(struct buf *ret, const char *language, int64_t column_id, int64_t from_us,
                             int64_t until_us) {
    buf_add_z(ret, "facets : (\"");
    add_language(ret, language);
    buf_add_char(ret, '"');
    if (column_id)
        buf_printf(ret, " AND \"c%" PRId64 "\"", column_id);
    int64_t first, last;
    if (from_us > INT64_MIN && until_us > from_us && month_of(from_us, &first) && month_of(until_us - 1, &last) &&
        last - first < MONTHS_MOST) {
        for (int64_t m = first; m <= last; m++) {
            buf_add_z(ret, m == first ? " AND (\"" : " OR \"");
            add_month(ret, m);
            buf_add_char(ret, '"');
        }
        buf_add_char(ret, ')');
    }
    buf_add_char(ret, ')');
}

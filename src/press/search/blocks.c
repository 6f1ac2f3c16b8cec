// SPDX-License-Identifier: Apache-2.0
/* Days and blocks of days (UTC's, counted from 1970), each length four times the one before: the index takes its time
 * for each block that a question names, so that any span is to be five at most, and hardly more than was asked for. */
#include "press/search/blocks.h"

#include "base/clock.h"
#include "text/utf8.h"

#include <inttypes.h>

enum { BLOCKS_MOST = 5, LONGEST_MOST = 64, BEGINNING_MOST = 2 };

static const int days[] = {1, 4, 16, 64, 256, 1024, 4096}; /* as in sql/schema */

enum { LENGTHS = sizeof days / sizeof *days };

static int64_t block_of(int64_t us, int64_t long_us) {
    return us / long_us - (us % long_us < 0);
}

void blocks_add_place(struct buf *ret, int64_t column_id, int64_t published_us) {
    buf_printf(ret, "'@c%" PRId64 "' ", column_id);
    for (size_t i = 0; i < LENGTHS; i++)
        buf_printf(ret, "'@%dd%" PRId64 "' ", days[i], block_of(published_us, days[i] * CLOCK_DAY_US));
}

bool blocks_add_span_query(struct buf *ret, int64_t *from_us, int64_t until_us) {
    for (size_t i = 0; i < LENGTHS; i++) {
        int64_t long_us = days[i] * CLOCK_DAY_US;
        int64_t first = block_of(*from_us, long_us), last = block_of(until_us - 1, long_us);
        if (last - first >= (i == LENGTHS - 1 ? LONGEST_MOST : BLOCKS_MOST))
            continue;
        for (int64_t n = first; n <= last; n++)
            buf_printf(ret, "%s'@%dd%" PRId64 "'", n == first ? "(" : " | ", days[i], n);
        buf_add_char(ret, ')');
        *from_us = first * long_us;
        return true;
    }
    return false;
}

void blocks_add_beginnings(struct buf *ret, struct str tokens) {
    struct str rest = tokens, token;
    while (str_cut(&rest, ' ', &token))
        for (size_t n = 1; n <= BEGINNING_MOST; n++) {
            struct str begins = utf8_first(token, n);
            if (begins.n < token.n)
                buf_printf(ret, "'@p%.*s' ", STR_FMT(begins));
        }
}

bool blocks_add_beginning_query(struct buf *ret, struct str beginning) {
    if (!beginning.n || utf8_first(beginning, BEGINNING_MOST).n < beginning.n ||
        str_find_char(beginning, ' ', 0) != SIZE_MAX)
        return false;
    buf_printf(ret, "('@p%.*s' | '%.*s')", STR_FMT(beginning), STR_FMT(beginning));
    return true;
}

// SPDX-License-Identifier: Apache-2.0
/* Days and blocks of days (UTC's, counted from 1970): three lengths, so that any span of time is a few dozen words. */
#include "press/search/blocks.h"

#include "base/clock.h"
#include "text/utf8.h"

#include <inttypes.h>

enum { BLOCKS_MOST = 16, BEGINNING_MOST = 2 };

static const struct {
    char name;
    int64_t us;
} length[] = {{'d', CLOCK_DAY_US}, {'m', 32 * CLOCK_DAY_US}, {'y', 1024 * CLOCK_DAY_US}};

enum { LENGTHS = sizeof length / sizeof *length };

static int64_t block_of(int64_t us, int64_t long_us) {
    return us / long_us - (us % long_us < 0);
}

void blocks_add_place(struct buf *ret, int64_t column_id, int64_t published_us) {
    buf_printf(ret, "'@c%" PRId64 "' ", column_id);
    for (size_t i = 0; i < LENGTHS; i++)
        buf_printf(ret, "'@%c%" PRId64 "' ", length[i].name, block_of(published_us, length[i].us));
}

bool blocks_add_span_query(struct buf *ret, int64_t *from_us, int64_t until_us) {
    for (size_t i = 0; i < LENGTHS; i++) {
        int64_t first = block_of(*from_us, length[i].us), last = block_of(until_us - 1, length[i].us);
        if (last - first >= BLOCKS_MOST)
            continue;
        for (int64_t n = first; n <= last; n++)
            buf_printf(ret, "%s'@%c%" PRId64 "'", n == first ? "(" : " | ", length[i].name, n);
        buf_add_char(ret, ')');
        *from_us = first * length[i].us;
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

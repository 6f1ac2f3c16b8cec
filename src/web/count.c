// SPDX-License-Identifier: Apache-2.0
/* Where an article's page shows its live count. */
#include "web/count.h"

#include <inttypes.h>

#define FOR_PEOPLE "<b data-count>"
#define FOR_PROGRAMS "\"userInteractionCount\":"

/* How many digits s begins with. */
static size_t digits(struct str s) {
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n;
}

/* Where the count for programs begins, in the last bytes before `end`; `end`: nowhere. */
static size_t find_for_programs(struct str html, size_t end) {
    size_t back = COUNT_APART_MOST + strlen(FOR_PROGRAMS), from = end > back ? end - back : 0, last = end;
    struct str before = str_first(html, end);
    for (size_t at = from; (at = str_find(before, STR(FOR_PROGRAMS), at)) != SIZE_MAX;) {
        at += strlen(FOR_PROGRAMS);
        if (digits(str_from(before, at)))
            last = at;
    }
    return last;
}

struct str count_find(struct str html) {
    size_t mark = str_find(html, STR(FOR_PEOPLE), 0);
    size_t end = mark == SIZE_MAX ? SIZE_MAX : str_find(html, STR("</b>"), mark);
    if (end == SIZE_MAX)
        return STR_NONE;
    size_t number = mark + strlen(FOR_PEOPLE), begin = find_for_programs(html, mark);
    if (begin == mark)
        begin = number;
    return str_part(html.p + begin, end - begin);
}

void count_write(struct str piece, int64_t count, struct str number, struct buf *ret) {
    size_t mark = str_find(piece, STR(FOR_PEOPLE), 0);
    if (mark != SIZE_MAX) {
        size_t n = digits(piece);
        buf_printf(ret, "%" PRId64, count);
        buf_add(ret, str_part(piece.p + n, mark + strlen(FOR_PEOPLE) - n));
    }
    buf_add(ret, number);
}

// SPDX-License-Identifier: Apache-2.0
/* A text of lines and cells in one line. */
#include "text/flat.h"

#include "text/utf8.h"

static bool is_in(uint32_t c, const char *set) {
    for (struct str s = str_of(set); s.n;)
        if (utf8_next(&s) == c)
            return true;
    return false;
}

struct str flat_between(struct str text, size_t at) {
    struct str before = str_first(text, at);
    uint32_t last = utf8_take_last(&before);
    if (!last || last == '\n' || last == '\t' || !str_trim(str_from(text, at)).n)
        return STR("");                     /* nothing to part */
    while (is_in(last, "\"')]”’»）」』》")) /* a sentence may end within quotes */
        last = utf8_take_last(&before);
    if (text.p[at] == '\n' && is_in(last, "。！？；：，、"))
        return STR("");
    return text.p[at] == '\n' && is_in(last, ".!?;:,…—") ? STR(" ") : STR(" · ");
}

void flat_add(struct buf *ret, struct str text) {
    for (size_t at = 0, end; at <= text.n; at = end + 1) {
        for (end = at; end < text.n && text.p[end] != '\n' && text.p[end] != '\t';)
            end++;
        buf_add(ret, str_part(text.p + at, end - at));
        if (end < text.n)
            buf_add(ret, flat_between(text, end));
    }
}

// SPDX-License-Identifier: Apache-2.0
/* Finds them wherever they stand: in a picture's address, in HTML. */
#include "press/erasure/media.h"

#include <string.h>

enum { DIGITS = 64, ENDING_MOST = 8 };

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

/* How long the address is that begins here, behind "/media/"; 0: it is none. */
static size_t name_length(struct str s) {
    size_t n = 0, ending = 0;
    while (n < s.n && n < DIGITS && is_hex(s.p[n]))
        n++;
    if (n != DIGITS || n == s.n || s.p[n] != '.')
        return 0;
    while (n + 1 + ending < s.n && ending < ENDING_MOST && is_word(s.p[n + 1 + ending]))
        ending++;
    return ending ? n + 1 + ending : 0;
}

bool media_next(struct str *rest, struct str *ret) {
    const struct str folder = STR("/media/");
    for (size_t at = str_find(*rest, folder, 0); at != SIZE_MAX; at = str_find(*rest, folder, at + 1)) {
        size_t n = name_length(str_from(*rest, at + folder.n));
        if (!n)
            continue;
        *ret = str_part(rest->p + at, folder.n + n);
        *rest = str_from(*rest, at + folder.n + n);
        return true;
    }
    return false;
}

// SPDX-License-Identifier: Apache-2.0
/* The reader's cookie: words parted by dots, in any order, each optional. */
#include "web/reader.h"

const char *const typeface_words[TYPEFACES] = {"small", "medium", "large"};
const char *const colour_words[COLOURS] = {"white", "paper", "green", "blue", "grey", "dark"};

static const struct reader reader_default = {TYPEFACE_MEDIUM, COLOUR_WHITE, false};

static void reader_set_word(struct reader *r, struct str word) {
    for (int i = 0; i < TYPEFACES; i++)
        if (str_is(word, typeface_words[i]))
            r->typeface = (enum typeface)i;
    for (int i = 0; i < COLOURS; i++)
        if (str_is(word, colour_words[i]))
            r->colour = (enum colour)i;
    if (str_is(word, "easy"))
        r->easy = true;
}

struct reader reader_parse(struct str cookie_header) {
    struct reader r = reader_default;
    struct str rest = cookie_header, pair, word;
    while (str_cut(&rest, ';', &pair)) {
        pair = str_trim(pair);
        if (!str_starts(pair, "reader="))
            continue;
        struct str words = str_from(pair, 7);
        while (str_cut(&words, '.', &word))
            reader_set_word(&r, word);
        break;
    }
    return r;
}

void reader_add(struct buf *ret, const struct reader *r) {
    buf_printf(ret, "%s.%s%s", typeface_words[r->typeface], colour_words[r->colour], r->easy ? ".easy" : "");
}

void reader_add_cookie(struct buf *ret, const struct reader *r, bool secure) {
    bool plain = reader_form(r) == reader_form(&reader_default);
    buf_add_z(ret, "reader=");
    if (!plain)
        reader_add(ret, r);
    buf_printf(ret, "; Path=/; Max-Age=%d; SameSite=Lax; HttpOnly%s", plain ? 0 : 31536000, secure ? "; Secure" : "");
}

unsigned reader_form(const struct reader *r) {
    return ((unsigned)r->typeface * COLOURS + (unsigned)r->colour) * 2 + r->easy;
}

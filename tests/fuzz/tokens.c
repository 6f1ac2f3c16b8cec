// SPDX-License-Identifier: Apache-2.0
/* A query, a line feed, a text: tokens are what tokens.h promises, what is in a text is found in it, and the snippet is
 * sound HTML that says what the text says. */
#include "text/tokens.h"
#include "text/escape.h"
#include "text/flat.h"
#include "text/snippet.h"
#include "text/utf8.h"

#include "fuzz.h"

#include <string.h>

static void check_tokens(struct str tokens) {
    struct str rest = tokens, token;
    FUZZ_CHECK(utf8_valid(tokens), "not UTF-8\n");
    FUZZ_CHECK(!tokens.n || tokens.p[tokens.n - 1] != ' ', "a space at the end\n");
    while (str_cut(&rest, ' ', &token)) {
        FUZZ_CHECK(token.n > 0 && token.n <= TOKEN_MOST, "\"%.*s\"\n", STR_FMT(token));
        for (size_t i = 0; i < token.n; i++)
            FUZZ_CHECK((unsigned char)token.p[i] >= 0x80 || (token.p[i] >= '0' && token.p[i] <= '9') ||
                           (token.p[i] >= 'a' && token.p[i] <= 'z'),
                       "\"%.*s\"\n", STR_FMT(token));
    }
}

/* As both engines look for a term. */
static bool stream_has(struct str stream, const struct query_term *t) {
    for (size_t at = 0; at < stream.n;) {
        size_t end = at + t->tokens.n;
        if (end <= stream.n && str_eq(str_part(stream.p + at, t->tokens.n), t->tokens) &&
            (t->prefix || end == stream.n || stream.p[end] == ' '))
            return true;
        size_t space = str_find_char(stream, ' ', at);
        at = space == SIZE_MAX ? stream.n : space + 1;
    }
    return false;
}

/* Every term of a text, taken as a query, is in that text's own tokens. */
static void check_own_words_are_found(struct str text) {
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(stream);
    struct search_query q;
    tokens_add(&stream, text);
    check_tokens(buf_str(&stream));
    search_query_parse(a, text, &q);
    FUZZ_CHECK(q.n <= QUERY_TERMS_MOST && !arena_failed(a), "%zu terms\n", q.n);
    for (size_t i = 0; i < q.n; i++) {
        check_tokens(q.term[i].tokens);
        FUZZ_CHECK(q.term[i].tokens.n, "an empty term\n");
        FUZZ_CHECK(stream_has(buf_str(&stream), &q.term[i]), "\"%.*s\" is not in \"%s\"\n", STR_FMT(q.term[i].tokens),
                   stream.p);
    }
}

/* The snippet without its marks and its dots is a part of the escaped text in one line. */
static void check_snippet(struct str text, const struct search_query *q, size_t most) {
    BUF_LOCAL(out);
    BUF_LOCAL(bare);
    BUF_LOCAL(flat);
    BUF_LOCAL(whole);
    snippet_add(&out, text, q, most);
    FUZZ_CHECK(!buf_failed(&out) && utf8_valid(buf_str(&out)), "not UTF-8\n");
    struct str rest = buf_str(&out);
    if (str_starts(rest, "…") && !str_starts(text, "…"))
        rest = str_from(rest, 3);
    if (str_ends(rest, "…") && !str_ends(text, "…"))
        rest.n -= 3;
    for (bool open = false; rest.n;) {
        if (str_starts(rest, open ? "</mark>" : "<mark>")) {
            rest = str_from(rest, open ? 7 : 6);
            open = !open;
        } else {
            FUZZ_CHECK(rest.p[0] != '<' && rest.p[0] != '>' && rest.p[0] != '\n', "%s\n", out.p);
            buf_add_char(&bare, rest.p[0]);
            rest = str_from(rest, 1);
        }
        FUZZ_CHECK(rest.n || !open, "a mark is open: %s\n", out.p);
    }
    flat_add(&flat, text);
    escape_html(&whole, buf_str(&flat));
    /* text of bad bytes is cut and repaired in other places as a part than as a whole */
    FUZZ_CHECK(!utf8_valid(text) || str_find(buf_str(&whole), buf_str(&bare), 0) != SIZE_MAX || strstr(bare.p, "…"),
               "\"%s\" is no part of \"%s\"\n", bare.p, whole.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n > 1000)
        return 0;
    struct str text = str_part((const char *)data, n), typed = STR_NONE;
    (void)str_cut(&text, '\n', &typed); /* without a line feed all is the query */
    ARENA_LOCAL(a, 0);
    struct search_query q;
    search_query_parse(a, typed, &q);
    BUF_LOCAL(engine);
    search_query_add_fts5(&engine, &q);
    FUZZ_CHECK(utf8_valid(buf_str(&engine)), "not UTF-8\n");
    check_own_words_are_found(typed);
    check_own_words_are_found(text);
    check_snippet(text, &q, 0);
    check_snippet(text, &q, 7);
    check_snippet(text, &q, 40);
    return 0;
}

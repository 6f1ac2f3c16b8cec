// SPDX-License-Identifier: Apache-2.0
/* One file in, one document out: sniff, decode, read. */
#include "press/import.h"

#include "base/size.h"
#include "press/import/docx.h"
#include "press/import/draft.h"
#include "press/import/format.h"
#include "press/import/marked.h"
#include "press/import/page.h"
#include "press/import/plain.h"
#include "text/charset.h"

/* By a mark at its start, or somewhere in its head. */
static bool declares_charset(struct str bytes) {
    struct str head = str_first(bytes, 4096);
    return str_starts(head, "\xff\xfe") || str_starts(head, "\xfe\xff") ||
           str_find_nocase(head, STR("charset"), 0) != SIZE_MAX ||
           str_find_nocase(head, STR("encoding="), 0) != SIZE_MAX;
}

/* What was unreadable before it came here counts too. */
static void warn_of_unknown(struct draft *dr, struct str text) {
    static const struct str mark = {"\uFFFD", 3};
    size_t n = 0;
    for (size_t at = str_find(text, mark, 0); at != SIZE_MAX; at = str_find(text, mark, at + mark.n))
        n++;
    if (n)
        draft_warn(dr, "%zu character%s could not be read; \uFFFD stands there.", n, n == 1 ? "" : "s");
}

static int read_text(struct draft *dr, enum format format, struct str bytes, struct err *reterr) {
    BUF_LOCAL(text);
    const char *charset = NULL;
    int r = charset_decode(bytes, NULL, &text, &charset, reterr);
    if (r)
        return r;
    if (buf_failed(&text))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    if (draft_is_blank(buf_str(&text)))
        return err_set(reterr, ERR_INVALID, "The file is empty.");
    if (charset && !str_is_nocase(str_of(charset), "UTF-8") && !declares_charset(bytes))
        draft_warn(dr, "The encoding is not declared; it was guessed: %s.", charset);
    warn_of_unknown(dr, buf_str(&text));
    if (format == FORMAT_HTML)
        return page_read(dr, buf_str(&text), false, reterr);
    return format == FORMAT_MARKDOWN ? marked_read(dr, buf_str(&text), reterr) : plain_read(dr, buf_str(&text), reterr);
}

int import_read(struct str bytes, const char *name, const struct import_options *o, struct arena *a,
                struct document *ret, struct err *reterr) {
    enum format format;
    struct draft dr;
    if (bytes.n > IMPORT_FILE_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "The file is larger than %s, the most that is taken.",
                       size_text(IMPORT_FILE_MOST).z);
    int r = format_sniff(bytes, name, &format, reterr);
    if (r)
        return r;
    draft_init(&dr, a, o, format_word(format));
    r = format == FORMAT_DOCX ? docx_read(&dr, bytes, reterr) : read_text(&dr, format, bytes, reterr);
    if (r)
        return r;
    *ret = dr.d;
    return 0;
}

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
#include "text/charset_label.h"

#include <string.h>

static bool is_ascii_word(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    return s.n > 0 && s.n <= 40;
}

/* read_as: what the bytes were found to be. A byte order mark needs no other word. */
static void warn_of_encoding(struct draft *dr, struct str bytes, const char *read_as) {
    struct str label = charset_declared_inside(bytes),
               shown = is_ascii_word(label) ? label : STR("a name that cannot be read");
    const struct charset *declared = charset_of_label(label);
    if (str_starts(bytes, "\xff\xfe") || str_starts(bytes, "\xfe\xff"))
        return;
    if (label.n && !declared)
        draft_warn(dr,
                   "It says that its encoding is %.*s, which is not known here; its bytes are %s, and were read so.",
                   STR_FMT(shown), read_as);
    else if (label.n && strcmp(declared->name, read_as) != 0)
        draft_warn(dr, "It says that its encoding is %.*s, which is wrong; its bytes are %s, and were read so.",
                   STR_FMT(shown), read_as);
    else if (!label.n && strcmp(read_as, "UTF-8") != 0)
        draft_warn(dr, "The encoding is not declared; it was guessed: %s.", read_as);
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
    if (charset)
        warn_of_encoding(dr, bytes, charset);
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

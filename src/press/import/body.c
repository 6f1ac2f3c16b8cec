// SPDX-License-Identifier: Apache-2.0
/* From a body as found to a finished document. What the input did not say is made from the text here, with a warning
 * where a person should look. */
#include "press/import/body.h"

#include "press/import/sift.h"
#include "text/flat.h"
#include "text/html.h"
#include "text/language.h"
#include "text/utf8.h"

#include <string.h>

enum { SUMMARY_MOST = 200, TITLE_MOST = 120, GUESS_BYTES = 16384 };

/* --- summary and title from the text --- */

static bool ends_sentence(uint32_t c, uint32_t next) {
    if (c == 0x3002 || c == 0xff01 || c == 0xff1f)
        return true;
    return (c == '.' || c == '!' || c == '?') && (next == ' ' || next == 0);
}

/* "Mr. Hale", "No. 5", "J. Smith": a point that ends no sentence. */
static bool is_abbreviation(struct str before_point) {
    static const char *const words[] = {"Mr",   "Mrs",  "Ms",     "Dr",   "No",  "St",  "Prof", "Sgt",
                                        "Insp", "Supt", "Lt",     "Col",  "Gen", "Gov", "Capt", "Art",
                                        "Sec",  "vs",   "approx", "Jan",  "Feb", "Mar", "Apr",  "Jun",
                                        "Jul",  "Aug",  "Sep",    "Sept", "Oct", "Nov", "Dec"};
    size_t start = before_point.n;
    while (start && before_point.p[start - 1] != ' ')
        start--;
    struct str word = str_from(before_point, start);
    if (word.n == 1 && word.p[0] >= 'A' && word.p[0] <= 'Z')
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return true;
    return false;
}

/* The end of the last sentence that ends within `most` characters, in bytes; 0 when the first is longer. */
static size_t sentences_end(struct str text, size_t most, bool only_first) {
    size_t end = 0, count = 0;
    for (struct str rest = text; rest.n && count < most; count++) {
        size_t at = text.n - rest.n;
        uint32_t c = utf8_next(&rest);
        struct str ahead = rest;
        uint32_t next = utf8_next(&ahead);
        bool quoted = next == 0x201d || next == '"' || next == 0x300d;
        if (!ends_sentence(c, quoted ? ' ' : next) || (c == '.' && is_abbreviation(str_first(text, at))))
            continue;
        end = text.n - (quoted ? ahead.n : rest.n);
        if (only_first)
            break;
    }
    return end;
}

/* Cut at a space where the script has spaces, with an ellipsis. */
static void add_cut(struct buf *b, struct str text, size_t most) {
    struct str part = utf8_first(text, most);
    if (part.n == text.n) {
        buf_add(b, text);
        return;
    }
    size_t space = part.n;
    while (space && part.p[space - 1] != ' ')
        space--;
    if (space > part.n / 2)
        part.n = space;
    buf_add(b, str_trim(part));
    buf_add_z(b, "…");
}

static struct str sentence_of(struct draft *dr, struct str text, size_t most, bool only_first) {
    BUF_LOCAL(b);
    size_t end = sentences_end(text, most, only_first);
    if (end)
        buf_add(&b, str_trim(str_first(text, end)));
    else
        add_cut(&b, text, most);
    return arena_buf(dr->a, &b);
}

/* The first line that says something: greetings, headings and the like are short. */
static struct str first_paragraph(struct str text) {
    static const size_t enough[] = {80, 30, 1};
    for (size_t i = 0; i < sizeof enough / sizeof *enough; i++) {
        struct str rest = text, line;
        while (str_cut(&rest, '\n', &line)) {
            line = str_trim(line);
            if (text_weight(line) >= enough[i])
                return line;
        }
    }
    return STR_NONE;
}

/* --- language --- */

static struct str primary(struct str tag) {
    size_t at = str_find_char(tag, '-', 0);
    return str_first(tag, at);
}

static bool is_traditional(struct str tag) {
    return str_starts_nocase(tag, "zh-tw") || str_starts_nocase(tag, "zh-hk") || str_starts_nocase(tag, "zh-mo") ||
           str_starts_nocase(tag, "zh-hant");
}

/* The site's own tag for the language: the same, else one of the same primary language (and script, for Chinese). */
static const char *of_site(const struct import_options *o, struct str tag) {
    for (size_t i = 0; i < o->site_languages_n; i++)
        if (str_eq_nocase(str_of(o->site_languages[i]), tag))
            return o->site_languages[i];
    for (size_t i = 0; i < o->site_languages_n; i++) {
        struct str mine = str_of(o->site_languages[i]);
        if (str_eq_nocase(primary(mine), primary(tag)) && is_traditional(mine) == is_traditional(tag))
            return o->site_languages[i];
    }
    return NULL;
}

/* Which writing: languages that share none cannot be mistaken for each other. */
static int script_of(struct str tag) {
    static const char *const groups[] = {"zh",    "ja", "ko", "ar fa ur ps ug", "ru uk bg sr be mk kk mn",
                                         "he yi", "el", "th", "hi mr ne"};
    struct str p = primary(tag);
    for (int i = 0; i < (int)(sizeof groups / sizeof *groups); i++) {
        struct str rest = str_of(groups[i]), one;
        while (str_cut(&rest, ' ', &one))
            if (str_eq_nocase(one, p))
                return i + 1;
    }
    return 0;
}

static void set_language(struct draft *dr, struct str tag) {
    const char *mine = of_site(dr->o, tag);
    char canonical[LANGUAGE_MOST];
    if (!mine && language_normalise(tag, canonical))
        mine = canonical;
    struct str chosen = str_first(str_of(mine ? mine : "en"), LANGUAGE_MOST - 1);
    memcpy(dr->d.language, chosen.p, chosen.n);
    dr->d.language[chosen.n] = 0;
}

static void find_language(struct draft *dr, struct str declared, struct str text) {
    if (dr->o->language) {
        set_language(dr, str_of(dr->o->language));
        return;
    }
    BUF_LOCAL(sample);
    buf_add(&sample, dr->d.title);
    buf_add_char(&sample, '\n');
    buf_add(&sample, str_first(text, GUESS_BYTES));
    struct str guess = str_of(language_guess(buf_str(&sample)));
    char canonical[LANGUAGE_MOST];
    if (draft_is_void(declared) || !language_normalise(str_trim(declared), canonical)) {
        set_language(dr, guess);
        return;
    }
    /* Templates and translation machines often leave a wrong tag; the letters do not lie. */
    if (script_of(str_of(canonical)) != script_of(guess)) {
        draft_warn(dr, "The page says that it is in \"%s\", but its letters say \"%.*s\"; the letters were believed.",
                   canonical, STR_FMT(guess));
        set_language(dr, guess);
        return;
    }
    set_language(dr, str_of(canonical));
}

/* --- all --- */

/* text: the first paragraph. */
static void find_title(struct draft *dr, struct str text) {
    if (dr->d.title.n)
        return;
    dr->d.title = sentence_of(dr, text, TITLE_MOST, true);
    draft_warn(dr, "No title was found; the first sentence was taken.");
}

int body_finish_clean(struct draft *dr, struct str clean, struct str declared_language, struct err *reterr) {
    BUF_LOCAL(text);
    html_text(clean, &text);
    if (buf_failed(&text))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    if (draft_is_blank(buf_str(&text)))
        return err_set(reterr, ERR_INVALID, "No text was found in it that could be an article.");
    dr->d.body_html = arena_str(dr->a, clean);
    BUF_LOCAL(first); /* it may be the row of a table */
    flat_add(&first, first_paragraph(buf_str(&text)));
    find_title(dr, buf_str(&first));
    find_language(dr, declared_language, buf_str(&text));
    if (!dr->d.summary.n)
        dr->d.summary = draft_fold(dr, sentence_of(dr, buf_str(&first), SUMMARY_MOST, false));
    if (!dr->d.has_time)
        draft_warn(dr, "No publish time was found.");
    if (arena_failed(dr->a) || buf_failed(&first))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    return 0;
}

int body_finish(struct draft *dr, struct str html, struct str declared_language, struct err *reterr) {
    BUF_LOCAL(clean);
    int r = html_clean(html, &clean, reterr);
    if (r)
        return r;
    if (buf_failed(&clean))
        return err_set(reterr, ERR_NO_MEMORY, "There is not enough memory to read it; nothing was taken.");
    return body_finish_clean(dr, buf_str(&clean), declared_language, reterr);
}

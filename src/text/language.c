// SPDX-License-Identifier: Apache-2.0
/* Languages by tag: ICU's knowledge of names and directions, RFC 9110's of preferences, and a guess by script. */
#include "text/language.h"

#include "text/utf8.h"

#include <string.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

bool language_normalise(struct str tag, char ret[LANGUAGE_MOST]) {
    char typed[64], locale[64], canonical[64];
    UErrorCode bad = U_ZERO_ERROR;
    int32_t taken = 0;
    if (!tag.n || tag.n >= sizeof typed)
        return false;
    for (size_t i = 0; i < tag.n; i++)
        typed[i] = tag.p[i] == '_' ? '-' : tag.p[i];
    typed[tag.n] = 0;
    (void)uloc_forLanguageTag(typed, locale, sizeof locale, &taken, &bad); /* its result is in locale */
    if (U_FAILURE(bad) || (size_t)taken != tag.n || !locale[0])
        return false;
    int32_t n = uloc_toLanguageTag(locale, canonical, sizeof canonical, true, &bad);
    if (U_FAILURE(bad) || n <= 0 || n >= LANGUAGE_MOST)
        return false;
    memcpy(ret, canonical, (size_t)n + 1);
    return true;
}

bool language_is_rtl(const char *tag) {
    return uloc_isRightToLeft(tag);
}

static void add_utf16(struct buf *ret, const UChar *text, int32_t n) {
    char out[256];
    int32_t bytes = 0;
    UErrorCode bad = U_ZERO_ERROR;
    u_strToUTF8(out, sizeof out, &bytes, text, n, &bad);
    if (U_SUCCESS(bad) && bytes < (int32_t)sizeof out)
        buf_add(ret, str_part(out, (size_t)bytes));
}

void language_add_name(struct buf *ret, const char *tag) {
    UChar name[128];
    UErrorCode bad = U_ZERO_ERROR;
    char script_form[LANGUAGE_MOST + 8];
    const char *asked = tag;
    if (strcmp(tag, "zh-CN") == 0 || strcmp(tag, "zh-TW") == 0) { /* people tell these two apart by the script */
        strncpy(script_form, tag[3] == 'C' ? "zh-Hans" : "zh-Hant", sizeof script_form - 1);
        script_form[sizeof script_form - 1] = 0;
        asked = script_form;
    }
    ULocaleDisplayNames *names = uldn_open(asked, ULDN_DIALECT_NAMES, &bad);
    int32_t n = uldn_localeDisplayName(names, asked, name, 128, &bad);
    uldn_close(names);
    if (U_FAILURE(bad) || n <= 0 || n > 128)
        buf_add_z(ret, tag);
    else
        add_utf16(ret, name, n);
}

/* q of one element of the header, in thousandths; 0 for "not wanted". */
static int quality(struct str parameters) {
    struct str part;
    while (str_cut(&parameters, ';', &part)) {
        part = str_trim(part);
        if (!str_starts_nocase(part, "q="))
            continue;
        part = str_from(part, 2);
        if (part.n && part.p[0] == '1')
            return 1000;
        int q = 0, scale = 100;
        for (size_t i = 2; i < part.n && i < 5; i++, scale /= 10)
            if (part.p[i] >= '0' && part.p[i] <= '9')
                q += (part.p[i] - '0') * scale;
        return q;
    }
    return 1000;
}

/* 3: the same tag; 2: the one is a longer form of the other; 1: any; 0: no match. */
static int nearness(struct str asked, const char *offered) {
    struct str o = str_of(offered);
    if (str_is(asked, "*"))
        return 1;
    if (str_eq_nocase(asked, o))
        return 3;
    size_t a = str_find_char(asked, '-', 0), b = str_find_char(o, '-', 0);
    return str_eq_nocase(str_first(asked, a), str_first(o, b)) ? 2 : 0;
}

int language_negotiate(struct str accept, const char *const *offered, size_t n) {
    int best = -1, best_score = 0;
    struct str element;
    while (str_cut(&accept, ',', &element)) {
        size_t at = str_find_char(element, ';', 0);
        struct str asked = str_trim(str_first(element, at));
        int q = quality(at == SIZE_MAX ? STR_NONE : str_from(element, at + 1));
        for (size_t i = 0; i < n; i++) {
            int near = nearness(asked, offered[i]);
            int score = near ? q * 4 + near : 0;
            if (q > 0 && score > best_score) {
                best = (int)i;
                best_score = score;
            }
        }
    }
    return best;
}

enum { GUESS_FROM = 4000 };

/* Characters that only the one of the two Chinese scripts uses, among the most frequent of each. */
static bool one_of(uint32_t c, const char *set) {
    struct str rest = str_of(set);
    while (rest.n)
        if (utf8_next(&rest) == c)
            return true;
    return false;
}

static const char simplified[] =
    "这国们为说时会对发来过还没样应关现实业产动开设务门进长东车书见问间报员场办红级听马们乡厅众传体";
static const char traditional[] =
    "這國們為說時會對發來過還沒樣應關現實業產動開設務門進長東車書見問間報員場辦紅級聽馬鄉廳眾傳體";

struct census {
    size_t latin, han, kana, hangul, arabic, cyrillic, hebrew, greek, thai, devanagari;
    size_t hans, hant;
};

static void count_letter(struct census *n, uint32_t c) {
    UErrorCode bad = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)c, &bad)) {
    case USCRIPT_LATIN:
        n->latin++;
        break;
    case USCRIPT_HAN:
        n->han++;
        n->hans += one_of(c, simplified);
        n->hant += one_of(c, traditional);
        break;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        n->kana++;
        break;
    case USCRIPT_HANGUL:
        n->hangul++;
        break;
    case USCRIPT_ARABIC:
        n->arabic++;
        break;
    case USCRIPT_CYRILLIC:
        n->cyrillic++;
        break;
    case USCRIPT_HEBREW:
        n->hebrew++;
        break;
    case USCRIPT_GREEK:
        n->greek++;
        break;
    case USCRIPT_THAI:
        n->thai++;
        break;
    case USCRIPT_DEVANAGARI:
        n->devanagari++;
        break;
    default:
        break;
    }
}

const char *language_guess(struct str text) {
    struct census n = {0};
    struct str rest = utf8_first(text, GUESS_FROM);
    while (rest.n)
        count_letter(&n, utf8_next(&rest));
    const struct {
        size_t letters;
        const char *tag;
    } guesses[] = {
        /* a Chinese or Japanese character says about as much as three Latin letters */
        {(n.han + n.kana) * 3, n.kana * 5 > n.han ? "ja"
                               : n.hant > n.hans  ? "zh-TW"
                                                  : "zh-CN"},
        {n.hangul * 2, "ko"},
        {n.arabic, "ar"},
        {n.cyrillic, "ru"},
        {n.hebrew, "he"},
        {n.greek, "el"},
        {n.thai, "th"},
        {n.devanagari, "hi"},
    };
    const char *best = "en";
    size_t most = n.latin;
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
        if (guesses[i].letters > most) {
            most = guesses[i].letters;
            best = guesses[i].tag;
        }
    }
    return best;
}

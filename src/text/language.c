// SPDX-License-Identifier: Apache-2.0
/* Languages by tag: ICU's knowledge of names and directions, RFC 9110's of preferences, and a guess by script. */
#include "text/language.h"

#include "text/utf8.h"

#include <pthread.h>
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
    if (U_FAILURE(bad) || (size_t)taken != tag.n || uloc_getLanguage(locale, canonical, sizeof canonical, &bad) == 0)
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

static void add_name(struct buf *ret, const char *tag) {
    UChar name[128];
    UErrorCode bad = U_ZERO_ERROR;
    const char *asked = tag; /* people tell these two apart by the script */
    if (strcmp(tag, "zh-CN") == 0)
        asked = "zh-Hans";
    else if (strcmp(tag, "zh-TW") == 0)
        asked = "zh-Hant";
    ULocaleDisplayNames *names = uldn_open(asked, ULDN_DIALECT_NAMES, &bad);
    int32_t n = uldn_localeDisplayName(names, asked, name, 128, &bad);
    uldn_close(names);
    if (U_FAILURE(bad) || n <= 0 || n > 128)
        buf_add_z(ret, tag);
    else
        add_utf16(ret, name, n);
}

/* Every page names the site's languages, and ICU reads a whole bundle for each name: the first ones asked for are kept.
 */
enum { NAMES_KEPT = 32, NAME_MOST = 120 };
static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static size_t names_n;
static struct {
    char tag[LANGUAGE_MOST], name[NAME_MOST];
    size_t n;
} names_kept[NAMES_KEPT];

/* With the lock. NAMES_KEPT: it is not there. */
static size_t find_name(const char *tag) {
    for (size_t i = 0; i < names_n; i++)
        if (strcmp(names_kept[i].tag, tag) == 0)
            return i;
    return NAMES_KEPT;
}

static void keep_name(const char *tag, const struct buf *name) {
    size_t tag_n = strlen(tag);
    if (names_n == NAMES_KEPT || tag_n >= LANGUAGE_MOST || name->n > NAME_MOST || buf_failed(name))
        return;
    memcpy(names_kept[names_n].tag, tag, tag_n + 1);
    memcpy(names_kept[names_n].name, name->p, name->n);
    names_kept[names_n++].n = name->n;
}

void language_add_name(struct buf *ret, const char *tag) {
    (void)pthread_mutex_lock(&names_lock);
    size_t at = find_name(tag);
    if (at == NAMES_KEPT) {
        BUF_LOCAL(name);
        add_name(&name, tag);
        keep_name(tag, &name);
        buf_add(ret, buf_str(&name));
    } else {
        buf_add(ret, str_part(names_kept[at].name, names_kept[at].n));
    }
    (void)pthread_mutex_unlock(&names_lock);
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

/* The script that a tag means, by itself or by its region ("zh-HK": Hant); "" where that is not known. */
static void script_of(struct str tag, char ret[ULOC_SCRIPT_CAPACITY]) {
    char typed[64], full[128];
    UErrorCode bad = U_ZERO_ERROR;
    ret[0] = 0;
    if (tag.n >= sizeof typed)
        return;
    memcpy(typed, tag.p, tag.n);
    typed[tag.n] = 0;
    (void)uloc_addLikelySubtags(typed, full, sizeof full, &bad); /* its result is in full */
    if (U_SUCCESS(bad))
        (void)uloc_getScript(full, ret, ULOC_SCRIPT_CAPACITY, &bad);
    if (U_FAILURE(bad))
        ret[0] = 0;
}

static bool same_script(struct str a, struct str b) {
    char of_a[ULOC_SCRIPT_CAPACITY], of_b[ULOC_SCRIPT_CAPACITY];
    script_of(a, of_a);
    script_of(b, of_b);
    return of_a[0] && strcmp(of_a, of_b) == 0;
}

enum { RANGES_MOST = 32 }; /* of one header; people name a handful */

struct range {
    struct str tag;
    int q;
    size_t place;
};

static bool is_prefix(struct str range, struct str tag) {
    return tag.n >= range.n && str_eq_nocase(str_first(tag, range.n), range) &&
           (tag.n == range.n || tag.p[range.n] == '-');
}

/* 4: the same tag; 3: the same language and script; 2: the same language; 1: any; 0: no match. Only a range that
 * covers a language can refuse it: "zh-TW;q=0" says nothing about zh-CN. */
static int nearness(const struct range *r, struct str offered) {
    if (str_is(r->tag, "*"))
        return 1;
    if (str_eq_nocase(r->tag, offered))
        return 4;
    struct str language = str_first(r->tag, str_find_char(r->tag, '-', 0));
    if (!str_eq_nocase(language, str_first(offered, str_find_char(offered, '-', 0))) ||
        (r->q == 0 && !is_prefix(r->tag, offered)))
        return 0;
    return same_script(r->tag, offered) ? 3 : 2;
}

static size_t read_ranges(struct str accept, struct range ret[RANGES_MOST]) {
    size_t n = 0;
    struct str element;
    while (n < RANGES_MOST && str_cut(&accept, ',', &element)) {
        size_t at = str_find_char(element, ';', 0);
        struct str tag = str_trim(str_first(element, at));
        if (!tag.n)
            continue;
        ret[n] = (struct range){tag, quality(at == SIZE_MAX ? STR_NONE : str_from(element, at + 1)), n};
        n++;
    }
    return n;
}

int language_negotiate(struct str accept, const char *const *offered, size_t n) {
    struct range range[RANGES_MOST];
    size_t ranges = read_ranges(accept, range);
    const struct range *wish = NULL; /* the range that the best so far answers */
    int best = -1, best_near = 0;
    for (size_t i = 0; i < n; i++) {
        const struct range *nearest = NULL; /* it alone decides how much this language is wanted */
        int near = 0;
        for (size_t k = 0; k < ranges; k++) {
            int now = nearness(&range[k], str_of(offered[i]));
            if (now > near || (now && now == near && range[k].q > nearest->q)) {
                near = now;
                nearest = &range[k];
            }
        }
        if (!nearest || nearest->q == 0)
            continue;
        if (!wish || nearest->q > wish->q || (nearest->q == wish->q && nearest->place < wish->place) ||
            (nearest == wish && near > best_near)) {
            wish = nearest;
            best_near = near;
            best = (int)i;
        }
    }
    return best;
}

enum { GUESS_FROM = 4000 };

/* Characters that only the one of the two Chinese scripts uses, among the most frequent of each. */
static const char simplified[] =
    "这国们为说时会对发来过还没样应关现实业产动开设务门进长东车书见问间报员场办红级听马们乡厅众传体";
static const char traditional[] =
    "這國們為說時會對發來過還沒樣應關現實業產動開設務門進長東車書見問間報員場辦紅級聽馬鄉廳眾傳體";

enum { HAN_FIRST = 0x4e00, HAN_LAST = 0x9fff };
struct han_set {
    uint64_t bit[(HAN_LAST - HAN_FIRST) / 64 + 1];
};
static struct han_set is_simplified, is_traditional; /* filled once */

static void fill(struct han_set *set, const char *characters) {
    struct str rest = str_of(characters);
    while (rest.n) {
        uint32_t at = utf8_next(&rest) - HAN_FIRST;
        set->bit[at / 64] |= UINT64_C(1) << at % 64;
    }
}

static void fill_both(void) {
    fill(&is_simplified, simplified);
    fill(&is_traditional, traditional);
}

static bool one_of(uint32_t c, const struct han_set *set) {
    uint32_t at = c - HAN_FIRST;
    return c >= HAN_FIRST && c <= HAN_LAST && (set->bit[at / 64] >> at % 64 & 1);
}

struct census {
    size_t latin, han, kana, hangul, arabic, cyrillic, hebrew, greek, thai, devanagari;
    size_t hans, hant;
};

static void count_letter(struct census *n, uint32_t c) {
    UErrorCode bad = U_ZERO_ERROR;
    if (c < 0x80) {
        n->latin += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return;
    }
    switch (uscript_getScript((UChar32)c, &bad)) {
    case USCRIPT_LATIN:
        n->latin++;
        break;
    case USCRIPT_HAN:
        n->han++;
        n->hans += one_of(c, &is_simplified);
        n->hant += one_of(c, &is_traditional);
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
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, fill_both); /* cannot fail */
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

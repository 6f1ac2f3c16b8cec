// SPDX-License-Identifier: Apache-2.0
/* Every line has one spelling, so an entry that was read is written as the same bytes. */
#include "ledger/entry.h"

#include "ledger/lines.h"

#include <inttypes.h>
#include <string.h>

enum { DAY_LEAST = 0, DAY_MOST = 2932896 /* 9999-12-31 */ };

static const char *const types[] = {
#define X(name, word) [ENTRY_##name] = word,
    ENTRY_TYPES(X)
#undef X
};

static const char *const codes[] = {
#define X(name, word) [ENTRY_CODE_##name] = word,
    ENTRY_CODES(X)
#undef X
};

/* Which codes a type may bear: bits by enum entry_code. */
#define BIT(code) (1u << ENTRY_CODE_##code)
#define REASONS (BIT(ERROR) | BIT(OUTDATED) | BIT(PRIVACY) | BIT(LAW) | BIT(OTHER))
static const uint32_t allowed[ENTRY_TYPE_COUNT] = {
    [ENTRY_KEY] = BIT(FOUNDING) | BIT(ROTATION) | BIT(RETIREMENT),
    [ENTRY_POLICY] = BIT(NONE),
    [ENTRY_INCIDENT] = BIT(FORK) | BIT(ROLLBACK) | BIT(UNWITNESSED) | BIT(OUTAGE) | BIT(OTHER),
    [ENTRY_PUBLISH] = BIT(NONE) | BIT(ADOPTED) | BIT(TRANSLATION) | BIT(AGAIN),
    [ENTRY_EMERGENCY] = BIT(NONE) | BIT(TRANSLATION) | BIT(AGAIN),
    [ENTRY_COUNTERSIGN] = BIT(NONE),
    [ENTRY_CORRECT] = BIT(NONE),
    [ENTRY_WITHDRAW] = REASONS,
    [ENTRY_ERASE] = REASONS,
    [ENTRY_RECEIVE] = BIT(NONE),
    [ENTRY_REGISTER] = BIT(NONE),
    [ENTRY_ASSIGN] = BIT(NONE),
    [ENTRY_RECUSE] = BIT(NONE),
    [ENTRY_EXTEND] = BIT(NONE),
    [ENTRY_ANSWER] = BIT(NONE),
    [ENTRY_REVIEW] = BIT(NONE),
    [ENTRY_DECIDE] = BIT(NONE),
};

const char *entry_type_word(enum entry_type t) {
    return types[t];
}
const char *entry_code_word(enum entry_code c) {
    return codes[c];
}

bool entry_allows(enum entry_type t, enum entry_code c) {
    return allowed[t] >> c & 1;
}

static int find(const char *const *list, int n, struct str word) {
    for (int i = 0; i < n; i++)
        if (str_is(word, list[i]))
            return i;
    return -1;
}

int entry_type_read(struct str word, enum entry_type *ret) {
    int i = find(types, ENTRY_TYPE_COUNT, word);
    if (i < 0)
        return -ERR_INVALID;
    *ret = (enum entry_type)i;
    return 0;
}

int entry_code_read(struct str word, enum entry_code *ret) {
    int i = find(codes, ENTRY_CODE_COUNT, word);
    if (i < 0)
        return -ERR_INVALID;
    *ret = (enum entry_code)i;
    return 0;
}

/* --- days: the proleptic Gregorian calendar, years 1970 to 9999 --- */

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_of(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static int64_t days_before(int64_t year) {
    int64_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

static void add_day(struct buf *to, int64_t day) {
    int64_t year = 1970 + day / 366;
    while (days_before(year + 1) <= day)
        year++;
    int64_t rest = day - days_before(year);
    int month = 1;
    while (rest >= days_of(year, month))
        rest -= days_of(year, month++);
    buf_printf(to, "%04" PRId64 "-%02d-%02d", year, month, (int)rest + 1);
}

static bool read_number(struct str digits, int64_t *ret) {
    int64_t n = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9')
            return false;
        n = n * 10 + (digits.p[i] - '0');
    }
    *ret = n;
    return true;
}

static bool read_day(struct str s, int64_t *ret) {
    int64_t year, month, day;
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !read_number(str_first(s, 4), &year) ||
        !read_number(str_part(s.p + 5, 2), &month) || !read_number(str_part(s.p + 8, 2), &day) || year < 1970 ||
        month < 1 || month > 12 || day < 1 || day > days_of(year, (int)month))
        return false;
    int64_t days = days_before(year) + day - 1;
    for (int m = 1; m < (int)month; m++)
        days += days_of(year, m);
    *ret = days;
    return true;
}

/* --- writing --- */

static bool is_unit(const char *unit) {
    size_t n = strlen(unit);
    return n <= ENTRY_UNIT_MOST && strspn(unit, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && strcmp(unit, "-") != 0;
}

static void add_lines(const struct entry *e, struct buf *to) {
    buf_printf(to, "daylight/v1\n%s\n", types[e->type]);
    add_day(to, e->day);
    buf_printf(to, "\nunit %s\nref ", e->unit[0] ? e->unit : "-");
    if (e->ref >= 0)
        buf_add_int(to, e->ref);
    else
        buf_add_char(to, '-');
    buf_add_z(to, "\ncommit ");
    if (e->committed)
        lines_add_base64(to, e->commit.b, sizeof e->commit.b);
    else
        buf_add_char(to, '-');
    buf_printf(to, "\ncode %s\n", codes[e->code]);
}

int entry_write(const struct entry *e, struct buf *to, struct err *reterr) {
    if ((unsigned)e->type >= ENTRY_TYPE_COUNT || (unsigned)e->code >= ENTRY_CODE_COUNT || e->day < DAY_LEAST ||
        e->day > DAY_MOST || e->ref < -1 || !is_unit(e->unit))
        return err_set(reterr, ERR_INVALID, "The entry cannot be written: a field is out of its bounds.");
    if (!entry_allows(e->type, e->code))
        return err_set(reterr, ERR_INVALID, "An entry of type %s does not bear the code %s.", types[e->type],
                       codes[e->code]);
    size_t from = to->n;
    add_lines(e, to);
    if (buf_failed(to))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    if (to->n - from > ENTRY_MOST)
        BUG("an entry is longer than its fields allow");
    return 0;
}

/* --- reading --- */

/* NULL, or which line is wrong. */
static const char *read_lines(struct str text, struct entry *e) {
    struct str line[7], s;
    for (size_t i = 0; i < 7; i++)
        if (!lines_next(&text, &line[i]))
            return "it has seven lines, each with its line feed";
    if (text.n)
        return "nothing stands behind its seventh line";
    if (!str_is(line[0], "daylight/v1"))
        return "its first line is daylight/v1";
    if (entry_type_read(line[1], &e->type))
        return "its second line is a type of the list";
    if (!read_day(line[2], &e->day))
        return "its third line is a day, YYYY-MM-DD";
    if (!lines_word(line[3], "unit", &s) || s.n == 0 || s.n > ENTRY_UNIT_MOST)
        return "its fourth line is \"unit\" and a department";
    if (!str_is(s, "-"))
        memcpy(e->unit, s.p, s.n);
    if (!is_unit(e->unit))
        return "a department is written with a-z, 0-9 and -";
    uint64_t ref;
    if (!lines_word(line[4], "ref", &s) || (!str_is(s, "-") && !lines_decimal(s, INT64_MAX, &ref)))
        return "its fifth line is \"ref\" and an index or -";
    e->ref = str_is(s, "-") ? -1 : (int64_t)ref;
    if (!lines_word(line[5], "commit", &s))
        return "its sixth line is \"commit\" and 32 bytes in base64 or -";
    e->committed = !str_is(s, "-");
    if (e->committed && !lines_base64(s, e->commit.b, sizeof e->commit.b))
        return "its sixth line is \"commit\" and 32 bytes in base64 or -";
    if (!lines_word(line[6], "code", &s) || entry_code_read(s, &e->code))
        return "its seventh line is \"code\" and a word of the list or -";
    return entry_allows(e->type, e->code) ? NULL : "its type may bear its code";
}

int entry_read(struct str text, struct entry *ret, struct err *reterr) {
    struct entry e = {0};
    const char *rule = text.n > ENTRY_MOST || memchr(text.n ? text.p : "", 0, text.n)
                           ? "it has 256 bytes at most and no zero byte"
                           : read_lines(text, &e);
    if (rule)
        return err_set(reterr, ERR_INVALID, "This is not an entry of this ledger: of one, %s.", rule);
    *ret = e;
    return 0;
}

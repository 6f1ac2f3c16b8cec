// SPDX-License-Identifier: Apache-2.0
/* Labels, and where files carry them. */
#include "text/charset_label.h"

enum { DECLARED_WITHIN = 4096 };

static const struct charset charsets[] = {
    {"UTF-8", "UTF-8"},
    {"UTF-16LE", "UTF-16LE"},
    {"UTF-16BE", "UTF-16BE"},
    {"GB18030", "GB18030"},
    {"Big5", "Big5-HKSCS"},
    {"Shift_JIS", "windows-31j"},
    {"EUC-JP", "EUC-JP"},
    {"ISO-2022-JP", "ISO-2022-JP"},
    {"EUC-KR", "windows-949"},
    {"windows-1250", "windows-1250"},
    {"windows-1251", "windows-1251"},
    {"windows-1252", "windows-1252"},
    {"windows-1253", "windows-1253"},
    {"windows-1254", "windows-1254"},
    {"windows-1255", "windows-1255"},
    {"windows-1256", "windows-1256"},
    {"windows-1257", "windows-1257"},
    {"windows-1258", "windows-1258"},
    {"windows-874", "windows-874"},
    {"ISO-8859-2", "ISO-8859-2"},
    {"ISO-8859-3", "ISO-8859-3"},
    {"ISO-8859-4", "ISO-8859-4"},
    {"ISO-8859-5", "ISO-8859-5"},
    {"ISO-8859-6", "ISO-8859-6"},
    {"ISO-8859-7", "ISO-8859-7"},
    {"ISO-8859-8", "ISO-8859-8"},
    {"ISO-8859-10", "ISO-8859-10"},
    {"ISO-8859-13", "ISO-8859-13"},
    {"ISO-8859-14", "ISO-8859-14"},
    {"ISO-8859-15", "ISO-8859-15"},
    {"KOI8-R", "KOI8-R"},
    {"KOI8-U", "KOI8-U"},
    {"IBM866", "ibm-866"},
    {"macintosh", "macintosh"},
};

static const struct {
    const char *label, *name;
} others[] = {
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"utf-8-sig", "UTF-8"},
    {"utf-16", "UTF-16LE"},
    {"unicode", "UTF-16LE"},
    {"ucs-2", "UTF-16LE"},
    {"gbk", "GB18030"},
    {"gb2312", "GB18030"},
    {"gb_2312", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"gb2312-80", "GB18030"},
    {"x-gbk", "GB18030"},
    {"cp936", "GB18030"},
    {"ms936", "GB18030"},
    {"windows-936", "GB18030"},
    {"euc-cn", "GB18030"},
    {"chinese", "GB18030"},
    {"csgb2312", "GB18030"},
    {"big5-hkscs", "Big5"},
    {"big-5", "Big5"},
    {"cn-big5", "Big5"},
    {"x-x-big5", "Big5"},
    {"cp950", "Big5"},
    {"csbig5", "Big5"},
    {"sjis", "Shift_JIS"},
    {"shift-jis", "Shift_JIS"},
    {"x-sjis", "Shift_JIS"},
    {"ms_kanji", "Shift_JIS"},
    {"windows-31j", "Shift_JIS"},
    {"cp932", "Shift_JIS"},
    {"x-euc-jp", "EUC-JP"},
    {"ks_c_5601-1987", "EUC-KR"},
    {"ksc5601", "EUC-KR"},
    {"korean", "EUC-KR"},
    {"windows-949", "EUC-KR"},
    {"cp949", "EUC-KR"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"latin2", "ISO-8859-2"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"latin-9", "ISO-8859-15"},
    {"cp1250", "windows-1250"},
    {"cp1251", "windows-1251"},
    {"cp1256", "windows-1256"},
    {"koi8", "KOI8-R"},
    {"cp866", "IBM866"},
    {"mac", "macintosh"},
    {"x-mac-roman", "macintosh"},
};

static const struct charset *by_name(struct str name) {
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
        if (str_is_nocase(name, charsets[i].name))
            return &charsets[i];
    return NULL;
}

const struct charset *charset_of_label(struct str label) {
    label = str_trim(label);
    const struct charset *found = by_name(label);
    for (size_t i = 0; !found && i < sizeof others / sizeof *others; i++)
        if (str_is_nocase(label, others[i].label))
            found = by_name(str_of(others[i].name));
    return found;
}

static bool ends_label(char c) {
    return c == '"' || c == '\'' || c == '>' || c == ';' || c == ' ' || c == '/' || c == '?' ||
           (c >= '\t' && c <= '\r');
}

/* "name = label", with or without quotes, at the first place in s that has it. */
static struct str value_after(struct str s, struct str name) {
    for (size_t at = str_find_nocase(s, name, 0); at != SIZE_MAX; at = str_find_nocase(s, name, at + name.n)) {
        struct str rest = str_trim(str_from(s, at + name.n));
        if (!str_starts(rest, "="))
            continue;
        rest = str_trim(str_from(rest, 1));
        if (str_starts(rest, "\"") || str_starts(rest, "'"))
            rest = str_trim(str_from(rest, 1));
        size_t n = 0;
        while (n < rest.n && !ends_label(rest.p[n]))
            n++;
        return str_first(rest, n);
    }
    return STR_NONE;
}

struct str charset_declared_inside(struct str bytes) {
    struct str head = str_first(bytes, DECLARED_WITHIN);
    if (str_starts(str_trim(head), "<?xml")) {
        size_t end = str_find(head, STR("?>"), 0);
        struct str found = value_after(str_first(head, end), STR("encoding"));
        if (end != SIZE_MAX && found.n)
            return found;
    }
    for (size_t at = str_find_nocase(head, STR("<meta"), 0); at != SIZE_MAX;
         at = str_find_nocase(head, STR("<meta"), at + 1)) {
        size_t end = str_find_char(head, '>', at);
        struct str found = value_after(str_part(head.p + at, (end == SIZE_MAX ? head.n : end) - at), STR("charset"));
        if (found.n)
            return found;
    }
    return STR_NONE;
}

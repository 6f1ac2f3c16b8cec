// SPDX-License-Identifier: Apache-2.0
/* Labels, and what may follow each of them. A label alone proves nothing ("views: the council heard …"), so a part
 * counts only when its value fits the kind: a number behind a hit count, sizes behind a typeface switch, a short name
 * behind a source. The tables are in labels.c. */
#include "press/import/furniture.h"

#include "press/import/labels.h"
#include "press/import/when.h"
#include "text/utf8.h"

enum { LINE_MOST = 600, NAME_MOST = 60, WORDS_MOST = 200 };

static uint32_t first_of(struct str s) {
    return utf8_next(&s);
}

static bool is_letter(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c < 0x250);
}

static bool is_space(uint32_t c) {
    return c == ' ' || c == '\t' || c == 0xa0 || c == 0x3000 || c == 0x2002 || c == 0x2003 || c == 0x2009;
}

/* What parts words of furniture from each other without being a word. */
static bool is_joint(uint32_t c) {
    static const uint32_t joints[] = {'[',    ']',    '(',    ')',    '|',    '/',    '\\',   ',',    ';',    ':',
                                      '<',    '>',    '*',    '_',    '-',    0xb7,   0x2022, 0x2013, 0x2014, 0x3010,
                                      0x3011, 0x3014, 0x3015, 0xff08, 0xff09, 0xff0c, 0x3001, 0xff1a, 0xff1b, 0xff5c,
                                      0x2502, 0x300a, 0x300b, 0x300c, 0x300d, 0x203a, 0x00bb, 0x2192, 0xff3b, 0xff3d};
    if (is_space(c))
        return true;
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (joints[i] == c)
            return true;
    return false;
}

static struct str skip_spaces(struct str s) {
    while (s.n && is_space(first_of(s)))
        (void)utf8_next(&s); /* only to move on */
    return s;
}

static struct str skip_joints(struct str s) {
    while (s.n && is_joint(first_of(s)))
        (void)utf8_next(&s); /* only to move on */
    return s;
}

/* Without joints around it: "[ 大 中 小 ]" reads the same without. */
static struct str bare(struct str s) {
    s = skip_joints(s);
    while (s.n) {
        struct str before = s;
        if (!is_joint(utf8_take_last(&before)))
            break;
        s = before;
    }
    return s;
}

/* A name keeps its brackets and quotes, "《人民日报》", unless only one half is there, "(Source: Xinhua)". */
static struct str bare_name(struct str s) {
    static const uint32_t pairs[][2] = {{'(', ')'}, {0xff08, 0xff09}, {0x300a, 0x300b}, {0x300c, 0x300d}, {'<', '>'}};
    struct str plain = bare(s), before = s;
    if (!plain.n || plain.n == s.n)
        return plain;
    uint32_t first = first_of(s), last = utf8_take_last(&before);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        size_t head = (size_t)(plain.p - s.p), tail = s.n - head - plain.n;
        if (last == pairs[i][1] && tail == s.n - before.n) {
            BUF_LOCAL(open);
            utf8_add(&open, pairs[i][0]);
            if (first == pairs[i][0] || str_find(plain, buf_str(&open), 0) != SIZE_MAX)
                return first == pairs[i][0] ? s : str_part(plain.p, plain.n + tail);
        }
    }
    return plain;
}

static struct str trim(struct str s) {
    s = skip_spaces(s);
    while (s.n) {
        struct str before = s;
        if (!is_space(utf8_take_last(&before)))
            break;
        s = before;
    }
    return s;
}

/* The longest phrase of the list at the start of s, in bytes; letters and digits may not run on behind it. */
static size_t phrase_at(struct str s, const char *const *list) {
    size_t best = 0;
    for (size_t i = 0; list[i]; i++) {
        struct str phrase = str_of(list[i]);
        if (phrase.n <= best || !str_starts_nocase(s, list[i]))
            continue;
        uint32_t last = (unsigned char)phrase.p[phrase.n - 1], next = first_of(str_from(s, phrase.n));
        if (!is_letter(last) || (!is_letter(next) && !(next >= '0' && next <= '9')))
            best = phrase.n;
    }
    return best;
}

/* Nothing but phrases of the list (and, where allowed, digits) with joints between. */
static bool made_of(struct str s, const char *const *list, bool digits) {
    for (s = skip_joints(s); s.n; s = skip_joints(s)) {
        uint32_t c = first_of(s);
        size_t n = phrase_at(s, list);
        if (!n && digits && ((c >= '0' && c <= '9') || c == '.' || c == '+' || (c >= 0xff10 && c <= 0xff19)))
            (void)utf8_next(&s); /* only to move on */
        else if (n)
            s = str_from(s, n);
        else
            return false;
    }
    return true;
}

static bool is_full_stop(uint32_t c) {
    return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == '!' || c == '?' || c == 0xff1b;
}

/* More than a name: sentences are. */
static bool is_sentence(struct str s) {
    uint32_t before = 0, last = 0;
    while (s.n) {
        uint32_t c = utf8_next(&s);
        if (is_full_stop(c))
            return true;
        if (last == '.' && c == ' ' && before >= 'a' && before <= 'z' && is_letter(first_of(s)))
            return true;
        before = last;
        last = c;
    }
    return false;
}

static bool time_fits(struct str value, bool colon) {
    struct when w;
    if (!value.n)
        return colon;
    if (colon && when_read(value, "UTC", &w)) /* 20240316, too */
        return true;
    if (!when_find(value, "UTC", &w) || (!colon && w.at > 1))
        return false;
    struct str rest = str_from(value, w.at + w.n);
    return utf8_count(str_first(value, w.at)) <= 12 && utf8_count(rest) <= 40 && !is_sentence(rest);
}

static bool name_fits(struct str value, bool colon, size_t most) {
    if (!colon || utf8_count(value) > most || is_sentence(value))
        return false;
    struct str before = value;
    return !value.n || utf8_take_last(&before) != '.' || utf8_count(value) <= 30;
}

/* A name after "By" without a colon: a few capitalised words. */
static bool byline_fits(struct str value) {
    size_t words = 0;
    struct str rest = value, word;
    while (str_cut(&rest, ' ', &word)) {
        uint32_t c = first_of(word);
        bool small = str_is(word, "and") || str_is(word, "of") || str_is(word, "de") || str_is(word, "van");
        if (!small && !(c >= 'A' && c <= 'Z') && c < 0xc0)
            return false;
        words++;
    }
    struct str before = value;
    return words >= 2 && words <= 6 && utf8_take_last(&before) != '.';
}

static bool fits(const struct label *label, struct str value, bool colon) {
    struct str plain = bare(value);
    switch (label->kind) {
    case FURNITURE_TIME:
    case FURNITURE_UPDATED:
        return time_fits(plain, colon);
    case FURNITURE_AUTHOR:
        return name_fits(plain, colon, NAME_MOST) || (label->byline && !colon && byline_fits(plain));
    case FURNITURE_SOURCE:
    case FURNITURE_EDITOR:
    case FURNITURE_RECORD:
        return name_fits(plain, colon, NAME_MOST);
    case FURNITURE_KEYWORDS:
    case FURNITURE_TITLE:
        return name_fits(plain, colon, WORDS_MOST);
    case FURNITURE_HITS:
        return (colon || plain.n) && made_of(plain, furniture_units, true);
    case FURNITURE_TYPEFACE:
        return (colon || plain.n) && made_of(plain, furniture_sizes, false);
    case FURNITURE_COLOUR:
        return (colon && utf8_count(plain) <= 4) || ((colon || plain.n) && made_of(plain, furniture_colours, false));
    case FURNITURE_PLACE:
        return utf8_count(plain) <= WORDS_MOST && !is_sentence(plain);
    case FURNITURE_TOOL:
        return made_of(plain, furniture_tools, false);
    case FURNITURE_NEIGHBOUR:
        return colon && utf8_count(plain) <= WORDS_MOST;
    default:
        return false;
    }
}

/* --- finding labels --- */

struct found {
    const struct label *label;
    size_t at, end; /* of the label with its colon */
    bool colon;
};

static size_t colon_at(struct str s) { /* bytes up to and with a colon, or 0 */
    struct str rest = skip_spaces(s);
    uint32_t c = utf8_next(&rest);
    return c == ':' || c == 0xff1a || c == 0xfe55 ? s.n - rest.n : 0;
}

static const struct label *label_at(struct str s) {
    const struct label *best = NULL;
    for (size_t i = 0; i < furniture_labels_n; i++) {
        const struct label *l = &furniture_labels[i];
        if ((l->text.p[0] | 0x20) != (s.p[0] | 0x20) || (best && l->text.n <= best->text.n) || l->text.n > s.n)
            continue;
        if (!str_eq_nocase(str_first(s, l->text.n), l->text))
            continue;
        uint32_t next = first_of(str_from(s, l->text.n));
        if ((unsigned char)l->text.p[0] >= 0x80 || (!is_letter(next) && next != '-' && next != '\''))
            best = l;
    }
    return best;
}

/* Is there a label at byte `at`? Behind other text it needs its colon; a Latin one needs to start a word. */
static bool find_at(struct str line, size_t at, bool at_start, struct found *ret) {
    struct str here = str_from(line, at);
    const struct label *label = label_at(here);
    if (!label)
        return false;
    if (!at_start && is_letter(first_of(here))) {
        struct str before = str_first(line, at);
        uint32_t c = utf8_take_last(&before);
        if (is_letter(c) || c == '\'' || c == '-')
            return false;
    }
    size_t colon = colon_at(str_from(here, label->text.n));
    if (!at_start && !colon && label->kind != FURNITURE_TYPEFACE && label->kind != FURNITURE_HITS &&
        label->kind != FURNITURE_UPDATED && label->kind != FURNITURE_TIME)
        return false;
    *ret = (struct found){label, at, at + label->text.n + colon, colon > 0};
    return true;
}

/* The next label at or after `at` whose colon stands (or, without one, whose value fits up to the line's end). */
static bool find_next(struct str line, size_t at, struct found *ret) {
    while (at < line.n) {
        if (find_at(line, at, false, ret) && (ret->colon || (trim(str_from(line, ret->end)).n &&
                                                             fits(ret->label, trim(str_from(line, ret->end)), false))))
            return true;
        at++;
        while (at < line.n && ((unsigned char)line.p[at] & 0xc0) == 0x80)
            at++;
    }
    return false;
}

struct split {
    struct furniture_part *parts;
    size_t n, fitting, labelled, stray; /* stray: characters that fit nothing */
};

static void part_add(struct split *s, struct furniture_part part) {
    if (s->n < FURNITURE_PARTS_MOST)
        s->parts[s->n++] = part;
    else
        s->stray = SIZE_MAX / 2;
}

/* Text in front of the first label: a date, tools ("【我要纠错】 责任编辑：…"), or the opening bracket of
 * "【字体：…】". */
static bool leading(struct split *s, struct str line, size_t end) {
    struct str before = str_first(line, end), plain = bare(before);
    struct when w;
    if (!plain.n)
        return true;
    if (made_of(plain, furniture_tools, false)) {
        part_add(s, (struct furniture_part){FURNITURE_TOOL, STR_NONE, plain, trim(before), false});
        s->fitting++;
        return true;
    }
    if (!when_starts(plain, "UTC", &w) || utf8_count(str_from(plain, w.at + w.n)) > 24)
        return false;
    part_add(s, (struct furniture_part){FURNITURE_TIME, STR_NONE, plain, trim(before), false});
    s->fitting++;
    return true;
}

/* What may stand behind a value without a label: a date, at most once, and tools. */
static bool is_tail(struct str tail) {
    struct str rest = skip_joints(tail);
    struct when w;
    if (when_starts(rest, "UTC", &w))
        rest = str_from(rest, w.at + w.n);
    return skip_joints(tail).n && made_of(rest, furniture_tools, false);
}

/* Where a tail begins: at a bar, a bracket, or "　打印". value.n where there is none. */
static size_t tail_at(struct str value) {
    static const char *const openers[] = {"打印", "关闭", "收藏", "分享", "列印", "關閉", NULL};
    static const uint32_t bars[] = {'|', '[', '(', 0xff5c, 0x2502, 0x3010, 0x3014, 0xff08, 0xff3b};
    for (struct str rest = value; rest.n;) {
        size_t at = value.n - rest.n;
        uint32_t c = utf8_next(&rest);
        bool bar = is_space(c) && phrase_at(rest, openers);
        for (size_t i = 0; !bar && i < sizeof bars / sizeof *bars; i++)
            bar = bars[i] == c;
        if (at && bar && is_tail(str_from(value, at)))
            return at;
    }
    return value.n;
}

static void tail_add(struct split *s, struct str tail) {
    struct str plain = skip_joints(tail), rest = tail;
    struct when w;
    if (when_starts(plain, "UTC", &w)) {
        struct str date = str_first(plain, w.at + w.n);
        part_add(s, (struct furniture_part){FURNITURE_TIME, STR_NONE, date, date, false});
        s->fitting++;
        rest = str_from(plain, date.n);
    }
    if (!bare(rest).n)
        return;
    part_add(s, (struct furniture_part){FURNITURE_TOOL, STR_NONE, bare(rest), trim(rest), false});
    s->fitting++;
}

static bool may_have_tail(enum furniture kind) {
    return kind == FURNITURE_TIME || kind == FURNITURE_UPDATED || kind == FURNITURE_SOURCE ||
           kind == FURNITURE_AUTHOR || kind == FURNITURE_EDITOR || kind == FURNITURE_HITS ||
           kind == FURNITURE_TYPEFACE || kind == FURNITURE_COLOUR;
}

static void part_of(struct split *s, struct str line, const struct found *f, size_t end) {
    struct str value = trim((struct str){line.p + f->end, end - f->end}), tail = STR_NONE;
    if (may_have_tail(f->label->kind)) {
        size_t at = tail_at(value);
        tail = str_from(value, at);
        end -= (size_t)(line.p + end - (value.p + at)); /* from the tail on, with the spaces behind it */
        value = trim(str_first(value, at));
    }
    bool good = fits(f->label, value, f->colon);
    struct str kept = f->label->kind == FURNITURE_PLACE ? value : bare_name(value);
    part_add(s, (struct furniture_part){good ? f->label->kind : FURNITURE_NONE, f->label->text, kept,
                                        trim((struct str){line.p + f->at, end - f->at}), f->label->weak});
    s->labelled++;
    if (good)
        s->fitting++;
    else
        s->stray += utf8_count(value) + (f->colon ? 0 : WORDS_MOST);
    if (tail.n)
        tail_add(s, tail);
}

static bool starts_with_label(struct str line, struct found *ret) {
    struct str rest = skip_joints(line);
    return rest.n && find_at(line, line.n - rest.n, true, ret);
}

size_t furniture_split(struct str line, struct furniture_part ret[FURNITURE_PARTS_MOST]) {
    line = trim(line);
    if (!line.n || line.n > LINE_MOST * 4 || utf8_count(line) > LINE_MOST)
        return 0;
    struct split s = {.parts = ret};
    struct found here, next;
    struct when w;
    bool opens = when_starts(bare(line), "UTC", &w) || phrase_at(skip_joints(line), furniture_tools);
    if (!starts_with_label(line, &here) && (!opens || !find_next(line, 0, &here)))
        return 0;
    if (!leading(&s, line, here.at))
        return 0;
    for (bool more = true; more; here = next) {
        /* A breadcrumb takes the rest of its line, whatever the columns are called. */
        more = here.label->kind != FURNITURE_PLACE && find_next(line, here.end, &next);
        part_of(&s, line, &here, more ? next.at : line.n);
    }
    if (s.n && !s.parts[0].whole.n)
        return 0;
    if (s.n) { /* with the brackets before the first label */
        size_t end = (size_t)(s.parts[0].whole.p - line.p) + s.parts[0].whole.n;
        s.parts[0].whole = str_first(line, end);
    }
    bool all = s.stray == 0 && s.fitting == s.n;
    return all || (s.fitting >= 2 && s.stray <= 80) ? s.n : 0;
}

/* --- whole lines --- */

static bool has(struct str line, const char *const *list) {
    for (size_t i = 0; list[i]; i++)
        if (str_find_nocase(line, str_of(list[i]), 0) != SIZE_MAX)
            return true;
    return false;
}

static bool starts(struct str line, const char *const *list) {
    for (size_t i = 0; list[i]; i++)
        if (str_starts_nocase(line, list[i]))
            return true;
    return false;
}

/* "首页 > 新闻中心 > 正文", "Home / News / Text". */
static bool is_breadcrumb(struct str line) {
    static const char *const homes[] = {"首页", "首頁", "网站首页",  "網站首頁", "主页",
                                        "主頁", "home", "home page", "homepage", NULL};
    static const char *const arrows[] = {">", "›", "»", "→", "＞", "/", "|", "》", "\\", NULL};
    size_t n = phrase_at(line, homes);
    return n && utf8_count(line) <= WORDS_MOST && !is_sentence(line) && starts(skip_spaces(str_from(line, n)), arrows);
}

static bool is_footer(struct str line) {
    static const char *const marks[] = {
        "all rights reserved", "ICP备",       "ICP備",        "公网安备",      "公網安備",   "网站标识码",
        "網站標識碼",          "copyright ©", "copyright(c)", "copyright (c)", "著作權所有", NULL};
    static const char *const openings[] = {"©",         "版权所有",   "版權所有", "copyright 2", "copyright 1",
                                           "主办单位",  "主办：",     "主办:",    "承办单位",    "技术支持：",
                                           "技术支持:", "主辦單位：", NULL};
    return utf8_count(line) <= 400 && (has(line, marks) || starts(line, openings));
}

/* An invitation to the body's own channels. It opens with the invitation and names the channel. */
static bool is_promotion(struct str line) {
    static const char *const channels[] = {
        "微信",     "公众号",   "公眾號",  "公众平台", "客户端",           "客戶端",   "微博",
        "抖音",     "二维码",   "二維碼",  "app",      "视频号",           "视频號",   "小程序",
        "line官方", "粉絲專頁", "wechat",  "client",   "official account", "weibo",    "mini program",
        "facebook", "twitter",  "qr code", "whatsapp", "youtube",          "telegram", "instagram",
        NULL};
    static const char *const welcomes[] = {"welcome to",     "欢迎",     "歡迎",     "welcome attention",
                                           "扫一扫",         "掃一掃",   "扫描",     "掃描",
                                           "扫码",           "掃碼",     "长按",     "長按",
                                           "请关注",         "請關注",   "敬请关注", "点击关注",
                                           "更多资讯请关注", "更多精彩", NULL};
    static const char *const orders[] = {"download our",
                                         "download the",
                                         "scan the",
                                         "scan this",
                                         "follow us on",
                                         "follow our",
                                         "follow the official",
                                         "subscribe to our",
                                         "please pay attention to",
                                         "pay attention to",
                                         "focus on the official",
                                         "关注",
                                         "關注",
                                         "下载",
                                         "下載",
                                         NULL};
    if (utf8_count(line) > 240 || !has(line, channels))
        return false;
    struct str before = line;
    uint32_t last = line.n ? utf8_take_last(&before) : 0;
    bool stopped = last == '.' || last == 0x3002;
    return starts(line, welcomes) ||
           (starts(line, orders) &&
            (!stopped || starts(line, (const char *const[]){"follow us on", "follow our", NULL})));
}

/* "[大 中 小] [打印]", "A- A A+ | Print": a typeface switch without its label. Bare words alone may be a table's. */
static bool is_switch(struct str line) {
    size_t sizes = 0, tools = 0;
    uint32_t first = first_of(line);
    bool bracket = first == '[' || first == 0x3010 || first == 0x3014 || first == 0xff3b;
    for (struct str s = skip_joints(line); s.n; s = skip_joints(s)) {
        size_t size = phrase_at(s, furniture_sizes), tool = phrase_at(s, furniture_tools);
        if (!size && !tool)
            return false;
        sizes += size >= tool;
        tools += tool > size;
        s = str_from(s, size > tool ? size : tool);
    }
    return sizes >= 3 && (tools || bracket);
}

static bool is_neighbour(struct str line) {
    static const char *const words[] = {"上一篇", "下一篇",           "上一条",       "下一条",   "上一條",
                                        "下一條", "previous article", "next article", "previous", "next",
                                        "prev",   "previous post",    "next post",    "没有了",   "没有",
                                        "none",   "已是第一篇",       "已是最后一篇", NULL};
    return made_of(line, words, false);
}

enum furniture furniture_of(struct str line) {
    line = trim(line);
    struct str plain = bare(line);
    if (!plain.n)
        return FURNITURE_NONE;
    if (is_breadcrumb(plain))
        return FURNITURE_PLACE;
    if (utf8_count(plain) <= WORDS_MOST && (made_of(plain, furniture_tools, false) || is_switch(line)))
        return FURNITURE_TOOL;
    if (is_neighbour(plain))
        return FURNITURE_NEIGHBOUR;
    if (is_footer(plain))
        return FURNITURE_FOOTER;
    return is_promotion(plain) ? FURNITURE_PROMOTION : FURNITURE_NONE;
}

bool furniture_is_event(struct str line) {
    static const char *const words[] = {"place",    "venue",    "location", "address",  "where",  "participants",
                                        "agenda",   "host",     "地点",     "地點",     "地址",   "会议地点",
                                        "活动地点", "参加人员", "议题",     "会议议题", "主持人", "参会人员",
                                        "集合地点", "對象",     "对象",     NULL};
    line = skip_joints(line);
    size_t n = phrase_at(line, words);
    return n && colon_at(str_from(line, n));
}

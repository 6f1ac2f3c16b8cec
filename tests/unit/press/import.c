// SPDX-License-Identifier: Apache-2.0
/* Whole files through import_read(): the pages of tests/data/import, what must not be lost, and what must be refused.
 */
#include "press/import.h"

#include "../unit.h"
#include "base/clock.h"
#include "base/file.h"
#include "press/import/labels.h"
#include "text/charset.h"
#include "text/html.h"
#include "text/utf8.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char *const languages[] = {"en", "zh-CN"};
static const struct import_options options = {
    .zone = "Asia/Shanghai", .site_languages = languages, .site_languages_n = 2};

static void load(const char *name, struct buf *b) {
    BUF_LOCAL(path);
    struct err e = {0};
    const char *folder = getenv("IMPORT_DATA");
    assert_non_null(folder);
    file_join(&path, folder, name);
    if (file_read(path.p, IMPORT_FILE_MOST, b, &e))
        fail_msg("%s", e.text);
}

static void read_bytes(struct arena *a, struct str bytes, const char *name, struct document *d) {
    struct err e = {0};
    if (import_read(bytes, name, &options, a, d, &e))
        fail_msg("%s: %s", name, e.text);
}

struct expected {
    const char *file, *title, *published, *language, *source, *author;
    const char *in_body[6], *not_in_body[6], *left_out[6];
};

static const struct expected pages[] = {
    {"government.html",
     "临川市公安局开展夏夜治安巡查宣防行动",
     "2025-07-19T07:16:00+08:00",
     "zh-CN",
     "治安管理支队",
     "",
     {"<p>7月18日晚，", "<strong>安全隐患</strong>", "http://ga.linchuan.example/bsfw/index.html",
      "alt=\"民警在夜市巡查\""},
     {"打印", "浏览次数", "null", "不是正文", "首页"},
     {"浏览次数：", "字体：[大 中 小]", "视力保护色：", "责任编辑：王五", "【打印本页】【关闭窗口】",
      "您现在的位置：首页 > 警务要闻 > 正文"}},
    {"disclosure.html",
     "关于调整渡口开放时间的通知",
     "2024-03-16T00:00:00+08:00",
     "zh-CN",
     "青州市交通运输局",
     "",
     {"<p>特此通知。</p>", "<td>东渡口</td>", "href=\"P020240316.pdf\"", "一、开放时间"},
     {"索引号", "当前位置", "ICP备"},
     {"索引号： QZ-2024-0031", "文号： 青交〔2024〕12号"}},
    {"traditional.html",
     "河濱公園夜間照明改善工程完工",
     "2024-03-16T00:00:00+08:00",
     "zh-Hant-TW",
     "望海市工務局",
     "",
     {"<p>望海市工務局表示", "三日內派員修復。</p>"},
     {"點閱次數", "臉書", "回首頁"},
     {"點閱次數：1,284", "目前位置：首頁 > 最新消息 > 新聞稿", "分享到：臉書 推特 友善列印 回上一頁"}},
    {"utf16.html",
     "Harbour office: new opening hours",
     "2024-03-16T00:00:00+08:00",
     "en",
     "",
     "",
     {"<p>From the first of April", "who can issue a berth for one night.</p>"},
     {"reserved", "16 March", "Home"},
     {"© 2024 Alder Quay. All rights reserved.", "Home News"}},
    {"release.html",
     "County names new fire chief",
     "2024-03-16T17:48:00+08:00",
     "en",
     "",
     "",
     {"MILLBROOK – The Board", "county’s next fire chief", "“It’s an honour", "£2 million"},
     {"Released"},
     {NULL}},
    {"police.html",
     "Appeal after bicycle thefts in Mill Road",
     "2024-03-16T17:48:00+08:00",
     "en",
     "Northbank Police",
     "Press Desk",
     {"The number of views and clicks that our last appeal had", "<h2>What to do</h2>",
      "https://www.northbank-police.example/report/", "<figcaption>The racks in Mill Road</figcaption>"},
     {"cookies", "Facebook", "Related", "9:48am", "Hidden words"},
     {"Hidden words for robots", "Accept all cookies Reject", "Facebook"}},
    {"divs.html",
     "Street sweeping moves to early mornings",
     "2024-03-16T00:00:00+08:00",
     "en",
     "Street Division",
     "",
     {"<p>From next month", "<p>Residents asked", "after closing time.</p>"},
     {"Number of views", "Font size", "WeChat", "Latest"},
     {"Number of views: 512", "Font size: [large] [medium] [small]", "Share to: WeChat Weibo"}},
    {"translated.html",
     "City Public Security Bureau carried out the \"Clear River\" action",
     "2024-03-16T17:48:20+08:00",
     "en",
     "Water Police Detachment",
     "",
     {"<p>On the morning of March 15", "invite the fishermen to be volunteers.</p>"},
     {"Click volume", "Word size", "Welcome", "Last article", "Print"},
     {"Click volume: 358", "Word size: [large in Small]", "Eye protection color:", "[Print] [Close window]",
      "Welcome to follow the WeChat official account \"Linchuan Police\""}},
    {"translated.txt",
     "Linchuan Municipal Public Security Bureau conveys and studies the spirit of the city's \"Clean River\" meeting, "
     "and "
     "carries out the work",
     "2024-03-16T17:48:00+08:00",
     "en",
     "The Municipal Public Security Bureau",
     "",
     {"<p>In the afternoon of March 14", "the number of views and clicks of a notice", "attended the meeting.</p>"},
     {"Vision", "Welcome", "Hit rate"},
     {"Hit rate:", "typeface: [ large in Small ]", "Vision protection color:",
      "Welcome to the \"Linchuan Convenience E-Service\" client and the official WeChat \"Police\" of Linchuan Public "
      "Security Bureau"}},
    {"saved-zh.txt",
     "关于东门大桥夜间封闭施工的通告",
     "2024-03-16T17:48:00+08:00",
     "zh-CN",
     "市公安局交通警察支队",
     "",
     {"<h2>一、绕行路线</h2>", "<li>请服从现场民警指挥；</li>", "<p>2024年3月16日</p>"},
     {"阅读次数", "字体", "打印", "上一篇", "公众号"},
     {"阅读次数：1024", "【字体：大 中 小】", "【打印】【关闭】", "责任编辑：李四",
      "欢迎关注“某市交警”官方微信公众号"}},
    {"saved-gbk.txt",
     "市图书馆延长开放时间",
     "2024-03-16T17:48:00+08:00",
     "zh-CN",
     "市文化局",
     "",
     {"浏览次数和点击率并不是图书馆关心的数字"},
     {"来源："},
     {"点击率："}},
    {"wrapped.txt",
     "Flood gates on the east quay will close on Thursday",
     "2026-11-19T16:40:00+08:00",
     "en",
     "Harbour Division",
     "",
     {"Quay Street stays open", "racks under the bridge;</li>", "<ol>\n<li>Ferry steps</li>", "at Net Loft Square"},
     {"Published", "<br>", "- move"},
     {NULL}},
    {"event.txt",
     "关于召开渔港安全座谈会的通知",
     "2024-03-16T00:00:00+08:00",
     "zh-CN",
     "",
     "",
     {"<p>时间：2024年3月20日14:00</p>", "<p>地点：网楼广场一号会议室</p>"},
     {NULL},
     {NULL}},
    {"event-en.txt",
     "Open evening at Net Loft Square",
     "",
     "en",
     "",
     "",
     {"<p>Time: 7 p.m., 20 March 2024</p>", "<p>Place: Net Loft Square, east door</p>"},
     {NULL},
     {NULL}},
    {"blog.html",
     "Bicycle register opens",
     "2024-03-16T17:48:00+08:00",
     "en",
     "",
     "M. Oduya",
     {"<blockquote>", "https://quay.example/2024/register", "mailto:bicycles@quay.example",
      "<th scope=\"col\">Office</th>", "The number of readers"},
     {"javascript", "Finally", "Archives", "Post comment"},
     {"Your comment Post comment", "Proudly made by hand"}},
    {"short.html",
     "Office closed on Friday",
     "2024-03-16T00:00:00+08:00",
     "en",
     "",
     "",
     {"<p>The office is closed on Friday.</p>"},
     {"Copyright", "Home"},
     {"Copyright © 2024 Alder Quay"}},
    {"arabic.html",
     "إغلاق بوابات الفيضان مساء الخميس",
     "2024-03-16T17:48:00+08:00",
     "ar",
     "",
     "",
     {"<p>تغلق البوابات"},
     {"الرئيسية"},
     {"الرئيسية"}},
    {"front.md",
     "Crossing outside the library gets a longer green",
     "2024-03-16T17:48:00+08:00",
     "en",
     "Street Division",
     "M. Oduya",
     {"<strong>eight seconds</strong>", "<p>Source: the division's own count.</p>"},
     {"weather"},
     {"weather: fine"}},
    {"plain.md",
     "图书馆前的过街绿灯延长八秒",
     "",
     "zh-CN",
     "",
     "",
     {"<strong>二十秒</strong>", "<ol>"},
     {"<h2>"},
     {NULL}},
};

static bool is_left_out(const struct document *d, const char *text) {
    for (size_t i = 0; i < d->left_out_n; i++)
        if (str_is(d->left_out[i], text))
            return true;
    return false;
}

static void check_field(const char *file, const char *field, struct str got, const char *expected) {
    if (!str_is(got, expected))
        fail_msg("%s: %s is \"%.*s\", not \"%s\"", file, field, STR_FMT(got), expected);
}

static void check_page(const struct expected *x) {
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(b);
    struct document d;
    load(x->file, &b);
    read_bytes(a, buf_str(&b), x->file, &d);
    check_field(x->file, "title", d.title, x->title);
    check_field(x->file, "published", str_of(d.published), x->published);
    check_field(x->file, "language", str_of(d.language), x->language);
    check_field(x->file, "source", d.source, x->source);
    check_field(x->file, "author", d.author, x->author);
    assert_int_equal(d.has_time, x->published[0] != 0);
    for (size_t i = 0; i < 6; i++) {
        if (x->in_body[i] && str_find(d.body_html, str_of(x->in_body[i]), 0) == SIZE_MAX)
            fail_msg("%s: \"%s\" is not in the body:\n%.*s", x->file, x->in_body[i], STR_FMT(d.body_html));
        if (x->not_in_body[i] && str_find(d.body_html, str_of(x->not_in_body[i]), 0) != SIZE_MAX)
            fail_msg("%s: \"%s\" is in the body:\n%.*s", x->file, x->not_in_body[i], STR_FMT(d.body_html));
        if (x->left_out[i] && !is_left_out(&d, x->left_out[i]))
            fail_msg("%s: \"%s\" is not in left_out", x->file, x->left_out[i]);
    }
}

static void saved_pages_of_every_kind_are_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        check_page(&pages[i]);
}

/* A real page, which is not part of the project. */
static void the_sample_beside_the_project_is_understood(void **state) {
    (void)state;
    char path[PATH_MAX]; /* not a buf: skip() jumps away without freeing anything */
    (void)snprintf(path, sizeof path, "%s/../../../../shared/samples/000_cc955d9c8a8ec329.txt", getenv("IMPORT_DATA"));
    if (!file_exists(path)) {
        print_message("skipped: there is no ../shared beside the project\n");
        skip();
    }
    BUF_LOCAL(b);
    ARENA_LOCAL(a, 0);
    struct err e = {0};
    struct document d;
    assert_int_equal(file_read(path, IMPORT_FILE_MOST, &b, &e), 0);
    read_bytes(a, buf_str(&b), "sample.txt", &d);
    struct str rest = buf_str(&b), first;
    assert_true(str_cut(&rest, '\n', &first));
    assert_true(str_eq(d.title, str_trim(first)));
    assert_string_equal(d.published, "2024-03-16T17:48:00+08:00");
    assert_string_equal(d.language, "en");
    assert_true(str_is(d.source, "The Provincial Public Security Department"));
    assert_true(str_starts(d.body_html, "<p>In the afternoon of March 14"));
    assert_true(str_ends(str_trim(d.body_html), "attended the meeting.</p>"));
    assert_int_equal(d.left_out_n, 4);
    assert_true(is_left_out(&d, "Hit rate:") && is_left_out(&d, "typeface: [ large in Small ]"));
    assert_true(is_left_out(&d, "Vision protection color:") && str_starts(d.left_out[3], "Welcome to"));
}

static void what_is_missing_or_guessed_is_said(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *warning;
    } cases[] = {
        {"a.txt", "A title\n\nA text that has no time.", "No publish time was found."},
        {"a.html", "<p>Only one sentence, and no title at all.", "No title was found"},
        {"a.txt", "A title\n\nPublished: 3/4/2024\n\nA text, with a time.", "can be read in two ways"},
        {"a.txt", "A caf\xe9\n\nThe caf\xe9 opens at seven, and that is all.", "it was guessed"},
        {"a.txt", "A title\n\nPublished: 2024-03-16\n\nA text, with a day.", "no time of day"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ARENA_LOCAL(a, 0);
        struct document d;
        bool said = false;
        read_bytes(a, str_of(cases[i].text), cases[i].name, &d);
        for (size_t k = 0; k < d.warnings_n; k++)
            said = said || str_find(d.warnings[k], str_of(cases[i].warning), 0) != SIZE_MAX;
        if (!said)
            fail_msg("case %zu does not say \"%s\"", i, cases[i].warning);
    }
}

#define GATES_GBK                                                                                                      \
    "<title>\xd5\xa2\xc3\xc5\xb9\xd8\xb1\xd5</"                                                                        \
    "title><p>\xb8\xdb\xce\xf1\xb4\xa6\xd3\xda\xd6\xdc\xcb\xc4\xb0\xf8\xcd\xed\xb9\xd8"                                \
    "\xb1\xd5\xb6\xab\xc2\xeb\xcd\xb7\xb7\xc0\xba\xe9\xd5\xa2\xc3\xc5\xa3\xac\xb4\xce\xc8\xd5\xc7\xe5\xb3\xbf\xd6\xd8" \
    "\xd0\xc2\xbf\xaa"                                                                                                 \
    "\xc6\xf4\xa1\xa3</p>" /* 闸门关闭: 港务处于周四傍晚关闭东码头防洪闸门，次日清晨重新开启。 */
#define GATES "<title>闸门关闭</title><p>港务处于周四傍晚关闭东码头防洪闸门，次日清晨重新开启。</p>"

static void what_a_page_says_of_its_encoding_is_compared_with_its_bytes(void **state) {
    (void)state;
    static const struct {
        const char *page, *warning; /* NULL: none about the encoding */
    } cases[] = {
        {"<meta charset=utf-8>" GATES_GBK, "is utf-8, which is wrong; its bytes are GB18030, and were read so."},
        {"<meta charset=\"gb2312\">" GATES, "is gb2312, which is wrong; its bytes are UTF-8, and were read so."},
        {"<meta charset=iso-8859-1>" GATES_GBK, "is iso-8859-1, which is wrong; its bytes are GB18030"},
        {"<?xml version='1.0' encoding='Big5'?>" GATES, "is Big5, which is wrong; its bytes are UTF-8"},
        {"<meta charset=x-town>" GATES_GBK, "is x-town, which is not known here; its bytes are GB18030"},
        {"<meta charset=\"\xd5\xa2\">" GATES_GBK,
         "is a name that cannot be read, which is not known here; its bytes are GB18030"},
        {"\xef\xbb\xbf<meta charset=gbk>" GATES, "is gbk, which is wrong; its bytes are UTF-8"},
        {GATES_GBK, "The encoding is not declared; it was guessed: GB18030."},
        {"<p>On charset conversions.</p>" GATES_GBK, "The encoding is not declared; it was guessed: GB18030."},
        {"<meta charset=GBK>" GATES_GBK, NULL},
        {"<meta charset=utf8>" GATES, NULL},
        {GATES, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ARENA_LOCAL(a, 0);
        struct document d;
        bool said = false;
        read_bytes(a, str_of(cases[i].page), "a.html", &d);
        assert_true(str_is(d.title, "闸门关闭"));
        assert_true(str_find(d.body_html, STR("防洪闸门"), 0) != SIZE_MAX);
        for (size_t k = 0; k < d.warnings_n; k++)
            said =
                said || str_find(d.warnings[k], str_of(cases[i].warning ? cases[i].warning : "ncoding"), 0) != SIZE_MAX;
        if (said != (cases[i].warning != NULL))
            fail_msg("case %zu: %s", i, cases[i].warning ? cases[i].warning : "a warning too many");
    }
}

static void characters_that_could_not_be_read_are_counted(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_bytes(a,
               STR("Ferry steps closed\n\nThe steps at N\uFFFDt Loft Sq\uFFFDare are closed from Monday, for repairs "
                   "to the lower "
                   "flight, which the winter has loosened. Use the ramp beside the office meanwhile.\n"),
               "f.txt", &d);
    bool said = false;
    for (size_t i = 0; i < d.warnings_n; i++)
        said = said || str_starts(d.warnings[i], "2 characters could not be read");
    assert_true(said);
}

static void cells_do_not_run_together_in_a_summary(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_bytes(a,
               STR("<title>Who does what</title><table><tr><td>Harbour Division, at the ferry steps<td>Flood gates, "
                   "moorings, rescue, and the lamps of the quay<td>555-0160<tr><td>Records<td>Documents<td>555-0118"
                   "</table>"),
               "a.html", &d);
    assert_true(str_is(d.summary, "Harbour Division, at the ferry steps · Flood gates, moorings, rescue, and the lamps "
                                  "of the quay · 555-0160"));
}

static void an_ambiguous_date_is_kept_in_left_out(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_bytes(a, STR("A title\n\nPublished: 3/4/2024\n\nA text, with a time."), "a.txt", &d);
    assert_false(d.has_time);
    assert_true(is_left_out(&d, "Published: 3/4/2024"));
}

static void the_sites_own_tag_is_used_for_the_language(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct document d;
    read_bytes(a, STR("<html lang=zh-Hans><title>标题</title><p>这是一段足够长的正文，用来说明语言。"), "a.html", &d);
    assert_string_equal(d.language, "zh-CN");
    struct import_options forced = options;
    forced.language = "en";
    struct err e = {0};
    assert_int_equal(import_read(STR("标题\n\n正文在这里，就这么多。"), "a.txt", &forced, a, &d, &e), 0);
    assert_string_equal(d.language, "en");
}

/* --- nothing is lost --- */

/* Tags, scripts, styles and comments off; a space for each tag. Good for the pages here, and not made of our own
 * parser. */
static void visible(struct str html, struct buf *ret) {
    static const char *const raw[] = {"<script", "<style", "<!--"};
    static const char *const raw_end[] = {"</script>", "</style>", "-->"};
    for (size_t i = 0; i < html.n;) {
        struct str rest = str_from(html, i);
        size_t end = SIZE_MAX;
        for (size_t k = 0; k < 3 && end == SIZE_MAX; k++)
            if (str_starts_nocase(rest, raw[k]))
                end = str_find_nocase(rest, str_of(raw_end[k]), 0) + str_of(raw_end[k]).n;
        if (end == SIZE_MAX && rest.p[0] == '<')
            end = str_find_char(rest, '>', 0) + 1;
        if (end != SIZE_MAX) {
            buf_add_char(ret, ' ');
            i += end;
        } else if (rest.p[0] == '&') {
            buf_add_char(ret, ' ');
            i += str_find_char(rest, ';', 0) + 1;
        } else {
            buf_add_char(ret, html.p[i++]);
        }
    }
}

static size_t label_at(struct str s) {
    size_t best = 0;
    for (size_t i = 0; i < furniture_labels_n; i++) {
        struct str label = furniture_labels[i].text;
        if (label.n > best && s.n >= label.n && str_eq_nocase(str_first(s, label.n), label))
            best = label.n;
    }
    return best;
}

/* Labels become fields' names; their words are not looked for. */
static void blank_labels(struct buf *b) {
    for (size_t at = 0; at < b->n;) {
        size_t n = label_at(str_from(buf_str(b), at));
        memset(b->p + at, ' ', n);
        at += n ? n : 1;
    }
}

static void everything_of(const struct document *d, struct buf *b) {
    const struct str fields[] = {d->title, d->source, d->author,  d->keywords,   d->summary,
                                 d->key,   d->column, d->picture, d->picture_alt};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        buf_add(b, fields[i]);
        buf_add_char(b, '\n');
    }
    html_text(d->body_html, b);
    for (size_t i = 0; i < d->left_out_n; i++) {
        buf_add_char(b, '\n');
        buf_add(b, d->left_out[i]);
    }
}

static bool is_date_word(struct str word) {
    static const char *const words[] = {"March", "am", "pm", "year", "November", "at"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i]))
            return true;
    return false;
}

/* Every Latin word of two letters and more, and every pair of ideographs. */
static void check_words(const char *name, struct str in, struct str out) {
    for (size_t i = 0; i < in.n;) {
        size_t k = i;
        while (k < in.n && ((in.p[k] >= 'a' && in.p[k] <= 'z') || (in.p[k] >= 'A' && in.p[k] <= 'Z')))
            k++;
        struct str word = str_part(in.p + i, k - i), rest = str_from(in, i);
        uint32_t c = utf8_next(&rest), next = 0;
        size_t one = in.n - i - rest.n;
        if (!word.n && utf8_is_unspaced(c)) {
            next = utf8_next(&rest);
            bool date = c == 0x5e74 || c == 0x6708 || c == 0x65e5 || c == 0x65f6 || c == 0x5206;
            word = utf8_is_unspaced(next) && !date ? str_part(in.p + i, in.n - i - rest.n) : STR_NONE;
        }
        if (word.n > 1 && !is_date_word(word) && str_find(out, word, 0) == SIZE_MAX)
            fail_msg("%s: \"%.*s\" is lost", name, STR_FMT(word));
        i = k > i ? k : i + one;
    }
}

static void check_nothing_lost(const char *name, struct str bytes) {
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(text);
    BUF_LOCAL(shown);
    BUF_LOCAL(out);
    struct document d;
    struct err e = {0};
    read_bytes(a, bytes, name, &d);
    assert_int_equal(charset_decode(bytes, NULL, &text, NULL, &e), 0);
    if (str_is(str_of(d.format), "html"))
        visible(buf_str(&text), &shown);
    else
        buf_add(&shown, buf_str(&text));
    blank_labels(&shown);
    everything_of(&d, &out);
    check_words(name, buf_str(&shown), buf_str(&out));
}

static void every_word_of_a_page_is_in_the_document_or_left_out(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        BUF_LOCAL(b);
        if (strcmp(pages[i].file, "front.md") == 0 || strcmp(pages[i].file, "wrapped.txt") == 0)
            continue; /* keys of front matter and lines cut in the middle of ideographs are judged above */
        load(pages[i].file, &b);
        check_nothing_lost(pages[i].file, buf_str(&b));
    }
}

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Pieces of pages in any order and nesting: whatever they make, no word goes. */
static void shuffled_pieces_of_pages_lose_no_word(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<ul><li>",
        "</ul>",
        "<h1>",
        "</h1>",
        "<h2>",
        "</h2>",
        "<nav>",
        "</nav>",
        "<br>",
        "<a href=\"x\">",
        "</a>",
        "<b>",
        "</b>",
        "<article>",
        "</article>",
        "<span hidden>",
        "</span>",
        "<button>",
        "</button>",
        "<footer>",
        "</footer>",
        "<div style=\"display:none\">",
        "alpha ",
        "Views: 12 ",
        "Published: 2024-03-16 17:48 ",
        "Source: Bravo ",
        "[Print] ",
        "charlie delta ",
        "The harbour division said on Tuesday that the gates would close at six, and that nobody should be surprised. ",
        "Copyright © 2024 Echo ",
        "Home &gt; Foxtrot ",
        "Welcome to the WeChat of Golf ",
        "2024-03-16 ",
        "By Hotel India ",
        "Editor: Juliet ",
        "责任编辑：王五 ",
        "港务处表示，闸门将于周四傍晚关闭，请市民提前做好准备，注意安全，不要在码头停留。",
        "Time: 7 p.m., 20 March 2024 ",
        "Place: Kilo ",
        "Lima, mike and november. ",
    };
    uint32_t seed = 2024;
    for (int round = 0; round < 600; round++) {
        BUF_LOCAL(b);
        buf_add_z(&b, "<html><body>Oscar papa, quebec and romeo. ");
        for (uint32_t n = next_random(&seed) % 40; n > 0; n--)
            buf_add_z(&b, pieces[next_random(&seed) % (sizeof pieces / sizeof *pieces)]);
        ARENA_LOCAL(a, 0);
        struct document d;
        struct err e = {0};
        if (import_read(buf_str(&b), "page.html", &options, a, &d, &e) == 0)
            check_nothing_lost(b.p, buf_str(&b));
        else
            assert_true(e.text[0] != 0);
    }
}

/* --- what is refused --- */

static void repeat(struct buf *b, const char *piece, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_add_z(b, piece);
}

static void character_numbers_beyond_all_leave_well_formed_text(void **state) {
    (void)state;
    static const char *const numbers[] = {"6664528585", "x80000041", "x1FFFFF", "xD800", "99999999999", "1114112"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        ARENA_LOCAL(a, 0);
        BUF_LOCAL(b);
        struct document d;
        buf_printf(&b,
                   "<title>A &#%s; B</title><meta name=ContentSource content=\"So &#%s; urce\"><h1>A &#%s; B</h1>"
                   "<p>Some words &#%s; of a page, enough for a paragraph.</p><p hidden>Left &#%s; out</p>",
                   numbers[i], numbers[i], numbers[i], numbers[i], numbers[i]);
        read_bytes(a, buf_str(&b), "numbers.html", &d);
        assert_true(utf8_valid(d.title) && utf8_valid(d.source) && utf8_valid(d.summary) && utf8_valid(d.body_html));
        assert_true(d.title.n && d.left_out_n);
        for (size_t k = 0; k < d.left_out_n; k++)
            assert_true(utf8_valid(d.left_out[k]));
    }
}

static void hostile_files_are_read_or_refused_within_bounds(void **state) {
    (void)state;
    static const struct {
        const char *name, *before, *piece;
        size_t n;
        const char *after;
        int code;
    } cases[] = {
        {"empty.txt", "", " \n", 1000, "", -ERR_INVALID},
        {"50mb.txt", "", "0123456789abcdef0123456789abcdef", 50000000 / 32, "", -ERR_TOO_LARGE},
        {"nested.html", "", "<div>", 1000000, "Some words, at the bottom of it all.", -ERR_TOO_LARGE},
        {"nested-less.html", "", "<div>", 50000, "Some words, at the bottom of it all.", 0},
        {"tables.html", "", "<div><table><tr><td></div>", 20000, "Some words, at the bottom of it all.", 0},
        {"bold.html", "", "<b>", 50000, "Some words, at the bottom of it all.", 0},
        {"attributes.html", "<p ", "a=1 ", 500000, ">Some words, after it all.", 0},
        {"comments.html", "<html>Some words, before it all.", "<!--", 500000, "", 0},
        {"scripts.html", "<html>Some words, before it all.", "<script>", 200000, "", 0},
        {"less.html", "<html>", "<", 3000000, "", -ERR_TOO_LARGE},
        {"lines.txt", "", "a\n", 100000, "", -ERR_TOO_LARGE},
        {"broken.txt", "Title\n\n", "caf\xe9 \xff\xc3\x28 text, and more. ", 50, "", -ERR_FORMAT},
        {"damaged.md", "# Title\n\n", "caf\xc3\xa9 and more. ", 50, "\xc3 end", -ERR_FORMAT},
        {"damaged.html", "<meta charset=gbk>", "<p>\xd6\xd0\xce\xc4</p> ", 50, "\xd6", -ERR_FORMAT},
        {"controls.txt", "", "\x01\x02\x03", 500, "", -ERR_FORMAT},
        {"json.html", "<html><script type=\"application/ld+json\">", "[", 500000, "</script>Some words, after it.", 0},
    };
    struct rusage before, after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ARENA_LOCAL(a, 0);
        BUF_LOCAL(b);
        struct document d;
        struct err e = {0};
        buf_add_z(&b, cases[i].before);
        repeat(&b, cases[i].piece, cases[i].n);
        buf_add_z(&b, cases[i].after);
        int64_t ticks = clock_ticks_us();
        int r = import_read(buf_str(&b), cases[i].name, &options, a, &d, &e);
        if (r != cases[i].code)
            fail_msg("%s: %d, %s", cases[i].name, r, e.text);
        if (r)
            assert_true(e.text[0] && !strchr(e.text, '\n'));
        if (clock_ticks_us() - ticks > 30 * CLOCK_SECOND_US) /* without sanitizers under 5 s; this is their share */
            fail_msg("%s took too long", cases[i].name);
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    /* Sanitizers keep freed memory for a while; without them all of this stays below 200 MB. */
    assert_true(after.ru_maxrss - before.ru_maxrss < 1024 * 1024);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_pages_of_every_kind_are_understood),
        cmocka_unit_test(the_sample_beside_the_project_is_understood),
        cmocka_unit_test(what_is_missing_or_guessed_is_said),
        cmocka_unit_test(what_a_page_says_of_its_encoding_is_compared_with_its_bytes),
        cmocka_unit_test(characters_that_could_not_be_read_are_counted),
        cmocka_unit_test(cells_do_not_run_together_in_a_summary),
        cmocka_unit_test(an_ambiguous_date_is_kept_in_left_out),
        cmocka_unit_test(the_sites_own_tag_is_used_for_the_language),
        cmocka_unit_test(every_word_of_a_page_is_in_the_document_or_left_out),
        cmocka_unit_test(shuffled_pieces_of_pages_lose_no_word),
        cmocka_unit_test(character_numbers_beyond_all_leave_well_formed_text),
        cmocka_unit_test(hostile_files_are_read_or_refused_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

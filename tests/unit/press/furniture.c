// SPDX-License-Identifier: Apache-2.0
#include "press/import/furniture.h"

#include "../unit.h"
#include "base/buf.h"

#include <string.h>

/* "kind=value kind=value …", with kinds as one letter each. */
static void describe(const char *line, struct buf *b) {
    static const char letters[] = ".TuSAeKtrHFCPsncw";
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    size_t n = furniture_split(str_of(line), parts);
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s%c=%.*s", i ? " | " : "", letters[parts[i].kind], STR_FMT(parts[i].value));
}

static void check(const char *line, const char *expected) {
    BUF_LOCAL(b);
    describe(line, &b);
    if (strcmp(b.p, expected) != 0)
        fail_msg("\"%s\" gives \"%s\", not \"%s\"", line, b.p, expected);
}

static void a_line_is_cut_at_its_labels(void **state) {
    (void)state;
    check("Published: 2024-03-16 17:48 News source: The Provincial Public Security Department Hit rate: typeface: "
          "[ large   in   Small ]",
          "T=2024-03-16 17:48 | S=The Provincial Public Security Department | H= | F=large   in   Small");
    check("发布时间：2024-03-16 17:48来源：省公安厅浏览次数：123次字体：[大 中 小]",
          "T=2024-03-16 17:48 | S=省公安厅 | H=123次 | F=大 中 小");
    check("2024-03-16 17:48　来源：《临川日报》　作者：李四　责任编辑：王五",
          "T=2024-03-16 17:48 | S=《临川日报》 | A=李四 | e=王五");
    check("發布日期：113-03-16", "");
    check("發布日期：2024-03-16　點閱次數：1,284", "T=2024-03-16 | H=1,284");
    check("Source: Harbour Division | Updated: 2024-03-16 17:48 | Views: 1,284",
          "S=Harbour Division | u=2024-03-16 17:48 | H=1,284");
    check("Posted on March 16, 2024", "T=March 16, 2024");
    check("Release time: 2024-03-16 17:48:05 Browse times: 36 times", "T=2024-03-16 17:48:05 | H=36 times");
    check("(Source: Xinhua)", "S=Xinhua");
    check("By Jane Doe", "A=Jane Doe");
    check("Published: 20240316 Source: Works", "T=20240316 | S=Works");
}

static void dates_and_tools_without_a_label_are_cut_off_behind_a_value(void **state) {
    (void)state;
    check("来源：省公安厅 | 2024-03-16 17:48 | 【打印】【关闭】", "S=省公安厅 | T=2024-03-16 17:48 | s=打印】【关闭");
    check("Release time: 2024-03-16 17:48 [font size: large medium small] [Print] [Close]",
          "T=2024-03-16 17:48 | F=large medium small | s=Print] [Close");
    check("发布时间：2024-03-16 17:48 【字体：大 中 小】【打印】【关闭】",
          "T=2024-03-16 17:48 | F=大 中 小 | s=打印】【关闭");
    check("来源：省公安厅　打印　关闭", "S=省公安厅 | s=打印　关闭");
    check("【我要纠错】 责任编辑：王五", "s=我要纠错 | e=王五");
    check("[I want to correct] Responsible editor: Wang", "s=I want to correct | e=Wang");
    check("发布人：王五 发布时间：2024/3/16 17:48:00 浏览：12", "e=王五 | T=2024/3/16 17:48:00 | H=12");
    check("By Jane Roe | March 16, 2024", "A=Jane Roe | T=March 16, 2024");
    check("【 浏览字号：大 中 小 】", "F=大 中 小");
    check("来源：人民日报（海外版）", "S=人民日报（海外版）");
    check("Source: Office of Print (Close Road)", "S=Office of Print (Close Road)");
    check("Print: see Editor: a magazine", "");
}

static void every_usual_label_is_known(void **state) {
    (void)state;
    static const char *const lines[] = {
        "点击率：",
        "点击量：15",
        "浏览次数：15",
        "阅读次数：15次",
        "访问量：15",
        "Hits: 15",
        "Hit rate:",
        "Views: 1,284",
        "Browse times: 7",
        "字体：[大 中 小]",
        "字号：大 中 小",
        "【字體：大 中 小】",
        "Font size: [large] [medium] [small]",
        "typeface: [ large in Small ]",
        "视力保护色：",
        "背景颜色：白 绿",
        "Vision protection color:",
        "当前位置：首页>新闻",
        "您的位置：首页 > 公告 > 正文",
        "Current location: Home > News",
        "分享到：",
        "上一篇：某某通知",
        "Next article: A notice",
        "责任编辑：王五",
        "信息来源：办公室",
        "稿源：办公室",
        "来源：办公室",
        "新聞來源：辦公室",
        "News source: Office",
        "Editor: A. Person",
        "索引号：011",
        "发布机构：办公室",
        "Background colour: white green",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct furniture_part parts[FURNITURE_PARTS_MOST];
        if (!furniture_split(str_of(lines[i]), parts))
            fail_msg("\"%s\" is not known", lines[i]);
    }
}

static void a_sentence_that_only_has_the_words_is_never_cut(void **state) {
    (void)state;
    static const char *const lines[] = {
        "The number of views and clicks grew by 20 per cent in March, and the number of hits with it.",
        "Views: the number of views and clicks has grown, the department said on Tuesday.",
        "Published figures show that the source of the leak was a cracked pipe under Mill Road.",
        "Source: the department said on Tuesday that the number of views had grown. It gave no figures.",
        "资金来源：财政拨款",
        "点击率和浏览次数今年都有明显增长。",
        "浏览次数：今年以来，网站浏览次数明显增长，群众满意度不断提高。",
        "字体：本通知所附表格一律使用三号仿宋字体。",
        "Print the form and share it with your neighbours before closing time.",
        "Font size: the letters on street signs must be at least 12 cm tall.",
        "Welcome to the annual open evening at Net Loft Square.",
        "By Thursday evening the gates will be closed",
        "Share this: the council hears the budget on Monday.",
        "Time and again the crossing outside the library was found to be too short.",
        "发布会于2024年3月16日举行。",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct furniture_part parts[FURNITURE_PARTS_MOST];
        if (furniture_split(str_of(lines[i]), parts) || furniture_of(str_of(lines[i])))
            fail_msg("\"%s\" was taken for furniture", lines[i]);
    }
}

static void lines_without_labels_are_judged_as_a_whole(void **state) {
    (void)state;
    static const struct {
        const char *line;
        enum furniture kind;
    } wholes[] = {
        {"首页 > 新闻中心 > 正文", FURNITURE_PLACE},
        {"Home › News › Text", FURNITURE_PLACE},
        {"【打印】【关闭】", FURNITURE_TOOL},
        {"[Print] [Close window]", FURNITURE_TOOL},
        {"大 中 小", FURNITURE_NONE}, /* sizes need their label, a bracket or a tool beside them */
        {"大 中 小 打印 分享", FURNITURE_TOOL},
        {"【大 中 小】", FURNITURE_TOOL},
        {"[A- A A+] | Print", FURNITURE_TOOL},
        {"(large, medium, small)", FURNITURE_NONE},
        {"Was this page helpful?", FURNITURE_TOOL},
        {"Was this page helpful to the council? Nobody asked.", FURNITURE_NONE},
        {"打印本页 | 关闭窗口", FURNITURE_TOOL},
        {"Copyright © 2024 Alder Quay. All rights reserved.", FURNITURE_FOOTER},
        {"版权所有：临川市公安局", FURNITURE_FOOTER},
        {"京ICP备12345678号", FURNITURE_FOOTER},
        {"Welcome to the \"Quay Convenience\" client and the official WeChat \"Quay\" of Alder Quay",
         FURNITURE_PROMOTION},
        {"欢迎关注“临川公安”微信公众号", FURNITURE_PROMOTION},
        {"扫一扫关注官方微信", FURNITURE_PROMOTION},
        {"Download our app", FURNITURE_PROMOTION},
        {"Follow us on WeChat", FURNITURE_PROMOTION},
        {"Download the form and send it to the office by post.", FURNITURE_NONE},
        {"The app shows the opening hours of every office.", FURNITURE_NONE},
        {"Copyright law changes on 1 May.", FURNITURE_NONE},
        {"Previous", FURNITURE_NEIGHBOUR},
        {"Top of the hill", FURNITURE_NONE},
    };
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
        enum furniture kind = furniture_of(str_of(wholes[i].line));
        if (kind != wholes[i].kind)
            fail_msg("\"%s\" is %d, not %d", wholes[i].line, kind, wholes[i].kind);
    }
}

static void a_time_that_may_be_the_notices_own_is_weak(void **state) {
    (void)state;
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    assert_int_equal(furniture_split(STR("时间：2024年3月20日14:00"), parts), 1);
    assert_true(parts[0].weak);
    assert_int_equal(furniture_split(STR("发布时间：2024年3月20日14:00"), parts), 1);
    assert_false(parts[0].weak);
    assert_true(furniture_is_event(STR("地点：市民广场")));
    assert_true(furniture_is_event(STR("Place: Net Loft Square")));
    assert_false(furniture_is_event(STR("Places to park")));
}

static void parts_never_outgrow_their_array(void **state) {
    (void)state;
    BUF_LOCAL(b);
    for (int i = 0; i < 40; i++)
        buf_add_z(&b, "Views: 1 ");
    struct furniture_part parts[FURNITURE_PARTS_MOST];
    assert_int_equal(furniture_split(buf_str(&b), parts), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_cut_at_its_labels),
        cmocka_unit_test(dates_and_tools_without_a_label_are_cut_off_behind_a_value),
        cmocka_unit_test(every_usual_label_is_known),
        cmocka_unit_test(a_sentence_that_only_has_the_words_is_never_cut),
        cmocka_unit_test(lines_without_labels_are_judged_as_a_whole),
        cmocka_unit_test(a_time_that_may_be_the_notices_own_is_weak),
        cmocka_unit_test(parts_never_outgrow_their_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

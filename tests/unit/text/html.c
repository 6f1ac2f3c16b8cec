// SPDX-License-Identifier: Apache-2.0
#include "text/html.h"

#include "base/random.h"
#include "clean_html.h"
#include "text/utf8.h"
#include "tree_text.h"

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void clean_into(struct buf *ret, struct str html) {
    struct err e = {0};
    if (html_clean(html, ret, &e))
        fail_msg("%s", e.text);
}

/* Two ways to the text of clean HTML, one answer. */
static void check_both_texts(struct str clean) {
    BUF_LOCAL(parsed);
    BUF_LOCAL(read);
    struct err e = {0};
    assert_int_equal(tree_text(clean, &parsed, &e), 0);
    html_text(clean, &read);
    assert_string_equal(read.p, parsed.p);
}

/* Cleans, checks that cleaning again changes nothing, and compares. */
static void check(const char *html, const char *expected) {
    BUF_LOCAL(once);
    BUF_LOCAL(twice);
    clean_into(&once, str_of(html));
    clean_into(&twice, buf_str(&once));
    assert_string_equal(once.p, expected);
    assert_string_equal(twice.p, once.p);
    check_both_texts(buf_str(&once));
}

static void check_text(const char *html, const char *expected) {
    BUF_LOCAL(clean);
    BUF_LOCAL(text);
    clean_into(&clean, str_of(html));
    html_text(buf_str(&clean), &text);
    assert_string_equal(text.p, expected);
}

/* ---- what survives ---- */

static void a_whole_page_gives_its_body(void **state) {
    (void)state;
    check("<!DOCTYPE html><html lang=en><head><title>T</title><meta charset=utf-8><style>p{}</style></head>"
          "<body class=x><p>One.</p><p>Two.</p></body></html>",
          "<p>One.</p>\n<p>Two.</p>");
}

/* check() compares the two ways to the text; here are the borders that it tells apart. */
static void a_cell_parts_by_a_tab_only_within_its_row(void **state) {
    (void)state;
    static const struct {
        const char *html, *text;
    } tables[] = {
        {"<table><caption>C</caption><tr><th>a<th>b<tr><td>1<td>2</table>", "C\na\tb\n1\t2"},
        {"<table><caption>C</caption><tr><th><th>b<tr><td>1<td></table><p>p", "C\nb\n1\np"},
        {"<table><caption>C</caption><tr><th>a<th><p>b<p>c<th>d<tr><td>1<td>2<td>3</table>", "C\na\tb\nc\td\n1\t2\t3"},
        {"<table><tr><th>a<th>b<tr><td>x<td><table><caption>D</caption><tr><th><th>n<tr><td>y<td>z</table></table>",
         "a\nb\nx\nD\nn\ny\tz"}, /* what holds a table lays the page out */
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        BUF_LOCAL(clean);
        clean_into(&clean, str_of(tables[i].html));
        check_both_texts(buf_str(&clean));
        check_text(tables[i].html, tables[i].text);
    }
}

static void nothing_gives_nothing(void **state) {
    (void)state;
    check("", "");
    check(" \n\t ", "");
    check("<p></p><p>&nbsp;</p><div><span> </span></div><p><b></b></p><ul><li></li></ul><blockquote></blockquote>", "");
}

static void scripts_styles_frames_forms_and_comments_never_survive(void **state) {
    (void)state;
    check("<p>a</p><script>document.write('<p>evil</p>')</script><style>p{}</style><iframe src=x>y</iframe>"
          "<noscript><p>n</p></noscript><!-- c --><template><p>t</p></template><svg><text>s</text></svg>"
          "<math><mi>m</mi></math><select><option>o</select><textarea>t</textarea><button>b</button>"
          "<object data=x>o</object><p>b</p>",
          "<p>a</p>\n<p>b</p>");
    check("<form action=/x><p>kept</p><input value=v></form>", "<p>kept</p>");
    check("<p onclick=\"x()\" style=\"color:red\" class=c id=i data-x=y>a</p>", "<p>a</p>");
    check("<p>a<!-- > --> b<!--> c <!--->d</p>", "<p>a b c d</p>");
    check("<p>a<script>var x = \"<b>y</b>\";</script >b</p>", "<p>ab</p>");
}

static void tags_do_not_join_out_of_what_was_left_out(void **state) {
    (void)state;
    check("<<!-- -->script>alert(1)</script>", "<p>&lt;script&gt;alert(1)</p>");
    check("<<span>script>alert(1)<<span>/script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
    check("<scr<script></script>ipt>x", "<p>ipt&gt;x</p>");
    check("<svg><style><img src=x title=\"</style><img src=y onerror=z>\"></svg>a", "<p>a</p>");
    check("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
          "");
}

static void an_unknown_element_gives_its_children(void **state) {
    (void)state;
    check("<x-card>one <font color=red>two</font> <blink>three</blink> <u>four</u></x-card>",
          "<p>one two three four</p>");
}

static void text_in_the_body_and_in_a_div_becomes_paragraphs(void **state) {
    (void)state;
    check("one<div>two</div>three<center>four</center>", "<p>one</p>\n<p>two</p>\n<p>three</p>\n<p>four</p>");
    check("<div><div>a <b>b</b></div><p>c</p></div>", "<p>a <strong>b</strong></p>\n<p>c</p>");
}

static void special_characters_are_escaped(void **state) {
    (void)state;
    check("<p>a &lt; b &amp;&amp; c > d \"e\" 'f' &lt;script&gt;</p>",
          "<p>a &lt; b &amp;&amp; c &gt; d \"e\" 'f' &lt;script&gt;</p>");
    check("1 < 2 <3 <", "<p>1 &lt; 2 &lt;3 &lt;</p>");
    check("<p><img src=x alt='a \"b\" <c>'>z</p>", "<p><img src=\"x\" alt=\"a &quot;b&quot; &lt;c&gt;\">z</p>");
}

static void a_character_number_beyond_all_gives_utf8(void **state) {
    (void)state;
    static const char *const numbers[] = {"6664528585",           "x110000", "xD800", "4294967297",
                                          "99999999999999999999", "0",       "x80",   "1"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        BUF_LOCAL(in);
        BUF_LOCAL(once);
        BUF_LOCAL(twice);
        buf_printf(&in, "<p>a&#%s;b<a href='/&#%s;' lang='&#%s;'>c</a><img src=x alt='&#%s;'><pre>&#%s;</pre>",
                   numbers[i], numbers[i], numbers[i], numbers[i], numbers[i]);
        clean_into(&once, buf_str(&in));
        clean_into(&twice, buf_str(&once));
        assert_true(utf8_valid(buf_str(&once)));
        assert_string_equal(once.p, twice.p);
    }
}

/* ---- white space ---- */

static void spaces_are_folded_and_trimmed(void **state) {
    (void)state;
    check("<p>  a \n\t b&nbsp;&nbsp; c  </p>", "<p>a b c</p>");
    check("<p>&nbsp;&nbsp;&nbsp;&nbsp;a</p><p>\u3000\u3000中文\u3000</p>", "<p>a</p>\n<p>中文</p>");
    check("<p>12&nbsp;000</p><p>张三\u3000李四\u3000\u3000王五</p>", "<p>12\u00A0"
                                                                     "000</p>\n<p>张三\u3000李四\u3000王五</p>");
}

static void a_space_stands_outside_the_element_that_it_borders(void **state) {
    (void)state;
    check("<p>a<b> b </b>c</p>", "<p>a <strong>b</strong> c</p>");
    check("<p>a <b> b</b> <i>c </i></p>", "<p>a <strong>b</strong> <em>c</em></p>");
}

static void a_line_end_between_chinese_characters_is_no_space(void **state) {
    (void)state;
    check("<p>中文\n  文字，\n好 的\nok\n好</p>", "<p>中文文字，好 的 ok 好</p>");
    check("<p>한국\n어</p>", "<p>한국 어</p>");
}

static void two_breaks_part_paragraphs_and_one_is_kept(void **state) {
    (void)state;
    check("<p><br>a<br>b<br><br>c<br></p>", "<p>a<br>b</p>\n<p>c</p>");
    check("<p><b>a<br/><br/>b</b></p>", "<p><strong>a</strong></p>\n<p><strong>b</strong></p>");
    check("<h2>a<br><br>b</h2>", "<h2>a<br>b</h2>");
}

static void pre_keeps_its_spaces(void **state) {
    (void)state;
    check("<pre>\n\n  a\n\n    b\t<b>c</b>\n</pre>", "<pre>  a\n\n    b\t<strong>c</strong></pre>");
    check("<pre><code class=x>if (a)\n    b();\n</code></pre>", "<pre><code>if (a)\n    b();</code></pre>");
    check("<pre>  \n </pre>", "");
}

/* ---- inline ---- */

static void emphasis_has_one_name_each(void **state) {
    (void)state;
    check(
        "<b>a</b> <i>b</i> <s>c</s> <tt>d</tt> <cite>e</cite> <q>f</q> x<sub>2</sub> y<sup>3</sup>",
        "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code> <em>e</em> “f” x<sub>2</sub> y<sup>3</sup></p>");
    check("<b><strong>a</strong></b><b>b</b>", "<p><strong>ab</strong></p>");
    check("<abbr title='World  Health'>WHO</abbr> <abbr>x</abbr> <bdo dir=RTL>abc</bdo> <bdo>y</bdo>",
          "<p><abbr title=\"World Health\">WHO</abbr> x <bdo dir=\"rtl\">abc</bdo> y</p>");
}

static void inline_elements_around_blocks_go_into_the_blocks(void **state) {
    (void)state;
    check("<b><p>a</p><p>b</p></b>", "<p><strong>a</strong></p>\n<p><strong>b</strong></p>");
    check("<a href=/x><h3>t</h3><p>s</p></a>", "<h2><a href=\"/x\">t</a></h2>\n<p><a href=\"/x\">s</a></p>");
    check("<h1><b>Bold title</b></h1>", "<h2>Bold title</h2>");
}

static void language_and_direction_are_kept(void **state) {
    (void)state;
    check("<p lang=zh-CN dir=rtl>a</p><div lang=ar><p>b</p><p lang=en>c</p></div><p lang='x\"y' dir=up>d</p>",
          "<p lang=\"zh-CN\" dir=\"rtl\">a</p>\n<p lang=\"ar\">b</p>\n<p lang=\"en\">c</p>\n<p>d</p>");
}

/* ---- links and pictures ---- */

static void check_href(const char *href, const char *expected) {
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    buf_printf(&in, "<a href=\"%s\">x</a>", href);
    if (expected)
        buf_printf(&out, "<p><a href=\"%s\">x</a></p>", expected);
    else
        buf_add_z(&out, "<p>x</p>");
    check(in.p, out.p);
}

static void good_links_stay(void **state) {
    (void)state;
    check_href("http://example.org/a?b=1&amp;c=2#d", "http://example.org/a?b=1&amp;c=2#d");
    check_href("HTTPS://Example.org:8080", "https://Example.org:8080");
    check_href("mailto:a@example.org", "mailto:a@example.org");
    check_href("tel:+86-10-1234", "tel:+86-10-1234");
    check_href("/a/b.html", "/a/b.html");
    check_href("../a b/c.html", "../a%20b/c.html");
    check_href("?page=2", "?page=2");
    check_href("  x.html\n", "x.html");
    check_href("//cdn.example.org/x", "https://cdn.example.org/x");
    check_href("http:\\\\example.org\\x", "http://example.org/x");
    check_href("/x?q=[a]|{b}%zz&quot;#c#d", "/x?q=%5Ba%5D%7C%7Bb%7D%25zz%22#c%23d");
    check_href("http://[::1]:80/", "http://[::1]:80/");
    check_href("/中文/页", "/中文/页");
}

static void other_links_lose_their_address(void **state) {
    (void)state;
    const char *bad[] = {"javascript:alert(1)",
                         "JaVaScRiPt:alert(1)",
                         "java\nscript:alert(1)",
                         "java&#9;script:alert(1)",
                         "&#1;javascript:alert(1)",
                         "\x01\x02 javascript:x",
                         "&#106;avascript:x",
                         "java&NewLine;script:x",
                         "data:text/html,x",
                         "vbscript:x",
                         "file:///etc/passwd",
                         "blob:x",
                         "javascript&colon;x",
                         "http://",
                         "http:///x",
                         "http://user:pw@example.org/",
                         "http://exa mple.org/",
                         "http://example.org:port/",
                         "//",
                         "#top",
                         "",
                         "mailto:",
                         "x:y",
                         "javasc\xEF\xBF\xBDript:x",
                         "1a:b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_href(bad[i], NULL);
}

static void pictures_have_an_alt_and_a_web_address(void **state) {
    (void)state;
    check("<p>a <img src=/x.png width=10px height=20 onerror=y> <img src=data:image/png,x> <img src='javascript:x'>"
          "<img alt=none> <img src=/dot.gif width=1 height=1> <img data-src=https://e.org/y.png alt='A  cat' "
          "width=50%></p>",
          "<p>a <img src=\"/x.png\" alt=\"\" width=\"10\" height=\"20\"> <img src=\"https://e.org/y.png\" alt=\"A "
          "cat\"></p>");
    check("<img src=mailto:x>", "");
}

static void a_picture_alone_is_a_figure(void **state) {
    (void)state;
    check("<p><img src=a alt=b></p>", "<figure><img src=\"a\" alt=\"b\"></figure>");
    check("<figure><figcaption>C</figcaption><p><img src=a></p></figure>",
          "<figure>\n<img src=\"a\" alt=\"\">\n<figcaption>C</figcaption>\n</figure>");
    check("<figure><p><img src=a></p><p lang=en><a href=/x><img src=b></a> <img src=c></p></figure>",
          "<figure><img src=\"a\" alt=\"\"> <a href=\"/x\"><img src=\"b\" alt=\"\"></a> <img src=\"c\" "
          "alt=\"\"></figure>");
    check("<figure><a href=/x><div><img src=a></div><div><img src=b></div></a><p>c</figure>",
          "<figure>\n<a href=\"/x\"><img src=\"a\" alt=\"\"> <img src=\"b\" alt=\"\"></a>\n<p>c</p>\n</figure>");
    check("<figure><p>only text</p><figcaption>c</figcaption></figure>", "<p>only text</p>\n<p>c</p>");
}

/* ---- structure ---- */

static void headings_start_at_two_and_never_jump(void **state) {
    (void)state;
    check("<h1>a</h1><h3>b</h3><h6>c</h6><h3>d</h3><h1>e</h1>",
          "<h2>a</h2>\n<h3>b</h3>\n<h4>c</h4>\n<h3>d</h3>\n<h2>e</h2>");
    check("<h4>a</h4><h2>b</h2><h3> </h3><h4>c</h4>", "<h2>a</h2>\n<h2>b</h2>\n<h3>c</h3>");
    check("<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>",
          "<h2>1</h2>\n<h3>2</h3>\n<h4>3</h4>\n<h5>4</h5>\n<h6>5</h6>\n<h6>6</h6>");
}

static void lists_hold_items_only(void **state) {
    (void)state;
    check("<ul>text<li>a<li><p>b</p><ul><li>c</ul><ul><li>d</ul></ul>",
          "<ul>\n<li>text</li>\n<li>a</li>\n<li>\nb\n<ul>\n<li>c</li>\n</ul>\n<ul>\n<li>d</li>\n</ul>\n</li>\n</ul>");
    check("<li>a</li> <li>b</li><p>c</p>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>");
    check("<ol start=3><li><p>a</p><p>b</p></ol>", "<ol start=\"3\">\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ol>");
    check("<ul><ul><li>a</ul></ul>", "<ul>\n<li>\n<ul>\n<li>a</li>\n</ul>\n</li>\n</ul>");
}

static void description_lists_pair_terms_with_descriptions(void **state) {
    (void)state;
    check("<dl><dt>a<dd>b<div><dt>c</dt><dd>d</dd></div></dl>",
          "<dl>\n<dt>a</dt>\n<dd>b</dd>\n<dt>c</dt>\n<dd>d</dd>\n</dl>");
    check("<dl><dd>b</dl><dl><dt>a</dl>", "<p>b</p>\n<p>a</p>");
}

static void a_table_without_header_cells_gets_them(void **state) {
    (void)state;
    check("<table border=1><tr><td>a<td>b<tr><td>c<td><p>d</p></table>",
          "<table>\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n<th scope=\"col\">b</th>\n</tr>\n</thead>\n"
          "<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>");
}

static void header_cells_get_their_scope(void **state) {
    (void)state;
    check("<table><tr><td><th>b<tr><th>c<td>d</table>",
          "<table>\n<thead>\n<tr>\n<td></td>\n<th scope=\"col\">b</th>\n</tr>\n</thead>\n"
          "<tbody>\n<tr>\n<th scope=\"row\">c</th>\n<td>d</td>\n</tr>\n</tbody>\n</table>");
    check("<table><tr><th>a<td>b<tr><th>c<td>d</table>",
          "<table>\n<tbody>\n<tr>\n<th scope=\"row\">a</th>\n<td>b</td>\n</tr>\n"
          "<tr>\n<th scope=\"row\">c</th>\n<td>d</td>\n</tr>\n</tbody>\n</table>");
}

static void a_head_of_two_rows_stays_together(void **state) {
    (void)state;
    check("<table><tr><td rowspan=2>n<td colspan=2>m<tr><td>x<td>y<tr><td>1<td>2<td>3</table>",
          "<table>\n<thead>\n<tr>\n<th scope=\"col\" rowspan=\"2\">n</th>\n<th scope=\"col\" "
          "colspan=\"2\">m</th>\n</tr>\n"
          "<tr>\n<th scope=\"col\">x</th>\n<th scope=\"col\">y</th>\n</tr>\n</thead>\n"
          "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n<td>3</td>\n</tr>\n</tbody>\n</table>");
}

static void a_title_row_becomes_the_caption(void **state) {
    (void)state;
    check(
        "<table><tr><td colspan=2><b>T</b><tr><td>a<td>b<tr><td>c<td>d</table>",
        "<table>\n<caption><strong>T</strong></caption>\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n"
        "<th scope=\"col\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>");
}

static void a_table_becomes_one_grid(void **state) {
    (void)state;
    /* a short row is filled, spans past the end are cut, a column in which nothing begins goes, an empty row goes */
    check("<table><tr><th colspan=3>a<th rowspan=9>b<tr><td colspan=3>c<tr><tr><td> </table>",
          "<table>\n<tbody>\n<tr>\n<th scope=\"col\">a</th>\n<th scope=\"col\" rowspan=\"2\">b</th>\n</tr>\n"
          "<tr>\n<td>c</td>\n</tr>\n</tbody>\n</table>");
    check(
        "<table><tr><th>a<th>b<th>c<tr><td>d</table>",
        "<table>\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n<th scope=\"col\">b</th>\n<th scope=\"col\">c</th>\n</tr>\n"
        "</thead>\n<tbody>\n<tr>\n<td>d</td>\n<td></td>\n<td></td>\n</tr>\n</tbody>\n</table>");
}

static void layout_tables_are_unwrapped(void **state) {
    (void)state;
    check("<table><tr><td>only</table>", "<p>only</p>");
    check("<table><tr><td>a<td>b</table>", "<p>a</p>\n<p>b</p>");
    check("<table><tr><td><h1>t</h1>x<tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>",
          "<h2>t</h2>\n<p>x</p>\n<table>\n<thead>\n<tr>\n<th scope=\"col\">a</th>\n<th "
          "scope=\"col\">b</th>\n</tr>\n</thead>\n"
          "<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>");
}

static void a_span_of_a_million_costs_nothing(void **state) {
    (void)state;
    BUF_LOCAL(in);
    for (int i = 0; i < 3000; i++)
        buf_add_z(&in, "<td colspan=1000000 rowspan=65534>x");
    BUF_LOCAL(table);
    buf_printf(&table, "<table><tr>%s<tr><td>y<tr><td>z</table>", in.p);
    BUF_LOCAL(out);
    clean_into(&out, buf_str(&table));
    assert_true(out.n < 100000);
}

/* ---- hostile input ---- */

static void repeat(struct buf *ret, const char *z, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_add_z(ret, z);
}

static void a_million_nested_tags_are_read_or_refused(void **state) {
    (void)state;
    const char *tags[] = {"<div>",        "<b>",
                          "<ul><li>",     "<table><tr><td>",
                          "<blockquote>", "<a href=x>",
                          "<svg>",        "<font>",
                          "<p><b>",       "<h1>",
                          "<table>",      "<i><div>",
                          "<dl><dt>",     "<abbr title=x>",
                          "<figure>",     "<a><b><i><p>",
                          "<script",      "<!--",
                          "<select>",     "<tr>",
                          "<span x='",    "<pre>",
                          "<b></p>",      "</br>"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        BUF_LOCAL(in);
        BUF_LOCAL(out);
        BUF_LOCAL(again);
        struct err e = {0};
        repeat(&in, tags[i], 60000);
        buf_add_z(&in, "end");
        int r = html_clean(buf_str(&in), &out, &e);
        assert_true(r == 0 || r == -ERR_TOO_LARGE);
        if (r == 0) {
            assert_int_equal(html_clean(buf_str(&out), &again, &e), 0);
            assert_string_equal(again.p, out.p);
        }
    }
}

static void text_below_the_deepest_level_is_kept(void **state) {
    (void)state;
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    repeat(&in, "<blockquote>", 1000);
    buf_add_z(&in, "deep <b>down</b>");
    repeat(&in, "</blockquote>", 1000);
    buf_add_z(&in, "<p>after</p>");
    clean_into(&out, buf_str(&in));
    assert_int_not_equal(str_find(buf_str(&out), STR("<p>deep <strong>down</strong></p>"), 0), SIZE_MAX);
    assert_true(str_ends(buf_str(&out), "\n<p>after</p>"));
}

static void nesting_up_to_and_past_the_bound_is_stable(void **state) {
    (void)state;
    static const char *const bits[] = {"<ul><li>a",
                                       "<dl><dt>a<dd>",
                                       "<blockquote>",
                                       "<ol><li>x<p>y",
                                       "<ul>",
                                       "<figure><img src=x>",
                                       "<table><tr><th>a<td>b<tr><td>c<td>d",
                                       "<div><b>",
                                       "<sup><blockquote><sub>"};
    static const size_t depths[] = {30,  60,  65,  66,  67,  98,  99,  100, 101, 127,
                                    128, 129, 198, 199, 200, 201, 255, 256, 257};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        for (size_t k = 0; k < sizeof depths / sizeof *depths; k++) {
            BUF_LOCAL(in);
            BUF_LOCAL(once);
            BUF_LOCAL(twice);
            repeat(&in, bits[i], depths[k]);
            buf_add_z(&in, "end");
            clean_into(&once, buf_str(&in));
            clean_into(&twice, buf_str(&once));
            if (!str_eq(buf_str(&once), buf_str(&twice)))
                fail_msg("%s %zu times:\n%s\ntwice:\n%s", bits[i], depths[k], once.p, twice.p);
            const char *fault = clean_html_fault(buf_str(&once));
            if (fault)
                fail_msg("%s %zu times: %s", bits[i], depths[k], fault);
            assert_int_not_equal(str_find(buf_str(&once), STR("end"), 0), SIZE_MAX);
        }
}

static void what_comes_out_is_small_enough_to_go_in_again(void **state) {
    (void)state;
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    struct err e = {0};
    repeat(&in, "&lt;", 4 * 1024 * 1024);
    buf_cut(&in, 16 * 1024 * 1024);
    assert_int_equal(html_clean(buf_str(&in), &out, &e), -ERR_TOO_LARGE);
    assert_int_equal(out.n, 0);
}

static void the_judge_of_clean_html_sees_faults(void **state) {
    (void)state;
    static const char *const bad[] = {
        "<script>x</script>",
        "<p onclick=\"x\">a</p>",
        "<p>a",
        "a</p>",
        "<p>a</div>",
        "<h3>a</h3>",
        "<h2>a</h2><h4>b</h4>",
        "<a href=\"javascript:x\">a</a>",
        "<img src=\"data:x\">",
        "<p class=\"a\">b</p>",
        "<p lang=en>a</p>",
        "<p>a > b</p>",
        "<h1>a</h1>",
        "<div>a</div>",
        "<img src=\"mailto:x\">",
        "<p><b>a</b></p>",
        "<p lang=\"<\">a</p>",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!clean_html_fault(str_of(bad[i])))
            fail_msg("not seen: %s", bad[i]);
    assert_null(
        clean_html_fault(STR("<h2>a</h2>\n<p>b &gt; <a href=\"/x?y=a:b\">c</a><br><img src=\"y\" alt=\"\"></p>")));
}

static void more_than_sixteen_mebibytes_are_refused_in_words(void **state) {
    (void)state;
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    struct err e = {0};
    repeat(&in, "<p>abcdefghijklmnopqrstuvwxyz</p>", 16 * 1024 * 1024 / 33 + 1);
    assert_int_equal(html_clean(buf_str(&in), &out, &e), -ERR_TOO_LARGE);
    assert_string_equal(e.text, "The page is larger than 16 MB.");
    assert_int_equal(out.n, 0);
}

static void a_million_tags_are_refused_in_words(void **state) {
    (void)state;
    BUF_LOCAL(in);
    BUF_LOCAL(out);
    struct err e = {0};
    repeat(&in, "<p>", 1000 * 1000 + 1);
    assert_int_equal(html_clean(buf_str(&in), &out, &e), -ERR_TOO_LARGE);
    assert_non_null(strstr(e.text, "1000000"));
}

/* Random soups of tags: always the same bytes after the second cleaning, always only what is allowed. */
static void cleaning_again_gives_the_same_bytes(void **state) {
    (void)state;
    static const char *const bits[] = {
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href=/x>",
        "</a>",
        "<div>",
        "</div>",
        "<ul>",
        "</ul>",
        "<ol start=2>",
        "</ol>",
        "<li>",
        "</li>",
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<th>",
        "<td colspan=3>",
        "<td rowspan=2>",
        "<thead>",
        "</thead>",
        "<tbody>",
        "<caption>",
        "</caption>",
        "<h1>",
        "</h1>",
        "<h4>",
        "</h4>",
        "<pre>",
        "</pre>",
        "\n",
        " ",
        "&nbsp;",
        "\u3000",
        "<br>",
        "<br>",
        "<hr>",
        "<img src=a>",
        "<figure>",
        "</figure>",
        "<figcaption>",
        "</figcaption>",
        "<dl>",
        "</dl>",
        "<dt>",
        "<dd>",
        "<blockquote>",
        "</blockquote>",
        "a",
        "bc",
        "中",
        "文",
        "&lt;",
        "<",
        "<q>",
        "</q>",
        "<code>",
        "</code>",
        "<p lang=en>",
        "<div dir=rtl>",
        "<abbr title=t>",
        "</abbr>",
        "<sub>",
        "</sub>",
        "&amp;",
        "<!-- -->",
        "\t",
        "<tfoot>",
        "<th scope=row rowspan=3>",
        "<td colspan=2 rowspan=2>",
        "x",
        "y",
        "<s>",
        "</s>",
    };
    random_set_seed(20240316);
    for (int round = 0; round < 3000; round++) {
        BUF_LOCAL(in);
        BUF_LOCAL(once);
        BUF_LOCAL(twice);
        for (uint64_t n = 1 + random_below(30); n; n--)
            buf_add_z(&in, bits[random_below(sizeof bits / sizeof *bits)]);
        clean_into(&once, buf_str(&in));
        clean_into(&twice, buf_str(&once));
        if (!str_eq(buf_str(&once), buf_str(&twice)))
            fail_msg("from:  %s\nonce:  %s\ntwice: %s", in.p, once.p, twice.p);
        const char *fault = clean_html_fault(buf_str(&once));
        if (fault)
            fail_msg("%s\nfrom: %s\nonce: %s", fault, in.p, once.p);
    }
    random_set_seed(0);
}

/* ---- text ---- */

/* A comment is nothing, and sends what is plain the long way. */
static void clean_the_long_way(struct buf *ret, struct str html) {
    BUF_LOCAL(with_comment);
    buf_add_z(&with_comment, "<!---->");
    buf_add(&with_comment, html);
    clean_into(ret, buf_str(&with_comment));
}

static void plain_paragraphs_come_out_the_same_both_ways(void **state) {
    (void)state;
    static const char *const part[] = {"<p>",      "<p>",    "</p>",
                                       "</p>",     " ",      "\n",
                                       "\n ",      "a",      "b,",
                                       "&amp;",    "&lt;",   "&gt;",
                                       "&quot;",   "\"",     "'",
                                       "&",        ">",      "<",
                                       "\xC3\xA9", "一",     "。",
                                       "\xC2\xA0", "　",     "\xEF\xBB\xBF",
                                       "&#x4E00;", "\t",     "\r\n",
                                       "\x01",     "\xFF",   "<b>x</b>",
                                       "<p >",     "</p >",  "\xF0\xA0\x80\x80",
                                       "&amp;lt;", "&copy;", "&lt"};
    size_t plain = 14; /* of the first parts alone most is plain */
    for (int i = 0; i < 20000; i++) {
        BUF_LOCAL(html);
        BUF_LOCAL(quick);
        BUF_LOCAL(slow);
        size_t parts = i % 4 ? plain : sizeof part / sizeof *part;
        for (uint64_t n = random_below(12); n; n--) {
            buf_add_z(&html, i % 2 ? "<p>" : "");
            for (uint64_t k = random_below(6); k; k--)
                buf_add_z(&html, part[random_below(parts)]);
            buf_add_z(&html, i % 2 ? "</p>\n" : "");
        }
        clean_into(&quick, buf_str(&html));
        clean_the_long_way(&slow, buf_str(&html));
        if (!str_eq(buf_str(&quick), buf_str(&slow)))
            fail_msg("of\n%s\nthe short way makes\n%s\nthe long one\n%s", html.p, quick.p, slow.p);
    }
}

static void the_text_has_one_line_for_each_block(void **state) {
    (void)state;
    check_text(
        "<h1>Title</h1><p>One  <b>two</b></p><ul><li>a<li>b</ul><table><tr><td>c<td>d<tr><td>e<td>f</table>x &lt; y",
        "Title\nOne two\na\nb\nc\td\ne\tf\nx < y");
    check_text("plain", "plain");
    check_text("<p>a<br>b</p><script>x</script><p> </p>", "a\nb");
}

static void numbers_are_held_together_and_addresses_break_behind_the_at(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"<p>拨打555-0160。</p>", "<p>拨打<span class=\"one\">555-0160</span>。</p>"},
        {"<td>+86-10-12345678</td>", "<td><span class=\"one\">+86-10-12345678</span></td>"},
        {"010-1, 2026-11-19", "<span class=\"one\">010-1</span>, <span class=\"one\">2026-11-19</span>"},
        {"<a href=\"tel:555-0160\">555-0160</a>", "<a href=\"tel:555-0160\"><span class=\"one\">555-0160</span></a>"},
        {"<p>5 - 6, 5-, -5, 12345, GB-2024-11, 5-a, 1--2, x5-6, &#39;</p>",
         "<p>5 - 6, 5-, -5, 12345, GB-2024-11, 5-a, 1--2, x5-6, &#39;</p>"},
        {"1234567890-1234567890-1234567890", "1234567890-1234567890-1234567890"},
        {"", ""},
        {"<td>desk@town.example</td>", "<td>desk@<wbr>town.example</td>"},
        {"<a href=\"mailto:a@b\">a@b</a>, a @b, a@ b, @a, b@, @@",
         "<a href=\"mailto:a@b\">a@<wbr>b</a>, a @b, a@ b, @a, b@, @@"},
        {"12-3@5-6", "<span class=\"one\">12-3</span>@<wbr><span class=\"one\">5-6</span>"},
        {"5-6", "<span class=\"one\">5-6</span>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_LOCAL(out);
        html_mind_breaks(str_of(cases[i][0]), &out);
        assert_string_equal(out.n ? out.p : "", cases[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_page_gives_its_body),
        cmocka_unit_test(a_cell_parts_by_a_tab_only_within_its_row),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(scripts_styles_frames_forms_and_comments_never_survive),
        cmocka_unit_test(tags_do_not_join_out_of_what_was_left_out),
        cmocka_unit_test(an_unknown_element_gives_its_children),
        cmocka_unit_test(text_in_the_body_and_in_a_div_becomes_paragraphs),
        cmocka_unit_test(special_characters_are_escaped),
        cmocka_unit_test(a_character_number_beyond_all_gives_utf8),
        cmocka_unit_test(spaces_are_folded_and_trimmed),
        cmocka_unit_test(a_space_stands_outside_the_element_that_it_borders),
        cmocka_unit_test(a_line_end_between_chinese_characters_is_no_space),
        cmocka_unit_test(two_breaks_part_paragraphs_and_one_is_kept),
        cmocka_unit_test(pre_keeps_its_spaces),
        cmocka_unit_test(emphasis_has_one_name_each),
        cmocka_unit_test(inline_elements_around_blocks_go_into_the_blocks),
        cmocka_unit_test(language_and_direction_are_kept),
        cmocka_unit_test(good_links_stay),
        cmocka_unit_test(other_links_lose_their_address),
        cmocka_unit_test(pictures_have_an_alt_and_a_web_address),
        cmocka_unit_test(a_picture_alone_is_a_figure),
        cmocka_unit_test(headings_start_at_two_and_never_jump),
        cmocka_unit_test(lists_hold_items_only),
        cmocka_unit_test(description_lists_pair_terms_with_descriptions),
        cmocka_unit_test(a_table_without_header_cells_gets_them),
        cmocka_unit_test(header_cells_get_their_scope),
        cmocka_unit_test(a_head_of_two_rows_stays_together),
        cmocka_unit_test(a_title_row_becomes_the_caption),
        cmocka_unit_test(a_table_becomes_one_grid),
        cmocka_unit_test(layout_tables_are_unwrapped),
        cmocka_unit_test(a_span_of_a_million_costs_nothing),
        cmocka_unit_test(a_million_nested_tags_are_read_or_refused),
        cmocka_unit_test(text_below_the_deepest_level_is_kept),
        cmocka_unit_test(nesting_up_to_and_past_the_bound_is_stable),
        cmocka_unit_test(what_comes_out_is_small_enough_to_go_in_again),
        cmocka_unit_test(the_judge_of_clean_html_sees_faults),
        cmocka_unit_test(more_than_sixteen_mebibytes_are_refused_in_words),
        cmocka_unit_test(a_million_tags_are_refused_in_words),
        cmocka_unit_test(cleaning_again_gives_the_same_bytes),
        cmocka_unit_test(plain_paragraphs_come_out_the_same_both_ways),
        cmocka_unit_test(the_text_has_one_line_for_each_block),
        cmocka_unit_test(numbers_are_held_together_and_addresses_break_behind_the_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/qr. */
#include "web/qr.h"

#include "../unit.h"

#include <libxml/parser.h>
#include <string.h>

/* Draws the runs "Mx yhNv1h-Nz" into dark[y][x]; gives the width of the picture. */
enum { WIDTH_MOST = 200 };
static int draw(const char *svg, bool dark[WIDTH_MOST][WIDTH_MOST]) {
    int width = 0, height = 0;
    const char *box = strstr(svg, "viewBox=\"0 0 ");
    assert_non_null(box);
    assert_int_equal(sscanf(box, "viewBox=\"0 0 %d %d\"", &width, &height), 2);
    assert_int_equal(width, height);
    const char *path = strrchr(svg, '<'); /* </svg> */
    while (strncmp(path, "<path", 5) != 0)
        path--;
    for (const char *p = strchr(path, 'M'); p; p = strchr(p + 1, 'M')) {
        int x, y, n;
        assert_int_equal(sscanf(p, "M%d %dh%d", &x, &y, &n), 3);
        assert_true(x >= 0 && y >= 0 && n > 0 && x + n <= width && y < width);
        for (int i = 0; i < n; i++)
            dark[y][x + i] = true;
    }
    return width;
}

static void a_code_has_its_three_finders_and_its_quiet_zone(void **state) {
    (void)state;
    static bool dark[WIDTH_MOST][WIDTH_MOST];
    BUF_LOCAL(svg);
    assert_int_equal(qr_add_svg(&svg, STR("https://www.example.org/news/12"), NULL), 0);
    int width = draw(svg.p, dark), last = width - 5;
    static const char *const finder[7] = {"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"};
    const int corner[3][2] = {{4, 4}, {last - 6, 4}, {4, last - 6}};
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 7; x++)
                assert_int_equal(dark[corner[c][1] + y][corner[c][0] + x], finder[y][x] == '#');
    for (int i = 0; i < width; i++)
        for (int j = 0; j < 4; j++)
            assert_false(dark[j][i] || dark[i][j] || dark[width - 1 - j][i] || dark[i][width - 1 - j]);
}

static void the_picture_is_well_formed_xml_without_styles(void **state) {
    (void)state;
    BUF_LOCAL(svg);
    assert_int_equal(qr_add_svg(&svg, STR("https://www.example.org/zh-CN/news/12"), NULL), 0);
    xmlDoc *doc = xmlReadMemory(svg.p, (int)svg.n, "qr.svg", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    assert_null(strstr(svg.p, "style"));
}

static void two_addresses_give_two_codes(void **state) {
    (void)state;
    BUF_LOCAL(one);
    BUF_LOCAL(other);
    assert_int_equal(qr_add_svg(&one, STR("https://www.example.org/news/12"), NULL), 0);
    assert_int_equal(qr_add_svg(&other, STR("https://www.example.org/news/13"), NULL), 0);
    assert_string_not_equal(one.p, other.p);
}

static void what_does_not_fit_is_refused_in_words(void **state) {
    (void)state;
    struct err err = {0};
    BUF_LOCAL(svg);
    BUF_LOCAL(text);
    while (text.n < 2332)
        buf_add_char(&text, 'a');
    assert_int_equal(qr_add_svg(&svg, buf_str(&text), &err), -ERR_TOO_LARGE);
    assert_true(err.text[0] != '\0');
    assert_int_equal(svg.n, 0);
    buf_cut(&text, 2331);
    assert_int_equal(qr_add_svg(&svg, buf_str(&text), &err), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_has_its_three_finders_and_its_quiet_zone),
        cmocka_unit_test(the_picture_is_well_formed_xml_without_styles),
        cmocka_unit_test(two_addresses_give_two_codes),
        cmocka_unit_test(what_does_not_fit_is_refused_in_words),
    };
    return cmocka_run_group_tests_name("web/qr", tests, NULL, NULL);
}

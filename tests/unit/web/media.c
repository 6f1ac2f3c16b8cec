// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/media. */
#include "web/media.h"

#include "base/file.h"
#include "web/loopback.h"
#include "web_ground.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct route routes_here[] = {
    {METHOD_GET, "/media/{file}", WHO_ANYONE, CACHE_FOREVER, false, media_params, media_serve, "Media", true, false},
    {0}};

static void only_hashes_with_a_known_ending_are_names(void **state) {
    (void)state;
    assert_string_equal(media_content_type(STR(HASH ".svg")), "image/svg+xml");
    assert_string_equal(media_content_type(STR(HASH ".jpg")), "image/jpeg");
    static const char *const bad[] = {HASH ".html",
                                      HASH ".js",
                                      HASH ".",
                                      HASH,
                                      HASH "a.png",
                                      "x" HASH,
                                      "../site.ini",
                                      "short.png",
                                      "",
                                      HASH ".png.html",
                                      HASH ".PNG",
                                      "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef.png"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(media_content_type(str_of(bad[i])));
}

static void a_file_of_the_folder_is_served_and_nothing_else(void **state) {
    (void)state;
    struct ground *g = ground_new("sqlite");
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(folder);
    file_join(&folder, g->fixture->folder, "media");
    assert_int_equal(file_make_folder(folder.p, NULL), 0);
    BUF_LOCAL(path);
    file_join(&path, folder.p, HASH ".svg");
    assert_int_equal(file_write(path.p, STR("<svg><script>1</script></svg>"), 0600, NULL), 0);
    struct loopback_answer answer;
    assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", "/media/" HASH ".svg", NULL, STR_NONE, &answer),
                     200);
    STR_EQUAL(answer.body, "<svg><script>1</script></svg>");
    assert_true(ground_says(answer.headers, "Content-Security-Policy: default-src 'none'; sandbox"));
    STR_EQUAL(answer.cache_control, "public, max-age=31536000, immutable");
    static const char *const missing[] = {"/media/" HASH ".png", "/media/site.ini", "/media/" HASH ".html"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", missing[i], NULL, STR_NONE, &answer), 404);
    BUF_LOCAL(link);
    file_join(&link, folder.p, HASH ".txt");
    assert_int_equal(symlink("/etc/hostname", link.p), 0); /* a link leads out of the folder */
    assert_int_equal(serve_loopback(routes_here, g->office, a, "GET", "/media/" HASH ".txt", NULL, STR_NONE, &answer),
                     404);
    ground_end(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_hashes_with_a_known_ending_are_names),
        cmocka_unit_test(a_file_of_the_folder_is_served_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

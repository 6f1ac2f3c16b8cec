// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/encode: what is packed is unpacked by the libraries' own decoders. */
#include "web/encode.h"

#include "unit.h"

#include <brotli/decode.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static void the_smallest_of_what_the_client_likes_best_is_chosen(void **state) {
    (void)state;
    static const struct {
        const char *accept;
        enum encoding best;
    } cases[] = {
        {"gzip, deflate, br, zstd", ENCODING_BR},
        {"gzip, deflate", ENCODING_GZIP},
        {"GZIP", ENCODING_GZIP},
        {"x-gzip", ENCODING_GZIP},
        {"zstd, gzip", ENCODING_ZSTD},
        {"br;q=0.5, gzip;q=0.9", ENCODING_GZIP},
        {"br; q=0, gzip;q=0.001", ENCODING_GZIP},
        {"br;q=0, *", ENCODING_ZSTD},
        {"*;q=0", ENCODING_IDENTITY},
        {"*", ENCODING_BR},
        {"identity", ENCODING_IDENTITY},
        {"identity;q=1, br;q=0.5", ENCODING_IDENTITY},
        {"identity, br", ENCODING_BR},
        {"deflate", ENCODING_IDENTITY},
        {"", ENCODING_IDENTITY},
        {",,;q=1,br", ENCODING_BR},
        {"br;q=2", ENCODING_IDENTITY},
        {"br;q=1.001", ENCODING_IDENTITY},
        {"br;q=0.0001", ENCODING_IDENTITY},
        {"br;level=9", ENCODING_IDENTITY},
        {"browser", ENCODING_IDENTITY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum encoding e = encoding_negotiate(str_of(cases[i].accept));
        if (e != cases[i].best)
            print_error("%s gives %s\n", cases[i].accept, encoding_words[e]);
        assert_int_equal(e, cases[i].best);
    }
}

static size_t unpack(enum encoding e, const struct buf *b, char *ret, size_t room) {
    size_t n = room;
    if (e == ENCODING_GZIP) {
        z_stream z = {
            .next_in = (Bytef *)b->p, .avail_in = (uInt)b->n, .next_out = (Bytef *)ret, .avail_out = (uInt)room};
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
        n = z.total_out;
        inflateEnd(&z);
    } else if (e == ENCODING_BR) {
        assert_int_equal(BrotliDecoderDecompress(b->n, (const uint8_t *)b->p, &n, (uint8_t *)ret),
                         BROTLI_DECODER_RESULT_SUCCESS);
    } else if (e == ENCODING_ZSTD) {
        n = ZSTD_decompress(ret, room, b->p, b->n);
        assert_false(ZSTD_isError(n));
    } else {
        memcpy(ret, b->p, b->n);
        n = b->n;
    }
    return n;
}

static void every_encoding_gives_back_the_body(void **state) {
    (void)state;
    static char unpacked[300000];
    BUF_LOCAL(body);
    for (int i = 0; i < 20000; i++)
        buf_printf(&body, "line %d\n", i * 7919 % 1000);
    for (int e = 0; e < ENCODINGS; e++)
        for (int effort = ENCODE_LIVE; effort <= ENCODE_ONCE; effort++) {
            BUF_LOCAL(packed);
            buf_add_z(&packed, "before");
            assert_true(encode(buf_str(&body), (enum encoding)e, (enum encode_effort)effort, &packed));
            assert_memory_equal(packed.p, "before", 6);
            struct buf tail = {.p = packed.p + 6, .n = packed.n - 6};
            assert_true(e == ENCODING_IDENTITY || tail.n < body.n / 2);
            assert_int_equal(unpack((enum encoding)e, &tail, unpacked, sizeof unpacked), body.n);
            assert_memory_equal(unpacked, body.p, body.n);
        }
}

static void an_empty_body_stays_empty(void **state) {
    (void)state;
    char unpacked[8];
    for (int e = 0; e < ENCODINGS; e++) {
        BUF_LOCAL(packed);
        assert_true(encode(STR_NONE, (enum encoding)e, ENCODE_LIVE, &packed));
        assert_int_equal(unpack((enum encoding)e, &packed, unpacked, sizeof unpacked), 0);
    }
}

static void text_is_worth_compressing_and_pictures_are_not(void **state) {
    (void)state;
    static const char *const yes[] = {"text/html; charset=utf-8", "TEXT/CSS",
                                      "application/json",         "image/svg+xml",
                                      "application/rss+xml",      "application/feed+json"};
    static const char *const no[] = {"image/png", "video/mp4", "font/woff2", "application/zip", ""};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(encoding_suits(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(encoding_suits(no[i]));
}

static void a_count_is_spliced_into_its_place(void **state) {
    (void)state;
    BUF_LOCAL(b);
    encode_splice(STR("Read 999 times"), 5, 3, STR("1,000"), &b);
    assert_string_equal(b.p, "Read 1,000 times");
    buf_reset(&b);
    encode_splice(STR("7"), 0, 1, STR(""), &b);
    assert_string_equal(b.p, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_of_what_the_client_likes_best_is_chosen),
        cmocka_unit_test(every_encoding_gives_back_the_body),
        cmocka_unit_test(an_empty_body_stays_empty),
        cmocka_unit_test(text_is_worth_compressing_and_pictures_are_not),
        cmocka_unit_test(a_count_is_spliced_into_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

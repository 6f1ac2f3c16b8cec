// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/splice: the libraries' own decoders unpack what was spliced. With DAYLIGHT_SPLICE_TO=FOLDER
 * the spliced files are left there for other decoders (tests/web/splice.py). */
#include "web/splice.h"

#include "unit.h"

#include <brotli/decode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { BODY_MOST = 400000 };
static const enum encoding packings[] = {ENCODING_GZIP, ENCODING_BR, ENCODING_ZSTD};
static char unpacked[BODY_MOST];

static size_t unpack(enum encoding e, struct str packed) {
    size_t n = sizeof unpacked;
    if (e == ENCODING_GZIP) {
        z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.p,
                      .avail_in = (uInt)packed.n,
                      .next_out = (Bytef *)unpacked,
                      .avail_out = sizeof unpacked};
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END); /* checks CRC and length, too */
        assert_int_equal(z.avail_in, 0);
        n = z.total_out;
        inflateEnd(&z);
    } else if (e == ENCODING_BR) {
        assert_int_equal(BrotliDecoderDecompress(packed.n, (const uint8_t *)packed.p, &n, (uint8_t *)unpacked),
                         BROTLI_DECODER_RESULT_SUCCESS);
    } else {
        n = ZSTD_decompress(unpacked, sizeof unpacked, packed.p, packed.n); /* all frames */
        assert_false(ZSTD_isError(n));
    }
    return n;
}

static void must_give(enum encoding e, const struct buf *packed, struct str body) {
    assert_int_equal(unpack(e, buf_str(packed)), body.n);
    assert_memory_equal(unpacked, body.p, body.n);
}

/* A page-like text: words of Brotli's dictionary and of ours, repeated across the seam, and some noise. */
static void add_text(struct buf *b, size_t n, unsigned seed) {
    static const char *const words[] = {
        "<p class=\"notice\">", "government ",           "information ", "the harbour is closed ", "</p>\n", "公告",
        "<a href=\"/news/\">",  " of the Department of "};
    uint64_t x = seed * UINT64_C(2654435761) + 1;
    size_t end = b->n + n;
    while (b->n < end) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        if (x >> 61 == 7)
            buf_add_char(b, (char)(x >> 40));
        else
            buf_add_z(b, words[x >> 61]);
    }
}

static void keep_for_others(const struct buf *packed, enum encoding e, const char *name) {
    const char *folder = getenv("DAYLIGHT_SPLICE_TO");
    if (!folder)
        return;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.%s", folder, name, encoding_words[e]);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(packed->p, 1, packed->n, f), packed->n);
    assert_int_equal(fclose(f), 0);
}

static const char digits[] = "1234567890123456789";

/* The page with a count of `width` digits. */
static struct str page_with(struct buf *b, size_t head_n, size_t tail_n, size_t width, size_t *ret_at) {
    buf_reset(b);
    add_text(b, head_n, 1);
    *ret_at = b->n;
    buf_add(b, str_part(digits, width));
    add_text(b, tail_n, 1); /* the same words: the second part has every reason to point back */
    return buf_str(b);
}

static void a_count_of_any_width_replaces_any_other(void **state) {
    (void)state;
    BUF_LOCAL(one);
    BUF_LOCAL(two);
    for (size_t p = 0; p < 3; p++)
        for (size_t from = 1; from <= 19; from++)
            for (size_t to = 1; to <= 19; to++) {
                BUF_LOCAL(packed);
                BUF_LOCAL(spliced);
                struct seam seam, now;
                size_t at, other_at;
                char name[32];
                struct str before = page_with(&one, 6000, 5000, from, &at),
                           after = page_with(&two, 6000, 5000, to, &other_at);
                assert_true(splice_pack(before, at, from, packings[p], &packed, &seam));
                must_give(packings[p], &packed, before);
                bool can = packings[p] != ENCODING_BR || from == to;
                assert_int_equal(
                    splice_count(buf_str(&packed), &seam, packings[p], str_part(digits, to), &spliced, &now), can);
                if (!can)
                    continue;
                must_give(packings[p], &spliced, after);
                assert_int_equal(now.count_n, to);
                (void)snprintf(name, sizeof name, "%zu-%zu", from, to);
                if (from == 1 || packings[p] == ENCODING_BR)
                    keep_for_others(&spliced, packings[p], name);
            }
}

static void counts_follow_each_other_in_one_page(void **state) {
    (void)state;
    BUF_LOCAL(body);
    for (size_t p = 0; p < 3; p++) {
        struct buf packed = BUF_INIT;
        struct seam seam;
        size_t at;
        struct str first = page_with(&body, 3000, 200, 3, &at);
        assert_true(splice_pack(first, at, 3, packings[p], &packed, &seam));
        for (int i = 100; i < 1000; i += 7) {
            struct buf next = BUF_INIT;
            char text[8];
            (void)snprintf(text, sizeof text, "%d", i);
            assert_true(splice_count(buf_str(&packed), &seam, packings[p], str_of(text), &next, &seam));
            buf_clear(&packed);
            packed = next;
            memcpy(body.p + at, text, 3);
            must_give(packings[p], &packed, buf_str(&body));
        }
        buf_clear(&packed);
    }
}

static void pages_of_all_sizes_are_packed_and_spliced(void **state) {
    (void)state;
    static const size_t sizes[] = {16, 17, 31, 64, 100, 255, 1000, 5000, 66000, 150000};
    BUF_LOCAL(body);
    for (size_t p = 0; p < 3; p++)
        for (size_t h = 0; h < 10; h++)
            for (size_t t = 0; t < 10; t++) {
                BUF_LOCAL(packed);
                BUF_LOCAL(spliced);
                struct seam seam;
                size_t at;
                struct str page = page_with(&body, sizes[h], sizes[t], 5, &at);
                buf_add_z(&packed, "before");
                assert_true(splice_pack(page, at, 5, packings[p], &packed, &seam));
                struct str tail = str_from(buf_str(&packed), 6);
                assert_true(splice_count(tail, &seam, packings[p], STR("98,76"), &spliced, &seam));
                memcpy(body.p + at, "98,76", 5);
                must_give(packings[p], &spliced, buf_str(&body));
            }
}

static void what_has_no_room_for_a_seam_is_refused(void **state) {
    (void)state;
    BUF_LOCAL(b);
    struct seam seam;
    struct str body = STR("0123456789abcdef7fedcba9876543210");
    assert_true(splice_pack(body, 16, 1, ENCODING_GZIP, &b, &seam));
    assert_false(splice_pack(body, 0, 1, ENCODING_GZIP, &b, &seam));
    assert_false(splice_pack(body, body.n - 1, 1, ENCODING_BR, &b, &seam));
    assert_false(splice_pack(body, 16, 0, ENCODING_ZSTD, &b, &seam));
    assert_false(splice_pack(body, 16, 1, ENCODING_IDENTITY, &b, &seam));
    seam = (struct seam){0};
    assert_false(splice_count(body, &seam, ENCODING_GZIP, STR("1"), &b, &seam));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_count_of_any_width_replaces_any_other),
        cmocka_unit_test(counts_follow_each_other_in_one_page),
        cmocka_unit_test(pages_of_all_sizes_are_packed_and_spliced),
        cmocka_unit_test(what_has_no_room_for_a_seam_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* Accept-Encoding negotiation, the three compressors, and the splice of a live count. */
#include "web/encode.h"

#include "base/err.h"

#include <brotli/encode.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

const char *const encoding_words[ENCODINGS] = {"identity", "gzip", "br", "zstd"};

/* RFC 9110 12.4.2: "0", "1", and up to three digits after the point; in thousandths. -1: not a weight. */
static int weight_parse(struct str s) {
    if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
        return -1;
    int weight = (s.p[0] - '0') * 1000;
    for (size_t i = 2, unit = 100; i < s.n; i++, unit /= 10) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        weight += (s.p[i] - '0') * (int)unit;
    }
    return weight <= 1000 ? weight : -1;
}

/* "gzip;q=0.8": takes the weight off *item; 1000 when there is none. A broken weight counts as "not wanted". */
static int weight_take(struct str *item) {
    size_t at = str_find_char(*item, ';', 0);
    if (at == SIZE_MAX)
        return 1000;
    struct str weight = str_trim(str_from(*item, at + 1));
    *item = str_trim(str_first(*item, at));
    if (!str_starts_nocase(weight, "q="))
        return 0;
    int w = weight_parse(str_from(weight, 2));
    return w < 0 ? 0 : w;
}

enum encoding encoding_negotiate(struct str accept_encoding) {
    static const enum encoding preferred[] = {ENCODING_BR, ENCODING_ZSTD, ENCODING_GZIP};
    int weight[ENCODINGS] = {[ENCODING_IDENTITY] = -1, -1, -1, -1};
    int others = 0; /* "*" */
    struct str rest = accept_encoding, item;
    while (str_cut(&rest, ',', &item)) {
        item = str_trim(item);
        int w = weight_take(&item);
        if (str_is(item, "*"))
            others = w;
        else if (str_is_nocase(item, "x-gzip"))
            weight[ENCODING_GZIP] = w;
        for (int e = 0; e < ENCODINGS; e++)
            if (str_is_nocase(item, encoding_words[e]))
                weight[e] = w;
    }
    enum encoding best = ENCODING_IDENTITY;
    int most = weight[ENCODING_IDENTITY] > 0 ? weight[ENCODING_IDENTITY] - 1 : 0; /* of equals, a coding */
    for (size_t i = 0; i < sizeof preferred / sizeof *preferred; i++) {
        int w = weight[preferred[i]] >= 0 ? weight[preferred[i]] : others;
        if (w > most) {
            best = preferred[i];
            most = w;
        }
    }
    return best;
}

static bool encode_gzip(struct str body, int level, struct buf *ret) {
    z_stream z = {0};
    if (body.n > UINT32_MAX || deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t bound = deflateBound(&z, body.n);
    buf_reserve(ret, bound);
    bool ok = !ret->failed && bound <= UINT32_MAX;
    if (ok) {
        z.next_in = (const Bytef *)body.p;
        z.avail_in = (uInt)body.n;
        z.next_out = (Bytef *)ret->p + ret->n;
        z.avail_out = (uInt)bound;
        ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
        if (ok)
            ret->n += z.total_out;
    }
    (void)deflateEnd(&z); /* says only whether data was left */
    return ok;
}

static bool encode_br(struct str body, int quality, struct buf *ret) {
    size_t n = BrotliEncoderMaxCompressedSize(body.n);
    if (n == 0)
        return false;
    buf_reserve(ret, n);
    if (ret->failed || !BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.n,
                                              (const uint8_t *)body.p, &n, (uint8_t *)ret->p + ret->n))
        return false;
    ret->n += n;
    return true;
}

static bool encode_zstd(struct str body, int level, struct buf *ret) {
    size_t bound = ZSTD_compressBound(body.n);
    buf_reserve(ret, bound);
    if (ret->failed)
        return false;
    size_t n = ZSTD_compress(ret->p + ret->n, bound, body.p, body.n, level);
    if (ZSTD_isError(n))
        return false;
    ret->n += n;
    return true;
}

bool encode(struct str body, enum encoding e, enum encode_effort effort, struct buf *ret) {
    struct str input = body.n ? body : STR("");
    bool once = effort == ENCODE_ONCE, ok = true;
    switch (e) {
    case ENCODING_GZIP:
        ok = encode_gzip(input, once ? 9 : 6, ret);
        break;
    case ENCODING_BR:
        ok = encode_br(input, once ? BROTLI_MAX_QUALITY : 5, ret);
        break;
    case ENCODING_ZSTD:
        ok = encode_zstd(input, once ? 19 : 6, ret);
        break;
    default:
        buf_add(ret, input);
    }
    if (!ret->failed && ret->room) /* the compressors write past buf's back */
        ret->p[ret->n] = 0;
    return ok && !buf_failed(ret);
}

bool encoding_suits(const char *content_type) {
    static const char *const suited[] = {"application/json", "application/javascript",
                                         "application/xml",  "application/manifest+json",
                                         "image/svg+xml",    "image/bmp",
                                         "font/ttf",         "font/otf"};
    struct str type = str_of(content_type);
    type = str_trim(str_first(type, str_find_char(type, ';', 0)));
    if (str_starts_nocase(type, "text/") || str_ends(type, "+xml") || str_ends(type, "+json"))
        return true;
    for (size_t i = 0; i < sizeof suited / sizeof *suited; i++)
        if (str_is_nocase(type, suited[i]))
            return true;
    return false;
}

void encode_splice(struct str body, size_t count_at, size_t count_n, struct str count, struct buf *ret) {
    if (count_at > body.n || count_n > body.n - count_at)
        BUG("a live count outside its body");
    buf_reserve(ret, body.n - count_n + count.n);
    buf_add(ret, str_first(body, count_at));
    buf_add(ret, count);
    buf_add(ret, str_from(body, count_at + count_n));
}

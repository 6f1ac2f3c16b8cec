// SPDX-License-Identifier: Apache-2.0
/* Packs a body in two parts with its live count between them: RFC 1952 and 1951, RFC 8878, RFC 7932. */
#include "web/splice.h"

#include <brotli/encode.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

enum { GZIP_LEVEL = 6, BROTLI_LEVEL = 5, BROTLI_WINDOW = 22, ZSTD_LEVEL = 6, PART_LEAST = 16, PART_MOST = 1 << 29 };

/* --- a part --- */

static bool deflate_part(struct str part, bool last, struct buf *ret) {
    z_stream z = {0};
    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t bound = deflateBound(&z, part.n) + 16; /* of the flush */
    buf_reserve(ret, bound);
    bool ok = !ret->failed;
    if (ok) {
        z.next_in = (const Bytef *)part.p;
        z.avail_in = (uInt)part.n;
        z.next_out = (Bytef *)ret->p + ret->n;
        z.avail_out = (uInt)bound;
        int rc = deflate(&z, last ? Z_FINISH : Z_SYNC_FLUSH);
        ok = last ? rc == Z_STREAM_END : rc == Z_OK && z.avail_in == 0 && z.avail_out > 0;
        ret->n += z.total_out;
    }
    (void)deflateEnd(&z); /* says only whether data was left */
    return ok;
}

/* offset 0: the stream's beginning. Later parts begin with two bytes as they are, and with no distance known: they hold
 * whatever stands before them, if only it is `offset` bytes long. */
static bool brotli_part(struct str part, size_t offset, bool last, struct buf *ret) {
    BrotliEncoderState *s = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    size_t room = BrotliEncoderMaxCompressedSize(part.n) + 64, in_n = part.n, out_n = room;
    buf_reserve(ret, room);
    bool ok = s && !ret->failed && BrotliEncoderSetParameter(s, BROTLI_PARAM_QUALITY, BROTLI_LEVEL) &&
              BrotliEncoderSetParameter(s, BROTLI_PARAM_LGWIN, BROTLI_WINDOW) &&
              BrotliEncoderSetParameter(s, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT) &&
              BrotliEncoderSetParameter(s, BROTLI_PARAM_STREAM_OFFSET, (uint32_t)offset);
    if (ok) {
        const uint8_t *in = (const uint8_t *)part.p;
        uint8_t *out = (uint8_t *)ret->p + ret->n;
        ok = BrotliEncoderCompressStream(s, last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH, &in_n, &in, &out_n,
                                         &out, NULL) &&
             in_n == 0 && !BrotliEncoderHasMoreOutput(s);
        ret->n += room - out_n;
    }
    if (s)
        BrotliEncoderDestroyInstance(s);
    return ok;
}

static bool zstd_part(struct str part, struct buf *ret) {
    size_t bound = ZSTD_compressBound(part.n);
    buf_reserve(ret, bound);
    size_t n = ret->failed ? 0 : ZSTD_compress(ret->p + ret->n, bound, part.p, part.n, ZSTD_LEVEL);
    if (n == 0 || ZSTD_isError(n))
        return false;
    ret->n += n;
    return true;
}

/* --- the count between them --- */

static void add_bytes(struct buf *ret, uint64_t value, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_add_char(ret, (char)(unsigned char)(value >> (8 * i)));
}

static void add_count(struct buf *ret, enum encoding e, struct str count) {
    if (e == ENCODING_GZIP) { /* a stored block that is not the last: type, length, its complement */
        add_bytes(ret, 0, 1);
        add_bytes(ret, count.n, 2);
        add_bytes(ret, ~count.n, 2);
    } else if (e == ENCODING_BR) { /* not the last, four nibbles of length less one, uncompressed */
        add_bytes(ret, (count.n - 1) << 3 | 1u << 19, 3);
    } else { /* a frame of one segment with its size in a byte, and its last block, raw */
        add_bytes(ret, ZSTD_MAGICNUMBER, 4);
        add_bytes(ret, 0x20, 1);
        add_bytes(ret, count.n, 1);
        add_bytes(ret, count.n << 3 | 1, 3);
    }
    buf_add(ret, count);
}

static uint32_t crc_of(struct str s) {
    return (uint32_t)crc32(0, (const Bytef *)s.p, (uInt)s.n);
}

static void add_trailer(struct buf *ret, const struct seam *seam, struct str count) {
    uLong crc = crc32_combine(seam->head_crc, crc_of(count), (z_off_t)count.n);
    crc = crc32_combine(crc, seam->tail_crc, (z_off_t)seam->tail_n);
    add_bytes(ret, crc, 4);
    add_bytes(ret, seam->head_n + count.n + seam->tail_n, 4);
}

static bool add_part(struct buf *ret, enum encoding e, struct str part, size_t offset, bool last) {
    bool ok = e == ENCODING_GZIP ? deflate_part(part, last, ret)
              : e == ENCODING_BR ? brotli_part(part, offset, last, ret)
                                 : zstd_part(part, ret);
    if (!ret->failed && ret->room) /* the compressors write past buf's back */
        ret->p[ret->n] = 0;
    return ok && !buf_failed(ret);
}

bool splice_pack(struct str body, size_t count_at, size_t count_n, enum encoding e, struct buf *ret,
                 struct seam *ret_seam) {
    static const unsigned char gzip_head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    struct str head = str_first(body, count_at), count = str_first(str_from(body, count_at), count_n),
               tail = str_from(body, count_at + count_n);
    if (e == ENCODING_IDENTITY || count_n == 0 || count_n > SPLICE_COUNT_MOST || head.n < PART_LEAST ||
        tail.n < PART_LEAST || body.n > PART_MOST)
        return false;
    struct seam seam = {.count_n = count_n, .head_n = head.n, .tail_n = tail.n};
    size_t begin = ret->n;
    if (e == ENCODING_GZIP) {
        seam.head_crc = crc_of(head);
        seam.tail_crc = crc_of(tail);
        buf_add(ret, str_part((const char *)gzip_head, sizeof gzip_head));
    }
    if (!add_part(ret, e, head, 0, false))
        return false;
    seam.at = ret->n - begin;
    add_count(ret, e, count);
    seam.n = ret->n - begin - seam.at;
    if (!add_part(ret, e, tail, head.n + count.n, true))
        return false;
    if (e == ENCODING_GZIP)
        add_trailer(ret, &seam, count);
    *ret_seam = seam;
    return !buf_failed(ret);
}

bool splice_count(struct str packed, const struct seam *seam, enum encoding e, struct str count, struct buf *ret,
                  struct seam *ret_seam) {
    enum { GZIP_TRAILER = 8 };
    if (seam->n == 0 || count.n == 0 || count.n > SPLICE_COUNT_MOST || (e == ENCODING_BR && count.n != seam->count_n))
        return false;
    struct str rest = str_from(packed, seam->at + seam->n);
    size_t begin = ret->n;
    buf_reserve(ret, packed.n + count.n);
    buf_add(ret, str_first(packed, seam->at));
    add_count(ret, e, count);
    struct seam now = *seam;
    now.count_n = count.n;
    now.n = ret->n - begin - seam->at;
    buf_add(ret, e == ENCODING_GZIP ? str_first(rest, rest.n - GZIP_TRAILER) : rest);
    if (e == ENCODING_GZIP)
        add_trailer(ret, &now, count);
    *ret_seam = now;
    return !buf_failed(ret);
}

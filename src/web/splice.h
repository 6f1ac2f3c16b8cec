// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A live count within a compressed body, replaced without compressing the body again.
 *
 * The body is compressed in two parts that do not refer to each other; the count stands between them as it is:
 *   gzip    deflate up to a sync flush, a stored block with the count, a second deflate stream; the CRC is combined
 *   zstd    three frames, the middle one a raw block
 *   br      an uncompressed metablock between two byte-aligned parts of one stream (BROTLI_PARAM_STREAM_OFFSET)
 * What this costs on the wire is that the second part cannot point into the first: about a tenth of a small page.
 *
 * Brotli numbers the words of its built-in dictionary from the position in the stream on: the second part holds only
 * for counts of as many bytes. For one more digit splice_count() says false, and the body is compressed anew: seven
 * times on the way to ten million readings. Thread-safe: nothing here has state. */
#include "web/encode.h"

struct seam {
    size_t at, n;   /* the count's block in the packed bytes, with its head; n 0: there is none */
    size_t count_n; /* bytes of the count itself */
    size_t head_n, tail_n;
    uint32_t head_crc, tail_crc;
};

enum { SPLICE_COUNT_MOST = 255 };

/* Appends the body in encoding e with a seam around its count_n bytes at count_at. False: no memory, or there is no
 * room for a seam (the count is empty, too long, at the very beginning or end): pack it whole with encode(). Not for
 * ENCODING_IDENTITY. */
bool splice_pack(struct str body, size_t count_at, size_t count_n, enum encoding e, struct buf *ret,
                 struct seam *ret_seam);
/* Appends `packed` with `count` in its seam. False: pack it anew. */
bool splice_count(struct str packed, const struct seam *seam, enum encoding e, struct str count, struct buf *ret,
                  struct seam *ret_seam);

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Content codings: which one a client wants (RFC 9110 12.5.3), and bodies in it. Thread-safe: nothing here has state.
 */
#include "base/buf.h"

enum encoding { ENCODING_IDENTITY, ENCODING_GZIP, ENCODING_BR, ENCODING_ZSTD, ENCODINGS };
extern const char *const encoding_words[ENCODINGS]; /* "identity", "gzip", "br", "zstd" */

/* The client's best; of equals the one that is smallest on the wire: br, zstd, gzip. No header, or nothing acceptable:
 * identity. */
enum encoding encoding_negotiate(struct str accept_encoding);

enum encode_effort { ENCODE_LIVE, ENCODE_ONCE }; /* for one page now; for a file that stays for ever */
/* Appends. False when there is no memory (nothing usable in *ret then). Identity is a copy. */
bool encode(struct str body, enum encoding e, enum encode_effort effort, struct buf *ret);
/* Text, XML, JSON, SVG …: worth compressing. */
bool encoding_suits(const char *content_type);

/* The body with its count_n bytes at count_at replaced by `count`. Appends. In compressed forms: splice.h. */
void encode_splice(struct str body, size_t count_at, size_t count_n, struct str count, struct buf *ret);

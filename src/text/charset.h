// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Bytes of unknown encoding to UTF-8: byte order mark, then `declared` (a charset label or NULL), then an HTML <meta>
 * within the first 4,096 bytes, then UTF-8 if valid, then detection (ICU) among GB18030, Big5, UTF-16, windows-1252 and
 * its kin. A claim is believed when the bytes fit it (one bad character in fifty may be). A <meta> is not where it was
 * left in what is plainly UTF-8 by now, or names one encoding in what plainly is another of East Asia; the caller
 * compares with charset_declared_inside(). GB2312 and GBK labels are read as GB18030.
 *
 * What is damaged in the encoding that it plainly has is refused, with the place; nothing is guessed over it. A
 * character that the encoding allows, and that has no meaning here, becomes U+FFFD: the caller tells. Controls other
 * than tab and line feed go, line ends become \n. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

/* Appends UTF-8. *ret_name (may be NULL) is a static name: "UTF-8", "GB18030", …
 * -ERR_FORMAT when the bytes are not text (NUL bytes or controls all over, no encoding fits), or broken. */
int charset_decode(struct str bytes, const char *declared, struct buf *ret, const char **ret_name, struct err *reterr);

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A QR code (ISO/IEC 18004, through libqrencode, level M) as a small SVG picture: one path, dark on white, with the
 * quiet zone of four modules that the standard asks for. Thread-safe. */
#include "base/buf.h"
#include "base/err.h"

/* Appends the SVG. -ERR_TOO_LARGE when the text does not fit into a code (2,331 bytes). */
int qr_add_svg(struct buf *ret, struct str text, struct err *reterr);

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* DOCX (ECMA-376): word/document.xml of a zip archive, with its styles, numbering, links and notes. Bounded: entries,
 * unpacked bytes and their ratio to the packed ones, depth (libxml2's own 256). No network, no entities. Thread-safe.
 */
#include "press/import/draft.h"

/* -ERR_FORMAT (damaged, encrypted, no document), -ERR_TOO_LARGE (a bomb), -ERR_INVALID (no text). */
int docx_read(struct draft *dr, struct str bytes, struct err *reterr);

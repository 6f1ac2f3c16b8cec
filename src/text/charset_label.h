// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The encodings that are read, by the labels that pages give them (Encoding Standard, 4.2; its legacy names are read as
 * their supersets: GBK as GB18030, ISO-8859-1 as windows-1252). Const; any thread. */
#include "base/str.h"

struct charset {
    const char *name;      /* "GB18030" */
    const char *converter; /* what ICU calls it */
};

/* NULL for a label that is unknown or not read (UTF-7, EBCDIC …). White space around it and case do not matter. */
const struct charset *charset_of_label(struct str label);
/* What an HTML file says of itself in <meta> or an XML declaration within its first 4,096 bytes; empty when nothing. */
struct str charset_declared_inside(struct str bytes);

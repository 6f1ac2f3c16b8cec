// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Languages by BCP 47 tag ("en", "zh-CN", "ar"), through ICU. Thread-safe. */
#include "base/buf.h"

enum { LANGUAGE_MOST = 16 }; /* bytes of a tag, with the NUL */

/* Canonical form into ret ("ZH_cn" → "zh-CN"); false when it is not a language tag or too long. */
bool language_normalise(struct str tag, char ret[LANGUAGE_MOST]);
bool language_is_rtl(const char *tag);
/* The language's own name for itself: "English", "中文（中国）" → for zh-CN "简体中文". Appends. */
void language_add_name(struct buf *ret, const char *tag);
/* Best of `offered` for an Accept-Language header (RFC 9110 12.5.4); the index, or -1 when none is asked for. */
int language_negotiate(struct str accept, const char *const *offered, size_t n);
/* Guesses from the script of the letters: "zh-CN", "zh-TW", "ja", "ko", "ar", "ru", … and "en" for Latin text. */
const char *language_guess(struct str text);

// SPDX-License-Identifier: Apache-2.0
/* What an office is. */
#include "text/site.h"

int site_language(const struct site *s, struct str tag) {
    for (size_t i = 0; i < s->languages; i++)
        if (str_is(tag, s->words[i].language))
            return (int)i;
    return -1;
}

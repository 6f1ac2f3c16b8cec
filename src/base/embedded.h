// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Files compiled into the binary by tools/embed.py (templates, assets, locale, schema, demo): a table ordered by name.
 */
#include "base/str.h"

struct embedded_file {
    const char *name; /* NULL ends the table */
    struct str bytes; /* followed by a NUL that is not counted */
};

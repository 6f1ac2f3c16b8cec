// SPDX-License-Identifier: Apache-2.0
/* An amount of data as people say it. */
#include "base/size.h"

#include <stdio.h>

struct size_text size_text(uint64_t bytes) {
    static const char *const units[] = {"KB", "MB", "GB", "TB", "PB", "EB"};
    struct size_text text;
    uint64_t rest = 0;
    int unit = -1;
    for (; bytes >= 1024; bytes /= 1024, unit++)
        rest = bytes % 1024;
    unsigned tenths = (unsigned)(rest * 10 / 1024);
    if (unit < 0)
        (void)snprintf(text.z, sizeof text.z, "%u byte%s", (unsigned)bytes, bytes == 1 ? "" : "s");
    else if (tenths)
        (void)snprintf(text.z, sizeof text.z, "%u.%u %s", (unsigned)bytes, tenths, units[unit]);
    else
        (void)snprintf(text.z, sizeof text.z, "%u %s", (unsigned)bytes, units[unit]);
    return text;
}

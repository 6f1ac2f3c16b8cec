// SPDX-License-Identifier: Apache-2.0
/* Any text as a moment in any zone: refused, or shown in a form that is read as the same moment again. */
#include "text/datetime.h"

#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Pacific/Apia",
                                        "Etc/UTC",       "Mars/Olympus",  "Africa/Monrovia",  ""};
    if (!n)
        return 0;
    const char *zone = zones[data[0] % 8];
    struct str text = str_part((const char *)data + 1, n - 1);
    int64_t us = 7, again = 7;
    if (!datetime_parse(text, zone, &us)) {
        FUZZ_CHECK(us == 7, "changed\n");
        return 0;
    }
    BUF_LOCAL(b);
    datetime_add_rfc3339(&b, us, zone);
    if (b.n == 25) /* else the year is 0 or 10000 in that zone, beyond the form */
        FUZZ_CHECK(datetime_parse(buf_str(&b), "Etc/UTC", &again) ? again == us : b.p[0] == '0', "%s\n", b.p);
    buf_reset(&b);
    datetime_add_minute(&b, us, zone);
    datetime_add_day(&b, us, zone);
    datetime_add_http(&b, us);
    datetime_add_long_day(&b, us, zone, data[0] & 8 ? "zh-CN" : "en");
    FUZZ_CHECK(!buf_failed(&b) && b.n > 60, "%s\n", b.p);
    return 0;
}

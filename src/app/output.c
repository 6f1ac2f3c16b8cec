// SPDX-License-Identifier: Apache-2.0
/* JSON on standard output. */
#include "app/output.h"

#include "text/datetime.h"

#include <stdio.h>

int output_json(json_t *json, struct err *reterr) {
    if (!json)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to print it");
    int bad = json_dumpf(json, stdout, JSON_INDENT(2));
    json_decref(json);
    if (bad || putchar('\n') == EOF)
        return err_set(reterr, ERR_IO, "standard output: it could not be written");
    return 0;
}

json_t *output_text(struct str s) {
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

json_t *output_time(int64_t us, const char *zone) {
    BUF_LOCAL(b);
    if (!us)
        return json_null();
    datetime_add_rfc3339(&b, us, zone);
    return output_text(buf_str(&b));
}

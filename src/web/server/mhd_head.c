// SPDX-License-Identifier: Apache-2.0
/* The lines of a head, one after the other, as they stand in the buffer: each colon, CR and LF has become NUL. */
#include "web/server/mhd_head.h"

#include "web/incoming.h"

#include <string.h>

struct lines {
    const char *next; /* where the next line has to begin */
    bool plain;
};

static enum MHD_Result follow(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
                              size_t value_n) {
    struct lines *l = cls;
    (void)kind;
    const char *colon = name + name_n;
    l->plain = name == l->next && value && value > colon && !*colon && incoming_name_ok(str_part(name, name_n));
    for (const char *p = colon + 1; l->plain && p < value; p++)
        l->plain = *p == ' ' || *p == '\t';
    if (l->plain)
        l->next = value + value_n + 2;  /* CR LF */
    return l->plain ? MHD_YES : MHD_NO; /* goes on, or ends */
}

bool mhd_head_is_plain(struct MHD_Connection *connection, const char *method, const char *version) {
    if (strncmp(MHD_get_version(), "0.9.", 4) != 0)
        return true;
    struct lines l = {.next = version + strlen(version) + 2, .plain = true};
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, follow, &l); /* gives their number */
    size_t n = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    return l.plain && l.next + 2 == method + n;
}

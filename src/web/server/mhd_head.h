// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Whether a head's lines can be read in one way only. libmicrohttpd 0.9 takes what proxies in front may read otherwise,
 * so that they and we would not agree where a request ends: a line that begins with a colon ends its head; a continued
 * line is added to the header's name; what follows a NUL is not there; a bare LF ends a line. All of it shows in where
 * the parts stand in the connection's buffer. From 1.0 on the library refuses such heads by itself. Thread-safe. */
#include <microhttpd.h>
#include <stdbool.h>

/* method and version: as the library gives them to the handler. Header names that are no tokens are not plain, either.
 */
bool mhd_head_is_plain(struct MHD_Connection *connection, const char *method, const char *version);

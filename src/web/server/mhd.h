// SPDX-License-Identifier: Apache-2.0
#pragma once
/* libmicrohttpd's callbacks: for TLS, and for whatever is not a plain request to read (door.h hands it on): forms, odd
 * heads, heads that come in pieces. Each has the struct carrier as its closure. */
#include "web/server/carrier.h"

#include <microhttpd.h>

/* What door.h gives libmicrohttpd as the address of a connection that it has known already: the library only copies
 * it, and gives it back. The peer is busy until then, so that nobody shuts a socket that is in nobody's hands. */
struct mhd_handed {
    sa_family_t family; /* AF_UNSPEC: no client's */
    struct peer *peer;
};

/* MHD_OPTION_… */
enum MHD_Result mhd_admit(void *cls, const struct sockaddr *sa, socklen_t n);
void mhd_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                    enum MHD_ConnectionNotificationCode what);
enum MHD_Result mhd_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                            const char *version, const char *upload, size_t *upload_n, void **con_cls);
void mhd_completed(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode why);
/* Ends an address's query behind as many values as say that they are too many (incoming.h), and takes it off an address
 * that is too long. libmicrohttpd takes some 64 bytes of a connection's memory for each value, and where that is used
 * up it neither answers nor closes. */
void *mhd_address(void *cls, const char *address, struct MHD_Connection *connection);
/* Leaves everything as it came: paths are decoded once, by us. */
size_t mhd_unescape(void *cls, struct MHD_Connection *connection, char *s);
void mhd_log(void *cls, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

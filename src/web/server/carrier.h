// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Between libmicrohttpd and the two lanes: its callbacks. The fast lane is here: an epoll thread looks the request up
 * in the page cache and answers from a ready response; everything else is suspended and pushed to the slow lane. */
#include "web/front.h"
#include "web/lane.h"
#include "web/peers.h"
#include "web/serve.h"

#include <microhttpd.h>
#include <pthread.h>

struct tls;

struct carrier {
    struct serving serving;
    pthread_mutex_t live_lock; /* keeping serving.live->office, against its release by a reload */
    struct lane *lane;
    pthread_key_t front; /* each epoll thread's own (front.h) */
    struct peers *peers;
    _Atomic int64_t told_second; /* connections that were told in it why they are refused */
    atomic_uint told;
    struct tls *tls;                   /* NULL: plain */
    int64_t idle_us, head_us, body_us; /* time-outs */
};

/* MHD_OPTION_…, each with the struct carrier as its closure. */
enum MHD_Result carrier_admit(void *cls, const struct sockaddr *sa, socklen_t n);
void carrier_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                        enum MHD_ConnectionNotificationCode what);
enum MHD_Result carrier_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                const char *version, const char *upload, size_t *upload_n, void **con_cls);
void carrier_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
                       enum MHD_RequestTerminationCode why);
/* Ends an address's query behind as many values as say that they are too many (incoming.h), and takes it off an address
 * that is too long. libmicrohttpd takes some 64 bytes of a connection's memory for each value, and where that is used
 * up it neither answers nor closes. */
void *carrier_address(void *cls, const char *address, struct MHD_Connection *connection);
/* Leaves everything as it came: paths are decoded once, by us. */
size_t carrier_unescape(void *cls, struct MHD_Connection *connection, char *s);
void carrier_log(void *cls, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

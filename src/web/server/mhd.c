// SPDX-License-Identifier: Apache-2.0
/* libmicrohttpd's callbacks.
 *
 * It calls mhd_request() once when a request's head is there, for each piece of its body, once when all is there,
 * and again whenever a suspended connection is resumed. An answer given at the first call closes the connection;
 * therefore a GET is only marked then, and answered at the second call. */
#include "web/server/mhd.h"

#include "base/clock.h"
#include "base/log.h"
#include "web/server/mhd_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A request that is not answered at once. */
struct job {
    struct call call;
    struct incoming in;
    struct carrier *carrier;
    struct MHD_Connection *connection;
    struct buf form;
    atomic_bool answered;
};

/* What mhd_address() took out of the address, or saw there. */
enum cut { CUT_NOTHING, CUT_VALUES, CUT_LONG, CUT_ILL, CUTS };

/* What a request's context points to until it has a job: before its first call, and for a GET between its two calls. No
 * memory is needed for the fast lane. */
static const char new_marks[CUTS], get_marks[CUTS];

static bool is_mark(const char *marks, const void *context, enum cut *ret) {
    for (int i = CUT_NOTHING; i < CUTS; i++)
        if (context == &marks[i]) {
            *ret = (enum cut)i;
            return true;
        }
    return false;
}

static void note_cut(struct incoming *in, enum cut cut) {
    in->too_many_args = cut == CUT_VALUES;
    in->too_long = cut == CUT_LONG;
    in->ill_address = cut == CUT_ILL;
}

/* --- connections --- */

static const union MHD_ConnectionInfo *info(struct MHD_Connection *connection, enum MHD_ConnectionInfoType what) {
    return MHD_get_connection_info(connection, what);
}

static const struct mhd_handed *handed(const struct sockaddr *sa) {
    return sa->sa_family == AF_UNSPEC ? (const struct mhd_handed *)(const void *)sa : NULL;
}

enum MHD_Result mhd_admit(void *cls, const struct sockaddr *sa, socklen_t n) {
    struct carrier *c = cls;
    (void)n;
    if (handed(sa))
        return MHD_YES;
    struct address a = address_of(sa);
    metrics_count(c->serving.metrics, METRIC_CONNECTION);
    enum peers_verdict verdict = peers_admit(c->peers, &a);
    if (verdict == PEERS_WELCOME || carrier_may_tell(c)) /* nothing can be said here: there is no socket to be had */
        return MHD_YES;
    carrier_count_refused(c, verdict);
    return MHD_NO;
}

static void set_receiving(struct peer *peer, bool receiving) {
    if (peer)
        atomic_store_explicit(&peer->receiving, receiving, memory_order_relaxed);
}

static struct peer *peer_new(struct carrier *c, int fd, const struct sockaddr *sa) {
    struct address a = address_of(sa);
    enum peers_verdict why;
    bool displaced;
    struct peer *peer = peers_add(c->peers, fd, &a, c, &why, &displaced);
    if (displaced)
        metrics_count(c->serving.metrics, METRIC_CONNECTION_DISPLACED);
    if (!peer)
        carrier_refuse(c, fd, why); /* libmicrohttpd sees the end and closes it */
    return peer;
}

void mhd_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                    enum MHD_ConnectionNotificationCode what) {
    struct carrier *c = cls;
    if (what != MHD_CONNECTION_NOTIFY_STARTED) {
        if (*socket_context)
            peers_remove(c->peers, *socket_context);
        *socket_context = NULL;
        return;
    }
    const struct sockaddr *sa = info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    const struct mhd_handed *from_door = handed(sa);
    struct peer *peer =
        from_door ? from_door->peer : peer_new(c, info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, sa);
    *socket_context = peer;
    carrier_set_deadline(peer, c->idle_us + c->head_us);
    if (from_door)
        peers_rest(c->peers, peer);
}

static struct peer *peer_of(struct MHD_Connection *connection) {
    return info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

/* --- a request's head --- */

static struct str part_of(const char *p, size_t n) {
    return str_part(p ? p : "", p ? n : 0);
}

static enum MHD_Result take_value(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value,
                                  size_t value_n) {
    if (kind == MHD_HEADER_KIND)
        incoming_header(cls, str_part(key, key_n), str_trim(part_of(value, value_n))); /* RFC 9112 5.1 */
    else
        incoming_arg(cls, str_part(key, key_n), value ? str_part(value, value_n) : STR_NONE);
    return MHD_YES;
}

static int take_head(const struct carrier *c, struct MHD_Connection *connection, const char *url, const char *method,
                     const char *version, struct incoming *ret, struct err *reterr) {
    ret->method = str_of(method);
    ret->needs_host = strcmp(version, MHD_HTTP_VERSION_1_0) != 0;
    ret->path = str_of(url);
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND | MHD_GET_ARGUMENT_KIND, take_value,
                                      ret); /* gives their number */
    size_t uri_n = ret->path.n;
    for (size_t i = 0; i < ret->args_n; i++)
        uri_n += ret->args[i].name.n + ret->args[i].value.n + 2;
    size_t head_n = info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    return incoming_check(ret, &c->serving.limits, uri_n, head_n, reterr);
}

/* --- the slow lane --- */

static void job_free(struct job *job) {
    carrier_call_end(&job->call);
    buf_clear(&job->form);
    free(job);
}

static void job_done(struct call *call) {
    struct job *job = (struct job *)(void *)((char *)call - offsetof(struct job, call));
    struct MHD_Connection *connection = job->connection;
    atomic_store(&job->answered, true);
    MHD_resume_connection(connection); /* the job is the epoll thread's from here on */
}

static struct job *job_new(struct carrier *c, struct MHD_Connection *connection) {
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->carrier = c;
    job->connection = connection;
    job->form = BUF_INIT;
    job->form.limit = c->serving.limits.form_most;
    carrier_call_begin(c, &job->call, &job->in, job_done);
    return job;
}

/* --- answers --- */

/* Out of memory: a few words without anything. */
static enum MHD_Result queue_sorry(struct MHD_Connection *connection) {
    const char *words = err_sentence(ERR_NO_MEMORY);
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(words), (void *)(uintptr_t)words, MHD_RESPMEM_PERSISTENT);
    if (!r)
        return MHD_NO; /* closes the connection */
    (void)MHD_add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
    (void)MHD_add_response_header(r, "Retry-After", "5");
    carrier_set_deadline(peer_of(connection), carrier_sending_us(0));
    enum MHD_Result done = MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, r);
    MHD_destroy_response(r);
    return done;
}

static enum MHD_Result queue_sheet(struct MHD_Connection *connection, struct sheet *s, const struct incoming *in) {
    unsigned status;
    struct MHD_Response *r = s ? sheet_pick(s, in, true, &status) : NULL;
    if (!r)
        return queue_sorry(connection);
    carrier_set_deadline(peer_of(connection), carrier_sending_us(s->file >= 0 ? s->file_n : sheet_body(s).n));
    return MHD_queue_response(connection, status, r);
}

static enum MHD_Result job_push(struct job *job) {
    carrier_set_deadline(peer_of(job->connection), 0); /* from here on it is we who take the time */
    job->call.form = buf_str(&job->form);
    MHD_suspend_connection(job->connection);
    carrier_push(job->carrier, &job->call);
    return MHD_YES;
}

/* --- the fast lane --- */

/* NULL: no memory for it now. */
static struct front *front_here(struct carrier *c) {
    struct front *f = pthread_getspecific(c->front);
    if (f)
        return f;
    f = front_new(c->serving.cache);
    if (f && pthread_setspecific(c->front, f) != 0) {
        front_free(f);
        return NULL;
    }
    return f;
}

/* True: answered. False: *ret_claimed is the sheet whose count the worker shall fix (and it is counted), or NULL. */
static bool answer_from_cache(struct carrier *c, struct MHD_Connection *connection, struct incoming *in,
                              int64_t begun_us, struct sheet **ret_claimed, bool *ret_counted, enum MHD_Result *ret) {
    struct sheet *s = carrier_cached(c, front_here(c), in, begun_us);
    unsigned status;
    struct MHD_Response *response = s ? sheet_pick(s, in, false, &status) : NULL;
    if (!response)
        return false;
    const struct live *live = atomic_load(&c->serving.live);
    struct peer *peer = peer_of(connection);
    struct address client;
    *ret_counted = true;
    if (carrier_count(c, live, peer, in, s, begun_us, &client)) {
        *ret_claimed = s;
        return false;
    }
    carrier_set_deadline(peer, carrier_sending_us(sheet_body(s).n));
    *ret = MHD_queue_response(connection, status, response);
    carrier_note_hit(c, live, in, &client, begun_us, status);
    return true;
}

static enum MHD_Result carry_get(struct carrier *c, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, enum cut cut, void **con_cls) {
    struct incoming in;
    struct err err;
    err.code = 0; /* its text is read only where there is a code */
    incoming_init(&in);
    note_cut(&in, cut);
    int64_t begun_us = clock_ticks_us();
    bool counted = false;
    struct sheet *claimed = NULL;
    enum MHD_Result done;
    int failed = take_head(c, connection, url, method, version, &in, &err);
    if (!failed && answer_from_cache(c, connection, &in, begun_us, &claimed, &counted, &done))
        return done;
    struct job *job = job_new(c, connection);
    *con_cls = job;
    if (!job) {
        carrier_unclaim(claimed);
        return queue_sorry(connection);
    }
    job->in = in;
    job->call.client = carrier_client(job->call.live, peer_of(connection), &in);
    if (claimed)
        carrier_claim(&job->call, claimed);
    job->call.counted = counted;
    job->call.refused = err;
    return job_push(job);
}

/* --- requests --- */

static bool has_header(struct MHD_Connection *connection, struct str name) {
    return MHD_lookup_connection_value_n(connection, MHD_HEADER_KIND, name.p, name.n, NULL, NULL) == MHD_YES;
}

static enum MHD_Result begin(struct carrier *c, struct MHD_Connection *connection, const char *url, const char *method,
                             const char *version, enum cut cut, void **con_cls) {
    struct peer *peer = peer_of(connection);
    if (peer)
        atomic_store_explicit(&peer->busy, true, memory_order_relaxed); /* peers_drain() may come a moment late */
    bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    bool plain = mhd_head_is_plain(connection, method, version);
    if (get && plain && !has_header(connection, STR("Content-Length")) &&
        !has_header(connection, STR("Transfer-Encoding"))) {
        *con_cls = (void *)(uintptr_t)&get_marks[cut];
        return MHD_YES;
    }
    struct job *job = job_new(c, connection);
    *con_cls = job;
    if (!job)
        return queue_sorry(connection);
    note_cut(&job->in, cut);
    job->in.bad_lines = !plain;
    int failed = take_head(c, connection, url, method, version, &job->in, &job->call.refused);
    job->call.client = carrier_client(job->call.live, peer, &job->in);
    carrier_set_deadline(peer, c->body_us);
    set_receiving(peer, !failed);
    return failed ? job_push(job) : MHD_YES; /* refused without reading its body: the connection will be closed */
}

enum MHD_Result mhd_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                            const char *version, const char *upload, size_t *upload_n, void **con_cls) {
    struct carrier *c = cls;
    enum cut cut = CUT_NOTHING;
    if (!*con_cls || is_mark(new_marks, *con_cls, &cut))
        return begin(c, connection, url, method, version, cut, con_cls);
    if (is_mark(get_marks, *con_cls, &cut))
        return carry_get(c, connection, url, method, version, cut, con_cls);
    struct job *job = *con_cls;
    if (atomic_load(&job->answered))
        return queue_sheet(connection, job->call.sheet, &job->in);
    if (*upload_n) {
        buf_add(&job->form, str_part(upload, *upload_n));
        *upload_n = 0;
        return MHD_YES;
    }
    if (buf_failed(&job->form) && !job->call.refused.code)
        (void)err_set(&job->call.refused, ERR_TOO_LARGE, "%s", err_sentence(ERR_TOO_LARGE)); /* gives the code */
    set_receiving(peer_of(connection), false);
    job->call.begun_us = clock_ticks_us(); /* the time that its body took to arrive is not ours */
    return job_push(job);
}

void mhd_completed(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode why) {
    struct carrier *c = cls;
    (void)why;
    enum cut cut;
    if (*con_cls && !is_mark(new_marks, *con_cls, &cut) && !is_mark(get_marks, *con_cls, &cut))
        job_free(*con_cls);
    *con_cls = NULL;
    struct peer *peer = peer_of(connection);
    carrier_set_deadline(peer, c->idle_us + c->head_us);
    if (!peer)
        return;
    atomic_store_explicit(&peer->silent_us, clock_coarse_us(), memory_order_relaxed);
    peers_rest(c->peers, peer);
}

void *mhd_address(void *cls, const char *address, struct MHD_Connection *connection) {
    const struct carrier *c = cls;
    (void)connection;
    char *query = strchr(address, '?'), *at = query;
    /* A space, or a NUL: behind the address stands the version. */
    if (strchr(address, ' ') || strncmp(strchr(address, 0) + 1, "HTTP/", 5) != 0) {
        if (query)
            query[1] = 0;
        return (void *)(uintptr_t)&new_marks[CUT_ILL];
    }
    if (!query)
        return NULL;
    bool longer = strnlen(address, c->serving.limits.uri_most + 1) > c->serving.limits.uri_most;
    for (size_t values = 1; at && !longer && values <= INCOMING_ARGS_MOST; values++)
        at = strchr(at + 1, '&');
    if (longer)
        at++; /* that there is a query it has seen already */
    if (!at)
        return NULL;
    *at = 0; /* in its own buffer, which it is about to cut up in this very way */
    return (void *)(uintptr_t)&new_marks[longer ? CUT_LONG : CUT_VALUES];
}

size_t mhd_unescape(void *cls, struct MHD_Connection *connection, char *s) {
    (void)cls;
    (void)connection;
    return strlen(s);
}

/* Its sentences hold no part of a request. Nearly all are about one client; what matters is when there is no room. */
void mhd_log(void *cls, const char *format, va_list args) {
    (void)cls;
    char text[400];
    if (vsnprintf(text, sizeof text, format, args) < 0)
        return;
    bool matters = strstr(text, "resource limit") || strstr(text, "to bind") || strstr(text, "o create");
    LOG(matters ? LOG_WARN : LOG_DEBUG, "http", LOG_TEXT("said", str_trim(str_of(text))));
}

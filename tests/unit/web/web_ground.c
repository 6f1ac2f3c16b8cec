// SPDX-License-Identifier: Apache-2.0
/* The tests' office, pages and client. */
#include "web_ground.h"

#include "base/clock.h"
#include "base/file.h"
#include "press/content.h"
#include "web/page.h"
#include "web/request.h"
#include "web/system.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* --- pages --- */

_Atomic int ground_renders, ground_waiting, ground_let_go, ground_fail;

static const struct param none[] = {{0}};
static const struct param id_params[] = {{.name = "id", .kind = PARAM_INT, .most = 1000000}, {0}};
static const struct param text_params[] = {
    {.name = "q", .kind = PARAM_TEXT, .most = 40}, {.name = "n", .kind = PARAM_INT, .most = 50}, {0}};
static const struct param echo_params[] = {
    {.name = "id", .kind = PARAM_INT, .most = 1000000}, {.name = "q", .kind = PARAM_TEXT, .most = 40}, {0}};
static const struct param form_params[] = {
    {.name = "back", .kind = PARAM_PATH, .most = 200}, {.name = "words", .kind = PARAM_TEXT, .most = 100000}, {0}};

static int home(struct request *req) {
    atomic_fetch_add(&ground_renders, 1);
    (void)request_bytes(req, "text/html; charset=utf-8", STR("<p>home of ")); /* gives 200 */
    buf_add_z(&req->body, messages_tag(req->messages));
    for (int i = 0; i < 100; i++)
        buf_add_z(&req->body, " the same words again,");
    return 200;
}

static int count(struct request *req) {
    atomic_fetch_add(&ground_renders, 1);
    int64_t id = request_int(req, "id", 0);
    buf_reset(&req->body);
    buf_add_z(&req->body, "<p>Read ");
    req->count_at = req->body.n;
    buf_add(&req->body, messages_number(req->messages, req->arena, views_get(req->office->views, id)));
    req->count_n = req->body.n - req->count_at;
    buf_add_z(&req->body,
              " times, they say, and this sentence is long enough to be compressed, compressed, compressed.");
    req->viewed_id = id;
    return 200;
}

static int text(struct request *req) {
    atomic_fetch_add(&ground_renders, 1);
    buf_reset(&req->body);
    buf_printf(&req->body, "q=[%.*s] n=%lld address=%.*s", STR_FMT(request_text(req, "q")),
               (long long)request_int(req, "n", -1), STR_FMT(req->address));
    return 200;
}

static int echo(struct request *req) {
    return request_bytes(req, "text/plain; charset=utf-8", req->address);
}

static int slow(struct request *req) {
    atomic_fetch_add(&ground_waiting, 1);
    while (!atomic_load(&ground_let_go))
        nanosleep(&(struct timespec){0, 2000000}, NULL);
    atomic_fetch_sub(&ground_waiting, 1);
    atomic_fetch_add(&ground_renders, 1);
    return request_bytes(req, "text/plain; charset=utf-8", STR("at last"));
}

static int form(struct request *req) {
    struct str back = request_text(req, "back");
    req->set_cookie = STR("reader=large.green; Path=/");
    return request_redirect(req, 303, back.n ? back : STR("/"));
}

static int touch(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    return content_changed(tx, reterr);
}

static int publish(struct request *req) {
    struct err err = {0};
    if (store_write(req->office->store, touch, NULL, &err) != 0)
        return request_failed(req, &err);
    return request_redirect(req, 303, STR("/version"));
}

static int file(struct request *req) {
    struct str path = arena_printf(req->arena, "%s/thousand", req->office->folder);
    int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? request_failed(req, NULL) : request_file(req, "image/png", fd, 1000);
}

static int version(struct request *req) {
    atomic_fetch_add(&ground_renders, 1);
    struct err err = {0};
    int64_t number = 0;
    if (atomic_load(&ground_fail))
        return request_failed(req, &(struct err){.code = -ERR_STORE_AWAY});
    if (content_version(req->tx, &number, &err) != 0)
        return request_failed(req, &err);
    buf_reset(&req->body);
    buf_printf(&req->body, "version %lld", (long long)number);
    return 200;
}

static int away(struct request *req) {
    return request_failed(req, &(struct err){.code = -ERR_STORE_AWAY});
}

static int local(struct request *req) {
    return request_bytes(req, "text/plain; charset=utf-8", STR("figures"));
}

static int big(struct request *req) {
    buf_reset(&req->body);
    for (int i = 0; i < 20000; i++)
        buf_printf(&req->body, "%09d\n", i);
    req->content_type = "application/octet-stream";
    return 200;
}

#define PAGE(pattern, cache, params, handler)                                                                          \
    { METHOD_GET, pattern, WHO_ANYONE, cache, true, params, handler, "A page of the tests", false, false }
const struct route ground_routes[] = {
    PAGE("/", CACHE_PAGE, none, home),
    PAGE("/count/{id}", CACHE_PAGE, id_params, count),
    PAGE("/text", CACHE_PAGE, text_params, text),
    PAGE("/echo/{id}", CACHE_PAGE, echo_params, echo),
    PAGE("/slow", CACHE_PAGE, none, slow),
    PAGE("/alone", CACHE_NONE, none, slow),
    PAGE("/folder/", CACHE_NONE, none, local),
    {METHOD_POST, "/form", WHO_ANYONE, CACHE_NONE, true, form_params, form, "A form of the tests", true, false},
    {METHOD_POST, "/publish", WHO_ANYONE, CACHE_NONE, true, none, publish, "Changes the content", true, false},
    PAGE("/file", CACHE_FOREVER, none, file),
    PAGE("/version", CACHE_PAGE, none, version),
    PAGE("/away", CACHE_PAGE, none, away),
    PAGE("/big", CACHE_NONE, none, big),
    {METHOD_GET, "/local", WHO_LOCAL, CACHE_NONE, false, none, local, "For the neighbours", true, false},
    {METHOD_GET, "/healthz", WHO_ANYONE, CACHE_NONE, false, system_params, healthz_serve, "Health", true, false},
    {METHOD_GET, "/metrics", WHO_LOCAL, CACHE_NONE, false, system_params, metrics_serve, "Figures", true, false},
    {0},
};

/* --- the office --- */

struct office *ground_office(struct ground *g) {
    static const struct site site = {
        .origin = STR("https://www.example.org"),
        .zone = "Asia/Shanghai",
        .languages = 2,
        .words = {{.language = "en", .name = STR("Alder Quay")}, {.language = "zh-CN", .name = STR("桤木码头")}},
    };
    struct office *o = NULL;
    struct err err = {0};
    int failed = office_load(g->fixture->folder, &site, NULL, g->fixture->store, g->views, &o, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(failed, 0);
    return o;
}

struct ground *ground_new(const char *engine) {
    struct ground *g = calloc(1, sizeof *g);
    BUF_LOCAL(path);
    assert_non_null(g);
    g->fixture = fixture_store(engine);
    file_join(&path, g->fixture->folder, "views");
    assert_int_equal(views_open(path.p, g->fixture->store, &g->views, NULL), 0);
    g->office = ground_office(g);
    BUF_LOCAL(thousand);
    for (int i = 0; i < 100; i++)
        buf_printf(&thousand, "%09d\n", i);
    buf_reset(&path);
    file_join(&path, g->fixture->folder, "thousand");
    assert_int_equal(file_write(path.p, buf_str(&thousand), 0600, NULL), 0);
    atomic_store(&ground_renders, 0);
    atomic_store(&ground_let_go, 0);
    atomic_store(&ground_fail, 0);
    return g;
}

struct server_settings ground_settings(void) {
    static const char *const listen[] = {"127.0.0.1:0", NULL};
    struct server_settings s;
    server_settings_init(&s);
    s.listen = listen;
    s.routes = ground_routes;
    s.threads = 2;
    s.workers = 4;
    s.watch_ms = 20;
    s.drain_seconds = 5;
    return s;
}

void ground_serve(struct ground *g, struct server_settings *s) {
    struct err err = {0};
    int failed = server_start(s, g->office, &g->server, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(failed, 0);
    g->port = server_port(g->server);
}

void ground_end(struct ground *g) {
    server_stop(g->server);
    office_release(g->office);
    views_close(g->views);
    fixture_end(g->fixture);
    free(g);
}

/* --- the client --- */

int ground_connect(unsigned port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    assert_true(fd >= 0);
    struct timeval patience = {.tv_sec = 20};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

void ground_send(int fd, const char *bytes) {
    size_t n = strlen(bytes), at = 0;
    while (at < n) {
        ssize_t sent = send(fd, bytes + at, n - at, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* refused early: the answer tells */
        at += (size_t)sent;
    }
}

static size_t whole_length(struct str got, bool head_only) {
    size_t head = str_find(got, STR("\r\n\r\n"), 0);
    if (head == SIZE_MAX)
        return SIZE_MAX;
    int64_t length = 0;
    int status = ground_status(got);
    if (!head_only && status != 304 && status != 204)
        (void)str_to_int(ground_header(got, "Content-Length"), &length); /* absent: 0 */
    return head + 4 + (size_t)length;
}

struct str ground_receive(int fd, struct arena *a, bool head_only) {
    BUF_LOCAL(b);
    char piece[65536];
    while (whole_length(buf_str(&b), head_only) > b.n) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n <= 0)
            break;
        buf_add(&b, str_part(piece, (size_t)n));
    }
    return arena_buf(a, &b);
}

struct str ground_get(struct ground *g, struct arena *a, const char *target, const char *headers) {
    BUF_LOCAL(b);
    int fd = ground_connect(g->port);
    buf_printf(&b, "GET %s HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0\r\n%s\r\n", target, headers);
    ground_send(fd, b.p);
    struct str answer = ground_receive(fd, a, false);
    close(fd);
    return answer;
}

int ground_status(struct str answer) {
    int64_t status = 0;
    (void)str_to_int(str_first(str_from(answer, 9), 3), &status); /* 0: no answer */
    return (int)status;
}

struct str ground_header(struct str answer, const char *name) {
    struct str rest = str_first(answer, str_find(answer, STR("\r\n\r\n"), 0)), line;
    while (str_cut(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':', 0);
        if (colon != SIZE_MAX && str_is_nocase(str_first(line, colon), name))
            return str_trim(str_from(line, colon + 1));
    }
    return STR_NONE;
}

struct str ground_body(struct str answer) {
    size_t head = str_find(answer, STR("\r\n\r\n"), 0);
    return head == SIZE_MAX ? STR_NONE : str_from(answer, head + 4);
}

bool ground_says(struct str s, const char *part) {
    return str_find(s, str_of(part), 0) != SIZE_MAX;
}

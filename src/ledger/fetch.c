// SPDX-License-Identifier: Apache-2.0
/* One door to the logs of others: libcurl with a handle (and so a kept connection) for each thread that asks at once,
 * or plain files. */
#include "ledger/fetch.h"

#include "base/file.h"
#include "base/size.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

enum { IDLE_MOST = 64, REDIRECTS_MOST = 3, PLACE_MOST = 2000, NAME_MOST = 4200 };

struct fetch {
    char *place;
    bool folder, https;
    const char *preferred; /* a folder, or NULL */
    struct fetch_limits limits;
    atomic_bool stopped;
    pthread_mutex_t lock;
    size_t idle_n; /* under the lock, as idle[] */
    CURL *idle[IDLE_MOST];
};

/* One transfer. */
struct transfer {
    struct fetch *fetch;
    struct buf *to;
    size_t most, taken;
    bool too_large;
    char error[CURL_ERROR_SIZE];
};

struct fetch_limits fetch_limits(void) {
    return (struct fetch_limits){.connect_ms = 10000, .stall_s = 15, .whole_s = 120, .tries = 3};
}

static void start_curl(void) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        BUG("libcurl does not start");
}

/* --- a place --- */

static bool is_url(const char *where) {
    return strncasecmp(where, "http://", 7) == 0 || strncasecmp(where, "https://", 8) == 0;
}

/* One office has one address, however its name was typed. */
static bool lower_host(CURLU *u, char *host) {
    for (char *p = host; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return curl_url_set(u, CURLUPART_HOST, host, 0) == CURLUE_OK;
}

/* Without user, password, query and fragment: none of them belongs to a log's address. */
static int take_url(struct fetch *f, const char *where, struct err *reterr) {
    CURLU *u = curl_url();
    char *clean = NULL, *host = NULL, *extra = NULL;
    int bad = 0;
    if (!u || curl_url_set(u, CURLUPART_URL, where, 0) || curl_url_get(u, CURLUPART_HOST, &host, 0) || !host[0] ||
        !lower_host(u, host))
        bad = err_set(reterr, ERR_INVALID, "%.200s: is not an address of the web", where);
    else if (!curl_url_get(u, CURLUPART_USER, &extra, 0) || !curl_url_get(u, CURLUPART_QUERY, &extra, 0) ||
             !curl_url_get(u, CURLUPART_FRAGMENT, &extra, 0))
        bad = err_set(reterr, ERR_INVALID, "give the address without name, password, ? and #");
    else if (curl_url_get(u, CURLUPART_URL, &clean, 0))
        bad = err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to read the address");
    size_t n = clean ? strlen(clean) : 0;
    while (n && clean[n - 1] == '/')
        n--;
    if (!bad && n > PLACE_MOST)
        bad = err_set(reterr, ERR_INVALID, "the address is longer than %d characters", PLACE_MOST);
    if (!bad && !(f->place = strndup(clean, n)))
        bad = err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to read the address");
    f->https = !bad && strncmp(clean, "https:", 6) == 0;
    curl_free(clean);
    curl_free(host);
    curl_free(extra);
    curl_url_cleanup(u);
    return bad;
}

static int take_folder(struct fetch *f, const char *where, struct err *reterr) {
    struct stat st;
    f->folder = true;
    f->place = realpath(where, NULL);
    if (!f->place)
        return err_errno(reterr, "%.200s", where);
    if (stat(f->place, &st) || !S_ISDIR(st.st_mode))
        return err_set(reterr, ERR_INVALID, "%.200s: is neither a folder nor an address of the web", where);
    if (strcmp(f->place, "/") == 0)
        f->place[0] = 0;
    return 0;
}

int fetch_open(const char *where, const struct fetch_limits *limits, struct fetch **ret, struct err *reterr) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, start_curl); /* cannot fail with a valid function */
    struct fetch *f = calloc(1, sizeof *f);
    if (!f)
        return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to open %.200s", where);
    f->limits = limits ? *limits : fetch_limits();
    int bad = pthread_mutex_init(&f->lock, NULL)
                  ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to open %.200s", where)
                  : 0;
    if (!bad)
        bad = is_url(where) ? take_url(f, where, reterr) : take_folder(f, where, reterr);
    if (bad) {
        fetch_close(f);
        return bad;
    }
    *ret = f;
    return 0;
}

void fetch_close(struct fetch *f) {
    if (!f)
        return;
    for (size_t i = 0; i < f->idle_n; i++)
        curl_easy_cleanup(f->idle[i]);
    (void)pthread_mutex_destroy(&f->lock); /* nobody waits: close comes from one thread */
    free(f->place);
    free(f);
}

void fetch_stop(struct fetch *f) {
    atomic_store(&f->stopped, true);
}

const char *fetch_place(const struct fetch *f) {
    return f->place;
}

bool fetch_is_folder(const struct fetch *f) {
    return f->folder;
}

/* --- HTTP --- */

static size_t take_bytes(char *p, size_t size, size_t n, void *arg) {
    struct transfer *t = arg;
    (void)size; /* always 1 */
    t->taken += n;
    t->too_large = t->taken > t->most;
    if (t->too_large)
        return 0;
    buf_add(t->to, str_part(p, n));
    return buf_failed(t->to) ? 0 : n;
}

static int look_in(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    const struct transfer *t = arg;
    return atomic_load(&t->fetch->stopped) ? 1 : 0;
}

static CURL *take_handle(struct fetch *f) {
    CURL *c = NULL;
    pthread_mutex_lock(&f->lock);
    if (f->idle_n)
        c = f->idle[--f->idle_n];
    pthread_mutex_unlock(&f->lock);
    return c ? c : curl_easy_init();
}

static void give_back(struct fetch *f, CURL *c) {
    if (!c)
        return;
    curl_easy_reset(c); /* keeps the connection */
    pthread_mutex_lock(&f->lock);
    bool kept = f->idle_n < IDLE_MOST;
    if (kept)
        f->idle[f->idle_n++] = c;
    pthread_mutex_unlock(&f->lock);
    if (!kept)
        curl_easy_cleanup(c);
}

static bool set_up(CURL *c, struct transfer *t, const char *url) {
    const struct fetch_limits *l = &t->fetch->limits;
    const char *roots = getenv("SSL_CERT_FILE");
    bool bad = false;
#define SET(option, value) bad |= curl_easy_setopt(c, CURLOPT_##option, value) != CURLE_OK
    SET(URL, url);
    SET(NOSIGNAL, 1L);
    SET(ERRORBUFFER, t->error);
    SET(USERAGENT, "daylight/" DAYLIGHT_VERSION);
    SET(PROTOCOLS_STR, t->fetch->https ? "https" : "http,https");
    SET(REDIR_PROTOCOLS_STR, t->fetch->https ? "https" : "http,https");
    SET(FOLLOWLOCATION, 1L);
    SET(MAXREDIRS, (long)REDIRECTS_MOST);
    SET(ACCEPT_ENCODING, ""); /* an entry bundle may come compressed, asked for or not */
    SET(CONNECTTIMEOUT_MS, (long)l->connect_ms);
    SET(TIMEOUT, (long)l->whole_s);
    SET(LOW_SPEED_LIMIT, 1L);
    SET(LOW_SPEED_TIME, (long)l->stall_s);
    SET(NOPROGRESS, 0L);
    SET(XFERINFOFUNCTION, look_in);
    SET(XFERINFODATA, t);
    SET(WRITEFUNCTION, take_bytes);
    SET(WRITEDATA, t);
    if (roots && roots[0])
        SET(CAINFO, roots);
#undef SET
    return !bad;
}

/* Status of the answer, or a negative code; *ret_again: it may pass by itself. */
static int perform(CURL *c, struct transfer *t, const char *url, bool *ret_again, struct err *reterr) {
    CURLcode code = curl_easy_perform(c);
    long status = 0;
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status); /* stays 0 without an answer */
    *ret_again = false;
    if (code == CURLE_OK)
        return (int)status;
    if (buf_failed(t->to))
        return err_set(reterr, ERR_NO_MEMORY, "%.250s: there is not enough memory to read it", url);
    if (t->too_large)
        return err_set(reterr, ERR_TOO_LARGE, "%.250s: larger than %s, the most that is taken", url,
                       size_text(t->most).z);
    if (atomic_load(&t->fetch->stopped))
        return err_set(reterr, ERR_IO, "%.250s: given up", url);
    *ret_again = code == CURLE_COULDNT_CONNECT || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
                 code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 ||
                 code == CURLE_HTTP2_STREAM || code == CURLE_HTTP3;
    return err_set(reterr, ERR_IO, "%.250s: cannot be had: %.200s", url,
                   t->error[0] ? t->error : curl_easy_strerror(code));
}

/* NULL where none are needed, or there is no memory for them. */
static struct curl_slist *headers_for(unsigned how) {
    struct curl_slist *list = how & FETCH_FRESH ? curl_slist_append(NULL, "Cache-Control: no-cache") : NULL;
    return how & FETCH_PAGE ? curl_slist_append(list, "Purpose: preview") : list;
}

static int http_get_once(struct fetch *f, const char *url, unsigned how, size_t most, struct buf *to, bool *ret_again,
                         struct err *reterr) {
    struct transfer t = {.fetch = f, .to = to, .most = most};
    struct curl_slist *headers = headers_for(how);
    CURL *c = take_handle(f);
    int status;
    if (!c || (how && !headers) || !set_up(c, &t, url) || curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers))
        status = err_set(reterr, ERR_NO_MEMORY, "%.250s: there is not enough memory to ask for it", url);
    else
        status = perform(c, &t, url, ret_again, reterr);
    give_back(f, c);
    curl_slist_free_all(headers);
    if (status < 0 || status == 200 || (status == 410 && how & FETCH_PAGE))
        return status < 0 ? status : 0;
    if (status == 404 || status == 410)
        return err_set(reterr, ERR_NOT_FOUND, "%.250s: is not there (the server answers %d)", url, status);
    *ret_again = status == 429 || status >= 500;
    return err_set(reterr, ERR_IO, "%.250s: cannot be had: the server answers %d", url, status);
}

static void pause_before(unsigned attempt) {
    struct timespec pause = {.tv_sec = attempt / 2, .tv_nsec = attempt % 2 * 300000000L};
    (void)nanosleep(&pause, NULL); /* shorter after a signal: fine */
}

static int http_get(struct fetch *f, const char *url, unsigned how, size_t most, struct buf *to, struct err *reterr) {
    size_t before = to->n;
    for (unsigned attempt = 1;; attempt++) {
        bool again = false;
        struct err err = {0};
        int bad = http_get_once(f, url, how, most, to, &again, &err);
        if (!bad)
            return 0;
        buf_cut(to, before);
        if (!again || attempt >= f->limits.tries || atomic_load(&f->stopped)) {
            if (reterr)
                *reterr = err;
            return bad;
        }
        pause_before(attempt);
    }
}

/* --- both --- */

static int address(const struct fetch *f, const char *name, char ret[NAME_MOST], struct err *reterr) {
    int n = snprintf(ret, NAME_MOST, "%s%s%s", f->place, name[0] && name[0] != '/' ? "/" : "", name);
    return n > 0 && n < NAME_MOST ? 0 : err_set(reterr, ERR_INVALID, "%.100s…: the address is too long", ret);
}

void fetch_prefer(struct fetch *f, const char *folder) {
    f->preferred = folder;
}

static bool read_preferred(const struct fetch *f, const char *name, size_t most, struct buf *to) {
    BUF_LOCAL(path);
    if (!f->preferred || strncmp(name, "tile/", 5) != 0)
        return false;
    file_join(&path, f->preferred, name);
    size_t before = to->n;
    if (!buf_failed(&path) && !file_read(path.p, most, to, NULL))
        return true;
    buf_cut(to, before);
    return false;
}

int fetch_get(struct fetch *f, const char *name, unsigned how, size_t most, struct buf *to, struct err *reterr) {
    char full[NAME_MOST];
    int bad = address(f, name, full, reterr);
    if (bad)
        return bad;
    if (atomic_load(&f->stopped))
        return err_set(reterr, ERR_IO, "%.250s: given up", full);
    if (read_preferred(f, name, most, to))
        return 0;
    if (!f->folder)
        return http_get(f, full, how, most, to, reterr);
    size_t before = to->n;
    bad = file_read(full, most, to, reterr);
    if (bad)
        buf_cut(to, before);
    return bad;
}

int fetch_post(struct fetch *f, const char *name, const char *type, struct str body, size_t most,
               struct fetch_answer *ret, struct err *reterr) {
    char full[NAME_MOST], header[128];
    int status = address(f, name, full, reterr);
    if (status)
        return status;
    if (f->folder)
        return err_set(reterr, ERR_INVALID, "%.250s: a folder takes no questions", full);
    *ret = (struct fetch_answer){.body = BUF_INIT};
    struct transfer t = {.fetch = f, .to = &ret->body, .most = most};
    (void)snprintf(header, sizeof header, "Content-Type: %s", type); /* our own literals: fits */
    struct curl_slist *headers = curl_slist_append(NULL, header);
    CURL *c = take_handle(f);
    bool again;
    if (!c || !headers || !set_up(c, &t, full) || curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) ||
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) ||
        curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) || curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p))
        status = err_set(reterr, ERR_NO_MEMORY, "%.250s: there is not enough memory to ask", full);
    else
        status = perform(c, &t, full, &again, reterr);
    const char *said = NULL;
    if (status >= 0 && !curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &said) && said)
        (void)snprintf(ret->type, sizeof ret->type, "%.*s", (int)strcspn(said, "; "),
                       said); /* cut: a name that long is none of ours */
    give_back(f, c);
    curl_slist_free_all(headers);
    if (status < 0) {
        buf_clear(&ret->body);
        return status;
    }
    ret->status = status;
    return 0;
}

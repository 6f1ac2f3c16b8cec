// SPDX-License-Identifier: Apache-2.0
/* A thread a witness, so that one that is slow or away holds up no other. What it does is one story: look what is
 * published, ask, keep the answer, wait. */
#include "ledger/witness.h"

#include "base/clock.h"
#include "base/log.h"
#include "ledger/fetch.h"
#include "ledger/lines.h"
#include "ledger/witness_quorum.h"
#include "ledger/witness_request.h"
#include "queries.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MOST = 64 * 1024,
    URL_MOST = 1000,
    PATIENCE_MS = 5000,
    FAILURES_MOST = 8,
    LOOK_AT_QUORUM_S = 30,
    AHEAD_MOST_S = 86400
};

struct watcher {
    struct witnesses *all;
    const struct witness_peer *peer;
    pthread_t thread;
    struct fetch *fetch;
    uint64_t old;        /* what it cosigned last, as far as we know */
    struct buf text;     /* the checkpoint's text that it cosigned last */
    int64_t cosigned_us; /* when we asked for that; monotonic; 0: not in this process */
    unsigned failures;   /* in a row */
    struct buf why;      /* of the last one */
    int64_t quorum_us;   /* when the quorum was looked at last; only the first watcher does */
};

struct witnesses {
    struct store *store;
    struct tiles *tiles;
    struct witnesses_settings settings;
    struct witness_peer peer[WITNESSES_MOST];
    struct watcher watcher[WITNESSES_MOST];
    size_t started;
    pthread_mutex_t lock;
    pthread_cond_t stop_asked;
    bool stopped; /* under the lock */
};

struct witnesses_settings witnesses_settings(void) {
    return (struct witnesses_settings){.interval_ms = 2000, .refresh_s = 600, .alarm_s = 86400};
}

/* --- what site.ini and the policy say --- */

static bool name_ok(struct str name) {
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] <= ' ' || name.p[i] == '#' || name.p[i] == 0x7f)
            return false;
    return name.n && name.n <= WITNESS_NAME_MOST && !str_is(name, "none");
}

int witness_peer_read(struct str text, struct arena *a, struct witness_peer *ret, struct err *reterr) {
    struct witness_peer p = {.name = STR_NONE};
    struct str vkey = STR_NONE, url;
    struct fetch *f;
    text = str_trim(text);
    (void)str_cut(&text, ' ', &p.name); /* what is missing is told below */
    text = str_trim(text);
    (void)str_cut(&text, ' ', &vkey);
    url = str_trim(text);
    if (!name_ok(p.name) || !vkey.n || !url.n || url.n > URL_MOST)
        return err_set(reterr, ERR_INVALID, "a witness is a name, its verifier key and its address, parted by spaces");
    int bad = vkey_read(vkey, &p.key, reterr);
    if (!bad && p.key.type != NOTE_COSIGNATURE)
        bad = err_set(reterr, ERR_INVALID, "%.*s: its key is not that of a witness (its base64 begins with B)",
                      STR_FMT(p.name));
    p.url = arena_z(a, url);
    if (!bad && str_find(url, STR("://"), 0) == SIZE_MAX)
        bad = err_set(reterr, ERR_INVALID, "%.*s: its address begins with https://", STR_FMT(p.name));
    if (!bad)
        bad = fetch_open(p.url, NULL, &f, reterr);
    if (bad)
        return bad;
    fetch_close(f); /* only whether it is an address was asked */
    *ret = p;
    return 0;
}

/* --- a question --- */

struct question {
    struct watcher *w;
    struct arena *arena;
    struct ledger_state state;
    struct str text; /* of the checkpoint */
    struct witness_request request;
};

static int read_question(struct tx *tx, void *arg, struct err *reterr) {
    struct question *q = arg;
    struct tiles_at at = {.tiles = q->w->all->tiles, .tx = tx, .arena = q->arena};
    int bad = ledger_state(tx, q->arena, &q->state, reterr);
    if (bad)
        return bad;
    size_t end = str_find(q->state.checkpoint, STR("\n\n"), 0);
    q->text = end == SIZE_MAX ? STR_NONE : str_first(q->state.checkpoint, end + 1);
    at.size = q->state.signed_size;
    q->request = (struct witness_request){.old = q->w->old, .checkpoint = q->state.checkpoint};
    if (!q->text.n || q->w->old > at.size)
        return 0;
    return merkle_prove_consistency(q->w->old, at.size, tiles_source, &at, &q->request.proof, reterr);
}

/* --- an answer --- */

struct cosigned {
    const struct watcher *w;
    struct str line, text;
    uint64_t size, at_s;
    int64_t failed_s;
    const char *why;
};

static int store_cosigned(struct tx *tx, void *arg, struct err *reterr) {
    const struct cosigned *c = arg;
    struct cell name = cell_text(c->w->peer->name);
    int64_t n = tx_run(
        tx, &Q_ledger_cosignature_set,
        CELLS(name, cell_int((int64_t)c->size), cell_int((int64_t)c->at_s), cell_text(c->line), cell_text(c->text)),
        reterr);
    if (n >= 0)
        n = tx_run(tx, &Q_ledger_witness_answered, CELLS(name, cell_int(0), cell_text(STR(""))), reterr);
    return n < 0 ? (int)n : 0;
}

static int store_failed(struct tx *tx, void *arg, struct err *reterr) {
    const struct cosigned *c = arg;
    int64_t n = tx_run(tx, &Q_ledger_witness_answered,
                       CELLS(cell_text(c->w->peer->name), cell_int(c->failed_s), cell_z(c->why)), reterr);
    return n < 0 ? (int)n : 0;
}

/* Said and stored once for a row of the same failures. */
static void note_failure(struct watcher *w, const char *why) {
    w->failures++;
    if (str_is(buf_str(&w->why), why))
        return;
    buf_reset(&w->why);
    buf_add_z(&w->why, why);
    LOG(LOG_WARN, "ledger.unwitnessed", LOG_TEXT("witness", w->peer->name), LOG_TEXT("why", str_of(why)));
    struct cosigned c = {.w = w, .failed_s = clock_now_us() / CLOCK_SECOND_US, .why = why};
    (void)store_write(w->all->store, store_failed, &c, NULL); /* shown on a page only; the log has it */
}

/* The witness's own line under our text, as it would stand in the note. */
static int find_cosignature(const struct question *q, struct str answer, struct cosigned *ret, struct err *reterr) {
    const struct vkey *key = &q->w->peer->key;
    BUF_LOCAL(whole);
    struct note *n = arena_alloc(q->arena, sizeof *n);
    buf_add(&whole, q->state.checkpoint);
    buf_add(&whole, answer);
    struct str bytes = arena_buf(q->arena, &whole);
    if (arena_failed(q->arena))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int bad = note_read(bytes, n, reterr);
    if (bad)
        return bad;
    if (!str_eq(n->text, q->text)) /* an empty line in it would make the whole checkpoint a text */
        return err_set(reterr, ERR_INVALID, "its answer is a signature of another text than the checkpoint's");
    struct note fresh = {.text = n->text}; /* the first new line only: an older line of its may stand above it */
    size_t signed_n = q->state.checkpoint.n;
    for (size_t i = 0; i < n->n && !fresh.n; i++)
        if (n->line[i].id == key->id && str_is(n->line[i].name, key->name) &&
            (size_t)(n->line[i].whole.p - bytes.p) >= signed_n)
            fresh.line[fresh.n++] = n->line[i];
    int by = note_check(&fresh, key, &ret->at_s, reterr);
    if (by < 0)
        return by;
    if (!by || !ret->at_s)
        return err_set(reterr, ERR_INVALID, "its answer holds no cosignature of its key");
    if (ret->at_s > (uint64_t)(clock_now_us() / CLOCK_SECOND_US) + AHEAD_MOST_S) /* it would count as fresh for long */
        return err_set(reterr, ERR_INVALID, "its cosignature bears a time that lies more than a day ahead of ours");
    ret->line = fresh.line[0].whole;
    return 0;
}

static int take_cosignature(struct question *q, struct str answer, struct err *reterr) {
    struct watcher *w = q->w;
    struct cosigned c = {.w = w, .text = q->text, .size = q->state.signed_size};
    int bad = find_cosignature(q, answer, &c, reterr);
    if (!bad)
        bad = store_write(w->all->store, store_cosigned, &c, reterr);
    if (bad)
        return bad;
    if (w->failures)
        LOG(LOG_INFO, "ledger.witnessed", LOG_TEXT("witness", w->peer->name), LOG_NUMBER("size", (int64_t)c.size));
    w->old = c.size;
    w->failures = 0;
    buf_reset(&w->why);
    buf_reset(&w->text);
    buf_add(&w->text, q->text);
    w->cosigned_us = clock_ticks_us();
    return 0;
}

static int refused(const struct question *q, const struct fetch_answer *a, struct err *reterr) {
    switch (a->status) {
    case 403:
        return err_set(reterr, ERR_INVALID, "it does not trust this log's key (403): tell its keeper the key");
    case 404:
        return err_set(reterr, ERR_INVALID, "it does not know this log (404): ask its keeper to take it on");
    case 409: /* of the same size another root, or a proof that does not lead there */
    case 422:
        return err_set(reterr, ERR_LEDGER,
                       "it says that this log is not the one that it cosigned before (%d): compare the two checkpoints",
                       a->status);
    default:
        return err_set(reterr, ERR_IO, "it answers %d to a checkpoint of %" PRIu64 " entries", a->status,
                       q->state.signed_size);
    }
}

/* It remembers another size than we thought: that is where the next proof begins. */
static int take_size(struct question *q, const struct fetch_answer *a, bool *ret_again, struct err *reterr) {
    uint64_t size;
    if (strcmp(a->type, "text/x.tlog.size") != 0 || witness_size_read(buf_str(&a->body), &size, NULL))
        return refused(q, a, reterr);
    if (size > q->state.signed_size)
        return err_set(reterr, ERR_LEDGER,
                       "it has cosigned %" PRIu64 " entries of this log, and there are only %" PRIu64
                       " here: was an old copy brought back?",
                       size, q->state.signed_size);
    *ret_again = size != q->w->old;
    q->w->old = size;
    return *ret_again ? 0 : refused(q, a, reterr);
}

/* *ret_again: ask once more, with what was learnt. */
static int ask(struct question *q, bool *ret_again, struct err *reterr) {
    BUF_LOCAL(body);
    struct fetch_answer a;
    witness_request_write(&q->request, &body);
    if (buf_failed(&body))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int bad =
        fetch_post(q->w->fetch, "add-checkpoint", "text/plain; charset=utf-8", buf_str(&body), ANSWER_MOST, &a, reterr);
    if (bad)
        return bad;
    if (a.status == 200)
        bad = take_cosignature(q, buf_str(&a.body), reterr);
    else if (a.status == 409)
        bad = take_size(q, &a, ret_again, reterr);
    else
        bad = refused(q, &a, reterr);
    buf_clear(&a.body);
    return bad;
}

/* --- a watcher's round --- */

static bool is_due(const struct watcher *w, const struct question *q) {
    if (!q->text.n)
        return false;
    int64_t fresh_us = (int64_t)w->all->settings.refresh_s * CLOCK_SECOND_US;
    return !str_eq(buf_str(&w->text), q->text) || !w->cosigned_us || clock_ticks_us() - w->cosigned_us >= fresh_us;
}

static void look_once(struct watcher *w) {
    bool again = true;
    for (int turn = 0; again && turn < 3; turn++) {
        ARENA_LOCAL(arena, 0);
        struct question q = {.w = w, .arena = arena};
        struct err err = {0};
        again = false;
        int bad = arena ? store_read(w->all->store, read_question, &q, &err) : -ERR_NO_MEMORY;
        if (!bad && q.text.n && w->old > q.state.signed_size)
            w->old = 0; /* asks it what it remembers */
        else if (!bad && is_due(w, &q))
            bad = ask(&q, &again, &err);
        if (bad)
            note_failure(w, err.text[0] ? err.text : err_sentence(bad));
    }
}

/* False when it is time to end. */
static bool rest(struct watcher *w) {
    struct witnesses *all = w->all;
    unsigned doublings = w->failures < FAILURES_MOST ? w->failures : FAILURES_MOST;
    int64_t until_us = clock_ticks_us() + (int64_t)all->settings.interval_ms * 1000 * (1 << doublings);
    struct timespec until = {.tv_sec = until_us / CLOCK_SECOND_US, .tv_nsec = until_us % CLOCK_SECOND_US * 1000};
    pthread_mutex_lock(&all->lock);
    while (!all->stopped && pthread_cond_timedwait(&all->stop_asked, &all->lock, &until) == 0)
        ;
    bool on = !all->stopped;
    pthread_mutex_unlock(&all->lock);
    return on;
}

static void look_at_quorum(struct watcher *w) {
    const struct witnesses_settings *s = &w->all->settings;
    if (w != &w->all->watcher[0] || !s->alarm_s)
        return;
    int64_t now_us = clock_ticks_us(), every_us = LOOK_AT_QUORUM_S * CLOCK_SECOND_US;
    if ((int64_t)s->alarm_s * CLOCK_SECOND_US < 10 * every_us)
        every_us = (int64_t)s->alarm_s * CLOCK_SECOND_US / 10;
    if (w->quorum_us && now_us - w->quorum_us < every_us)
        return;
    w->quorum_us = now_us;
    struct err err = {0};
    if (witness_quorum_keep(w->all->store, witness_quorum_of(s->quorum, s->n), s->alarm_s, &err))
        LOG(LOG_WARN, "ledger.quorum", LOG_TEXT("why", str_of(err.text)));
}

static void *attend(void *arg) {
    struct watcher *w = arg;
    const struct witnesses_settings *s = &w->all->settings;
    do {
        if (s->leads && !s->leads(s->arg))
            continue;
        look_once(w);
        look_at_quorum(w);
    } while (rest(w));
    return NULL;
}

/* --- all of them --- */

struct opening {
    struct witnesses *all;
    struct arena *arena;
};

static bool is_listed(const struct witnesses *w, struct str name) {
    for (size_t i = 0; i < w->settings.n; i++)
        if (str_eq(w->peer[i].name, name))
            return true;
    return false;
}

/* Those that are no longer asked are forgotten, with what they cosigned. */
static int forget_others(struct tx *tx, const struct opening *o, struct err *reterr) {
    struct witness_seen *seen;
    size_t n;
    int64_t rc = witness_list(tx, o->arena, &seen, &n, reterr);
    for (size_t i = 0; rc >= 0 && i < n; i++) {
        if (is_listed(o->all, seen[i].name))
            continue;
        rc = tx_run(tx, &Q_ledger_cosignature_drop, CELLS(cell_text(seen[i].name)), reterr);
        if (rc >= 0)
            rc = tx_run(tx, &Q_ledger_witness_drop, CELLS(cell_text(seen[i].name)), reterr);
    }
    return rc < 0 ? (int)rc : 0;
}

static int recall(struct tx *tx, struct watcher *w, struct err *reterr) {
    ROWS_LOCAL(rows);
    w->old = 0;
    buf_reset(&w->text);
    int rc = tx_rows(tx, &Q_ledger_cosignature_get, CELLS(cell_text(w->peer->name)), &rows, reterr);
    if (rc == 0)
        rc = rows_next(rows, reterr);
    if (rc <= 0)
        return rc;
    w->old = (uint64_t)rows_int(rows, 0);
    buf_add(&w->text, rows_text(rows, 1));
    return 0;
}

static int open_all(struct tx *tx, void *arg, struct err *reterr) {
    struct opening *o = arg;
    struct witnesses *all = o->all;
    int bad = forget_others(tx, o, reterr);
    for (size_t i = 0; !bad && i < all->settings.n; i++) {
        const struct witness_peer *p = &all->peer[i];
        int64_t n =
            tx_run(tx, &Q_ledger_witness_set,
                   CELLS(cell_text(p->name), cell_z(p->url), cell_int(clock_now_us() / CLOCK_SECOND_US)), reterr);
        bad = n < 0 ? (int)n : recall(tx, &all->watcher[i], reterr);
    }
    return bad;
}

static bool start_lock(struct witnesses *w) {
    pthread_condattr_t monotonic;
    if (pthread_mutex_init(&w->lock, NULL) || pthread_condattr_init(&monotonic))
        return false;
    bool ok = !pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) && !pthread_cond_init(&w->stop_asked, &monotonic);
    (void)pthread_condattr_destroy(&monotonic); /* only its values were wanted */
    return ok;
}

static int start_all(struct witnesses *w, struct err *reterr) {
    ARENA_LOCAL(arena, 0);
    struct opening o = {w, arena};
    struct fetch_limits limits = {.connect_ms = PATIENCE_MS, .stall_s = 10, .whole_s = 20, .tries = 1};
    int bad = arena ? store_write(w->store, open_all, &o, reterr) : -ERR_NO_MEMORY;
    for (size_t i = 0; !bad && i < w->settings.n; i++)
        bad = fetch_open(w->peer[i].url, &limits, &w->watcher[i].fetch, reterr);
    for (; !bad && w->started < w->settings.n; w->started++)
        if (pthread_create(&w->watcher[w->started].thread, NULL, attend, &w->watcher[w->started]))
            return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory for a thread for each witness");
    return bad;
}

int witnesses_start(struct store *s, struct tiles *tiles, const struct witnesses_settings *settings,
                    struct witnesses **ret, struct err *reterr) {
    if (settings->n > WITNESSES_MOST)
        return err_set(reterr, ERR_INVALID, "at most %d witnesses can be asked", WITNESSES_MOST);
    struct witnesses *w = calloc(1, sizeof *w);
    if (!w || !start_lock(w)) {
        free(w);
        return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to ask witnesses");
    }
    w->store = s;
    w->tiles = tiles;
    w->settings = *settings;
    for (size_t i = 0; i < settings->n; i++) {
        w->peer[i] = settings->peer[i];
        w->watcher[i] = (struct watcher){.all = w, .peer = &w->peer[i], .text = BUF_INIT, .why = BUF_INIT};
    }
    int bad = start_all(w, reterr);
    if (bad) {
        witnesses_stop(w);
        return bad;
    }
    *ret = w;
    return 0;
}

void witnesses_stop(struct witnesses *w) {
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopped = true;
    (void)pthread_cond_broadcast(&w->stop_asked); /* cannot fail */
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->settings.n; i++)
        if (w->watcher[i].fetch)
            fetch_stop(w->watcher[i].fetch);
    for (size_t i = 0; i < w->started; i++)
        (void)pthread_join(w->watcher[i].thread, NULL); /* it has been asked to end */
    for (size_t i = 0; i < w->settings.n; i++) {
        fetch_close(w->watcher[i].fetch);
        buf_clear(&w->watcher[i].text);
        buf_clear(&w->watcher[i].why);
    }
    (void)pthread_cond_destroy(&w->stop_asked); /* nobody waits */
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

/* --- what is shown --- */

int witness_list(struct tx *tx, struct arena *a, struct witness_seen **ret, size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(rows);
    size_t n = 0;
    struct witness_seen *list = arena_array(a, WITNESSES_MOST, sizeof *list);
    int rc = list ? tx_rows(tx, &Q_ledger_witness_list, CELLS_NONE, &rows, reterr)
                  : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    while (rc == 0 && n < WITNESSES_MOST && (rc = rows_next(rows, reterr)) > 0) {
        list[n++] = (struct witness_seen){.name = arena_str(a, rows_text(rows, 0)),
                                          .url = arena_str(a, rows_text(rows, 1)),
                                          .since_s = rows_int(rows, 2),
                                          .failed_s = rows_int(rows, 3),
                                          .why = arena_str(a, rows_text(rows, 4)),
                                          .size = (uint64_t)rows_int(rows, 5),
                                          .at_s = rows_int(rows, 6),
                                          .current = rows_int(rows, 7) > 0};
        rc = 0;
    }
    if (rc < 0)
        return rc;
    *ret = list;
    *ret_n = n;
    return arena_failed(a) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

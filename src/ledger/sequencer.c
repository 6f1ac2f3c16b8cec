// SPDX-License-Identifier: Apache-2.0
/* The thread that leads, follows or copies, and what others may ask of it. What a batch is stands in
 * sequencer/lead.c. */
#include "ledger/sequencer.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "ledger/keys.h"
#include "ledger/sequencer/lead.h"
#include "ledger/sequencer/trouble.h"
#include "queries.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
    EVERY_MS = 100,       /* looks for other processes' acts, and tries again what passes */
    LOOK_EVERY_MS = 1000, /* counts what waits, copies tiles */
    LEAD_AGAIN_MS = 200,  /* is the leader gone? */
    DRAIN_MS = 5000,      /* what waits at the end */
    POLL_FIRST_MS = 2,    /* a follower's looks for its ticket, each twice as late as the one before … */
    POLL_MOST_MS = 50,
    ASK_MS = 200, /* … and the leader's, for what it does not remember */
};

struct ledger {
    struct store *store;
    char *folder, *program;
    struct tiles *tiles;
    struct waiters *waiters;
    pthread_mutex_t leading; /* over lead */
    struct lead lead;
    bool rides;  /* the store knows of it */
    bool riding; /* by whoever holds leading */
    pthread_t thread;
    pthread_mutex_t mutex; /* over what follows */
    pthread_cond_t wake;
    bool stopping, nudged;
    struct err why; /* code 0: it works */
    struct ledger_figures figures;
    uint64_t copied; /* entries whose tiles a copy has written */
    int64_t looked_us, tried_us;
};

static int no_memory(struct err *reterr) {
    return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

const char *ledger_role_word(enum ledger_role r) {
    static const char *const words[] = {"leads", "follows", "copies", "stopped"};
    return (unsigned)r < LEDGER_ROLES ? words[r] : "";
}

/* --- trouble --- */

static void set_role(struct ledger *l, enum ledger_role role) {
    pthread_mutex_lock(&l->mutex);
    l->figures.role = role;
    pthread_mutex_unlock(&l->mutex);
}

static enum ledger_role role_of(struct ledger *l) {
    pthread_mutex_lock(&l->mutex);
    enum ledger_role role = l->figures.role;
    pthread_mutex_unlock(&l->mutex);
    return role;
}

/* Told once in the log, when it begins and when it ends. */
static void note_trouble(struct ledger *l, int rc, const struct err *cause) {
    struct err told, *e = &told;
    trouble_explain(e, rc, cause);
    pthread_mutex_lock(&l->mutex);
    bool news = !l->why.code;
    l->why = told;
    if (!trouble_passes(rc))
        l->figures.role = LEDGER_STOPPED;
    pthread_mutex_unlock(&l->mutex);
    if (!trouble_passes(rc))
        LOG(LOG_ERROR, "ledger_stopped", LOG_TEXT("why", str_of(e->text)),
            LOG_TEXT("kept", STR("pages are served; acts are refused")));
    else if (news)
        LOG(LOG_WARN, "ledger_waits", LOG_TEXT("why", str_of(e->text)));
    if (!trouble_passes(rc))
        waiters_wake(l->waiters);
}

static void note_well(struct ledger *l) {
    pthread_mutex_lock(&l->mutex);
    bool news = l->why.code != 0;
    l->why.code = 0;
    pthread_mutex_unlock(&l->mutex);
    if (news)
        LOG(LOG_INFO, "ledger_goes_on", LOG_TEXT("role", str_of(ledger_role_word(role_of(l)))));
}

int ledger_why(struct ledger *l, struct err *reterr) {
    pthread_mutex_lock(&l->mutex);
    int rc = l->why.code;
    if (rc < 0 && reterr)
        *reterr = l->why;
    pthread_mutex_unlock(&l->mutex);
    return rc;
}

/* --- leading --- */

static bool may_be_led(const struct ledger *l) {
    BUF_LOCAL(path);
    file_join(&path, l->folder, "keys/ledger.state");
    int fd = buf_failed(&path) ? -1 : open(path.p, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true; /* the signer will say what is wrong */
    bool is_free = flock(fd, LOCK_SH | LOCK_NB) == 0;
    (void)close(fd); /* nothing was written; gives the lock back */
    return is_free;
}

static void count_batch(struct ledger *l, size_t n, int64_t spent_us) {
    size_t i = 0;
    while (i + 1 < LEDGER_BATCH_SIZES && (size_t)1 << i < n)
        i++;
    pthread_mutex_lock(&l->mutex);
    struct ledger_figures *f = &l->figures;
    f->size = l->lead.edge.size;
    f->signed_size = l->lead.published;
    f->signed_us = l->lead.signed_us;
    if (n) {
        f->batches++;
        f->entries += n;
        f->batches_upto[i]++;
        f->batches_us += spent_us;
    }
    pthread_mutex_unlock(&l->mutex);
}

/* Holding `leading`. True: more waits than one batch takes. */
static bool step(struct ledger *l) {
    struct err e = {0};
    size_t n;
    bool more;
    if (role_of(l) != LEDGER_LEADS)
        return false;
    int64_t began = clock_ticks_us();
    int rc = lead_step(&l->lead, &n, &more, &e);
    count_batch(l, n, clock_ticks_us() - began);
    lead_wake(&l->lead); /* after the figures: who was woken finds them as they are */
    if (rc < 0)
        note_trouble(l, rc, &e);
    else
        note_well(l);
    return rc == 0 && more;
}

static bool lead(struct ledger *l) {
    pthread_mutex_lock(&l->leading);
    bool more = step(l);
    pthread_mutex_unlock(&l->leading);
    return more;
}

/* Somebody waits: his own thread takes the batch forward when nobody else is at it, which spares two changes of
 * threads. */
static void lead_or_nudge(struct ledger *l) {
    bool ours = role_of(l) == LEDGER_LEADS && pthread_mutex_trylock(&l->leading) == 0;
    bool more = !ours || step(l);
    if (ours)
        pthread_mutex_unlock(&l->leading);
    if (more)
        ledger_nudge(l);
}

/* What the acts of this process have left gets its index in their own commit, where no batch is under way. */
static int ride(struct tx *tx, void *arg, struct err *reterr) {
    struct ledger *l = arg;
    l->riding = pthread_mutex_trylock(&l->leading) == 0;
    return l->riding && role_of(l) == LEDGER_LEADS ? lead_ride(&l->lead, tx, reterr) : 0;
}

static void ridden(void *arg, int rc, const struct err *e) {
    struct ledger *l = arg;
    if (!l->riding)
        return;
    size_t n = lead_ridden(&l->lead, rc == 0);
    pthread_mutex_unlock(&l->leading);
    if (n && rc < 0)
        note_trouble(l, rc, e);
}

/* Becomes the leader where nobody is, and publishes what was signed and got lost, before anybody asks. Failing is
 * noted. */
static void try_to_lead(struct ledger *l) {
    struct err e = {0};
    l->tried_us = clock_ticks_us();
    int rc = -ERR_TOO_MANY;
    if (may_be_led(l))
        rc = lead_begin(&l->lead, l->store, l->tiles, l->waiters, l->program, str_of(l->folder), &e);
    if (rc == -ERR_TOO_MANY) {
        note_well(l); /* and follows on */
    } else if (rc < 0) {
        note_trouble(l, rc, &e);
    } else {
        set_role(l, LEDGER_LEADS);
        count_batch(l, 0, 0);
        note_well(l);
        store_set_rider(l->store, &(struct store_rider){ride, ridden, l});
        l->rides = true;
        if (lead_lags(&l->lead))
            (void)lead(l); /* what waits is for the thread */
    }
}

/* --- looking --- */

struct look {
    struct ledger *ledger;
    struct ledger_state state;
    int64_t waiting, oldest_us;
};

static int read_waiting(struct tx *tx, struct look *x, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_ledger_waiting, CELLS_NONE, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc <= 0)
        return rc;
    char when[17] = "0";
    struct str ticket = str_first(rows_text(r, 1), sizeof when - 1);
    if (ticket.n)
        memcpy(when, ticket.p, ticket.n);
    x->waiting = rows_int(r, 0);
    x->oldest_us = (int64_t)strtoull(when, NULL, 16);
    return 0;
}

/* A folder without keys has its tiles written here. */
static int copy_tiles(struct tx *tx, struct ledger *l, const struct ledger_state *s, struct err *reterr) {
    int rc = l->copied ? tiles_seal(l->tiles, tx, l->copied, s->signed_size, reterr)
                       : tiles_seal_missing(l->tiles, tx, s->signed_size, reterr);
    if (rc == 0)
        l->copied = s->signed_size;
    return rc;
}

static int read_look(struct tx *tx, void *arg, struct err *reterr) {
    struct look *x = arg;
    ARENA_LOCAL(a, 0);
    if (!a)
        return no_memory(reterr);
    int rc = ledger_state(tx, a, &x->state, reterr);
    if (rc == 0)
        rc = read_waiting(tx, x, reterr);
    if (rc == 0 && role_of(x->ledger) == LEDGER_COPIES)
        rc = copy_tiles(tx, x->ledger, &x->state, reterr);
    x->state.checkpoint = x->state.origin = STR_NONE; /* theirs was the arena */
    return rc;
}

static void look(struct ledger *l) {
    struct look x = {.ledger = l};
    struct err e = {0};
    l->looked_us = clock_ticks_us();
    int rc = store_read(l->store, read_look, &x, &e);
    enum ledger_role role = role_of(l);
    if (rc < 0 && role != LEDGER_STOPPED)
        note_trouble(l, rc, &e);
    if (rc < 0)
        return;
    pthread_mutex_lock(&l->mutex);
    struct ledger_figures *f = &l->figures;
    f->waiting = (uint64_t)x.waiting;
    f->oldest_us = x.oldest_us;
    if (role != LEDGER_LEADS) {
        f->size = x.state.size;
        f->signed_size = x.state.signed_size;
        f->signed_us = x.state.signed_us;
    }
    pthread_mutex_unlock(&l->mutex);
    if (role == LEDGER_COPIES)
        note_well(l);
    if (role == LEDGER_LEADS) {
        pthread_mutex_lock(&l->leading);
        lead_unpublished(&l->lead, x.state.signed_size);
        pthread_mutex_unlock(&l->leading);
    }
}

/* --- the thread --- */

static bool due(int64_t *last_us, int ms) {
    return clock_ticks_us() - *last_us >= ms * INT64_C(1000);
}

/* Waits for a nudge, or for time. False: it is time to end. */
static bool rest(struct ledger *l) {
    int64_t until_us = clock_ticks_us() + EVERY_MS * INT64_C(1000);
    struct timespec until = {until_us / CLOCK_SECOND_US, until_us % CLOCK_SECOND_US * 1000};
    pthread_mutex_lock(&l->mutex);
    int rc = 0;
    while (!l->nudged && !l->stopping && rc == 0)
        rc = pthread_cond_timedwait(&l->wake, &l->mutex, &until);
    l->nudged = false;
    bool go_on = !l->stopping;
    pthread_mutex_unlock(&l->mutex);
    return go_on;
}

static void work(struct ledger *l) {
    switch (role_of(l)) {
    case LEDGER_LEADS:
        while (lead(l))
            ;
        break;
    case LEDGER_FOLLOWS:
        if (due(&l->tried_us, LEAD_AGAIN_MS))
            try_to_lead(l);
        break;
    default:
        break;
    }
    if (due(&l->looked_us, LOOK_EVERY_MS))
        look(l);
}

static uint64_t entries_of(struct ledger *l) {
    struct ledger_figures f;
    ledger_figures(l, &f);
    return f.entries;
}

/* What came before the end is entered, if it can be. */
static void drain(struct ledger *l) {
    int64_t began = clock_ticks_us();
    uint64_t before;
    do {
        before = entries_of(l);
        (void)lead(l);
    } while (entries_of(l) != before && clock_ticks_us() - began < DRAIN_MS * INT64_C(1000));
}

static void *run(void *arg) {
    struct ledger *l = arg;
    while (rest(l))
        work(l);
    drain(l);
    return NULL;
}

/* --- opening --- */

static struct ledger *new_ledger(struct store *s, struct str folder, const char *program) {
    struct ledger *l = calloc(1, sizeof *l);
    pthread_condattr_t monotonic;
    if (!l)
        return NULL;
    l->store = s;
    l->folder = strndup(folder.p, folder.n);
    l->program = strdup(program);
    l->figures.role = LEDGER_FOLLOWS;
    (void)pthread_mutex_init(&l->mutex, NULL); /* these cannot fail on Linux */
    (void)pthread_mutex_init(&l->leading, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&l->wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return l;
}

static void free_ledger(struct ledger *l) {
    lead_end(&l->lead);
    tiles_close(l->tiles);
    waiters_free(l->waiters);
    (void)pthread_mutex_destroy(&l->mutex);
    (void)pthread_mutex_destroy(&l->leading);
    (void)pthread_cond_destroy(&l->wake);
    free(l->folder);
    free(l->program);
    free(l);
}

static int read_state(struct tx *tx, void *arg, struct err *reterr) {
    struct ledger_state s;
    return ledger_state(tx, arg, &s, reterr);
}

static int check_founded(struct ledger *l, struct err *reterr) {
    ARENA_LOCAL(a, 0);
    return a ? store_read(l->store, read_state, a, reterr) : no_memory(reterr);
}

static bool has_key(const struct ledger *l) {
    BUF_LOCAL(path);
    file_join(&path, l->folder, "keys/ledger.key");
    return !buf_failed(&path) && file_exists(path.p);
}

/* Without keys this folder is a copy; with them, this process leads or follows. Failing is noted. */
static void take_role(struct ledger *l) {
    struct keys keys;
    struct err e = {0};
    int rc = keys_read(str_of(l->folder), &keys, &e);
    if (rc == -ERR_NOT_FOUND && has_key(l))
        rc = err_set(
            &e, ERR_LEDGER,
            "%s/keys has a key of the ledger, but not ledger.vkeys, the list of them. Nothing is signed without "
            "it: bring it back from a backup, then start the server again.",
            l->folder);
    if (rc == -ERR_NOT_FOUND)
        set_role(l, LEDGER_COPIES);
    else if (rc < 0)
        note_trouble(l, rc, &e);
    else
        try_to_lead(l);
}

int ledger_open(struct store *s, struct str folder, const char *program, struct ledger **ret, struct err *reterr) {
    struct ledger *l = new_ledger(s, folder, program);
    if (!l)
        return no_memory(reterr);
    int rc = l->folder && l->program ? check_founded(l, reterr) : no_memory(reterr);
    if (rc == 0)
        rc = tiles_open(s, folder, &l->tiles, reterr);
    if (rc == 0)
        rc = waiters_new(&l->waiters, reterr);
    if (rc == 0) {
        take_role(l);
        look(l);
        int failed = pthread_create(&l->thread, NULL, run, l);
        if (failed)
            rc = err_set(reterr, ERR_NO_MEMORY, "The ledger's thread cannot be started: %s.", strerrordesc_np(failed));
    }
    if (rc < 0) {
        free_ledger(l);
        return rc;
    }
    *ret = l;
    return 0;
}

void ledger_close(struct ledger *l) {
    if (!l)
        return;
    pthread_mutex_lock(&l->mutex);
    l->stopping = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
    (void)pthread_join(l->thread, NULL); /* ours, joined once */
    if (l->rides)
        store_set_rider(l->store, NULL);
    free_ledger(l);
}

void ledger_nudge(struct ledger *l) {
    pthread_mutex_lock(&l->mutex);
    l->nudged = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->mutex);
}

struct tiles *ledger_tiles(struct ledger *l) {
    return l->tiles;
}

void ledger_figures(struct ledger *l, struct ledger_figures *ret) {
    pthread_mutex_lock(&l->mutex);
    *ret = l->figures;
    pthread_mutex_unlock(&l->mutex);
}

/* --- settling --- */

struct ask {
    const char *ticket;
    int64_t index;
};

static int read_settled(struct tx *tx, void *arg, struct err *reterr) {
    struct ask *x = arg;
    return tx_int(tx, &Q_ledger_find_settled, CELLS(cell_z(x->ticket)), &x->index, reterr);
}

static int waits(struct ledger *l, struct err *reterr) {
    struct err why = {0};
    int rc = ledger_why(l, &why);
    const char *busy = role_of(l) == LEDGER_COPIES
                           ? "This folder has none of the ledger's keys, and the server that has them does not answer."
                           : "The office is busy; it will be entered in a moment.";
    return err_set(reterr, ERR_LEDGER, "This is stored, and its entry in the ledger waits: do not do it again. %s",
                   rc ? why.text : busy);
}

/* The next look at the store is due after … */
static int next_pause(bool leads, int pause) {
    if (leads)
        return ASK_MS;
    return pause ? (pause * 2 < POLL_MOST_MS ? pause * 2 : POLL_MOST_MS) : POLL_FIRST_MS;
}

int ledger_settle(struct ledger *l, const char *ticket, int ms, int64_t *ret_index, struct err *reterr) {
    int64_t until = clock_ticks_us() + ms * INT64_C(1000);
    struct ask x = {ticket, -1};
    int pause = 0;
    bool covered = false;
    /* The first may only finish what others had begun. */
    for (int i = 0; i < 2 && !covered; i++) {
        lead_or_nudge(l);
        covered = waiters_wait(l->waiters, ticket, 0, &x.index);
    }
    while (!covered) {
        enum ledger_role role = role_of(l);
        int64_t left = (until - clock_ticks_us()) / 1000;
        pause = next_pause(role == LEDGER_LEADS, pause);
        covered = role != LEDGER_STOPPED && left > 0 &&
                  waiters_wait(l->waiters, ticket, pause < left ? pause : (int)left, &x.index);
        if (covered || store_read(l->store, read_settled, &x, NULL) == 0)
            break;
        if (role_of(l) == LEDGER_STOPPED || left <= 0)
            return waits(l, reterr);
    }
    if (ret_index)
        *ret_index = x.index;
    return 0;
}

/* --- settling all --- */

struct ask_all {
    char newest[LEDGER_TICKET]; /* of what waits; empty: nothing */
    uint64_t size, signed_size;
};

static int read_newest(struct tx *tx, struct ask_all *x, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(tx, &Q_ledger_newest_waiting, CELLS_NONE, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc <= 0)
        return rc;
    struct str ticket = str_first(rows_text(r, 0), sizeof x->newest - 1);
    if (ticket.n)
        memcpy(x->newest, ticket.p, ticket.n);
    return 0;
}

static int read_all(struct tx *tx, void *arg, struct err *reterr) {
    struct ask_all *x = arg;
    ARENA_LOCAL(a, 0);
    struct ledger_state state;
    *x = (struct ask_all){0};
    if (!a)
        return no_memory(reterr);
    int rc = ledger_state(tx, a, &state, reterr);
    if (rc < 0)
        return rc;
    x->size = state.size;
    x->signed_size = state.signed_size;
    return read_newest(tx, x, reterr);
}

/* What has its index already is older than what waits: only where nothing waits it has to be looked for. */
int ledger_settle_all(struct ledger *l, int ms, struct err *reterr) {
    int64_t until = clock_ticks_us() + ms * INT64_C(1000);
    struct ask_all x, later;
    int rc = store_read(l->store, read_all, &x, reterr);
    if (rc < 0)
        return rc;
    if (x.newest[0])
        return ledger_settle(l, x.newest, ms, NULL, reterr);
    for (later = x; later.signed_size < x.size;) {
        const struct timespec pause = {0, POLL_FIRST_MS * 1000000L};
        if (role_of(l) == LEDGER_STOPPED || clock_ticks_us() >= until)
            return waits(l, reterr);
        lead_or_nudge(l);
        rc = store_read(l->store, read_all, &later, reterr);
        if (rc < 0)
            return rc;
        if (later.signed_size < x.size)
            (void)nanosleep(&pause, NULL); /* woken early is as good */
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* `daylight serve`: sets the process up, starts the server, and waits for signals. They are handled here and nowhere
 * else: every other thread blocks them. */
#include "app/acts.h"
#include "app/commands.h"
#include "app/folder.h"
#include "base/bell.h"
#include "base/file.h"
#include "base/log.h"
#include "ledger/keys.h"
#include "press/views.h"
#include "web/notify.h"
#include "web/office.h"
#include "web/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_BESIDES = 512 }; /* open besides connections: the store, files that are sent, pipes */

struct serving {
    const struct arguments *arguments;
    struct folder folder; /* as it was started */
    struct office *office;
    struct views *views;
    struct bell *bell;
    struct server *server;
    struct witnesses *witnesses;       /* who cosigns our ledger */
    struct witness_server *witnessing; /* we, as a witness of others */
    const char *listen[CONFIG_LISTEN_MOST + 1];
    int lock;
};

/* --- what the process may do --- */

static int harden(struct err *reterr) {
    struct rlimit none = {0, 0};
    (void)umask(077);
    if (setrlimit(RLIMIT_CORE, &none)) /* a crash leaves no private words on the disk */
        return err_errno(reterr, "forbidding core dumps");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return err_errno(reterr, "giving up new privileges");
#ifndef __SANITIZE_ADDRESS__ /* whose leak check looks into its own process as a debugger does */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
        return err_errno(reterr, "closing the process to others");
#endif
    return 0;
}

/* A connection is a file to the kernel. What cannot be opened is not promised: fewer connections are taken then, in
 * place of a server that cannot open its store any more. */
static void make_room_for_files(struct server_settings *server) {
    struct rlimit files;
    rlim_t need = (rlim_t)server->connections_most + FILES_BESIDES;
    if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= need)
        return;
    files.rlim_cur = files.rlim_max < need ? files.rlim_max : need;
    if (setrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= need)
        return;
    rlim_t few = files.rlim_cur > 2 * FILES_BESIDES ? files.rlim_cur - FILES_BESIDES : files.rlim_cur / 2;
    server->connections_most = (unsigned)few;
    LOG(LOG_WARN, "few_files", LOG_NUMBER("may_open", (int64_t)files.rlim_cur), LOG_NUMBER("needed", (int64_t)need),
        LOG_NUMBER("connections", server->connections_most),
        LOG_TEXT("do", STR("raise the limit on open files (LimitNOFILE=, ulimit -n), or lower [serve] connections")));
}

static sigset_t watched_signals(void) {
    sigset_t set;
    (void)sigemptyset(&set); /* these four cannot fail for signals that exist */
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    return set;
}

/* --- settings --- */

/* The command line's word over site.ini's. */
static void apply_arguments(struct serving *s, struct config *c) {
    const struct arguments *a = s->arguments;
    size_t n = 0;
    for (; n < CONFIG_LISTEN_MOST && arguments_value_at(a, "listen", n); n++)
        s->listen[n] = arguments_value_at(a, "listen", n);
    s->listen[n] = NULL;
    if (n)
        c->server.listen = s->listen;
    if (arguments_value(a, "tls-cert"))
        c->server.tls_certificate = arguments_value(a, "tls-cert");
    if (arguments_value(a, "tls-key"))
        c->server.tls_key = arguments_value(a, "tls-key");
}

/* What every office of this process has, as it was started. */
static void lend(const struct serving *s, struct office *o) {
    o->bell = s->bell;
    o->ledger = s->folder.ledger;
    o->witness = s->folder.config.witness;
    o->witnesses = s->folder.config.witnesses;
    o->quorum = s->folder.config.quorum;
    o->witnessing = s->witnessing;
}

/* A fresh office from site.ini and theme. The office owns the arena that the settings live in. */
static int load_office(struct serving *s, struct config *c, struct office **ret, struct err *reterr) {
    struct arena *arena = arena_new(0);
    int bad = config_load(s->folder.path, arena, c, reterr);
    if (!bad)
        bad = office_load(s->folder.path, &c->site, arena, s->folder.store, s->views, ret, reterr);
    if (bad) {
        arena_free(arena);
        return bad;
    }
    lend(s, *ret);
    apply_arguments(s, c);
    return 0;
}

static bool same_witnesses(const struct config *a, const struct config *b) {
    bool same = a->witnesses == b->witnesses && a->witnessed_n == b->witnessed_n && a->quorum == b->quorum &&
                a->alarm_hours == b->alarm_hours;
    for (size_t i = 0; same && i < a->witnesses; i++)
        same = str_eq(a->witness[i].name, b->witness[i].name) && strcmp(a->witness[i].url, b->witness[i].url) == 0 &&
               memcmp(a->witness[i].key.key, b->witness[i].key.key, sizeof a->witness[i].key.key) == 0;
    for (size_t i = 0; same && i < a->witnessed_n; i++)
        same = strcmp(a->witnessed[i].name, b->witnessed[i].name) == 0 &&
               memcmp(a->witnessed[i].key, b->witnessed[i].key, sizeof a->witnessed[i].key) == 0;
    return same;
}

/* The new one, or the old one as it was; which of them is said in the log. */
static void reload(struct serving *s) {
    struct config *c = calloc(1, sizeof *c);
    struct office *office = NULL;
    struct err err = {0};
    (void)notify_reloading(); /* the service manager is told as a courtesy */
    int bad = c ? load_office(s, c, &office, &err) : err_set(&err, ERR_NO_MEMORY, "not enough memory");
    if (!bad)
        bad = server_reload(s->server, &c->server, office, &err);
    if (!bad)
        log_set(c->log_level, c->log_form);
    if (bad)
        LOG(LOG_ERROR, "reload_refused", LOG_TEXT("why", str_of(err.text)),
            LOG_TEXT("kept", STR("what was there before")));
    else
        LOG(LOG_INFO, "reloaded", LOG_TEXT("folder", str_of(s->folder.path)));
    if (!bad && c->store && strcmp(c->store, s->folder.config.store) != 0)
        LOG(LOG_WARN, "restart_needed", LOG_TEXT("setting", STR("store")));
    if (!bad && !same_witnesses(c, &s->folder.config))
        LOG(LOG_WARN, "restart_needed", LOG_TEXT("setting", STR("ledger, witness")));
    office_release(office); /* the server keeps it, or nobody does */
    free(c);
    (void)notify_ready();
}

/* --- witnesses --- */

static bool leads(void *arg) {
    struct ledger_figures figures;
    ledger_figures(arg, &figures);
    return figures.role == LEDGER_LEADS;
}

/* The policy that /ledger/policy shows is in the ledger too, from the first witness on. */
static int enter_policy(const struct serving *s, struct err *reterr) {
    const struct config *c = &s->folder.config;
    struct keys keys;
    struct vkey active[KEYS_MOST];
    size_t n = 0;
    bool entered = false;
    BUF_LOCAL(url);
    BUF_LOCAL(text);
    int bad = keys_read(str_of(s->folder.path), &keys, reterr);
    for (size_t i = 0; !bad && i < keys.n; i++)
        if (keys.item[i].state == KEY_ACTIVE)
            active[n++] = keys.item[i].key;
    buf_printf(&url, "%.*s/ledger", STR_FMT(c->site.origin));
    witness_policy_write(active, n, url.p, c->witness, c->witnesses, c->quorum, &text);
    if (!bad && (buf_failed(&url) || buf_failed(&text)))
        bad = err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    if (!bad)
        bad = witness_policy_keep(s->folder.store, buf_str(&text), c->witnesses > 0, &entered, reterr);
    if (entered)
        ledger_nudge(s->folder.ledger);
    return bad;
}

/* Nobody waits for them: a witness that is away stops nothing. */
static int start_witnesses(struct serving *s, struct err *reterr) {
    const struct config *c = &s->folder.config;
    struct witnesses_settings w = witnesses_settings();
    struct err err = {0};
    w.peer = c->witness;
    w.n = c->witnesses;
    w.quorum = c->quorum;
    w.alarm_s = c->alarm_hours * 3600;
    w.leads = leads;
    w.arg = s->folder.ledger;
    if (leads(s->folder.ledger) && enter_policy(s, &err))
        LOG(LOG_WARN, "ledger.policy", LOG_TEXT("why", str_of(err.text)));
    return witnesses_start(s->folder.store, ledger_tiles(s->folder.ledger), &w, &s->witnesses, reterr);
}

static int start_witnessing(struct serving *s, struct err *reterr) {
    const struct config *c = &s->folder.config;
    return c->witnessed_n ? witness_server_open(s->folder.store, s->folder.path, c->witness_name, c->witnessed,
                                                c->witnessed_n, &s->witnessing, reterr)
                          : 0;
}

/* --- life --- */

/* It spares readers a fifth of a second; without it pages are served all the same. */
static void open_bell(struct serving *s, const char *path) {
    struct err err = {0};
    if (bell_open(path, &s->bell, &err) != 0)
        LOG(LOG_WARN, "bell_lost", LOG_TEXT("why", str_of(err.text)),
            LOG_TEXT("so", STR("what commands change is seen when the store is next asked, until the next start")));
}

static int start(struct serving *s, struct arena *arena, struct err *reterr) {
    BUF_LOCAL(views);
    BUF_LOCAL(bell);
    const char *path = arguments_operand(s->arguments, 0), *store = arguments_value(s->arguments, "store");
    int bad = harden(reterr);
    if (!bad)
        bad = config_load(path, arena, &s->folder.config, reterr); /* no lock file in a folder that is no office */
    if (!bad)
        bad = folder_lock(path, &s->lock, reterr);
    if (!bad)
        bad = folder_open(path, store, arena, &s->folder, reterr);
    if (bad)
        return bad;
    apply_arguments(s, &s->folder.config);
    log_set(s->folder.config.log_level, s->folder.config.log_form);
    make_room_for_files(&s->folder.config.server);
    bad = acts_open(&s->folder, reterr); /* one that is stopped says so in the log; pages are served all the same */
    if (bad)
        return bad;
    file_join(&views, path, "views");
    file_join(&bell, path, FOLDER_BELL);
    if (buf_failed(&views) || buf_failed(&bell))
        bad = err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    if (!bad)
        open_bell(s, bell.p);
    if (!bad)
        bad = views_open(views.p, s->folder.store, &s->views, reterr);
    if (!bad) /* the settings' arena outlives the office */
        bad = office_load(path, &s->folder.config.site, NULL, s->folder.store, s->views, &s->office, reterr);
    if (!bad)
        bad = start_witnessing(s, reterr);
    if (!bad) {
        lend(s, s->office);
        bad = server_start(&s->folder.config.server, s->office, &s->server, reterr);
    }
    return bad ? bad : start_witnesses(s, reterr);
}

static void stop(struct serving *s) {
    witnesses_stop(s->witnesses);
    server_stop(s->server);
    witness_server_close(s->witnessing);
    bell_close(s->bell);
    views_close(s->views); /* folds once more; meanwhile the server's own thread does */
    office_release(s->office);
    folder_close(&s->folder);
    if (s->lock >= 0)
        (void)close(s->lock); /* nothing was written to it */
}

static void say_where(const struct serving *s) {
    const char *const *listen = s->folder.config.server.listen;
    const char *scheme = s->folder.config.server.tls_certificate ? "https" : "http";
    unsigned port = server_port(s->server);
    if (listen && (strncmp(listen[0], "unix:", 5) == 0 || strncmp(listen[0], "fd:", 3) == 0)) {
        printf("Daylight serves %s on %s\n", s->folder.path, listen[0]);
    } else {
        const char *colon = listen ? strrchr(listen[0], ':') : NULL;
        struct str host = colon ? str_part(listen[0], (size_t)(colon - listen[0])) : STR("127.0.0.1");
        if (str_is(host, "*") || str_is(host, "0.0.0.0") || str_is(host, "[::]"))
            host = STR("localhost");
        printf("Daylight serves %s on %s://%.*s:%u (Ctrl-C ends it)\n", s->folder.path, scheme, STR_FMT(host), port);
    }
    (void)fflush(stdout); /* who reads the address cares, the server does not */
}

static void log_ledger(const struct serving *s) {
    struct ledger_figures figures;
    ledger_figures(s->folder.ledger, &figures);
    LOG(LOG_INFO, "ledger", LOG_TEXT("role", str_of(ledger_role_word(figures.role))),
        LOG_NUMBER("entries", (int64_t)figures.size), LOG_NUMBER("signed", (int64_t)figures.signed_size));
}

/* Until SIGTERM or SIGINT. */
static void wait_for_signals(struct serving *s, const sigset_t *signals) {
    for (;;) {
        int number = sigwaitinfo(signals, NULL);
        if (number == SIGHUP) {
            reload(s);
        } else if (number > 0) {
            LOG(LOG_INFO, "stopping", LOG_TEXT("signal", str_of(sigabbrev_np(number))));
            return;
        }
    }
}

int serve_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    struct serving *s = arena_alloc(arena, sizeof *s);
    if (!s)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory");
    *s = (struct serving){.arguments = arguments, .lock = -1};
    sigset_t signals = watched_signals();
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL); /* cannot fail for SIG_BLOCK */
    (void)signal(SIGPIPE, SIG_IGN);                   /* a reader who leaves is an error code */
    int bad = start(s, arena, reterr);
    if (!bad) {
        say_where(s);
        log_ledger(s);
        (void)notify_ready(); /* the service manager is told as a courtesy */
        wait_for_signals(s, &signals);
        (void)notify_stopping();
    }
    stop(s);
    return bad;
}

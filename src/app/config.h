// SPDX-License-Identifier: Apache-2.0
#pragma once
/* DIR/site.ini: what the office is and how it is served.
 *
 * One table of settings (settings[], unit_settings[]) feeds the reader, the commented site.ini that `daylight init`
 * writes, and the man page. An unknown section or key, a value that does not fit, or a setting said twice is
 * -ERR_INVALID with file, line and reason; nothing is guessed. Immutable once loaded; SIGHUP loads another one. */
#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "ledger/witness.h"
#include "ledger/witness_server.h"
#include "text/site.h"
#include "web/server.h"

enum { CONFIG_LISTEN_MOST = 16 };

struct config {
    struct site site;
    struct server_settings server;
    struct str host;   /* as site.ini says it */
    const char *store; /* "sqlite:DIR/daylight.db", "postgresql://…" */
    enum log_form log_form;
    enum log_level log_level;
    struct witness_peer *witness; /* of our ledger */
    size_t witnesses;
    unsigned quorum, alarm_hours; /* of them; 0: more than half, never */
    struct str witness_name;      /* ours, as a witness of others */
    struct vkey *witnessed;       /* whose logs we witness */
    size_t witnessed_n;
    const char *listen[CONFIG_LISTEN_MOST + 1]; /* server.listen points here; where a copy is used, set it anew */
};

/* Reads FOLDER/site.ini. Strings live in the arena. -ERR_NOT_FOUND: FOLDER is no office. */
int config_load(const char *folder, struct arena *arena, struct config *ret, struct err *reterr);
/* The same from bytes that are there already; name is for sentences ("site.ini"). */
int config_read(const char *name, struct str ini, const char *folder, struct arena *arena, struct config *ret,
                struct err *reterr);

enum setting_kind {
    SETTING_TEXT = 1,  /* struct str */
    SETTING_WORDS,     /* in each language: key.LANG; a plain key is the first language's */
    SETTING_HOST,      /* gives site.origin */
    SETTING_LANGUAGES, /* tags parted by commas */
    SETTING_ZONE,
    SETTING_LISTEN, /* may be said several times */
    SETTING_STORE,
    SETTING_PATH,     /* const char *, relative to the folder */
    SETTING_NETWORKS, /* const char *, a list of networks */
    SETTING_NUMBER,   /* unsigned */
    SETTING_SIZE,     /* size_t; the setting counts in `scale` bytes */
    SETTING_YES_NO,   /* bool */
    SETTING_LOG_FORM,
    SETTING_LOG_LEVEL,
    SETTING_WITNESS,   /* "NAME VKEY URL"; may be said several times */
    SETTING_WITNESSED, /* a log's verifier key; may be said several times */
};

struct setting {
    const char *section; /* NULL ends the table */
    const char *key;
    enum setting_kind kind;
    const char *standard; /* what holds when it is not said, for people; "" for the server's own number, or nothing */
    const char *help;     /* one sentence, no full stop */
    size_t at;            /* offset in struct config, of SETTING_WORDS in struct site_words */
    size_t least, most, scale;
};
extern const struct setting settings[];
/* The settings of a department, in a section [unit.SLUG] of its own; section is "unit", at an offset in struct
 * site_unit, of SETTING_WORDS that of the first language. */
extern const struct setting unit_settings[];
/* NULL where there is none. */
const struct setting *unit_settings_find(struct str key);
const struct setting *settings_find(struct str section, struct str key);
/* What holds when it is not said: `standard`, or the number that the server has; nothing where nothing is set then. */
void settings_add_standard(struct buf *ret, const struct setting *s);

/* What `daylight init` knows: pairs as a site.ini would say them, e.g. {"site", "name.en", "Alder Quay …"}. */
struct config_answer {
    struct str section, key, value;
};
/* A whole site.ini: every setting with its comment, those without an answer commented out; then the answers' [unit.…]
 * sections in their order. Of two answers for one key the first counts. Appends. */
void config_write(struct buf *ret, const struct config_answer *answers, size_t n);

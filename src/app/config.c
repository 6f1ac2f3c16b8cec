// SPDX-License-Identifier: Apache-2.0
/* Reads site.ini: twice, because words in languages can come before the line that says which languages there are. */
#include "app/config.h"

#include "base/file.h"
#include "base/ini.h"
#include "ledger/entry.h"
#include "text/datetime.h"
#include "web/listen.h"
#include "web/network.h"

#include <string.h>

enum { INI_MOST = 1024 * 1024, SETTINGS_MOST = 64, UNIT_SETTINGS_MOST = 8 };

struct reading {
    struct config *c;
    struct arena *arena;
    const char *folder;
    bool languages_only;
    size_t listens;
    bool seen[SETTINGS_MOST][SITE_LANGUAGES_MOST];
    struct site_unit *unit; /* config.site's own */
    bool unit_seen[SITE_UNITS_MOST][UNIT_SETTINGS_MOST][SITE_LANGUAGES_MOST];
};

static int no_number(const char *key, size_t least, size_t most, struct str value, struct err *reterr) {
    return err_set(reterr, ERR_INVALID, "%s takes a whole number from %zu to %zu, not \"%.*s\"", key, least, most,
                   STR_FMT(value));
}

static int take_languages(struct reading *r, struct str value, struct err *reterr) {
    struct site *site = &r->c->site;
    site->languages = 0;
    for (struct str part; str_cut(&value, ',', &part);) {
        part = str_trim(part);
        if (site->languages == SITE_LANGUAGES_MOST)
            return err_set(reterr, ERR_INVALID, "languages takes at most %d", SITE_LANGUAGES_MOST);
        if (!language_normalise(part, site->words[site->languages].language))
            return err_set(reterr, ERR_INVALID, "languages: \"%.*s\" is no language tag", STR_FMT(part));
        for (size_t i = 0; i < site->languages; i++)
            if (strcmp(site->words[i].language, site->words[site->languages].language) == 0)
                return err_set(reterr, ERR_INVALID, "languages: %.*s is there twice", STR_FMT(part));
        site->languages++;
    }
    return site->languages ? 0 : err_set(reterr, ERR_INVALID, "languages needs at least one language tag");
}

static bool host_is_here(struct str host) {
    return str_starts(host, "127.") || str_is(host, "localhost") || str_starts(host, "localhost:") ||
           str_starts(host, "[::1]");
}

static bool host_ok(struct str host) {
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && !strchr("-.:[]", c))
            return false;
    }
    return host.n > 0 && host.p[0] != '.' && host.p[0] != '-' && host.p[0] != ':';
}

static int take_host(struct reading *r, struct str value, struct err *reterr) {
    const char *scheme = str_starts_nocase(value, "http://") ? "http://" : "https://";
    bool said = str_starts_nocase(value, scheme);
    struct str host = said ? str_from(value, strlen(scheme)) : value;
    if (str_ends(host, "/"))
        host.n--;
    if (!host_ok(host))
        return err_set(reterr, ERR_INVALID, "host: \"%.*s\" is no host name", STR_FMT(value));
    if (!said && host_is_here(host))
        scheme = "http://";
    r->c->host = arena_str(r->arena, value);
    r->c->site.origin = arena_printf(r->arena, "%s%.*s", scheme, STR_FMT(host));
    return 0;
}

static const char *path_in_folder(struct reading *r, struct str value) {
    BUF_LOCAL(path);
    if (str_starts(value, "/"))
        return arena_z(r->arena, value);
    file_join(&path, r->folder, "");
    buf_add(&path, value);
    return arena_buf(r->arena, &path).p;
}

static int take_store(struct reading *r, struct str value, struct err *reterr) {
    if (str_starts(value, "sqlite:") && value.n > 7) {
        const char *path = path_in_folder(r, str_from(value, 7));
        r->c->store = path ? arena_printf(r->arena, "sqlite:%s", path).p : NULL;
        return 0;
    }
    if (!str_starts(value, "postgresql://") && !str_starts(value, "postgres://"))
        return err_set(reterr, ERR_INVALID, "store takes sqlite:FILE or postgresql://…, not \"%.*s\"", STR_FMT(value));
    r->c->store = arena_z(r->arena, value);
    return 0;
}

static int take_listen(struct reading *r, struct str value, struct err *reterr) {
    if (r->listens == CONFIG_LISTEN_MOST)
        return err_set(reterr, ERR_INVALID, "listen: at most %d", CONFIG_LISTEN_MOST);
    const char *words = arena_z(r->arena, value);
    r->c->listen[r->listens++] = words;
    return listen_check(words, reterr);
}

static int take_networks(struct reading *r, const struct setting *s, struct str value, struct err *reterr) {
    struct networks networks;
    *(const char **)(void *)((char *)r->c + s->at) = arena_z(r->arena, value);
    int bad = networks_parse(value, &networks, reterr);
    if (bad)
        err_prefix(reterr, "%s", s->key);
    return bad;
}

static int take_number(const struct setting *s, void *at, struct str value, struct err *reterr) {
    int64_t number;
    if (!str_to_int(value, &number) || number < 0 || (size_t)number < s->least || (size_t)number > s->most)
        return no_number(s->key, s->least, s->most, value, reterr);
    if (s->kind == SETTING_NUMBER)
        *(unsigned *)at = (unsigned)number;
    else
        *(size_t *)at = (size_t)number * s->scale;
    return 0;
}

static int take_choice(const char *key, const char *const *words, size_t n, struct str value, int *ret,
                       struct err *reterr) {
    for (size_t i = 0; i < n; i++) {
        if (str_is(value, words[i])) {
            *ret = (int)i;
            return 0;
        }
    }
    BUF_LOCAL(list);
    for (size_t i = 0; i < n; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", words[i]);
    return err_set(reterr, ERR_INVALID, "%s takes one of %s, not \"%.*s\"", key, list.p, STR_FMT(value));
}

static int take_log(struct reading *r, const struct setting *s, struct str value, struct err *reterr) {
    static const char *const forms[] = {"logfmt", "json"}, *const levels[] = {"debug", "info", "warn", "error"},
                             *const answers[] = {"no", "yes"};
    int chosen = 0, bad = 0;
    if (s->kind == SETTING_LOG_FORM) {
        bad = take_choice(s->key, forms, 2, value, &chosen, reterr);
        r->c->log_form = (enum log_form)chosen;
    } else if (s->kind == SETTING_LOG_LEVEL) {
        bad = take_choice(s->key, levels, 4, value, &chosen, reterr);
        r->c->log_level = (enum log_level)chosen;
    } else {
        bad = take_choice(s->key, answers, 2, value, &chosen, reterr);
        *(bool *)((char *)r->c + s->at) = chosen;
    }
    return bad;
}

static int take_zone(struct reading *r, struct str value, struct err *reterr) {
    r->c->site.zone = arena_z(r->arena, value);
    if (!zone_exists(r->c->site.zone))
        return err_set(reterr, ERR_INVALID, "timezone: \"%.*s\" is no time zone (Asia/Shanghai is one)",
                       STR_FMT(value));
    return 0;
}

static int take_witness(struct reading *r, struct str value, struct err *reterr) {
    struct config *c = r->c;
    if (c->witnesses == WITNESSES_MOST)
        return err_set(reterr, ERR_INVALID, "witness: at most %d", WITNESSES_MOST);
    if (!c->witness && !(c->witness = arena_array(r->arena, WITNESSES_MOST, sizeof *c->witness)))
        return -ERR_NO_MEMORY; /* the arena's failure is told by config_read() */
    struct witness_peer *p = &c->witness[c->witnesses];
    int bad = witness_peer_read(arena_str(r->arena, value), r->arena, p, reterr);
    for (size_t i = 0; !bad && i < c->witnesses; i++)
        if (str_eq(c->witness[i].name, p->name))
            bad = err_set(reterr, ERR_INVALID, "the name %.*s is there twice", STR_FMT(p->name));
    c->witnesses += !bad;
    if (bad)
        err_prefix(reterr, "witness");
    return bad;
}

static int take_witnessed(struct reading *r, struct str value, struct err *reterr) {
    struct config *c = r->c;
    if (c->witnessed_n == WITNESS_LOGS_MOST)
        return err_set(reterr, ERR_INVALID, "log: at most %d", WITNESS_LOGS_MOST);
    if (!c->witnessed && !(c->witnessed = arena_array(r->arena, WITNESS_LOGS_MOST, sizeof *c->witnessed)))
        return -ERR_NO_MEMORY; /* the arena's failure is told by config_read() */
    struct vkey *k = &c->witnessed[c->witnessed_n];
    int bad = vkey_read(value, k, reterr);
    if (!bad && k->type != NOTE_ED25519)
        bad = err_set(reterr, ERR_INVALID, "%s: this is a witness's key, not a log's", k->name);
    c->witnessed_n += !bad;
    if (bad)
        err_prefix(reterr, "log");
    return bad;
}

static int take_value(struct reading *r, const struct setting *s, size_t language, struct str value,
                      struct err *reterr) {
    void *at = (char *)r->c + s->at;
    switch (s->kind) {
    case SETTING_TEXT:
        *(struct str *)at = arena_str(r->arena, value);
        return 0;
    case SETTING_WORDS:
        *(struct str *)((char *)&r->c->site.words[language] + s->at) = arena_str(r->arena, value);
        return 0;
    case SETTING_LANGUAGES:
        return r->languages_only ? take_languages(r, value, reterr) : 0;
    case SETTING_HOST:
        return take_host(r, value, reterr);
    case SETTING_ZONE:
        return take_zone(r, value, reterr);
    case SETTING_LISTEN:
        return take_listen(r, value, reterr);
    case SETTING_STORE:
        return take_store(r, value, reterr);
    case SETTING_PATH:
        *(const char **)at = path_in_folder(r, value);
        return 0;
    case SETTING_NETWORKS:
        return take_networks(r, s, value, reterr);
    case SETTING_NUMBER:
    case SETTING_SIZE:
        return take_number(s, at, value, reterr);
    case SETTING_YES_NO:
    case SETTING_LOG_FORM:
    case SETTING_LOG_LEVEL:
        return take_log(r, s, value, reterr);
    case SETTING_WITNESS:
        return take_witness(r, value, reterr);
    case SETTING_WITNESSED:
        return take_witnessed(r, value, reterr);
    }
    BUG("a setting of no kind");
}

/* "name" is the first language's, "name.zh-CN" that one's. */
static int language_of(const struct reading *r, struct str key, size_t *ret, struct err *reterr) {
    size_t dot = str_find_char(key, '.', 0);
    char tag[LANGUAGE_MOST];
    *ret = 0;
    if (dot == SIZE_MAX)
        return 0;
    int i = language_normalise(str_from(key, dot + 1), tag) ? site_language(&r->c->site, str_of(tag)) : -1;
    if (i < 0)
        return err_set(reterr, ERR_INVALID, "%.*s: that language is not among [site] languages", STR_FMT(key));
    *ret = (size_t)i;
    return 0;
}

static bool unit_slug_ok(struct str slug) { /* as an entry of the ledger can name it */
    for (size_t i = 0; i < slug.n; i++)
        if (!((slug.p[i] >= 'a' && slug.p[i] <= 'z') || (slug.p[i] >= '0' && slug.p[i] <= '9') || slug.p[i] == '-'))
            return false;
    return slug.n > 0 && slug.n <= ENTRY_UNIT_MOST && slug.p[0] != '-';
}

static int unit_of(struct reading *r, struct str slug, size_t *ret, struct err *reterr) {
    struct site *site = &r->c->site;
    for (size_t i = 0; i < site->units; i++)
        if (str_eq(r->unit[i].slug, slug)) {
            *ret = i;
            return 0;
        }
    if (!unit_slug_ok(slug))
        return err_set(
            reterr, ERR_INVALID,
            "[unit.%.*s]: the short name of a unit has 1 to 32 small letters, digits and hyphens, no hyphen first",
            STR_FMT(slug));
    if (site->units == SITE_UNITS_MOST)
        return err_set(reterr, ERR_INVALID, "at most %d units", SITE_UNITS_MOST);
    if (!r->unit && !(r->unit = arena_array(r->arena, SITE_UNITS_MOST, sizeof *r->unit)))
        return -ERR_NO_MEMORY; /* the arena's failure is told by config_read() */
    site->unit = r->unit;
    r->unit[site->units] = (struct site_unit){.slug = arena_str(r->arena, slug)};
    *ret = site->units++;
    return 0;
}

static int take_unit(struct reading *r, struct str slug, struct str key, struct str value, struct err *reterr) {
    const struct setting *s = unit_settings_find(key);
    size_t i = 0, language = 0;
    if (!s)
        return err_set(reterr, ERR_INVALID, "a unit has no setting %.*s", STR_FMT(key));
    int bad = unit_of(r, slug, &i, reterr);
    if (!bad && s->kind == SETTING_WORDS)
        bad = language_of(r, key, &language, reterr);
    if (bad)
        return bad;
    bool *seen = &r->unit_seen[i][s - unit_settings][language];
    if (*seen)
        return err_set(reterr, ERR_INVALID, "%.*s of [unit.%.*s] is said twice", STR_FMT(key), STR_FMT(slug));
    *seen = true;
    void *at = (char *)&r->unit[i] + s->at;
    if (s->kind == SETTING_NUMBER)
        return take_number(s, at, value, reterr);
    ((struct str *)at)[language] = arena_str(r->arena, value);
    return 0;
}

/* Once all is read: each pair of a unit asks for its name, so that the first one's line is told. */
static int check_unit(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    const struct reading *r = arg;
    const struct site *site = &r->c->site;
    (void)key, (void)value;
    for (size_t i = 0; i < site->units; i++)
        if (!site->unit[i].name[0].n && str_starts(section, "unit.") &&
            str_eq(str_from(section, 5), site->unit[i].slug))
            return err_set(reterr, ERR_INVALID, "[%.*s] has no name in %s: what is the unit called?", STR_FMT(section),
                           site->words[0].language);
    return 0;
}

static bool comes_often(const struct setting *s) {
    return s->kind == SETTING_LISTEN || s->kind == SETTING_WITNESS || s->kind == SETTING_WITNESSED;
}

static int take_pair(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    struct reading *r = arg;
    const struct setting *s = settings_find(section, key);
    if (r->languages_only)
        return s && s->kind == SETTING_LANGUAGES ? take_value(r, s, 0, value, reterr) : 0;
    if (str_starts(section, "unit."))
        return take_unit(r, str_from(section, 5), key, value, reterr);
    if (!s)
        return err_set(reterr, ERR_INVALID, "[%.*s] has no setting %.*s", STR_FMT(section), STR_FMT(key));
    size_t language = 0;
    int bad = s->kind == SETTING_WORDS ? language_of(r, key, &language, reterr) : 0;
    if (bad)
        return bad;
    bool *seen = &r->seen[s - settings][language];
    if (*seen && !comes_often(s))
        return err_set(reterr, ERR_INVALID, "%.*s is said twice", STR_FMT(key));
    *seen = true;
    return take_value(r, s, language, value, reterr);
}

/* Words that a language lacks are the first language's. */
static void fill_words(struct site *site) {
    for (const struct setting *s = settings; s->section; s++) {
        if (s->kind != SETTING_WORDS)
            continue;
        for (size_t i = 1; i < site->languages; i++) {
            struct str *word = (struct str *)((char *)&site->words[i] + s->at);
            if (!word->n)
                *word = *(struct str *)((char *)&site->words[0] + s->at);
        }
    }
}

static void order_units(struct site_unit *unit, size_t n) { /* those of one order as they are said */
    for (size_t i = 1; i < n; i++) {
        struct site_unit u = unit[i];
        size_t j = i;
        for (; j && unit[j - 1].order > u.order; j--)
            unit[j] = unit[j - 1];
        unit[j] = u;
    }
}

static void set_standards(struct reading *r) {
    struct config *c = r->c;
    *c = (struct config){.log_level = LOG_INFO, .site.zone = "UTC", .site.languages = 1, .alarm_hours = 24};
    server_settings_init(&c->server);
    (void)language_normalise(STR("en"), c->site.words[0].language); /* a tag that is known to be one */
    c->host = STR("localhost:8080");
    c->site.origin = STR("http://localhost:8080");
    (void)take_store(r, STR("sqlite:daylight.db"), NULL); /* a URL that is known to be one */
}

static int check_whole(const struct config *c, struct err *reterr) {
    if (!c->site.words[0].name.n)
        return err_set(reterr, ERR_INVALID, "[site] name is missing: what is the office called?");
    if (!c->server.tls_certificate != !c->server.tls_key)
        return err_set(reterr, ERR_INVALID, "[serve] tls_cert and tls_key go together: one of them is missing");
    return 0;
}

/* "www.example.org/witness": the address without its scheme. */
static struct str name_as_witness(const struct config *c, struct arena *arena) {
    struct str host = str_from(c->site.origin, str_find(c->site.origin, STR("://"), 0) + 3);
    return arena_printf(arena, "%.*s/witness", STR_FMT(host));
}

int config_read(const char *name, struct str ini, const char *folder, struct arena *arena, struct config *ret,
                struct err *reterr) {
    struct reading *r = arena_alloc(arena, sizeof *r);
    if (!r)
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to read it", name);
    *r = (struct reading){.c = ret, .arena = arena, .folder = folder, .languages_only = true};
    set_standards(r);
    int bad = ini_read(ini, take_pair, r, reterr);
    r->languages_only = false;
    if (!bad)
        bad = ini_read(ini, take_pair, r, reterr);
    if (!bad)
        bad = ini_read(ini, check_unit, r, reterr);
    if (!ret->witness_name.n)
        ret->witness_name = name_as_witness(ret, arena);
    if (arena_failed(arena)) /* and what it lacks looks like what is missing in the file */
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to read it", name);
    if (!bad)
        bad = check_whole(ret, reterr);
    if (bad) {
        err_prefix(reterr, "%s", name);
        return bad;
    }
    fill_words(&ret->site);
    order_units(r->unit, ret->site.units);
    ret->server.listen = r->listens ? ret->listen : NULL;
    return 0;
}

int config_load(const char *folder, struct arena *arena, struct config *ret, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(ini);
    file_join(&path, folder, "site.ini");
    if (buf_failed(&path))
        return err_set(reterr, ERR_NO_MEMORY, "%s: not enough memory to open it", folder);
    int bad = file_read(path.p, INI_MOST, &ini, reterr);
    if (bad == -ERR_NOT_FOUND)
        return err_set(reterr, ERR_NOT_FOUND, "%s has no site.ini: it is no office yet (daylight init %s makes one)",
                       folder, folder);
    return bad ? bad : config_read(path.p, buf_str(&ini), folder, arena, ret, reterr);
}

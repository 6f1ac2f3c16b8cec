// SPDX-License-Identifier: Apache-2.0
/* The one table of settings, and the commented site.ini that is made from it. */
#include "app/config.h"

#include <stddef.h>
#include <string.h>

#define IN(member) offsetof(struct config, member)
#define WORD(member) offsetof(struct site_words, member)

#define SITE_TEXT(key, member, standard, help)                                                                         \
    { "site", key, SETTING_TEXT, standard, help, IN(site.member), 0, 0, 0 }
#define SITE_WORDS(key, member, help)                                                                                  \
    { "site", key, SETTING_WORDS, "", help, WORD(member), 0, 0, 0 }
#define NUMBER(key, member, standard, help, least, most)                                                               \
    { "serve", key, SETTING_NUMBER, standard, help, IN(server.member), least, most, 0 }
#define SIZE(key, member, standard, help, least, most, scale)                                                          \
    { "serve", key, SETTING_SIZE, standard, help, IN(server.member), least, most, scale }
#define NETWORKS(key, member, help)                                                                                    \
    { "serve", key, SETTING_NETWORKS, "", help, IN(server.member), 0, 0, 0 }

const struct setting settings[] = {
    {"site", "languages", SETTING_LANGUAGES, "en",
     "Language tags parted by commas; the first one's pages have no language in their address", 0, 0, 0, 0},
    SITE_WORDS("name", name, "The office's whole name; in another language: name.zh-CN = …, and so with those below"),
    SITE_WORDS("place", place, "The place, as the first line of the mark"),
    SITE_WORDS("unit", unit, "The body's short name, as the second line of the mark"),
    SITE_WORDS("tagline", tagline, "One sentence under the name"),
    SITE_WORDS("address", address, "Where the office is"),
    SITE_TEXT("phone", phone, "", "Telephone, as people dial it"),
    SITE_TEXT("email", email, "", "E-mail address for the public"),
    {"site", "host", SETTING_HOST, "localhost:8080",
     "The public host name; https is taken for granted, except on this machine itself; http://… says otherwise",
     IN(host), 0, 0, 0},
    {"site", "timezone", SETTING_ZONE, "UTC", "The time zone of every date on the pages", IN(site.zone), 0, 0, 0},
    SITE_TEXT("site_id_code", site_id_code, "", "China: the site's identification code"),
    SITE_TEXT("icp", icp_number, "", "China: the ICP filing number"),
    SITE_TEXT("police_number", police_number, "", "China: the public security filing number"),

    {"serve", "listen", SETTING_LISTEN, "127.0.0.1:8080",
     "Address and port; [::1]:8080, *:8080 (IPv4 and IPv6) and unix:/path too; several lines are several sockets",
     IN(listen), 0, 0, 0},
    {"serve", "store", SETTING_STORE, "sqlite:daylight.db", "Where the data is: sqlite:FILE or postgresql://…",
     IN(store), 0, 0, 0},
    {"serve", "tls_cert", SETTING_PATH, "", "Certificate chain (PEM); without it plain HTTP is spoken",
     IN(server.tls_certificate), 0, 0, 0},
    {"serve", "tls_key", SETTING_PATH, "", "The certificate's private key (PEM)", IN(server.tls_key), 0, 0, 0},
    NETWORKS("staff_networks", staff, "Networks whose reading is counted apart as the staff's, e.g. 10.1.0.0/16"),
    NETWORKS("trusted_proxies", proxies, "Networks of proxies whose X-Forwarded-For is believed"),
    NETWORKS("metrics_from", metrics_from, "Networks that may read /metrics, besides this machine"),
    {"serve", "log", SETTING_LOG_FORM, "logfmt", "The log's form: logfmt or json", IN(log_form), 0, 0, 0},
    {"serve", "log_level", SETTING_LOG_LEVEL, "info", "The least that is logged: debug, info, warn or error",
     IN(log_level), 0, 0, 0},
    {"serve", "log_requests", SETTING_YES_NO, "no", "One log line for every request: yes or no", IN(server.log_all), 0,
     0, 0},
    NUMBER("slow_ms", slow_ms, "", "Requests that take this many milliseconds are logged; 0: none", 0, 600000),
    SIZE("cache_mb", cache_most, "", "Memory for the page cache, in MB", 0, 65536, 1048576),
    NUMBER("cache_seconds", cache_seconds, "", "A cached page is made anew after this long, changed or not", 1, 86400),
    NUMBER("watch_ms", watch_ms, "", "How often the store is asked for changes that did not come through this folder",
           10, 60000),
    NUMBER("threads", threads, "", "Threads that answer from the cache; 0: one a core", 0, 256),
    NUMBER("workers", workers, "", "Threads that make pages; 0: two a core, at least four", 0, 512),
    NUMBER("queue", queue_most, "", "Requests that may wait for a worker; more get 503", 1, 65536),
    NUMBER("connections", connections_most, "",
           "Connections in all; for one more, the one that has been silent the longest is closed", 1, 1000000),
    NUMBER("connections_per_address", connections_per_address, "", "Connections of one address; 0: no limit", 0,
           1000000),
    NUMBER("idle_seconds", idle_seconds, "", "A silent connection is closed after this long", 1, 3600),
    NUMBER("head_seconds", head_seconds, "", "How long a request's head may take to arrive", 1, 3600),
    NUMBER("body_seconds", body_seconds, "", "How long a request's body may take to arrive", 1, 3600),
    NUMBER("drain_seconds", drain_seconds, "", "How long a stopping server waits for what is under way", 0, 3600),
    SIZE("uri_most", uri_most, "", "Longest address, in bytes", 64, 65536, 1),
    SIZE("head_most", head_most, "", "Longest request head, in bytes", 1024, 1048576, 1),
    SIZE("form_most", form_most, "", "Longest form, in bytes", 1024, 67108864, 1),

    {"ledger", "witness", SETTING_WITNESS, "",
     "Who cosigns this office's ledger: a name, the verifier key, the address; several lines are several witnesses", 0,
     0, 0, 0},
    {"ledger", "quorum", SETTING_NUMBER, "0", "How many of them make the quorum of its policy; 0: more than half",
     IN(quorum), 0, WITNESSES_MOST, 0},
    {"ledger", "alarm_hours", SETTING_NUMBER, "24",
     "Without a quorum for this long an incident is left in the ledger; 0: never", IN(alarm_hours), 0, 8760, 0},
    {"witness", "name", SETTING_TEXT, "",
     "This office's name as a witness of other offices' ledgers; HOST/witness unless it is said before the first start",
     IN(witness_name), 0, 0, 0},
    {"witness", "log", SETTING_WITNESSED, "",
     "A ledger that this office cosigns: its verifier key, as its /ledger/vkey says it; several lines are several", 0,
     0, 0, 0},
    {0}};

#define UNIT(member) offsetof(struct site_unit, member)

const struct setting unit_settings[] = {
    {"unit", "order", SETTING_NUMBER, "0", "A number; the site lists units from the least to the largest", UNIT(order),
     0, 1000000, 0},
    {"unit", "name", SETTING_WORDS, "", "What it is called; has to be there in the first language", UNIT(name), 0, 0,
     0},
    {"unit", "duty", SETTING_WORDS, "", "What it does, in a line", UNIT(duty), 0, 0, 0},
    {"unit", "phone", SETTING_TEXT, "", "Its telephone, as people dial it", UNIT(phone), 0, 0, 0},
    {"unit", "email", SETTING_TEXT, "", "Its e-mail address for the public", UNIT(email), 0, 0, 0},
    {0}};

static bool is_key(const struct setting *s, struct str key) {
    size_t n = strlen(s->key);
    bool word = s->kind == SETTING_WORDS && key.n > n && key.p[n] == '.';
    return str_is(word ? str_first(key, n) : key, s->key);
}

const struct setting *unit_settings_find(struct str key) {
    for (const struct setting *s = unit_settings; s->section; s++)
        if (is_key(s, key))
            return s;
    return NULL;
}

const struct setting *settings_find(struct str section, struct str key) {
    for (const struct setting *s = settings; s->section; s++)
        if (str_is(section, s->section) && is_key(s, key))
            return s;
    return NULL;
}

void settings_add_standard(struct buf *ret, const struct setting *s) {
    struct server_settings server;
    server_settings_init(&server);
    const char *at = (const char *)&server + (s->at - IN(server));
    if (s->standard[0] || strcmp(s->section, "serve") != 0)
        buf_add_z(ret, s->standard);
    else if (s->kind == SETTING_NUMBER)
        buf_printf(ret, "%u", *(const unsigned *)(const void *)at);
    else if (s->kind == SETTING_SIZE)
        buf_printf(ret, "%zu", *(const size_t *)(const void *)at / s->scale);
}

static void add_value(struct buf *ret, struct str value) {
    for (size_t i = 0; i < value.n; i++) {
        buf_add_char(ret, value.p[i]);
        if (value.p[i] == '\n')
            buf_add_z(ret, "    ");
    }
    buf_add_char(ret, '\n');
}

static bool said_before(const struct config_answer *answers, size_t i) {
    for (size_t j = 0; j < i; j++)
        if (str_eq(answers[j].section, answers[i].section) && str_eq(answers[j].key, answers[i].key))
            return true;
    return false;
}

static void add_setting(struct buf *ret, const struct setting *s, const struct config_answer *answers, size_t n) {
    buf_printf(ret, "\n; %s.\n", s->help);
    bool said = false;
    for (size_t i = 0; i < n; i++) {
        if (settings_find(answers[i].section, answers[i].key) != s || said_before(answers, i))
            continue;
        buf_printf(ret, "%.*s = ", STR_FMT(answers[i].key));
        add_value(ret, answers[i].value);
        said = true;
    }
    if (said)
        return;
    BUF_LOCAL(standard);
    settings_add_standard(&standard, s);
    buf_printf(ret, ";%s =%s%s\n", s->key, standard.n ? " " : "", standard.p);
}

/* "[unit.harbour]" and the like, which have no row in the table. */
static void add_other_sections(struct buf *ret, const struct config_answer *answers, size_t n) {
    struct str last = STR_NONE;
    for (size_t i = 0; i < n; i++) {
        if (!str_starts(answers[i].section, "unit."))
            continue;
        if (!str_eq(answers[i].section, last))
            buf_printf(ret, "\n[%.*s]\n", STR_FMT(answers[i].section));
        last = answers[i].section;
        buf_printf(ret, "%.*s = ", STR_FMT(answers[i].key));
        add_value(ret, answers[i].value);
    }
}

void config_write(struct buf *ret, const struct config_answer *answers, size_t n) {
    buf_add_z(ret, "; The office, and how it is served. A line that begins with ; is a comment: what a setting has\n"
                   "; when nothing is said. `daylight serve` reads this at its start, and again on SIGHUP.\n");
    const char *section = "";
    for (const struct setting *s = settings; s->section; s++) {
        if (strcmp(section, s->section) != 0)
            buf_printf(ret, "\n[%s]\n", section = s->section);
        add_setting(ret, s, answers, n);
    }
    buf_add_z(ret, "\n; Departments, shown at /about/units, one section each: [unit.SHORT-NAME] with\n");
    for (const struct setting *s = unit_settings; s->section; s++)
        buf_printf(ret, ";   %-5s  %s.\n", s->key, s->help);
    add_other_sections(ret, answers, n);
}

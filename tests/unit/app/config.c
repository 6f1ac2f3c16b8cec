// SPDX-License-Identifier: Apache-2.0
#include "app/config.h"

#include "../unit.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>

static int read_ini(const char *ini, struct arena *arena, struct config *ret, struct err *err) {
    return config_read("site.ini", str_of(ini), "/srv/office", arena, ret, err);
}

static void refused(const char *ini, const char *line, const char *why) {
    ARENA_LOCAL(arena, 0);
    struct config c;
    struct err err = {0};
    assert_int_equal(read_ini(ini, arena, &c, &err), -ERR_INVALID);
    if (strncmp(err.text, "site.ini: ", 10) != 0 || !strstr(err.text, line) || !strstr(err.text, why))
        fail_msg("\"%s\" says neither %s nor %s", err.text, line, why);
}

static void a_name_is_enough(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct config c;
    assert_int_equal(read_ini("[site]\nname = Our office\n", arena, &c, NULL), 0);
    assert_true(str_is(c.site.words[0].name, "Our office"));
    assert_string_equal(c.site.words[0].language, "en");
    assert_int_equal(c.site.languages, 1);
    assert_string_equal(c.site.zone, "UTC");
    assert_true(str_is(c.site.origin, "http://localhost:8080"));
    assert_string_equal(c.store, "sqlite:/srv/office/daylight.db");
    assert_null(c.server.listen);
    struct server_settings standard;
    server_settings_init(&standard);
    assert_int_equal(c.server.connections_most, standard.connections_most);
    assert_int_equal(c.server.cache_most, standard.cache_most);
}

static void words_come_in_every_language_and_are_filled_from_the_first(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct config c;
    assert_int_equal(read_ini("[site]\nname.zh-CN = 桤岸\nname = Alder Quay\ntagline.ZH_cn = 有呼必应\nplace = Quay\n"
                              "languages = en, zh_CN\n",
                              arena, &c, NULL),
                     0);
    assert_int_equal(c.site.languages, 2);
    assert_string_equal(c.site.words[1].language, "zh-CN");
    assert_true(str_is(c.site.words[0].name, "Alder Quay"));
    assert_true(str_is(c.site.words[1].name, "桤岸"));
    assert_true(str_is(c.site.words[1].place, "Quay"));
    assert_true(str_is(c.site.words[1].tagline, "有呼必应"));
    assert_int_equal(c.site.words[0].tagline.n, 0);
}

static void every_setting_lands_in_its_place(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct config c;
    assert_int_equal(
        read_ini(
            "[site]\nname = X\nphone = 555\nemail = a@b\nsite_id_code = 1304000009\nicp = I\npolice_number = P\n"
            "timezone = Asia/Shanghai\nhost = www.example.org\naddress = 1 Quay\nunit = U\n"
            "[serve]\nlisten = 127.0.0.1:1\nlisten = [::1]:2\nstore = postgresql:///x\ntls_cert = c.pem\n"
            "tls_key = /etc/k.pem\nstaff_networks = 10.0.0.0/8\ntrusted_proxies = ::1\nmetrics_from = 192.0.2.0/24\n"
            "log = json\nlog_level = warn\nlog_requests = yes\nslow_ms = 7\ncache_mb = 3\ncache_seconds = 9\n"
            "watch_ms = 60\nthreads = 2\nworkers = 5\nqueue = 11\nconnections = 100\nconnections_per_address = 0\n"
            "idle_seconds = 12\nhead_seconds = 13\nbody_seconds = 14\ndrain_seconds = 15\nuri_most = 2000\n"
            "head_most = 9000\nform_most = 70000\n",
            arena, &c, NULL),
        0);
    assert_true(str_is(c.site.phone, "555") && str_is(c.site.email, "a@b") &&
                str_is(c.site.site_id_code, "1304000009"));
    assert_true(str_is(c.site.icp_number, "I") && str_is(c.site.police_number, "P"));
    assert_true(str_is(c.site.words[0].address, "1 Quay") && str_is(c.site.words[0].unit, "U"));
    assert_string_equal(c.site.zone, "Asia/Shanghai");
    assert_true(str_is(c.site.origin, "https://www.example.org"));
    const struct server_settings *s = &c.server;
    assert_string_equal(s->listen[0], "127.0.0.1:1");
    assert_string_equal(s->listen[1], "[::1]:2");
    assert_null(s->listen[2]);
    assert_string_equal(c.store, "postgresql:///x");
    assert_string_equal(s->tls_certificate, "/srv/office/c.pem");
    assert_string_equal(s->tls_key, "/etc/k.pem");
    assert_string_equal(s->staff, "10.0.0.0/8");
    assert_string_equal(s->proxies, "::1");
    assert_string_equal(s->metrics_from, "192.0.2.0/24");
    assert_int_equal(c.log_form, LOG_JSON);
    assert_int_equal(c.log_level, LOG_WARN);
    assert_true(s->log_all);
    assert_int_equal(s->slow_ms, 7);
    assert_int_equal(s->cache_most, 3 * 1024 * 1024);
    assert_int_equal(s->cache_seconds, 9);
    assert_int_equal(s->watch_ms, 60);
    assert_int_equal(s->threads, 2);
    assert_int_equal(s->workers, 5);
    assert_int_equal(s->queue_most, 11);
    assert_int_equal(s->connections_most, 100);
    assert_int_equal(s->connections_per_address, 0);
    assert_int_equal(s->idle_seconds, 12);
    assert_int_equal(s->head_seconds, 13);
    assert_int_equal(s->body_seconds, 14);
    assert_int_equal(s->drain_seconds, 15);
    assert_int_equal(s->uri_most, 2000);
    assert_int_equal(s->head_most, 9000);
    assert_int_equal(s->form_most, 70000);
}

static void https_is_taken_for_granted_except_on_this_machine(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"www.example.org", "https://www.example.org"},
        {"www.example.org:8443", "https://www.example.org:8443"},
        {"http://www.example.org/", "http://www.example.org"},
        {"https://localhost", "https://localhost"},
        {"localhost:8081", "http://localhost:8081"},
        {"127.0.0.1:8080", "http://127.0.0.1:8080"},
        {"[::1]:80", "http://[::1]:80"},
        {"localhosts.example", "https://localhosts.example"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ARENA_LOCAL(arena, 0);
        BUF_LOCAL(ini);
        struct config c;
        buf_printf(&ini, "[site]\nname = X\nhost = %s\n", cases[i][0]);
        assert_int_equal(read_ini(ini.p, arena, &c, NULL), 0);
        assert_true(str_is(c.site.origin, cases[i][1]));
    }
}

static void what_is_not_understood_is_refused_with_its_line(void **state) {
    (void)state;
    refused("[site]\nname = X\nhots = x\n", "line 3", "hots");
    refused("[site]\nname = X\n[sites]\nhost = x\n", "line 4", "[sites]");
    refused("[site]\nname = X\nname = Y\n", "line 3", "twice");
    refused("[site]\nname = X\nname.fr = Y\n", "line 3", "fr");
    refused("[site]\nname = X\nlanguages = en,,fr\n", "line 3", "tag");
    refused("[site]\nname = X\nlanguages = en, EN\n", "line 3", "twice");
    refused("[site]\nname = X\ntimezone = Asia/Shangai\n", "line 3", "Asia/Shangai");
    refused("[site]\nname = X\nhost = a b\n", "line 3", "a b");
    refused("[site]\nname = X\nhost = a/b\n", "line 3", "a/b");
    refused("[site]\nname = X\n[serve]\nthreads = many\n", "line 4", "many");
    refused("[site]\nname = X\n[serve]\nthreads = -1\n", "line 4", "-1");
    refused("[site]\nname = X\n[serve]\nqueue = 0\n", "line 4", "queue");
    refused("[site]\nname = X\n[serve]\nstaff_networks = 10.0.0.0/8, 10.0.0.0/33\n", "line 4", "10.0.0.0/33");
    refused("[site]\nname = X\n[serve]\ntrusted_proxies = proxy\n", "line 4", "trusted_proxies");
    refused("[site]\nname = X\n[serve]\nlisten = 1.2.3.4.5:80\n", "line 4", "1.2.3.4.5:80");
    refused("[site]\nname = X\n[serve]\nlisten = *:80\nlisten = example.org:80\n", "line 5", "example.org:80");
    refused("[site]\nname = X\n[serve]\nlisten = unix:\n", "line 4", "unix:");
    refused("[site]\nname = X\n[serve]\nlog = xml\n", "line 4", "logfmt, json");
    refused("[site]\nname = X\n[serve]\nstore = mysql:x\n", "line 4", "mysql:x");
    refused("[site]\nname = X\n[unit.a]\norders = 1\n", "line 4", "orders");
    refused("[site]\nname = X\n[unit.a]\nphone = 1\nemail = a@x\n", "line 4", "[unit.a] has no name in en");
    refused("[site]\nname = X\n[unit.b]\nname = B\n[unit.a]\nname =\n", "line 6", "[unit.a] has no name");
    refused("[site]\nname = X\nlanguages = en, fr\n[unit.a]\nname.fr = A\n", "line 5", "[unit.a] has no name in en");
    refused("[site]\nname = X\n[unit.a]\nname = A\nname.en = B\n", "line 5", "name.en of [unit.a] is said twice");
    refused("[site]\nname = X\n[unit.a]\nname = A\n[unit.b]\nname = B\n[unit.a]\nname = C\n", "line 8", "twice");
    refused("[site]\nname = X\n[unit.a]\nname = A\nphone = 1\nphone = 2\n", "line 6", "phone of [unit.a]");
    refused("[site]\nname = X\n[unit.a]\norder = 1\nname = A\norder = 1\n", "line 6", "order of [unit.a]");
    refused("[site]\nname = X\n[unit.A b]\nname = A\n", "line 4", "short name");
    refused("[site]\nname = X\n[unit.-]\nname = A\n", "line 4", "short name");
    refused("[site]\nname = X\n[unit.]\nname = A\n", "line 4", "short name");
    refused("[site]\nname = X\nnot a pair\n", "line 3", "key = value");
    refused("[site]\nhost = localhost\n", "name", "name");
    refused("[site]\nname = X\n[serve]\ntls_cert = c.pem\n", "tls_key", "together");
}

static void units_come_in_their_order(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct config c;
    assert_int_equal(read_ini("[site]\nname = X\nlanguages = en, zh-CN\n[unit.b]\norder = 20\nname = B\nphone = 2\n"
                              "[unit.a]\norder = 10\nname.en = A\nname.zh-CN = 甲\nduty = does\nemail = a@x\n",
                              arena, &c, NULL),
                     0);
    assert_int_equal(c.site.units, 2);
    const struct site_unit *u = c.site.unit;
    assert_true(str_is(u[0].slug, "a") && str_is(u[0].name[1], "甲") && str_is(u[0].duty[0], "does"));
    assert_true(str_is(u[0].email, "a@x") && str_is(u[1].name[0], "B") && str_is(u[1].phone, "2"));
}

static void a_folder_without_site_ini_is_no_office(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    struct config c;
    struct err err = {0};
    assert_int_equal(config_load("/nowhere/at/all", arena, &c, &err), -ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "daylight init /nowhere/at/all"));
}

static void what_init_writes_reads_back_and_comments_on_every_setting(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    BUF_LOCAL(ini);
    const struct config_answer answers[] = {{STR("site"), STR("languages"), STR("en, zh-CN")},
                                            {STR("site"), STR("name.zh-CN"), STR("桤岸")},
                                            {STR("site"), STR("name.en"), STR("Alder; Quay")},
                                            {STR("site"), STR("name.en"), STR("second word, not taken")},
                                            {STR("site"), STR("address.en"), STR("1 Quay\nAlder")},
                                            {STR("unit.a"), STR("name.en"), STR("A")},
                                            {STR("unit.a"), STR("order"), STR("5")}};
    config_write(&ini, answers, sizeof answers / sizeof *answers);
    assert_false(buf_failed(&ini));
    for (const struct setting *s = settings; s->section; s++)
        assert_non_null(strstr(ini.p, s->help));
    struct config c;
    struct err err = {0};
    if (read_ini(ini.p, arena, &c, &err))
        fail_msg("%s", err.text);
    assert_true(str_is(c.site.words[0].name, "Alder; Quay") && str_is(c.site.words[1].name, "桤岸"));
    assert_true(str_is(c.site.words[0].address, "1 Quay\nAlder"));
    assert_int_equal(c.site.units, 1);
    assert_int_equal(c.site.unit[0].order, 5);
    for (const struct setting *s = unit_settings; s->section; s++)
        assert_non_null(strstr(ini.p, s->help));
}

static void the_standards_that_are_shown_are_those_that_hold(void **state) {
    (void)state;
    BUF_LOCAL(ini);
    ARENA_LOCAL(arena, 0);
    struct config said, silent;
    buf_add_z(&ini, "[site]\nname = X\n");
    const char *section = "site";
    for (const struct setting *s = settings; s->section; s++) {
        BUF_LOCAL(standard);
        settings_add_standard(&standard, s);
        assert_true(standard.n || (s->kind != SETTING_NUMBER && s->kind != SETTING_SIZE));
        if (!standard.n || s->kind == SETTING_LISTEN)
            continue;
        if (strcmp(section, s->section) != 0)
            buf_printf(&ini, "[%s]\n", section = s->section);
        buf_printf(&ini, "%s = %s\n", s->key, standard.p);
    }
    assert_int_equal(read_ini(ini.p, arena, &said, NULL), 0);
    assert_int_equal(read_ini("[site]\nname = X\n", arena, &silent, NULL), 0);
    assert_string_equal(said.site.zone, silent.site.zone);
    assert_true(str_eq(said.site.origin, silent.site.origin));
    assert_string_equal(said.store, silent.store);
    assert_int_equal(said.site.languages, silent.site.languages);
    assert_int_equal(said.log_level, silent.log_level);
    assert_int_equal(said.log_form, silent.log_form);
    assert_memory_equal(&said.server, &silent.server, sizeof said.server);
}

static void running_out_of_memory_is_told(void **state) {
    (void)state;
    struct err err = {0};
    struct config c;
    for (size_t limit = 16; limit < 4096; limit += 64) {
        ARENA_LOCAL(arena, limit);
        int result = read_ini("[site]\nname = A long enough name\nhost = www.example.org\n", arena, &c, &err);
        assert_true(result == 0 || result == -ERR_NO_MEMORY);
        assert_int_equal(result == 0, !arena_failed(arena));
    }
}

#define LOG_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static void witnesses_come_a_line_each(void **state) {
    (void)state;
    ARENA_LOCAL(arena, 0);
    BUF_LOCAL(ini);
    struct config c;
    struct vkey k;
    uint8_t key[32] = {7};
    BUF_LOCAL(text);
    assert_int_equal(vkey_make(STR("mill.example/w"), NOTE_COSIGNATURE, key, &k, NULL), 0);
    vkey_write(&k, &text);
    buf_printf(
        &ini,
        "[site]\nname = Our office\nhost = quay.example\n[ledger]\nwitness = mill %s https://mill.example/witness\n"
        "witness = port %s https://port.example/witness\nquorum = 1\n[witness]\nlog = " LOG_KEY "\n",
        text.p, text.p);
    struct err err = {0};
    if (read_ini(ini.p, arena, &c, &err))
        fail_msg("%s", err.text);
    assert_int_equal(c.witnesses, 2);
    assert_true(str_is(c.witness[1].name, "port"));
    assert_string_equal(c.witness[1].url, "https://port.example/witness");
    assert_int_equal(c.quorum, 1);
    assert_int_equal(c.alarm_hours, 24);
    assert_int_equal(c.witnessed_n, 1);
    assert_string_equal(c.witnessed[0].name, "example.com/foo");
    assert_true(str_is(c.witness_name, "quay.example/witness"));
    BUF_LOCAL(twice);
    buf_printf(
        &twice,
        "[site]\nname = x\n[ledger]\nwitness = mill %s https://m.example/\nwitness = mill %s https://n.example/\n",
        text.p, text.p);
    refused(twice.p, "line 5", "mill is there twice");
    refused("[site]\nname = x\n[ledger]\nwitness = mill\n", "line 4", "a name, its verifier key and its address");
    refused("[site]\nname = x\n[ledger]\nwitness = mill " LOG_KEY " https://m.example/\n", "line 4",
            "not that of a witness");
    refused("[site]\nname = x\n[witness]\nlog = nonsense\n", "line 4", "log");
    BUF_LOCAL(wrong);
    buf_printf(&wrong, "[site]\nname = x\n[witness]\nlog = %s\n", text.p);
    refused(wrong.p, "line 4", "a witness's key, not a log's");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(witnesses_come_a_line_each),
        cmocka_unit_test(a_name_is_enough),
        cmocka_unit_test(words_come_in_every_language_and_are_filled_from_the_first),
        cmocka_unit_test(every_setting_lands_in_its_place),
        cmocka_unit_test(https_is_taken_for_granted_except_on_this_machine),
        cmocka_unit_test(what_is_not_understood_is_refused_with_its_line),
        cmocka_unit_test(units_come_in_their_order),
        cmocka_unit_test(a_folder_without_site_ini_is_no_office),
        cmocka_unit_test(what_init_writes_reads_back_and_comments_on_every_setting),
        cmocka_unit_test(the_standards_that_are_shown_are_those_that_hold),
        cmocka_unit_test(running_out_of_memory_is_told),
    };
    return cmocka_run_group_tests_name("app/config", tests, NULL, NULL);
}

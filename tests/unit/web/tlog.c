// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/tlog, and of the ledger's pages: through the whole of web_serve(), on both engines. With the
 * real signer: this program is its own "daylight signer". */
#include "web/tlog.h"

#include "base/clock.h"
#include "base/file.h"
#include "ledger/commit.h"
#include "ledger/keys.h"
#include "ledger/proof.h"
#include "ledger/sequencer.h"
#include "ledger/signer.h"
#include "ledger/succession.h"
#include "store_fixture.h"
#include "web/loopback.h"
#include "web/office.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };
#define ORIGIN STR("www.example.org/ledger")

static const struct site site = {
    .origin = STR("https://www.example.org"),
    .zone = "Asia/Shanghai",
    .languages = 2,
    .words = {{.language = "en", .name = STR("Alder Quay")}, {.language = "zh-CN", .name = STR("桤岸")}}};

struct ground {
    struct fixture *f;
    struct views *views;
    struct office *office;
    struct ledger *ledger;
    struct arena *a;
};

static void must(int rc, const struct err *e) {
    if (rc != 0)
        print_error("%s: %s\n", err_name(rc), e->text);
    assert_int_equal(rc, 0);
}

static struct ground ground_begin(void **state) {
    struct ground g = {.f = *state, .a = arena_new(0)};
    struct err e = {0};
    char path[100];
    (void)snprintf(path, sizeof path, "%s/keys", g.f->folder);
    must(file_make_folder(path, &e), &e);
    (void)snprintf(path, sizeof path, "%s/views", g.f->folder);
    must(views_open(path, g.f->store, &g.views, &e), &e);
    must(office_load(g.f->folder, &site, NULL, g.f->store, g.views, &g.office, &e), &e);
    return g;
}

static void ground_open(struct ground *g) {
    struct err e = {0};
    must(ledger_found(g->f->store, str_of(g->f->folder), ORIGIN, &e), &e);
    must(ledger_open(g->f->store, str_of(g->f->folder), "/proc/self/exe", &g->ledger, &e), &e);
    must(ledger_why(g->ledger, &e), &e);
    g->office->ledger = g->ledger;
}

static void ground_end(struct ground *g) {
    ledger_close(g->ledger);
    arena_free(g->a);
    office_release(g->office);
    views_close(g->views);
}

/* --- acts --- */

struct acts {
    int n;
    enum entry_type type;
    struct str document; /* of an incident */
    char last[LEDGER_TICKET];
};

static int run_acts(struct tx *tx, void *arg, struct err *e) {
    struct acts *x = arg;
    int rc = 0;
    for (int i = 0; rc == 0 && i < x->n; i++) {
        struct entry entry = {.type = x->type, .day = 20600, .unit = "harbour", .ref = -1, .committed = true};
        entry.commit.b[0] = (uint8_t)i;
        if (x->type == ENTRY_ERASE)
            entry.code = ENTRY_CODE_PRIVACY;
        if (x->type == ENTRY_INCIDENT) {
            entry.code = ENTRY_CODE_OUTAGE;
            rc = ledger_document_add(tx, x->document, &entry.commit, e);
        }
        if (rc == 0)
            rc = ledger_append(tx, &entry, NULL, x->last, e);
    }
    return rc;
}

static void act(struct ground *g, struct acts x) {
    struct err e = {0};
    must(store_write(g->f->store, run_acts, &x, &e), &e);
    must(ledger_settle(g->ledger, x.last, PATIENCE_MS, NULL, &e), &e);
}

/* --- asking --- */

static struct loopback_answer get(struct ground *g, int status, const char *target) {
    struct loopback_answer answer = {0};
    int got = serve_loopback(NULL, g->office, g->a, "GET", target, "Host: www.example.org", STR_NONE, &answer);
    if (got != status)
        print_error("%s: %d %.*s\n", target, got, STR_FMT(answer.body));
    assert_int_equal(got, status);
    return answer;
}

static bool holds(struct str s, const char *part) {
    return str_find(s, str_of(part), 0) != SIZE_MAX;
}

static struct checkpoint checkpoint(struct ground *g) {
    struct note *note = arena_alloc(g->a, sizeof *note);
    struct checkpoint c;
    struct err e = {0};
    must(note_read(get(g, 200, "/ledger/checkpoint").body, note, &e), &e);
    must(checkpoint_read(note->text, &c, &e), &e);
    return c;
}

static void an_office_without_a_ledger_says_so(void **state) {
    struct ground g = ground_begin(state);
    static const char *const programs[] = {"/ledger/checkpoint", "/ledger/tile/0/000", "/ledger/vkey", "/ledger/policy",
                                           "/ledger/proof/0"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct loopback_answer answer = get(&g, 404, programs[i]);
        assert_true(str_is(answer.body, "This office keeps no ledger.\n"));
        assert_true(holds(answer.headers, "Access-Control-Allow-Origin: *"));
        assert_int_equal(answer.cache_control.n, 0);
    }
    assert_true(holds(get(&g, 404, "/ledger/").body, "<h1>"));
    assert_false(holds(get(&g, 200, "/").body, "/ledger/"));
    ground_end(&g);
}

static void the_checkpoint_is_the_signed_note_and_names_the_key(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    struct vkey key;
    ground_open(&g);
    act(&g, (struct acts){.n = 3, .type = ENTRY_PUBLISH});
    struct loopback_answer answer = get(&g, 200, "/ledger/checkpoint");
    struct note *note = arena_alloc(g.a, sizeof *note);
    assert_true(str_is(answer.content_type, "text/plain; charset=utf-8"));
    assert_true(str_is(answer.cache_control, "no-cache"));
    must(vkey_read(str_trim(get(&g, 200, "/ledger/vkey").body), &key, &e), &e);
    must(note_read(answer.body, note, &e), &e);
    assert_int_equal(note_check(note, &key, NULL, &e), 1);
    assert_int_equal(checkpoint(&g).size, 4); /* with entry 0, which names the keys */
    assert_true(holds(get(&g, 200, "/ledger/policy").body, key.name));
    ground_end(&g);
}

static void a_copy_without_keys_names_the_stored_ones(void **state) {
    struct ground g = ground_begin(state);
    ground_open(&g);
    act(&g, (struct acts){.n = 1, .type = ENTRY_PUBLISH});
    struct str before = get(&g, 200, "/ledger/vkey").body;
    char path[100];
    (void)snprintf(path, sizeof path, "%s/keys/ledger.vkeys", g.f->folder);
    assert_int_equal(unlink(path), 0);
    assert_true(str_eq(get(&g, 200, "/ledger/vkey").body, before));
    ground_end(&g);
}

static void tiles_are_what_the_tree_says_in_every_width_so_far(void **state) {
    struct ground g = ground_begin(state);
    ground_open(&g);
    act(&g, (struct acts){.n = 299, .type = ENTRY_PUBLISH}); /* 300 with entry 0 */
    struct str full = get(&g, 200, "/ledger/tile/0/000").body, edge = get(&g, 200, "/ledger/tile/0/001.p/44").body;
    assert_int_equal(full.n, 256 * 32);
    assert_int_equal(edge.n, 44 * 32);
    struct loopback_answer part = get(&g, 200, "/ledger/tile/0/000.p/255");
    assert_true(str_eq(part.body, str_first(full, (size_t)255 * 32)));
    assert_true(str_is(part.content_type, "application/octet-stream"));
    assert_true(str_is(part.cache_control, "public, max-age=31536000, immutable"));
    assert_true(str_eq(get(&g, 200, "/ledger/tile/0/001.p/1").body, str_first(edge, 32)));
    assert_int_equal(get(&g, 200, "/ledger/tile/1/000.p/1").body.n, 32);
    struct str bundle = get(&g, 200, "/ledger/tile/entries/001.p/44").body, entry;
    size_t at = 0, n = 0;
    struct err e = {0};
    while (bundle_next(bundle, &at, &entry, &e) == 1) {
        struct hash leaf = merkle_leaf(entry.p, entry.n);
        assert_memory_equal(edge.p + 32 * n++, leaf.b, 32);
    }
    assert_int_equal(n, 44);
    ground_end(&g);
}

static void only_the_one_spelling_and_what_is_signed_is_served(void **state) {
    struct ground g = ground_begin(state);
    ground_open(&g);
    act(&g, (struct acts){.n = 299, .type = ENTRY_PUBLISH});
    static const char *const wrong[] = {
        "0/0",       "0/000.p/256", "0/000.p/0",  "0/000.p/07", "0/001",  "0/001.p/45",      "1/000",  "1/000.p/2",
        "2/000.p/1", "entries/001", "0/x000/000", "64/000",     "-1/000", "entries/000.p/a", "0/999/", "entries/0000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct loopback_answer answer = get(&g, 404, arena_printf(g.a, "/ledger/tile/%s", wrong[i]).p);
        assert_int_equal(answer.cache_control.n, 0);
        assert_true(str_is(answer.content_type, "text/plain; charset=utf-8"));
    }
    get(&g, 404, "/ledger/proof/300");
    get(&g, 404, "/ledger/proof/9999999999999999999999");
    ground_end(&g);
}

static void a_proof_file_leads_from_its_entry_to_the_signed_root(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    struct vkey key;
    ground_open(&g);
    act(&g, (struct acts){.n = 299, .type = ENTRY_PUBLISH});
    must(vkey_read(str_trim(get(&g, 200, "/ledger/vkey").body), &key, &e), &e);
    static const unsigned indices[] = {0, 1, 255, 256, 299};
    for (size_t i = 0; i < sizeof indices / sizeof *indices; i++) {
        struct loopback_answer answer = get(&g, 200, arena_printf(g.a, "/ledger/proof/%u", indices[i]).p);
        struct proof_file *proof = arena_alloc(g.a, sizeof *proof);
        struct hash leaf;
        struct str tile = get(&g, 200, indices[i] < 256 ? "/ledger/tile/0/000" : "/ledger/tile/0/001.p/44").body;
        memcpy(leaf.b, tile.p + (size_t)(indices[i] % 256) * 32, 32);
        must(proof_read(answer.body, proof, &e), &e);
        assert_int_equal(proof->index, indices[i]);
        must(proof_check(proof, &key, &leaf, NULL, &e), &e);
        assert_true(
            holds(answer.headers, arena_printf(g.a, "filename=\"www.example.org-%u.tlog-proof\"", indices[i]).p));
    }
    ground_end(&g);
}

/* --- pages --- */

static void the_ledgers_page_tells_how_far_it_is_and_what_came_in(void **state) {
    struct ground g = ground_begin(state);
    clock_set(20600 * CLOCK_DAY_US + CLOCK_SECOND_US);
    ground_open(&g);
    act(&g, (struct acts){.n = 30, .type = ENTRY_PUBLISH});
    act(&g, (struct acts){.n = 1, .type = ENTRY_ERASE});
    struct loopback_answer page = get(&g, 200, "/ledger/");
    assert_true(str_is(page.cache_control, "no-cache"));
    assert_true(holds(page.body, "<b>32 entries</b>"));
    assert_true(holds(page.body, "Published: 30 entries, 30 on the busiest day"));
    assert_true(holds(page.body, "<a href=\"/ledger/entry/31\">31</a> <b>Erased</b>"));
    assert_true(holds(page.body, "href=\"/ledger/?before=7\""));
    assert_true(holds(get(&g, 200, "/ledger/?before=7").body, "<a href=\"/ledger/entry/0\">0</a>"));
    assert_true(holds(get(&g, 200, "/zh-CN/ledger/").body, "32 条记录"));
    assert_true(holds(get(&g, 200, "/").body, "href=\"/ledger/\""));
    clock_set(0);
    ground_end(&g);
}

static int run_unsign(struct tx *tx, void *arg, struct err *e) {
    static const struct query unsign = {"unsign", "UPDATE ledger_state SET signed_size = 0, checkpoint = ''", NULL};
    (void)arg;
    int64_t n = tx_run(tx, &unsign, CELLS_NONE, e);
    return n < 0 ? (int)n : 0;
}

static void an_office_just_founded_has_a_page_without_a_checkpoint(void **state) {
    struct ground g = ground_begin(state);
    struct err e = {0};
    ground_open(&g);
    act(&g, (struct acts){.n = 1, .type = ENTRY_PUBLISH});
    must(store_write(g.f->store, run_unsign, NULL, &e), &e);
    assert_true(holds(get(&g, 200, "/ledger/").body, "no signed checkpoint yet"));
    get(&g, 404, "/ledger/checkpoint");
    get(&g, 200, "/ledger/about");
    ground_end(&g);
}

static void an_entry_is_shown_in_words_and_in_bytes(void **state) {
    struct ground g = ground_begin(state);
    ground_open(&g);
    act(&g, (struct acts){.n = 2, .type = ENTRY_CORRECT});
    struct loopback_answer page = get(&g, 200, "/ledger/entry/1");
    assert_true(holds(page.body, "<h1>Corrected</h1>"));
    assert_true(holds(page.body, "<code>unit harbour</code>"));
    assert_true(holds(page.body, "href=\"/ledger/proof/1\""));
    assert_true(holds(page.body, "href=\"/ledger/entry/2\""));
    assert_true(holds(get(&g, 200, "/ledger/entry/0").body, "spare www.example.org/ledger+")); /* its document */
    get(&g, 404, "/ledger/entry/3");
    ground_end(&g);
}

static void a_copy_shows_entries_by_the_hundred(void **state) {
    struct ground g = ground_begin(state);
    ground_open(&g);
    act(&g, (struct acts){.n = 104, .type = ENTRY_CORRECT});
    g.office->copied_us = clock_now_us();
    struct str first = get(&g, 200, "/ledger/entry/0").body, rest = get(&g, 200, "/zh-CN/ledger/entry/100").body;
    assert_true(holds(first, "<h1>Entries 0 to 99</h1>"));
    assert_true(holds(first, "<section id=\"entry-0\">") && holds(first, "<section id=\"entry-99\">"));
    assert_false(holds(first, "entry-100\">"));
    assert_true(holds(first, "spare www.example.org/ledger+")); /* its document */
    assert_true(holds(first, "<code>daylight/v1\ncorrect\n2026-05-27\nunit harbour\n"));
    assert_true(holds(first, "href=\"/ledger/proof/7\""));
    assert_true(holds(first, "<a rel=\"next\" href=\"/ledger/entry/100\">"));
    assert_true(holds(rest, "<section id=\"entry-104\">") && !holds(rest, "entry-105\">"));
    assert_true(holds(rest, "<a rel=\"prev\" href=\"/zh-CN/ledger/entry/99\">") && !holds(rest, "rel=\"next\""));
    get(&g, 404, "/ledger/entry/200");
    ground_end(&g);
}

static void incidents_are_listed_with_their_words(void **state) {
    struct ground g = ground_begin(state);
    ground_open(&g);
    act(&g, (struct acts){.n = 5, .type = ENTRY_PUBLISH});
    assert_true(holds(get(&g, 200, "/ledger/incidents").body, "None so far."));
    act(&g, (struct acts){.n = 1, .type = ENTRY_INCIDENT, .document = STR("The disk <was> full.\n")});
    struct loopback_answer page = get(&g, 200, "/ledger/incidents");
    assert_true(holds(page.body, "The disk &lt;was&gt; full."));
    assert_true(holds(page.body, "href=\"/ledger/entry/6\""));
    ground_end(&g);
}

static void a_document_is_served_under_its_hash(void **state) {
    struct ground g = ground_begin(state);
    struct hash hash = commit_public(STR("outage\nfrom ten to eleven\n"));
    char hex[65];
    ground_open(&g);
    act(&g, (struct acts){.n = 1, .type = ENTRY_INCIDENT, .document = STR("outage\nfrom ten to eleven\n")});
    const char *at = arena_printf(g.a, "/ledger/document/%s", sodium_bin2hex(hex, sizeof hex, hash.b, sizeof hash.b)).p;
    struct loopback_answer answer = get(&g, 200, at);
    assert_true(str_is(answer.body, "outage\nfrom ten to eleven\n"));
    assert_true(holds(answer.cache_control, "immutable"));
    (void)get(&g, 404, arena_printf(g.a, "/ledger/document/%064d", 0).p); /* checks its status */
    (void)get(&g, 404, "/ledger/document/abc");
    ground_end(&g);
}

/* What stands behind the signed tree is not named. */
static void the_lists_of_keys_are_named_with_their_entries(void **state) {
    struct ground g = ground_begin(state);
    struct succession lists;
    ground_open(&g);
    act(&g, (struct acts){.n = 3, .type = ENTRY_PUBLISH});
    struct loopback_answer answer = get(&g, 200, "/ledger/keys");
    assert_true(str_is(answer.content_type, "text/plain; charset=utf-8"));
    assert_int_equal(succession_read(answer.body, &lists, NULL), 0);
    assert_int_equal(lists.n, 1);
    assert_int_equal(lists.entry[0].index, 0);
    struct str hex = str_first(str_from(answer.body, 2), 64);
    const char *at = arena_printf(g.a, "/ledger/document/%.*s", STR_FMT(hex)).p;
    assert_true(str_starts(get(&g, 200, at).body, "daylight/keys/v1\nactive www.example.org/ledger+"));
    ground_end(&g);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), 3);
    const struct CMUnitTest tests[] = {
        ON_BOTH_ENGINES(an_office_without_a_ledger_says_so),
        ON_BOTH_ENGINES(the_checkpoint_is_the_signed_note_and_names_the_key),
        ON_BOTH_ENGINES(a_copy_without_keys_names_the_stored_ones),
        ON_BOTH_ENGINES(tiles_are_what_the_tree_says_in_every_width_so_far),
        ON_BOTH_ENGINES(only_the_one_spelling_and_what_is_signed_is_served),
        ON_BOTH_ENGINES(a_proof_file_leads_from_its_entry_to_the_signed_root),
        ON_BOTH_ENGINES(the_ledgers_page_tells_how_far_it_is_and_what_came_in),
        ON_BOTH_ENGINES(an_office_just_founded_has_a_page_without_a_checkpoint),
        ON_BOTH_ENGINES(an_entry_is_shown_in_words_and_in_bytes),
        ON_BOTH_ENGINES(incidents_are_listed_with_their_words),
        ON_BOTH_ENGINES(a_copy_shows_entries_by_the_hundred),
        ON_BOTH_ENGINES(a_document_is_served_under_its_hash),
        ON_BOTH_ENGINES(the_lists_of_keys_are_named_with_their_entries),
    };
    return cmocka_run_group_tests_name("web/tlog", tests, NULL, NULL);
}

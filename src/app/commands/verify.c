// SPDX-License-Identifier: Apache-2.0
/* `daylight verify`: what it is given is proven, refuted, or it could not be told. */
#include "app/commands/verify.h"

#include "app/commands.h"
#include "app/output.h"
#include "base/clock.h"
#include "base/file.h"
#include "ledger/follow.h"
#include "ledger/policy.h"
#include "text/datetime.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { COLUMNS = 100 };
static const uint64_t time_most_s = UINT64_C(253402300800); /* the year 10000 */

static const char *const verdict_words[] = {"proven", "refuted", "unknown"};

/* --- a finding --- */

struct finding finding_start(const struct arguments *arguments, struct arena *arena) {
    return (struct finding){.arguments = arguments,
                            .arena = arena,
                            .verdict = VERDICT_UNKNOWN,
                            .subject = BUF_INIT,
                            .lines = BUF_INIT,
                            .json = json_object()};
}

void finding_settle(struct finding *f, int bad) {
    f->verdict = !bad ? VERDICT_PROVEN : bad == -ERR_FORBIDDEN ? VERDICT_REFUTED : VERDICT_UNKNOWN;
}

void finding_say(struct finding *f, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vprintf(&f->lines, format, args);
    va_end(args);
    buf_add_char(&f->lines, '\n');
}

void finding_set(struct finding *f, const char *key, json_t *value) {
    if (value && (!f->json || json_object_set_new(f->json, key, value))) {
        json_decref(f->json); /* printing then says that there was no memory */
        f->json = NULL;
    }
}

static int print_json(struct finding *f, struct err *reterr) {
    json_t *json = f->json;
    f->json = NULL;
    if (json && json_object_set_new(json, "verdict", json_string(verdict_words[f->verdict]))) {
        json_decref(json);
        json = NULL;
    }
    if (json && f->verdict != VERDICT_PROVEN && json_object_set_new(json, "why", json_string(f->why.text))) {
        json_decref(json);
        json = NULL;
    }
    return output_json(json, reterr);
}

static void print_lines(const struct finding *f) {
    BUF_LOCAL(folded);
    struct str rest = buf_str(&f->lines), line;
    printf("%s%s%s\n", verdict_words[f->verdict], f->subject.n ? ": " : "", f->subject.p);
    if (f->verdict != VERDICT_PROVEN)
        command_add_folded(&folded, f->why.text, 2, COLUMNS);
    while (str_cut(&rest, '\n', &line))
        command_add_folded(&folded, arena_z(f->arena, line), 2, COLUMNS);
    fputs(folded.p, stdout);
}

int finding_print(struct finding *f, struct err *reterr) {
    static const int results[] = {0, COMMAND_REFUSED, COMMAND_WRONG};
    int bad = 0;
    if (arguments_flag(f->arguments, "json"))
        bad = print_json(f, reterr);
    else if (f->verdict != VERDICT_UNKNOWN)
        print_lines(f);
    if (!bad && f->verdict == VERDICT_UNKNOWN)
        (void)err_set(reterr, ERR_IO, "it could not be told: %s",
                      f->why.text[0] ? f->why.text : err_sentence(f->why.code)); /* only the sentence is wanted */
    buf_clear(&f->subject);
    buf_clear(&f->lines);
    json_decref(f->json);
    f->json = NULL;
    return bad ? COMMAND_WRONG : results[f->verdict];
}

/* --- whom to trust --- */

int verify_given_keys(struct finding *f, struct trust *t, struct str *ret_policy) {
    const char *file = arguments_value(f->arguments, "policy"), *text;
    for (size_t i = 0; (text = arguments_value_at(f->arguments, "vkey", i)); i++) {
        struct vkey k;
        int bad = vkey_read(str_trim(str_of(text)), &k, &f->why);
        if (!bad)
            bad = trust_add(t, &k, &f->why);
        if (bad) {
            err_prefix(&f->why, "--vkey %.100s", text);
            return bad == -ERR_FORBIDDEN ? -ERR_INVALID : bad;
        }
    }
    *ret_policy = STR_NONE;
    if (!file)
        return 0;
    BUF_LOCAL(bytes);
    struct policy *p = arena_alloc(f->arena, sizeof *p);
    int bad = file_read(file, POLICY_BYTES_MOST, &bytes, &f->why);
    struct str kept = arena_buf(f->arena, &bytes);
    if (!bad && arena_failed(f->arena))
        bad = err_set(&f->why, ERR_NO_MEMORY, "%s: not enough memory to read it", file);
    if (!bad && (bad = policy_read(kept, p, &f->why)))
        err_prefix(&f->why, "%s", file);
    for (size_t i = 0; !bad && i < p->logs; i++)
        bad = trust_add(t, &p->log[i].key, &f->why);
    if (!bad)
        *ret_policy = kept;
    return bad;
}

static void say_witness(struct finding *f, const struct policy_witness *w, bool own, uint64_t at_s, json_t *list) {
    BUF_LOCAL(at);
    if (at_s)
        datetime_add_rfc3339(&at, (int64_t)at_s * CLOCK_SECOND_US, "UTC");
    if (json_array_append_new(
            list, json_pack("{s:o, s:o}", "name", output_text(w->name), "cosigned", output_text(buf_str(&at)))))
        finding_set(f, "witnesses_cut", json_true()); /* no memory for the list: it is not whole */
    if (at_s)
        finding_say(f, "cosigned by the witness %.*s%s at %s", STR_FMT(w->name),
                    own ? "" : ", whom the log itself names,", at.p);
}

/* When each witness cosigned; a time beyond what a calendar shows is none. */
static int look_at_witnesses(struct finding *f, const struct policy *p, bool own, struct str bytes) {
    struct note *note = arena_alloc(f->arena, sizeof *note);
    json_t *list = json_array();
    int bad = note ? note_read(bytes, note, &f->why)
                   : err_set(&f->why, ERR_NO_MEMORY, "there is not enough memory to look at the cosignatures");
    size_t cosigned = 0;
    for (size_t i = 0; !bad && i < p->witnesses; i++) {
        uint64_t at_s = 0;
        int by = note_check(note, &p->witness[i].key, &at_s, &f->why);
        if (by < 0)
            bad = by;
        cosigned += by > 0;
        say_witness(f, &p->witness[i], own, by > 0 && at_s < time_most_s ? at_s : 0, list);
    }
    finding_set(f, "witnesses", list);
    finding_set(f, "cosigned", json_integer((json_int_t)cosigned));
    if (!bad && p->witnesses && !cosigned)
        finding_say(f, "no witness of the policy has cosigned this checkpoint");
    return bad;
}

int verify_witnesses(struct finding *f, struct str policy, bool own, struct str note) {
    struct err err = {0};
    struct policy *p = arena_alloc(f->arena, sizeof *p);
    if (!p)
        return err_set(&f->why, ERR_NO_MEMORY, "there is not enough memory to read the policy");
    if (policy_read(policy, p, &err)) {
        finding_say(f, "the log's policy is not understood: %s", err.text);
        return 0;
    }
    int bad = look_at_witnesses(f, p, own, note);
    if (bad)
        return bad;
    p->logs = 0; /* whose signature counts was decided before, and may be that of a key which took over from these */
    bool reached = !policy_check(p, note, NULL, NULL, &err);
    finding_set(f, "quorum", json_boolean(reached));
    if (!reached && own)
        return err_set(&f->why, ERR_NOT_FOUND, "the policy is not met: %s", err.text);
    if (!reached)
        finding_say(f, "the log's own policy is not met now: %s", err.text);
    return 0;
}

/* --- places --- */

static bool has(const char *folder, const char *name) {
    BUF_LOCAL(path);
    file_join(&path, folder, name);
    return !buf_failed(&path) && file_exists(path.p);
}

/* An office's log is at /ledger; an address with a path is taken as it is. */
static bool is_bare_origin(struct str url) {
    size_t host = str_find(url, STR("://"), 0);
    size_t slash = host == SIZE_MAX ? SIZE_MAX : str_find_char(url, '/', host + 3);
    return host != SIZE_MAX && (slash == SIZE_MAX || slash + 1 == url.n);
}

int verify_open_log(const char *where, struct fetch **ret, struct err *reterr) {
    BUF_LOCAL(place);
    struct str at = str_of(where);
    if (str_ends(at, "/checkpoint"))
        at = str_first(at, at.n - strlen("/checkpoint"));
    while (at.n > 1 && str_ends(at, "/"))
        at.n--;
    buf_add(&place, at);
    if (is_bare_origin(at))
        buf_add_z(&place, "/ledger");
    else if (!has(place.p, "checkpoint") && has(place.p, "ledger/checkpoint"))
        buf_add_z(&place, "/ledger");
    return buf_failed(&place) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to open the log")
                              : fetch_open(place.p, NULL, ret, reterr);
}

/* --- the command --- */

static bool is_log(const char *what) {
    struct stat st;
    return strstr(what, "://") || (stat(what, &st) == 0 && S_ISDIR(st.st_mode));
}

/* An option that would say nothing here: whoever gave it would take it as heeded. */
static const char *stray_option(const struct arguments *arguments) {
    static const char *const of_a_proof[] = {"entry", "opening", "log"};
    for (size_t i = 0; i < sizeof of_a_proof / sizeof *of_a_proof; i++)
        if (arguments_value(arguments, of_a_proof[i]))
            return of_a_proof[i];
    return NULL;
}

int verify_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    const char *what = arguments_operand(arguments, 0), *article = arguments_value(arguments, "article");
    if (!what == !article) {
        (void)err_set(reterr, ERR_INVALID,
                      "give the address or the folder of a ledger, a proof's file, or --article URL");
        return COMMAND_WRONG;
    }
    bool log = what && is_log(what);
    const char *stray = article || log ? stray_option(arguments) : NULL;
    if (stray) {
        (void)err_set(reterr, ERR_INVALID, "--%s goes with a proof's file; nothing was looked at", stray);
        return COMMAND_WRONG;
    }
    struct finding f = finding_start(arguments, arena);
    if (article)
        finding_settle(&f, verify_article(&f, article));
    else
        finding_settle(&f, log ? verify_log(&f, what) : verify_proof(&f, what));
    return finding_print(&f, reterr);
}

// SPDX-License-Identifier: Apache-2.0
/* `daylight ledger incident`: the office says in public what went wrong with its ledger. */
#include "app/acts.h"
#include "app/commands.h"
#include "base/clock.h"
#include "text/utf8.h"

#include <stdio.h>

enum { TEXT_MOST = 4000 };

struct incident {
    struct entry entry;
    struct str document;
};

static int leave(struct tx *tx, void *arg, struct err *reterr) {
    struct incident *x = arg;
    char ticket[LEDGER_TICKET];
    int bad = ledger_document_add(tx, x->document, &x->entry.commit, reterr);
    return bad ? bad : ledger_append(tx, &x->entry, NULL, ticket, reterr);
}

/* Text that stays in the ledger for ever: printable, and not without end. */
static bool is_good(struct str text) {
    for (size_t i = 0; i < text.n; i++)
        if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\n') || text.p[i] == 0x7f)
            return false;
    return text.n && text.n <= TEXT_MOST && utf8_valid(text);
}

static int read_arguments(const struct arguments *arguments, struct arena *arena, struct incident *ret,
                          struct err *reterr) {
    const char *code = arguments_value(arguments, "code"), *said = arguments_value(arguments, "text");
    struct str text = str_trim(str_of(said ? said : ""));
    *ret = (struct incident){
        .entry = {.type = ENTRY_INCIDENT, .day = clock_now_us() / CLOCK_DAY_US, .ref = -1, .committed = true}};
    if (!code || entry_code_read(str_of(code), &ret->entry.code) < 0 ||
        (ret->entry.code != ENTRY_CODE_FORK && ret->entry.code != ENTRY_CODE_ROLLBACK &&
         ret->entry.code != ENTRY_CODE_OUTAGE && ret->entry.code != ENTRY_CODE_OTHER)) {
        (void)err_set(reterr, ERR_INVALID, "of which kind? --code takes fork, rollback, outage or other");
        return COMMAND_WRONG; /* both are told as wrong use */
    }
    if (!is_good(text)) {
        (void)err_set(reterr, ERR_INVALID, "what happened? --text takes plain words, %d bytes at most", TEXT_MOST);
        return COMMAND_WRONG;
    }
    ret->document = arena_printf(arena, "daylight/incident/v1\n%s\n%.*s\n", code, STR_FMT(text));
    return arena_failed(arena) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

int ledger_incident_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    FOLDER_LOCAL(folder);
    struct incident incident;
    int bad = read_arguments(arguments, arena, &incident, reterr);
    if (!bad)
        bad = folder_open(arguments_operand(arguments, 0), NULL, arena, &folder, reterr);
    if (!bad)
        bad = acts_begin(&folder, reterr);
    if (!bad)
        bad = store_write(folder.store, leave, &incident, reterr);
    if (!bad)
        bad = acts_end(&folder, reterr);
    if (!bad)
        printf("the incident stands in the ledger, and at %.*s/ledger/incidents\n", STR_FMT(folder.config.site.origin));
    return bad;
}

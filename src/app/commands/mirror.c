// SPDX-License-Identifier: Apache-2.0
/* `daylight ledger mirror`: a log, copied into a folder, followed before it is kept. */
#include "ledger/mirror.h"
#include "app/commands.h"
#include "app/commands/verify.h"
#include "app/output.h"
#include "app/progress.h"

#include <stdio.h>

static void show(void *arg, uint64_t done, uint64_t all) {
    struct progress *p = arg;
    p->total = (size_t)all;
    progress_at(p, (size_t)done);
}

static void say(struct finding *f, const struct mirror_found *found) {
    BUF_LOCAL(key);
    vkey_write(&found->key, &key);
    buf_printf(&f->subject, "%s", arguments_operand(f->arguments, 1));
    finding_set(f, "log", output_text(str_of(found->key.name)));
    finding_set(f, "key", output_text(buf_str(&key)));
    finding_set(f, "size", json_integer((json_int_t)found->size));
    finding_set(f, "before", json_integer((json_int_t)found->before));
    finding_set(f, "bytes", json_integer((json_int_t)found->follow.bytes));
    finding_set(f, "first_contact", json_boolean(found->first));
    finding_set(f, "mended", json_boolean(found->mended));
    finding_say(f, "%llu entries of %s, %llu of them new", (unsigned long long)found->size, found->key.name,
                (unsigned long long)(found->size - found->before));
    if (found->mended)
        finding_say(f, "the copy was damaged; all of it was fetched and verified anew");
    if (found->first)
        finding_say(
            f,
            "This is the first copy: the key %s was taken from the log itself. Compare it with one that you have "
            "from elsewhere.",
            key.p);
}

int ledger_mirror_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    struct finding f = finding_start(arguments, arena);
    struct progress progress = progress_start(0, "entries");
    struct mirror want = {.folder = arguments_operand(arguments, 1), .progress = show, .arg = &progress};
    struct mirror_found found;
    struct str policy;
    TRUST_LOCAL(given);
    int bad = verify_given_keys(&f, &given, &policy);
    want.trust = &given;
    if (!bad)
        bad = verify_open_log(arguments_operand(arguments, 0), &want.from, &f.why);
    if (!bad)
        bad = mirror(&want, &found, &f.why);
    progress_clear(&progress);
    fetch_close(want.from);
    if (!bad)
        say(&f, &found);
    finding_settle(&f, bad);
    return finding_print(&f, reterr);
}

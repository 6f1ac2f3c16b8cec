// SPDX-License-Identifier: Apache-2.0
/* `daylight manpage` and `daylight completion`: for the build, and for the test that compares. */
#include "app/manual.h"
#include "app/commands.h"

#include <stdio.h>

static int print(const struct buf *text, struct err *reterr) {
    if (buf_failed(text))
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory to print it");
    if (fwrite(text->p, 1, text->n, stdout) != text->n)
        return err_set(reterr, ERR_IO, "standard output: it could not be written");
    return 0;
}

int manpage_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    (void)arguments, (void)arena;
    BUF_LOCAL(text);
    manual_add_page(&text, commands);
    return print(&text, reterr);
}

int completion_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    (void)arguments, (void)arena;
    BUF_LOCAL(text);
    manual_add_completion(&text, commands);
    return print(&text, reterr);
}

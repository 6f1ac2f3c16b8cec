// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The public site as files: which file an address is, and what stands in it. `daylight export` walks them.
 *
 * A page is rendered as the server renders it (web/serve.h), for an office that says that it is copied (office.h), and
 * its links are then made relative, so that the files work wherever they stand. Files are called as their addresses:
 * "/news/12" is news/12.html, a folder's page is index.html in it, what is no page keeps its name, and the further
 * pages of a list, "/news/?before=…", are news/before-….html. Addresses of this site that no copy has (forms, the
 * search) become whole ones, which lead to the living site. Threads: a copier belongs to one; the office is for all. */
#include "base/arena.h"
#include "base/err.h"
#include "web/office.h"

struct copier;

/* `leads` is told the addresses that pages lead to, in their one spelling, and their files, each at least once; `from`:
 * the page's own address. The strings are valid during the call. */
typedef void copy_leads_fn(void *arg, struct str address, struct str file, struct str from);
struct copier *copier_new(struct office *o, copy_leads_fn *leads, void *arg); /* NULL: no memory */
void copier_free(struct copier *c);                                           /* NULL is fine */
/* Pages made one after the other read one snapshot of the store, for a quarter of a second at most. This ends it:
 * before the thread waits, and at its end. */
void copier_rest(struct copier *c);

struct copied {
    struct str file;  /* "news/12.html"; a relative path without "." and ".." */
    struct str bytes; /* with relative links */
    size_t at, n;     /* where bytes show the minute of copying, which makes no difference by itself; n 0: nowhere */
    int fd;           /* not -1: the file is this one's first fd_n bytes, to be closed, instead of `bytes` */
    uint64_t fd_n;
};
/* Makes the file of an address of this site. from: the page that led there, or empty. Strings live in the arena. An
 * address without a page (any more) gives the page that says so. -ERR_NOT_FOUND: no copy has it. Other failures: it
 * could not be made. */
int copy_make(struct copier *c, struct arena *a, struct str address, struct str from, struct copied *ret,
              struct err *reterr);
/* The name of its file alone; the same failures. */
int copy_name(struct copier *c, struct arena *a, struct str address, struct str *ret_file, struct err *reterr);

#define COPY_CHECKPOINT "/ledger/checkpoint"
/* Tells `leads` where to begin: the home pages, and what no page leads to: what robots and 404 need, what was withdrawn
 * or erased, the ledger's files for the size that it has now. *ret_checkpoint, in the arena: the ledger's as it is now;
 * empty: there is none. It is no page's to make: put last, and as it was here, it covers what the folder has. */
int copy_begin(struct copier *c, struct arena *a, struct str *ret_checkpoint, struct err *reterr);

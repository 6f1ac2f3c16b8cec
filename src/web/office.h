// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a running office holds. A struct office is immutable and counted: a request keeps the one that it began with,
 * and SIGHUP puts a new one (site.ini, theme, messages read again) in its place; store and views live on.
 * Reading it is for any thread; so are office_keep() and office_release(). */
#include "base/arena.h"
#include "base/err.h"
#include "press/views.h"
#include "store/store.h"
#include "text/messages.h"
#include "text/site.h"
#include "text/template.h"

struct bell;           /* base/bell.h */
struct assets;         /* web/assets.h: files with their hash in the name */
struct ledger;         /* ledger/sequencer.h */
struct column;         /* press/column.h */
struct search_sharing; /* press/search.h */
struct witness_peer;   /* ledger/witness.h */
struct witness_server; /* ledger/witness_server.h */

enum { COPY_ENTRIES = 100 }; /* of the ledger, on one page of a copy */

struct office {
    struct site site;
    struct store *store; /* borrowed, as views: they outlive every office */
    struct views *views;
    struct bell *bell;                  /* that those who change the content ring; borrowed too, and set before the
                                           office is served; NULL: none */
    struct ledger *ledger;              /* borrowed too; NULL: this office has none. Set before the office is served */
    const struct witness_peer *witness; /* of the ledger, as its policy names them; borrowed, set before serving */
    size_t witnesses;
    unsigned quorum;                   /* of them; 0: more than half */
    struct witness_server *witnessing; /* the witness that this office is for others; borrowed; NULL: none */
    struct templates *templates;       /* as they are written */
    struct assets *assets;
    struct messages *messages[SITE_LANGUAGES_MOST];      /* one for each of site.words, as the next two */
    const struct value *frame[SITE_LANGUAGES_MOST];      /* what pages say alike (web/frame.h) */
    struct templates *templates_in[SITE_LANGUAGES_MOST]; /* with the frame put in: what pages are made with */
    const char *folder;                                  /* the data folder */
    int64_t copied_us; /* 0: it is served. Else it is being copied into files (web/copy.h), as it was at this moment:
                          pages say so, and show nothing that needs a server. Set before the first page */
    const struct column *columns[SITE_LANGUAGES_MOST]; /* all of them, for menus, in each language; borrowed; NULL: read
                                                          for each page */
    size_t columns_n;
    const struct search_sharing *sharing; /* for related articles, instead of the index; borrowed; NULL: none */
    bool lives;                           /* a copy: the living site has an address of its own */
    _Atomic long keepers;
    struct arena *arena; /* the site's strings and the folder's name */
    struct arena *frames;
    struct messages *fallback; /* English, where the site's languages lack it */
};

/* Templates, assets and messages as compiled in, replaced by files of the same name in FOLDER/theme/{templates,assets,
 * locale}. On success the office has one keeper and owns `arena`, in which site's strings are (NULL: they live
 * elsewhere, for ever); on failure the caller keeps it. -ERR_INVALID names file, line and reason. */
int office_load(const char *folder, const struct site *site, struct arena *arena, struct store *store,
                struct views *views, struct office **ret, struct err *reterr);
struct office *office_keep(struct office *o);
void office_release(struct office *o); /* NULL is fine; the last keeper frees it */

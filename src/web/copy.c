// SPDX-License-Identifier: Apache-2.0
/* Pages rendered in-process and their links made relative. Most links of a page are those of the page before it (menu,
 * stylesheet, footer): each copier remembers what it made of them. */
#include "web/copy.h"

#include "base/clock.h"
#include "ledger/log.h"
#include "ledger/tile.h"
#include "queries.h"
#include "web/copy/place.h"
#include "web/rewrite.h"
#include "web/serve.h"
#include "web/shelf.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KNOWN = 8192, HOPS_MOST = 3, URI_MOST = 4096, HEAD_MOST = 16384, SNAPSHOT_US = 250000 };

/* An address that was placed lately. */
struct known {
    struct buf asked, room;
    struct place place;
    bool placed, told;
};

struct copier {
    struct office *office;
    copy_leads_fn *leads;
    void *arg;
    struct live live;
    struct serving serving;
    struct incoming in;
    struct known known[KNOWN];
    struct rewrite_memory *lines;
    struct buf address;  /* of the link that is being looked at */
    struct tx *tx;       /* the snapshot that pages are read from; or NULL */
    int64_t tx_us;       /* since when */
    struct shelf *shelf; /* what was read from it */
    /* the page that is being made */
    struct place here;
    struct str from;
    bool rooted;        /* its links begin at the root: it is shown at any address */
    struct str section; /* the folder that it stands in; "news/" also of a page in "news/12/" */
    bool numbered;      /* that is so */
    struct buf kin;     /* which pages' links read as its own do */
};

struct copier *copier_new(struct office *o, copy_leads_fn *leads, void *arg) {
    struct copier *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->office = o;
    c->leads = leads;
    c->arg = arg;
    c->live.office = o;
    c->serving = (struct serving){.routes = routes, .views = o->views, .live = &c->live};
    c->serving.limits = (struct incoming_limits){URI_MOST, HEAD_MOST, 0};
    c->address = c->kin = BUF_INIT;
    for (size_t i = 0; i < KNOWN; i++)
        c->known[i].asked = c->known[i].room = BUF_INIT;
    c->lines = rewrite_memory_new();
    c->shelf = shelf_new();
    if (c->lines && c->shelf)
        return c;
    copier_free(c);
    return NULL;
}

void copier_free(struct copier *c) {
    if (!c)
        return;
    for (size_t i = 0; i < KNOWN; i++) {
        buf_clear(&c->known[i].asked);
        buf_clear(&c->known[i].room);
    }
    buf_clear(&c->address);
    buf_clear(&c->kin);
    rewrite_memory_free(c->lines);
    copier_rest(c);
    shelf_free(c->shelf);
    free(c);
}

void copier_rest(struct copier *c) {
    if (c->tx)
        store_end_read(c->tx);
    c->tx = NULL;
    shelf_clear(c->shelf);
}

/* Where none can be begun the page's own read fails, too, and says why. */
static void hold_snapshot(struct copier *c) {
    struct err e;
    int64_t now_us = clock_ticks_us();
    if (c->tx && now_us - c->tx_us > SNAPSHOT_US)
        copier_rest(c);
    if (c->tx || store_begin_read(c->office->store, &c->tx, &e))
        return;
    c->tx_us = now_us;
}

/* --- places --- */

/* NULL: no copy has it. Valid until the next call. */
static struct known *find_place(struct copier *c, struct str address) {
    struct known *k = &c->known[str_hash(address) % KNOWN];
    if (!str_eq(buf_str(&k->asked), address) || buf_failed(&k->asked)) {
        buf_reset(&k->asked);
        buf_reset(&k->room);
        buf_add(&k->asked, address);
        k->told = false;
        k->placed = place_find(&c->office->site, address, &k->room, &k->place);
    }
    return k->placed ? k : NULL;
}

static void tell(const struct copier *c, const struct known *k, struct str from) {
    c->leads(c->arg, k->place.address, k->place.file, from);
}

/* --- links --- */

/* Towards the newer a list leads back to where the page was found, so that each stretch of it is one file. */
static struct str towards(const struct copier *c, struct str address) {
    size_t mark = str_find(address, STR("?after="), 0);
    if (mark == SIZE_MAX)
        return address;
    struct str path = str_first(address, mark), back = str_first(c->from, str_find_char(c->from, '?', 0));
    return str_eq(path, back) ? c->from : path;
}

static void add_link(const struct copier *c, struct buf *ret, struct str file) {
    buf_add_z(ret, c->rooted ? "/" : "");
    place_link(ret, c->rooted ? STR("") : c->here.file, file);
}

/* data-ledger: where the script finds the ledger's files. */
static bool relink_ledger(const struct copier *c, struct buf *ret) {
    add_link(c, ret, STR("ledger/x"));
    buf_cut(ret, ret->n - 1);
    return true;
}

/* Folders called by a number, "news/12/", are very many, and what leads elsewhere is written alike in all of them: what
 * pages are of one kin have the folders above that one in common, and how deep they are. */
static void find_kin(struct copier *c) {
    struct str file = c->here.file;
    size_t depth = 0, end = 0, section = SIZE_MAX;
    for (size_t slash; (slash = str_find_char(file, '/', end)) != SIZE_MAX; end = slash + 1, depth++)
        if (section == SIZE_MAX && file.p[end] >= '0' && file.p[end] <= '9')
            section = end;
    c->numbered = section != SIZE_MAX;
    c->section = str_first(file, c->numbered ? section : end);
    buf_reset(&c->kin);
    buf_add(&c->kin, c->section);
    buf_printf(&c->kin, "%c%zu", c->rooted ? '/' : ' ', depth);
}

/* Into a folder of its section: from that folder itself the link is another one. */
static bool is_near(const struct copier *c, struct str file) {
    return c->numbered && !c->rooted && file.n > c->section.n && str_eq(str_first(file, c->section.n), c->section) &&
           str_find_char(file, '/', c->section.n) != SIZE_MAX;
}

static bool is_relative(struct str href) {
    return href.n == 0 || href.p[0] != '/';
}

static bool relink(void *arg, struct rewrite_link *link, struct buf *ret) {
    struct copier *c = arg;
    if (str_is(link->name, "data-ledger")) {
        link->own = is_near(c, STR("ledger/x"));
        return relink_ledger(c, ret);
    }
    buf_reset(&c->address);
    if (!place_resolve(c->here.address, link->value, &c->address))
        return false;
    struct str address = towards(c, buf_str(&c->address));
    struct known *k = find_place(c, address);
    link->own = is_relative(link->value) || !str_eq(address, buf_str(&c->address)) || (k && is_near(c, k->place.file));
    if (!k) { /* the living site has it, or says that it has not */
        buf_add(ret, c->office->site.origin);
        buf_add(ret, buf_str(&c->address));
    } else {
        if (!k->told)
            tell(c, k, c->here.address);
        k->told = true;
        add_link(c, ret, k->place.file);
    }
    size_t fragment = str_find_char(link->value, '#', 0);
    if (fragment != SIZE_MAX) {
        buf_add(ret, str_from(link->value, fragment));
    } else if (k && k->place.mark.n) {
        buf_add_char(ret, '#');
        buf_add(ret, k->place.mark);
    }
    return true;
}

/* The parts of the site map: their addresses are whole ones, and stay so. */
static void lead_to_parts(struct copier *c, struct str xml) {
    BUF_LOCAL(mark);
    buf_printf(&mark, "<loc>%.*s", STR_FMT(c->office->site.origin));
    for (size_t at = 0; (at = str_find(xml, buf_str(&mark), at)) != SIZE_MAX;) {
        at += mark.n;
        struct str address = str_part(xml.p + at, str_find_char(str_from(xml, at), '<', 0));
        struct known *k = address.n <= xml.n - at ? find_place(c, address) : NULL;
        if (k)
            tell(c, k, c->here.address);
    }
}

/* --- one page --- */

static void call_ended(struct call *call) {
    (void)call; /* the copier looks at it */
}

/* The sheet is the caller's. */
static struct sheet *render(struct copier *c, struct str address) {
    size_t mark = str_find_char(address, '?', 0);
    incoming_init(&c->in);
    c->in.method = STR("GET");
    c->in.path = str_first(address, mark);
    incoming_query(&c->in, mark == SIZE_MAX ? STR_NONE : str_from(address, mark + 1));
    hold_snapshot(c);
    struct call call = {.serving = &c->serving,
                        .live = &c->live,
                        .in = &c->in,
                        .office = c->office,
                        .tx = c->tx,
                        .shelf = c->shelf,
                        .client = {.kind = ADDRESS_IP4, .bytes = {127, 0, 0, 1}},
                        .begun_us = clock_ticks_us(),
                        .counted = true,
                        .bare = true,
                        .quiet = true,
                        .done = call_ended};
    web_serve(&call);
    if (!call.sheet || call.sheet->status >= 500)
        copier_rest(c); /* after a failure an engine may give nothing more from it */
    return call.sheet;
}

static struct str header(const struct sheet *s, const char *name) {
    for (size_t i = 0; i < s->header_n; i++)
        if (strcmp(s->headers[i].name, name) == 0)
            return s->headers[i].value;
    return STR_NONE;
}

/* The page, or the one to which its address leads now. */
static struct sheet *render_through(struct copier *c, struct str address) {
    struct sheet *s = render(c, address);
    for (int hop = 0; s && s->status >= 300 && s->status < 400 && hop < HOPS_MOST; hop++) {
        BUF_LOCAL(next);
        buf_add(&next, header(s, "Location"));
        sheet_release(s);
        s = render(c, buf_str(&next));
    }
    return s;
}

static void find_minute(struct copied *ret) {
    struct str mark = STR("<time data-copied>");
    size_t at = str_find(ret->bytes, mark, 0), end = at == SIZE_MAX ? at : str_find_char(ret->bytes, '<', at + mark.n);
    if (end == SIZE_MAX)
        return;
    ret->at = at + mark.n;
    ret->n = end - ret->at;
}

static int take_file(struct sheet *s, struct copied *ret, struct err *reterr) {
    ret->fd = fcntl(s->file, F_DUPFD_CLOEXEC, 0);
    ret->fd_n = s->file_n;
    return ret->fd < 0 ? err_errno(reterr, "%.*s", STR_FMT(ret->file)) : 0;
}

static int take_body(struct copier *c, struct arena *a, struct sheet *s, struct copied *ret, struct err *reterr) {
    BUF_LOCAL(text);
    struct str body = sheet_body(s), type = header(s, "Content-Type");
    if (str_starts(type, "text/html")) {
        buf_reserve(&text, body.n);
        rewrite_html_alike(c->lines, buf_str(&c->kin), body, relink, c, &text);
    } else if (str_starts(type, "text/css")) {
        rewrite_css(body, relink, c, &text);
    } else {
        if (str_is(ret->file, "sitemap.xml"))
            lead_to_parts(c, body);
        buf_add(&text, body);
    }
    ret->bytes = arena_buf(a, &text);
    if (buf_failed(&text) || arena_failed(a))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    find_minute(ret);
    return 0;
}

static int place_here(struct copier *c, struct arena *a, struct str address, struct err *reterr) {
    struct known *k = find_place(c, address);
    if (!k)
        return err_set(reterr, ERR_NOT_FOUND, "%.*s: no copy has this address", STR_FMT(address));
    c->here = (struct place){arena_str(a, k->place.address), arena_str(a, k->place.file), STR_NONE};
    c->rooted = str_ends(c->here.file, "404.html");
    find_kin(c);
    return arena_failed(a) || buf_failed(&c->kin) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY))
                                                  : 0;
}

int copy_name(struct copier *c, struct arena *a, struct str address, struct str *ret_file, struct err *reterr) {
    int bad = place_here(c, a, address, reterr);
    if (!bad)
        *ret_file = c->here.file;
    return bad;
}

int copy_make(struct copier *c, struct arena *a, struct str address, struct str from, struct copied *ret,
              struct err *reterr) {
    int bad = place_here(c, a, address, reterr);
    if (bad)
        return bad;
    *ret = (struct copied){.file = c->here.file, .fd = -1};
    c->from = from;
    struct sheet *s = render_through(c, c->here.address);
    if (!s)
        bad = err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    else if (s->status >= 500 || s->status < 200 || (s->status >= 300 && s->status < 400))
        bad = err_set(reterr, ERR_INTERNAL, "the page %.*s could not be made (status %d)", STR_FMT(c->here.address),
                      s->status);
    else
        bad = s->file >= 0 ? take_file(s, ret, reterr) : take_body(c, a, s, ret, reterr);
    sheet_release(s);
    return bad;
}

/* --- where to begin --- */

static void lead_to(struct copier *c, struct str address) {
    struct known *k = find_place(c, address);
    if (k)
        tell(c, k, STR(""));
}

static void lead_to_tile(struct copier *c, int level, uint64_t index, uint64_t size) {
    struct tile tile = {level, index, tile_width(level, index, size)};
    char path[TILE_PATH_MOST], address[TILE_PATH_MOST + 16];
    tile_write(&tile, path);
    int n = snprintf(address, sizeof address, "/ledger/tile/%s", path);
    lead_to(c, str_part(address, (size_t)n));
}

static void lead_to_ledger(struct copier *c, uint64_t size) {
    lead_to(c, STR("/ledger/vkey"));
    lead_to(c, STR("/ledger/keys"));
    lead_to(c, STR("/ledger/policy"));
    for (uint64_t i = 0; tile_width(TILE_ENTRIES, i, size); i++)
        lead_to_tile(c, TILE_ENTRIES, i, size);
    for (int level = 0; level <= TILE_LEVEL_MOST && tile_width(level, 0, size); level++)
        for (uint64_t i = 0; tile_width(level, i, size); i++)
            lead_to_tile(c, level, i, size);
}

static void lead_in(struct copier *c, size_t language, struct str path) {
    BUF_LOCAL(address);
    buf_printf(&address, "%s%s%.*s", language ? "/" : "", language ? c->office->site.words[language].language : "",
               STR_FMT(path));
    lead_to(c, buf_str(&address));
}

/* Their addresses are kept by people, and say what became of them. */
static int lead_to_gone(struct copier *c, struct tx *tx, struct err *reterr) {
    ROWS_LOCAL(r);
    int more = tx_rows(tx, &Q_article_gone, CELLS_NONE, &r, reterr);
    while (more >= 0 && (more = rows_next(r, reterr)) > 0) {
        int language = site_language(&c->office->site, rows_text(r, 1));
        BUF_LOCAL(path);
        buf_printf(&path, "/%.*s/%lld", STR_FMT(rows_text(r, 2)), (long long)rows_int(r, 0));
        if (language >= 0)
            lead_in(c, (size_t)language, buf_str(&path));
    }
    return more;
}

struct beginning {
    struct copier *c;
    struct arena *arena;
    struct ledger_state ledger;
};

static int begin(struct tx *tx, void *arg, struct err *reterr) {
    struct beginning *b = arg;
    b->ledger = (struct ledger_state){0};
    int bad = lead_to_gone(b->c, tx, reterr);
    if (!bad && b->c->office->ledger)
        bad = ledger_state(tx, b->arena, &b->ledger, reterr);
    return bad == -ERR_NOT_FOUND ? 0 : bad;
}

int copy_begin(struct copier *c, struct arena *a, struct str *ret_checkpoint, struct err *reterr) {
    static const char *const paths[] = {"/", "/404.html"};
    const struct site *site = &c->office->site;
    struct beginning b = {.c = c, .arena = a};
    for (size_t i = 0; i < site->languages; i++)
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
            lead_in(c, i, str_of(paths[k]));
    int bad = store_read(c->office->store, begin, &b, reterr);
    if (bad)
        return bad;
    lead_to(c, STR("/robots.txt"));
    lead_to(c, STR("/sitemap.xml"));
    lead_to(c, STR("/sitemap-news.xml"));
    if (b.ledger.checkpoint.n)
        lead_to_ledger(c, b.ledger.signed_size);
    *ret_checkpoint = b.ledger.checkpoint;
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* The interface's files, under names that change with their bytes, compressed once as well as can be. */
#include "web/assets.h"

#include "web/office.h"
#include "web/theme.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ASSETS_MOST = 200, HASH_BYTES = 8, SAVES_LEAST = 64 };

struct assets {
    struct arena *arena;
    size_t n;
    struct asset asset[ASSETS_MOST];
};

static const struct {
    const char *ending, *type;
} asset_types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(struct str name) {
    for (size_t i = 0; i < sizeof asset_types / sizeof *asset_types; i++)
        if (str_ends(name, asset_types[i].ending))
            return asset_types[i].type;
    return NULL;
}

/* "daylight.css" → "/assets/daylight.0123456789abcdef.css" */
static struct str address_of(struct arena *a, struct str name, struct str bytes) {
    unsigned char hash[16];
    char hex[HASH_BYTES * 2 + 1];
    /* fails only for wrong sizes */
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes.p, bytes.n, NULL, 0);
    (void)sodium_bin2hex(hex, sizeof hex, hash, HASH_BYTES);
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.')
        dot--;
    return arena_printf(a, "/assets/%.*s%s.%.*s", (int)dot, name.p, hex, STR_FMT(str_from(name, dot)));
}

static int add_asset(void *arg, const char *name_z, struct str bytes, struct err *reterr) {
    struct assets *all = arg;
    struct str name = str_of(name_z);
    if (!type_of(name))
        return err_set(reterr, ERR_FORMAT, "the ending of this file is not one that is served; take it away");
    if (all->n == ASSETS_MOST)
        return err_set(reterr, ERR_TOO_LARGE, "there are more than %d assets", ASSETS_MOST);
    struct asset *asset = &all->asset[all->n++];
    asset->name = arena_str(all->arena, name);
    asset->content_type = type_of(name);
    asset->address = address_of(all->arena, asset->name, bytes);
    asset->form[ENCODING_IDENTITY] = arena_str(all->arena, bytes);
    for (int e = ENCODING_IDENTITY + 1; e < ENCODINGS && encoding_suits(asset->content_type); e++) {
        BUF_LOCAL(b);
        if (encode(bytes, (enum encoding)e, ENCODE_ONCE, &b) && b.n + SAVES_LEAST < bytes.n)
            asset->form[e] = arena_buf(all->arena, &b);
    }
    return arena_failed(all->arena) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

static int by_name(const void *a, const void *b) {
    return str_compare(((const struct asset *)a)->name, ((const struct asset *)b)->name);
}

int assets_new(const struct embedded_file *table, const char *theme, struct assets **ret, struct err *reterr) {
    struct assets *a = calloc(1, sizeof *a);
    if (!a)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    a->arena = arena_new(0);
    int failed = theme_each(table, theme, NULL, add_asset, a, reterr);
    if (failed) {
        assets_free(a);
        return failed;
    }
    qsort(a->asset, a->n, sizeof *a->asset, by_name);
    *ret = a;
    return 0;
}

void assets_free(struct assets *a) {
    if (!a)
        return;
    arena_free(a->arena);
    free(a);
}

size_t assets_count(const struct assets *a) {
    return a->n;
}

const struct asset *assets_at(const struct assets *a, size_t i) {
    return &a->asset[i];
}

const struct asset *assets_find(const struct assets *a, struct str name) {
    for (size_t i = 0; a && i < a->n; i++)
        if (str_eq(a->asset[i].name, name))
            return &a->asset[i];
    return NULL;
}

struct str assets_address(const struct assets *a, const char *name) {
    const struct asset *asset = assets_find(a, str_of(name));
    return asset ? asset->address : STR("");
}

/* --- the page --- */

const struct param asset_params[] = {{.name = "file", .kind = PARAM_TEXT, .most = 128}, {.name = NULL}};

/* The asset whose name this is with another hash: a page kept somewhere still points to it. */
static const struct asset *find_older(const struct assets *a, struct str file) {
    for (size_t i = 0; i < a->n; i++) {
        struct str name = a->asset[i].name;
        size_t dot = name.n;
        while (dot > 0 && name.p[dot - 1] != '.')
            dot--;
        struct str stem = str_first(name, dot), ending = str_from(name, dot);
        if (file.n == name.n + HASH_BYTES * 2 + 1 && str_eq(str_first(file, dot), stem) &&
            str_eq(str_from(file, file.n - ending.n), ending))
            return &a->asset[i];
    }
    return NULL;
}

int asset_serve(struct request *req) {
    const struct assets *a = req->office->assets;
    struct str file = request_text(req, "file");
    for (size_t i = 0; i < a->n; i++) {
        if (!str_eq(str_from(a->asset[i].address, sizeof "/assets/" - 1), file))
            continue;
        req->content_type = a->asset[i].content_type;
        req->forms = a->asset[i].form;
        return 200;
    }
    const struct asset *older = find_older(a, file);
    if (!older)
        older = assets_find(a, file);
    if (older)
        return request_redirect(req, 302, older->address);
    return request_failed(req, &(struct err){.code = -ERR_NOT_FOUND});
}

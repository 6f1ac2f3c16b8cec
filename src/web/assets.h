// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Stylesheet, script, pictures of the interface: compiled in, replaced by files of DIR/theme/assets. Each is served
 * under a name with its hash (/assets/daylight.0123456789abcdef.css), for ever, compressed once at start. Immutable
 * after assets_new(): any thread. */
#include "base/embedded.h"
#include "base/err.h"
#include "web/encode.h"
#include "web/request.h"

struct assets;
struct asset {
    struct str name;    /* "daylight.css" */
    struct str address; /* "/assets/daylight.0123456789abcdef.css" */
    const char *content_type;
    struct str form[ENCODINGS]; /* identity always; others STR_NONE where they save nothing */
};

/* table: compiled in. theme: a folder whose files replace or add (NULL or missing: none). */
int assets_new(const struct embedded_file *table, const char *theme, struct assets **ret, struct err *reterr);
void assets_free(struct assets *a); /* NULL is fine */
size_t assets_count(const struct assets *a);
const struct asset *assets_at(const struct assets *a, size_t i); /* ordered by name */
const struct asset *assets_find(const struct assets *a, struct str name);
/* "/assets/…" of a name; "" when there is no such file. */
struct str assets_address(const struct assets *a, const char *name);

/* A row of the route table is {METHOD_GET, "/assets/{file}", WHO_ANYONE, CACHE_FOREVER, false, asset_params,
 * asset_serve, "…", .storeless = true}. An older hash redirects to the file as it is now. */
extern const struct param asset_params[];
int asset_serve(struct request *req);

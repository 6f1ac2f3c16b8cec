// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What a running office holds. A struct office is immutable and counted: a request keeps the one that it began with,
 * and SIGHUP puts a new one (site.ini, theme, messages read again) in its place; store and views live on. */
#include "base/err.h"
#include "press/views.h"
#include "store/store.h"
#include "text/messages.h"
#include "text/site.h"
#include "text/template.h"

struct assets; /* web/assets.h: files with their hash in the name */

struct office {
    struct site site;
    struct store *store;
    struct views *views;
    struct templates *templates;
    struct assets *assets;
    struct messages *messages[SITE_LANGUAGES_MOST]; /* one for each of site.words */
    const char *folder;                             /* the data folder */
};

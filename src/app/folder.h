// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A data folder that a command works in: its site.ini read, its store open. */
#include "app/config.h"
#include "store/store.h"

struct ledger; /* ledger/sequencer.h */
struct ringer;

struct folder {
    const char *path;
    struct config config;
    struct store *store;   /* migrated to this binary's schema */
    struct ledger *ledger; /* NULL until acts.h opens it */
    struct ringer *ringer; /* rings FOLDER_BELL */
};

/* Strings live in the arena. store_url: instead of site.ini's, or NULL. On failure nothing is left open. Whatever is
 * changed through the store that the public sees is told to the folder's server (FOLDER_BELL) before it is done. */
int folder_open(const char *path, const char *store_url, struct arena *arena, struct folder *ret, struct err *reterr);
/* Says on standard error if a server could not be told. */
void folder_close(struct folder *f);
#define FOLDER_LOCAL(name) __attribute__((cleanup(folder_close))) struct folder name = {0}

/* DIR/changed: the bell (base/bell.h) that the folder's server listens to. */
#define FOLDER_BELL "changed"

/* Takes the folder for one server: -ERR_CONFLICT with a sentence while another has it. The lock ends with the process,
 * however it ends. *ret_fd is to be kept open as long. */
int folder_lock(const char *path, int *ret_fd, struct err *reterr);

/* Puts bytes into FOLDER/media under their SHA-256; the address, "/media/HASH.ext", is left in the arena. What is there
 * already is not written again. ext: with its dot, ".svg". */
int folder_put_media(const char *path, struct str bytes, const char *ext, struct arena *arena, struct str *ret_address,
                     struct err *reterr);
/* Whether "/media/HASH.ext" is there. */
bool folder_has_media(const char *path, struct str address);

/* A page's address as people type it: origin, language prefix where it needs one, path. In the arena. */
struct str folder_article_url(const struct site *site, struct arena *arena, const char *language, struct str column,
                              int64_t id);

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A bounded set of connections, opened on demand, each used by one thread at a time. Thread-safe.
 *
 * pool_take() gives an idle connection, or NULL with leave to open one; either way pool_give() must follow, with the
 * connection, or with NULL when it was closed or could not be opened. */
#include "base/err.h"

#include <pthread.h>
#include <stddef.h>

enum { POOL_MOST = 64 };

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    size_t most, taken, idle_n; /* taken: given out, idle ones not counted */
    void *idle[POOL_MOST];      /* the last used on top: its caches are warm */
};

/* most: 1 … POOL_MOST. */
int pool_init(struct pool *p, size_t most, struct err *reterr);
/* -ERR_STORE_AWAY when none came free within patience_ms. */
int pool_take(struct pool *p, int patience_ms, void **ret, struct err *reterr);
void pool_give(struct pool *p, void *connection);
/* Closes the idle ones. Nobody may still hold one: a BUG otherwise. */
void pool_clear(struct pool *p, void (*close)(void *connection));

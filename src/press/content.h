// SPDX-License-Identifier: Apache-2.0
#pragma once
/* One number that tells whether what the site shows may have changed. Every write of columns and articles raises it in
 * its own transaction; servers, in this process or another one, look at it to drop their cached pages. The store's
 * herald (store.h) is told, so that they look before the write is acknowledged. */
#include "store/store.h"

int content_changed(struct tx *tx, struct err *reterr);               /* within a write */
int content_version(struct tx *tx, int64_t *ret, struct err *reterr); /* 0: nothing was ever written */
/* When the next published article comes to light whose time lies after now_us; 0: none. */
int content_next_due(struct tx *tx, int64_t now_us, int64_t *ret_us, struct err *reterr);

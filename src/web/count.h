// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Where an article's page shows its live count: once for people, <b data-count>1,284</b>, and once for programs, the
 * last number of the JSON-LD that stands directly before it:
 *
 *   … "userInteractionCount":1284}}</script><b data-count>1,284</b>
 *
 * What is replaced while the page stays is one piece, from the first digit to the last: both always say the same. Where
 * a theme parts them by more than COUNT_APART_MOST bytes only the one for people is replaced; the other then is the
 * count of the time when the page was made. Thread-safe: nothing here has state. */
#include "base/buf.h"

enum { COUNT_APART_MOST = 128 };

/* The piece, within html; n 0: it shows no count. */
struct str count_find(struct str html);
/* The piece for another count; `number` is the count as people read it. Appends. */
void count_write(struct str piece, int64_t count, struct str number, struct buf *ret);

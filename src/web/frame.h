// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What all pages of an office say alike in one language, whoever asks: told to the templates once, when the office is
 * loaded (text/template.h, templates_fold), and lent to each page's view. Threads: any; it is only read. */
#include "base/arena.h"
#include "text/value.h"

struct office; /* web/office.h */

/* {t (messages), site {…}, assets {…}, og_icon, home}, of an office whose site, messages and assets are there; in the
 * arena, which remembers a failure. No view has members of these names anywhere else. */
const struct value *frame_of(struct arena *a, const struct office *o, size_t language);
/* Its members, for one page's view. */
void frame_lend(const struct value *frame, struct value *view);

/* What a telephone dials of a number as people write it: "+86 21 5550 0142" → "+862155500142", the first one of
 * several, without what follows ("ext. 3", "转3"); "" where there is none. In the arena. */
struct str frame_phone_link(struct arena *a, struct str phone);

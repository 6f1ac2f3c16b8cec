// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The demonstration: a made-up town's office (demo/), compiled in. */
#include "app/folder.h"

/* What its office.ini says, for site.ini. In the arena. */
int demo_answers(struct arena *arena, struct config_answer **ret, size_t *ret_n, struct err *reterr);
/* Columns, pictures and articles into a fresh store, published; links between articles become real addresses. All or
 * nothing (but for pictures in media/, which are named by what is in them). */
int demo_load(struct folder *folder, struct err *reterr);

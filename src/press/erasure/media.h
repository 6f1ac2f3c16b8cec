// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Addresses of media within texts: "/media/" and 64 hex digits with an ending, as the data folder keeps them. */
#include "base/str.h"

/* The next address in *rest, which then goes on behind it; false where there is none. */
bool media_next(struct str *rest, struct str *ret);

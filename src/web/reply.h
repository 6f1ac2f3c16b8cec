// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The headers of an answered request: what every answer has (headers.h), what its route's cache rule says, and what the
 * handler added. ETag, Content-Encoding and the range of a file come later, with the form that is sent. */
#include "web/request.h"

enum { REPLY_HEADERS_MOST = 32 };
/* In the arena. secure: over TLS. Gives how many. */
size_t reply_headers(struct request *req, int status, bool secure, struct header ret[REPLY_HEADERS_MOST]);

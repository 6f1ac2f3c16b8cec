// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Pages for machines that watch over the server. Rows of the route table are
 * {METHOD_GET, "/healthz", WHO_ANYONE, CACHE_NONE, false, system_params, healthz_serve, "…", .storeless = true} and so
 * on; /metrics is WHO_LOCAL. */
#include "web/request.h"

extern const struct param system_params[]; /* none */
int healthz_serve(struct request *req);    /* 200 "ok": the process answers */
int readyz_serve(struct request *req);     /* 200 "ok" or 503: the store answers */
int metrics_serve(struct request *req);    /* Prometheus text format 0.0.4 */

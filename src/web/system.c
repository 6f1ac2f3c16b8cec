// SPDX-License-Identifier: Apache-2.0
/* Health and figures, for machines. */
#include "web/system.h"

#include "web/metrics.h"
#include "web/office.h"

const struct param system_params[] = {{.name = NULL}};

static int say(struct request *req, int status, const char *words) {
    (void)request_bytes(req, "text/plain; charset=utf-8", str_of(words)); /* gives 200 */
    return status;
}

int healthz_serve(struct request *req) {
    return say(req, 200, "ok\n");
}

int readyz_serve(struct request *req) {
    struct err err = {0};
    if (store_ping(req->office->store, &err) == 0)
        return say(req, 200, "ok\n");
    req->err = err;
    return say(req, 503, "The store does not answer.\n");
}

int metrics_serve(struct request *req) {
    req->content_type = "text/plain; version=0.0.4; charset=utf-8";
    buf_reset(&req->body);
    if (req->metrics)
        metrics_format(req->metrics, &req->body);
    return 200;
}

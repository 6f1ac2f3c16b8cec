// SPDX-License-Identifier: Apache-2.0
/* Status, type and body of an answer are the witness's own; what is refused is logged there. */
#include "web/witnessing.h"

#include "ledger/witness_server.h"
#include "web/office.h"

static int no_witness(struct request *req) {
    return request_refused(req, ERR_NOT_FOUND, "no_witness", "This office is no witness of other ledgers.");
}

int witnessing_add(struct request *req) {
    struct witness_answer a;
    if (!req->office->witnessing)
        return no_witness(req);
    witness_server_add(req->office->witnessing, req->raw, &a);
    req->content_type = a.type;
    buf_reset(&req->body);
    buf_add(&req->body, buf_str(&a.body));
    buf_clear(&a.body);
    return a.status;
}

const struct param witness_params[] = {{.name = "hash", .kind = PARAM_SLUG, .most = 64}, {.name = NULL}};

int witnessing_checkpoint(struct request *req) {
    struct str note;
    struct err err = {0};
    if (!req->office->witnessing)
        return no_witness(req);
    if (witness_server_latest(req->tx, req->arena, request_text(req, "hash"), &note, &err) != 0)
        return request_failed(req, &err);
    return request_bytes(req, "text/plain; charset=utf-8", note);
}

int witnessing_vkey(struct request *req) {
    BUF_LOCAL(line);
    if (!req->office->witnessing)
        return no_witness(req);
    vkey_write(witness_server_key(req->office->witnessing), &line);
    buf_add_char(&line, '\n');
    return request_bytes(req, "text/plain; charset=utf-8", arena_buf(req->arena, &line));
}

// SPDX-License-Identifier: Apache-2.0
/* Both sides of add-checkpoint read and write their lines here. */
#include "ledger/witness_request.h"

#include "base/size.h"
#include "ledger/lines.h"

int witness_request_read(struct str bytes, struct witness_request *ret, struct err *reterr) {
    struct witness_request r = {0};
    struct str line, size;
    if (bytes.n > WITNESS_REQUEST_MOST)
        return err_set(reterr, ERR_INVALID, "the request is larger than %s", size_text(WITNESS_REQUEST_MOST).z);
    if (!lines_next(&bytes, &line) || !lines_word(line, "old", &size) || !lines_decimal(size, INT64_MAX, &r.old))
        return err_set(reterr, ERR_INVALID, "line 1 is not \"old\", a space and a size");
    for (;;) {
        if (!lines_next(&bytes, &line))
            return err_set(reterr, ERR_INVALID, "there is no empty line before the checkpoint");
        if (!line.n)
            break;
        if (r.proof.n == WITNESS_PROOF_MOST)
            return err_set(reterr, ERR_INVALID, "the proof has more than %d lines", WITNESS_PROOF_MOST);
        if (!lines_base64(line, r.proof.hash[r.proof.n++].b, sizeof(struct hash)))
            return err_set(reterr, ERR_INVALID, "line %zu is not the base64 of 32 bytes", r.proof.n + 1);
    }
    r.checkpoint = bytes;
    *ret = r;
    return 0;
}

void witness_request_write(const struct witness_request *r, struct buf *to) {
    buf_add_z(to, "old ");
    lines_add_decimal(to, r->old);
    buf_add_char(to, '\n');
    for (size_t i = 0; i < r->proof.n; i++) {
        lines_add_base64(to, r->proof.hash[i].b, sizeof(struct hash));
        buf_add_char(to, '\n');
    }
    buf_add_char(to, '\n');
    buf_add(to, r->checkpoint);
}

int witness_size_read(struct str bytes, uint64_t *ret, struct err *reterr) {
    struct str line;
    return lines_next(&bytes, &line) && !bytes.n && lines_decimal(line, INT64_MAX, ret)
               ? 0
               : err_set(reterr, ERR_INVALID, "the answer is not a size and the end of a line");
}

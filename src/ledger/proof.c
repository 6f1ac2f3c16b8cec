// SPDX-License-Identifier: Apache-2.0
/* Written and read to the letter, so that a proof has one spelling. */
#include "ledger/proof.h"

#include "ledger/lines.h"

#include <inttypes.h>
#include <string.h>

#define FIRST_LINE "c2sp.org/tlog-proof@v1"

static const char *read_proof(struct str bytes, struct proof_file *p) {
    struct str line, s;
    bool good = lines_next(&bytes, &line) && str_is(line, FIRST_LINE) && lines_next(&bytes, &line);
    if (!good)
        return "its first line is " FIRST_LINE;
    if (lines_word(line, "extra", &p->extra)) {
        if (!lines_is_base64(p->extra))
            return "the line \"extra\" has base64";
        if (!lines_next(&bytes, &line))
            return "a line \"index\" follows";
    }
    if (!lines_word(line, "index", &s) || !lines_decimal(s, INT64_MAX, &p->index))
        return "a line \"index\" has a number in plain digits";
    while (lines_next(&bytes, &line) && line.n) {
        if (p->path.n == MERKLE_PROOF_MOST || !lines_base64(line, p->path.hash[p->path.n].b, sizeof(struct hash)))
            return "its path is at most 64 lines of 32 bytes in base64";
        p->path.n++;
    }
    if (!bytes.n || bytes.p[-1] != '\n' || bytes.p[-2] != '\n')
        return "an empty line and a checkpoint end it";
    p->checkpoint = bytes;
    return NULL;
}

int proof_read(struct str bytes, struct proof_file *ret, struct err *reterr) {
    struct proof_file p = {0};
    const char *rule = read_proof(bytes, &p);
    if (rule)
        return err_set(reterr, ERR_INVALID, "This is not a proof: of one, %s.", rule);
    *ret = p;
    return 0;
}

void proof_write(const struct proof_file *p, struct buf *to) {
    buf_add_z(to, FIRST_LINE "\n");
    if (p->extra.n)
        buf_printf(to, "extra %.*s\n", STR_FMT(p->extra));
    buf_printf(to, "index %" PRIu64 "\n", p->index);
    for (size_t i = 0; i < p->path.n; i++) {
        lines_add_base64(to, p->path.hash[i].b, sizeof p->path.hash[i].b);
        buf_add_char(to, '\n');
    }
    buf_add_char(to, '\n');
    buf_add(to, p->checkpoint);
}

int proof_check(const struct proof_file *p, const struct vkey *log, const struct hash *leaf, struct checkpoint *ret,
                struct err *reterr) {
    struct note n;
    struct checkpoint c;
    int rc = note_read(p->checkpoint, &n, reterr);
    if (rc == 0)
        rc = checkpoint_read(n.text, &c, reterr);
    if (rc < 0)
        return rc;
    int signed_by = note_check(&n, log, NULL, reterr);
    if (signed_by < 0)
        return signed_by;
    if (!signed_by || !str_is(c.origin, log->name))
        return err_set(reterr, ERR_FORBIDDEN,
                       "The checkpoint is of %.*s and not signed by the key of %s (%08" PRIx32 ").", STR_FMT(c.origin),
                       log->name, log->id);
    if (!merkle_check_inclusion(p->index, c.size, leaf, p->path.hash, p->path.n, &c.root))
        return err_set(reterr, ERR_FORBIDDEN,
                       "The path does not lead from this entry at index %" PRIu64 " to the root of the %" PRIu64
                       " entries that the checkpoint signs.",
                       p->index, c.size);
    if (ret)
        *ret = c;
    return 0;
}

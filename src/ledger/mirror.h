// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A log, copied into a folder that is laid out as it is served, so that it can be verified and served from there. Each
 * run fetches what is new. What came is put under FOLDER/.new first and moved into its place only after all of it was
 * followed up to the signed root and found consistent with the copy that is there: the copy is sound at every moment,
 * whatever ends the run. The checkpoint is written last. Of the public documents it has the lists of keys, so that who
 * knows an old key is led on by the copy, too (ledger/succession.h).
 *
 *     FOLDER/checkpoint  vkey  keys  tile/…  document/…
 *
 * One run at a time: -ERR_CONFLICT while another has the folder. Errors otherwise as of ledger/follow.h; nothing that
 * is there was changed then. */
#include "ledger/follow.h"

struct mirror {
    struct fetch *from;
    const char *folder;        /* made where there is none */
    const struct trust *trust; /* keys for the first run; NULL: those that the log shows. Later runs: FOLDER/vkey */
    unsigned threads;
    void (*progress)(void *arg, uint64_t done, uint64_t all); /* entries */
    void *arg;
};
struct mirror_found {
    struct vkey key;            /* that signed the checkpoint */
    bool first;                 /* it was taken from the log itself */
    bool mended;                /* the copy was damaged, and made anew */
    uint64_t before, size;      /* entries in the copy */
    struct follow_found follow; /* of what was fetched */
};
int mirror(const struct mirror *want, struct mirror_found *ret, struct err *reterr);

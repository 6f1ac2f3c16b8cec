// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Proofs that an earlier export wrote. A proof under an earlier checkpoint stays a proof as long as the ledger goes on
 * from there; it is made anew only where it has fewer signatures than the checkpoint has now. A part of
 * `daylight export`. */
#include "app/outdir.h"
#include "ledger/sequencer.h"

struct proofs {
    bool hold;         /* the ledger goes on from the checkpoint in the folder */
    size_t signatures; /* under the checkpoint as it is now */
};

/* ledger NULL: there is none. A folder whose checkpoint cannot be read has no proofs that hold. */
int proofs_begin(struct proofs *p, struct outdir *outdir, struct store *store, struct ledger *ledger,
                 struct err *reterr);
/* Is the file a proof that is there already and holds? */
bool proofs_hold(const struct proofs *p, struct outdir *outdir, struct str file);

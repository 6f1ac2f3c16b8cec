// SPDX-License-Identifier: Apache-2.0
#pragma once
/* From a key that was once the log's to those that sign today. Every list of the log's keys is signed by keys of the
 * list before (ledger/keys.h) and stays served, so that whoever knows one key, however old, is led from list to list.
 *
 * "keys", beside the checkpoint, names the log's entries about keys, oldest first, each with the SHA-256 of the list
 * that it commits to (commit_public(), hexadecimal), under which the list is at "document/HEX":
 *
 *     0 5f0c…
 *     4107 91ab…
 *
 * Nothing of it is believed: a list counts because it is signed, and that the log holds these lists and no other is
 * checked when its entries are followed (succession_check()). A mirror keeps "keys" and the lists.
 * Threads: safe. Errors: -ERR_INVALID (not as above), -ERR_FORBIDDEN (refuted), -ERR_NOT_FOUND (the log shows none),
 * and those of ledger/fetch.h. */
#include "ledger/trust.h"

enum { SUCCESSION_MOST = 256, SUCCESSION_BYTES_MOST = 32 * 1024 };

struct key_entry {
    uint64_t index;
    struct hash commit;
};
struct succession { /* ascending */
    size_t n;
    struct key_entry entry[SUCCESSION_MOST];
};
/* In its place; what is there already is not added again. -ERR_CONFLICT: another one has that index, or there are too
 * many. */
int succession_add(struct succession *s, uint64_t index, const struct hash *commit, struct err *reterr);
void succession_write(const struct succession *s, struct buf *to);
int succession_read(struct str text, struct succession *ret, struct err *reterr);

/* "keys" of the log, without what stands behind a tree of `size`. */
int succession_fetch(struct fetch *from, uint64_t size, struct succession *ret, struct err *reterr);
/* Where `note` is a checkpoint of a log that is known here and bears no line of a key that is: follows the lists from
 * the first that a known key signed, after which the keys that the last one calls active or spare are trusted, and no
 * others. *ret: the entries that this rests on; empty: nothing was followed, as a line of a known key is there. */
int succession_follow(struct trust *t, struct fetch *from, struct str note, struct succession *ret, struct err *reterr);
/* Does the followed log hold exactly these entries about keys, from index `first` on? -ERR_FORBIDDEN with the place. */
int succession_check(const struct succession *s, const struct succession *log, uint64_t first, struct err *reterr);

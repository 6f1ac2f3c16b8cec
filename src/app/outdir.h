// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A folder whose files we write again and again: only what changed is written, what is gone is removed, and what
 * somebody else put there is never touched.
 *
 * The folder's list of our files is ".daylight-copy" in it, a name a line. A new name is noted in ".daylight-copy.new"
 * before its file appears, so that a run that was cut off leaves nothing that the next one would take for a
 * stranger's; those that it had claimed but not put are noted, too. Until the first run has come to its end there is no
 * list: the folder is unfinished, and a run that is cut off there may leave half a file. From then on a file appears
 * whole, by rename. Nothing is synced, as the next run compares with what is there. One run at a time.
 * Names are relative paths of plain segments. Threads: outdir_claim() and outdir_put() are for any; the others for one.
 */
#include "base/buf.h"
#include "base/err.h"

struct outdir;

/* Made where there is none. -ERR_CONFLICT: there are files in it and no list of ours, or another run has it;
 * -ERR_FORMAT: the list is damaged. Nothing was changed then. */
int outdir_open(const char *folder, struct outdir **ret, struct err *reterr);
void outdir_close(struct outdir *t); /* NULL is fine. Without outdir_finish() the next run goes on */

/* The name is part of the folder from now on; *ret_first: it was not claimed before in this run. */
int outdir_claim(struct outdir *t, struct str name, bool *ret_first, struct err *reterr);
/* Did an earlier run write it? */
bool outdir_had(struct outdir *t, struct str name);

struct outdir_file {
    struct str name;
    struct str bytes;
    size_t at, n; /* bytes whose change alone does not count; n 0: none */
    int fd;       /* not -1: a file's first fd_n bytes, instead of `bytes` */
    uint64_t fd_n;
};
enum outdir_put { OUTDIR_SAME, OUTDIR_CHANGED, OUTDIR_NEW };
/* The name was claimed. -ERR_CONFLICT: a stranger's file is there, which stays. worker: from 0, one thread each. */
int outdir_put(struct outdir *t, unsigned worker, const struct outdir_file *f, enum outdir_put *ret,
               struct err *reterr);
/* The bytes of a file that an earlier run wrote; -ERR_NOT_FOUND. */
int outdir_read(struct outdir *t, struct str name, size_t most, struct buf *ret, struct err *reterr);

/* All files are put: removes those of earlier runs that were not claimed, with folders that are then empty, and
 * writes the list. */
int outdir_finish(struct outdir *t, size_t *ret_removed, struct err *reterr);

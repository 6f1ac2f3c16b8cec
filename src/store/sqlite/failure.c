// SPDX-License-Identifier: Apache-2.0
/* From SQLite's result codes to a code and a plain sentence. Its messages name tables and columns, never values. */
#include "store/sqlite/failure.h"

#include <errno.h>
#include <string.h>

static int full(struct err *reterr) {
    return err_set(reterr, ERR_FULL, "The disk is full: nothing was stored. Make room, then try again.");
}

static int of_io(sqlite3 *db, enum err_code code, const char *what, struct err *reterr) {
    /* SQLite does not note it for a failed commit, but leaves errno as the failed call set it. */
    int number = sqlite3_system_errno(db) ? sqlite3_system_errno(db) : errno;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return full(reterr);
    return err_set(
        reterr, code,
        "The store's file cannot be read or written (%s: %s, %s). Nothing was stored. Check the disk and the "
        "file's owner.",
        what, sqlite3_errmsg(db), number ? strerrordesc_np(number) : "no system error");
}

int failure_of(sqlite3 *db, const char *what, struct err *reterr) {
    int code = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return err_set(reterr, ERR_CONFLICT, "This contradicts what is stored (%s: %s). Nothing was stored.", what,
                       sqlite3_errmsg(db));
    case SQLITE_FULL:
        return full(reterr);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set(
            reterr, ERR_STORE_AWAY,
            "The store is busy: another program is writing to it. Nothing was stored. Try again in a moment.");
    case SQLITE_NOMEM:
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    case SQLITE_IOERR:
        return of_io(db, ERR_IO, what, reterr);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
        return of_io(db, ERR_STORE_AWAY, what, reterr);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(
            reterr, ERR_STORE_AWAY,
            "The store's file is damaged, or is not a store (%s: %s). Nothing was stored. Bring back a backup.", what,
            sqlite3_errmsg(db));
    case SQLITE_TOOBIG:
        return err_set(reterr, ERR_TOO_LARGE, "A value is larger than the store takes (%s). Nothing was stored.", what);
    default:
        return err_set(reterr, ERR_INTERNAL, "The store refused a statement (%s: %s). Nothing was stored.", what,
                       sqlite3_errmsg(db));
    }
}

// SPDX-License-Identifier: Apache-2.0
/* `daylight signer`: what the ledger starts as a process of its own; nobody types it. */
#include "ledger/signer.h"

#include "app/commands.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { SOCKET_FD = 3 };

int signer_run(const struct arguments *arguments, struct arena *arena, struct err *reterr) {
    (void)arena;
    struct stat st;
    if (fstat(SOCKET_FD, &st) || !S_ISSOCK(st.st_mode)) {
        (void)err_set(reterr, ERR_INVALID, "this is started by daylight serve, not by hand"); /* told as wrong use */
        return COMMAND_WRONG;
    }
    return signer_main(str_of(arguments_operand(arguments, 0)), SOCKET_FD) ? COMMAND_REFUSED : 0;
}

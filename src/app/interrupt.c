// SPDX-License-Identifier: Apache-2.0
/* A flag, which is all that a signal's handler may touch. */
#include "app/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t came;

static void note(int number) {
    (void)number;
    came = 1;
}

void interrupt_listen(void) {
    struct sigaction a = {.sa_handler = note, .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    (void)sigemptyset(&a.sa_mask); /* these cannot fail for signals that there are */
    (void)sigaction(SIGINT, &a, NULL);
    (void)sigaction(SIGTERM, &a, NULL);
}

bool interrupt_came(void) {
    return came;
}

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Long commands end whole when they are asked to: SIGINT (Ctrl-C) and SIGTERM are noted, and the command ends behind
 * what is under way. A second one ends the process, as if nobody listened. One per process; any thread may ask. */
#include <stdbool.h>

void interrupt_listen(void);
bool interrupt_came(void);

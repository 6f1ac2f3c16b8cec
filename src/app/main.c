// SPDX-License-Identifier: Apache-2.0
/* The program's first step: everything else is a command (commands.h). */
#include "app/commands.h"

int main(int argc, char **argv) {
    return commands_run(commands, argc, argv);
}

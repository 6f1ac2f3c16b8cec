// SPDX-License-Identifier: Apache-2.0
/* The program's first step: everything else is a command (commands.h). */
#include "app/commands.h"

#include <libxml/parser.h>

int main(int argc, char **argv) {
    xmlInitParser(); /* its tables are made once, while there is one thread */
    return commands_run(commands, argc, argv);
}

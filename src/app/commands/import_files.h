// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Which files an import's operands name. For commands/import.c. */
#include "app/command.h"

/* The operands behind the first; of a folder all regular files below it, in the order of their names, but none whose
 * name begins with a dot. Links are followed to files and not to folders. In the arena. -ERR_NOT_FOUND: a folder holds
 * none. */
int import_files(const struct arguments *arguments, struct arena *arena, const char ***ret, size_t *ret_n,
                 struct err *reterr);

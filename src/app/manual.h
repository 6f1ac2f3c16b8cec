// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The man page and the shell completion, made from the tables of commands and settings. */
#include "app/command.h"
#include "base/buf.h"

/* daylight(1) in mdoc. Appends. */
void manual_add_page(struct buf *ret, const struct command *table);
/* Completion for bash. Appends. */
void manual_add_completion(struct buf *ret, const struct command *table);

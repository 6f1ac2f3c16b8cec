// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The commands of `daylight`. The table is in commands.c, each handler in commands/NAME.c; they end themselves by
 * returning 0, COMMAND_REFUSED or a negative code with its sentence, and leave nothing open. */
#include "app/command.h"

extern const struct command commands[]; /* ends with name NULL */

/* What main() does: reads the arguments, runs the command, gives the exit status (0, 1 or 2). */
int commands_run(const struct command *table, int argc, char *const *argv);

int init_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int serve_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int export_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int import_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int column_list_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int column_add_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int column_rename_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int column_remove_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_list_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_show_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_publish_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_countersign_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_withdraw_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_erase_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int article_move_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int routes_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int rebuild_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int check_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int verify_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int verify_fork_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_status_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_rotate_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_retire_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_use_spare_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_incident_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_recover_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int ledger_mirror_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int signer_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int manpage_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);
int completion_run(const struct arguments *arguments, struct arena *arena, struct err *reterr);

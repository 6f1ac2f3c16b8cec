// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Whose turn it is to write a SQLite file. SQLite lets whoever happens to ask while its lock is free have it: a process
 * that writes without a pause keeps the others out for as long as it likes. So a process asks for the turn first and
 * gives it back once it has SQLite's lock: whoever has just written stands behind the one that waited meanwhile.
 *
 * It is a courtesy among processes and no guard: who has not got it after a quarter of his patience goes on without,
 * and SQLite's lock decides alone. It is an flock(2) on a file of its own beside the store's ("daylight.db-turn",
 * empty, mode 0600): no descriptor of the store's own file may ever be closed, which would take SQLite's locks away.
 * One thread at a time per turn. */

/* path: as SQLite calls the store's file. A descriptor; -1 where there is no turn to be had. close(2) ends it. */
int turn_open(const char *path);
/* Returns once it is this one's turn, or a quarter of patience_ms later; what is left of them. */
int turn_begin(int turn, int patience_ms);
void turn_end(int turn); /* also when it was not had */

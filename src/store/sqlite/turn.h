// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Whose turn it is to write a SQLite file. SQLite lets whoever happens to ask while its lock is free have it: a process
 * that writes without a pause keeps the others out for as long as it likes. So a process asks for the turn first and
 * gives it back once it has SQLite's lock: whoever has just written stands behind the one that waited meanwhile.
 *
 * It is a courtesy among processes and no guard: where there is no turn to be had, SQLite's lock decides alone. The
 * turn is an flock(2) on the file's folder, so that nothing lies beside the file, and that no descriptor of the file
 * itself is ever closed (which would take SQLite's own locks away). One thread at a time per turn. */

/* A descriptor; -1 (no turn) where the folder cannot be opened. close(2) ends it. */
int turn_open(const char *path);
/* Returns once it is this one's turn, at the latest after patience_ms; then how many ms are left of them (>= 0). */
int turn_begin(int turn, int patience_ms);
void turn_end(int turn); /* also when it was not had */

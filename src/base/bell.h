// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A bell between processes: one word in a small file, which another process changes and this one reads without asking
 * the kernel.
 *
 * Whoever rings writes a new random word into the file. Whoever listens has it mapped, and compares. So a ring that
 * has returned is seen by every look that begins after it, on this machine: the file is not for network file systems.
 * The file holds nothing worth keeping. Where it is cut short or taken away under the listener, the listener reads zero
 * instead of being killed (SIGBUS, which it must not block), and bell_tend() finds the new file.
 * Threads: bell_ring() and bell_word() any; the others one at a time for one bell. */
#include "base/err.h"

#include <stdint.h>

struct bell;

/* 0 also where there is no such file: then nobody listens. */
int bell_ring(const char *path, struct err *reterr);
/* Makes the file where it is missing; what is in it stays. At most 16 at once in a process. */
int bell_open(const char *path, struct bell **ret, struct err *reterr);
/* Changes with every ring. */
uint64_t bell_word(const struct bell *b);
/* Looks whether the file is still the one that is mapped, and whole; else maps what is there, or makes it. */
int bell_tend(struct bell *b, struct err *reterr);
void bell_close(struct bell *b); /* NULL is fine */

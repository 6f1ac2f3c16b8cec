// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What goes over the signer's socket, one struct a packet. For signer.c and signer_child.c, which are always of one
 * binary. */
#include "ledger/merkle.h"

enum { SIGNER_FD = 3, SIGNER_TEXT = 16 * 1024 };
enum signer_what { SIGNER_LAST = 1, SIGNER_SIGN };

struct signer_request {
    uint32_t what;
    uint64_t size; /* SIGNER_SIGN: the tree to sign, and how it contains the last one */
    struct hash root;
    struct merkle_proof proof;
};

struct signer_answer {
    int32_t code;  /* 0 or a negative code, whose sentence is the text */
    uint32_t n;    /* bytes of text; only so many are sent */
    uint64_t size; /* SIGNER_LAST */
    struct hash root;
    char text[SIGNER_TEXT]; /* SIGNER_SIGN: the note; first answer: what is to be logged */
};

/* From here on this process has two descriptors, memory, and its end: any other system call kills it. 0, or -1. */
int signer_confine(int fd, int state_fd);

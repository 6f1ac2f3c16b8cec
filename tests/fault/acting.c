// SPDX-License-Identifier: Apache-2.0
/* Acts upon a ledger for the fault tests: acting FOLDER URL THREADS ACTS [ENTRIES]
 *
 * THREADS threads act ACTS times each; the first act of the first thread leaves ENTRIES entries (standard: 1), so that
 * tiles become full. One line for each thing that can be told, each written at once:
 *     ack TICKET INDEX     acknowledged
 *     no SENTENCE          refused, or stored and not acknowledged; that thread ends
 *     seen SIZE ROOT       the checkpoint that stood in the store after an act
 * Exit status: 0 when every act was acknowledged. It is its own "signer". */
#include "base/clock.h"
#include "base/random.h"
#include "ledger/sequencer.h"
#include "ledger/signer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MOST = 64, SETTLE_MS = 4000 };

struct actor {
    pthread_t thread;
    struct store *store;
    struct ledger *ledger;
    int acts, entries;
    char ticket[LEDGER_TICKET];
};

static atomic_int refused;

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...) {
    BUF_LOCAL(line);
    va_list args;
    va_start(args, format);
    buf_vprintf(&line, format, args);
    va_end(args);
    if (write(STDOUT_FILENO, line.p, line.n) != (ssize_t)line.n)
        _exit(3);
}

static void refuse(const struct err *e) {
    atomic_fetch_add(&refused, 1);
    tell("no %s\n", e->text);
}

static int leave(struct tx *tx, void *arg, struct err *reterr) {
    struct actor *a = arg;
    int rc = 0;
    for (int i = 0; rc == 0 && i < a->entries; i++) {
        struct entry e = {.type = ENTRY_PUBLISH, .day = clock_now_us() / CLOCK_DAY_US, .ref = -1, .committed = true};
        random_bytes(e.commit.b, sizeof e.commit.b);
        rc = ledger_append(tx, &e, NULL, a->ticket, reterr);
    }
    return rc;
}

static int look(struct tx *tx, void *arg, struct err *reterr) {
    struct arena *arena = arg;
    struct ledger_state s;
    struct str line[3];
    int rc = ledger_state(tx, arena, &s, reterr);
    for (int i = 0; rc == 0 && i < 3; i++)
        (void)str_cut(&s.checkpoint, '\n', &line[i]); /* what is not there is empty */
    if (rc == 0)
        tell("seen %.*s %.*s\n", STR_FMT(line[1]), STR_FMT(line[2]));
    return rc;
}

static void *act(void *arg) {
    struct actor *a = arg;
    struct err e = {0};
    for (int i = 0; i < a->acts; i++) {
        ARENA_LOCAL(arena, 0);
        int64_t index;
        int rc = ledger_why(a->ledger, &e);
        if (rc == 0)
            rc = store_write(a->store, leave, a, &e);
        if (rc == 0)
            rc = ledger_settle(a->ledger, a->ticket, SETTLE_MS, &index, &e);
        if (rc < 0) {
            refuse(&e);
            break;
        }
        tell("ack %s %lld\n", a->ticket, (long long)index);
        (void)store_read(a->store, look, arena, NULL); /* not seen, then */
        a->entries = 1;
    }
    return NULL;
}

static int run(char **argv, int argc) {
    struct actor a[THREADS_MOST];
    struct store *store = NULL;
    struct ledger *ledger = NULL;
    struct err e = {0};
    int threads = atoi(argv[3]);
    int rc = store_open(argv[2], &store, &e);
    if (rc == 0)
        rc = ledger_open(store, str_of(argv[1]), "/proc/self/exe", &ledger, &e);
    if (rc < 0) {
        refuse(&e);
    } else {
        for (int i = 0; i < threads; i++) {
            a[i] = (struct actor){.store = store, .ledger = ledger, .acts = atoi(argv[4]), .entries = 1};
            if (i == 0 && argc > 5)
                a[i].entries = atoi(argv[5]);
            if (pthread_create(&a[i].thread, NULL, act, &a[i]))
                _exit(3);
        }
        for (int i = 0; i < threads; i++)
            (void)pthread_join(a[i].thread, NULL);
    }
    ledger_close(ledger);
    store_close(store);
    return atomic_load(&refused) ? 1 : 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "signer") == 0)
        return signer_main(str_of(argv[2]), 3);
    if (argc < 5 || atoi(argv[3]) < 1 || atoi(argv[3]) > THREADS_MOST) {
        fprintf(stderr, "usage: acting FOLDER URL THREADS ACTS [ENTRIES]\n");
        return 2;
    }
    return run(argv, argc);
}

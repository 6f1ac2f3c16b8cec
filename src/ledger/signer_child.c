// SPDX-License-Identifier: Apache-2.0
/* The child's side of the signer. All that it may ever do stands in signer_confine() and answer_sign(). */
#include "ledger/signer_child.h"

#include "ledger/signer.h"
#include "ledger/signer_state.h"

#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct child {
    int fd, state_fd;
    struct signer_state last;
    bool mended; /* one of the state's records was not as it was written */
    bool broken; /* a write failed: what is on the disk is not known any more */
    size_t keys;
    struct vkey key[KEYS_MOST];
    uint8_t secret[KEYS_MOST][KEY_SECRET];
    struct signer_request request;
    struct signer_answer answer;
};

/* --- before --- */

static int read_keys(struct child *c, struct str folder, struct err *reterr) {
    struct keys k;
    int rc = keys_read(folder, &k, reterr);
    for (size_t i = 0; rc == 0 && i < k.n; i++) {
        if (k.item[i].state != KEY_ACTIVE)
            continue;
        c->key[c->keys] = k.item[i].key;
        rc = keys_secret(folder, &k.item[i].key, c->secret[c->keys], reterr);
        c->keys++;
    }
    if (rc == 0 && strcmp(c->key[0].name, c->last.origin) != 0)
        rc = err_set(reterr, ERR_LEDGER,
                     "The keys are those of %s, and the signer's state is of %s: they do not belong together. Put back "
                     "the files of DIR/keys that do.",
                     c->key[0].name, c->last.origin);
    return rc;
}

static int open_all(struct child *c, struct str folder, struct err *reterr) {
    if (sodium_init() < 0)
        return err_set(reterr, ERR_INTERNAL, "%s", err_sentence(ERR_INTERNAL));
    bool whole = true;
    int rc = signer_state_open(folder, &c->state_fd, reterr);
    if (rc == 0)
        rc = signer_state_read(c->state_fd, folder, &c->last, &whole, reterr);
    if (rc == 0)
        rc = read_keys(c, folder, reterr);
    if (rc == 0 && !whole) {
        rc = signer_state_write(c->state_fd, &c->last, reterr);
        c->mended = rc == 0;
    }
    /* Whatever is wrong with keys is the ledger's trouble, not one of the request that meets it. */
    if (rc < 0 && rc != -ERR_TOO_MANY && reterr && reterr->code == rc)
        reterr->code = -ERR_LEDGER;
    return rc < 0 && rc != -ERR_TOO_MANY ? -ERR_LEDGER : rc;
}

int signer_confine(int fd, int state_fd) {
    static const int plain[] = {SCMP_SYS(exit_group),   SCMP_SYS(exit),   SCMP_SYS(brk),    SCMP_SYS(munmap),
                                SCMP_SYS(madvise),      SCMP_SYS(futex),  SCMP_SYS(mremap), SCMP_SYS(rt_sigreturn),
                                SCMP_SYS(sigaltstack),  SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrandom),
                                SCMP_SYS(clock_gettime)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return -1;
    int bad = 0;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i], 0);
    bad |=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, 4 /* PROT_EXEC */, 0),
                         SCMP_A4(SCMP_CMP_MASKED_EQ, 0xffffffff, 0xffffffff)); /* anonymous */
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pwrite64), 1,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)state_fd, 0));
    bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fdatasync), 1,
                            SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)state_fd, 0));
    bad |= seccomp_load(filter);
    seccomp_release(filter);
    return bad ? -1 : 0;
}

/* Nobody looks into this process, not even before it holds a secret, and it never becomes more than it is. */
static int harden(struct err *reterr) {
    const struct rlimit none = {0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        setrlimit(RLIMIT_CORE, &none) != 0)
        return err_errno(reterr, "The signer cannot be kept from being looked into, and does not run without");
    return 0;
}

/* --- answers --- */

static bool send_answer(struct child *c) {
    size_t n = offsetof(struct signer_answer, text) + c->answer.n;
    return write(c->fd, &c->answer, n) == (ssize_t)n;
}

static void refuse(struct child *c, int code, const struct err *e) {
    c->answer = (struct signer_answer){.code = code, .n = (uint32_t)strlen(e->text)};
    memcpy(c->answer.text, e->text, c->answer.n);
}

static void refuse_tree(struct child *c, const char *why) {
    struct err e = {0};
    (void)err_set(&e, ERR_LEDGER,
                  "The signer refuses: it signed a tree of %" PRIu64 " entries, and the one of %" PRIu64 " %s. Nothing "
                  "was signed. A store that was put back from an older copy looks like this: put back the newest one.",
                  c->last.size, c->request.size, why);
    refuse(c, -ERR_LEDGER, &e);
}

static int remember(struct child *c, struct err *reterr) {
    struct signer_state next = c->last;
    next.size = c->request.size;
    next.root = c->request.root;
    if (next.size == c->last.size)
        return 0; /* the same tree: it is on the disk */
    int rc = signer_state_write(c->state_fd, &next, reterr);
    if (rc == 0)
        c->last = next;
    c->broken = rc < 0;
    return rc;
}

/* As others will read it: a bit that flips in here must not get out, and a wrong signature may tell of the key. */
static bool is_sound(const struct child *c, struct str bytes) {
    struct note note;
    struct checkpoint said;
    bool good = note_read(bytes, &note, NULL) == 0 && checkpoint_read(note.text, &said, NULL) == 0 &&
                said.size == c->last.size && hash_same(&said.root, &c->last.root);
    for (size_t i = 0; i < c->keys; i++)
        good = good && note_check(&note, &c->key[i], NULL, NULL) == 1;
    return good;
}

static void sign(struct child *c) {
    BUF_LOCAL(text);
    BUF_LOCAL(note);
    struct checkpoint checkpoint = {str_of(c->last.origin), c->last.size, c->last.root};
    checkpoint_write(&checkpoint, &text);
    buf_add(&note, buf_str(&text));
    buf_add_char(&note, '\n');
    for (size_t i = 0; i < c->keys; i++)
        note_sign(buf_str(&text), &c->key[i], c->secret[i], 0, &note);
    if (buf_failed(&text) || buf_failed(&note) || note.n > sizeof c->answer.text) {
        struct err e = {0};
        (void)err_set(&e, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
        refuse(c, -ERR_NO_MEMORY, &e);
        return;
    }
    if (!is_sound(c, buf_str(&note))) {
        struct err e = {0};
        (void)err_set(&e, ERR_LEDGER,
                      "The signer made a signature that does not verify. Nothing was signed; look at this machine's "
                      "memory.");
        refuse(c, -ERR_LEDGER, &e);
        return;
    }
    c->answer = (struct signer_answer){.n = (uint32_t)note.n};
    memcpy(c->answer.text, note.p, note.n);
}

static void answer_sign(struct child *c) {
    const struct signer_request *r = &c->request;
    struct err e = {0};
    if (c->broken)
        (void)err_set(&e, ERR_LEDGER,
                      "The signer could not write down what it was to sign, and signs no more until the server is "
                      "started again.");
    if (c->broken)
        refuse(c, -ERR_LEDGER, &e);
    else if (r->size < c->last.size)
        refuse_tree(c, "is smaller");
    else if (r->size > INT64_MAX || r->proof.n > MERKLE_PROOF_MOST ||
             !merkle_check_consistency(c->last.size, r->size, &c->last.root, &r->root, r->proof.hash, r->proof.n))
        refuse_tree(c, "does not contain it");
    else if (remember(c, &e) < 0)
        refuse(c, e.code, &e);
    else
        sign(c);
}

static void answer_last(struct child *c) {
    c->answer = (struct signer_answer){.size = c->last.size, .root = c->last.root};
}

static void answer_first(struct child *c) {
    static const char mended[] = "one of the two records of keys/ledger.state was damaged or older than the other, and "
                                 "was written anew; look at the disk";
    answer_last(c);
    if (c->mended) {
        c->answer.n = sizeof mended - 1;
        memcpy(c->answer.text, mended, sizeof mended - 1);
    }
}

static void serve(struct child *c) {
    ssize_t n;
    while ((n = read(c->fd, &c->request, sizeof c->request)) > 0 || (n < 0 && errno == EINTR)) {
        if (n != (ssize_t)sizeof c->request)
            return;
        if (c->request.what == SIGNER_SIGN)
            answer_sign(c);
        else
            answer_last(c);
        if (!send_answer(c))
            return;
    }
}

int signer_main(struct str folder, int fd) {
    static struct child c;
    struct err e = {0};
    sigset_t all;
    (void)sigfillset(&all);                     /* always 0 */
    (void)sigprocmask(SIG_SETMASK, &all, NULL); /* as its parent began it: it ends when the socket closes */
    c = (struct child){.fd = fd, .state_fd = -1};
    (void)sodium_mlock(c.secret, sizeof c.secret); /* where the limit forbids it, it may be swapped */
    int rc = harden(&e);
    if (rc == 0)
        rc = open_all(&c, folder, &e);
    if (rc == 0 && signer_confine(c.fd, c.state_fd) != 0)
        rc = err_set(&e, ERR_LEDGER, "The signer cannot give up its system calls (seccomp), and does not run without.");
    if (rc < 0)
        refuse(&c, rc, &e);
    else
        answer_first(&c);
    if (send_answer(&c) && rc == 0)
        serve(&c);
    sodium_memzero(c.secret, sizeof c.secret);
    _exit(rc < 0); /* and not exit(): nothing that others registered runs here */
}

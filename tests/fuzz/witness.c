// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a request to this office as a witness: one of the specification's answers, and what was cosigned never
 * shrinks. An input that begins with "sign" is signed by the log that is witnessed, so that what lies behind the
 * signature is reached too: "sign", the request, in which the checkpoint is a bare text. */
#include "ledger/witness_server.h"

#include "base/file.h"
#include "fuzz.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

static struct store *store;
static struct witness_server *server;
static struct vkey key;
static uint8_t secret[64];
static bool dirty;
static char folder[] = "/dev/shm/daylight-fuzz-XXXXXX";

static void remove_folder(void) {
    witness_server_close(server);
    store_close(store);
    (void)file_remove_all(folder, NULL); /* a fuzzer's leftovers */
}

static void start(void) {
    uint8_t public[32], seed[32] = {1};
    char url[64];
    struct err err = {0};
    FUZZ_CHECK(sodium_init() >= 0 && mkdtemp(folder), "no folder\n");
    (void)crypto_sign_seed_keypair(public, secret, seed); /* always 0 */
    FUZZ_CHECK(!vkey_make(STR("quay.example/ledger"), NOTE_ED25519, public, &key, &err), "%s\n", err.text);
    (void)snprintf(url, sizeof url, "sqlite:%s/db", folder); /* fits */
    FUZZ_CHECK(!store_open(url, &store, &err) && !store_migrate(store, &err), "%s\n", err.text);
    FUZZ_CHECK(!witness_server_open(store, folder, STR("mill.example/witness"), &key, 1, &server, &err), "%s\n",
               err.text);
    (void)atexit(remove_folder); /* at worst a folder is left */
}

static int forget(struct tx *tx, void *arg, struct err *reterr) {
    (void)arg;
    static const struct query all[] = {{"a", "DELETE FROM witness_log", NULL},
                                       {"b", "DELETE FROM witness_checkpoint", NULL},
                                       {"c", "DELETE FROM witness_fork", NULL}};
    int64_t rc = 0;
    for (size_t i = 0; rc >= 0 && i < 3; i++)
        rc = tx_run(tx, &all[i], CELLS_NONE, reterr);
    return rc < 0 ? (int)rc : 0;
}

static int ask(struct str request) {
    struct witness_answer a;
    witness_server_add(server, request, &a);
    FUZZ_CHECK(a.status == 200 || a.status == 400 || a.status == 403 || a.status == 404 || a.status == 409 ||
                   a.status == 422,
               "%d: %s\n", a.status, a.body.p);
    FUZZ_CHECK(a.body.n > 0 && a.body.p[a.body.n - 1] == '\n', "%d: %s\n", a.status, a.body.p);
    uint64_t size;
    FUZZ_CHECK((strcmp(a.type, "text/x.tlog.size") == 0) == (witness_size_read(buf_str(&a.body), &size, NULL) == 0),
               "%d: %s\n", a.status, a.body.p);
    buf_clear(&a.body);
    dirty |= a.status == 200;
    return a.status;
}

static void ask_signed(struct str bytes) {
    struct witness_request r;
    BUF_LOCAL(note);
    BUF_LOCAL(request);
    if (witness_request_read(bytes, &r, NULL) || !str_ends(r.checkpoint, "\n"))
        return;
    buf_add(&note, r.checkpoint);
    buf_add_char(&note, '\n');
    note_sign(r.checkpoint, &key, secret, 0, &note);
    r.checkpoint = buf_str(&note);
    witness_request_write(&r, &request);
    if (ask(buf_str(&request)) != 200)
        return;
    FUZZ_CHECK(r.old == 0 && r.proof.n == 0, "the first one needs no proof\n");
    struct checkpoint c;
    struct note n;
    FUZZ_CHECK(!note_read(buf_str(&note), &n, NULL) && !checkpoint_read(n.text, &c, NULL), "%s\n", note.p);
    FUZZ_CHECK(ask(buf_str(&request)) == (c.size ? 409 : 200), "it does not remember %s\n", note.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct str bytes = str_part((const char *)data, n);
    if (!store)
        start();
    if (dirty)
        FUZZ_CHECK(!store_write(store, forget, NULL, NULL), "it could not be forgotten\n");
    dirty = false;
    if (str_starts(bytes, "sign"))
        ask_signed(str_from(bytes, 4));
    else
        (void)ask(bytes); /* checked in there */
    return 0;
}

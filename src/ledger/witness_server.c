// SPDX-License-Identifier: Apache-2.0
/* Checks in the order of the specification; what is compared and what is stored is one transaction, so that two
 * requests at once cannot roll a log back. */
#include "ledger/witness_server.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/random.h"
#include "ledger/lines.h"
#include "ledger/log.h"
#include "queries.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_FILE_MOST = 4096, FORKS_MOST = 100, HEX = 2 * sizeof(struct hash) + 1 };

struct witness_server {
    struct store *store;
    struct vkey key;
    uint8_t *secret; /* 64 bytes, in memory that is not swapped */
    size_t logs;
    struct vkey log[WITNESS_LOGS_MOST];
};

/* --- the key --- */

static int key_path(const char *folder, struct buf *to, struct err *reterr) {
    file_join(to, folder, "keys");
    int bad = buf_failed(to) ? -ERR_NO_MEMORY : file_make_folder(to->p, reterr);
    buf_add_z(to, "/witness.key");
    return buf_failed(to) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to open the witness's key")
                          : bad;
}

/* "secret <base64 of the 32-byte seed>\n<verifier key>\n", as the log's keys. */
static int write_key(const char *path, struct str name, struct err *reterr) {
    uint8_t seed[crypto_sign_SEEDBYTES], public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    struct vkey k;
    BUF_LOCAL(bytes);
    random_bytes(seed, sizeof seed);
    (void)crypto_sign_seed_keypair(public, secret, seed); /* always 0 */
    int bad = vkey_make(name, NOTE_COSIGNATURE, public, &k, reterr);
    if (!bad) {
        buf_reserve(&bytes, KEY_FILE_MOST); /* so that no copy is left where it grew */
        buf_add_z(&bytes, "secret ");
        lines_add_base64(&bytes, seed, sizeof seed);
        buf_add_char(&bytes, '\n');
        vkey_write(&k, &bytes);
        buf_add_char(&bytes, '\n');
        bad = buf_failed(&bytes) ? err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to make a key")
                                 : file_write(path, buf_str(&bytes), 0600, reterr);
    }
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(bytes.p, bytes.n);
    return bad;
}

static int parse_key(struct witness_server *w, struct str bytes, struct err *reterr) {
    uint8_t seed[crypto_sign_SEEDBYTES], public[crypto_sign_PUBLICKEYBYTES];
    struct str line, base64;
    bool ok =
        lines_next(&bytes, &line) && lines_word(line, "secret", &base64) && lines_base64(base64, seed, sizeof seed);
    ok = ok && lines_next(&bytes, &line) && !bytes.n && !vkey_read(line, &w->key, NULL) &&
         w->key.type == NOTE_COSIGNATURE;
    if (ok)
        (void)crypto_sign_seed_keypair(public, w->secret, seed); /* always 0 */
    ok = ok && memcmp(public, w->key.key, sizeof public) == 0;
    sodium_memzero(seed, sizeof seed);
    return ok ? 0 : err_set(reterr, ERR_INVALID, "the witness's key cannot be read; bring it back from a backup");
}

static int read_key(struct witness_server *w, const char *folder, struct str name, struct err *reterr) {
    BUF_LOCAL(path);
    BUF_LOCAL(bytes);
    int bad = key_path(folder, &path, reterr);
    w->secret = sodium_malloc(crypto_sign_SECRETKEYBYTES);
    if (!bad && !w->secret)
        bad = err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to open the witness's key");
    if (!bad && !file_exists(path.p))
        bad = write_key(path.p, name, reterr);
    if (!bad)
        bad = file_read(path.p, KEY_FILE_MOST, &bytes, reterr);
    if (!bad && (bad = parse_key(w, buf_str(&bytes), reterr)))
        err_prefix(reterr, "%s", path.p);
    if (bytes.n)
        sodium_memzero(bytes.p, bytes.n);
    return bad;
}

/* A cosignature does not say whose it is, so that one key must never be both. */
static int check_apart(const struct witness_server *w, struct err *reterr) {
    for (size_t i = 0; i < w->logs; i++)
        if (memcmp(w->log[i].key, w->key.key, sizeof w->key.key) == 0)
            return err_set(reterr, ERR_CONFLICT, "the witness's key is also the log %.200s's; it needs one of its own",
                           w->log[i].name);
    return 0;
}

int witness_server_open(struct store *s, const char *folder, struct str name, const struct vkey *logs, size_t n,
                        struct witness_server **ret, struct err *reterr) {
    if (n > WITNESS_LOGS_MOST)
        return err_set(reterr, ERR_INVALID, "at most %d keys of logs can be witnessed", WITNESS_LOGS_MOST);
    struct witness_server *w = sodium_init() < 0 ? NULL : calloc(1, sizeof *w);
    if (!w)
        return err_set(reterr, ERR_NO_MEMORY, "there is not enough memory to be a witness");
    w->store = s;
    w->logs = n;
    if (n)
        memcpy(w->log, logs, n * sizeof *logs);
    int bad = read_key(w, folder, name, reterr);
    if (!bad)
        bad = check_apart(w, reterr);
    if (bad) {
        witness_server_close(w);
        return bad;
    }
    *ret = w;
    return 0;
}

void witness_server_close(struct witness_server *w) {
    if (!w)
        return;
    sodium_free(w->secret);
    free(w);
}

const struct vkey *witness_server_key(const struct witness_server *w) {
    return &w->key;
}

/* --- add-checkpoint --- */

struct adding {
    struct witness_server *server;
    struct witness_request request;
    struct note note;
    struct checkpoint checkpoint;
    struct buf kept; /* text and signatures of trusted keys: what is stored */
    /* of one run of the transaction */
    int status;
    uint64_t stored_size; /* … and whether that is the answer */
    bool says_size;
    struct buf line;
    bool fork;
    struct err why;
};

struct stored { /* what the store has of the log */
    bool there;
    int64_t at_s;
    uint64_t size;
    struct hash root;
    struct str root_text, checkpoint;
};

static void hash_hex(struct str origin, char ret[HEX]) {
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const uint8_t *)origin.p, origin.n); /* always 0 */
    (void)sodium_bin2hex(ret, HEX, hash, sizeof hash);
}

static int get_stored(struct tx *tx, struct arena *a, struct str origin, struct stored *ret, struct err *reterr) {
    ROWS_LOCAL(rows);
    *ret = (struct stored){.root = merkle_empty()};
    int rc = tx_rows(tx, &Q_witness_log_get, CELLS(cell_text(origin)), &rows, reterr);
    if (rc == 0)
        rc = rows_next(rows, reterr);
    if (rc <= 0)
        return rc;
    ret->there = true;
    ret->size = (uint64_t)rows_int(rows, 0);
    ret->root_text = arena_str(a, rows_text(rows, 1));
    ret->at_s = rows_int(rows, 2);
    ret->checkpoint = arena_str(a, rows_text(rows, 3));
    rc = arena_failed(a) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
    return rc ? rc : ledger_hash_read(ret->root_text, &ret->root, reterr);
}

static int refuse(struct adding *a, int status, const char *why) {
    a->status = status;
    (void)err_set(&a->why, ERR_INVALID, "%s", why); /* only the sentence is wanted */
    return 0;
}

/* Did we cosign another tree of this size? Then the two notes prove the fork. */
static int look_for_fork(struct tx *tx, struct adding *a, struct arena *arena, struct err *reterr) {
    ROWS_LOCAL(rows);
    const struct checkpoint *c = &a->checkpoint;
    struct hash root;
    struct cell origin = cell_text(c->origin), size = cell_int((int64_t)c->size);
    int rc = tx_rows(tx, &Q_witness_checkpoint_get, CELLS(origin, size), &rows, reterr);
    if (rc == 0)
        rc = rows_next(rows, reterr);
    if (rc <= 0)
        return rc;
    rc = ledger_hash_read(rows_text(rows, 0), &root, reterr);
    if (rc || hash_same(&root, &c->root))
        return rc;
    a->fork = true;
    struct str ours = arena_str(arena, rows_text(rows, 1));
    struct cell theirs = ledger_hash_cell(arena, &c->root);
    int64_t n = 0;
    rc = tx_int(tx, &Q_witness_fork_count, CELLS(origin), &n, reterr);
    if (rc || n >= FORKS_MOST)
        return rc;
    if (arena_failed(arena))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    n = tx_run(tx, &Q_witness_fork_add,
               CELLS(origin, size, theirs, cell_int(clock_now_us()), cell_text(ours), cell_text(buf_str(&a->kept))),
               reterr);
    return n < 0 ? (int)n : 0;
}

/* The checks that need what is stored. */
static int judge(struct adding *a, const struct stored *s) {
    const struct checkpoint *c = &a->checkpoint;
    struct hash empty = merkle_empty();
    if (a->request.old != s->size) {
        a->stored_size = s->size;
        a->says_size = true;
        return refuse(a, 409, "");
    }
    if (c->size == 0 && !hash_same(&c->root, &empty))
        return refuse(a, 422, "the checkpoint is of no entries, and its root is not that of the empty tree");
    if (c->size == s->size && !hash_same(&c->root, &s->root))
        return refuse(a, 409, "another tree of the same size was cosigned before");
    if (!merkle_check_consistency(s->size, c->size, &s->root, &c->root, a->request.proof.hash, a->request.proof.n))
        return refuse(a, 422, "the proof does not lead from the tree that was cosigned last to this one");
    return 0;
}

static int store_cosigned(struct tx *tx, struct adding *a, const struct stored *s, struct arena *arena,
                          struct err *reterr) {
    const struct checkpoint *c = &a->checkpoint;
    char hex[HEX];
    BUF_LOCAL(whole);
    int64_t now_s = clock_now_us() / CLOCK_SECOND_US;
    now_s = now_s > s->at_s ? now_s : s->at_s > 0 ? s->at_s : 1;
    hash_hex(c->origin, hex);
    note_sign(a->note.text, &a->server->key, a->server->secret, (uint64_t)now_s, &a->line);
    buf_add(&whole, buf_str(&a->kept));
    buf_add(&whole, buf_str(&a->line));
    struct cell origin = cell_text(c->origin), size = cell_int((int64_t)c->size), at = cell_int(now_s),
                root = ledger_hash_cell(arena, &c->root), note = cell_text(buf_str(&whole));
    if (buf_failed(&whole) || buf_failed(&a->line) || arena_failed(arena))
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int64_t n =
        s->there
            ? tx_run(tx, &Q_witness_log_move,
                     CELLS(origin, cell_int((int64_t)s->size), cell_text(s->root_text), size, root, at, note), reterr)
            : tx_run(tx, &Q_witness_log_first, CELLS(origin, cell_z(hex), size, root, at, note), reterr);
    if (n == 0)
        return err_set(reterr, ERR_STORE_AWAY, "another request about this log was quicker; ask again");
    if (n > 0)
        n = tx_run(tx, &Q_witness_checkpoint_add, CELLS(origin, size, root, note), reterr);
    if (n >= 0)
        n = tx_run(tx, &Q_witness_checkpoint_thin, CELLS(origin, cell_int(WITNESS_KEPT)), reterr);
    a->status = 200;
    return n < 0 ? (int)n : 0;
}

static int add_in_store(struct tx *tx, void *arg, struct err *reterr) {
    struct adding *a = arg;
    struct stored s;
    ARENA_LOCAL(arena, 0);
    a->status = 0;
    a->fork = a->says_size = false;
    buf_reset(&a->line);
    if (!arena)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int bad = get_stored(tx, arena, a->checkpoint.origin, &s, reterr);
    if (!bad)
        bad = look_for_fork(tx, a, arena, reterr);
    if (!bad)
        bad = judge(a, &s);
    return bad || a->status ? bad : store_cosigned(tx, a, &s, arena, reterr);
}

/* Keeps the text and the lines of keys that are trusted for its origin. */
static int check_signatures(struct adding *a) {
    bool known = false, is_signed = false;
    buf_add(&a->kept, a->note.text);
    buf_add_char(&a->kept, '\n');
    for (size_t i = 0; i < a->server->logs; i++) {
        const struct vkey *k = &a->server->log[i];
        if (!str_is(a->checkpoint.origin, k->name))
            continue;
        known = true;
        int by = note_check(&a->note, k, NULL, NULL);
        if (by < 0)
            return refuse(a, 403, "a signature of the log's key does not verify");
        is_signed |= by > 0;
        for (size_t j = 0; by > 0 && j < a->note.n; j++)
            if (a->note.line[j].id == k->id && str_is(a->note.line[j].name, k->name))
                buf_add(&a->kept, a->note.line[j].whole);
    }
    if (!known)
        return refuse(a, 404, "this office does not witness that log");
    return is_signed ? 0 : refuse(a, 403, "no key that is trusted for this log has signed the checkpoint");
}

static int read_request(struct adding *a, struct str request) {
    struct err err = {0};
    if (witness_request_read(request, &a->request, &err) || note_read(a->request.checkpoint, &a->note, &err) ||
        checkpoint_read(a->note.text, &a->checkpoint, &err))
        return refuse(a, 400, err.text);
    if (a->checkpoint.size > INT64_MAX)
        return refuse(a, 400, "the checkpoint's size is beyond what a log can have");
    (void)check_signatures(a); /* its word is a->status */
    if (a->status)
        return 0;
    if (a->request.old > a->checkpoint.size)
        return refuse(a, 400, "the old size is larger than the checkpoint's");
    return 0;
}

static void answer(const struct adding *a, struct witness_answer *ret) {
    ret->status = a->status;
    if (a->status == 200) {
        buf_add(&ret->body, buf_str(&a->line));
    } else if (a->says_size) {
        ret->type = "text/x.tlog.size";
        buf_printf(&ret->body, "%" PRIu64 "\n", a->stored_size);
    } else {
        buf_printf(&ret->body, "%s\n", a->why.text);
    }
    if (buf_failed(&ret->body)) {
        buf_reset(&ret->body);
        ret->status = err_http_status(ERR_NO_MEMORY);
    }
}

void witness_server_add(struct witness_server *w, struct str request, struct witness_answer *ret) {
    *ret = (struct witness_answer){.type = "text/plain; charset=utf-8", .body = BUF_INIT};
    struct adding *a = calloc(1, sizeof *a);
    if (!a) {
        ret->status = err_http_status(ERR_NO_MEMORY);
        return;
    }
    *a = (struct adding){.server = w, .kept = BUF_INIT, .line = BUF_INIT};
    (void)read_request(a, request); /* its word is a->status */
    int bad = a->status ? 0 : store_write(w->store, add_in_store, a, &a->why);
    if (bad)
        a->status = err_http_status(bad);
    if (!bad && a->fork)
        LOG(LOG_ERROR, "witness.fork", LOG_TEXT("log", a->checkpoint.origin),
            LOG_NUMBER("size", (int64_t)a->checkpoint.size));
    if (bad)
        LOG(LOG_WARN, "witness.failed", LOG_TEXT("why", str_of(a->why.text)));
    answer(a, ret);
    buf_clear(&a->kept);
    buf_clear(&a->line);
    free(a);
}

/* --- what is served --- */

int witness_server_latest(struct tx *tx, struct arena *a, struct str origin_hash, struct str *ret, struct err *reterr) {
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, &Q_witness_log_by_hash, CELLS(cell_text(origin_hash)), &rows, reterr);
    if (rc == 0)
        rc = rows_next(rows, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "This office has cosigned no checkpoint of that log.");
    *ret = arena_str(a, rows_text(rows, 0));
    return arena_failed(a) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

int witness_server_list(struct tx *tx, struct arena *a, struct witnessed **ret, size_t *ret_n, struct err *reterr) {
    ROWS_LOCAL(rows);
    size_t n = 0;
    struct witnessed *list = arena_array(a, WITNESS_LOGS_MOST, sizeof *list);
    int rc = list ? tx_rows(tx, &Q_witness_log_list, CELLS_NONE, &rows, reterr)
                  : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    while (rc == 0 && n < WITNESS_LOGS_MOST && (rc = rows_next(rows, reterr)) > 0) {
        list[n++] = (struct witnessed){arena_str(a, rows_text(rows, 0)), (uint64_t)rows_int(rows, 1), rows_int(rows, 2),
                                       rows_int(rows, 3)};
        rc = 0;
    }
    if (rc < 0)
        return rc;
    *ret = list;
    *ret_n = n;
    return arena_failed(a) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

int witness_server_fork(struct tx *tx, struct arena *a, struct str origin, int64_t which, struct str ret[2],
                        struct err *reterr) {
    ROWS_LOCAL(rows);
    int rc = tx_rows(tx, &Q_witness_fork_get, CELLS(cell_text(origin), cell_int(which)), &rows, reterr);
    if (rc == 0)
        rc = rows_next(rows, reterr);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return err_set(reterr, ERR_NOT_FOUND, "No fork of that log was seen.");
    ret[0] = arena_str(a, rows_text(rows, 0));
    ret[1] = arena_str(a, rows_text(rows, 1));
    return arena_failed(a) ? err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY)) : 0;
}

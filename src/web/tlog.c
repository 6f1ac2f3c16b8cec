// SPDX-License-Identifier: Apache-2.0
/* What log clients ask for. Full tiles go out as files; what is at the tree's right edge is made of the store. */
#include "web/tlog.h"

#include "ledger/keys.h"
#include "ledger/proof.h"
#include "ledger/sequencer.h"
#include "ledger/succession.h"
#include "ledger/witness.h"
#include "queries.h"
#include "web/office.h"
#include "web/shelf.h"

#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct request *req, enum err_code code, const char *sentence) {
    struct err err = {0};
    (void)err_set(&err, code, "%s", sentence); /* gives the code that we have */
    return request_failed(req, &err);
}

int tlog_find(struct request *req, struct ledger_state *ret) {
    struct err err = {0};
    if (!req->office->ledger)
        return refuse(req, ERR_NOT_FOUND, "This office keeps no ledger.");
    return shelf_ledger(req, ret, &err) != 0 ? request_failed(req, &err) : 0;
}

int tlog_open(struct request *req, struct ledger_state *ret) {
    int status = tlog_find(req, ret);
    if (!status && ret->checkpoint.n == 0)
        return refuse(req, ERR_NOT_FOUND, "The ledger has no signed checkpoint yet; try again in a moment.");
    return status;
}

int tlog_checkpoint_serve(struct request *req) {
    struct ledger_state state;
    int status = tlog_open(req, &state);
    return status ? status : request_bytes(req, "text/plain; charset=utf-8", state.checkpoint);
}

/* --- tiles --- */

const struct param tile_params[] = {{.name = "path", .kind = PARAM_TEXT, .most = 512}, {.name = NULL}};

/* 0: sent as the file that it is. -ERR_NOT_FOUND: there is no file of it (any more). */
static int send_file(struct request *req, const struct tile *tile, struct err *reterr) {
    int fd = tiles_fd(ledger_tiles(req->office->ledger), tile, reterr);
    struct stat st;
    if (fd < 0)
        return fd;
    if (fstat(fd, &st) != 0) {
        int failed = err_errno(reterr, "looking at a tile");
        close(fd);
        return failed;
    }
    (void)request_file(req, "application/octet-stream", fd, (uint64_t)st.st_size); /* gives 200 */
    return 0;
}

static int make(struct request *req, const struct tile *tile, uint64_t size, struct err *reterr) {
    req->content_type = "application/octet-stream";
    buf_reset(&req->body);
    return tiles_get(ledger_tiles(req->office->ledger), req->tx, tile, size, &req->body, reterr);
}

int tlog_tile_serve(struct request *req) {
    struct ledger_state state;
    struct tile tile;
    struct err err = {0};
    int status = tlog_open(req, &state);
    if (status)
        return status;
    if (tile_read(request_text(req, "path"), &tile, NULL) != 0)
        return refuse(req, ERR_NOT_FOUND, "A tile has no such address; C2SP tlog-tiles says how they are written.");
    if (tile.width > tile_width(tile.level, tile.index, state.signed_size))
        return refuse(req, ERR_NOT_FOUND, "The signed tree has no such tile yet.");
    int failed = tile.width == TILE_WIDTH ? send_file(req, &tile, &err) : -ERR_NOT_FOUND;
    if (failed == -ERR_NOT_FOUND)
        failed = make(req, &tile, state.signed_size, &err);
    return failed ? request_failed(req, &err) : 200;
}

/* --- whose signatures --- */

/* The list that the newest entry about keys stands for: for a copy of the office that has no keys of its own. */
static int read_stored_keys(struct request *req, struct keys *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    struct entry entry;
    struct str list;
    int rc = tx_rows(req->tx, &Q_ledger_last_key, CELLS_NONE, &r, reterr);
    if (rc == 0)
        rc = rows_next(r, reterr);
    if (rc <= 0)
        return rc ? rc : err_set(reterr, ERR_NOT_FOUND, "The ledger names no key yet.");
    rc = entry_read(rows_text(r, 0), &entry, reterr);
    if (rc == 0)
        rc = ledger_document(req->tx, req->arena, &entry.commit, &list, reterr);
    return rc ? rc : keys_read_document(list, ret, reterr);
}

/* Those that sign, oldest first: at least one. */
static int active_keys(struct request *req, struct vkey **ret, size_t *ret_n, struct err *reterr) {
    struct keys *keys = arena_alloc(req->arena, sizeof *keys);
    struct vkey *active = arena_array(req->arena, KEYS_MOST, sizeof *active);
    if (!keys || !active)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = keys_read(str_of(req->office->folder), keys, reterr);
    if (failed == -ERR_NOT_FOUND)
        failed = read_stored_keys(req, keys, reterr);
    if (failed)
        return failed;
    *ret_n = 0;
    for (size_t i = 0; i < keys->n; i++)
        if (keys->item[i].state == KEY_ACTIVE)
            active[(*ret_n)++] = keys->item[i].key;
    *ret = active;
    return *ret_n ? 0 : err_set(reterr, ERR_LEDGER, "The list of the ledger's keys names none that signs.");
}

int tlog_vkey(struct request *req, struct str *ret, struct err *reterr) {
    struct vkey *keys;
    size_t n;
    int failed = active_keys(req, &keys, &n, reterr);
    if (failed)
        return failed;
    BUF_LOCAL(line);
    vkey_write(&keys[0], &line);
    *ret = arena_buf(req->arena, &line);
    return 0;
}

static int find_lists(struct request *req, uint64_t size, struct succession *ret, struct err *reterr) {
    ROWS_LOCAL(r);
    int rc = tx_rows(req->tx, &Q_ledger_keys, CELLS(cell_int((int64_t)size)), &r, reterr);
    while (rc == 0 && (rc = rows_next(r, reterr)) > 0) {
        struct entry entry;
        rc = entry_read(rows_text(r, 1), &entry, reterr);
        if (rc == 0)
            rc = succession_add(ret, (uint64_t)rows_int(r, 0), &entry.commit, reterr);
    }
    return rc;
}

int tlog_keys_serve(struct request *req) {
    struct ledger_state state;
    struct succession *lists = arena_alloc(req->arena, sizeof *lists);
    struct err err = {0};
    int status = tlog_open(req, &state);
    if (status)
        return status;
    if (!lists)
        return request_failed(req, &(struct err){.code = -ERR_NO_MEMORY});
    lists->n = 0;
    if (find_lists(req, state.signed_size, lists, &err) != 0)
        return request_failed(req, &err);
    buf_reset(&req->body);
    succession_write(lists, &req->body);
    req->content_type = "text/plain; charset=utf-8";
    return 200;
}

/* Whose signatures should be under the checkpoint. */
static int write_policy(struct request *req, struct buf *to, struct err *reterr) {
    const struct office *o = req->office;
    struct str url = arena_printf(req->arena, "%.*s/ledger", STR_FMT(req->site->origin));
    struct vkey *keys;
    size_t n;
    int failed = active_keys(req, &keys, &n, reterr);
    if (!failed)
        witness_policy_write(keys, n, url.p ? url.p : "", o->witness, o->witnesses, o->quorum, to);
    return failed;
}

int tlog_vkey_serve(struct request *req) {
    struct ledger_state state;
    struct str line;
    struct err err = {0};
    int status = tlog_open(req, &state);
    if (status)
        return status;
    if (tlog_vkey(req, &line, &err) != 0)
        return request_failed(req, &err);
    return request_bytes(req, "text/plain; charset=utf-8", arena_printf(req->arena, "%.*s\n", STR_FMT(line)));
}

int tlog_policy_serve(struct request *req) {
    struct ledger_state state;
    struct err err = {0};
    int status = tlog_open(req, &state);
    if (status)
        return status;
    buf_reset(&req->body);
    if (write_policy(req, &req->body, &err) != 0)
        return request_failed(req, &err);
    req->content_type = "text/plain; charset=utf-8";
    return 200;
}

/* --- proofs --- */

const struct param index_params[] = {{.name = "index", .kind = PARAM_INT, .most = SIZE_MAX >> 1}, {.name = NULL}};

/* "alderquay.example-4107.tlog-proof": says in any folder of downloads where it is from. */
static struct str file_name(struct request *req, int64_t index) {
    struct str host = req->site->origin;
    size_t at = str_find(host, STR("://"), 0);
    if (at != SIZE_MAX)
        host = str_from(host, at + 3);
    BUF_LOCAL(name);
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        buf_add_char(&name, plain ? c : '-');
    }
    return arena_printf(req->arena, "attachment; filename=\"%.*s-%lld.tlog-proof\"", STR_FMT(buf_str(&name)),
                        (long long)index);
}

int tlog_proof_serve(struct request *req) {
    struct ledger_state state;
    struct err err = {0};
    int64_t index = request_int(req, "index", -1);
    int status = tlog_open(req, &state);
    if (status)
        return status;
    if (index < 0 || (uint64_t)index >= state.signed_size)
        return refuse(req, ERR_NOT_FOUND, "No signed checkpoint covers an entry of that number yet.");
    struct tiles_at *at = shelf_tiles(req, ledger_tiles(req->office->ledger), state.signed_size);
    struct proof_file *proof = arena_alloc(req->arena, sizeof *proof);
    if (!proof || !at)
        return request_failed(req, &(struct err){.code = -ERR_NO_MEMORY});
    *proof = (struct proof_file){.index = (uint64_t)index, .checkpoint = state.checkpoint};
    if (merkle_prove_inclusion((uint64_t)index, state.signed_size, tiles_source, at, &proof->path, &err) != 0)
        return request_failed(req, &err);
    buf_reset(&req->body);
    proof_write(proof, &req->body);
    req->content_type = "text/plain; charset=utf-8";
    request_header(req, "Content-Disposition", file_name(req, index));
    return 200;
}

/* --- documents --- */

const struct param document_params[] = {{.name = "hash", .kind = PARAM_SLUG, .most = 2 * sizeof(struct hash)},
                                        {.name = NULL}};

int tlog_document_serve(struct request *req) {
    struct str hex = request_text(req, "hash"), text;
    struct hash hash;
    struct err err = {0};
    size_t n = 0;
    if (sodium_hex2bin(hash.b, sizeof hash.b, hex.p, hex.n, NULL, &n, NULL) || n != sizeof hash.b)
        return refuse(req, ERR_NOT_FOUND, "A document's address is 64 hexadecimal digits.");
    if (ledger_document(req->tx, req->arena, &hash, &text, &err) != 0)
        return request_failed(req, &err);
    return request_bytes(req, "text/plain; charset=utf-8", text);
}

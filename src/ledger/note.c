// SPDX-License-Identifier: Apache-2.0
/* Notes are read once into views; a signature is looked at only when a key asks for it. */
#include "ledger/note.h"

#include "ledger/lines.h"

#include <gnutls/crypto.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#define DASH "\xE2\x80\x94 " /* an em dash and a space begin each signature line */

enum { ID = 4, KEY = 32, SIGNATURE = 64, TIME = 8 };

/* --- names and keys --- */

/* Of Unicode's white space, which a name must not hold. */
static bool has_space(struct str s) {
    static const char *const spaces[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                         "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ')
            return true;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (str_find(s, str_of(spaces[i]), 0) != SIZE_MAX)
            return true;
    for (size_t at = 0; (at = str_find(s, STR("\xE2\x80"), at)) != SIZE_MAX; at++) /* U+2000 to U+200A */
        if (at + 2 < s.n && (unsigned char)s.p[at + 2] >= 0x80 && (unsigned char)s.p[at + 2] <= 0x8A)
            return true;
    return false;
}

static bool is_name(struct str s) {
    return s.n && lines_is_utf8(s) && !has_space(s) && str_find_char(s, '+', 0) == SIZE_MAX;
}

static uint32_t u32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The first four bytes of SHA-256(name \n type key). */
static uint32_t id_of(const char *name, enum note_type type, const uint8_t key[KEY]) {
    uint8_t bytes[NOTE_NAME_MOST + 2 + KEY], hash[32];
    size_t n = strlen(name);
    memcpy(bytes, name, n);
    bytes[n] = '\n';
    bytes[n + 1] = (uint8_t)type;
    memcpy(bytes + n + 2, key, KEY);
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, n + 2 + KEY, hash) < 0)
        BUG("SHA-256 cannot be computed");
    return u32(hash);
}

int vkey_make(struct str name, enum note_type type, const uint8_t key[KEY], struct vkey *ret, struct err *reterr) {
    if (name.n > NOTE_NAME_MOST || !is_name(name))
        return err_set(reterr, ERR_INVALID, "A key's name has 1 to %d bytes of UTF-8, no space and no +.",
                       NOTE_NAME_MOST);
    struct vkey k = {.type = type};
    memcpy(k.name, name.p, name.n);
    memcpy(k.key, key, KEY);
    k.id = id_of(k.name, type, key);
    *ret = k;
    return 0;
}

/* NULL, or what is wrong. */
static const char *read_vkey(struct str text, struct vkey *ret) {
    uint8_t typed[1 + KEY];
    size_t plus = str_find_char(text, '+', 0), second = plus == SIZE_MAX ? plus : str_find_char(text, '+', plus + 1);
    if (second == SIZE_MAX)
        return "it is NAME+ID+KEY";
    struct str id = str_part(text.p + plus + 1, second - plus - 1), key = str_from(text, second + 1);
    if (lines_base64_most(key, typed, sizeof typed) != sizeof typed)
        return "the key is 33 bytes in base64 (Ed25519)";
    if (typed[0] != NOTE_ED25519 && typed[0] != NOTE_COSIGNATURE)
        return "the key is for Ed25519, type 01 or 04";
    if (vkey_make(str_first(text, plus), (enum note_type)typed[0], typed + 1, ret, NULL))
        return "the name has 1 to 255 bytes of UTF-8, no space and no +";
    char hex[9];
    (void)snprintf(hex, sizeof hex, "%08" PRIx32, ret->id);
    return str_is(id, hex) ? NULL : "the id in its middle is the hash of its name and key";
}

int vkey_read(struct str text, struct vkey *ret, struct err *reterr) {
    struct vkey k;
    const char *rule = read_vkey(text, &k);
    if (rule)
        return err_set(reterr, ERR_INVALID, "This is not a verifier key: %s.", rule);
    *ret = k;
    return 0;
}

void vkey_write(const struct vkey *k, struct buf *to) {
    uint8_t typed[1 + KEY] = {(uint8_t)k->type};
    memcpy(typed + 1, k->key, KEY);
    buf_printf(to, "%s+%08" PRIx32 "+", k->name, k->id);
    lines_add_base64(to, typed, sizeof typed);
}

/* --- reading notes --- */

/* The blank line before the signatures is the last one of the note. */
static size_t find_signatures(struct str bytes) {
    for (size_t i = bytes.n; i-- > 1;)
        if (bytes.p[i] == '\n' && bytes.p[i - 1] == '\n')
            return i + 1;
    return SIZE_MAX;
}

/* "— name base64": of the bytes the first four are the key's id, and at least one is a signature. What it says only its
 * own key's reader decodes. */
static bool read_line(struct str line, struct note_line *ret) {
    if (!str_starts(line, DASH))
        return false;
    struct str rest = str_from(line, sizeof DASH - 1);
    size_t space = str_find_char(rest, ' ', 0);
    uint8_t head[6];
    if (space == SIZE_MAX || !is_name(str_first(rest, space)))
        return false;
    ret->name = str_first(rest, space);
    ret->payload = str_from(rest, space + 1);
    size_t n = lines_base64_most(str_first(ret->payload, 8), head, sizeof head);
    if (!lines_is_base64(ret->payload) || n == SIZE_MAX || n < ID + 1)
        return false;
    ret->id = u32(head);
    return true;
}

static bool has_controls(struct str bytes) {
    for (size_t i = 0; i < bytes.n; i++)
        if ((unsigned char)bytes.p[i] < ' ' && bytes.p[i] != '\n')
            return true;
    return false;
}

static const char *read_note(struct str bytes, struct note *n) {
    if (bytes.n > NOTE_MOST)
        return "it has 1 MB at most";
    if (has_controls(bytes))
        return "it has no control characters";
    if (!lines_is_utf8(bytes))
        return "all is UTF-8";
    size_t at = find_signatures(bytes);
    if (at == SIZE_MAX || at < 3)
        return "a text, an empty line and signatures are in it";
    n->text = str_first(bytes, at - 1);
    struct str rest = str_from(bytes, at);
    while (rest.n) {
        struct note_line *l = &n->line[n->n];
        const char *from = rest.p;
        struct str line;
        if (n->n == NOTE_LINES_MOST)
            return "it has 128 signatures at most";
        if (!lines_next(&rest, &line) || !read_line(line, l))
            return "each of its signatures is a line \"\xE2\x80\x94 NAME BASE64\"";
        l->whole = str_part(from, line.n + 1);
        n->n++;
    }
    return n->n ? NULL : "it has at least one signature";
}

int note_read(struct str bytes, struct note *ret, struct err *reterr) {
    ret->n = 0;
    const char *rule = read_note(bytes, ret);
    return rule ? err_set(reterr, ERR_INVALID, "This is not a signed note: of one, %s.", rule) : 0;
}

/* --- signatures --- */

/* What is signed: the text, and for a cosignature the time in front of it. */
static void add_message(struct str text, enum note_type type, uint64_t time, struct buf *to) {
    if (type == NOTE_COSIGNATURE)
        buf_printf(to, "cosignature/v1\ntime %" PRIu64 "\n", time);
    buf_add(to, text);
}

static uint64_t u64(const uint8_t *p) {
    return (uint64_t)u32(p) << 32 | u32(p + 4);
}

static bool verifies(struct str text, const struct vkey *k, struct str payload, uint64_t *ret_time) {
    uint8_t bytes[ID + TIME + SIGNATURE];
    size_t time_n = k->type == NOTE_COSIGNATURE ? TIME : 0, n = ID + time_n + SIGNATURE;
    if (!lines_base64(payload, bytes, n))
        return false;
    uint64_t time = time_n ? u64(bytes + ID) : 0;
    if (time > INT64_MAX)
        return false;
    BUF_LOCAL(message);
    add_message(text, k->type, time, &message);
    if (buf_failed(&message) ||
        crypto_sign_verify_detached(bytes + ID + time_n, (const unsigned char *)message.p, message.n, k->key) != 0)
        return false;
    *ret_time = time;
    return true;
}

int note_check(const struct note *n, const struct vkey *k, uint64_t *ret_time, struct err *reterr) {
    bool signed_by = false;
    uint64_t time = 0, newest = 0;
    for (size_t i = 0; i < n->n; i++) {
        const struct note_line *l = &n->line[i];
        if (l->id != k->id || !str_is(l->name, k->name))
            continue;
        if (!verifies(n->text, k, l->payload, &time))
            return err_set(reterr, ERR_FORBIDDEN, "The signature of %s (key %08" PRIx32 ") does not verify.", k->name,
                           k->id);
        signed_by = true;
        newest = time > newest ? time : newest;
    }
    if (signed_by && ret_time)
        *ret_time = newest;
    return signed_by;
}

void note_sign(struct str text, const struct vkey *k, const uint8_t secret[64], uint64_t time, struct buf *to) {
    uint8_t bytes[ID + TIME + SIGNATURE] = {(uint8_t)(k->id >> 24), (uint8_t)(k->id >> 16), (uint8_t)(k->id >> 8),
                                            (uint8_t)k->id};
    size_t time_n = k->type == NOTE_COSIGNATURE ? TIME : 0;
    for (size_t i = 0; i < time_n; i++)
        bytes[ID + i] = (uint8_t)(time >> (56 - 8 * i));
    BUF_LOCAL(message);
    add_message(text, k->type, time, &message);
    if (buf_failed(&message)) {
        to->failed = true;
        return;
    }
    (void)crypto_sign_detached(bytes + ID + time_n, NULL, (const unsigned char *)message.p, message.n,
                               secret); /* cannot fail */
    buf_printf(to, DASH "%s ", k->name);
    lines_add_base64(to, bytes, ID + time_n + SIGNATURE);
    buf_add_char(to, '\n');
}

/* --- checkpoints --- */

int checkpoint_read(struct str text, struct checkpoint *ret, struct err *reterr) {
    struct checkpoint c;
    struct str size, root, extension;
    if (has_controls(text))
        return err_set(reterr, ERR_INVALID, "A checkpoint has no control characters.");
    bool good = lines_next(&text, &c.origin) && c.origin.n && lines_next(&text, &size) && lines_next(&text, &root);
    if (!good)
        return err_set(reterr, ERR_INVALID, "A checkpoint begins with three lines: origin, size and root.");
    if (!lines_decimal(size, INT64_MAX, &c.size))
        return err_set(reterr, ERR_INVALID, "A checkpoint's second line is a size in plain digits.");
    if (!lines_base64(root, c.root.b, sizeof c.root.b))
        return err_set(reterr, ERR_INVALID, "A checkpoint's third line is 32 bytes in base64.");
    while (text.n)
        if (!lines_next(&text, &extension) || !extension.n)
            return err_set(reterr, ERR_INVALID, "A checkpoint's lines are not empty, and each ends in a line feed.");
    *ret = c;
    return 0;
}

void checkpoint_write(const struct checkpoint *c, struct buf *to) {
    buf_add(to, c->origin);
    buf_printf(to, "\n%" PRIu64 "\n", c->size);
    lines_add_base64(to, c->root.b, sizeof c->root.b);
    buf_add_char(to, '\n');
}

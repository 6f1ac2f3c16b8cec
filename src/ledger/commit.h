// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Commitments: an entry says "this text" without saying what it is. Whoever has the opening (the key K) and the parts
 * can recompute the 32 bytes; once K and the parts are destroyed nobody can tell them from chance.
 *
 *     salt_i = HMAC-SHA256(K, "salt" || u32be(i))
 *     c_i    = SHA-256("daylight/part/v1" 00 || salt_i || u32be(i) || u64be(length) || bytes)
 *     C      = SHA-256("daylight/document/v1" 00 || u32be(n) || c_0 || … || c_{n-1})
 *
 * All fields are of fixed length or length-prefixed, so the parts are bound by SHA-256's collision resistance; salts of
 * 256 bit hide them. Handing out salt_i and part i opens that part alone. Public documents (keys, policies) are hashed
 * without a key: SHA-256("daylight/public/v1" 00 || bytes).
 * Pure. Threads: safe. The caller wipes K. */
#include "base/str.h"
#include "ledger/merkle.h"

enum { COMMIT_KEY = 32, COMMIT_PARTS_MOST = 64 };

struct hash commit_salt(const uint8_t key[COMMIT_KEY], uint32_t part);
struct hash commit_part(const struct hash *salt, uint32_t part, struct str bytes);
struct hash commit_join(const struct hash *parts, size_t n);
struct hash commit_document(const uint8_t key[COMMIT_KEY], const struct str *parts, size_t n);
struct hash commit_public(struct str bytes);

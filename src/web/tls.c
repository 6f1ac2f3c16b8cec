// SPDX-License-Identifier: Apache-2.0
/* Certificates in GnuTLS's form. A renewed one is put in front; those before it stay, unused, until the end: there is
 * one every few weeks. */
#include "web/tls.h"

#include "base/file.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CHAIN_MOST = 16, FILE_MOST = 256 * 1024 };

struct pair {
    struct pair *older;
    gnutls_pcert_st certificate[CHAIN_MOST];
    unsigned n;
    gnutls_privkey_t key;
};

struct tls {
    _Atomic(struct pair *) current;
};

static int tls_error(struct err *reterr, const char *path, int code) {
    return err_set(reterr, ERR_INVALID, "%s: %s", path, gnutls_strerror(code));
}

static gnutls_datum_t datum_of(const struct buf *b) {
    return (gnutls_datum_t){(unsigned char *)b->p, (unsigned)b->n};
}

static void pair_free(struct pair *p) {
    for (unsigned i = 0; i < p->n; i++)
        gnutls_pcert_deinit(&p->certificate[i]);
    if (p->key)
        gnutls_privkey_deinit(p->key);
    free(p);
}

static int load_certificates(struct pair *p, const char *path, struct err *reterr) {
    BUF_LOCAL(pem);
    int failed = file_read(path, FILE_MOST, &pem, reterr);
    if (failed)
        return failed;
    gnutls_datum_t data = datum_of(&pem);
    unsigned n = CHAIN_MOST;
    int code = gnutls_pcert_list_import_x509_raw(p->certificate, &n, &data, GNUTLS_X509_FMT_PEM, 0);
    if (code < 0)
        return tls_error(reterr, path, code);
    p->n = n;
    return 0;
}

static int load_key(struct pair *p, const char *path, struct err *reterr) {
    BUF_LOCAL(pem);
    int failed = file_read(path, FILE_MOST, &pem, reterr);
    if (failed)
        return failed;
    gnutls_datum_t data = datum_of(&pem);
    int code = gnutls_privkey_init(&p->key);
    if (code >= 0)
        code = gnutls_privkey_import_x509_raw(p->key, &data, GNUTLS_X509_FMT_PEM, NULL, 0);
    sodium_memzero(pem.p, pem.n);
    return code < 0 ? tls_error(reterr, path, code) : 0;
}

/* Both halves of one key? */
static int check_pair(const struct pair *p, const char *certificate, const char *key, struct err *reterr) {
    gnutls_pubkey_t of_key;
    unsigned char a[64], b[64];
    size_t a_n = sizeof a, b_n = sizeof b;
    int code = gnutls_pubkey_init(&of_key);
    if (code >= 0) {
        code = gnutls_pubkey_import_privkey(of_key, p->key, 0, 0);
        if (code >= 0)
            code = gnutls_pubkey_get_key_id(of_key, GNUTLS_KEYID_USE_SHA256, a, &a_n);
        if (code >= 0)
            code = gnutls_pubkey_get_key_id(p->certificate[0].pubkey, GNUTLS_KEYID_USE_SHA256, b, &b_n);
        gnutls_pubkey_deinit(of_key);
    }
    if (code < 0)
        return tls_error(reterr, key, code);
    if (a_n != b_n || sodium_memcmp(a, b, a_n) != 0)
        return err_set(reterr, ERR_INVALID, "%s is not the key of %s", key, certificate);
    return 0;
}

int tls_reload(struct tls *t, const char *certificate, const char *key, struct err *reterr) {
    struct pair *p = calloc(1, sizeof *p);
    if (!p)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = load_certificates(p, certificate, reterr);
    if (!failed)
        failed = load_key(p, key, reterr);
    if (!failed)
        failed = check_pair(p, certificate, key, reterr);
    if (failed) {
        pair_free(p);
        return failed;
    }
    p->older = atomic_load(&t->current);
    atomic_store(&t->current, p);
    return 0;
}

int tls_new(const char *certificate, const char *key, struct tls **ret, struct err *reterr) {
    struct tls *t = calloc(1, sizeof *t);
    if (!t)
        return err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    int failed = tls_reload(t, certificate, key, reterr);
    if (failed)
        tls_free(t);
    else
        *ret = t;
    return failed;
}

void tls_current(struct tls *t, gnutls_pcert_st **ret_certificates, unsigned *ret_n, gnutls_privkey_t *ret_key) {
    struct pair *p = atomic_load(&t->current);
    *ret_certificates = p->certificate;
    *ret_n = p->n;
    *ret_key = p->key;
}

void tls_free(struct tls *t) {
    if (!t)
        return;
    for (struct pair *p = atomic_load(&t->current), *older; p; p = older) {
        older = p->older;
        pair_free(p);
    }
    free(t);
}

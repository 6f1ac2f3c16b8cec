// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The certificate and its key, read again while the server runs. Threads: any; loading from one at a time. */
#include "base/err.h"

#include <gnutls/abstract.h>

struct tls;

/* PEM: the certificate, then its chain; and the key, which must fit it. */
int tls_new(const char *certificate, const char *key, struct tls **ret, struct err *reterr);
/* Reads the files again; on failure the old ones stay in use. */
int tls_reload(struct tls *t, const char *certificate, const char *key, struct err *reterr);
/* For a handshake: the present certificate. It lives until tls_free(), since a handshake may take its time. */
void tls_current(struct tls *t, gnutls_pcert_st **ret_certificates, unsigned *ret_n, gnutls_privkey_t *ret_key);
void tls_free(struct tls *t); /* NULL is fine */

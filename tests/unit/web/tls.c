// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/tls, and of a real handshake with the server before and after a renewal. */
#include "web/tls.h"

#include "base/file.h"
#include "web_ground.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct place {
    char folder[40], certificate[60], key[60];
};

static void write_pem(const char *path, const gnutls_datum_t *pem) {
    assert_int_equal(file_write(path, str_part((char *)pem->data, pem->size), 0600, NULL), 0);
}

/* A certificate of its own signing, with this serial number. */
static void make_pair(const char *certificate, const char *key, unsigned char serial) {
    gnutls_x509_privkey_t private;
    gnutls_x509_crt_t crt;
    gnutls_datum_t pem;
    gnutls_x509_privkey_init(&private);
    assert_int_equal(
        gnutls_x509_privkey_generate(private, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
    gnutls_x509_crt_init(&crt);
    gnutls_x509_crt_set_version(crt, 3);
    gnutls_x509_crt_set_serial(crt, &serial, 1);
    gnutls_x509_crt_set_activation_time(crt, time(NULL) - 3600);
    gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 3600);
    gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, "www.example.org", 15);
    gnutls_x509_crt_set_key(crt, private);
    assert_int_equal(gnutls_x509_crt_sign2(crt, crt, private, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem), 0);
    write_pem(certificate, &pem);
    gnutls_free(pem.data);
    assert_int_equal(gnutls_x509_privkey_export2(private, GNUTLS_X509_FMT_PEM, &pem), 0);
    write_pem(key, &pem);
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(private);
}

static void place_new(struct place *p) {
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/tls.XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->certificate, sizeof p->certificate, "%s/cert.pem", p->folder);
    (void)snprintf(p->key, sizeof p->key, "%s/key.pem", p->folder);
    make_pair(p->certificate, p->key, 1);
}

static void bad_files_are_refused_and_the_old_pair_stays(void **state) {
    (void)state;
    struct place p;
    struct tls *t = NULL;
    place_new(&p);
    assert_int_equal(tls_new(p.certificate, p.key, &t, NULL), 0);
    gnutls_pcert_st *before, *after;
    gnutls_privkey_t key;
    unsigned n;
    tls_current(t, &before, &n, &key);
    assert_int_equal(n, 1);
    char other[80];
    struct err err = {0};
    (void)snprintf(other, sizeof other, "%s/other.pem", p.folder);
    make_pair(p.certificate, other, 2); /* now certificate and key do not fit */
    assert_int_equal(tls_reload(t, p.certificate, p.key, &err), -ERR_INVALID);
    assert_non_null(strstr(err.text, "is not the key of"));
    assert_int_equal(tls_reload(t, p.key, p.key, &err), -ERR_INVALID);
    assert_int_equal(tls_reload(t, p.certificate, p.certificate, &err), -ERR_INVALID);
    assert_int_equal(tls_reload(t, "/nowhere.pem", p.key, &err), -ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/nowhere.pem"));
    tls_current(t, &after, &n, &key);
    assert_ptr_equal(before, after);
    assert_int_equal(tls_reload(t, p.certificate, other, &err), 0);
    tls_current(t, &after, &n, &key);
    assert_ptr_not_equal(before, after);
    tls_free(t);
    struct tls *none = NULL;
    assert_true(tls_new("/nowhere.pem", p.key, &none, NULL) < 0);
    assert_null(none);
    assert_int_equal(file_remove_all(p.folder, NULL), 0);
}

struct secure {
    int fd;
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
};

static void secure_open(struct secure *s, unsigned port, const char *priority, bool fails) {
    static const gnutls_datum_t alpn = {(unsigned char *)"http/1.1", 8};
    s->fd = ground_connect(port);
    gnutls_certificate_allocate_credentials(&s->credentials);
    gnutls_init(&s->session, GNUTLS_CLIENT);
    assert_int_equal(gnutls_priority_set_direct(s->session, priority, NULL), 0);
    gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, s->credentials);
    gnutls_alpn_set_protocols(s->session, &alpn, 1, 0);
    gnutls_transport_set_int(s->session, s->fd);
    int code;
    do
        code = gnutls_handshake(s->session);
    while (code < 0 && !gnutls_error_is_fatal(code));
    assert_int_equal(code < 0, fails);
}

static void secure_close(struct secure *s) {
    gnutls_deinit(s->session);
    gnutls_certificate_free_credentials(s->credentials);
    close(s->fd);
}

static unsigned serial_of(struct secure *s) {
    unsigned n;
    const gnutls_datum_t *der = gnutls_certificate_get_peers(s->session, &n);
    gnutls_x509_crt_t crt;
    unsigned char serial[20] = {0};
    size_t size = sizeof serial;
    gnutls_x509_crt_init(&crt);
    assert_int_equal(gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER), 0);
    gnutls_x509_crt_get_serial(crt, serial, &size);
    gnutls_x509_crt_deinit(crt);
    return serial[size - 1];
}

static void expect_page(struct secure *s) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n";
    char answer[16384];
    size_t n = 0;
    assert_int_equal(gnutls_record_send(s->session, request, sizeof request - 1), sizeof request - 1);
    while (n < sizeof answer - 1 && !(n > 4 && memmem(answer, n, "words again,", 12))) {
        ssize_t got = gnutls_record_recv(s->session, answer + n, sizeof answer - 1 - n);
        if (got <= 0 && got != GNUTLS_E_AGAIN && got != GNUTLS_E_INTERRUPTED)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    answer[n] = 0;
    assert_memory_equal(answer, "HTTP/1.1 200", 12);
    assert_non_null(strstr(answer, "\r\nStrict-Transport-Security: max-age="));
}

static void a_renewed_certificate_is_used_without_a_restart(void **state) {
    (void)state;
    struct place p;
    struct ground *g = ground_new("sqlite");
    struct server_settings s = ground_settings();
    place_new(&p);
    s.tls_certificate = p.certificate;
    s.tls_key = p.key;
    ground_serve(g, &s);
    struct secure first, second;
    secure_open(&first, g->port, "NORMAL", false);
    assert_int_equal(serial_of(&first), 1);
    expect_page(&first);
    make_pair(p.certificate, p.key, 2);
    assert_int_equal(server_reload(g->server, &s, g->office, NULL), 0);
    expect_page(&first); /* who is connected goes on */
    secure_open(&second, g->port, "NORMAL:-VERS-ALL:+VERS-TLS1.2", false);
    assert_int_equal(serial_of(&second), 2);
    expect_page(&second);
    secure_close(&first);
    secure_close(&second);
    assert_int_equal(file_write(p.key, STR("rubbish"), 0600, NULL), 0);
    assert_true(server_reload(g->server, &s, g->office, NULL) < 0);
    secure_open(&second, g->port, "NORMAL", false);
    assert_int_equal(serial_of(&second), 2);
    expect_page(&second);
    secure_close(&second);
    secure_open(&second, g->port, "NORMAL:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.1", true);
    secure_close(&second);
    ground_end(g);
    assert_int_equal(file_remove_all(p.folder, NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_files_are_refused_and_the_old_pair_stays),
        cmocka_unit_test(a_renewed_certificate_is_used_without_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

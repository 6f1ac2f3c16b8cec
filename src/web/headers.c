// SPDX-License-Identifier: Apache-2.0
/* What each one is for: MDN and the OWASP Secure Headers project describe them. The policy allows nothing that is not
 * of this site: no inline script or style, no frame around us, no plug-in, no other host. */
#include "web/headers.h"

#include <stddef.h>

const struct fixed_header fixed_headers[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
     "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
     HEADER_PAGES},
    {"Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'", HEADER_MEDIA | HEADER_OPEN},
    {"X-Content-Type-Options", "nosniff", HEADER_PAGES | HEADER_MEDIA | HEADER_OPEN},
    {"X-Frame-Options", "DENY", HEADER_PAGES | HEADER_MEDIA | HEADER_OPEN},
    {"Referrer-Policy", "same-origin", HEADER_PAGES | HEADER_MEDIA | HEADER_OPEN},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()", HEADER_PAGES},
    {"Cross-Origin-Opener-Policy", "same-origin", HEADER_PAGES},
    {"Cross-Origin-Resource-Policy", "same-origin", HEADER_PAGES},
    {"Cross-Origin-Resource-Policy", "cross-origin", HEADER_MEDIA | HEADER_OPEN},
    {"Access-Control-Allow-Origin", "*", HEADER_OPEN},
    {"Strict-Transport-Security", "max-age=31536000", HEADER_SECURE},
    {NULL, NULL, 0},
};

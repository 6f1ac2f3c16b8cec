// SPDX-License-Identifier: Apache-2.0
/* The dark modules of each row, as runs, in one path: "M4 4h7v1h-7z…". */
#include "web/qr.h"

#include "web/xml.h"

#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 };

static void add_runs(struct buf *path, const QRcode *code) {
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (ptrdiff_t)y * code->width;
        for (int x = 0; x < code->width; x++) {
            int from = x;
            while (x < code->width && (row[x] & 1)) /* the lowest bit is the module's colour */
                x++;
            if (x > from)
                buf_printf(path, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from, x - from);
        }
    }
}

static bool add_picture(struct buf *ret, int width, struct str path) {
    BUF_LOCAL(box);
    BUF_LOCAL(ground);
    buf_printf(&box, "0 0 %d %d", width, width);
    buf_printf(&ground, "M0 0h%dv%dH0z", width, width);
    struct xml *x = xml_new();
    xml_open(x, "svg");
    xml_attribute(x, "xmlns", STR("http://www.w3.org/2000/svg"));
    xml_attribute(x, "viewBox", buf_str(&box));
    xml_attribute(x, "shape-rendering", STR("crispEdges"));
    xml_open(x, "path");
    xml_attribute(x, "fill", STR("#fff"));
    xml_attribute(x, "d", buf_str(&ground));
    xml_close(x);
    xml_open(x, "path");
    xml_attribute(x, "d", path);
    xml_close(x);
    return xml_end(x, ret);
}

int qr_add_svg(struct buf *ret, struct str text, struct err *reterr) {
    if (text.n > 2331)
        return err_set(reterr, ERR_TOO_LARGE, "The address is too long for a QR code.");
    QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (!code)
        return errno == ERANGE ? err_set(reterr, ERR_TOO_LARGE, "The address is too long for a QR code.")
                               : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
    BUF_LOCAL(path);
    add_runs(&path, code);
    bool good = !buf_failed(&path) && add_picture(ret, code->width + 2 * QUIET, buf_str(&path));
    QRcode_free(code);
    return good ? 0 : err_set(reterr, ERR_NO_MEMORY, "%s", err_sentence(ERR_NO_MEMORY));
}

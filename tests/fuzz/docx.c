// SPDX-License-Identifier: Apache-2.0
/* Any bytes as an archive; and any bytes as the document within a sound archive, which the packing would hide from the
 * fuzzer otherwise. */
#include "fuzz.h"
#include "import_check.h"

#include <zip.h>

/* The bytes packed as word/document.xml, appended to *ret. */
static void pack(const uint8_t *data, size_t n, struct buf *ret) {
    zip_source_t *out = zip_source_buffer_create(NULL, 0, 0, NULL);
    FUZZ_CHECK(out, "no source\n");
    zip_source_keep(out);
    zip_t *z = zip_open_from_source(out, ZIP_TRUNCATE, NULL);
    FUZZ_CHECK(z, "no archive\n");
    zip_source_t *s = zip_source_buffer(z, data, n, 0);
    zip_int64_t at = zip_file_add(z, "word/document.xml", s, 0);
    FUZZ_CHECK(at == 0 && zip_set_file_compression(z, 0, ZIP_CM_STORE, 0) == 0 && zip_close(z) == 0, "not packed\n");
    zip_stat_t st;
    FUZZ_CHECK(zip_source_stat(out, &st) == 0 && zip_source_open(out) == 0, "not read\n");
    buf_reserve(ret, st.size);
    FUZZ_CHECK(!buf_failed(ret) && zip_source_read(out, ret->p, st.size) == (zip_int64_t)st.size, "not read\n");
    ret->n = st.size;
    (void)zip_source_close(out);
    zip_source_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    BUF_LOCAL(b);
    import_check(str_part((const char *)data, n), "file.docx");
    pack(data, n, &b);
    import_check(buf_str(&b), "file.docx");
    return 0;
}

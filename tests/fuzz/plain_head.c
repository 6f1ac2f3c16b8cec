// SPDX-License-Identifier: Apache-2.0
/* Any bytes as what a connection brought: what is taken for a plain head can be read in one way only, ends where its
 * empty line does, and is not one a byte earlier. What follows it does not matter. */
#include "web/server/plain_head.h"

#include "fuzz.h"

#include <string.h>

static bool reads(struct str bytes, struct incoming *in, struct plain_head *head) {
    incoming_init(in);
    return plain_head_read(bytes, in, head);
}

/* Lines end with CR LF and in no other way; no control character is in them but tab. */
static void check_bytes(struct str head) {
    FUZZ_CHECK(str_ends(head, "\r\n\r\n") && str_find(head, STR("\r\n\r\n"), 0) == head.n - 4, "not the first end\n");
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        bool ends = (c == '\r' && head.p[i + 1] == '\n') || (c == '\n' && i && head.p[i - 1] == '\r');
        FUZZ_CHECK(ends || c == '\t' || (c >= ' ' && c != 127), "byte %02x\n", c);
        bool last = i + 1 == head.n;
        FUZZ_CHECK(c != '\n' || last || (head.p[i + 1] != ' ' && head.p[i + 1] != '\t'), "continued\n");
    }
}

static void check_within(struct str all, struct str part) {
    FUZZ_CHECK(!part.p || part.n == 0 || (part.p >= all.p && part.p + part.n <= all.p + all.n), "beyond its head\n");
}

static void check_read(struct str head, const struct incoming *in, const struct plain_head *read) {
    FUZZ_CHECK(incoming_is_get(in) && in->path.n && in->path.p[0] == '/', "not to read\n");
    FUZZ_CHECK(!in->content_length.p && !in->transfer_encoding.p && !in->bad_name, "with a body\n");
    FUZZ_CHECK(read->target_n >= in->path.n && read->target_n < head.n, "its target\n");
    FUZZ_CHECK(in->needs_host || read->closes, "HTTP/1.0 stays\n");
    check_within(head, in->path);
    check_within(head, in->host);
    check_within(head, in->cookie);
    check_within(head, in->user_agent);
    for (size_t i = 0; i < in->args_n; i++) {
        check_within(head, in->args[i].name);
        check_within(head, in->args[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static struct incoming in, again;
    struct plain_head read, other;
    struct str bytes = str_part((const char *)data, n), head;
    if (n == 0 || !reads(bytes, &in, &read))
        return 0;
    FUZZ_CHECK(read.n <= n, "longer than what came\n");
    head = str_first(bytes, read.n);
    check_read(head, &in, &read);
    char *copy = malloc(read.n); /* of just this size: what is read beyond it is seen */
    FUZZ_CHECK(copy, "no memory\n");
    memcpy(copy, head.p, head.n);
    check_bytes(head);
    FUZZ_CHECK(reads(str_part(copy, read.n), &again, &other) && other.n == read.n && other.closes == read.closes &&
                   str_eq(in.path, again.path) && in.args_n == again.args_n && in.headers == again.headers,
               "alone it is another\n");
    for (size_t less = 1; less < read.n; less++)
        FUZZ_CHECK(!reads(str_part(copy, less), &again, &other), "whole after %zu of %zu bytes\n", less, read.n);
    free(copy);
    return 0;
}

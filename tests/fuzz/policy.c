// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a trust policy: refused with its line, or one whose names are within the text, whose groups can be
 * reached, and which an unsigned note does not satisfy. */
#include "ledger/policy.h"

#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_part((const char *)data, size);
    static struct policy p;
    struct err e = {0};
    if (policy_read(bytes, &p, &e)) {
        FUZZ_CHECK(strstr(e.text, "olicy"), "%s\n", e.text);
        return 0;
    }
    FUZZ_CHECK(p.quorum < 2 * POLICY_MOST, "quorum %d\n", p.quorum);
    for (size_t g = 0; g < p.groups; g++) {
        FUZZ_CHECK(p.group[g].need >= 1 && p.group[g].need <= p.group[g].n, "group %zu\n", g);
        for (size_t i = 0; i < p.group[g].n; i++) {
            unsigned m = p.group[g].member[i];
            FUZZ_CHECK(m < POLICY_MOST ? m < p.witnesses : m - POLICY_MOST < g, "member %u of group %zu\n", m, g);
        }
    }
    const char note[] = "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xE2\x80\x94 name AAAAAAAA\n";
    size_t cosigned = 0;
    int rc = policy_check(&p, str_of(note), &cosigned, NULL, &e);
    FUZZ_CHECK(cosigned == 0 && (rc < 0 || (p.logs == 0 && p.quorum < 0)), "satisfied\n");
    return 0;
}

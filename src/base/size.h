// SPDX-License-Identifier: Apache-2.0
#pragma once
/* An amount of data as people say it: "1 byte", "700 bytes", "64 KB", "1.5 MB", "32 MB". 1 KB is 1,024 bytes, as file
 * managers and site.ini have it; one digit behind the point where it is not even, never more than it is. For sentences;
 * programs get the number. Pure. */
#include <stdint.h>

struct size_text {
    char z[24];
};
/* size_text(n).z is there until the end of the expression. */
struct size_text size_text(uint64_t bytes);

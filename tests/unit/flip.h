// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A disk that forgets: one bit of a file. Fails the test where the file has no such byte. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

static inline void flip_bit(const char *path, off_t at) {
    char c;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &c, 1, at), 1);
    c ^= 4;
    assert_int_equal(pwrite(fd, &c, 1, at), 1);
    (void)close(fd);
}

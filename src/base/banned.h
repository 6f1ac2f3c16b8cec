// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Calls that do not compile here: those that write without knowing where to stop, keep their answer in a place that all
 * threads share, or read numbers without saying that there was none. Use struct buf, str_to_int(), text/datetime.h.
 *
 * Each target of src/ has this included before its files (own_args in meson.build), so nothing includes it by hand. The
 * headers that declare these names come first, since a poisoned name may not even be declared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#pragma GCC poison strcpy stpcpy strcat strncpy strncat strtok strtok_r
#pragma GCC poison sprintf vsprintf gets scanf sscanf fscanf vsscanf
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison gmtime localtime ctime asctime ctime_r asctime_r
#pragma GCC poison tmpnam tempnam mktemp system popen
#pragma GCC poison rand srand srandom drand48

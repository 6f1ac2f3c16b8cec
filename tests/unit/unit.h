// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What cmocka wants to be included before it, in the order it wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

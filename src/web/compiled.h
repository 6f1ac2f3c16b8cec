// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The files of templates/, assets/ and locale/ as they were when this binary was built (tools/embed.py). Immutable. */
#include "base/embedded.h"

extern const struct embedded_file template_files[]; /* "layout.mustache" … */
extern const struct embedded_file asset_files[];    /* "daylight.css" … */
extern const struct embedded_file locale_files[];   /* "en.ini" … */

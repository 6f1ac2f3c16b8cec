// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The words of page furniture, as tables: labels by kind, and what may stand behind some of them. Constant. */
#include "press/import/furniture.h"

struct label {
    enum furniture kind;
    struct str text; /* compared without regard to the case of Latin letters */
    bool weak;       /* see furniture.h */
    bool byline;     /* stands before a name without a colon */
};
extern const struct label furniture_labels[];
extern const size_t furniture_labels_n;

/* Lists that end with NULL. */
extern const char *const furniture_units[];   /* 次, times, views: behind a number */
extern const char *const furniture_sizes[];   /* 大 中 小, large, A+ */
extern const char *const furniture_colours[]; /* 杏仁黄, white */
extern const char *const furniture_tools[];   /* 打印, close window, share to */

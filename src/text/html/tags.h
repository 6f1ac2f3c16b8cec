// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The one table of what becomes of each HTML element. Const; any thread. */
#include <gumbo.h>
#include <stdbool.h>
#include <stdint.h>

/* What an element is to us, on the way in. */
enum html_way {
    WAY_PASS, /* its tags are left out, its children stay: span, font, form, everything unknown */
    WAY_DROP, /* left out with all that it holds: svg, select, noscript */
    WAY_RAW,  /* the same, and its content is not markup: script, style */
    WAY_VOID, /* br, hr, img */
    WAY_PART, /* its end may be left out; lives in something counted: p, li, td */
    WAY_BLOCK,
    WAY_TABLE,
    WAY_HEADING,
    WAY_INLINE,
};

/* The nodes that clean HTML is made of. */
enum html_kind {
    KIND_BLOCK, /* no node of its own: what it holds stands apart from what is around it */
    KIND_ROOT,
    KIND_P,
    KIND_HEADING,
    KIND_UL,
    KIND_OL,
    KIND_LI,
    KIND_DL,
    KIND_DT,
    KIND_DD,
    KIND_TABLE,
    KIND_CAPTION,
    KIND_GROUP, /* thead, tbody, tfoot: on the way in only */
    KIND_TR,
    KIND_TH,
    KIND_TD,
    KIND_QUOTE,
    KIND_PRE,
    KIND_FIGURE,
    KIND_FIGCAPTION,
    KIND_HR,
    KIND_A, /* the first inline kind */
    KIND_STRONG,
    KIND_EM,
    KIND_SUB,
    KIND_SUP,
    KIND_CODE,
    KIND_DEL,
    KIND_ABBR,
    KIND_BDO,
    KIND_Q, /* on the way in only: it becomes quotation marks */
    KIND_IMG,
    KIND_BR,
    KIND_TEXT,
};

struct html_tag {
    uint8_t way;  /* enum html_way */
    uint8_t kind; /* enum html_kind; of no meaning for WAY_PASS, WAY_DROP and WAY_RAW */
};

struct html_tag html_tag_of(GumboTag tag);
/* The name it is written with; headings and text have none. */
const char *html_kind_name(enum html_kind kind);
/* li, td, dd, blockquote …: may hold blocks. */
bool html_kind_is_flow(enum html_kind kind);
/* p, headings, dt, caption, figcaption, pre: hold text and inline elements only. */
bool html_kind_is_line(enum html_kind kind);

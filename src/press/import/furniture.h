// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Page furniture: what stands around an article on a page, known by its labels in Chinese (both scripts) and English
 * (as written by people and by translation machines). Only words are judged here; where a line stands on the page,
 * and so whether the judgement counts, is sift.h's part. Thread-safe. */
#include "base/str.h"

enum furniture {
    FURNITURE_NONE,
    FURNITURE_TIME,
    FURNITURE_UPDATED,
    FURNITURE_SOURCE,
    FURNITURE_AUTHOR,
    FURNITURE_EDITOR,
    FURNITURE_KEYWORDS,
    FURNITURE_TITLE,
    FURNITURE_RECORD, /* index number, document number … of a disclosure table */
    FURNITURE_HITS,
    FURNITURE_TYPEFACE,
    FURNITURE_COLOUR,
    FURNITURE_PLACE, /* breadcrumbs */
    FURNITURE_TOOL,  /* share, print, close, back to top */
    FURNITURE_NEIGHBOUR,
    FURNITURE_FOOTER, /* copyright, filing numbers */
    FURNITURE_PROMOTION,
};

struct furniture_part {
    enum furniture kind;     /* NONE: text without a label */
    struct str label, value; /* value without brackets and spaces around it */
    struct str whole;        /* as it stands in the line */
    bool weak;               /* "Time:", "Title:": a notice's own words as often as the page's */
};
enum { FURNITURE_PARTS_MOST = 16 };

/* Cuts one line at its labels, if it is made of labels and values that fit them; the parts cover the line.
 * 0 when it is not: a sentence that only has such words in it is never cut. */
size_t furniture_split(struct str line, struct furniture_part ret[FURNITURE_PARTS_MOST]);
/* Judges a whole line without labels: PLACE, TOOL, FOOTER, PROMOTION, NEIGHBOUR or NONE. */
enum furniture furniture_of(struct str line);
/* "Place: …", "地点：…": a line of a notice about something that takes place. */
bool furniture_is_event(struct str line);

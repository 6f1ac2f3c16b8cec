// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The parts of a DOCX beside its document: opened, unpacked within limits, and read into small tables. For docx.c. */
#include "press/import/draft.h"

#include <libxml/xmlreader.h>
#include <zip.h>

enum {
    DOCX_ENTRIES_MOST = 2000,
    DOCX_PART_MOST = 16 * 1024 * 1024,
    DOCX_ALL_MOST = 64 * 1024 * 1024,
    DOCX_RATIO_MOST = 200, /* checked beyond 1 MiB: honest XML packs to a twentieth, a bomb to a thousandth */
    DOCX_STYLES_MOST = 1024,
    DOCX_NUMBERS_MOST = 1024,
    DOCX_LINKS_MOST = 4096,
    DOCX_NOTES_MOST = 1024,
};

enum docx_list { DOCX_LIST_NONE, DOCX_LIST_BULLET, DOCX_LIST_NUMBER };

struct docx_style {
    struct str id, name, based_on;
    int level; /* 0: text, 1–9: heading, -1: title, -2: not said here */
    int number;
};
struct docx_link {
    struct str id, target;
};
struct docx_note {
    int64_t id;
    struct str text;
};

struct docx {
    struct arena *a;
    zip_t *zip;
    size_t unpacked;
    int64_t lvl; /* of numbering.xml's lvl element being read */
    size_t styles_n, nums_n, abstracts_n, links_n;
    struct docx_style *style;
    struct {
        int64_t id, abstract;
    } * num;
    struct {
        int64_t id;
        enum docx_list list[9];
    } * abstract;
    struct docx_link *link;
};

int docx_open(struct arena *a, struct str bytes, struct docx *ret, struct err *reterr);
void docx_close(struct docx *x);
/* A part's bytes, appended; -ERR_NOT_FOUND when there is none of that name. */
int docx_part(struct docx *x, const char *name, struct buf *ret, struct err *reterr);
/* Styles, numbering, links: whichever parts there are. */
int docx_tables(struct docx *x, struct err *reterr);
/* The notes of "word/footnotes.xml" or "word/endnotes.xml"; *ret in the arena. */
int docx_notes(struct docx *x, const char *part, struct docx_note **ret, size_t *ret_n, struct err *reterr);
/* Offers every paragraph of every header and footer to left_out. */
int docx_margins(struct docx *x, struct draft *dr, struct err *reterr);

/* 0: text, 1–9: heading, -1: title; through the styles it is based on. */
int docx_level(const struct docx *x, struct str style_id);
int docx_style_number(const struct docx *x, struct str style_id);
enum docx_list docx_list_of(const struct docx *x, int64_t number, int64_t level);
struct str docx_target(const struct docx *x, struct str id);

/* A reader over a part, without network and entities; NULL when there is no memory. */
xmlTextReaderPtr docx_reader(const struct buf *xml);
/* Is the reader at a word-processing element of that name? */
bool docx_is(xmlTextReaderPtr r, const char *name);
/* An attribute by local name, in the arena; STR_NONE when absent. */
struct str docx_get(struct arena *a, xmlTextReaderPtr r, const char *name);
bool docx_has_entities(struct str xml);

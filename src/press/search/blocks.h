// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What PostgreSQL's index knows of a text beside its words, each as one word with a sign in front that no token has:
 * its column, the day of its publication, and longer blocks of days that the day is in, so that a search can walk the
 * texts of a span of time and no others; and beginnings of the words of title and keywords. Parts of tsvectors and
 * tsqueries, in the words of sql/schema. A part of press/search. */
#include "base/buf.h"

/* '@c5' '@1d19700' '@4d4925' … '@4096d4' and a space. Appends. */
void blocks_add_place(struct buf *ret, int64_t column_id, int64_t published_us);
/* '@pw' '@pwo' of each token (parted by spaces) that goes on behind one and two characters. Appends. */
void blocks_add_beginnings(struct buf *ret, struct str tokens);
/* ('@pwo' | 'wo'): whether a word begins so; false, and nothing appended, where only a walk along all words can tell.
 */
bool blocks_add_beginning_query(struct buf *ret, struct str beginning);
/* ('@1d19700' | '@1d19701'): of the span [from, until), which is not empty, and *from moved down to where its first
 * block begins. Appends. false, and nothing appended, where it would be too many. */
bool blocks_add_span_query(struct buf *ret, int64_t *from_us, int64_t until_us);

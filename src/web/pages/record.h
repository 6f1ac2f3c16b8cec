// SPDX-License-Identifier: Apache-2.0
#pragma once
/* Entries of the ledger in words, for the pages that show some. */
#include "ledger/entry.h"
#include "ledger/log.h"
#include "web/request.h"

/* "Published", in the page's language. */
struct str record_type(const struct request *req, enum entry_type t);
/* "it was wrong"; empty for none. */
struct str record_code(const struct request *req, enum entry_code c);
/* "19 November 2026" and "2026-11-19" of a day in UTC. */
struct str record_long_day(const struct request *req, int64_t day);
struct str record_day(const struct request *req, int64_t day);
/* "/ledger/entry/4107" in the page's language. */
struct str record_path(const struct request *req, int64_t index);
/* Fills {number, href, kind, type, code, day, long_day, unit, ref, ref_href}; what an entry lacks is empty. */
void record_show(const struct request *req, struct value *one, int64_t index, const struct entry *e);
/* "3 minutes ago"; in a copy the minute itself */
struct str record_ago(const struct request *req, int64_t us);
/* view.witnesses [{name, when, moment, size}], view.has_witnesses */
int record_show_witnesses(struct request *req, struct err *e);

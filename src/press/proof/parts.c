// SPDX-License-Identifier: Apache-2.0
/* Their order and spelling are for good: entries commit to them. */
#include "press/proof/parts.h"

#include "text/datetime.h"

bool parts_are_of_text(enum entry_type t) {
    return t == ENTRY_PUBLISH || t == ENTRY_EMERGENCY || t == ENTRY_CORRECT || t == ENTRY_COUNTERSIGN;
}

static struct str moment(struct arena *a, int64_t us) {
    BUF_LOCAL(text);
    datetime_add_utc(&text, us);
    return arena_buf(a, &text);
}

void parts_of(struct arena *a, const struct article_act *act, struct document_parts *ret) {
    static const char *const of_text[] = {"id",       "language", "published", "title",       "source", "author",
                                          "keywords", "summary",  "picture",   "picture_alt", "note",   "body"};
    static const char *const of_reason[] = {"id", "language", "reason"};
    const struct article_text *t = act->text;
    struct str id = arena_printf(a, "%lld", (long long)act->article_id), language = arena_str(a, str_of(t->language));
    if (parts_are_of_text(act->type))
        *ret = (struct document_parts){sizeof of_text / sizeof *of_text,
                                       of_text,
                                       {id, language, moment(a, act->published_us), t->title, t->source, t->author,
                                        t->keywords, t->summary, act->picture, t->picture_alt, t->note, t->body_html}};
    else
        *ret = (struct document_parts){sizeof of_reason / sizeof *of_reason, of_reason, {id, language, act->reason}};
}

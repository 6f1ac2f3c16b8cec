// SPDX-License-Identifier: Apache-2.0
/* From acts to entries. What refers to what is specified in docs/ledger-format.md. */
#include "press/article/entries.h"

#include <string.h>

static int add(struct tx *tx, const struct subject *s, const struct article_text *text, enum entry_type type,
               enum entry_code code, const char *ref, char ret_ticket[LEDGER_TICKET], struct err *reterr) {
    const struct article_act act = {.article_id = s->id,
                                    .text = text,
                                    .published_us = s->published_us,
                                    .picture = s->picture,
                                    .type = type,
                                    .code = code,
                                    .ref_ticket = ref && *ref ? ref : NULL};
    return article_proof_add(tx, &act, ret_ticket, reterr);
}

/* Where among the texts the article's first one is; where that was erased, the first that there is. */
static size_t first_of(const struct subject *s, const struct article_list *texts) {
    for (size_t i = 0; i < texts->n; i++)
        if (strcmp(texts->item[i].text.language, s->first_language) == 0)
            return i;
    return 0;
}

/* The entry that translations refer to. */
static int find_first(struct tx *tx, const struct subject *s, char ret[LEDGER_TICKET], struct err *reterr) {
    int rc = article_proof_publication(tx, s->id, s->first_language, ret, reterr);
    return rc == 0 && !*ret ? article_proof_publication(tx, s->id, NULL, ret, reterr) : rc;
}

/* One text; first: the ticket of the article's first, "" while that is the one. */
static int publish(struct tx *tx, const struct subject *s, const struct article_text *text, enum entry_type type,
                   const char *first, char ret_ticket[LEDGER_TICKET], struct err *reterr) {
    char earlier[LEDGER_TICKET];
    int rc = article_proof_publication(tx, s->id, text->language, earlier, reterr);
    if (rc < 0)
        return rc;
    if (*earlier)
        return add(tx, s, text, type, ENTRY_CODE_AGAIN, earlier, ret_ticket, reterr);
    return add(tx, s, text, type, *first ? ENTRY_CODE_TRANSLATION : ENTRY_CODE_NONE, first, ret_ticket, reterr);
}

int entries_publish(struct tx *tx, const struct subject *s, const struct article_list *texts, bool emergency,
                    struct err *reterr) {
    enum entry_type type = emergency ? ENTRY_EMERGENCY : ENTRY_PUBLISH;
    char first[LEDGER_TICKET] = "", other[LEDGER_TICKET];
    size_t at = first_of(s, texts);
    int rc = texts->n ? publish(tx, s, &texts->item[at].text, type, "", first, reterr) : 0;
    for (size_t i = 0; rc == 0 && i < texts->n; i++)
        if (i != at)
            rc = publish(tx, s, &texts->item[i].text, type, first, other, reterr);
    return rc;
}

int entries_publish_new(struct tx *tx, const struct subject *s, const struct article_text *text, struct err *reterr) {
    char ticket[LEDGER_TICKET];
    const struct article_act act = {.article_id = s->id,
                                    .text = text,
                                    .published_us = s->published_us,
                                    .picture = s->picture,
                                    .type = ENTRY_PUBLISH,
                                    .code = ENTRY_CODE_NONE,
                                    .first = true};
    return article_proof_add(tx, &act, ticket, reterr);
}

int entries_translate(struct tx *tx, const struct subject *s, const struct article_text *text, struct err *reterr) {
    char first[LEDGER_TICKET], ticket[LEDGER_TICKET];
    int64_t emergency_us;
    int rc = article_emergency(tx, s->id, &emergency_us, reterr);
    if (rc == 0)
        rc = find_first(tx, s, first, reterr);
    if (rc < 0)
        return rc;
    return publish(tx, s, text, emergency_us ? ENTRY_EMERGENCY : ENTRY_PUBLISH, first, ticket, reterr);
}

static int about_publication(struct tx *tx, const struct subject *s, const struct article_text *text,
                             enum entry_type type, struct err *reterr) {
    char published[LEDGER_TICKET], ticket[LEDGER_TICKET];
    int rc = article_proof_publication(tx, s->id, text->language, published, reterr);
    return rc < 0 ? rc : add(tx, s, text, type, ENTRY_CODE_NONE, published, ticket, reterr);
}

int entries_correct(struct tx *tx, const struct subject *s, const struct article_text *text, struct err *reterr) {
    return about_publication(tx, s, text, ENTRY_CORRECT, reterr);
}

int entries_countersign(struct tx *tx, const struct subject *s, const struct article_list *texts, struct err *reterr) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < texts->n; i++)
        rc = about_publication(tx, s, &texts->item[i].text, ENTRY_COUNTERSIGN, reterr);
    return rc;
}

int entries_withdraw(struct tx *tx, const struct subject *s, const struct article_list *texts, enum entry_type type,
                     enum entry_code code, struct str reason, struct err *reterr) {
    char published[LEDGER_TICKET], ticket[LEDGER_TICKET];
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < texts->n; i++) {
        const struct article_text *text = &texts->item[i].text;
        rc = article_proof_publication(tx, s->id, text->language, published, reterr);
        const struct article_act act = {.article_id = s->id,
                                        .text = text,
                                        .type = type,
                                        .code = code,
                                        .ref_ticket = rc == 0 && *published ? published : NULL,
                                        .reason = reason};
        if (rc == 0)
            rc = article_proof_add(tx, &act, ticket, reterr);
    }
    return rc;
}

static int adopt(struct tx *tx, const struct subject *s, const struct article_text *text, int64_t *texts_n,
                 struct err *reterr) {
    char ticket[LEDGER_TICKET];
    int rc = article_proof_publication(tx, s->id, text->language, ticket, reterr);
    if (rc < 0 || *ticket)
        return rc;
    rc = add(tx, s, text, ENTRY_PUBLISH, ENTRY_CODE_ADOPTED, NULL, ticket, reterr);
    if (rc == 0 && texts_n)
        ++*texts_n;
    return rc;
}

int entries_adopt(struct tx *tx, const struct subject *s, const struct article_list *texts, int64_t *texts_n,
                  struct err *reterr) {
    size_t at = first_of(s, texts);
    int rc = texts->n ? adopt(tx, s, &texts->item[at].text, texts_n, reterr) : 0;
    for (size_t i = 0; rc == 0 && i < texts->n; i++)
        if (i != at)
            rc = adopt(tx, s, &texts->item[i].text, texts_n, reterr);
    return rc;
}

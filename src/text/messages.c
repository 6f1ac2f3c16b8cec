// SPDX-License-Identifier: Apache-2.0
/* Message catalogues: an INI file to a sorted table and a tree for templates. */
#include "text/messages.h"

#include "base/ini.h"
#include "text/language.h"
#include "text/message_format.h"

#include <stdlib.h>
#include <string.h>

struct message {
    const char *key;
    struct str pattern, plain; /* plain: the finished text where there are no arguments */
    bool own;
};

struct messages {
    struct arena *arena;
    char tag[LANGUAGE_MOST];
    struct message_language language;
    struct message *message; /* ordered by key */
    size_t n, room;
    struct value *tree;
};

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct message *)a)->key, ((const struct message *)b)->key);
}

static const struct message *find(const struct messages *m, const char *key) {
    return m->n ? bsearch(&(struct message){.key = key}, m->message, m->n, sizeof *m->message, by_key) : NULL;
}

static struct message *add_message(struct messages *m) {
    if (m->n == m->room) {
        size_t room = m->room ? m->room * 2 : 256;
        struct message *more = arena_array(m->arena, room, sizeof *more);
        if (!more)
            return NULL;
        if (m->n)
            memcpy(more, m->message, m->n * sizeof *more);
        m->message = more;
        m->room = room;
    }
    return &m->message[m->n++];
}

static int take_message(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    struct messages *m = arg;
    bool is_plain;
    if (!section.n)
        return err_set(reterr, ERR_INVALID, "%.*s stands before the first [section]", STR_FMT(key));
    if (str_find_char(section, '.', 0) != SIZE_MAX || str_find_char(key, '.', 0) != SIZE_MAX)
        return err_set(reterr, ERR_INVALID, "[%.*s] %.*s: templates could not name it with a dot in it",
                       STR_FMT(section), STR_FMT(key));
    int bad = message_check(value, &is_plain, reterr);
    if (bad) {
        err_prefix(reterr, "%.*s", STR_FMT(key));
        return bad;
    }
    struct message *one = add_message(m);
    if (!one)
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory for the messages");
    *one = (struct message){.key = arena_printf(m->arena, "%.*s.%.*s", STR_FMT(section), STR_FMT(key)).p,
                            .pattern = arena_str(m->arena, value),
                            .own = true};
    if (is_plain) {
        BUF_LOCAL(text);
        message_format(&text, value, &m->language, NULL, 0);
        one->plain = arena_buf(m->arena, &text);
    }
    return one->key ? 0 : err_set(reterr, ERR_NO_MEMORY, "not enough memory for the messages");
}

static int open_language(struct messages *m, struct err *reterr) {
    UErrorCode bad = U_ZERO_ERROR;
    m->language.numbers = unumf_openForSkeletonAndLocale(u"", 0, m->tag, &bad);
    m->language.plurals = uplrules_open(m->tag, &bad);
    return U_SUCCESS(bad) ? 0 : err_set(reterr, ERR_NO_MEMORY, "ICU has no data for the language %s", m->tag);
}

static void sort(struct messages *m) {
    if (m->n)
        qsort(m->message, m->n, sizeof *m->message, by_key);
}

static int refuse_doubles(const struct messages *m, struct err *reterr) {
    for (size_t i = 1; i < m->n; i++)
        if (strcmp(m->message[i - 1].key, m->message[i].key) == 0)
            return err_set(reterr, ERR_INVALID, "%s is there twice", m->message[i].key);
    return 0;
}

/* What only the fallback has is taken over, so that one look-up is enough later. */
static void take_over(struct messages *m, const struct messages *fallback) {
    size_t own = m->n;
    for (size_t i = 0; i < fallback->n; i++) {
        const struct message *theirs = &fallback->message[i];
        struct message key = {.key = theirs->key};
        if (own && bsearch(&key, m->message, own, sizeof key, by_key))
            continue;
        struct message *one = add_message(m);
        if (!one)
            return; /* the arena remembers */
        *one = (struct message){.key = arena_z(m->arena, str_of(theirs->key)),
                                .pattern = arena_str(m->arena, theirs->pattern),
                                .plain = theirs->plain.p ? arena_str(m->arena, theirs->plain) : STR_NONE};
    }
    sort(m);
}

/* The tree hangs in a holder, which marks it as linked: views then take it as a copy and never write to it. */
static void build_tree(struct messages *m) {
    struct value *holder = value_object(m->arena);
    m->tree = value_set_object(holder, "t");
    for (size_t i = 0; i < m->n; i++) {
        struct str key = str_of(m->message[i].key);
        size_t dot = str_find_char(key, '.', 0);
        struct str section = str_first(key, dot);
        struct value *object = (struct value *)value_get(m->tree, section); /* our own, not yet shared */
        if (!object)
            object = value_set_object(m->tree, arena_z(m->arena, section));
        if (m->message[i].plain.n)
            value_set_text(object, m->message[i].key + dot + 1, m->message[i].plain);
    }
}

static int load(struct messages *m, struct str ini, const struct messages *fallback, struct err *reterr) {
    int bad = open_language(m, reterr);
    if (!bad)
        bad = ini_read(ini, take_message, m, reterr);
    if (bad)
        return bad;
    sort(m);
    bad = refuse_doubles(m, reterr);
    if (bad)
        return bad;
    if (fallback)
        take_over(m, fallback);
    build_tree(m);
    return arena_failed(m->arena) ? err_set(reterr, ERR_NO_MEMORY, "not enough memory for the messages") : 0;
}

int messages_load(const char *tag, struct str ini, const struct messages *fallback, struct messages **ret,
                  struct err *reterr) {
    if (strlen(tag) >= LANGUAGE_MOST)
        return err_set(reterr, ERR_INVALID, "%.40s is no language's tag", tag);
    struct messages *m = calloc(1, sizeof *m);
    if (!m || !(m->arena = arena_new(0))) {
        free(m);
        return err_set(reterr, ERR_NO_MEMORY, "not enough memory for the messages in %.20s", tag);
    }
    memcpy(m->tag, tag, strlen(tag) + 1);
    int bad = load(m, ini, fallback, reterr);
    if (bad) {
        messages_free(m);
        return bad;
    }
    *ret = m;
    return 0;
}

void messages_free(struct messages *m) {
    if (!m)
        return;
    unumf_close(m->language.numbers);
    uplrules_close(m->language.plurals);
    arena_free(m->arena);
    free(m);
}

const char *messages_tag(const struct messages *m) {
    return m->tag;
}

bool messages_has_own(const struct messages *m, const char *key) {
    const struct message *one = find(m, key);
    return one && one->own;
}

struct str messages_get(const struct messages *m, const char *key) {
    const struct message *one = find(m, key);
    return one && one->plain.p ? one->plain : str_of(key);
}

struct str messages_format(const struct messages *m, struct arena *a, const char *key, const struct message_arg *args,
                           size_t n) {
    const struct message *one = find(m, key);
    if (!one)
        return arena_str(a, str_of(key));
    BUF_LOCAL(text);
    message_format(&text, one->pattern, &m->language, args, n);
    return arena_buf(a, &text);
}

const struct value *messages_value(const struct messages *m) {
    return m->tree;
}

struct str messages_number(const struct messages *m, struct arena *a, int64_t number) {
    BUF_LOCAL(text);
    message_add_number(&text, &m->language, number);
    return arena_buf(a, &text);
}

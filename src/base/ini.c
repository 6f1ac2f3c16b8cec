// SPDX-License-Identifier: Apache-2.0
/* INI, line by line. */
#include "base/ini.h"

#include "base/buf.h"

struct reader {
    ini_fn *fn;
    void *arg;
    struct err *err;
    struct str section, key;
    struct buf value;   /* may be made of several lines */
    size_t line, began; /* now; where the pair began */
};

static int wrong(struct reader *r, size_t line, const char *why) {
    return err_set(r->err, ERR_INVALID, "line %zu: %s", line, why);
}

/* Hands over the pair that is complete now. */
static int flush(struct reader *r) {
    if (!r->key.n)
        return 0;
    if (buf_failed(&r->value))
        return err_set(r->err, ERR_NO_MEMORY, "line %zu: not enough memory", r->line);
    int bad = r->fn(r->arg, r->section, r->key, buf_str(&r->value), r->err);
    r->key = STR_NONE;
    buf_reset(&r->value);
    if (bad < 0)
        err_prefix(r->err, "line %zu", r->began);
    return bad < 0 ? bad : 0;
}

static int take_pair(struct reader *r, struct str line) {
    size_t equals = str_find_char(line, '=', 0);
    if (equals == SIZE_MAX)
        return wrong(r, r->line, "neither [section] nor key = value");
    r->key = str_trim(str_first(line, equals));
    if (!r->key.n)
        return wrong(r, r->line, "there is no key before the =");
    r->began = r->line;
    buf_add(&r->value, str_trim(str_from(line, equals + 1)));
    return 0;
}

static int take_line(struct reader *r, struct str raw) {
    struct str line = str_trim(raw);
    if (!line.n || line.p[0] == ';' || line.p[0] == '#')
        return 0;
    if (raw.p[0] == ' ' || raw.p[0] == '\t') {
        if (!r->key.n)
            return wrong(r, r->line, "goes on with a value, but there is none before it");
        buf_add_char(&r->value, '\n');
        buf_add(&r->value, line);
        return 0;
    }
    int bad = flush(r);
    if (bad)
        return bad;
    if (line.p[0] != '[')
        return take_pair(r, line);
    struct str name = line.n < 3 ? STR_NONE : str_trim(str_part(line.p + 1, line.n - 2));
    if (line.p[line.n - 1] != ']' || !name.n)
        return wrong(r, r->line, "a section is written [name]");
    r->section = name;
    return 0;
}

int ini_read(struct str text, ini_fn *fn, void *arg, struct err *reterr) {
    struct reader r = {.fn = fn, .arg = arg, .err = reterr, .value = BUF_INIT};
    struct str rest = str_starts(text, "\xef\xbb\xbf") ? str_from(text, 3) : text, line;
    int bad = 0;
    while (!bad && str_cut(&rest, '\n', &line)) {
        r.line++;
        bad = take_line(&r, line);
    }
    if (!bad)
        bad = flush(&r);
    buf_clear(&r.value);
    return bad;
}

// SPDX-License-Identifier: Apache-2.0
/* One line an event, in one write. */
#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { VALUE_MOST = 1024 };

static _Atomic int least_level = LOG_INFO;
static _Atomic int form_used = LOG_LOGFMT;

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_set(enum log_level least, enum log_form form) {
    least_level = (int)least;
    form_used = (int)form;
}

/* The escapes of JSON strings; logfmt readers understand the same. */
static void add_quoted(struct buf *b, struct str s) {
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n && i < VALUE_MOST; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(b, "\\u%04x", c);
        else
            buf_add_char(b, (char)c);
    }
    buf_add_char(b, '"');
}

static bool is_plain(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '=' || s.p[i] == '\\' || s.p[i] == 0x7f)
            return false;
    return s.n > 0 && s.n <= VALUE_MOST;
}

static void add_field(struct buf *b, bool json, struct log_field f) {
    if (json)
        buf_printf(b, ",\"%s\":", f.key);
    else
        buf_printf(b, " %s=", f.key);
    if (!f.text.p)
        buf_add_int(b, f.number);
    else if (!json && is_plain(f.text))
        buf_add(b, f.text);
    else
        add_quoted(b, f.text);
}

static void add_head(struct buf *b, bool json, enum log_level level, const char *event) {
    int64_t now_us = clock_now_us();
    time_t seconds = (time_t)(now_us / CLOCK_SECOND_US);
    struct tm utc;
    char when[32];
    (void)gmtime_r(&seconds, &utc); /* any int64_t second fits within the years of this program */
    size_t n = strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    int millis = (int)(now_us % CLOCK_SECOND_US / 1000);
    if (json)
        buf_printf(b, "{\"time\":\"%.*s.%03dZ\",\"level\":\"%s\",\"event\":\"%s\"", (int)n, when, millis,
                   level_names[level], event);
    else
        buf_printf(b, "time=%.*s.%03dZ level=%s event=%s", (int)n, when, millis, level_names[level], event);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields, size_t n) {
    if ((int)level < least_level)
        return;
    bool json = form_used == LOG_JSON;
    BUF_LOCAL(b);
    add_head(&b, json, level, event);
    for (size_t i = 0; i < n; i++)
        add_field(&b, json, fields[i]);
    buf_add_z(&b, json ? "}\n" : "\n");
    ssize_t put = write(STDERR_FILENO, b.p, b.n);
    (void)put; /* a log that cannot be written has nowhere to say so */
}

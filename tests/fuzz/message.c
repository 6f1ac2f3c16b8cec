// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a catalogue of messages: refused with a sentence, or every message of it can be formatted. */
#include "text/messages.h"

#include "base/ini.h"

#include "fuzz.h"

static int format_one(void *arg, struct str section, struct str key, struct str value, struct err *reterr) {
    (void)value, (void)reterr;
    const struct messages *m = arg;
    ARENA_LOCAL(a, 0);
    const char *whole = arena_printf(a, "%.*s.%.*s", STR_FMT(section), STR_FMT(key)).p;
    FUZZ_CHECK(messages_has_own(m, whole), "%s\n", whole);
    static const int64_t numbers[] = {0, 1, 2, 5, 11, 1284, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct message_arg args[] = {{.name = "n", .number = numbers[i]},
                                           {.name = "name", .text = STR("a {n} '")},
                                           {.name = "s", .text = STR("a")}};
        (void)messages_format(m, a, whole, args, i % 4); /* that it ends, within its bounds */
    }
    struct str plain = messages_get(m, whole);
    struct str formatted = messages_format(m, a, whole, NULL, 0);
    FUZZ_CHECK(str_is(plain, whole) || str_eq(plain, formatted), "\"%.*s\"\n", STR_FMT(plain));
    FUZZ_CHECK(!arena_failed(a), "memory\n");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static const char *const tags[] = {"en", "zh-CN", "ar", "ru"};
    struct str text = str_part((const char *)data, n);
    struct messages *fallback = NULL, *m = NULL;
    struct err err = {0};
    if (messages_load(tags[n % 4], text, NULL, &fallback, &err)) {
        FUZZ_CHECK(err.text[0], "no sentence\n");
        return 0;
    }
    FUZZ_CHECK(ini_read(text, format_one, fallback, &err) == 0, "%s\n", err.text);
    FUZZ_CHECK(messages_load("en", STR("[s]\na = b\n"), fallback, &m, &err) == 0, "%s\n", err.text);
    FUZZ_CHECK(value_kind(messages_value(m)) == VALUE_OBJECT, "no tree\n");
    messages_free(m);
    messages_free(fallback);
    return 0;
}

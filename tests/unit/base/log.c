// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include "../unit.h"
#include "base/buf.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int kept_stderr;
static FILE *caught;
static char said[8192];

static void catch_stderr(void) {
    caught = tmpfile();
    assert_non_null(caught);
    kept_stderr = dup(STDERR_FILENO);
    assert_int_equal(dup2(fileno(caught), STDERR_FILENO), STDERR_FILENO);
}

static const char *stop_catching(void) {
    assert_int_equal(dup2(kept_stderr, STDERR_FILENO), STDERR_FILENO);
    close(kept_stderr);
    rewind(caught);
    said[fread(said, 1, sizeof said - 1, caught)] = 0;
    fclose(caught);
    return said;
}

static int at_a_fixed_time(void **state) {
    (void)state;
    clock_set(INT64_C(1710582480123456));
    return 0;
}

static int back_to_normal(void **state) {
    (void)state;
    clock_set(0);
    log_set(LOG_INFO, LOG_LOGFMT);
    return 0;
}

static void an_event_is_one_logfmt_line(void **state) {
    (void)state;
    catch_stderr();
    LOG(LOG_INFO, "started", LOG_TEXT("address", STR("[::1]:8080")), LOG_NUMBER("threads", 2));
    assert_string_equal(stop_catching(),
                        "time=2024-03-16T09:48:00.123Z level=info event=started address=[::1]:8080 threads=2\n");
}

static void an_event_is_one_json_object(void **state) {
    (void)state;
    log_set(LOG_INFO, LOG_JSON);
    catch_stderr();
    LOG(LOG_ERROR, "failed", LOG_TEXT("why", STR("a \"b\"\n")), LOG_NUMBER("code", -3));
    assert_string_equal(stop_catching(),
                        "{\"time\":\"2024-03-16T09:48:00.123Z\",\"level\":\"error\",\"event\":\"failed\","
                        "\"why\":\"a \\\"b\\\"\\u000a\",\"code\":-3}\n");
}

static void a_value_cannot_forge_a_line_or_a_field(void **state) {
    (void)state;
    catch_stderr();
    LOG(LOG_WARN, "odd", LOG_TEXT("path", STR("/x level=error\nevent=y")), LOG_TEXT("empty", STR("")));
    const char *line = stop_catching();
    assert_non_null(strstr(line, " path=\"/x level=error\\u000aevent=y\" empty=\"\"\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void quieter_levels_say_nothing(void **state) {
    (void)state;
    log_set(LOG_WARN, LOG_LOGFMT);
    catch_stderr();
    LOG(LOG_INFO, "unheard", LOG_NUMBER("n", 1));
    LOG(LOG_WARN, "heard", LOG_NUMBER("n", 1));
    const char *lines = stop_catching();
    assert_null(strstr(lines, "unheard"));
    assert_non_null(strstr(lines, "event=heard"));
    log_set(LOG_NOTHING, LOG_LOGFMT);
    catch_stderr();
    LOG(LOG_ERROR, "unheard", LOG_NUMBER("n", 1));
    assert_string_equal(stop_catching(), "");
}

static void a_long_value_is_cut(void **state) {
    (void)state;
    BUF_LOCAL(b);
    for (int i = 0; i < 5000; i++)
        buf_add_char(&b, 'x');
    catch_stderr();
    LOG(LOG_INFO, "long", LOG_TEXT("v", buf_str(&b)));
    assert_in_range(strlen(stop_catching()), 1024, 1200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_one_logfmt_line, at_a_fixed_time, back_to_normal),
        cmocka_unit_test_setup_teardown(an_event_is_one_json_object, at_a_fixed_time, back_to_normal),
        cmocka_unit_test_setup_teardown(a_value_cannot_forge_a_line_or_a_field, at_a_fixed_time, back_to_normal),
        cmocka_unit_test_setup_teardown(quieter_levels_say_nothing, at_a_fixed_time, back_to_normal),
        cmocka_unit_test_setup_teardown(a_long_value_is_cut, at_a_fixed_time, back_to_normal),
    };
    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}

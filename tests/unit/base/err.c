// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include "../unit.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void every_code_has_a_name_a_status_and_a_sentence(void **state) {
    (void)state;
    for (int code = 0; code < ERR_COUNT; code++) {
        const char *sentence = err_sentence(-code);
        assert_true(strlen(err_name(-code)) > 0);
        assert_in_range(err_http_status(-code), 200, 599);
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
        assert_string_equal(err_name(code), err_name(-code));
    }
    assert_string_equal(err_name(-ERR_NOT_FOUND), "NOT_FOUND");
    assert_int_equal(err_http_status(-ERR_FULL), 507);
}

static void an_unknown_code_is_an_internal_error(void **state) {
    (void)state;
    assert_string_equal(err_name(-9999), "INTERNAL");
    assert_int_equal(err_http_status(ERR_COUNT), 500);
}

static void setting_gives_the_negative_code_and_the_sentence(void **state) {
    (void)state;
    struct err e = {0};
    assert_int_equal(err_set(&e, ERR_INVALID, "line %d is odd", 7), -ERR_INVALID);
    assert_int_equal(e.code, -ERR_INVALID);
    assert_string_equal(e.text, "line 7 is odd");
    assert_int_equal(err_set(NULL, ERR_IO, "unheard"), -ERR_IO);
}

static void a_refusal_also_names_the_sentence_until_another_takes_its_place(void **state) {
    (void)state;
    struct err e;
    assert_int_equal(err_refuse(&e, ERR_INVALID, "many", "q", 64, "more than %d", 64), -ERR_INVALID);
    assert_string_equal(e.text, "more than 64");
    assert_string_equal(e.key, "many");
    assert_string_equal(e.word, "q");
    assert_int_equal(e.number, 64);
    err_prefix(&e, "site.ini");
    assert_null(e.key);
    assert_int_equal(err_refuse(&e, ERR_INVALID, "many", NULL, 0, "many"), -ERR_INVALID);
    assert_int_equal(err_set(&e, ERR_IO, "a disk"), -ERR_IO);
    assert_null(e.key);
    assert_int_equal(err_refuse(NULL, ERR_IO, "many", NULL, 0, "unheard"), -ERR_IO);
}

static void a_prefix_goes_in_front(void **state) {
    (void)state;
    struct err e = {0};
    (void)err_set(&e, ERR_FORMAT, "is not a picture"); /* the code is looked at below */
    err_prefix(&e, "%s.svg", "boat");
    assert_int_equal(e.code, -ERR_FORMAT);
    assert_string_equal(e.text, "boat.svg: is not a picture");
    err_prefix(NULL, "unheard");
}

static void long_sentences_are_cut_and_stay_terminated(void **state) {
    (void)state;
    struct err e = {0};
    (void)err_set(&e, ERR_IO, "%0600d", 1); /* the length is what matters */
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    err_prefix(&e, "%0600d", 2);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
    assert_int_equal(e.code, -ERR_IO);
}

static void errno_becomes_code_and_words(void **state) {
    (void)state;
    static const struct {
        int number;
        int code;
    } known[] = {
        {ENOSPC, ERR_FULL}, {EDQUOT, ERR_FULL}, {ENOMEM, ERR_NO_MEMORY}, {ENOENT, ERR_NOT_FOUND}, {EACCES, ERR_IO}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct err e = {0};
        errno = known[i].number;
        assert_int_equal(err_errno(&e, "opening %s", "x"), -known[i].code);
        assert_int_equal(strncmp(e.text, "opening x: ", 11), 0);
        assert_true(strlen(e.text) > 15);
        errno = known[i].number;
        assert_int_equal(err_errno(NULL, "unheard"), -known[i].code);
    }
}

static void our_own_mistake_stops_the_program(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        (void)signal(SIGABRT, SIG_DFL); /* not the sanitizer's or cmocka's */
        BUG("two and two");
    }
    close(ends[1]);
    char said[256] = "";
    ssize_t got = read(ends[0], said, sizeof said - 1);
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(got > 0 && strstr(said, "two and two") && strstr(said, "err.c:"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_a_name_a_status_and_a_sentence),
        cmocka_unit_test(an_unknown_code_is_an_internal_error),
        cmocka_unit_test(setting_gives_the_negative_code_and_the_sentence),
        cmocka_unit_test(a_refusal_also_names_the_sentence_until_another_takes_its_place),
        cmocka_unit_test(a_prefix_goes_in_front),
        cmocka_unit_test(long_sentences_are_cut_and_stay_terminated),
        cmocka_unit_test(errno_becomes_code_and_words),
        cmocka_unit_test(our_own_mistake_stops_the_program),
    };
    return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}

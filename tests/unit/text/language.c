// SPDX-License-Identifier: Apache-2.0
#include "text/language.h"

#include "../unit.h"

#include <time.h>

static void tags_get_their_usual_form(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"ZH_cn", "zh-CN"},     {"en", "en"},         {"EN-us", "en-US"},
                                           {"zh-hans", "zh-Hans"}, {"ar", "ar"},         {"zh_HANS_cn", "zh-Hans-CN"},
                                           {"sr-latn", "sr-Latn"}, {"es-419", "es-419"}, {"mn-cyrl-mn", "mn-Cyrl-MN"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char tag[LANGUAGE_MOST];
        assert_true(language_normalise(str_of(pairs[i][0]), tag));
        assert_string_equal(tag, pairs[i][1]);
        assert_true(language_normalise(str_of(tag), tag));
        assert_string_equal(tag, pairs[i][1]);
    }
}

static void what_is_no_tag_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "-",
                                        "e",
                                        "en-",
                                        "-en",
                                        "en--US",
                                        "en US",
                                        "../",
                                        "中文",
                                        "en;q=1",
                                        "english-uk!",
                                        "x-foo",
                                        "en-u-ca-buddhist",
                                        "zh-Hans-CN-u-nu-hanidec-co-pinyin-ca-chinese-and-much-more-that-never-ends"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char tag[LANGUAGE_MOST] = "kept";
        if (language_normalise(str_of(wrong[i]), tag))
            fail_msg("\"%s\" was taken as %s", wrong[i], tag);
        assert_string_equal(tag, "kept");
    }
    char tag[LANGUAGE_MOST];
    assert_false(language_normalise(str_part("en\0US", 5), tag));
    assert_false(language_normalise(str_part("en\0", 3), tag));
}

static void the_direction_follows_the_script(void **state) {
    (void)state;
    static const char *const rtl[] = {"ar", "he", "fa", "ur", "ug", "ar-EG", "az-Arab"};
    static const char *const ltr[] = {"en", "zh-CN", "ru", "az", "hi", "xx"};
    for (size_t i = 0; i < sizeof rtl / sizeof *rtl; i++)
        assert_true(language_is_rtl(rtl[i]));
    for (size_t i = 0; i < sizeof ltr / sizeof *ltr; i++)
        assert_false(language_is_rtl(ltr[i]));
}

static void a_language_names_itself(void **state) {
    (void)state;
    static const char *const names[][2] = {{"en", "English"},       {"zh-CN", "简体中文"}, {"zh-TW", "繁體中文"},
                                           {"zh-Hans", "简体中文"}, {"ar", "العربية"},     {"ru", "русский"},
                                           {"ja", "日本語"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        BUF_LOCAL(b);
        language_add_name(&b, names[i][0]);
        assert_string_equal(b.p, names[i][1]);
    }
    BUF_LOCAL(unknown);
    language_add_name(&unknown, "qx");
    assert_string_equal(unknown.p, "qx");
}

static const char *negotiated(const char *accept, const char *const *offered, size_t n) {
    int i = language_negotiate(str_of(accept), offered, n);
    return i < 0 ? "none" : offered[i];
}

static void the_reader_gets_what_was_asked_for(void **state) {
    (void)state;
    static const char *const two[] = {"en", "zh-CN"};
    static const struct {
        const char *accept, *wanted;
    } cases[] = {
        {"zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"},
        {"en-GB,en;q=0.9,zh-CN;q=0.8", "en"},
        {"zh", "zh-CN"},
        {"ZH-cn", "zh-CN"},
        {"fr,de;q=0.9", "none"},
        {"fr, zh;q=0.3, en;q=0.2", "zh-CN"},
        {"fr;q=1.0, *;q=0.1", "en"},
        {"en;q=0.2,zh-CN;q=0.200", "en"},
        {"en;q=0.2,zh-CN;q=0.201", "zh-CN"},
        {" zh-CN ; q=0.5 , en ; q=0.4", "zh-CN"},
        {"en;Q=0.1, zh;q=0.2", "zh-CN"},
        {"zh, en", "zh-CN"}, /* of equals, the first named */
        {"en, zh", "en"},
        {"", "none"},
        {",,;q=,", "none"},
        {"*", "en"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!str_is(str_of(negotiated(cases[i].accept, two, 2)), cases[i].wanted))
            fail_msg("\"%s\" gave %s", cases[i].accept, negotiated(cases[i].accept, two, 2));
    assert_int_equal(language_negotiate(STR("en"), NULL, 0), -1);
}

static void a_weight_of_nought_is_a_refusal(void **state) {
    (void)state;
    static const char *const two[] = {"en", "zh-CN"};
    assert_string_equal(negotiated("en;q=0", two, 2), "none");
    assert_string_equal(negotiated("en;q=0.000, zh", two, 2), "zh-CN");
    assert_string_equal(negotiated("*;q=0", two, 2), "none");
    assert_string_equal(negotiated("en;q=0, *;q=0.5", two, 2), "zh-CN");
    assert_string_equal(negotiated("*, en;q=0", two, 2), "zh-CN");
    assert_string_equal(negotiated("en, *;q=0", two, 2), "en");
    assert_string_equal(negotiated("zh;q=0, *", two, 2), "en");
    assert_string_equal(negotiated("zh-TW;q=0, zh", two, 2), "zh-CN");
    assert_string_equal(negotiated("*;q=0.5, en;q=0.1", two, 2), "zh-CN"); /* the nearest range rules */
}

static void chinese_is_matched_by_its_script(void **state) {
    (void)state;
    static const char *const all[] = {"en", "zh-CN", "zh-TW"};
    assert_string_equal(negotiated("zh-Hant", all, 3), "zh-TW");
    assert_string_equal(negotiated("zh-HK", all, 3), "zh-TW");
    assert_string_equal(negotiated("zh-MO,zh;q=0.9", all, 3), "zh-TW");
    assert_string_equal(negotiated("zh-Hans", all, 3), "zh-CN");
    assert_string_equal(negotiated("zh-SG", all, 3), "zh-CN");
    assert_string_equal(negotiated("zh-Hans-HK", all, 3), "zh-CN");
    assert_string_equal(negotiated("zh", all, 3), "zh-CN");
    assert_string_equal(negotiated("zh-TW,zh;q=0.9,en;q=0.8", all, 3), "zh-TW");
    assert_string_equal(negotiated("zh-TW,zh;q=0.9,en;q=0.8", all, 2), "zh-CN"); /* rather that than English */
    static const char *const by_script[] = {"zh-Hant", "zh-Hans"};
    assert_string_equal(negotiated("zh-CN", by_script, 2), "zh-Hans");
    assert_string_equal(negotiated("zh-TW", by_script, 2), "zh-Hant");
}

static void a_monstrous_header_costs_little(void **state) {
    (void)state;
    static const char *const two[] = {"en", "zh-CN"};
    BUF_LOCAL(header);
    for (int i = 0; i < 20000; i++)
        buf_add_z(&header, "zh-HK;q=0.1,");
    struct timespec from, to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    (void)language_negotiate(buf_str(&header), two, 2); /* its time is what counts */
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    assert_true(ms < 20);
}

static void a_text_is_guessed_by_its_script(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"", "en"},
        {"12:30 — !", "en"},
        {"Flood gates will close on Thursday", "en"},
        {"公安厅召开新闻发布会，通报情况", "zh-CN"},
        {"這個國家的問題，應該說明", "zh-TW"},
        {"市民大厅 (City Hall) 周一开放", "zh-CN"},
        {"The mayor met 王 at noon in the square", "en"},
        {"これは日本語の文章です", "ja"},
        {"홍수 방지문이 닫힙니다", "ko"},
        {"ستغلق بوابات الفيضان", "ar"},
        {"Ворота закроются в четверг", "ru"},
        {"השערים ייסגרו", "he"},
        {"Οι πύλες θα κλείσουν", "el"},
        {"ประตูน้ำจะปิด", "th"},
        {"बाढ़ के द्वार बंद होंगे", "hi"},
        {"\xff\xfe", "en"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(language_guess(str_of(texts[i][0])), texts[i][1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_get_their_usual_form),          cmocka_unit_test(what_is_no_tag_is_refused),
        cmocka_unit_test(the_direction_follows_the_script),   cmocka_unit_test(a_language_names_itself),
        cmocka_unit_test(the_reader_gets_what_was_asked_for), cmocka_unit_test(a_weight_of_nought_is_a_refusal),
        cmocka_unit_test(chinese_is_matched_by_its_script),   cmocka_unit_test(a_monstrous_header_costs_little),
        cmocka_unit_test(a_text_is_guessed_by_its_script),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

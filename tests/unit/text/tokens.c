// SPDX-License-Identifier: Apache-2.0
#include "text/tokens.h"

#include "text/snippet.h"
#include "text/tokens_walk.h"
#include "text/utf8.h"

#include "../unit.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

static void expect_tokens(const char *text, const char *wanted) {
    BUF_LOCAL(b);
    tokens_add(&b, str_of(text));
    if (strcmp(b.p, wanted) != 0)
        fail_msg("\"%s\" gave \"%s\", not \"%s\"", text, b.p, wanted);
}

static void words_are_letters_and_digits_in_small_letters(void **state) {
    (void)state;
    expect_tokens("Flood gates, closing at 16:40!", "flood gates closing at 16 40");
    expect_tokens("A/B-c_d(e)", "a b c d e");
    expect_tokens("", "");
    expect_tokens(" \n\t.,;—…。，、「」《》😀", "");
    expect_tokens("it's o\u2019clock", "it s o clock");
}

static void chinese_gives_every_pair_and_the_last_character(void **state) {
    (void)state;
    expect_tokens("公安厅", "公安 安厅 厅");
    expect_tokens("市", "市");
    expect_tokens("公安，消防", "公安 安 消防 防");
    expect_tokens("〇々ー", "〇々 々ー ー");
    expect_tokens("𠀀𠀁", "𠀀𠀁 𠀁");
}

static void scripts_meet_in_one_text(void **state) {
    (void)state;
    expect_tokens("2024年3月16日", "2024 年 3 月 16 日");
    expect_tokens("iPhone手机APP下载", "iphone 手机 机 app 下载 载");
    expect_tokens("第①章", "第 1 章");
}

static void a_mark_between_characters_is_no_neighbour(void **state) {
    (void)state;
    expect_tokens("ジョン・スミス", "ジョ ョン ン スミ ミス ス"); /* U+30FB stands among the letters of its block */
    expect_tokens("กข฿ค", "กข ข ค");
}

static void width_and_case_and_latin_accents_do_not_matter(void **state) {
    (void)state;
    expect_tokens("ＡＢＣ１２３", "abc123");
    expect_tokens("Café naïve ÅNGSTRÖM", "cafe naive angstrom");
    expect_tokens("Cafe\u0301", "cafe");
    expect_tokens("Straße ﬁne İstanbul", "strasse fine istanbul");
    expect_tokens("ﾃｽﾄ", "テス スト ト"); /* half-width kana */
    expect_tokens("½ ㎡", "12");
}

static void other_scripts_keep_their_marks(void **state) {
    (void)state;
    expect_tokens("Йод чай", "йод чай");
    expect_tokens("हिन्दी में", "हिन्दी में");
    expect_tokens("مُحَمَّد العربية", "مُحَمَّد العربية");
    expect_tokens("Ελλάδα", "ελλάδα");
    expect_tokens("ไทย", "ไท ทย ย");
}

static void composed_and_decomposed_text_are_one(void **state) {
    (void)state;
    expect_tokens("か\u3099くせい", "がく くせ せい い"); /* as a Mac writes がくせい */
    expect_tokens("\t\u3099くせ", "\u3099く くせ せ");    /* not the tab's: a query that begins so finds it */
    expect_tokens("\u115f省", "省");                      /* a filler that cannot be seen is no letter */
    expect_tokens("\u1112\u1161\u11ab국", "한국 국");
    expect_tokens("и\u0306од", "йод");
    expect_tokens("ก\u0e33", "ก\u0e4d\u0e32 \u0e4d\u0e32"); /* a compatibility letter folds within its own token only */
}

static void what_cannot_be_seen_does_not_part_a_word(void **state) {
    (void)state;
    expect_tokens("infor\u00admation", "information");
    expect_tokens("می\u200cخواهم", "میخواهم");
    expect_tokens("葛\U000e0100城", "葛城 城"); /* a variant of the first character */
    expect_tokens("\ufeffword \u2060 \ufe0f", "word");
    expect_tokens("one\u200btwo", "one two"); /* this one is a place to part words */
}

static void a_very_long_word_is_cut_at_whole_characters(void **state) {
    (void)state;
    static const char *const letters[] = {"x", "é", "я", "ḁ", "ﷺ", "𝒜", "한", "ﬃ", "\u0915", "e\u0301\u0302"};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        BUF_LOCAL(text);
        BUF_LOCAL(tokens);
        for (int k = 0; k < 3000; k++)
            buf_add_z(&text, letters[i]);
        tokens_add(&tokens, buf_str(&text));
        struct str rest = buf_str(&tokens), token;
        assert_true(rest.n > 0);
        while (str_cut(&rest, ' ', &token)) {
            assert_true(token.n > 0 && token.n <= TOKEN_MOST);
            assert_true(utf8_valid(token));
        }
    }
    expect_tokens("0123456789012345678901234567890123456789012345678901234567890123456789 b",
                  "0123456789012345678901234567890123456789012345678901234567890123 b");
}

static void bad_bytes_part_words(void **state) {
    (void)state;
    expect_tokens("ab\xff"
                  "cd \xe4\xb8 市\x80民",
                  "ab cd 市 民");
}

/* --- queries --- */

/* One term a line, tokens and a star. */
static void expect_query(const char *typed, const char *wanted) {
    ARENA_LOCAL(a, 0);
    struct search_query q;
    search_query_parse(a, str_of(typed), &q);
    BUF_LOCAL(b);
    for (size_t i = 0; i < q.n; i++)
        buf_printf(&b, "%s%.*s%s", i ? "|" : "", STR_FMT(q.term[i].tokens), q.term[i].prefix ? "*" : "");
    if (strcmp(b.p, wanted) != 0)
        fail_msg("\"%s\" gave \"%s\", not \"%s\"", typed, b.p, wanted);
    assert_false(arena_failed(a));
}

static void words_must_all_be_there_and_phrases_stay_together(void **state) {
    (void)state;
    expect_query("flood  Gates", "flood|gates");
    expect_query("\"flood gates\" east", "flood gates|east");
    expect_query("“flood gates”east", "flood gates|east");
    expect_query("「公安厅」　发布", "公安 安厅|发布");
    expect_query("＂a b＂", "a b");
    expect_query("one\"two three", "one|two three"); /* a quote that is never closed goes to the end */
    expect_query("e-mail it's", "e mail|it s");
    expect_query("公安厅", "公安 安厅");
    expect_query("市", "市*");
    expect_query("3月", "3 月*");
    expect_query("月3", "月 3");
}

static void a_star_goes_on_with_the_last_word(void **state) {
    (void)state;
    expect_query("flo*", "flo*");
    expect_query("\"east flo*\"", "east flo*");
    expect_query("\"east flo\"* x", "east flo*|x");
    expect_query("公安*", "公安*");
    expect_query("a*b", "a b");
    expect_query("* ** \"*\"", "");
}

static void nothing_to_search_for_is_no_term(void **state) {
    (void)state;
    expect_query("", "");
    expect_query("  \u3000\t", "");
    expect_query("\"\" “” 「 」 ( ) OR - ^ ' \\ :", "or"); /* no word is an operator */
    expect_query("\xff\xfe", "");
}

static void terms_beyond_the_most_are_dropped(void **state) {
    (void)state;
    BUF_LOCAL(typed);
    for (int i = 0; i < 40; i++)
        buf_printf(&typed, "w%d ", i);
    ARENA_LOCAL(a, 0);
    struct search_query q;
    search_query_parse(a, buf_str(&typed), &q);
    assert_int_equal(q.n, QUERY_TERMS_MOST);
    assert_true(str_is(q.term[15].tokens, "w15"));
}

static void the_engine_gets_the_same_meaning_and_no_foreign_sign(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    struct search_query q;
    search_query_parse(a, STR("gate* \"a 'b' \\\" NEAR(公安厅) x:y&!|"), &q);
    BUF_LOCAL(fts5);
    search_query_add_fts5(&fts5, &q);
    assert_string_equal(fts5.p, "\"gate\" * AND \"a b\" AND \"near 公安 安厅\" AND \"x y\"");
    BUF_LOCAL(none);
    search_query_add_fts5(&none, &(struct search_query){0});
    assert_string_equal(none.p, "");
}

/* --- what is in a text is found in it --- */

/* Whether the term's tokens follow each other in the stream, as both engines look for them. */
static bool stream_has(struct str stream, const struct query_term *t) {
    for (size_t at = 0; at < stream.n;) {
        size_t end = at + t->tokens.n;
        if (end <= stream.n && str_eq(str_part(stream.p + at, t->tokens.n), t->tokens) &&
            (t->prefix || end == stream.n || stream.p[end] == ' '))
            return true;
        size_t space = str_find_char(stream, ' ', at);
        if (space == SIZE_MAX)
            return false;
        at = space + 1;
    }
    return false;
}

static bool found(struct arena *a, struct str stream, struct str typed) {
    struct search_query q;
    search_query_parse(a, typed, &q);
    for (size_t i = 0; i < q.n; i++)
        if (!stream_has(stream, &q.term[i]))
            return false;
    return q.n > 0;
}

static void every_part_of_a_chinese_text_is_found_in_it(void **state) {
    (void)state;
    static const char *const texts[] = {
        "省公安厅召开新闻发布会通报打击犯罪情况",
        "市民张某说：“办事大厅周一开放”，请带身份证。",
        "2024年3月16日，A区B座第3层(东)开放APP下载",
        "東京タワーへ行こう・ジョン・スミスさん",
        "人人人民人民日报日日",
        "葛\U000e0100城市と葛城市、か\u3099くせい",
        "한국어 검색도 됩니다",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str text = str_of(texts[i]);
        BUF_LOCAL(stream);
        tokens_add(&stream, text);
        size_t tried = 0;
        for (size_t from = 0; from < text.n;) {
            struct str rest = str_from(text, from);
            uint32_t first = utf8_next(&rest);
            for (struct str end = rest; utf8_is_unspaced(first) && first != 0x3099;) {
                struct str part = str_part(text.p + from, (size_t)(end.p - text.p) - from);
                ARENA_LOCAL(a, 0);
                BUF_LOCAL(own);
                tokens_add(&own, part);
                struct str peek = end;
                uint32_t next = utf8_next(&peek);
                bool whole = next != 0x3099 && next != 0xe0100; /* not within one character */
                struct str last_of = str_part(text.p + from, 0);
                for (struct str walk = part; walk.n;) {
                    last_of = walk;
                    (void)utf8_next(&walk); /* the last character is looked for */
                }
                uint32_t last = utf8_next(&(struct str){last_of.p, last_of.n});
                if (own.n && whole && utf8_is_unspaced(last)) {
                    tried++;
                    if (!found(a, buf_str(&stream), part))
                        fail_msg("\"%.*s\" is not found in \"%s\" (%s)", STR_FMT(part), texts[i], stream.p);
                }
                if (!end.n)
                    break;
                uint32_t c = utf8_next(&end);
                if (c == '"' || c == 0x201c || c == 0x201d || c == ' ')
                    break; /* these mean something in a query */
            }
            from = (size_t)(rest.p - text.p);
        }
        assert_true(tried > 10);
    }
}

static void what_is_not_in_a_text_is_not_found(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(stream);
    tokens_add(&stream, STR("公安厅召开发布会 flood gates"));
    static const char *const absent[] = {"安公", "厅开", "公厅", "布会的", "gate", "flood east", "\"gates flood\"",
                                         "会议"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_false(found(a, buf_str(&stream), str_of(absent[i])));
    assert_true(found(a, buf_str(&stream), STR("gate* 会 “公安厅召开”")));
}

static void a_query_without_memory_has_no_half_terms(void **state) {
    (void)state;
    for (size_t limit = 1; limit < 200; limit += 7) {
        ARENA_LOCAL(a, limit);
        struct search_query q;
        search_query_parse(a, STR("flood gates 公安厅 \"a long phrase of many words to make it large\" x"), &q);
        for (size_t i = 0; i < q.n; i++)
            assert_true(q.term[i].tokens.n > 0);
        assert_true(arena_failed(a) || q.n == 5);
        BUF_LOCAL(out);
        snippet_add(&out, STR("flood gates"), &q, 50);
        assert_false(buf_failed(&out));
    }
}

/* They are taken without asking ICU: it would say the same. */
static void an_ideograph_is_a_letter_that_folds_to_itself(void **state) {
    (void)state;
    UErrorCode bad = U_ZERO_ERROR;
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&bad), *apart = unorm2_getNFDInstance(&bad);
    assert_true(U_SUCCESS(bad));
    for (UChar c = 0x4e00; c <= 0x9fff; c++) {
        assert_true(u_charType(c) == U_OTHER_LETTER);
        assert_true(unorm2_isNormalized(fold, &c, 1, &bad) && unorm2_isNormalized(apart, &c, 1, &bad));
        assert_true(U_SUCCESS(bad) && utf8_is_unspaced(c));
    }
    expect_tokens("\u4e00\u9fff", "\u4e00\u9fff \u9fff");
}

/* --- the walker --- */

static void each_token_knows_its_place(void **state) {
    (void)state;
    struct str text = STR("Zoë 公安b");
    static const char *const pieces[] = {"Zoë", "公安", "安", "b"};
    static const bool unspaced[] = {false, true, true, false}, alone[] = {false, false, true, false};
    struct token_walk w = token_walk_init(text);
    for (size_t i = 0; i < 4; i++) {
        assert_true(token_walk_next(&w));
        assert_true(str_is(str_part(text.p + w.begin, w.end - w.begin), pieces[i]));
        assert_int_equal(w.unspaced, unspaced[i]);
        assert_int_equal(w.alone, alone[i]);
        assert_int_equal(w.ran_on, i == 2);
    }
    assert_false(token_walk_next(&w));
    assert_false(token_walk_next(&w));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_letters_and_digits_in_small_letters),
        cmocka_unit_test(chinese_gives_every_pair_and_the_last_character),
        cmocka_unit_test(scripts_meet_in_one_text),
        cmocka_unit_test(an_ideograph_is_a_letter_that_folds_to_itself),
        cmocka_unit_test(a_mark_between_characters_is_no_neighbour),
        cmocka_unit_test(width_and_case_and_latin_accents_do_not_matter),
        cmocka_unit_test(other_scripts_keep_their_marks),
        cmocka_unit_test(composed_and_decomposed_text_are_one),
        cmocka_unit_test(what_cannot_be_seen_does_not_part_a_word),
        cmocka_unit_test(a_very_long_word_is_cut_at_whole_characters),
        cmocka_unit_test(bad_bytes_part_words),
        cmocka_unit_test(words_must_all_be_there_and_phrases_stay_together),
        cmocka_unit_test(a_star_goes_on_with_the_last_word),
        cmocka_unit_test(nothing_to_search_for_is_no_term),
        cmocka_unit_test(terms_beyond_the_most_are_dropped),
        cmocka_unit_test(the_engine_gets_the_same_meaning_and_no_foreign_sign),
        cmocka_unit_test(every_part_of_a_chinese_text_is_found_in_it),
        cmocka_unit_test(what_is_not_in_a_text_is_not_found),
        cmocka_unit_test(a_query_without_memory_has_no_half_terms),
        cmocka_unit_test(each_token_knows_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

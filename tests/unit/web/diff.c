// SPDX-License-Identifier: Apache-2.0
/* Unit tests for src/web/diff. */
#include "web/diff.h"

#include "base/random.h"

#include "../unit.h"

/* "same [-out-]{+in+}", paragraphs parted by "|", changed ones begin with "!". */
static struct str drawn(struct arena *a, const char *before, const char *after, struct diff *ret) {
    BUF_LOCAL(b);
    diff_texts(a, str_of(before), str_of(after), ret);
    for (size_t i = 0; i < ret->n; i++) {
        const struct diff_paragraph *p = &ret->paragraph[i];
        buf_add_z(&b, i ? "|" : "");
        buf_add_z(&b, p->changed ? "!" : "");
        for (size_t j = 0; j < p->n; j++) {
            static const char *const open[] = {"", "[-", "{+"}, *const shut[] = {"", "-]", "+}"};
            buf_add_z(&b, open[p->part[j].kind]);
            buf_add(&b, p->part[j].text);
            buf_add_z(&b, shut[p->part[j].kind]);
        }
    }
    return arena_buf(a, &b);
}

static void expect(const char *before, const char *after, const char *drawing, size_t added, size_t removed) {
    ARENA_LOCAL(a, 0);
    struct diff d;
    struct str got = drawn(a, before, after, &d);
    assert_string_equal(got.p, drawing);
    assert_int_equal(d.added, added);
    assert_int_equal(d.removed, removed);
}

static void the_same_text_has_no_change(void **state) {
    (void)state;
    expect("One line.\nAnother.", "One line.\nAnother.", "One line.|Another.", 0, 0);
    expect("", "", "", 0, 0);
}

static void a_changed_word_is_shown_within_its_paragraph(void **state) {
    (void)state;
    expect("The steps close at 18:30.\nStay safe.", "The steps close at 18:45.\nStay safe.",
           "!The steps close at 18:[-30-]{+45+}.|Stay safe.", 1, 1);
}

static void chinese_is_compared_character_by_character(void **state) {
    (void)state;
    expect("闸门将于周四18:30关闭。", "闸门将于周五18:30关闭。", "!闸门将于周[-四-]{+五+}18:30关闭。", 1, 1);
}

static void a_new_paragraph_is_all_added(void **state) {
    (void)state;
    expect("First.\nLast.", "First.\nQuite new.\nLast.", "First.|!{+Quite new.+}|Last.", 2, 0);
}

static void a_paragraph_that_went_is_all_removed(void **state) {
    (void)state;
    expect("First.\nTwo words.\nLast.", "First.\nLast.", "First.|![-Two words.-]|Last.", 0, 2);
}

static void neighbouring_changes_are_joined_with_what_went_first(void **state) {
    (void)state;
    expect("cars go by Quay Street", "cars go by Mill Road", "!cars go by [-Quay-]{+Mill+} [-Street-]{+Road+}", 2, 2);
}

static void an_empty_side_gives_everything(void **state) {
    (void)state;
    expect("", "Two words", "!{+Two words+}", 2, 0);
    expect("Two words", "", "![-Two words-]", 0, 2);
}

static void texts_with_nothing_in_common_are_replaced_whole(void **state) {
    (void)state;
    ARENA_LOCAL(a, 0);
    BUF_LOCAL(before);
    BUF_LOCAL(after);
    for (int i = 0; i < 2 * DIFF_EDITS_MOST; i++) {
        buf_printf(&before, "a%d ", i);
        buf_printf(&after, "b%d ", i);
    }
    struct diff d;
    diff_texts(a, buf_str(&before), buf_str(&after), &d);
    assert_int_equal(d.n, 1);
    assert_int_equal(d.paragraph[0].n, 2);
    assert_int_equal(d.paragraph[0].part[0].kind, DIFF_REMOVED);
    assert_int_equal(d.paragraph[0].part[1].kind, DIFF_ADDED);
    assert_int_equal(d.added, 2 * DIFF_EDITS_MOST);
}

/* Whatever the texts are: without what was added one has the old one, without what was removed the new one. */
static void both_texts_can_be_read_back_from_any_diff(void **state) {
    (void)state;
    random_set_seed(11);
    for (int round = 0; round < 300; round++) {
        ARENA_LOCAL(a, 0);
        struct buf text[2] = {BUF_INIT, BUF_INIT}, back[2] = {BUF_INIT, BUF_INIT};
        static const char *const bits[] = {"a", "b ", "é", "潮", ".", " ", "18", "\n"};
        for (int side = 0; side < 2; side++) {
            for (uint64_t n = random_below(40); n > 0; n--)
                buf_add_z(&text[side], bits[random_below(8)]);
        }
        struct diff d;
        diff_texts(a, buf_str(&text[0]), buf_str(&text[1]), &d);
        for (size_t i = 0; i < d.n; i++)
            for (size_t j = 0; j < d.paragraph[i].n; j++) {
                const struct diff_part *p = &d.paragraph[i].part[j];
                if (p->kind != DIFF_ADDED)
                    buf_add(&back[0], p->text);
                if (p->kind != DIFF_REMOVED)
                    buf_add(&back[1], p->text);
            }
        for (int side = 0; side < 2; side++) {
            BUF_LOCAL(flat);
            for (size_t i = 0; i < text[side].n; i++)
                if (text[side].p[i] != '\n')
                    buf_add_char(&flat, text[side].p[i]);
            assert_string_equal(back[side].p, flat.p);
            buf_clear(&text[side]);
            buf_clear(&back[side]);
        }
    }
    random_set_seed(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_text_has_no_change),
        cmocka_unit_test(a_changed_word_is_shown_within_its_paragraph),
        cmocka_unit_test(chinese_is_compared_character_by_character),
        cmocka_unit_test(a_new_paragraph_is_all_added),
        cmocka_unit_test(a_paragraph_that_went_is_all_removed),
        cmocka_unit_test(neighbouring_changes_are_joined_with_what_went_first),
        cmocka_unit_test(an_empty_side_gives_everything),
        cmocka_unit_test(texts_with_nothing_in_common_are_replaced_whole),
        cmocka_unit_test(both_texts_can_be_read_back_from_any_diff),
    };
    return cmocka_run_group_tests_name("web/diff", tests, NULL, NULL);
}

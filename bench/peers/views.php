<?php
// SPDX-License-Identifier: Apache-2.0
// A must-use plugin: the count of an article's views in its page, as Daylight shows it, kept in the article's meta data. One
// statement that adds, so that none is lost when many read at once. nginx says by parameters whether to count, in
// which theme to show the page, and whether PHP compresses it (for the page cache that keeps it compressed).
if (!empty($_SERVER['BENCH_THEME'])) {
    foreach (['template', 'stylesheet'] as $option) {
        add_filter("pre_option_$option", fn() => $_SERVER['BENCH_THEME']);
    }
}

if (!empty($_SERVER['BENCH_COUNT'])) {
    add_action('template_redirect', function () {
        global $wpdb;
        if (is_singular('post')) {
            $wpdb->query($wpdb->prepare(
                "UPDATE $wpdb->postmeta SET meta_value = meta_value + 1 WHERE post_id = %d AND meta_key = 'views'",
                get_queried_object_id()
            ));
        }
    });
    add_filter('the_content', function ($content) {
        return is_singular('post')
            ? '<p>Views <b data-count>' . (get_post_meta(get_the_ID(), 'views', true) + 1) . "</b></p>\n$content" : $content;
    });
}

if (!empty($_SERVER['BENCH_COMPRESS'])) {
    ob_start('ob_gzhandler');
}

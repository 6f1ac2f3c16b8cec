<?php
// SPDX-License-Identifier: Apache-2.0
// Sets WordPress up by its own installer and publishes one article: php install.php ADDRESS <ARTICLE (JSON: title, body, at).
// Comments are closed for it, as Daylight's page has none. Prints the article's address.
$_SERVER += ['HTTP_HOST' => $argv[1], 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_false');
wp_install('Alder Quay Public Safety Office', 'office', 'office@example.org', true, '', bin2hex(random_bytes(16)));

global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%postname%/');
$wp_rewrite->flush_rules(false);

$article = json_decode(stream_get_contents(STDIN), true);
wp_set_current_user(1);
kses_init();
$id = wp_insert_post([
    'post_title' => $article['title'],
    'post_content' => wp_slash($article['body']),
    'post_date' => $article['at'],
    'post_status' => 'publish',
    'comment_status' => 'closed',
    'ping_status' => 'closed',
    'meta_input' => ['views' => 0],
], true);
if (is_wp_error($id)) {
    fwrite(STDERR, $id->get_error_message() . "\n");
    exit(1);
}
echo wp_make_link_relative(get_permalink($id));

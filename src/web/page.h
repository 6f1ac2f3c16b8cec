// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What every page's view has, besides what its handler puts there.
 *
 * request_page() calls page_fill() just before it renders, so a handler sets only its own members; what a handler has
 * set already is kept. Members a handler may set for the layout: title, description, canonical, noindex (bool),
 * alternates [{tag, url}], feeds [{type, title, href}], crumbs [{name, href}], column_slug (marks the menu).
 *
 * page_fill() gives: the members of the frame (web/frame.h), language, dir, easy, typeface, colour, origin, back, links
 * {…}, languages [{tag, name, href, current}], menu [{name, href, current}], typefaces [{value, label, pressed}],
 * colours [{value, label, pressed}], generator; in a copy: copy {minute, living}. It reads the store only for the menu,
 * and only where req->tx is there: an error page must come out when the store is away. */
#include "web/request.h"

void page_fill(struct request *req);

/* The view of the page in plain words for an HTTP status, for template "error": error {status, title, text, advice};
 * detail is shown below them where it is not empty (never a secret). request_failed() calls it. */
void page_fill_error(struct request *req, int status, struct str detail);

/* --- for handlers --- */
/* Is this page made for a copy of the site in files (office.h)? */
bool page_is_copy(const struct request *req);
/* The site's columns, in the page's language (press/column.h); read once a request, in its snapshot. */
int page_columns(struct request *req, const struct column **ret, size_t *ret_n, struct err *e);
/* Adds {name, href} to view.crumbs (the home page is there by itself). */
void page_add_crumb(struct request *req, struct str name, struct str href);
/* "Name of page" for <title>, and the heading's text. */
void page_set_title(struct request *req, struct str title);
/* A message with one number or one text. */
struct str page_say_number(const struct request *req, const char *key, const char *name, int64_t number);
struct str page_say_text(const struct request *req, const char *key, const char *name, struct str text);
/* A path of this site (in the page's language) as a whole address, "https://host/zh-CN/news/12"; in the arena. */
struct str page_url(const struct request *req, size_t language, struct str path);
/* A path of this site in the page's language: "/zh-CN/news/12"; in the arena. */
struct str page_path(const struct request *req, struct str path);
/* A picture's or link's address ("/media/…" or whole already) as a whole one. */
struct str page_whole_url(const struct request *req, struct str address);
/* hreflang links to this path in the site's languages; in: one truth value a language, NULL for all. */
void page_set_alternates(struct request *req, const bool *in);
/* The Atom, RSS and JSON feeds below `path` ("/", "/news/"), in the page's language. */
void page_add_feeds(struct request *req, struct str path, struct str title);
/* Marks where the body shows the live count (count.h). Call it after request_page(). */
void page_find_count(struct request *req);

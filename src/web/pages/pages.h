// SPDX-License-Identifier: Apache-2.0
#pragma once
/* The handlers of the public pages, as routes.c lists them. Each returns the HTTP status. */
struct request;

int home_page(struct request *req);
int column_page(struct request *req);
int column_slash(struct request *req);
int article_page(struct request *req);
int article_qr(struct request *req);
int changes_page(struct request *req);
int change_page(struct request *req);
int search_page(struct request *req);
int reader_page(struct request *req);
int reader_choose(struct request *req);
int accessibility_page(struct request *req);
int views_page(struct request *req);
int units_page(struct request *req);
int sitemap_page(struct request *req);
int proof_page(struct request *req);
int proof_act_page(struct request *req);
int proof_opening(struct request *req);
int proof_opening_of(struct request *req);
int ledger_page(struct request *req);
int ledger_entry_page(struct request *req);
int ledger_incidents_page(struct request *req);
int ledger_about_page(struct request *req);

/* for machines */
int feed_atom(struct request *req);
int feed_rss(struct request *req);
int feed_json(struct request *req);
int sitemap_index(struct request *req);
int sitemap_part(struct request *req);
int sitemap_news(struct request *req);
int robots_txt(struct request *req);
int opensearch_xml(struct request *req);
int manifest_json(struct request *req);

// SPDX-License-Identifier: Apache-2.0
#pragma once
/* What an office is: its name, host, languages and time zone. Filled by app/config from site.ini, read by everyone.
 * Immutable while in use; SIGHUP makes a new one. Strings belong to whoever made it. */
#include "base/str.h"
#include "text/language.h"

enum { SITE_LANGUAGES_MOST = 8, SITE_UNITS_MOST = 64 };

struct site_words { /* in one language; empty where site.ini says nothing, filled from the first language */
    char language[LANGUAGE_MOST];
    struct str name;  /* "Alder Quay Public Safety Office" */
    struct str place; /* "Alder Quay": the first line of the mark */
    struct str unit;  /* "Public Safety Office": its second line */
    struct str tagline;
    struct str address;
};

struct site_unit {                        /* a department; words in the order of the site's languages */
    struct str slug;                      /* a-z, 0-9 and -, 32 at most */
    struct str name[SITE_LANGUAGES_MOST]; /* the first is there; others, and duties, may be empty */
    struct str duty[SITE_LANGUAGES_MOST];
    struct str phone, email;
    unsigned order;
};

struct site {
    struct str origin; /* "https://www.example.org", no slash at the end */
    const char *zone;  /* "Asia/Shanghai" */
    size_t languages;
    struct site_words words[SITE_LANGUAGES_MOST]; /* the first is the one without a prefix in addresses */
    struct str phone, email;
    size_t units;
    const struct site_unit *unit;                       /* in the order in which the site lists them */
    struct str site_id_code, icp_number, police_number; /* China: shown where set (domain: 1.3, 1.4) */
};

/* Index of a language, or -1. */
int site_language(const struct site *s, struct str tag);

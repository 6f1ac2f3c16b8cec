// SPDX-License-Identifier: Apache-2.0
#pragma once
/* XML out, through libxml2's writer: feeds, site maps, OpenSearch. Escapes everything; characters that XML 1.0 does not
 * allow are left out. The error is sticky: ask xml_end() once. One thread at a time; where several have one each,
 * xmlInitParser() was called before they began. */
#include "base/buf.h"

struct xml;

struct xml *xml_new(void); /* NULL when there is no memory; every function takes NULL */
void xml_open(struct xml *x, const char *element);
void xml_attribute(struct xml *x, const char *name, struct str value); /* of the element just opened */
void xml_text(struct xml *x, struct str text);
void xml_close(struct xml *x);
/* <element>text</element>; nothing where text is empty. */
void xml_leaf(struct xml *x, const char *element, struct str text);
/* Closes what is open, appends the document to *ret (NULL: throws it away) and frees x; false when anything failed. */
bool xml_end(struct xml *x, struct buf *ret);

// SPDX-License-Identifier: Apache-2.0
/* A thin coat over xmlTextWriter: our strings in, one sticky error. */
#include "web/xml.h"

#include "text/utf8.h"

#include <libxml/xmlwriter.h>
#include <stdlib.h>

struct xml {
    xmlBuffer *buffer;
    xmlTextWriter *writer;
    bool failed;
};

static void note(struct xml *x, int result) {
    if (result < 0)
        x->failed = true;
}

struct xml *xml_new(void) {
    struct xml *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->buffer = xmlBufferCreate();
    x->writer = x->buffer ? xmlNewTextWriterMemory(x->buffer, 0) : NULL;
    x->failed = !x->writer;
    if (x->writer)
        note(x, xmlTextWriterStartDocument(x->writer, "1.0", "UTF-8", NULL));
    return x;
}

/* XML 1.0, production 2. */
static bool allowed(uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
           (c >= 0x10000 && c <= 0x10FFFF);
}

static void clean(struct buf *ret, struct str text) {
    while (text.n) {
        uint32_t c = utf8_next(&text);
        if (allowed(c))
            utf8_add(ret, c);
    }
}

static const xmlChar *name_of(const char *name) {
    return (const xmlChar *)name;
}

void xml_open(struct xml *x, const char *element) {
    if (x && !x->failed)
        note(x, xmlTextWriterStartElement(x->writer, name_of(element)));
}

void xml_attribute(struct xml *x, const char *name, struct str value) {
    BUF_LOCAL(text);
    clean(&text, value);
    if (x && !x->failed)
        note(x, buf_failed(&text) ? -1 : xmlTextWriterWriteAttribute(x->writer, name_of(name), name_of(text.p)));
}

void xml_text(struct xml *x, struct str text) {
    BUF_LOCAL(copy);
    clean(&copy, text);
    if (x && !x->failed)
        note(x, buf_failed(&copy) ? -1 : xmlTextWriterWriteString(x->writer, name_of(copy.p)));
}

void xml_close(struct xml *x) {
    if (x && !x->failed)
        note(x, xmlTextWriterEndElement(x->writer));
}

void xml_leaf(struct xml *x, const char *element, struct str text) {
    if (text.n == 0)
        return;
    xml_open(x, element);
    xml_text(x, text);
    xml_close(x);
}

bool xml_end(struct xml *x, struct buf *ret) {
    if (!x)
        return false;
    if (!x->failed)
        note(x, xmlTextWriterEndDocument(x->writer));
    if (x->writer)
        xmlFreeTextWriter(x->writer); /* flushes into the buffer */
    if (ret && !x->failed)
        buf_add(ret, str_part((const char *)xmlBufferContent(x->buffer), (size_t)xmlBufferLength(x->buffer)));
    bool good = !x->failed && !(ret && buf_failed(ret));
    xmlBufferFree(x->buffer);
    free(x);
    return good;
}

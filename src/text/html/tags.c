// SPDX-License-Identifier: Apache-2.0
/* The allow-list. An element that is not named here is unknown: its tags go, its children stay. */
#include "text/html/tags.h"

static const struct html_tag tags[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_SCRIPT] = {WAY_RAW, 0},
    [GUMBO_TAG_STYLE] = {WAY_RAW, 0},
    [GUMBO_TAG_TITLE] = {WAY_RAW, 0},
    [GUMBO_TAG_TEXTAREA] = {WAY_RAW, 0},
    [GUMBO_TAG_IFRAME] = {WAY_RAW, 0},
    [GUMBO_TAG_NOEMBED] = {WAY_RAW, 0},
    [GUMBO_TAG_NOFRAMES] = {WAY_RAW, 0},
    [GUMBO_TAG_NOSCRIPT] = {WAY_DROP, 0},
    [GUMBO_TAG_TEMPLATE] = {WAY_DROP, 0},
    [GUMBO_TAG_SVG] = {WAY_DROP, 0},
    [GUMBO_TAG_MATH] = {WAY_DROP, 0},
    [GUMBO_TAG_SELECT] = {WAY_DROP, 0},
    [GUMBO_TAG_BUTTON] = {WAY_DROP, 0},
    [GUMBO_TAG_DATALIST] = {WAY_DROP, 0},
    [GUMBO_TAG_OBJECT] = {WAY_DROP, 0},
    [GUMBO_TAG_APPLET] = {WAY_DROP, 0},
    [GUMBO_TAG_VIDEO] = {WAY_DROP, 0},
    [GUMBO_TAG_AUDIO] = {WAY_DROP, 0},
    [GUMBO_TAG_CANVAS] = {WAY_DROP, 0},

    [GUMBO_TAG_BR] = {WAY_VOID, KIND_BR},
    [GUMBO_TAG_HR] = {WAY_VOID, KIND_HR},
    [GUMBO_TAG_IMG] = {WAY_VOID, KIND_IMG},
    [GUMBO_TAG_IMAGE] = {WAY_VOID, KIND_IMG},

    [GUMBO_TAG_P] = {WAY_PART, KIND_P},
    [GUMBO_TAG_LI] = {WAY_PART, KIND_LI},
    [GUMBO_TAG_DT] = {WAY_PART, KIND_DT},
    [GUMBO_TAG_DD] = {WAY_PART, KIND_DD},
    [GUMBO_TAG_CAPTION] = {WAY_PART, KIND_CAPTION},
    [GUMBO_TAG_THEAD] = {WAY_PART, KIND_GROUP},
    [GUMBO_TAG_TBODY] = {WAY_PART, KIND_GROUP},
    [GUMBO_TAG_TFOOT] = {WAY_PART, KIND_GROUP},
    [GUMBO_TAG_TR] = {WAY_PART, KIND_TR},
    [GUMBO_TAG_TH] = {WAY_PART, KIND_TH},
    [GUMBO_TAG_TD] = {WAY_PART, KIND_TD},

    [GUMBO_TAG_TABLE] = {WAY_TABLE, KIND_TABLE},
    [GUMBO_TAG_H1] = {WAY_HEADING, KIND_HEADING},
    [GUMBO_TAG_H2] = {WAY_HEADING, KIND_HEADING},
    [GUMBO_TAG_H3] = {WAY_HEADING, KIND_HEADING},
    [GUMBO_TAG_H4] = {WAY_HEADING, KIND_HEADING},
    [GUMBO_TAG_H5] = {WAY_HEADING, KIND_HEADING},
    [GUMBO_TAG_H6] = {WAY_HEADING, KIND_HEADING},

    [GUMBO_TAG_UL] = {WAY_BLOCK, KIND_UL},
    [GUMBO_TAG_MENU] = {WAY_BLOCK, KIND_UL},
    [GUMBO_TAG_DIR] = {WAY_BLOCK, KIND_UL},
    [GUMBO_TAG_OL] = {WAY_BLOCK, KIND_OL},
    [GUMBO_TAG_DL] = {WAY_BLOCK, KIND_DL},
    [GUMBO_TAG_BLOCKQUOTE] = {WAY_BLOCK, KIND_QUOTE},
    [GUMBO_TAG_PRE] = {WAY_BLOCK, KIND_PRE},
    [GUMBO_TAG_LISTING] = {WAY_BLOCK, KIND_PRE},
    [GUMBO_TAG_FIGURE] = {WAY_BLOCK, KIND_FIGURE},
    [GUMBO_TAG_FIGCAPTION] = {WAY_BLOCK, KIND_FIGCAPTION},
    [GUMBO_TAG_DIV] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_CENTER] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_ARTICLE] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_SECTION] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_NAV] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_ASIDE] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_HGROUP] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_HEADER] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_FOOTER] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_ADDRESS] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_MAIN] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_FIELDSET] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_DETAILS] = {WAY_BLOCK, KIND_BLOCK},
    [GUMBO_TAG_SUMMARY] = {WAY_BLOCK, KIND_BLOCK},

    [GUMBO_TAG_A] = {WAY_INLINE, KIND_A},
    [GUMBO_TAG_B] = {WAY_INLINE, KIND_STRONG},
    [GUMBO_TAG_STRONG] = {WAY_INLINE, KIND_STRONG},
    [GUMBO_TAG_I] = {WAY_INLINE, KIND_EM},
    [GUMBO_TAG_EM] = {WAY_INLINE, KIND_EM},
    [GUMBO_TAG_CITE] = {WAY_INLINE, KIND_EM},
    [GUMBO_TAG_DFN] = {WAY_INLINE, KIND_EM},
    [GUMBO_TAG_VAR] = {WAY_INLINE, KIND_EM},
    [GUMBO_TAG_SUB] = {WAY_INLINE, KIND_SUB},
    [GUMBO_TAG_SUP] = {WAY_INLINE, KIND_SUP},
    [GUMBO_TAG_CODE] = {WAY_INLINE, KIND_CODE},
    [GUMBO_TAG_KBD] = {WAY_INLINE, KIND_CODE},
    [GUMBO_TAG_SAMP] = {WAY_INLINE, KIND_CODE},
    [GUMBO_TAG_TT] = {WAY_INLINE, KIND_CODE},
    [GUMBO_TAG_DEL] = {WAY_INLINE, KIND_DEL},
    [GUMBO_TAG_S] = {WAY_INLINE, KIND_DEL},
    [GUMBO_TAG_STRIKE] = {WAY_INLINE, KIND_DEL},
    [GUMBO_TAG_ABBR] = {WAY_INLINE, KIND_ABBR},
    [GUMBO_TAG_ACRONYM] = {WAY_INLINE, KIND_ABBR},
    [GUMBO_TAG_BDO] = {WAY_INLINE, KIND_BDO},
    [GUMBO_TAG_Q] = {WAY_INLINE, KIND_Q},
};

struct html_tag html_tag_of(GumboTag tag) {
    return (unsigned)tag <= GUMBO_TAG_LAST ? tags[tag] : (struct html_tag){WAY_PASS, 0};
}

const char *html_kind_name(enum html_kind kind) {
    static const char *const names[] = {
        [KIND_P] = "p",
        [KIND_UL] = "ul",
        [KIND_OL] = "ol",
        [KIND_LI] = "li",
        [KIND_DL] = "dl",
        [KIND_DT] = "dt",
        [KIND_DD] = "dd",
        [KIND_TABLE] = "table",
        [KIND_CAPTION] = "caption",
        [KIND_TR] = "tr",
        [KIND_TH] = "th",
        [KIND_TD] = "td",
        [KIND_QUOTE] = "blockquote",
        [KIND_PRE] = "pre",
        [KIND_FIGURE] = "figure",
        [KIND_FIGCAPTION] = "figcaption",
        [KIND_HR] = "hr",
        [KIND_A] = "a",
        [KIND_STRONG] = "strong",
        [KIND_EM] = "em",
        [KIND_SUB] = "sub",
        [KIND_SUP] = "sup",
        [KIND_CODE] = "code",
        [KIND_DEL] = "del",
        [KIND_ABBR] = "abbr",
        [KIND_BDO] = "bdo",
        [KIND_IMG] = "img",
        [KIND_BR] = "br",
        [KIND_TEXT] = "",
    };
    return names[kind] ? names[kind] : "";
}

bool html_kind_is_flow(enum html_kind kind) {
    switch (kind) {
    case KIND_ROOT:
    case KIND_LI:
    case KIND_DD:
    case KIND_TH:
    case KIND_TD:
    case KIND_QUOTE:
    case KIND_FIGURE:
        return true;
    default:
        return false;
    }
}

bool html_kind_is_line(enum html_kind kind) {
    switch (kind) {
    case KIND_P:
    case KIND_HEADING:
    case KIND_DT:
    case KIND_CAPTION:
    case KIND_FIGCAPTION:
    case KIND_PRE:
        return true;
    default:
        return false;
    }
}

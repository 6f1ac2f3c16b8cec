// SPDX-License-Identifier: Apache-2.0
#pragma once
/* A template with what is known beforehand put in. For template.c only. */
#include "text/template_parse.h"
#include "text/value.h"

/* The same tree, in the arena (which remembers a failure), but for names that begin with a member of `constants`: text
 * stands in their place, sections of theirs are there or not, and texts that follow each other are one, with the lines
 * that it was made of below it, for where they are indented. Strings are those of `n`. */
struct node *template_fold(struct arena *a, const struct node *n, const struct value *constants);

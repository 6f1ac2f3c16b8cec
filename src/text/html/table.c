// SPDX-License-Identifier: Apache-2.0
/* Tables as HTML wants them (4.9.12): a grid in which every row and column has a cell that begins in it, rows of one
 * width, no overlaps, and header cells. Tables that only lay a page out are told apart. */
#include "text/html/tree.h"

enum { COLUMNS_MOST = 1000 };

struct grid {
    size_t rows, columns, cells;
    uint8_t busy[COLUMNS_MOST]; /* for how many rows more the column is taken */
    bool begins[COLUMNS_MOST];  /* a cell begins in the column */
};

static struct html_node *next_row(struct html_node *n) {
    while (n && n->kind != KIND_TR)
        n = n->next;
    return n;
}

static struct html_node *first_row(const struct html_node *table) {
    return next_row(table->first);
}

static struct html_node *caption_of(const struct html_node *table) {
    return table->first && table->first->kind == KIND_CAPTION ? table->first : NULL;
}

/* Caption first, and only one; then the rows of thead, then the others. */
static void put_in_order(struct html_node *table) {
    struct html_node *all = html_node_take(table), *caption = NULL;
    for (int pass = 0; pass < 3; pass++)
        for (struct html_node *n = all, *next, *before = NULL; n; n = next) {
            next = n->next;
            bool now = pass == 0   ? n->kind == KIND_CAPTION && !caption
                       : pass == 1 ? n->kind == KIND_TR && n->head
                                   : n->kind == KIND_TR;
            if (!now) {
                before = n;
                continue;
            }
            if (before)
                before->next = next;
            else
                all = next;
            if (pass == 0)
                caption = n;
            html_node_append(table, n);
        }
}

static bool is_empty_row(const struct html_node *row) {
    for (const struct html_node *cell = row->first; cell; cell = cell->next)
        if (cell->first || cell->rowspan > 1)
            return false;
    return true;
}

/* To the rows that stay, in the same group. */
static void cut_spans(struct html_node *const *row, size_t rows_left) {
    for (struct html_node *cell = row[0]->first; cell; cell = cell->next) {
        uint8_t span = 1;
        for (size_t i = 1; i < cell->rowspan && i < rows_left && row[i]->head == row[0]->head; i++)
            span = (uint8_t)(span + (row[i]->first != NULL));
        cell->rowspan = span;
    }
}

/* Rows without a cell of their own go, and those in which nothing is and nothing begins. From the last to the first,
 * because what spans a row depends on whether it stays. */
static void drop_empty_rows(struct arena *a, struct html_node *table) {
    size_t n = 0, i = 0;
    for (struct html_node *row = first_row(table); row; row = next_row(row->next))
        n++;
    struct html_node **rows = arena_array(a, n, sizeof(struct html_node *));
    if (!rows)
        return;
    for (struct html_node *row = first_row(table); row; row = next_row(row->next))
        rows[i++] = row;
    while (i-- > 0) {
        cut_spans(&rows[i], n - i);
        if (is_empty_row(rows[i]))
            (void)html_node_take(rows[i]);
    }
    for (struct html_node *child = html_node_take(table), *next; child; child = next) {
        next = child->next;
        if (child->kind != KIND_TR || child->first)
            html_node_append(table, child);
    }
}

/* Puts a cell into the first free columns, cut where it would overlap; its first column, or SIZE_MAX past COLUMNS_MOST.
 */
static size_t place_cell(struct grid *g, struct html_node *cell, size_t column) {
    while (column < COLUMNS_MOST && g->busy[column])
        column++;
    if (column + cell->colspan > COLUMNS_MOST)
        return SIZE_MAX;
    uint8_t wide = 0;
    while (wide < cell->colspan && !g->busy[column + wide])
        g->busy[column + wide++] = cell->rowspan;
    cell->colspan = wide;
    g->begins[column] = true;
    if (column + wide > g->columns)
        g->columns = column + wide;
    return column;
}

static void end_row(struct grid *g) {
    for (size_t i = 0; i < g->columns; i++)
        g->busy[i] = (uint8_t)(g->busy[i] - (g->busy[i] > 0));
}

static bool place(struct grid *g, struct html_node *table) {
    for (struct html_node *row = first_row(table); row; row = next_row(row->next)) {
        size_t column = 0;
        for (struct html_node *cell = row->first; cell; cell = cell->next) {
            column = place_cell(g, cell, column);
            if (column == SIZE_MAX)
                return false;
            g->cells++;
        }
        g->rows++;
        end_row(g);
    }
    return true;
}

/* Takes out the columns in which no cell begins. */
static void drop_empty_columns(struct grid *g, struct html_node *table) {
    struct grid again = {0};
    for (struct html_node *row = first_row(table); row; row = next_row(row->next)) {
        size_t column = 0;
        for (struct html_node *cell = row->first; cell; cell = cell->next) {
            column = place_cell(&again, cell, column);
            uint8_t wide = 0;
            for (size_t i = column; i < column + cell->colspan; i++)
                wide = (uint8_t)(wide + g->begins[i]);
            column += cell->colspan;
            cell->colspan = wide;
        }
        end_row(&again);
    }
    size_t left = 0;
    for (size_t i = 0; i < g->columns; i++)
        left += g->begins[i];
    g->columns = left;
}

/* Fills every row up to the width of the widest; with a != NULL, else only counts. */
static size_t pad(struct arena *a, const struct grid *g, struct html_node *table) {
    struct grid again = {0};
    size_t padding = 0;
    for (struct html_node *row = first_row(table); row; row = next_row(row->next)) {
        size_t column = 0;
        for (struct html_node *cell = row->first; cell; cell = cell->next)
            column = place_cell(&again, cell, column);
        again.columns = g->columns;
        for (size_t i = 0; i < g->columns; i++) {
            if (again.busy[i])
                continue;
            padding++;
            struct html_node *cell = a ? html_node_new(a, KIND_TD) : NULL;
            if (cell)
                html_node_append(row, cell);
        }
        end_row(&again);
    }
    return padding;
}

static bool holds_table(const struct html_node *n) {
    for (const struct html_node *child = n->first; child; child = child->next)
        if (child->kind == KIND_TABLE || (child->kind < KIND_A && holds_table(child)))
            return true;
    return false;
}

/* ---- header cells ---- */

/* What a thead holds are header cells; what is empty is none. */
static void set_plain_kinds(struct html_node *table) {
    for (struct html_node *row = first_row(table); row; row = next_row(row->next))
        for (struct html_node *cell = row->first; cell; cell = cell->next)
            cell->kind = cell->first && (row->head || cell->kind == KIND_TH) ? KIND_TH : KIND_TD;
}

static size_t count_cells(const struct html_node *table, enum html_kind kind) {
    size_t n = 0;
    for (const struct html_node *row = first_row(table); row; row = next_row(row->next))
        for (const struct html_node *cell = row->first; cell; cell = cell->next)
            n += cell->kind == kind && cell->first;
    return n;
}

/* A first row that is one cell over the whole width is the table's name. */
static void find_caption(struct grid *g, struct html_node *table) {
    struct html_node *row = first_row(table), *cell = row->first, *line = cell->first;
    if (caption_of(table) || g->rows < 2 || g->columns < 2 || cell->next || cell->colspan != g->columns ||
        cell->rowspan > 1 || !line || line->next || (line->kind != KIND_P && line->kind != KIND_HEADING))
        return;
    table->first = row->next;
    struct html_node *rest = html_node_take(table);
    line->kind = KIND_CAPTION;
    html_node_append(table, line);
    for (struct html_node *next; rest; rest = next) {
        next = rest->next;
        html_node_append(table, rest);
    }
    g->rows--;
}

/* How many rows from the first on hang together by cells that span them. */
static size_t first_block(const struct html_node *table) {
    size_t end = 1, i = 0;
    for (const struct html_node *row = first_row(table); row && i < end; row = next_row(row->next), i++)
        for (const struct html_node *cell = row->first; cell; cell = cell->next)
            if (i + cell->rowspan > end)
                end = i + cell->rowspan;
    return end;
}

/* A table without any header cell gets them in its first row, or in all that hang together with it. */
static void promote(const struct grid *g, struct html_node *table) {
    size_t block = first_block(table), i = 0, made = 0;
    if (block == g->rows)
        block = 1;
    for (struct html_node *row = first_row(table); row && (i < block || made == 0); row = next_row(row->next), i++)
        for (struct html_node *cell = row->first; cell; cell = cell->next)
            if (cell->first) {
                cell->kind = KIND_TH;
                made++;
            }
}

static bool row_has(const struct html_node *row, enum html_kind kind) {
    for (const struct html_node *cell = row->first; cell; cell = cell->next)
        if (cell->kind == kind && cell->first)
            return true;
    return false;
}

/* Which rows are the head: those of a thead, unless that is the whole table; else the first ones, if all in them are
 * header cells. */
static void set_head(const struct grid *g, struct html_node *table) {
    size_t heads = 0, i = 0, block = first_block(table);
    struct html_node *row;
    for (row = first_row(table); row; row = next_row(row->next))
        heads += row->head;
    if (heads && heads < g->rows)
        return;
    bool all = block < g->rows;
    for (row = first_row(table); row && i < block; row = next_row(row->next), i++)
        all = all && row_has(row, KIND_TH) && !row_has(row, KIND_TD);
    i = 0;
    for (row = first_row(table); row; row = next_row(row->next), i++)
        row->head = all && i < block;
}

/* Headings are not allowed in header cells. */
static void no_headings(struct html_node *n) {
    for (struct html_node *child = n->first; child; child = child->next) {
        if (child->kind == KIND_HEADING)
            child->kind = KIND_P;
        if (child->kind < KIND_A)
            no_headings(child);
    }
}

static void set_scope(struct arena *a, const struct html_node *row, struct html_node *cell) {
    no_headings(cell);
    if (cell->attrs->scope.n)
        return;
    struct html_attrs *x = arena_alloc(a, sizeof *x);
    if (!x)
        return;
    *x = *cell->attrs;
    x->scope = !row->head && row_has(row, KIND_TD) ? STR("row") : STR("col");
    cell->attrs = x;
}

static bool is_layout(const struct grid *g, const struct html_node *table) {
    size_t heads = count_cells(table, KIND_TH), others = count_cells(table, KIND_TD);
    bool strip = g->rows == 1 || g->columns == 1;
    return heads + others == 0 || (strip && (heads == 0 || others == 0));
}

bool html_shape_table(struct arena *a, struct html_node *table) {
    struct grid g = {0};
    put_in_order(table);
    drop_empty_rows(a, table);
    if (holds_table(table) || !first_row(table) || !place(&g, table))
        return false;
    drop_empty_columns(&g, table);
    find_caption(&g, table);
    set_plain_kinds(table);
    if (is_layout(&g, table) || pad(NULL, &g, table) > g.cells + COLUMNS_MOST)
        return false;
    if (count_cells(table, KIND_TH) == 0)
        promote(&g, table);
    (void)pad(a, &g, table); /* counted before */
    set_head(&g, table);
    for (struct html_node *row = first_row(table); row; row = next_row(row->next))
        for (struct html_node *cell = row->first; cell; cell = cell->next)
            if (cell->kind == KIND_TH)
                set_scope(a, row, cell);
    return true;
}

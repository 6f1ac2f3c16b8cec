// SPDX-License-Identifier: Apache-2.0
/* sendmsg() for head and body together, sendfile() for a file. */
#include "web/server/sending.h"

#include "base/clock.h"
#include "text/datetime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { FILE_PIECE = 1024 * 1024 }; /* then others have their turn */

static void write_tail(struct sending_tail *t, const char *before, int64_t us) {
    BUF_LOCAL(b);
    buf_add_z(&b, before);
    buf_add_z(&b, "Date: ");
    datetime_add_http(&b, us);
    buf_add_z(&b, "\r\n\r\n");
    if (buf_failed(&b) || b.n > SENDING_TAIL_MOST)
        BUG("a date has 29 characters");
    memcpy(t->text, b.p, b.n);
    t->n = (unsigned char)b.n;
}

void sending_renew(struct sending_tails *t) {
    int64_t now = clock_now_us();
    if (t->tail[0].n && now / CLOCK_SECOND_US == t->second)
        return;
    t->second = now / CLOCK_SECOND_US;
    write_tail(&t->tail[false], "", now);
    write_tail(&t->tail[true], "Connection: close\r\n", now);
}

void sending_begin(struct sending *s, const struct answer *a, const struct sending_tails *t, bool closes) {
    const struct sending_tail *tail = &t->tail[closes];
    s->part[SENDING_HEAD] = a->head;
    s->part[SENDING_TAIL] = str_part(tail->text, tail->n);
    s->part[SENDING_BODY] = a->body;
    s->file_at = a->file_at;
    s->file_n = a->file_n;
    s->file = -1;
    s->closes = closes;
    s->sheet = NULL;
}

struct sending *sending_keep(const struct sending *s, struct sheet *sheet) {
    struct sending *kept = malloc(sizeof *kept);
    if (!kept)
        return NULL;
    *kept = *s;
    kept->sheet = sheet_keep(sheet);
    kept->file = sheet->file;
    struct str *tail = &kept->part[SENDING_TAIL];
    if (tail->n)
        memcpy(kept->tail, tail->p, tail->n);
    tail->p = kept->tail;
    return kept;
}

void sending_free(struct sending *s) {
    if (!s)
        return;
    sheet_release(s->sheet);
    free(s);
}

/* Takes n bytes off the parts; true: nothing is left of them. */
static bool take_off(struct sending *s, size_t n) {
    for (int i = 0; i < SENDING_PARTS; i++) {
        size_t of_this = n < s->part[i].n ? n : s->part[i].n;
        s->part[i] = str_part(s->part[i].p + of_this, s->part[i].n - of_this);
        n -= of_this;
    }
    return s->part[SENDING_BODY].n == 0 && s->part[SENDING_TAIL].n == 0 && s->part[SENDING_HEAD].n == 0;
}

static enum sending_state send_parts(struct sending *s, int fd) {
    struct iovec piece[SENDING_PARTS];
    struct msghdr all = {.msg_iov = piece};
    for (int i = 0; i < SENDING_PARTS; i++)
        if (s->part[i].n)
            piece[all.msg_iovlen++] = (struct iovec){(void *)(uintptr_t)s->part[i].p, s->part[i].n};
    if (all.msg_iovlen == 0)
        return SENDING_DONE;
    ssize_t n = sendmsg(fd, &all, MSG_NOSIGNAL | MSG_DONTWAIT | (s->file_n ? MSG_MORE : 0));
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? SENDING_WAITS : SENDING_FAILED;
    return take_off(s, (size_t)n) ? SENDING_DONE : SENDING_WAITS;
}

static enum sending_state send_file(struct sending *s, int fd) {
    if (s->file_n == 0)
        return SENDING_DONE;
    off_t at = (off_t)s->file_at;
    ssize_t n = sendfile(fd, s->file, &at, s->file_n < FILE_PIECE ? s->file_n : FILE_PIECE);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? SENDING_WAITS : SENDING_FAILED;
    if (n == 0)
        return SENDING_FAILED; /* it is shorter than it was */
    s->file_at += (uint64_t)n;
    s->file_n -= (uint64_t)n;
    return s->file_n ? SENDING_WAITS : SENDING_DONE;
}

enum sending_state sending_go_on(struct sending *s, int fd) {
    enum sending_state state = send_parts(s, fd);
    return state == SENDING_DONE ? send_file(s, fd) : state;
}

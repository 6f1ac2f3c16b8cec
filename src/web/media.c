// SPDX-License-Identifier: Apache-2.0
/* Files of articles, out of DIR/media. */
#include "web/media.h"

#include "web/office.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH_DIGITS = 64 };

static const struct {
    const char *ending, *type;
} media_types[] = {
    {"avif", "image/avif"},
    {"gif", "image/gif"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"csv", "text/csv; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"zip", "application/zip"},
};

const char *media_content_type(struct str file) {
    if (file.n < HASH_DIGITS + 2 || file.p[HASH_DIGITS] != '.')
        return NULL;
    for (size_t i = 0; i < HASH_DIGITS; i++)
        if (!((file.p[i] >= '0' && file.p[i] <= '9') || (file.p[i] >= 'a' && file.p[i] <= 'f')))
            return NULL;
    for (size_t i = 0; i < sizeof media_types / sizeof *media_types; i++)
        if (str_is(str_from(file, HASH_DIGITS + 1), media_types[i].ending))
            return media_types[i].type;
    return NULL;
}

const struct param media_params[] = {{.name = "file", .kind = PARAM_TEXT, .most = HASH_DIGITS + 8}, {.name = NULL}};

int media_serve(struct request *req) {
    struct str file = request_text(req, "file");
    const char *type = media_content_type(file);
    if (!type)
        return request_failed(req, &(struct err){.code = -ERR_NOT_FOUND});
    struct str path = arena_printf(req->arena, "%s/media/%.*s", req->office->folder, STR_FMT(file));
    int fd = path.p ? open(path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    struct stat st;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return request_file(req, type, fd, (uint64_t)st.st_size);
    if (fd >= 0)
        close(fd);
    return request_failed(req, &(struct err){.code = -ERR_NOT_FOUND});
}

/*
 * elfimage.h: what an ELF executable holds in memory once it is loaded at the
 * addresses that its file names: bytes by address, pointers already relocated.
 *
 * Nothing but the program headers is asked for, so a program without sections
 * and without symbols serves as well. Every access is checked: the file is a
 * stranger's.
 */
#ifndef TOOLS_PROFILE_ELFIMAGE_H
#define TOOLS_PROFILE_ELFIMAGE_H

#include "runtime/base/base.h"

enum { ImageMaxSegments = 64, ImageMaxFile = 1 << 30 };

struct elfSegment {
    uint64_t addr, size; /* of what the file holds: no zeroed tail */
    uint8_t *bytes;
};

struct elfImage {
    uint8_t *file;
    size_t len;
    struct elfSegment segs[ImageMaxSegments]; /* nsegs of them */
    int nsegs;
};

/* Reads the image of a file, or of len bytes. False: err (size bytes) has one
 * line of why, the path not included. Give it back with elfimage_free. */
bool elfimage_read(struct elfImage *img, const char *path, char *err,
                   size_t size);
bool elfimage_parse(struct elfImage *img, const void *data, size_t len,
                    char *err, size_t size);
void elfimage_free(struct elfImage *img);

/* The n bytes at addr, or NULL where the image has not all of them. */
const uint8_t *elfimage_at(const struct elfImage *img, uint64_t addr,
                           uint64_t n);

/* Numbers as the file has them (least byte first), at any alignment. */
ALWAYS_INLINE uint32_t image_u32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

ALWAYS_INLINE uint64_t image_u64(const uint8_t *p)
{
    return image_u32(p) | (uint64_t)image_u32(p + 4) << 32;
}

#endif

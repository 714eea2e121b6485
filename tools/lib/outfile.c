/*
 * outfile.c: what is written goes to a file beside the one wanted, and takes
 * its place when it is whole and on the disk.
 *
 * Where the file system can, the temporary file has no name until then, so that
 * even SIGKILL leaves nothing behind.
 *
 * Locking: none; each outfile is one thread's.
 */
#include "tools/lib/outfile.h"

#include "tools/lib/exits.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NewFile = 0666, MostLinks = 40 };

/* Calls that are still to succeed before one fails, from 1; 0: none fails. */
static unsigned failing[NOUTFILECALLS];

void outfile_fail_at(enum outfileCall call, unsigned n)
{
    failing[call] = n;
}

static bool fails(enum outfileCall call)
{
    if (failing[call] == 0 || --failing[call] > 0)
        return false;
    errno = call == OUTFILE_WRITE ? ENOSPC : EIO;
    return true;
}

/* The folder of path, and what stands behind its last slash. */
static char *folder_of(const char *path, const char **base)
{
    const char *slash = strrchr(path, '/');
    *base = slash ? slash + 1 : path;
    if (slash == NULL)
        return xprintf(".");
    return slash == path ? xprintf("/")
                         : xprintf("%.*s", (int)(slash - path), path);
}

/* One step along a chain of links whose end does not exist: the name that path
 * is a link to, or NULL where it is no link. */
static char *next_link(const char *path)
{
    char to[PATH_MAX];
    const char *base;
    ssize_t n = readlink(path, to, sizeof to - 1);
    if (n < 0)
        return NULL;
    to[n] = '\0';
    if (to[0] == '/')
        return xprintf("%s", to);
    char *dir = folder_of(path, &base), *next = xprintf("%s/%s", dir, to);
    free(dir);
    return next;
}

/* The file that path names, links followed, in a folder that exists; it need
 * not exist itself. NULL where there can be none (errno). */
static char *resolve(const char *path)
{
    char *found = realpath(path, NULL), *at = xprintf("%s", path), *next;
    for (int i = 0; found == NULL && errno == ENOENT && i < MostLinks; i++) {
        if ((next = next_link(at)) == NULL)
            break;
        free(at);
        at = next;
        found = realpath(at, NULL);
    }
    if (found == NULL && errno == ENOENT && *at != '\0') {
        const char *base;
        char *dir = folder_of(at, &base), *real = realpath(dir, NULL);
        if (real != NULL && *base != '\0')
            found = xprintf("%s/%s", real, base);
        free(dir);
        free(real);
    }
    free(at);
    return found;
}

/* The standard file that st is, or -1. */
static int standard_file(const struct stat *st)
{
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat own;
        if (fstat(fd, &own) == 0 && own.st_dev == st->st_dev &&
            own.st_ino == st->st_ino)
            return fd;
    }
    return -1;
}

/* path is there and is written as it is. */
static bool written_directly(const char *path, struct stat *st)
{
    return stat(path, st) == 0 &&
           (!S_ISREG(st->st_mode) || standard_file(st) >= 0);
}

static int open_directly(const char *path, const struct stat *st)
{
    int fd = standard_file(st);
    if (fd >= 0) {
        fflush(fd == STDOUT_FILENO ? stdout : stderr); /* in their order */
        return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
    return open(path, O_WRONLY | O_CLOEXEC);
}

/* A temporary file without a name in dir; -1 where there are none. The name is
 * given by way of /proc. */
static int open_unnamed(const char *dir)
{
    if (fails(OUTFILE_UNNAMED) || access("/proc/self/fd", X_OK) != 0)
        return -1;
    return open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, NewFile);
}

static char *temp_name(const char *dir)
{
    static unsigned turn;
    return xprintf("%s/.hmap-%ld-%u", dir, (long)getpid(), turn++);
}

static int open_named(const char *dir, char **temp)
{
    int fd;
    do {
        free(*temp);
        *temp = temp_name(dir);
        fd = open(*temp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, NewFile);
    } while (fd < 0 && errno == EEXIST);
    return fd;
}

/* A temporary file beside o->target, with the mode that the new file is to
 * have. A file that may not be written is not replaced, either. */
static int open_beside(struct outfile *o)
{
    struct stat old;
    const char *base;
    bool exists = stat(o->target, &old) == 0;
    if (exists && access(o->target, W_OK) != 0)
        return -1;
    char *dir = folder_of(o->target, &base);
    int fd = open_unnamed(dir);
    if (fd < 0)
        fd = open_named(dir, &o->temp);
    free(dir);
    if (fd >= 0 && exists && fchmod(fd, old.st_mode & 07777) == 0 &&
        fchown(fd, old.st_uid, old.st_gid) != 0)
        errno = 0; /* only root gives files away: then it is ours */
    return fd;
}

/* What stdio hands over: to the last byte. */
static ssize_t put(void *cookie, const char *bytes, size_t n)
{
    struct outfile *o = cookie;
    for (size_t done = 0; done < n;) {
        ssize_t now =
            fails(OUTFILE_WRITE) ? -1 : write(o->fd, bytes + done, n - done);
        if (now < 0 && errno == EINTR)
            continue;
        if (now < 0) {
            o->error = errno;
            return 0;
        }
        done += (size_t)now;
    }
    return (ssize_t)n;
}

static void forget(struct outfile *o)
{
    int err = errno;
    if (o->fd >= 0)
        close(o->fd);
    if (o->temp != NULL)
        unlink(o->temp);
    free(o->temp);
    free(o->target);
    *o = (struct outfile){.fd = -1};
    errno = err;
}

bool outfile_open(struct outfile *o, const char *path)
{
    struct stat st;
    *o = (struct outfile){.fd = -1};
    if (fails(OUTFILE_OPEN))
        return false;
    if (written_directly(path, &st)) {
        o->fd = open_directly(path, &st);
    } else {
        o->target = resolve(path);
        if (o->target != NULL)
            o->fd = open_beside(o);
    }
    if (o->fd >= 0)
        o->f = fopencookie(o, "w", (cookie_io_functions_t){.write = put});
    if (o->f != NULL)
        return true;
    forget(o);
    return false;
}

/* Takes the name that the rename takes it from. */
static bool give_name(struct outfile *o)
{
    char *self = xprintf("/proc/self/fd/%d", o->fd), *at = NULL;
    const char *base;
    char *dir = folder_of(o->target, &base);
    int err;
    do {
        free(at);
        at = temp_name(dir);
        err = fails(OUTFILE_LINK)
                  ? -1
                  : linkat(AT_FDCWD, self, AT_FDCWD, at, AT_SYMLINK_FOLLOW);
    } while (err != 0 && errno == EEXIST);
    if (err == 0)
        o->temp = at;
    else
        free(at);
    free(self);
    free(dir);
    return err == 0;
}

static bool close_fd(struct outfile *o)
{
    bool failed = fails(OUTFILE_CLOSE);
    int err = errno, fd = o->fd;
    o->fd = -1;
    if (close(fd) == 0)
        errno = err;
    else
        failed = true;
    return !failed;
}

/* The new name is on the disk, too. Should that fail the file is whole all the
 * same: after a power cut it is the new one or the old one. */
static void sync_folder(const char *target)
{
    const char *base;
    char *dir = folder_of(target, &base);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && fsync(fd) != 0)
        errno = 0;
    if (fd >= 0)
        close(fd);
    free(dir);
}

static bool put_in_place(struct outfile *o)
{
    if (fails(OUTFILE_RENAME) || rename(o->temp, o->target) != 0)
        return false;
    free(o->temp);
    o->temp = NULL;
    sync_folder(o->target);
    return true;
}

/* What was written is on the disk, under the temporary name. */
static bool seal(struct outfile *o)
{
    return !fails(OUTFILE_FSYNC) && fsync(o->fd) == 0 &&
           (o->temp != NULL || give_name(o));
}

bool outfile_close(struct outfile *o, bool good)
{
    bool whole = o->target != NULL;
    if (o->f != NULL && fclose(o->f) != 0)
        good = false;
    if (o->error != 0)
        errno = o->error;
    good = good && o->error == 0 && (!whole || seal(o)) && close_fd(o) &&
           (!whole || put_in_place(o));
    forget(o);
    return good;
}

bool outfile_possible(const char *path)
{
    struct stat st;
    if (written_directly(path, &st)) {
        errno = EISDIR;
        return !S_ISDIR(st.st_mode) &&
               (standard_file(&st) >= 0 || access(path, W_OK) == 0);
    }
    struct outfile o;
    if (!outfile_open(&o, path))
        return false;
    outfile_close(&o, false);
    return true;
}

bool outfile_same(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) == 0 && stat(b, &y) == 0)
        return x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
               !S_ISCHR(x.st_mode); /* /dev/null takes everything */
    char *p = resolve(a), *q = resolve(b);
    bool same = p != NULL && q != NULL && strcmp(p, q) == 0;
    free(p);
    free(q);
    return same;
}

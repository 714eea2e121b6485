/*
 * test_outfile.c: a file is replaced whole or not at all, whatever fails.
 */
#include "tools/lib/outfile.h"

#include "tests/hmaprun.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static char dir[] = "/tmp/hmap-outfile-XXXXXX";

static void make_dir(void)
{
    cr_assert_not_null(mkdtemp(dir));
}

static void remove_dir(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    cr_expect_eq(system(command), 0);
}

TestSuite(outfile, .init = make_dir, .fini = remove_dir);

/* A path in the folder, in one of a few buffers. */
static const char *in_dir(const char *name)
{
    static char paths[4][80];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

static int files_in_dir(void)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n;
}

static void put_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

static void expect_text(const char *path, const char *want)
{
    int fd = open(path, O_RDONLY);
    cr_assert_geq(fd, 0, "%s", path);
    char *text = whole_file(fd);
    cr_expect_str_eq(text, want, "%s", path);
    free(text);
}

enum { Lines = 5000, LineSize = 5 };

/* 25000 bytes, several writes. */
static bool write_lines(struct outfile *o)
{
    for (int i = 0; i < Lines; i++)
        fputs("line\n", o->f);
    return !ferror(o->f);
}

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

static bool replace(const char *path)
{
    struct outfile o;
    if (!outfile_open(&o, path))
        return false;
    return outfile_close(&o, write_lines(&o));
}

/* Each call of each kind in turn, with an unnamed temporary file and a named
 * one: until none is left to fail, nothing is lost, and nothing is left
 * over. */
static unsigned fail_each_in_turn(enum outfileCall call, bool named)
{
    const char *path = in_dir("file");
    for (unsigned k = 1;; k++) {
        put_text(path, "old");
        outfile_fail_at(OUTFILE_UNNAMED, named);
        outfile_fail_at(call, k);
        errno = 0;
        bool replaced = replace(path);
        int err = errno;
        outfile_fail_at(call, 0);
        cr_expect_eq(files_in_dir(), 1, "call %d, %u: leftovers", call, k);
        if (replaced) {
            cr_expect_eq(size_of(path), Lines * LineSize);
            return k - 1;
        }
        cr_expect_eq(err, call == OUTFILE_WRITE ? ENOSPC : EIO);
        expect_text(path, "old");
    }
}

Test(outfile, every_call_that_fails_leaves_the_old_file)
{
    static const struct {
        enum outfileCall call;
        unsigned least, named_least;
    } rows[] = {
        {OUTFILE_OPEN, 1, 1}, {OUTFILE_WRITE, 4, 4}, {OUTFILE_FSYNC, 1, 1},
        {OUTFILE_LINK, 1, 0}, {OUTFILE_CLOSE, 1, 1}, {OUTFILE_RENAME, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_geq(fail_each_in_turn(rows[i].call, false), rows[i].least,
                      "call %d", rows[i].call);
        cr_expect_geq(fail_each_in_turn(rows[i].call, true),
                      rows[i].named_least, "call %d", rows[i].call);
    }
}

/* A disk that is truly full. */
Test(outfile, a_full_disk_leaves_the_old_file)
{
    char command[200];
    snprintf(command, sizeof command,
             "mount -t tmpfs -o size=16k tmpfs %s 2>/dev/null", dir);
    if (system(command) != 0)
        cr_skip("needs the right to mount a file system");
    put_text(in_dir("file"), "old");
    cr_expect(!replace(in_dir("file")));
    cr_expect_eq(errno, ENOSPC);
    expect_text(in_dir("file"), "old");
    cr_expect_eq(files_in_dir(), 1);
    snprintf(command, sizeof command, "umount %s", dir);
    cr_expect_eq(system(command), 0);
}

Test(outfile, the_old_file_stands_until_the_end)
{
    struct outfile o;
    put_text(in_dir("file"), "old");
    cr_assert(outfile_open(&o, in_dir("file")));
    fputs("new", o.f);
    fflush(o.f);
    expect_text(in_dir("file"), "old");
    cr_expect(outfile_close(&o, true));
    expect_text(in_dir("file"), "new");
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

Test(outfile, modes)
{
    umask(027);
    cr_expect(replace(in_dir("file")));
    cr_expect_eq(mode_of(in_dir("file")), 0640);
    chmod(in_dir("file"), 0604);
    cr_expect(replace(in_dir("file")));
    cr_expect_eq(mode_of(in_dir("file")), 0604);
}

Test(outfile, a_link_is_followed)
{
    put_text(in_dir("file"), "old");
    cr_assert_eq(symlink("file", in_dir("link")), 0);
    cr_assert_eq(symlink("nothing yet", in_dir("dangling")), 0);
    cr_expect(replace(in_dir("link")));
    cr_expect_eq(size_of(in_dir("file")), Lines * LineSize);
    cr_expect(replace(in_dir("dangling")));
    cr_expect_eq(size_of(in_dir("nothing yet")), Lines * LineSize);
    struct stat st;
    cr_expect(lstat(in_dir("link"), &st) == 0 && S_ISLNK(st.st_mode));
    cr_expect(lstat(in_dir("dangling"), &st) == 0 && S_ISLNK(st.st_mode));
}

Test(outfile, links_in_a_circle)
{
    cr_assert_eq(symlink("b", in_dir("a")), 0);
    cr_assert_eq(symlink("a", in_dir("b")), 0);
    cr_expect(!outfile_possible(in_dir("a")));
    cr_expect_eq(errno, ELOOP);
}

Test(outfile, what_cannot_be_written_is_known_before)
{
    static const struct {
        const char *path;
        int err;
    } rows[] = {
        {"", ENOENT},
        {"/nonexistent/folder/file", ENOENT},
        {"/etc/passwd/file", ENOTDIR},
        {"/tmp", EISDIR},
        {"/proc/nothing", ENOENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect(!outfile_possible(rows[i].path), "%s", rows[i].path);
        cr_expect_eq(errno, rows[i].err, "%s: %s", rows[i].path,
                     strerror(errno));
    }
    cr_expect(outfile_possible(in_dir("file")));
    cr_expect_eq(files_in_dir(), 0, "asking makes nothing");
    cr_expect(outfile_possible("/dev/null"));
    cr_expect(outfile_possible("/dev/full"));
}

Test(outfile, what_is_no_file_is_written_as_it_is)
{
    cr_expect(replace("/dev/null"));
    cr_expect(!replace("/dev/full"));
    cr_expect_eq(errno, ENOSPC);
    cr_assert_eq(mkfifo(in_dir("fifo"), 0600), 0);
    cr_expect(outfile_possible(in_dir("fifo")), "asking does not wait");
    pid_t reader = fork();
    if (reader == 0) {
        char text[8] = "";
        int fd = open(in_dir("fifo"), O_RDONLY);
        _exit(read(fd, text, sizeof text) >= 4 ? 0 : 1);
    }
    struct outfile o;
    cr_assert(outfile_open(&o, in_dir("fifo")));
    fputs("line", o.f);
    cr_expect(outfile_close(&o, true));
    int status;
    waitpid(reader, &status, 0);
    cr_expect_eq(status, 0);
}

/* Standard output is a file: it goes on where it was, and is not replaced. */
Test(outfile, standard_output_stays_itself)
{
    int fd = open(in_dir("out"), O_CREAT | O_WRONLY, 0666);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fd, STDOUT_FILENO);
    struct outfile o;
    printf("before ");
    bool opened = outfile_open(&o, "/dev/stdout");
    if (opened)
        fputs("between ", o.f);
    bool closed = opened && outfile_close(&o, true);
    printf("after");
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    cr_expect(opened && closed);
    expect_text(in_dir("out"), "before between after");
}

Test(outfile, two_names_of_one_file)
{
    char other[120];
    snprintf(other, sizeof other, "%s/../%s/file", dir, strrchr(dir, '/') + 1);
    cr_expect(outfile_same(in_dir("file"), other), "not there yet");
    cr_expect(!outfile_same(in_dir("file"), in_dir("another")));
    put_text(in_dir("file"), "");
    cr_expect(outfile_same(in_dir("file"), other));
    cr_assert_eq(symlink("file", in_dir("link")), 0);
    cr_assert_eq(link(in_dir("file"), in_dir("hard")), 0);
    cr_expect(outfile_same(in_dir("link"), in_dir("hard")));
    cr_expect(!outfile_same("/dev/null", "/dev/null"));
}

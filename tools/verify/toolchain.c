/*
 * toolchain.c: looks in three places, and asks what is there which release it
 * is.
 */
#include "tools/lib/exits.h"
#include "tools/lib/process.h"
#include "tools/verify/verify.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const toolchain_env[] = {"GO111MODULE=off",
                                     "GOTOOLCHAIN=local",
                                     "GOFLAGS=",
                                     "CGO_ENABLED=0",
                                     "GOOS=linux",
                                     "GOARCH=amd64",
                                     "GOEXPERIMENT=",
                                     "GOROOT",
                                     NULL};

/* The release's number, as folders are called: "1.22". */
static const char *number(const struct goversion *v)
{
    return v->name + strlen("go");
}

/* The line that `go env GOVERSION` prints, in libc's memory; NULL where go
 * cannot be run. */
static char *ask(const char *go)
{
    struct tempdir tmp;
    tempdir_make(&tmp, "hmap-toolchain");
    char *out = xprintf("%s/out", tmp.path), *err = xprintf("%s/err", tmp.path);
    const char *const argv[] = {go, "env", "GOVERSION", NULL};
    int status = process_run(&(struct process){
        .out = out, .err = err, .env = toolchain_env, .argv = argv});
    char *line = NULL;
    size_t cap = 0;
    FILE *f = status == 0 ? fopen(out, "r") : NULL;
    bool said = f != NULL && getline(&line, &cap, f) > 0;
    if (f != NULL)
        fclose(f);
    tempdir_remove(&tmp);
    free(out);
    free(err);
    if (said) {
        line[strcspn(line, "\n")] = '\0';
        return line;
    }
    free(line);
    return NULL;
}

/* Takes go, which is the caller's no more, if it is of release v. */
static bool take(struct toolchain *t, const struct goversion *v, char *go)
{
    *t = (struct toolchain){.go = go, .version = ask(go)};
    if (t->version != NULL && goversion_named(t->version) == v)
        return true;
    return false;
}

static char *why_not(const struct toolchain *t, const struct goversion *v,
                     const char *goroot)
{
    const char *found = t->version != NULL ? t->version : "missing";
    if (goroot != NULL)
        return xprintf("-goroot %s: want a folder with bin/go of %s; it is %s",
                       goroot, v->name, found);
    return xprintf("real %s takes its toolchain: -goroot DIR, or HMAP_GOROOTS="
                   "DIR where it is DIR/%s, or go in PATH, which is %s%s",
                   v->name, number(v), found,
                   v == goversions ? " (Debian 12: apt-get install golang-go)"
                                   : " (https://go.dev/dl has them)");
}

bool toolchain_find(struct toolchain *t, const struct goversion *v,
                    const char *goroot, char **why)
{
    const char *folder = getenv("HMAP_GOROOTS");
    if (goroot != NULL) {
        if (take(t, v, xprintf("%s/bin/go", goroot)))
            return true;
    } else {
        if (folder != NULL &&
            take(t, v, xprintf("%s/%s/bin/go", folder, number(v))))
            return true;
        if (folder != NULL)
            toolchain_free(t);
        if (take(t, v, xprintf("go")))
            return true;
    }
    *why = why_not(t, v, goroot);
    toolchain_free(t);
    return false;
}

void toolchain_free(struct toolchain *t)
{
    free(t->go);
    free(t->version);
}

/*
 * tracelog.c: the reader of allocfreetrace logs.
 *
 *     tracealloc(0xc00001a0c0, 0x30, runtime.hmap)
 *     goroutine 1 [running]:
 *     runtime.mallocgc(0x30, 0x4b0e80, 0x1)
 *             /usr/lib/go-1.19/src/runtime/malloc.go:1071 +0x7f7
 *     …
 *     (an empty line)
 */
#include "tools/profile/tracelog.h"
#include "runtime/prof/goframe.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const operations[] = {
    "insert", "delete",    "lookup",      "iterate",   "clear",
    "make",   "makesmall", "allocnoscan", "allocscan", "append",
};

/* The operation that a frame is: main.insert, main.(*pair3).insert; or NULL. */
static const char *operation(const char *func)
{
    if (strncmp(func, "main.", 5) != 0)
        return NULL;
    const char *name = strrchr(func, '.') + 1;
    for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
        if (strcmp(name, operations[i]) == 0)
            return operations[i];
    }
    return NULL;
}

/* "tracealloc(0xc00001a0c0, 0x30, runtime.hmap)" -> "event 48 runtime.hmap". */
static void event_head(char *line, char *head, size_t size)
{
    const char *bytes = strchr(line, ',');
    char *end = line + strlen(line) - 1; /* the closing parenthesis */
    const char *type = "-";
    unsigned long long n = 0;
    *end = '\0';
    if (bytes != NULL)
        n = strtoull(bytes + 2, &end, 0);
    if (*end == ',')
        type = end + 2;
    snprintf(head, size, "event %llu %s", n, type);
}

/* Reads the stack of one event; prints it if an operation stands in it. Returns
 * with *line holding the first line that is not of the stack. */
static ssize_t read_stack(FILE *in, FILE *out, const char *head, char **line,
                          size_t *cap)
{
    char *chain = NULL;
    size_t len;
    bool found = false;
    FILE *text = open_memstream(&chain, &len);
    ssize_t n;
    while ((n = getline(line, cap, in)) > 0 && **line != '\n') {
        char *args = strrchr(*line, '(');
        if (**line == '\t' || args == NULL || found ||
            strncmp(*line, "goroutine ", 10) == 0)
            continue;
        *args = '\0';
        const char *op = operation(*line);
        found = op != NULL;
        if (found)
            fprintf(text, " %s", op);
        else if (!goframe_is_ours(*line))
            fprintf(text, " %s <", *line);
    }
    fclose(text);
    if (found)
        fprintf(out, "%s%s\n", head, chain);
    free(chain);
    return n;
}

void tracelog_events(FILE *in, FILE *out)
{
    char *line = NULL, head[1024];
    size_t cap = 0;
    ssize_t n = getline(&line, &cap, in);
    while (n >= 0) {
        if (strncmp(line, "== ", 3) == 0)
            fputs(line, out);
        if (strncmp(line, "tracealloc(", 11) != 0) {
            n = getline(&line, &cap, in);
            continue;
        }
        line[strcspn(line, "\n")] = '\0';
        event_head(line, head, sizeof head);
        n = read_stack(in, out, head, &line, &cap);
    }
    free(line);
}

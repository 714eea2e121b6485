/*
 * pagefile.c: the document goes into the template.
 *
 * It stands in a script element of type application/json, which browsers do
 * not run. A "<" in a key's or a function's name could end the element: so each
 * is written as JSON's \u003c, and the document is ASCII as a whole.
 */
#include "tools/page/pagefile.h"
#include "tools/lib/exits.h"
#include "tools/lib/outfile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__asm__(".section .rodata\n"
        "page_template: .incbin \"tools/page/page.html\"\n"
        ".byte 0\n"
        ".previous\n");

extern const char page_template[];

static const char place[] = "@HMAP_DATA@"; /* of the document, once */

/* The document as it stands in the page. The caller frees it. */
static char *page_text(const json_t *doc)
{
    static const char escape[] = "\\u003c";
    char *text = json_dumps(doc, JSON_COMPACT | JSON_ENSURE_ASCII);
    size_t n = 0, marks = 0;
    if (text == NULL)
        file_error("the page's figures cannot be written as JSON");
    for (; text[n] != '\0'; n++)
        marks += text[n] == '<';
    char *safe = xcalloc(n + marks * (sizeof escape - 2) + 1, 1), *to = safe;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '<')
            to = stpcpy(to, escape);
        else
            *to++ = text[i];
    }
    free(text);
    return safe;
}

size_t page_empty(void)
{
    return strlen(page_template) - strlen(place);
}

size_t page_size(const json_t *doc)
{
    char *text = page_text(doc);
    size_t n = page_empty() + strlen(text);
    free(text);
    return n;
}

void page_write(const json_t *doc, const char *path)
{
    struct outfile o;
    const char *at = strstr(page_template, place);
    char *text = page_text(doc);
    if (!outfile_open(&o, strcmp(path, "-") == 0 ? "/dev/stdout" : path))
        io_error("%s", path);
    fwrite(page_template, 1, (size_t)(at - page_template), o.f);
    fputs(text, o.f);
    fputs(at + strlen(place), o.f);
    if (!outfile_close(&o, true))
        io_error("%s", path);
    free(text);
}

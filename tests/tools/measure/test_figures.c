/* test_figures.c: figures as text come out as they went in. */
#include "tools/measure/figures.h"
#include <criterion/criterion.h>
#include <stdlib.h>

Test(figures, written_and_read_again)
{
    struct figures in = {NULL, 0}, out = {NULL, 0};
    figures_add(&in, "objects, hint n", 12345678901.0, 0);
    figures_add(&in, "… at the peak", 1.0 / 3, 3);
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    figures_write(&in, f);
    fclose(f);
    figures_parse(&out, text);
    free(text);
    cr_assert_eq(out.n, 2);
    const struct namedFigure *peak = figures_find(&out, "… at the peak");
    cr_assert_not_null(peak);
    cr_expect_eq(peak->value, 1.0 / 3);
    cr_expect_eq(peak->decimals, 3);
    cr_expect_eq(figures_find(&out, "objects, hint n")->value, 12345678901.0);
    cr_expect_null(figures_find(&out, "objects"));
    figures_free(&in);
    figures_free(&out);
}

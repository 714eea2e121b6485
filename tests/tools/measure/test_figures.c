/* test_figures.c: figures through a pipe come out as they went in. */
#include "tools/measure/figures.h"
#include <criterion/criterion.h>

Test(figures, written_and_read_again)
{
    struct figures in = {NULL, 0}, out = {NULL, 0};
    figures_add(&in, "objects, hint n", 12345678901.0, 0);
    figures_add(&in, "… at the peak", 1.0 / 3, 3);
    FILE *f = tmpfile();
    figures_write(&in, f);
    rewind(f);
    figures_read(&out, f);
    fclose(f);
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

#!/usr/bin/perl
# invariants.pl: each invariant is named by its file and a number (mcache.1),
# declared once in that file's comment, and cited where it is checked: in a
# comment on or above an ASSERT, a throw, a test's assertion or a report of what
# is wrong.
# Run at the root of the tree; lists what is not so, and fails if there is any.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));

my $near = 20; # lines from a citation to the check, at most
my $check = qr/\b(ASSERT|throw|fail|check_\w+|cr_assert\w*|cr_expect\w*)\s*\(|
    \breturn\ false;/x;
my ($bad, %declared, %cited, %mentioned) = (0);

sub complain {
    my ($what) = @_;
    print "$what\n";
    $bad++;
}

for my $file (split /\n/, `git ls-files -co --exclude-standard '*.c' '*.h'`) {
    next if !-e $file;
    open my $in, '<', $file or die "$file: $!";
    my @lines = <$in>;
    my ($base) = $file =~ m{([^/]+)\.[ch]$};
    for my $i (0 .. $#lines) {
        if ($lines[$i] =~ /^ \*\s+([a-z]\w*)\.(\d+)\s{2,}\S/) {
            my $name = "$1.$2";
            complain("$file:" . ($i + 1) . ": $name is of another file")
                if $1 ne $base;
            complain("$file:" . ($i + 1) . ": $name stands twice, " .
                "also in $declared{$name}") if $declared{$name};
            $declared{$name} = "$file:" . ($i + 1);
            next;
        }
        while ($lines[$i] =~ m{(?<![\w./])([a-z]\w*\.\d+)(?!\w|\.\d)}g) {
            $mentioned{$1} //= "$file:" . ($i + 1);
            my $first = $i > 0 ? $i - 1 : 0; # a check may take two lines
            my $last = $i + $near < $#lines ? $i + $near : $#lines;
            $cited{$1}++ if grep { $_ =~ $check } @lines[$first .. $last];
        }
    }
}
for my $name (sort keys %declared) {
    complain("$declared{$name}: $name is cited at no check") if !$cited{$name};
}
my %file = map { /^(\w+)\./ ? ($1 => 1) : () } keys %declared;
for my $name (sort keys %mentioned) {
    my ($base) = $name =~ /^(\w+)\./;
    complain("$mentioned{$name}: $name is not declared")
        if $file{$base} && !$declared{$name};
}
printf "invariants: %d declared, each cited where it is checked\n",
    scalar keys %declared if !$bad;
exit($bad > 0);

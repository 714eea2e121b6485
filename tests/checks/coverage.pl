#!/usr/bin/perl
# coverage.pl DIR [ROOM]: what the programs built in DIR with --coverage have
# reached, a row a room: lines, and branches. A branch counts once a source line
# however often the compiler copied it into its callers. The one that an ASSERT
# takes where an invariant is broken is not counted: it must never be taken.
# With ROOM: its lines that nothing reached, and its branches never taken.
use strict;
use warnings;
use File::Find;
use JSON::PP;

my ($dir, $shown) = @ARGV;
my (%lines, %branches, %text);

sub text_of {
    my ($file, $line) = @_;
    if (!$text{$file}) {
        open my $f, '<', $file or return '';
        $text{$file} = ['', <$f>];
    }
    return $text{$file}[$line] // '';
}

sub count {
    my ($file) = @_;
    my $json = qx(gcov --json-format --stdout --branch-probabilities '$file' 2>/dev/null);
    for my $f (map { @{decode_json($_)->{files}} } grep { /^\{/ } split /\n/, $json) {
        my $name = $f->{file} =~ s,^\./,,r;
        next if $name !~ m,^(runtime|alloc|map|tools)/,;
        for my $l (@{$f->{lines}}) {
            my $at = "$name:$l->{line_number}";
            $lines{$at} += $l->{count};
            next if text_of($name, $l->{line_number}) =~ /\b(ASSERT|CHECK_SLOW)\(/;
            my $i = 0;
            $branches{$at}[$i++] += $_->{count}
                for grep { !$_->{throw} } @{$l->{branches}};
        }
    }
}

find({wanted => sub { count($_) if /\.gcda$/ }, no_chdir => 1}, $dir);

sub by_place {
    my ($x, $y) = map { [split /:/] } $a, $b;
    return $x->[0] cmp $y->[0] || $x->[1] <=> $y->[1];
}

my %rooms;
for my $at (sort by_place keys %lines) {
    my ($room) = $at =~ m,^(.*)/,;
    my @b = @{$branches{$at} // []};
    my $never = grep { $_ == 0 } @b;
    my $r = $rooms{$room} //= {lines => 0, reached => 0, branches => 0, taken => 0};
    $r->{lines}++;
    $r->{reached}++ if $lines{$at} > 0;
    $r->{branches} += @b;
    $r->{taken} += @b - $never;
    next if !$shown || $room ne $shown || ($lines{$at} > 0 && $never == 0);
    my ($file, $line) = split /:/, $at;
    my $what = $lines{$at} ? "$never of " . @b : 'never';
    printf "%-40s %-8s %s", $at, $what, text_of($file, $line);
}
exit 0 if $shown;

printf "%-18s %7s %7s %9s %7s\n", qw(room lines reached branches taken);
for my $room (sort keys %rooms) {
    my %r = %{$rooms{$room}};
    printf "%-18s %7d %6.1f%% %9d %6.1f%%\n", $room, $r{lines},
        100 * $r{reached} / $r{lines}, $r{branches},
        $r{branches} ? 100 * $r{taken} / $r{branches} : 100;
}

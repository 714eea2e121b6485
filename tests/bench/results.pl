#!/usr/bin/perl
# results.pl FILE: turns what the bench driver prints (standard input) into the
# tables of FILE, between its two marks; the text around them stays. `make
# bench-results` runs it.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

my ($begin, $end) = ("<!-- begin: make bench-results -->\n",
    "<!-- end -->\n");
my $file = shift or die "usage: results.pl FILE\n";

# Rows of one kind (Alloc, Map, …) make one table, also where some peers have not
# all of them: its columns are those of any row, in the order of their coming.
my (@kinds, %rows, %columns, @names, $head, $machine);
while (my $line = <STDIN>) {
    chomp $line;
    $line =~ s/\s+$//;
    if ($line =~ /^# (.*)/) { # what it was measured on
        $machine = $1;
    } elsif ($line =~ /^(ns\/op \(.*?)\s{2,}(.*)/) {
        ($head, @names) = ($1, split /\s{2,}/, $2);
    } elsif ($line =~ /^(?:\s+(peak memory)|((\w+)\/\S+))\s{2,}(.*)/) {
        my $kind = $3 // $kinds[-1];
        push @kinds, $kind unless $rows{$kind};
        my %cells;
        @cells{@names} = split /\s{2,}/, $4;
        push @{$rows{$kind}}, [$1 // $2, \%cells];
        for my $name (@names) {
            push @{$columns{$kind}}, $name
                unless grep { $_ eq $name } @{$columns{$kind} // []};
        }
    }
}

sub row { return '| ' . join(' | ', @_) . " |\n" }

my $tables = "$machine\n";
for my $kind (@kinds) {
    my @columns = @{$columns{$kind}};
    $tables .= "\n" . row($head, @columns) . '|' . '---|' x (@columns + 1) . "\n";
    $tables .= row($_->[0], map { $_ // '–' } @{$_->[1]}{@columns})
        for @{$rows{$kind}};
}

my $text = do { local (@ARGV, $/) = $file; <> };
$text =~ s/\Q$begin\E.*\Q$end\E/$begin$tables$end/s
    or die "results: $file has no marks\n";
open my $out, '>', $file or die "results: $file: $!\n";
print $out $text;
close $out or die "results: $file: $!\n";

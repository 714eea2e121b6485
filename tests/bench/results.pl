#!/usr/bin/perl
# results.pl FILE: turns what the bench driver prints (standard input) into the
# tables of FILE, between its two marks; the text around them stays. `make
# bench-results` runs it.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));

my ($begin, $end) = ("<!-- begin: make bench-results -->\n",
    "<!-- end -->\n");
my $file = shift or die "usage: results.pl FILE\n";

# A row of cells, parted by two blanks and more.
sub row { return '| ' . join(' | ', split /\s{2,}/, $_[0]) . " |\n" }

my $tables = '';
while (my $line = <STDIN>) {
    chomp $line;
    $line =~ s/\s+$//;
    if ($line =~ /^\s+(peak memory\s.*)/) {
        $tables .= row($1);
        next;
    }
    next if $line eq '' || $line =~ /^\s/; # ranges
    if ($line =~ /^# (.*)/) { # what it was measured on
        $tables .= "$1\n";
    } elsif ($line =~ /^ns\/op \(/) {
        my @names = split /\s{2,}/, $line;
        $tables .= "\n" . row($line) . '|' . '---|' x @names . "\n";
    } else {
        $tables .= row($line);
    }
}

my $text = do { local (@ARGV, $/) = $file; <> };
$text =~ s/\Q$begin\E.*\Q$end\E/$begin$tables$end/s
    or die "results: $file has no marks\n";
open my $out, '>', $file or die "results: $file: $!\n";
print $out $text;
close $out or die "results: $file: $!\n";

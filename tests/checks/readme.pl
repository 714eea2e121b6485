#!/usr/bin/perl
# readme.pl HMAP: runs every command that README.md shows after "$ hmap" and
# compares what it prints, on a terminal of 80 columns, with what stands there.
use strict;
use warnings;
use File::Temp qw(tempdir);

my ($hmap) = @ARGV;
my $dir = tempdir(CLEANUP => 1);
my $readme = do { local (@ARGV, $/) = "README.md"; <> };
my ($ran, $wrong) = (0, 0);

# What the command prints on a terminal without colour.
sub output {
    my ($args) = @_;
    $args =~ s/\bw\.txt\b/$dir\/w.txt/;
    my $text = qx(script -qec "stty cols 80; NO_COLOR=1 $hmap $args" /dev/null);
    $text =~ s/\r//g;
    return $text;
}

for my $block ($readme =~ /^ *```\w*\n(.*?)^ *```$/msg) {
    my ($indent) = $block =~ /^( *)/;
    $block =~ s/^$indent//mg;
    for my $shown (split /^\$ (?=\w)/m, $block) {
        my ($command, $want) = split /\n/, $shown, 2;
        next unless defined $command;
        if ($command eq "cat w.txt") {
            open my $f, ">", "$dir/w.txt" or die "readme: $dir/w.txt: $!\n";
            print $f $want;
            close $f;
        }
        next unless $command =~ s/^hmap //;
        my $got = output($command);
        $ran++;
        next if $got eq $want;
        print "readme: `hmap $command` prints otherwise:\n$got\n";
        $wrong++;
    }
}
print "readme: $ran commands print what README.md shows\n" unless $wrong;
exit($wrong > 0 || $ran == 0);

#!/usr/bin/perl
# readme.pl HMAP: runs every command that README.md shows after "$ hmap" and
# compares what it prints, on a terminal of 80 columns, with what stands there;
# a command shown without its output must end well. Files that they write go to
# a temporary directory.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);

my $hmap = abs_path($ARGV[0]);
my $readme = do { local (@ARGV, $/) = "README.md"; <> };
my $dir = tempdir(CLEANUP => 1);
symlink abs_path("tests"), "$dir/tests" or die "readme: $dir/tests: $!\n";
# By a name that the shell reads as one word, wherever the project lies.
symlink $hmap, "$dir/hmap" or die "readme: $dir/hmap: $!\n";
chdir $dir or die "readme: $dir: $!\n";
my ($ran, $wrong) = (0, 0);

# What the command prints on a terminal without colour.
sub output {
    my ($args) = @_;
    my $text = qx(script -qec "stty cols 80; NO_COLOR=1 ./hmap $args" /dev/null);
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
            open my $f, ">", "w.txt" or die "readme: w.txt: $!\n";
            print $f $want;
            close $f;
        }
        next unless $command =~ s/^hmap //;
        my $got = output($command);
        $ran++;
        next if $want =~ /\S/ ? $got eq $want : $? == 0;
        print "readme: `hmap $command` prints otherwise:\n$got\n";
        $wrong++;
    }
}
chdir "/";    # or the directory stays
print "readme: $ran commands print what README.md shows\n" unless $wrong;
exit($wrong > 0 || $ran == 0);

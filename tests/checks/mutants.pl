#!/usr/bin/perl
# mutants.pl LIST DIR MAKE…: applies each change of LIST alone in a copy of the
# tree at DIR, builds the tests named beside it and runs them. One that notices
# kills the mutant; a mutant that lives is a test that is missing. One that does
# not compile would prove nothing: the run ends there.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path);

my ($list, $dir, @make) = @ARGV;

sub slurp {
    my ($file) = @_;
    open my $f, '<', $file or die "mutants: $file: $!\n";
    local $/;
    return <$f> // '';
}

sub spew {
    my ($file, $text) = @_;
    open my $f, '>', $file or die "mutants: $file: $!\n";
    print $f $text;
    close $f or die "mutants: $file: $!\n";
}

my @mutants;
for my $part (split /^== /m, slurp($list)) {
    next if $part =~ /^#/;
    my ($what, $file, @lines) = split /\n/, $part;
    my $old = join "", map { /^- (.*)/ ? "$1\n" : () } @lines;
    my $new = join "", map { /^\+ (.*)/ ? "$1\n" : () } @lines;
    my ($tests) = map { /^! (.*)/ ? $1 : () } @lines;
    push @mutants, [$what, $file, $old, $new, split / /, $tests];
}

# The copy: a file that is as it was keeps its time, so that it is not compiled
# again; one that a killed run left changed is written anew.
for my $file (split /\0/, qx(git ls-files -co --exclude-standard -z)) {
    next if !-e $file || (-e "$dir/$file" && slurp($file) eq slurp("$dir/$file"));
    make_path(dirname("$dir/$file"));
    spew("$dir/$file", slurp($file));
    chmod((stat $file)[2] & 07777, "$dir/$file");
}
chdir $dir or die "mutants: $dir: $!\n";

# A command whose output goes to a log; true where it ended well.
sub logged {
    my ($log, @command) = @_;
    return system("sh", "-c", "exec \"\$@\" >$log 2>&1", "sh", @command) == 0;
}

sub build  { return logged("build.log", @make, "all", @_) }
sub passes { return logged("test.log", "timeout", 300, @_) }

$| = 1;
my $alive = 0;
my %good; # tests that pass without any change
for (@mutants) {
    my ($what, $file, $old, $new, @tests) = @$_;
    my @programs = map { "build/tests/$_" } @tests;
    my $text = slurp($file);
    my $at = index $text, $old;
    die "mutants: $what: not in $file\n" if $at < 0;
    build(grep { !$good{$_} } @programs) or die slurp("build.log");
    for my $p (grep { !$good{$_}++ } @programs) {
        passes($p) or die "mutants: $p fails as it is\n";
    }
    spew($file, substr($text, 0, $at) . $new . substr($text, $at + length $old));
    build(@programs) or die "mutants: $what: ", slurp("build.log");
    my $killer = (grep { !passes($_) } @programs)[0];
    spew($file, $text);
    printf "%-50s %s\n", $what, $killer ? "caught by $killer" : "LIVES";
    $alive++ if !$killer;
}
printf "mutants: %d of %d caught\n", @mutants - $alive, scalar @mutants;
exit($alive ? 1 : 0);

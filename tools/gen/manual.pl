#!/usr/bin/perl
# manual.pl HMAP PAGE: writes the sections QUESTIONS and COMMANDS of the manual
# page from what `HMAP help` and `HMAP help COMMAND` say. The rest of the page
# is written by hand and stays.
use strict;
use warnings;

my ($hmap, $page) = @ARGV;

sub help {
    my $text = qx("$hmap" help @_);
    die "manual: $hmap help @_\n" if $? != 0;
    return $text;
}

sub esc {
    my ($s) = @_;
    $s =~ s/\x{e2}\x{80}\x{a6}/.../g;    # an ellipsis in UTF-8
    $s =~ s/\\/\\e/g;
    $s =~ s/-/\\-/g;
    $s =~ s/^(?=[.'])/\\&/;    # or roff takes the line for a request
    return $s;
}

sub quoted { my $s = esc(@_); $s =~ s/"/""/g; return qq("$s") }

# One flag: its name in bold, its operand in italics, what it does.
sub flag {
    my ($head, @text) = @_;
    my ($name, $arg) = split / /, $head, 2;
    my $line = defined $arg ? ".BI " . esc($name) . " " . quoted(" $arg")
                            : ".B " . esc($name);
    return ".TP\n$line\n" . esc("@text") . "\n";
}

# Paragraphs; one that begins with a blank is printed as it stands.
sub paragraphs {
    my $out = "";
    for my $p (split /\n\n+/, $_[0]) {
        my @lines = split /\n/, $p;
        $out .= $p =~ /^ / ? join("\n", ".PP", ".nf", (map { esc($_) } @lines), ".fi\n")
                           : ".PP\n" . esc("@lines") . "\n";
    }
    return $out;
}

sub command {
    my ($usage, $summary, $rest) = split /\n\n/, help($_[0]), 3;
    $usage =~ s/^usage: //;
    $rest = defined $rest ? $rest =~ s/\n+\z//r : "";
    my $out = ".SS " . quoted($usage) . "\n" . esc(ucfirst "$summary.") . "\n";
    if ($rest =~ s/^flags:\n(.*?)(\n\n|\z)//s) {
        my @flags = split /^  (?=-)/m, $1;
        shift @flags;
        $out .= flag(map { s/^ +//r } split /\n/) for @flags;
    }
    return $out . paragraphs($rest);
}

my ($commands, $questions) = help("") =~ /operands\]\n\n(.*?)\n\nquestions[^\n]*\n\n(.*?)\n\n/s
    or die "manual: `$hmap help` reads otherwise than expected\n";
my $text = ".SH QUESTIONS\nWhat people ask when a map allocates, and what answers it:\n";
for (split /\n  (?=\S)/, $questions) {
    my ($question, @lines) = map { s/^ +//r } split /\n/;
    $text .= ".TP\n.B " . esc($question) . "\n" . esc("@lines") . "\n";
}
$text .= ".SH COMMANDS\n";
$text .= command($1) while $commands =~ /^  (\w+) /mg;

open my $in, "<", $page or die "manual: $page: $!\n";
my $old = do { local $/; <$in> };
close $in;
$old =~ s/^\.SH QUESTIONS\n.*?(?=^\.SH (?!COMMANDS))/$text/sm
    or die "manual: $page has no section QUESTIONS\n";
open my $file, ">", $page or die "manual: $page: $!\n";
print $file $old;
close $file or die "manual: $page: $!\n";

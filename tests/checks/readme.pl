#!/usr/bin/perl
# readme.pl HMAP: runs every command that README.md shows after "$ hmap" and
# compares what it prints, on a terminal of 80 columns, with what stands there,
# where a line of "…" stands for any lines; a command shown without its output
# must end well. Files that they write go to a temporary directory. And the
# questions are those of `hmap help`, in its order.
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
    my $text = qx(script -qec "stty cols 80; NO_COLOR=1 PAGER=cat ./hmap $args" /dev/null);
    $text =~ s/\r//g;
    return $text;
}

# Whether the output is what is shown.
sub matches {
    my ($got, $want) = @_;
    my $like = join '.*', map { quotemeta } split /^…\n/m, $want, -1;
    return $got =~ /\A$like\z/s;
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
        next if $want =~ /\S/ ? matches($got, $want) : $? == 0;
        print "readme: `hmap $command` prints otherwise:\n$got\n";
        $wrong++;
    }
}
# "  hmap COMMAND" and the question below it, in lines that are indented more.
my @asked = map { s/\s+/ /gr } $readme =~ /^\| (.*?) \| `hmap .*?` \|$/mg;
my @commands = $readme =~ /^\| .*? \| `hmap (.*?)` \|$/mg;
my ($help) = output('help') =~ /^questions, .*?\n\n(.*?)\n\n/ms;
my (@known, @runs);
for my $line (split /\n/, $help // '') {
    if ($line =~ /^  hmap (.*)/) {
        push @runs, $1;
        push @known, '';
    } elsif ($line =~ /^      (.*)/) {
        $known[-1] .= ($known[-1] eq '' ? '' : ' ') . $1;
    }
}
if ("@asked" ne "@known" || "@commands" ne "@runs") {
    print "readme: the questions are not those of `hmap help`\n";
    $wrong++;
}
chdir "/";    # or the directory stays
print "readme: $ran commands print what README.md shows\n" unless $wrong;
exit($wrong > 0 || $ran == 0);

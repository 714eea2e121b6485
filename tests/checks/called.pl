#!/usr/bin/perl
# called.pl: how many of the lines that grow maps explain finds in profiles whose
# frames are hidden, without the program that wrote them and with it. The
# programs are those of tests/programs, each built and run by real toolchains;
# the truth is each one's text form, which keeps every frame.
#
#   HMAP=build/hmap tests/checks/called.pl [GOROOT…]
#
# Without a GOROOT: the PATH's go, and those below $HMAP_GOROOTS. A row counts
# the growing lines that are half a percent or more of all objects or bytes
# (every object recorded), or two percent (sampled, one in 512 kB): of how many
# it is known that they write to a map ("called"; only the program tells), how
# many are surely maps that grew, how many unsure; and how many lines that grow
# none are taken for such. Fails where that is not 0, and where the program
# tells fewer than 19 of 20.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use JSON::PP;

my $hmap = abs_path($ENV{HMAP} // 'build/hmap');
my $dir = tempdir(CLEANUP => 1);
@ENV{qw(GO111MODULE GOTOOLCHAIN GOFLAGS)} = ('off', 'local', '');

my @roots = @ARGV;
if (!@roots) {
    chomp(my $root = qx(go env GOROOT 2>/dev/null) // '');
    push @roots, grep { $_ ne '' } $root;
    push @roots, sort glob "$ENV{HMAP_GOROOTS}/1.*" if $ENV{HMAP_GOROOTS};
}
if (!@roots) {
    print STDERR "SKIPPED: needs go in the PATH, or HMAP_GOROOTS=DIR\n";
    exit 0;
}

sub run {
    system(@_) == 0 or die "called: @_ failed\n";
}

sub explained {
    open my $p, '-|', $hmap, 'explain', '-all', '-json', @_ or die "$hmap: $!\n";
    local $/;
    my $doc = decode_json(<$p>);
    close $p or die "called: explain @_ failed\n";
    return $doc;
}

# Some map of the line got an array by growing.
sub grows {
    my ($line) = @_;
    return grep { $_->{parts}{array} || $_->{parts}{split} } @{$line->{maps}};
}

sub place {
    return "$_[0]{func}:$_[0]{line}";
}

# Adds the lines of a profile to a row; what the truth does not have is no line
# of the workload's.
sub count {
    my ($row, $truth, $part, @files) = @_;
    my $doc = explained(@files);
    for my $line (@{$doc->{lines}}) {
        my $true = $truth->{place($line)} // next;
        next if $line->{objects} < $part * $doc->{objects} &&
                $line->{bytes} < $part * $doc->{bytes};
        my $sure = $line->{verdict} eq 'map';
        if (!grows($true)) {
            $row->{wrong} += $sure;
            next;
        }
        $row->{growing}++;
        $row->{called}++ if $line->{mechanisms}{map};
        $row->{sure} += $sure;
        $row->{unsure} += $line->{verdict} eq 'unsure';
    }
}

my @kinds = (['every object', 0.005, 'all'], ['sampled', 0.02, 'some']);
my $failed = 0;
my $format = "%-10s %-12s %-8s %7s %6s %5s %6s %5s\n";
printf $format, qw(go profile program growing called sure unsure wrong);
chdir 'tests/programs' or die "tests/programs: $!\n";
for my $root (@roots) {
    my $go = -x "$root/bin/go" ? "$root/bin/go" : 'go';
    chomp(my $name = qx($go env GOVERSION));
    my %rows;
    for my $src (glob '{map,none}_*.go') {
        my $p = "$dir/p";
        run($go, 'build', '-o', $p, 'profile.go', $src);
        run($p, '-text', '-o', "$p.txt");
        run($p, '-o', "$p.all");
        run($p, qw(-rate 524288 -times 25 -o), "$p.some");
        my %truth = map { place($_) => $_ } @{explained($p, "$p.txt")->{lines}};
        for my $kind (@kinds) {
            my ($words, $part, $suffix) = @$kind;
            count($rows{$words}{without} //= {}, \%truth, $part, "$p.$suffix");
            count($rows{$words}{with} //= {}, \%truth, $part, $p, "$p.$suffix");
        }
    }
    for my $words (map { $_->[0] } @kinds) {
        for my $program (qw(without with)) {
            my $row = $rows{$words}{$program};
            my @n = map { $row->{$_} // 0 } qw(growing called sure unsure wrong);
            printf $format, $name, $words, $program, @n;
            $failed |= $n[4] > 0 || ($program eq 'with' && $n[1] * 20 < $n[0] * 19);
        }
    }
}
exit $failed;

# goref.pl FILE…: the work of goref.sh. A reference is "Go: file.go" followed by
# names; the first name, and each one after a comma, must stand in that file, in
# one of the source trees ROOTS (with : between them). OLDEST=1: there is only the
# oldest, so what is not in it may be in a newer one, and is counted.
use strict;
use warnings;

my @roots = split /:/, $ENV{ROOTS};
my $pprof = "cmd/vendor/github.com/google/pprof";
my @homes = (
    "runtime", "sync", "runtime/pprof", "internal/cpu", "internal/abi",
    "runtime/internal/math", "runtime/metrics", "runtime/internal/sys",
    "cmd/compile/internal/reflectdata", "cmd/compile/internal/walk",
    "cmd/compile/internal/types", "cmd/compile/internal/compare",
    "$pprof/internal/report", "$pprof/internal/graph",
    "$pprof/internal/driver", "$pprof/internal/measurement", "$pprof/profile", $pprof, "$pprof/internal",
    "reflect", ".", "internal/runtime", "internal/runtime/maps",
    "internal/sync",
);
my (%text, $bad);
my ($count, $newer) = (0, 0);

# The texts of that file, one from each tree that has it.
sub sources {
    my ($name) = @_;
    return @{$text{$name}} if exists $text{$name};
    my @found;
    for my $root (@roots) {
        for my $home (@homes) {
            open(my $in, "<", "$root/$home/$name") or next;
            local $/;
            push @found, scalar <$in>;
            last;
        }
    }
    $text{$name} = \@found;
    return @found;
}

sub missing {
    my ($text) = @_;
    if ($ENV{OLDEST}) {
        $newer++;
        return;
    }
    print "$text\n";
    $bad = 1;
}

sub stands {
    my ($body, $recv, $name) = @_;
    return $body =~ /^func \(\w*\s*\*?\Q$recv\E(?:\[[^\]]*\])?\) \Q$name\E\b/m if $recv;
    return $body =~
        /^(?:func(?: \([^)]*\))? |type |const |var |\s+|TEXT .*·)\Q$name\E\b/m;
}

# rest: "mheap.go (*mheap).alloc, allocSpan; mgc.go gcStart. More prose". A part
# after a comma is a reference only if it is one name and nothing else.
sub check {
    my ($path, $line, $rest) = @_;
    while ($rest =~ /\G[\s,;]*(?:and )?([\w.\/-]+\.(?:go|s)):?/gc) {
        my ($file, $first) = ($1, 1);
        my @go = sources($file);
        if (!@go) {
            missing("$path:$line: Go has no file $file");
            return;
        }
        while ($rest =~ /\G,?\s+(?:\(\*?(\w+)\)\.)?(\w+)(?=([,.;)]|\s|$))/gc) {
            my ($recv, $name, $after) = ($1, $2, $3);
            if ($after eq "." && $rest =~ /\G\.(?:go|s)\b/) { # another file's name
                pos($rest) -= length $name;
                last;
            }
            $count++;
            if (!grep { stands($_, $recv, $name) } @go) {
                missing("$path:$line: $file has no "
                    . ($recv ? "(*$recv).$name" : $name));
            }
            last unless $after eq "," &&
                $rest =~ /\G(?=,\s+(?:\(\*?\w+\)\.)?\w+\s*(?:[,.;)]|\*\/|$))/;
        }
    }
}

for my $path (@ARGV) {
    open(my $in, "<", $path) or die "$path: $!\n";
    my $body = do { local $/; <$in> };
    while ($body =~ /\bGo:\s+(?:\*\s*)?/g) {
        my $line = 1 + (substr($body, 0, $-[0]) =~ tr/\n//);
        my $rest = substr($body, $+[0], 400);
        $rest =~ s/\n\s*\*\s?/ /g;
        check($path, $line, $rest);
    }
}
print "goref: ", $count - $newer, " references to the Go source hold",
    ($newer ? ", $newer may be to newer releases (HMAP_GOROOTS)" : ""), "\n"
    unless $bad;
exit($bad ? 1 : 0);

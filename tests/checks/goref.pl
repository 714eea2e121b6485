# goref.pl FILE…: the work of goref.sh. A reference is "Go: file.go" followed by
# names; the first name, and each one after a comma, must stand in that file.
use strict;
use warnings;

my $root  = $ENV{ROOT};
my $pprof = "cmd/vendor/github.com/google/pprof";
my @homes = (
    "runtime", "sync", "runtime/pprof", "internal/cpu", "internal/abi",
    "runtime/internal/math", "runtime/metrics", "runtime/internal/sys",
    "cmd/compile/internal/reflectdata", "cmd/compile/internal/walk",
    "cmd/compile/internal/types", "cmd/compile/internal/compare",
    "$pprof/internal/report", "$pprof/internal/graph",
    "$pprof/internal/driver", "$pprof/internal/measurement", "$pprof/profile",
    "reflect", ".",
);
my (%text, $bad, $count);
$count = 0;

sub source {
    my ($name) = @_;
    return $text{$name} if exists $text{$name};
    for my $home (@homes) {
        open(my $in, "<", "$root/$home/$name") or next;
        local $/;
        return $text{$name} = <$in>;
    }
    return $text{$name} = undef;
}

sub stands {
    my ($body, $recv, $name) = @_;
    return $body =~ /^func \(\w*\s*\*?\Q$recv\E\) \Q$name\E\b/m if $recv;
    return $body =~
        /^(?:func(?: \([^)]*\))? |type |const |var |\s+|TEXT .*·)\Q$name\E\b/m;
}

for my $path (@ARGV) {
    open(my $in, "<", $path) or die "$path: $!\n";
    my $body = do { local $/; <$in> };
    while ($body =~ /\bGo:\s+(?:\*\s*)?([\w.\/-]+\.(?:go|s)):?((?:[\s*]+(?:\(\*?\w+\)\.)?\w+,?)*)/g) {
        my ($file, $names) = ($1, $2);
        my $line = 1 + (substr($body, 0, $-[0]) =~ tr/\n//);
        my $go = source($file);
        if (!defined $go) {
            print "$path:$line: Go has no file $file\n";
            $bad = 1;
            next;
        }
        for my $part (split /,/, $names) {
            $part =~ /^[\s*]*(?:\(\*?(\w+)\)\.)?(\w+)/ or last;
            $count++;
            next if stands($go, $1, $2);
            print "$path:$line: $file has no ", ($1 ? "(*$1).$2" : $2), "\n";
            $bad = 1;
        }
    }
}
print "goref: $count references to the Go source hold\n" unless $bad;
exit($bad ? 1 : 0);

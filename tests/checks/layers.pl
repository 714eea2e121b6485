#!/usr/bin/perl
# layers.pl: proves the shape of the code: which room may include which, no
# circle of units, names that stand once, facts of Go in their one home, and the
# sizes of folders, files and lines. Run at the root of the tree; lists each
# offender with file and line, and fails if there is one.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

# Rooms, lowest first, and what each may include besides itself.
#
# alloc and alloc/gc are one room in two folders: the collector needs spans and
# heap, the door needs the collector. So are the folders of map/. In there, and
# everywhere else, units (X.c with X.h) form no circle: that keeps the order.
my $runtime = 'runtime/base runtime/sched runtime/type runtime/prof';
my $below = "$runtime alloc map";
my $alltools = 'tools/lib tools/log tools/cli tools/profile tools/measure tools/pprof ' .
    'tools/explain tools/scenarios tools/claims tools/replay tools/verify ' .
    'tools/real tools/page tools/watch tools/api';
my %may = (
    'runtime/base'    => '',
    'runtime/sched'   => 'runtime/base',
    'runtime/type'    => 'runtime/base runtime/sched',
    'runtime/prof'    => 'runtime/base runtime/sched runtime/type',
    'alloc/page'      => $runtime,
    'alloc'           => "$runtime alloc/page alloc/gc",
    'alloc/gc'        => "$runtime alloc/page alloc",
    'map'             => "$runtime alloc map/classic map/swiss map/sync",
    'map/classic'     => "$runtime alloc map map/swiss map/sync",
    'map/swiss'       => "$runtime alloc map map/classic map/sync",
    'map/sync'        => "$runtime alloc map map/classic map/swiss",
    'tools/lib'       => $below,
    'tools/log'       => "$below tools/lib",
    'tools/cli'       => "$below tools/lib",
    'tools/profile'   => "$below tools/lib",
    'tools/measure'   => "$below tools/lib tools/log",
    'tools/pprof'     => "$below tools/lib tools/cli tools/profile",
    'tools/explain'   => "$below tools/lib tools/cli tools/profile tools/pprof",
    'tools/scenarios' => "$below tools/lib tools/log tools/cli tools/profile " .
                         'tools/measure tools/page',
    'tools/claims'    => "$below tools/lib tools/cli tools/measure tools/scenarios",
    'tools/replay'    => "$below tools/lib tools/log tools/cli tools/profile " .
                         'tools/measure',
    'tools/verify'    => "$below tools/lib tools/cli tools/profile tools/measure " .
                         'tools/replay',
    'tools/real'      => "$below tools/lib tools/cli tools/profile",
    'tools/api'       => $below,
    'tools/page'      => "$below tools/lib tools/log",
    'tools/watch'     => "$below $alltools",
    'tools/gen'       => 'runtime/base',
    'tests'           => "$below alloc/page alloc/gc map/classic map/swiss " .
                         "map/sync $alltools",
);

# From outside these rooms only their door, their views, and what is arithmetic
# without a heap or a map may be included.
my %door = map { $_ => 1 } qw(alloc/malloc.h alloc/objsize.h map/map.h);
my $view = qr{^(alloc|map)/.*view\.h$};

# The one home of the operating system, of a library, of a kind of fact.
my @homes = (
    [qr/^#\s*include <libunwind/, qr{^runtime/prof/callstack\.c$},
        'only runtime/prof/callstack.c uses libunwind'],
    [qr/^#\s*include <(elfutils|dwarf)/, 
        qr{^runtime/prof/(symbol\.c|codeindex\.[ch])$|^tests/},
        'only runtime/prof/symbol.c and codeindex.c use libdw'],
    [qr/^#\s*include <sys\/mman\.h>/, qr{^runtime/base/sysmem\.c$|^tools/|^tests/},
        'only runtime/base/sysmem.c maps memory'],
    [qr/^#\s*include <uthash\.h>/, qr{^(runtime|tools|tests)/},
        'no uthash in alloc/ and map/'],
    [qr/__(x86_64|aarch64|SSE\d?|AES)__|HMAP_GENERIC/, qr{^runtime/base/arch\.h$},
        'only runtime/base/arch.h asks which processor this is'],
    [qr/^#\s*include <\w*mmintrin\.h>|__builtin_ia32/,
        qr{^runtime/(base/(arch|bytes8)\.h|type/hashaes\.[ch])$},
        "a processor's own instructions: bytes8.h, hashaes.h, arch.h"],
    [qr/^#\s*(if|ifdef|ifndef) (?!\w+_H$)/,
        qr{^(runtime|tools|tests)/|^alloc/page/limits\.h$},
        'no conditional compilation in alloc/ and map/'],
);

my ($most_files, $short, $most_short, $columns) = (40, 100, 30, 80);
my $bad = 0;

sub complain {
    my ($where, $what) = @_;
    print "$where: $what\n";
    $bad++;
}

sub folder_of { my ($path) = @_; $path =~ s{/[^/]*$}{}; return $path }
sub room_of   { my ($path) = @_; return $path =~ m{^tests/} ? 'tests' : folder_of($path) }
sub top_of    { my ($path) = @_; $path =~ s{/.*}{}; return $path }
sub unit_of   { my ($path) = @_; $path =~ s{\.[ch]$}{}; return $path }

# The text with comments blanked out, line by line, and with every string
# literal emptied unless strings are asked for.
sub code_of {
    my ($text) = @_;
    $text =~ s{(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*")}
              {defined $2 ? $2 : $1 =~ s/[^\n]/ /gr}gse;
    return $text;
}

my @files = sort grep { -e } split /\n/,
    `git ls-files -co --exclude-standard '*.c' '*.h'`;
my (%text, %includes, %base, %tag, %nfiles, $nshort);

for my $file (@files) {
    open my $in, '<', $file or die "$file: $!";
    local $/;
    $text{$file} = <$in>;
}

# --- includes ---------------------------------------------------------------

sub check_include {
    my ($file, $where, $header) = @_;
    return if $header =~ /\.pb-c\.h$/; # protoc-c wrote it below the build
    my ($room, $target) = (room_of($file), folder_of($header));
    return complain($where, "\"$header\" is not written from the root or missing")
        if !-e $header;
    $includes{unit_of($file)}{unit_of($header)} = $where
        if unit_of($file) ne unit_of($header);
    return if $room eq 'tests' || $room eq $target;
    return complain($where, "$room is no room that layers.pl knows")
        if !exists $may{$room};
    return if $header =~ $view && top_of($room) eq 'tools';
    return complain($where, "$room may not include $header")
        if !grep { $_ eq $target } split / /, $may{$room};
    complain($where, "$header is behind the door of " . top_of($header))
        if top_of($header) ne top_of($file) && $header =~ m{^(alloc|map)/} &&
        !$door{$header};
}

sub check_lines {
    my ($file) = @_;
    my $n = 0;
    for my $line (split /\n/, $text{$file}) {
        my $where = "$file:" . ++$n;
        check_include($file, $where, $1) if $line =~ /^#\s*include "([^"]*)"/;
        for my $home (@homes) {
            complain($where, $home->[2])
                if $line =~ $home->[0] && $file !~ $home->[1];
        }
        complain($where, "ends behind column $columns")
            if length($line =~ s/\t/        /gr) > $columns;
    }
    $nshort++ if $n < $short;
}

# --- facts of Go ------------------------------------------------------------

sub check_facts {
    my ($file) = @_;
    my $n = 0;
    for my $line (split /\n/, code_of($text{$file})) {
        my $where = "$file:" . ++$n;
        if ($line =~ /"[^"]*\.incbin\b[^"]*?\\"([^"\\]+)\\"/ ||
            $line =~ /\bINCBIN\w*\([^"]*"([^"]+)"/) {
            complain($where, ".incbin of $1, which does not exist") if !-e $1;
        }
        next if $file =~ m{^tests/};
        complain($where, "a release of Go outside runtime/base/goversion.c")
            if $file ne 'runtime/base/goversion.c' &&
            $line =~ /\b[Gg]o ?1\.(19|2\d)\b|"1\.(19|2\d)(\.\d+)?"/;
        complain($where, 'a frame of Go outside runtime/prof/goframe.c')
            if $file ne 'runtime/prof/goframe.c' &&
            $line !~ /^GOFRAME_OF\(|\bgoframe_\w+\(.*"runtime/ &&
            $line =~ /"runtime\.(\(\*|(?!(hmap|bmap|mapextra)")[a-z]\w*")/;
    }
}

# --- names that stand once ----------------------------------------------------

sub check_names {
    my ($file) = @_;
    my $name = $file =~ s{.*/}{}r;
    complain($file, "base name stands twice: $base{$name}") if $base{$name};
    $base{$name} = $file;
    $nfiles{folder_of($file)}++;
    return if $file =~ m{^tests/};
    my $code = code_of($text{$file});
    while ($code =~ /\b(struct|enum|union)\s+(\w+)\s*\{/g) {
        my $line = 1 + (substr($code, 0, $-[0]) =~ tr/\n//);
        my ($kind, $tag) = ($1, $2);
        complain("$file:$line", "$kind $tag stands twice: $tag{$tag}")
            if $tag{$tag} && $tag{$tag} !~ /^\Q$file\E:/; # #else parts them
        $tag{$tag} = "$file:$line";
    }
}

# --- circles ------------------------------------------------------------------

# Units from which there is a way back to themselves: Tarjan's components.
my (%index, %low, @stack, %on_stack);

sub find_circles {
    my ($unit) = @_;
    $index{$unit} = $low{$unit} = keys %index;
    push @stack, $unit;
    $on_stack{$unit} = 1;
    for my $next (sort keys %{$includes{$unit}}) {
        find_circles($next) if !exists $index{$next};
        $low{$unit} = $low{$next} if $on_stack{$next} && $low{$next} < $low{$unit};
    }
    return if $low{$unit} != $index{$unit};
    my @circle;
    do {
        push @circle, pop @stack;
        delete $on_stack{$circle[-1]};
    } until $circle[-1] eq $unit;
    complain(join(' ', sort @circle), 'a circle of units') if @circle > 1;
}

# --- all of it ------------------------------------------------------------------

no warnings 'recursion';
for my $file (@files) {
    check_names($file);
    check_lines($file);
    check_facts($file);
}
find_circles($_) for grep { !exists $index{$_} } sort keys %includes;
for my $folder (sort keys %nfiles) {
    complain($folder, "$nfiles{$folder} source files, more than $most_files")
        if $nfiles{$folder} > $most_files;
}
my $share = 100 * $nshort / @files;
complain('the tree', sprintf('%.1f %% of the files are under %d lines, more than %d %%',
        $share, $short, $most_short)) if $share > $most_short;
printf "layers: %d files in %d folders, %d units without a circle; %.1f %% under %d lines\n",
    scalar @files, scalar keys %nfiles, scalar keys %index, $share, $short;
exit($bad > 0);

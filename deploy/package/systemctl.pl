#!/usr/bin/perl
# Stands in for systemctl in a system without systemd, for clean-root.sh: does what the unit files of the package say.
# Knows User, EnvironmentFile, ExecStart, Type=notify and TimeoutStopSec, and refuses a unit without them.
use strict;
use warnings;
use POSIX qw(setsid);
use Socket;

my $verb = shift @ARGV // '';
my $now = grep { $_ eq '--now' } @ARGV;
my @units = map { s/\.service$//r } grep { !/^--/ } @ARGV;

sub unit {
    my ($name) = @_;
    open my $file, '<', "/lib/systemd/system/$name.service" or die "there is no unit $name\n";
    my %keys;
    while (<$file>) {
        $keys{$1} = $2 if /^(\w+)=(.*)$/;
    }
    for my $key (qw(User EnvironmentFile ExecStart Type TimeoutStopSec)) {
        defined $keys{$key} or die "$name.service has no $key\n";
    }
    $keys{Type} eq 'notify' or die "$name.service is not of type notify\n";
    return %keys;
}

sub pid {
    my ($name) = @_;
    open my $file, '<', "/run/$name.pid" or return 0;
    my $pid = <$file> // 0;
    chomp $pid;
    return $pid && kill(0, $pid) ? $pid : 0;
}

sub start {
    my ($name) = @_;
    return if pid($name);
    my %keys = unit($name);
    my %values;
    (my $path = $keys{EnvironmentFile}) =~ s/^-//;
    if (open my $file, '<', $path) {
        while (<$file>) {
            $values{$1} = $2 if /^(\w+)="?([^"\n]*)"?$/;
        }
    }
    # As systemd does it: a variable that is a word of its own becomes as many words as it has.
    my @command = map { /^\$(\w+)$/ ? split(' ', $values{$1} // '') : $_ } split ' ', $keys{ExecStart};
    my (undef, undef, $user, $group) = getpwnam $keys{User} or die "there is no user $keys{User}\n";
    my $notice = "/run/$name.notify";
    unlink $notice;
    socket my $socket, PF_UNIX, SOCK_DGRAM, 0 or die "socket: $!\n";
    bind $socket, pack_sockaddr_un($notice) or die "bind: $!\n";
    chmod 0777, $notice;
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        setsid;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', "/run/$name.out";
        open STDERR, '>&', \*STDOUT;
        $ENV{NOTIFY_SOCKET} = $notice;
        $ENV{$_} = $values{$_} for keys %values;
        $) = "$group $group";
        $( = $group;
        $> = $< = $user;
        $> == $user or die "cannot become $keys{User}\n";
        chdir '/';
        exec @command or die "exec: $!\n";
    }
    open my $file, '>', "/run/$name.pid";
    print $file "$child\n";
    close $file;
    local $SIG{ALRM} = sub { die "$name did not say that it is ready within 30 s\n" };
    local $SIG{CHLD} = sub { die "$name has ended: see /run/$name.out\n" };
    alarm 30;
    while (1) {
        defined recv $socket, my $message, 4096, 0 or die "recv: $!\n";
        last if $message =~ /^READY=1$/m;
    }
    alarm 0;
}

sub stop {
    my ($name) = @_;
    my $pid = pid($name) or return;
    my %keys = unit($name);
    kill 'TERM', $pid;
    for (1 .. 10 * $keys{TimeoutStopSec}) {
        last if !pid($name);
        select undef, undef, undef, 0.1;
    }
    die "$name does not stop\n" if pid($name);
    unlink "/run/$name.pid";
}

if ($verb eq 'daemon-reload') {
    exit 0;
} elsif ($verb eq 'is-active') {
    my @states = map { pid($_) ? 'active' : 'inactive' } @units;
    print "$_\n" for @states;
    exit((grep { $_ ne 'active' } @states) ? 3 : 0);
} elsif ($verb eq 'start' || ($verb eq 'enable' && $now)) {
    start($_) for @units;
} elsif ($verb eq 'stop' || ($verb eq 'disable' && $now)) {
    stop($_) for @units;
} elsif ($verb eq 'try-restart') {
    for my $name (@units) {
        next if !pid($name);
        stop($name);
        start($name);
    }
} elsif ($verb ne 'enable' && $verb ne 'disable') {
    die "systemctl $verb is not known here\n";
}

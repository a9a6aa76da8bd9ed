# mixed_random.tcl -- commands of ours and of others at random, on a primary with a replica, through reloads and restarts: every answer is what the hashes say, on
# the primary at once and on the replica when it has caught up, and both have the same keys and sound indexes.
#
# SEED repeats a run, N is the number of rounds: make tcl SUITES=mixed_random N=1000 SEED=7
source tests/nonrel/nonrel.tcl
source tests/nonrel/truth.tcl
source tests/nonrel/random.tcl

set ::rounds [expr {[info exists ::env(N)] && $::env(N) ne {} ? $::env(N) : 12}]
set ::seed [expr {[info exists ::env(SEED)] && $::env(SEED) ne {} ? $::env(SEED) : [clock microseconds] % 1000000000}]

proc connect {} {
    set ::primary [srv -1 client]
    set ::replica [srv 0 client]
    set ::others [list [redis_client -1] [redis_client -1]]
}

proc disconnect {} {
    foreach client $::others { $client close }
}

proc anybody {} { pick [concat $::primary $::others] }

proc same_everywhere {when} {
    catch_up
    ask $::replica "$when, replica"
    settled $::primary {x.User x.Item}
    ask $::primary "$when, mended"
    catch_up
    settled $::replica {x.User x.Item}
    ask $::replica "$when, mended replica"
    wait_for_condition 50 20 {[$::primary debug digest] eq [$::replica debug digest]} else { same_keys $when }
    assert_equal {0 0} [list [info_field $::primary corrupt] [info_field $::replica corrupt]] $when
}

proc steps {n when} {
    for {set i 0} {$i < $n} {incr i} {
        set client [anybody]
        write $client
        if {[chance 10]} { after [any 12] }
        ask [pick [list $client [anybody]]] "$when, step $i"
        if {[chance 25]} {
            catch_up
            ask $::replica "$when, step $i, replica"
        }
    }
}

# A server that writes its first append-only file, as a replica does behind a full sync, takes no notice of being asked to end.
proc written_out {client} {
    wait_for_condition 500 20 {[status $client aof_rewrite_in_progress] == 0 && [status $client aof_rewrite_scheduled] == 0} else {
        fail {the append-only file is not rewritten}
    }
}

# The replica comes back as a primary of its own.
proc restarted {level} {
    disconnect
    written_out [srv $level client]
    restart_server $level true false
    connect
    ask [srv $level client] restarted
    become_copy $::replica
}

proc linked {} {
    wait_for_sync $::replica
    wait_replica_online $::primary
}

# A primary that reads its file again leaves out what has run out meanwhile and tells nobody, unlike one that starts: its replicas would keep that for good.
proc run_out {client} {
    after 20
    foreach db {10 9} {
        $client select $db
        $client keys *
    }
}

# What may happen to a server between steps.
proc upheaval {} {
    switch [any 9] {
        0 { run_out $::primary; $::primary debug reload; linked }
        1 { $::replica debug reload; linked }
        2 { $::primary debug loadaof; linked }
        3 { catch { $::primary bgrewriteaof }; written_out $::primary; steps 4 {behind a rewrite}; restarted -1 }
        4 { restarted 0 }
        5 { $::primary swapdb 9 10 }
        6 { begin $::primary }
        7 { redefine $::primary }
        8 { redefine $::primary; steps 2 {redefined}; redefine $::primary }
    }
}

set ::settings {save {} appendonly yes appendfsync everysec auto-aof-rewrite-percentage 0 propagation-error-behavior panic}

start_nonrel [list overrides $::settings] {
    start_nonrel [list overrides $::settings] {
        connect
        written_out $::primary
        become_copy $::replica
        puts "seed $::seed"
        expr {srand($::seed)}
        begin $::primary
        for {set round 0} {$round < $::rounds} {incr round} {
            test "round $round of seed $::seed: answers, replica and indexes agree with the hashes" {
                set ::written {}
                if {[catch {
                    steps 15 "round $round"
                    same_everywhere "round $round"
                    upheaval
                    ask $::primary "round $round, upheaval"
                    same_everywhere "round $round, upheaval"
                } reply options]} {
                    puts "seed $::seed, round $round; the last writes:"
                    foreach commands [lrange $::written end-14 end] { puts "  $commands" }
                    set ::rounds 0
                    return -options $options $reply
                }
            }
        }
        disconnect
        foreach client [list $::primary $::replica] { written_out $client }
    }
}

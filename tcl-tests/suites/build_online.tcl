# build_online.tcl -- an index over many entities is built while the server goes on: writes in the middle, restarts, copies, append-only files.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::entities 30000

# Many entities, n from 0 to 99 and s from t0 to t6.
proc fill {client} {
    $client nonrel.model set a.X {{"fields": {"n": {"type": "int"}, "s": {"type": "char", "null": true}, "u": {"type": "int", "null": true, "unique": true}}}}
    for {set i 0} {$i < $::entities} {incr i 1000} {
        set rows {}
        for {set k $i} {$k < $i + 1000} {incr k} { lappend rows "{\"n\":[expr {$k % 100}],\"s\":\"t[expr {$k % 7}]\"}" }
        $client nonrel.save a.X JSON "\[[join $rows ,]\]"
    }
}

proc info_model {model} {
    regexp "db9_$model:(\[^\r\n\]+)" [r info nonrel_models] all pairs
    return [split $pairs =,]
}

proc state {client {index n.value}} {
    foreach one [$client nonrel.index list a.X] {
        if {[dict get $one name] eq $index} { return [dict get $one state] }
    }
    return none
}

proc built {client {index n.value}} {
    wait_for_condition 500 20 { [state $client $index] eq "ready" } else { fail "$index is [state $client $index]" }
    # What others have just written is mended by a timer, which may come behind that of the build.
    wait_for_condition 100 20 {[$client nonrel.index check a.X] eq {}} else { fail [$client nonrel.index check a.X] }
}

proc gone {client pattern} {
    wait_for_condition 500 20 {[$client keys $pattern] eq {}} else { fail "there are keys of $pattern" }
}

# Writes of all kinds, all over the model.
proc write_some {client round} {
    $client nonrel.save a.X pk [expr {10 + $round}] n 1000
    $client nonrel.save a.X pk [expr {$::entities - 10 - $round}] n 1001
    $client nonrel.save a.X n 2000 s new
    $client nonrel.delete a.X PK [expr {1000 + $round}] [expr {$::entities - 1000 - $round}]
    $client hset a.X:[expr {2000 + $round}] n 3000
    $client hset a.X:[expr {$::entities - 2000 - $round}] n 3000
    $client del a.X:[expr {3000 + $round}] a.X:[expr {$::entities - 3000 - $round}]
}

proc as_expected {client rounds} {
    assert_equal $rounds [$client nonrel.count a.X FILTER n 1000]
    assert_equal $rounds [$client nonrel.count a.X FILTER n 1001]
    assert_equal $rounds [$client nonrel.count a.X FILTER n 2000]
    assert_equal [expr {2 * $rounds}] [$client nonrel.count a.X FILTER n 3000]
    assert_equal [expr {$::entities - 3 * $rounds}] [$client nonrel.count a.X]
}

proc in_plan {client index} {
    return [string match *$index* [$client nonrel.explain count a.X FILTER n 5]]
}

start_nonrel {overrides {save {}}} {
    test {CREATE over many entities replies at once, and the planner waits until it is built} {
        fill r
        assert_equal 300 [r nonrel.count a.X FILTER n 5]
        assert_equal OK [r nonrel.index create a.X n exact lt]
        assert {[state r] ne "ready"}
        assert_equal 1 [dict get [info_model a.X] indexes_waiting]
        assert {![in_plan r n.value]}
        assert_equal 300 [r nonrel.count a.X FILTER n 5]
        built r
        assert {[in_plan r n.value]}
        assert_equal 300 [r nonrel.count a.X FILTER n 5]
    }

    test {DROP, and writes of all kinds while it is built again} {
        r nonrel.index drop a.X n exact lt
        assert {![in_plan r n.value]}
        r nonrel.index create a.X n exact lt
        set rounds 0
        while {[state r] ne "ready" && $rounds < 900} { write_some r [incr rounds] }
        assert {$rounds > 3}
        built r
        as_expected r $rounds
    }

    test {a field that is in no index yet, in sets, and writes in the middle} {
        r nonrel.index create a.X s exact
        for {set i 0} {$i < 30} {incr i} {
            r nonrel.save a.X n 4000 s t6
            r hset a.X:[expr {5000 + $i}] s t6
        }
        built r s.value.set
        assert_equal 30 [r nonrel.count a.X FILTER s t6 n 4000]
        r nonrel.index drop a.X s
        assert_equal none [state r s.value.set]
        gone r a.X/s/s.value.set/*
    }

    test {MODEL SET over many entities builds in the same way, and what is in its transaction is kept} {
        r multi
        r nonrel.model set a.X {{"fields": {"n": {"type": "int"}, "s": {"type": "char", "null": true, "index": true}, "u": {"type": "int", "null": true, "unique": true}}}}
        r nonrel.save a.X n 1 s in-multi
        r exec
        assert_equal 1 [r nonrel.count a.X FILTER s in-multi]
        built r s.value
        assert_equal 1 [r nonrel.count a.X FILTER s in-multi]
    }

    test {REBUILD makes it anew while the server goes on} {
        r nonrel.index rebuild a.X
        r nonrel.save a.X n 1 s in-rebuild
        wait_for_condition 500 20 {[state r s.value] eq "ready"} else { fail "s.value is [state r s.value]" }
        built r
        assert_equal 1 [r nonrel.count a.X FILTER s in-rebuild]
        assert_equal 0 [dict get [info_model a.X] indexes_waiting]
    }
}

foreach {name options how} {
    "an RDB file" {save {} appendonly no} {r debug reload}
    "an append-only file" {save {} appendonly yes aof-use-rdb-preamble no} {r debug loadaof}
    "an append-only file with a rewrite in the middle" {save {} appendonly yes auto-aof-rewrite-percentage 0} {
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save a.X n 7000
        r hset a.X:4 n 7000
        r debug loadaof
    }
} {
    start_nonrel [list overrides $options] {
        test "a build goes on after a restart from $name" {
            set ::entities 60000
            fill r
            r nonrel.count a.X
            r nonrel.index create a.X n exact lt
            if {$::nonrel_store eq "native"} { wait_for_condition 100 1 {[state r] eq "building"} else { fail "it does not begin" } }
            eval $how
            r hset a.X:5 n 7000
            r nonrel.save a.X n 7000
            built r
            assert {[in_plan r n.value]}
            set want [expr {[string match *bgrewrite* $how] ? 4 : 2}]
            assert_equal $want [r nonrel.count a.X FILTER n 7000]
            set ::entities 30000
        }
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a copy gets a build step by step, and has the same keys at its end} {
            set primary [srv -1 client]
            set copy [srv 0 client]
            fill $primary
            become_copy $copy
            assert_equal 300 [$copy nonrel.count a.X FILTER n 5]
            $primary nonrel.index create a.X n exact lt
            set rounds 0
            while {[state $primary] ne "ready" && $rounds < 500} { write_some $primary [incr rounds] }
            built $primary
            wait_for_ofs_sync $primary $copy
            built $copy
            as_expected $copy $rounds
            assert_equal [debug_digest -1] [debug_digest 0]
            assert {[in_plan $copy n.value]}
        }

        test {a copy that becomes the primary in the middle goes on} {
            $primary nonrel.index create a.X s exact
            set begun [expr {$::nonrel_store eq "native" ? {building} : {*}}]
            wait_for_condition 200 1 {[string match $begun [state $copy s.value.set]] && [state $copy s.value.set] ne "none"} else { fail "it does not begin" }
            $copy replicaof no one
            built $copy s.value.set
            $copy nonrel.save a.X n 1 s after-failover
            assert_equal 1 [$copy nonrel.count a.X FILTER s after-failover]
            assert_equal {} [$copy nonrel.index check a.X]
        }
    }
}

start_nonrel {overrides {save {} appendonly yes}} {
    start_nonrel {overrides {save {} appendonly yes propagation-error-behavior panic}} {
        test {a copy that reads its own append-only file has what was built meanwhile} {
            set primary [srv -1 client]
            set copy [srv 0 client]
            set ::entities 300
            foreach client [list $primary $copy] { wait_for_condition 500 20 {[status $client aof_rewrite_in_progress] == 0} else { fail {the append-only file is not written} } }
            fill $primary
            become_copy $copy
            wait_for_condition 500 20 {[status $copy aof_rewrite_in_progress] == 0 && [status $copy aof_rewrite_scheduled] == 0} else { fail {not rewritten} }
            $primary nonrel.index create a.X n exact lt
            $primary nonrel.index create a.X s exact
            built $primary
            built $primary s.value.set
            if {$::nonrel_store eq {native}} { $primary rename a.X/i/n.value a.X/elsewhere }
            $primary nonrel.index rebuild a.X
            built $primary
            built $primary s.value.set
            wait_for_ofs_sync $primary $copy
            $copy debug loadaof
            assert_equal [debug_digest -1] [debug_digest 0]
            foreach index {n.value s.value.set} { assert_equal ready [state $copy $index] }
            assert_equal {} [$copy nonrel.index check a.X]
            set ::entities 30000
        }
    }
}

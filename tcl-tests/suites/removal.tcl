# removal.tcl -- the sets of an index that was dropped go while the server goes on: out of memory, on copies, over restarts.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::entities 20000

# As many sets as entities.
proc fill {client} {
    $client nonrel.model set a.X {{"store": "native", "fields": {"n": {"type": "int"}, "s": {"type": "char", "null": true}}}}
    for {set i 0} {$i < $::entities} {incr i 1000} {
        set rows {}
        for {set k $i} {$k < $i + 1000} {incr k} { lappend rows "{\"n\":$k,\"s\":\"t$k\"}" }
        $client nonrel.save a.X JSON "\[[join $rows ,]\]"
    }
    $client nonrel.index create a.X n exact
    wait_for_condition 500 20 {[indexed $client]} else { fail "n.value.set is not built" }
}

proc indexed {client} {
    foreach one [$client nonrel.index list a.X] {
        if {[dict get $one name] eq "n.value.set"} { return [expr {[dict get $one state] eq "ready"}] }
    }
    return 0
}

proc sets {client} {
    return [llength [$client keys a.X/s/n.value.set/*]]
}

proc gone {client} {
    wait_for_condition 500 20 {[sets $client] == 0} else { fail "there are [sets $client] sets" }
}

start_nonrel {overrides {save {}}} {
    test {DROP lists the index no more at once, and leaves its sets for later} {
        fill r
        assert_equal $::entities [sets r]
        r multi
        r nonrel.index drop a.X n exact
        r nonrel.index list a.X
        r keys a.X/s/n.value.set/*
        lassign [r exec] ok list left
        assert_equal OK $ok
        assert {![string match *n.value.set* $list]}
        assert_equal $::entities [llength $left]
        assert_equal 1 [r nonrel.count a.X FILTER n 77]
        gone r
        assert_equal {} [r nonrel.index check a.X]
    }

    test {MODEL SET without the index does the same} {
        r nonrel.model set a.X {{"store": "native", "fields": {"n": {"type": "int", "index": ["exact"]}, "s": {"type": "char", "null": true}}}}
        wait_for_condition 500 20 {[indexed r]} else { fail "n.value.set is not built" }
        r multi
        r nonrel.model set a.X {{"store": "native", "fields": {"n": {"type": "int"}, "s": {"type": "char", "null": true}}}}
        r keys a.X/s/n.value.set/*
        lassign [r exec] ok left
        assert_equal $::entities [llength $left]
        gone r
    }

    test {an index that is wanted again in the middle is whole} {
        r nonrel.index create a.X n exact
        wait_for_condition 500 20 {[indexed r]} else { fail "n.value.set is not built" }
        r nonrel.index drop a.X n exact
        r nonrel.index create a.X n exact
        r nonrel.save a.X n 77
        wait_for_condition 500 20 {[indexed r]} else { fail "n.value.set is not built" }
        assert_equal 2 [r nonrel.count a.X FILTER n 77]
        assert_equal $::entities [sets r]
        assert_equal {} [r nonrel.index check a.X]
    }

    test {sets go when there is no memory for anything else} {
        r config set maxmemory 1
        assert_error {OOM*} {r nonrel.save a.X n 1}
        assert_equal OK [r nonrel.index drop a.X n exact]
        gone r
        r config set maxmemory 0
    }
}

start_nonrel {overrides {save {} appendonly yes aof-use-rdb-preamble no}} {
    test {a removal goes on after a restart from an append-only file} {
        fill r
        r nonrel.index drop a.X n exact
        r debug loadaof
        gone r
        assert_equal {} [r nonrel.index check a.X]
        r nonrel.index create a.X n exact
        wait_for_condition 500 20 {[indexed r]} else { fail "n.value.set is not built" }
        assert_equal {} [r nonrel.index check a.X]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a copy loses the sets that its primary says} {
            set primary [srv -1 client]
            set copy [srv 0 client]
            fill $primary
            become_copy $copy
            $primary nonrel.index drop a.X n exact
            gone $primary
            wait_for_ofs_sync $primary $copy
            assert_equal 0 [sets $copy]
            assert_equal [debug_digest -1] [debug_digest 0]
            assert_equal {} [$copy nonrel.index check a.X]
        }

        test {a copy that becomes the primary in the middle goes on} {
            $primary nonrel.index create a.X n exact
            wait_for_condition 500 20 {[indexed $primary]} else { fail "n.value.set is not built" }
            wait_for_ofs_sync $primary $copy
            $primary nonrel.index drop a.X n exact
            wait_for_condition 500 20 {![indexed $copy]} else { fail "the copy has the index still" }
            $copy replicaof no one
            gone $copy
            assert_equal {} [$copy nonrel.index check a.X]
        }
    }
}

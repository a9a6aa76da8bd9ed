# scans.tcl -- queries that no index answers: NOSCAN, MAXSCAN, nonrel.unindexed, INDEX SUGGEST, INDEX STATS.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc has_index {name} {
    foreach one [r nonrel.index list a.X] {
        if {[dict get $one name] eq $name} { return [expr {[dict get $one state] eq "ready"}] }
    }
    return 0
}

start_nonrel {overrides {save {}}} {
    model a.X {{"fields": {"n": {"type": "int"}, "s": {"type": "char", "index": ["exact"]}}}}
    for {set i 0} {$i < 20} {incr i} { rows a.X "n $i s t[expr {$i % 4}]" }

    test {NOSCAN and MAXSCAN} {
        refused "NOINDEX *n__exact*NONREL.INDEX CREATE a.X n exact" nonrel.query a.X FILTER n 3 NOSCAN
        refused "LIMIT *5 rows (MAXSCAN)*" nonrel.query a.X FILTER n 3 MAXSCAN 5
        assert_equal 4 [r nonrel.query a.X maxscan 20 FILTER n 3 FIELDS pk FLAT]
        assert_equal 4 [r nonrel.query a.X FILTER n 3 s t3 NOSCAN FIELDS pk FLAT]
    }

    test {SUGGEST says how often, how many rows, and what would help} {
        set one [lindex [r nonrel.index suggest] 0]
        assert_equal {a.X n__exact} [list [dict get $one model] [dict get $one lookup]]
        assert_equal {NONREL.INDEX CREATE a.X n exact} [dict get $one create]
        assert {[dict get $one rows] >= 20}
        r acl setuser other on nopass +@all ~b.*
        r auth other {}
        assert_equal {} [r nonrel.index suggest]
        r auth default {}
        r select 8
        assert_equal {} [r nonrel.index suggest]
        r select 9
        r {*}[dict get $one create]
        assert_equal {} [r nonrel.index suggest]
        assert_equal 4 [r nonrel.query a.X FILTER n 3 NOSCAN FIELDS pk FLAT]
        r nonrel.index drop a.X n
    }

    test {nonrel.unindexed error} {
        r config set nonrel.unindexed error
        refused "NOINDEX *n__lt*nonrel.unindexed*" nonrel.count a.X FILTER n__lt 3
        refused "NOINDEX *" nonrel.delete a.X FILTER n__lt 3
        assert_equal 5 [r nonrel.count a.X FILTER s t1]
        assert_equal 20 [r nonrel.count a.X]
        r config set nonrel.unindexed scan
        assert_equal 3 [r nonrel.count a.X FILTER n__lt 3]
    }

    test {nonrel.unindexed auto builds the index behind the query} {
        r config set nonrel.unindexed auto
        assert_equal 3 [r nonrel.count a.X FILTER n__lt 3]
        wait_for_condition 50 20 {[has_index n.value]} else { fail "no index came" }
        assert_equal 3 [r nonrel.count a.X FILTER n__lt 3]
        assert_equal 3 [r nonrel.count a.X FILTER n__lt 3]
        assert_equal {} [r nonrel.index check a.X]
        r config set nonrel.unindexed scan
    }

    test {what auto asked for is there after a restart} {
        r debug reload
        assert {[has_index n.value]}
        r nonrel.index drop a.X n
    }

    test {STATS: keys, entries, distinct keys, bytes} {
        foreach one [r nonrel.index stats a.X] {
            if {[dict get $one name] ne "s.value.set"} continue
            assert_equal 20 [dict get $one entries]
            assert_equal 4 [dict get $one distinct]
            assert {[dict get $one bytes] > 0 && [dict get $one bytes_per_entity] > 0}
            assert_equal [expr {$::nonrel_store eq "native" ? 4 : 0}] [dict get $one keys]
        }
    }
}

# crash.tcl -- kill -9 of a server that works. The long version is tests/crash.sh; here it runs a few rounds, and the loader has its own.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

test {kill -9 during the work of several clients: every acknowledged write is there} {
    set output [exec $::nonrel_root/tests/crash.sh 4 2>@1]
    assert_match {*4 kills survived} $output
}

start_nonrel {overrides {save {} appendonly yes appendfsync always}} {
    waitForBgrewriteaof r
    set lines 20000
    set file [file join [lindex [r config get dir] 1] items.jsonl]
    set out [open $file w]
    for {set i 1} {$i <= $lines} {incr i} { puts $out "{\"code\":\"c$i\",\"n\":[expr {$i % 100}],\"kind\":\"k[expr {$i % 5}]\"}" }
    close $out
    r nonrel.model set load.Item {{"pk":"code","fields":{"code":{"type":"char"},
        "n":{"type":"int","index":true},"kind":{"type":"char","index":["exact"]}}}}

    foreach round {1 2 3} {
        test "kill -9 during nonrel load, round $round: what is there is whole, and the indexes agree" {
            set wanted [expr {$round * 4000}]
            set loader [exec $::nonrel_cli -h [srv host] -p [srv port] -n 9 load load.Item $file >/dev/null 2>/dev/null &]
            wait_for_condition 2000 2 {[r nonrel.count load.Item] >= $wanted} else { fail {the loader does not load} }
            exec kill -9 [srv pid]
            restart_server 0 true false
            assert_equal {} [r nonrel.index check load.Item]
            set count [r nonrel.count load.Item]
            assert_morethan_equal $count $wanted
            assert_equal $count [llength [r keys load.Item:*]]
            set by_kind 0
            foreach kind {k0 k1 k2 k3 k4} { incr by_kind [r nonrel.count load.Item FILTER kind $kind] }
            assert_equal $count $by_kind
        }
    }

    test {loading again brings the rest} {
        exec $::nonrel_cli -h [srv host] -p [srv port] -n 9 load load.Item $file 2>@1
        assert_equal $lines [r nonrel.count load.Item]
        assert_equal [expr {$lines / 100}] [r nonrel.count load.Item FILTER n 42]
        assert_equal {} [r nonrel.index check load.Item]
    }
}

# The server dies between two rewrites, in the middle of one, and right after a flush; nothing runs beside it.
start_nonrel {overrides {save {} appendonly yes appendfsync always}} {
    waitForBgrewriteaof r
    define_blog r
    fill_blog r

    foreach preamble {yes no} {
        test "kill -9 in the middle of BGREWRITEAOF, preamble $preamble" {
            r config set aof-use-rdb-preamble $preamble
            r config rewrite
            r config set rdb-key-save-delay 10000
            r bgrewriteaof
            set slug during-$preamble
            r nonrel.save blog.Post title t slug $slug
            r nonrel.delete blog.Post PK 5
            set answers [blog_answers r]
            assert_equal 1 [s aof_rewrite_in_progress]
            set child [get_child_pid 0]
            exec kill -9 [srv pid]
            catch {exec kill -9 $child}
            restart_server 0 true false
            assert_same_answers $answers [blog_answers r]
            assert_indexes_clean r
            assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title t slug $slug}
        }

        test "kill -9 after a rewrite, a flush and new definitions, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            r flushall
            define_blog r
            fill_blog r 30
            set answers [blog_answers r]
            exec kill -9 [srv pid]
            restart_server 0 true false
            assert_same_answers $answers [blog_answers r]
            assert_equal 30 [r nonrel.count blog.Post]
            assert_indexes_clean r
        }

        test "kill -9 inside a transaction: nothing of it, or all, preamble $preamble" {
            r multi
            r nonrel.save blog.Post title t slug queued-1
            r nonrel.save blog.Post title t slug queued-2
            exec kill -9 [srv pid]
            restart_server 0 true false
            assert_equal 30 [r nonrel.count blog.Post]
            assert_indexes_clean r
        }
    }

    test {a tail that is cut off in the middle of a batch: none of the batch is there} {
        set answers [blog_answers r]
        r nonrel.save blog.Post JSON {[{"title":"x","slug":"cut-1"},{"title":"x","slug":"cut-2"},{"title":"x","slug":"cut-3"}]}
        set path [get_last_incr_aof_path r]
        exec kill -9 [srv pid]
        exec truncate -s -40 $path
        restart_server 0 true false
        assert_same_answers $answers [blog_answers r]
        assert_indexes_clean r
    }
}

# persist.tcl -- RDB and AOF: after every kind of restart, with and without writes behind a rewrite, all answers are as before and nothing was
# defined twice.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

# What an AOF of this server holds, all of its files.
proc aof_text {} {
    set dir [file join [lindex [r config get dir] 1] [lindex [r config get appenddirname] 1]]
    set text {}
    foreach file [glob -directory $dir *] {
        set in [open $file]
        fconfigure $in -translation binary
        append text [read $in]
        close $in
    }
    return $text
}

proc versions {} {
    set versions {}
    foreach {model definition} $::blog_definitions { lappend versions [r hget $model version] }
    return $versions
}

# All that a client sees, and the digest of all keys, before and after `how`.
proc check_restart {how} {
    set answers [blog_answers r]
    set versions [versions]
    set digest [debug_digest]
    uplevel 1 $how
    assert_equal $digest [debug_digest]
    assert_same_answers $answers [blog_answers r]
    assert_equal $versions [versions]
    assert_indexes_clean r
    assert_equal $digest [debug_digest] {reads write nothing}
}

# The counter, unique checks and writes of all kinds go on where they were.
proc check_goes_on {} {
    set last [lindex [r nonrel.query blog.Post ORDER -pk LIMIT 0 1 FIELDS pk FLAT] 0]
    assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title x slug post-2}
    set pk [r nonrel.save blog.Post title after slug after-$last]
    assert {$pk > $last}
    assert_equal 1 [r nonrel.count blog.Post FILTER slug after-$last title after]
    r nonrel.save blog.Post pk 2 title changed views 1234
    assert_equal 2 [r nonrel.query blog.Post FILTER views 1234 FIELDS pk FLAT]
    assert_equal 1 [r nonrel.delete blog.Post PK $pk]
    r nonrel.save blog.Post pk 2 title {title 2} views 24
    assert_indexes_clean r
}

start_nonrel {overrides {save {} appendonly no}} {
    define_blog r
    fill_blog r

    test {DEBUG RELOAD} {
        check_restart {r debug reload}
        check_goes_on
    }

    test {DEBUG RELOAD twice, with writes between} {
        check_restart {r debug reload}
        save_post r reload-101
        check_restart {r debug reload}
        check_goes_on
    }

    test {SHUTDOWN SAVE and start from the RDB} {
        check_restart {restart_server 0 true false 1 save}
        check_goes_on
    }

    test {the first command after an RDB start is a write} {
        restart_server 0 true false 1 save
        assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title x slug post-3}
        restart_server 0 true false 1 save
        assert_equal 1 [r nonrel.delete blog.Post FILTER slug post-60]
        check_goes_on
    }

    test {the first command after an RDB start is a MODEL SET of the same definition: nothing is built again} {
        set digest [debug_digest]
        restart_server 0 true false 1 save
        set dirty [s rdb_changes_since_last_save]
        define_blog r
        assert_equal $digest [debug_digest]
        assert_equal $dirty [s rdb_changes_since_last_save]
    }

    test {the first command after an RDB start adds a field with a default and an index} {
        r nonrel.model set grown.Model {{"fields":{"n":{"type":"int"}}}}
        for {set i 0} {$i < 5} {incr i} { r nonrel.save grown.Model n $i }
        restart_server 0 true false 1 save
        r nonrel.model set grown.Model {{"fields":{"n":{"type":"int","index":true},"kind":{"type":"char","default":"old","index":true}}}}
        assert_equal 5 [r nonrel.count grown.Model FILTER kind old]
        assert_equal old [r hget grown.Model:2 kind]
        check_restart {restart_server 0 true false 1 save}
        check_restart {r debug reload}
        assert_equal {4 5} [r nonrel.query grown.Model FILTER n__gte 3 kind old ORDER n FIELDS pk FLAT]
        assert_equal {} [r nonrel.index check grown.Model]
        r nonrel.model drop grown.Model ENTITIES
    }

    test {a save point in the middle of work: SAVE, more writes, kill: the state of the save point} {
        r save
        set answers [blog_answers r]
        save_post r lost-201
        r config set save {}
        exec kill -9 [srv 0 pid]
        restart_server 0 true false
        assert_same_answers $answers [blog_answers r]
        check_goes_on
    }

    test {several databases survive, each with its own models} {
        r select 3
        r nonrel.model set only.Here {{"fields":{"n":{"type":"int","index":true}}}}
        r nonrel.save only.Here n 5
        r select 9
        restart_server 0 true false 1 save
        assert_error {NOMODEL *} {r nonrel.count only.Here}
        r select 3
        assert_equal 1 [r nonrel.count only.Here FILTER n 5]
        assert_error {NOMODEL *} {r nonrel.count blog.Post}
        r select 9
        assert_indexes_clean r
    }

    test_native {the RDB loads into a server without the module, and the data is readable there} {
        r save
        set dump [file join [lindex [r config get dir] 1] dump.rdb]
        set fields [r hgetall blog.Post:7]
        set types [list [r type blog.Post] [r type blog.Post:7] [r type blog.Post/pk] [r type blog.Post/seq]]
        set digest [debug_digest]
        start_server {overrides {save {} appendonly no}} {
            set to [file join [lindex [r config get dir] 1] dump.rdb]
            exec cp $dump $to
            restart_server 0 true false 1 nosave
            assert_equal $fields [r hgetall blog.Post:7]
            assert_equal $types [list [r type blog.Post] [r type blog.Post:7] [r type blog.Post/pk] [r type blog.Post/seq]]
            assert_equal {hash hash zset string} $types
            assert_equal $digest [debug_digest]
            r config set save {}
        }
    }
}

foreach preamble {yes no} {
    start_nonrel [list overrides [list save {} appendonly yes appendfsync always aof-use-rdb-preamble $preamble]] {
        waitForBgrewriteaof r
        define_blog r
        fill_blog r

        test "AOF restart, preamble $preamble" {
            check_restart {restart_server 0 true false}
            check_goes_on
        }

        test "DEBUG LOADAOF, preamble $preamble" {
            check_restart {r debug loadaof}
            check_goes_on
        }

        test "no definition is sent twice, preamble $preamble" {
            restart_server 0 true false
            blog_answers r
            check_goes_on
            assert_equal 4 [regexp -all {(?i)nonrel\.model\r\n\$3\r\nset} [aof_text]]
        }

        test "BGREWRITEAOF and restart, preamble $preamble" {
            check_restart {
                r bgrewriteaof
                waitForBgrewriteaof r
                restart_server 0 true false
            }
            check_goes_on
            assert_equal 0 [regexp -all {(?i)nonrel\.model\r\n\$3\r\nset} [aof_text]]
        }

        test "writes after BGREWRITEAOF are there after a restart, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            save_post r rewritten-301
            r nonrel.save blog.Post pk 5 title {after the rewrite} views 77
            r nonrel.delete blog.Post PK 6 8
            r nonrel.save blog.Post JSON {[{"title":"a","slug":"batch-a"},{"title":"b","slug":"batch-b","rating":1.50}]}
            r multi
            r nonrel.save shop.Item name {in multi}
            r nonrel.delete blog.Post FILTER slug batch-a
            r exec
            check_restart {restart_server 0 true false}
            check_restart {r debug loadaof}
            check_goes_on
        }

        test "MODEL SET, entities and MODEL DROP after BGREWRITEAOF, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            r nonrel.model set late.Model {{"fields":{"n":{"type":"int","index":true,"unique":true}}}}
            r nonrel.model set gone.Model {{"fields":{"n":{"type":"int","index":true}}}}
            for {set i 0} {$i < 10} {incr i} {
                r nonrel.save late.Model n $i
                r nonrel.save gone.Model n $i
            }
            r nonrel.model drop gone.Model ENTITIES
            check_restart {restart_server 0 true false}
            assert_equal {4 5} [r nonrel.query late.Model FILTER n__range {[3,4]} ORDER n FIELDS pk FLAT]
            assert_equal {} [r nonrel.index check late.Model]
            assert_error {NOMODEL *} {r nonrel.count gone.Model}
            assert_equal 0 [r exists gone.Model/pk gone.Model/seq gone.Model:1]
            r nonrel.model drop late.Model ENTITIES
        }

        test "a migration after BGREWRITEAOF is applied to what the base file holds, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            set json [string map {{"note":} {"kind":{"type":"char","default":"old","index":true},"note":}} [dict get $::blog_definitions blog.Post]]
            r nonrel.model set blog.Post $json
            r nonrel.save blog.Post title new slug migrated kind new
            check_restart {restart_server 0 true false}
            assert_equal 1 [r nonrel.count blog.Post FILTER kind new]
            assert_equal [expr {[r nonrel.count blog.Post] - 1}] [r nonrel.count blog.Post FILTER kind old]
            r nonrel.delete blog.Post FILTER slug migrated
        }

        test "writes while the rewrite runs, preamble $preamble" {
            r config set rdb-key-save-delay 2000
            r bgrewriteaof
            for {set i 400} {$i < 420} {incr i} { save_post r during-$i }
            r nonrel.delete blog.Post PK 9
            r config set rdb-key-save-delay 0
            waitForBgrewriteaof r
            save_post r behind-430
            check_restart {restart_server 0 true false}
            check_goes_on
        }

        test "FLUSHALL after BGREWRITEAOF, then new definitions, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            r flushall
            define_blog r
            fill_blog r 20
            check_restart {restart_server 0 true false}
            assert_equal 20 [r nonrel.count blog.Post]
            check_goes_on
        }

        test "FLUSHDB and SWAPDB after BGREWRITEAOF, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            r select 4
            r nonrel.model set swapped.Model {{"fields":{"n":{"type":"int","index":true}}}}
            r nonrel.save swapped.Model n 1
            r select 9
            r swapdb 4 5
            r select 5
            r nonrel.save swapped.Model n 2
            r select 4
            r nonrel.model set swapped.Model {{"fields":{"other":{"type":"int"}}}}
            r nonrel.save swapped.Model other 9
            r flushdb
            restart_server 0 true false
            r select 5
            assert_equal {1 2} [r nonrel.query swapped.Model ORDER n FIELDS n FLAT]
            assert_equal {} [r nonrel.index check swapped.Model]
            r select 4
            assert_error {NOMODEL *} {r nonrel.count swapped.Model}
            r select 9
            assert_indexes_clean r
        }

        test "a rewritten AOF loads into a server without the module, preamble $preamble" {
            r bgrewriteaof
            waitForBgrewriteaof r
            set from [file join [lindex [r config get dir] 1] appendonlydir]
            set digest [debug_digest]
            start_server [list overrides [list save {} appendonly yes aof-use-rdb-preamble $preamble]] {
                waitForBgrewriteaof r
                set to [file join [lindex [r config get dir] 1] appendonlydir]
                catch {r shutdown nosave}
                exec rm -rf $to
                exec cp -r $from $to
                restart_server 0 true false
                assert_equal $digest [debug_digest]
                assert_equal post-7 [r hget blog.Post:7 slug]
            }
        }
    }
}

start_nonrel {overrides {save {} appendonly yes appendfsync always auto-aof-rewrite-percentage 0}} {
    waitForBgrewriteaof r

    test {the AOF holds what was resolved, and no limit stops it when it is read back} {
        r nonrel.model set a.To {{"fields":{"name":{"type":"char","index":true}}}}
        r nonrel.model set a.M {{"fields":{"n":{"type":"int","index":true,"default":7},"slug":{"type":"slug","unique":true,"null":true},"made":{"type":"datetime","auto_now_add":true},
            "to":{"type":"fk","to":"a.To","null":true,"related_name":"ms"},"big":{"type":"text","null":true}}}}
        r nonrel.save a.To name ann
        r nonrel.save a.M BY slug TTL 100000 slug s to 1
        r nonrel.save a.M IF n 7 BY slug slug s n 8
        set rows {}
        for {set i 0} {$i < 300} {incr i} { lappend rows "{\"big\":\"[string repeat x 500]\",\"to\":[expr {$i % 2}]}" }
        r nonrel.save a.M JSON "\[[join $rows ,]]"
        r nonrel.update a.M FILTER to__name ann EXPR n {F(n) * 2} NULL slug
        r nonrel.update a.M WHERE {to__in = (QUERY a.To WHERE name = 'ann')} SET big new
        assert_equal 1 [r nonrel.delete a.To FILTER ms__n 16]
        r nonrel.delete a.M FILTER to__name__isnull true n 7
        set text [aof_text]
        foreach word {UPDATE EXPR FILTER WHERE QUERY TTL IF BY JSON ALL} { assert_equal -1 [string first "\r\n$word\r\n" $text] $word }
        foreach word [list made n PXAT [r pexpiretime a.M:1] [r hget a.M:1 made]] { assert_morethan [string first "\r\n$word\r\n" $text] 0 }
        set digest [debug_digest]
        foreach {limit least} {max-memory 65536 max-scan 1 max-results 1 max-time 1} { r config set nonrel.$limit $least }
        r debug loadaof
        foreach {limit usual} {max-memory 256mb max-scan 10000000 max-results 100000 max-time 5000} { r config set nonrel.$limit $usual }
        assert_equal $digest [debug_digest]
        assert_equal 151 [r nonrel.count a.M]
        assert_equal 151 [r nonrel.count a.M FILTER big new to__name__isnull true n__in {[14,16]}]
        assert_match {*nonrel_corrupt:0*} [r info nonrel]
        foreach model {a.M a.To} { assert_equal {} [r nonrel.index check $model] }
    }
}

start_nonrel {overrides {save {} appendonly yes appendfsync always propagation-error-behavior ignore}} {
    waitForBgrewriteaof r

    # Appends a command to the last file of the AOF, as if an older life of this server had written it.
    proc append_command {args} {
        set out [open [get_last_incr_aof_path r] a]
        fconfigure $out -translation binary
        puts -nonewline $out [formatCommand {*}$args]
        close $out
    }

    test {a command in the AOF on a model that is not there: the server starts and the log names it} {
        r nonrel.model set a.Model {{"fields":{"n":{"type":"int","index":true}}}}
        r nonrel.save a.Model n 1
        append_command NONREL.SAVE a.Modell pk 1 n 1
        restart_server 0 true false
        assert_equal {PONG} [r ping]
        assert_equal 1 [r nonrel.count a.Model FILTER n 1]
        assert {[count_log_message 0 {a.Modell}] > 0}
    }

    test {a command in the AOF that cannot be applied marks the model CORRUPT, and no answer is made of it} {
        append_command NONREL.SAVE a.Model pk 2 n not-a-number
        restart_server 0 true false
        assert_error {CORRUPT *} {r nonrel.count a.Model}
        assert_error {CORRUPT *} {r nonrel.query a.Model}
        assert_error {CORRUPT *} {r nonrel.save a.Model n 3}
        assert {[count_log_message 0 {a.Model}] > 0}
        assert_match {*corrupt:1*} [r info nonrel]
    }
}

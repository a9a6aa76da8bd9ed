# replicate.tcl -- a replica gets resolved commands, has the same keys, and gives the same answers.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

proc attach_replica {} {
    become_copy r
    catch_up
}

proc catch_up {} {
    wait_for_ofs_sync [srv 0 client] [srv -1 client]
}

proc assert_same_data {} {
    catch_up
    assert_equal [debug_digest -1] [debug_digest 0]
    r select 9
    assert_same_answers [blog_answers [srv -1 client]] [blog_answers [srv 0 client]]
    assert_indexes_clean [srv 0 client]
    assert_equal [debug_digest -1] [debug_digest 0] {reads write nothing}
}

# The entity as its hash, of both servers.
proc assert_same_hash {key} {
    catch_up
    assert_equal [lsort [r -1 hgetall $key]] [lsort [r hgetall $key]]
    assert {[r hlen $key] > 0}
}

# The next commands of the stream without SELECT and pings.
proc next_command {stream} {
    while 1 {
        set command [read_from_replication_stream $stream]
        if {[lindex $command 0] ni {select ping}} { return $command }
    }
}

start_nonrel {overrides {save {} propagation-error-behavior panic}} {
    define_blog r

    # What each command sends. The stream is read from the primary's own point of view: exactly what a replica gets.
    test {the stream: SAVE is sent resolved: pk, defaults and clocks} {
        set stream [attach_to_replication_stream]
        set pk [r nonrel.save blog.Post title hello slug first]
        set command [next_command $stream]
        assert_equal [list nonrel.save blog.Post pk $pk] [lrange $command 0 3]
        set sent [lrange $command 4 end]
        foreach {field value} {title hello slug first status draft views 0 public 0} { assert_equal $value [dict get $sent $field] }
        foreach field {created updated} {
            assert_equal [r hget blog.Post:$pk $field] [dict get $sent $field]
            assert_match {20??-??-??T*Z} [dict get $sent $field]
        }
        close_replication_stream $stream
    }

    test {the stream: a change sends the fields that differ, with the pk and the new auto_now} {
        set stream [attach_to_replication_stream]
        r nonrel.save blog.Post BY slug slug first views 5 title hello
        set command [next_command $stream]
        assert_equal {nonrel.save blog.Post pk 1} [lrange $command 0 3]
        set sent [lrange $command 4 end]
        assert_equal 5 [dict get $sent views]
        assert {[dict exists $sent updated]}
        assert {![dict exists $sent created]}
        close_replication_stream $stream
    }

    test {the stream: a uuid pk is drawn once} {
        set stream [attach_to_replication_stream]
        set pk [r nonrel.save shop.Item name bolt]
        assert_match {????????-????-????-????-????????????} $pk
        assert_equal [list nonrel.save shop.Item pk $pk] [lrange [set command [next_command $stream]] 0 3]
        assert_equal {name bolt price 9.99} [lsort -stride 2 [lrange $command 4 end]]
        close_replication_stream $stream
    }

    test {the stream: NULL} {
        r nonrel.save blog.Post pk 1 rating 3.50 note n
        set stream [attach_to_replication_stream]
        r nonrel.save blog.Post pk 1 NULL rating
        set command [next_command $stream]
        set at [lsearch -exact $command NULL]
        assert {$at > 3}
        assert_equal rating [lindex $command [expr {$at + 1}]]
        close_replication_stream $stream
    }

    test {the stream: DELETE by filter is sent by pk, a batch is one transaction} {
        r nonrel.save blog.Post JSON {[{"title":"d","slug":"d1"},{"title":"d","slug":"d2"},{"title":"e","slug":"e1"}]}
        set stream [attach_to_replication_stream]
        assert_equal 2 [r nonrel.delete blog.Post FILTER title d]
        r nonrel.save blog.Post JSON {[{"title":"x","slug":"x1"},{"title":"x","slug":"x2"}]}
        assert_equal {nonrel.delete blog.Post PK 2 3} [next_command $stream]
        assert_equal {multi} [next_command $stream]
        assert_match {nonrel.save blog.Post pk 5 *slug x1*} [next_command $stream]
        assert_match {nonrel.save blog.Post pk 6 *slug x2*} [next_command $stream]
        assert_equal {exec} [next_command $stream]
        close_replication_stream $stream
    }

    test {the stream: UPDATE is sent as saves by pk, with what its filters found, its expressions gave and its clock said} {
        set stream [attach_to_replication_stream]
        assert_equal 2 [r nonrel.update blog.Post FILTER slug__in {["x1","x2"]} EXPR views {F(views) * 2 + F(pk)} SET title u NULL note]
        assert_equal 0 [r nonrel.update blog.Post FILTER title nobody SET title u]
        assert_equal multi [next_command $stream]
        foreach pk {5 6} {
            set command [next_command $stream]
            assert_equal [list nonrel.save blog.Post pk $pk] [lrange $command 0 3]
            set sent [lrange $command 4 end]
            assert_equal [list u $pk] [list [dict get $sent title] [dict get $sent views]]
            assert_equal [r hget blog.Post:$pk updated] [dict get $sent updated]
        }
        assert_equal exec [next_command $stream]
        close_replication_stream $stream
    }

    test {the stream: IF, BY and TTL are sent as what they came to} {
        set stream [attach_to_replication_stream]
        assert_equal 5 [r nonrel.save blog.Post BY slug TTL 1000 IF title u slug x1 views 50]
        set command [next_command $stream]
        set commands [list $command]
        if {[lindex $command 0] eq {multi}} {
            while {[lindex $commands end 0] ne {exec}} { lappend commands [next_command $stream] }
        }
        assert_no_match {* IF *} $commands
        assert_no_match {* BY *} $commands
        assert_no_match {* TTL *} $commands
        assert_match "*[r pexpiretime blog.Post:5]*" $commands
        assert_match {*nonrel.save blog.Post *pk 5*views 50*} $commands
        r persist blog.Post:5
        close_replication_stream $stream
    }

    test {the stream: what fails, reads, or changes nothing sends nothing} {
        set stream [attach_to_replication_stream]
        assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title t slug x1}
        assert_error {BADVALUE *} {r nonrel.save blog.Post pk 1 views many}
        assert_error {NOTUNIQUE *} {r nonrel.save blog.Post JSON {[{"title":"y","slug":"y1"},{"title":"y","slug":"y1"}]}}
        r nonrel.save shop.Item token [lindex [r nonrel.query shop.Item FIELDS pk FLAT] 0] name bolt
        assert_equal 0 [r nonrel.delete blog.Post FILTER title nothing]
        r nonrel.delete blog.Post PK 12345
        blog_answers r
        r nonrel.model set blog.Post [dict get $::blog_definitions blog.Post]
        r set sentinel 1
        assert_equal {set sentinel 1} [next_command $stream]
        r del sentinel
        close_replication_stream $stream
    }

    test {the stream: MODEL SET and DROP} {
        set stream [attach_to_replication_stream]
        r nonrel.model set some.Model {{"fields":{"n":{"type":"int"}}}}
        r nonrel.model drop some.Model
        assert_match {nonrel.model SET some.Model *fields*} [next_command $stream]
        assert_match {nonrel.model DROP some.Model*} [next_command $stream]
        close_replication_stream $stream
    }

    test {the stream: MULTI, a script and a function are one transaction each} {
        r function load {#!lua name=lib
            redis.register_function('two', function(keys, args)
                redis.call('NONREL.SAVE', keys[1], 'title', 'f', 'slug', args[1])
                return redis.call('NONREL.SAVE', keys[1], 'title', 'f', 'slug', args[2])
            end)}
        set stream [attach_to_replication_stream]
        r multi
        r nonrel.save blog.Post title m slug m1
        r nonrel.delete blog.Post FILTER slug m1
        r exec
        r eval {redis.call('NONREL.SAVE', KEYS[1], 'title', 'l', 'slug', 'l1')
            return redis.call('NONREL.DELETE', KEYS[1], 'FILTER', 'slug', 'l1')} 1 blog.Post
        r fcall two 1 blog.Post f1 f2
        foreach {first second} {{nonrel.save *slug m1*} {nonrel.delete blog.Post PK *} {nonrel.save *slug l1*} {nonrel.delete blog.Post PK *}
                {nonrel.save *slug f1*} {nonrel.save *slug f2*}} {
            assert_equal multi [next_command $stream]
            assert_match $first [next_command $stream]
            assert_match $second [next_command $stream]
            assert_equal exec [next_command $stream]
        }
        close_replication_stream $stream
    }
}

foreach {diskless load} {no disabled  yes disabled  yes swapdb} {
    start_nonrel [list overrides [list save {} repl-diskless-sync $diskless repl-diskless-sync-delay 0 propagation-error-behavior panic]] {
        start_nonrel [list overrides [list save {} repl-diskless-load $load propagation-error-behavior panic]] {
            set primary [srv -1 client]
            define_blog $primary
            fill_blog $primary

            test "a full sync brings models and entities (diskless $diskless, load $load)" {
                attach_replica
                assert_same_data
            }

            test "writes arrive resolved: pks, uuids, clocks and defaults are equal (diskless $diskless, load $load)" {
                set pk [$primary nonrel.save blog.Post title new slug brand-new]
                assert_same_hash blog.Post:$pk
                set item [$primary nonrel.save shop.Item name washer]
                assert_same_hash shop.Item:$item
                assert_equal 9.99 [r hget shop.Item:$item price]
                $primary nonrel.save blog.Post pk $pk views 12 NULL note
                assert_same_hash blog.Post:$pk
                $primary nonrel.save blog.Post pk 900 title explicit slug explicit-900
                $primary nonrel.save blog.Post title next slug next-901
                assert_same_hash blog.Post:901
                $primary nonrel.save blog.Post JSON {[{"title":"a","slug":"ja"},{"pk":3,"views":8},{"pk":950,"title":"b","slug":"jb"}]}
                $primary nonrel.delete blog.Post FILTER views__lt -45
                $primary nonrel.delete blog.Post PK 1 2 77777
                assert_same_data
            }

            test "a batch that swaps unique values is applied (diskless $diskless, load $load)" {
                $primary nonrel.save blog.Post JSON {[{"pk":10,"slug":"post-11"},{"pk":11,"slug":"post-10"}]}
                assert_same_data
                assert_equal post-11 [r hget blog.Post:10 slug]
            }

            test "another full sync over what the replica has (diskless $diskless, load $load)" {
                r replicaof no one
                r nonrel.save blog.Post title own slug the-replicas-own
                r nonrel.model set own.Model {{"fields":{"n":{"type":"int"}}}}
                r nonrel.model set shop.Item {{"pk":"token","fields":{"token":{"type":"uuid"},"name":{"type":"char","index":true},
                    "extra":{"type":"int","default":3,"index":true},
                    "price":{"type":"decimal","max_digits":12,"decimal_places":2,"default":"9.99","index":true}}}}
                assert_equal 1 [r nonrel.count blog.Post FILTER slug the-replicas-own]
                attach_replica
                assert_error {NOMODEL *} {r nonrel.count own.Model}
                assert_error {NOFIELD *} {r nonrel.count shop.Item FILTER extra 3}
                assert_same_data
                $primary nonrel.save blog.Post title after slug after-second-sync
                assert_same_data
            }

            test "a migration, FLUSHDB and SWAPDB on the primary (diskless $diskless, load $load)" {
                $primary nonrel.model set wide.Model {{"fields":{"n":{"type":"int"}}}}
                for {set i 0} {$i < 10} {incr i} { $primary nonrel.save wide.Model n $i }
                $primary nonrel.model set wide.Model {{"fields":{"n":{"type":"int","index":true},
                    "made":{"type":"char","default":"d","index":["exact"]}}}}
                catch_up
                assert_equal 10 [r nonrel.count wide.Model FILTER made d]
                assert_equal {3 4} [r nonrel.query wide.Model FILTER n__range {[2,3]} ORDER n FIELDS pk FLAT]
                $primary nonrel.model drop wide.Model ENTITIES
                $primary swapdb 9 8
                catch_up
                assert_error {NOMODEL *} {r nonrel.count blog.Post}
                r select 8
                assert {[r nonrel.count blog.Post] > 0}
                r select 9
                $primary nonrel.model set blog.Post {{"fields":{"n":{"type":"int"}}}}
                $primary nonrel.save blog.Post n 1
                catch_up
                assert_equal 1 [r nonrel.count blog.Post FILTER n 1]
                $primary flushdb
                catch_up
                assert_error {NOMODEL *} {r nonrel.count blog.Post}
                $primary swapdb 8 9
                assert_same_data
                assert_error {NOMODEL *} {r nonrel.count wide.Model}
            }

            test "reads are served by the replica, writes are refused (diskless $diskless, load $load)" {
                foreach command [commands_on shop.Item] {
                    if {[lindex $command 0] eq {write}} { assert_error {READONLY *} {r {*}[lrange $command 1 end]} }
                }
                foreach command {{nonrel.get shop.Item 00000000-0000-0000-0000-000000000000} {nonrel.query shop.Item} {nonrel.count shop.Item}
                        {nonrel.exists shop.Item} {nonrel.explain QUERY shop.Item FILTER name bolt} {nonrel.index list shop.Item}
                        {nonrel.index check shop.Item}
                        {nonrel.model list} {nonrel.model get shop.Item} {nonrel.mget shop.Item 00000000-0000-0000-0000-000000000000}} {
                    assert_equal [$primary {*}$command] [r {*}$command]
                }
                assert_equal [debug_digest -1] [debug_digest 0]
            }

            test "the replica takes over: counter, unique checks and definitions are there (diskless $diskless, load $load)" {
                set last [lindex [r nonrel.query blog.Post ORDER -pk LIMIT 0 1 FIELDS pk FLAT] 0]
                set next [expr {[r get blog.Post/seq] + 1}]
                r replicaof no one
                assert {$next > $last}
                assert_error {NOTUNIQUE *} {r nonrel.save blog.Post title x slug post-12}
                assert_equal $next [r nonrel.save blog.Post title x slug promoted]
                assert_indexes_clean r
            }
        }
    }
}

start_nonrel {overrides {save {} propagation-error-behavior panic}} {
    start_nonrel {overrides {save {} appendonly yes appendfsync always propagation-error-behavior panic}} {
        set primary [srv -1 client]
        define_blog $primary
        fill_blog $primary
        attach_replica

        test {the replica restarts from its own AOF and goes on} {
            waitForBgrewriteaof r
            $primary nonrel.save blog.Post title t slug before-restart
            catch_up
            restart_server 0 true false
            assert_same_answers [blog_answers $primary] [blog_answers r]
            attach_replica
            $primary nonrel.save blog.Post title t slug after-restart
            assert_same_data
        }

        test {a batch is seen on the replica as a whole or not at all} {
            $primary nonrel.model set pair.Model {{"fields":{"n":{"type":"int","index":true}}}}
            catch_up
            set reader [redis_client]
            for {set i 0} {$i < 60} {incr i} {
                $primary nonrel.save pair.Model JSON "\[{\"pk\":1,\"n\":$i},{\"pk\":2,\"n\":$i},{\"pk\":3,\"n\":$i}]"
                foreach try {1 2 3} {
                    set values [lsort -unique [$reader nonrel.query pair.Model FIELDS n FLAT]]
                    assert {[llength $values] <= 1}
                    assert {[$reader nonrel.count pair.Model] in {0 3}}
                }
            }
            $reader close
            catch_up
            assert_equal {59 59 59} [r nonrel.query pair.Model FIELDS n FLAT]
            $primary nonrel.model drop pair.Model ENTITIES
            assert_same_data
        }

        test {a partial resync after a broken link} {
            set before [s -1 sync_full]
            $primary client kill type replica
            $primary nonrel.save blog.Post title t slug while-away
            wait_for_sync r
            wait_replica_online $primary
            assert_equal $before [s -1 sync_full]
            assert_same_data
        }

        test {deletes of thousands reach the replica as one step} {
            $primary nonrel.model set many.Model {{"fields":{"n":{"type":"int","index":true}}}}
            for {set i 0} {$i < 25} {incr i} {
                set rows {}
                for {set j 0} {$j < 100} {incr j} { lappend rows "{\"n\":$j}" }
                $primary nonrel.save many.Model JSON "\[[join $rows ,]]"
            }
            assert_equal 2475 [$primary nonrel.delete many.Model FILTER n__gte 1]
            catch_up
            assert_equal 25 [r nonrel.count many.Model]
            assert_equal {} [r nonrel.index check many.Model]
            assert_equal 25 [$primary nonrel.delete many.Model ALL]
            catch_up
            assert_equal 0 [r nonrel.count many.Model]
            assert_equal [debug_digest -1] [debug_digest 0]
            $primary nonrel.model drop many.Model
        }

        test_native {indexes of another format are rebuilt on both sides, and once more from the AOF} {
            $primary hset blog.Post indexes [regsub -all {"format":[0-9]+} [$primary hget blog.Post indexes] {"format":99}]
            $primary nonrel.save blog.Post pk 3 views 33
            assert_same_data
            assert_no_match {*99*} [r hget blog.Post indexes]
            restart_server 0 true false
            assert_no_match {*99*} [r hget blog.Post indexes]
            assert_same_answers [blog_answers $primary] [blog_answers r]
            attach_replica
            assert_same_data
        }

        test {limits of the replica do not stop what its primary has done} {
            r config set nonrel.max-memory 65536
            r config set nonrel.max-scan 1
            r config set nonrel.max-results 1
            set rows {}
            for {set i 0} {$i < 500} {incr i} { lappend rows "{\"title\":\"limit\",\"slug\":\"limit-$i\",\"note\":\"[string repeat x 500]\"}" }
            $primary nonrel.save blog.Post JSON "\[[join $rows ,]]"
            catch_up
            assert_equal 500 [r nonrel.count blog.Post FILTER title limit]
            $primary nonrel.delete blog.Post FILTER title limit
            catch_up
            r config set nonrel.max-memory 268435456
            r config set nonrel.max-scan 10000000
            r config set nonrel.max-results 100000
            assert_same_data
        }

        test {maxmemory of the replica does not stop what its primary has done} {
            r config set replica-ignore-maxmemory yes
            r config set maxmemory 1
            $primary nonrel.save blog.Post title t slug beyond-memory
            catch_up
            r config set maxmemory 0
            assert_same_data
        }
    }
}

start_nonrel {overrides {save {} propagation-error-behavior ignore}} {
    start_nonrel {overrides {save {} propagation-error-behavior ignore}} {
        set primary [srv -1 client]
        $primary nonrel.model set a.Model {{"fields":{"n":{"type":"int","index":true}}}}
        $primary nonrel.model set a.Mode {{"fields":{"n":{"type":"int","index":true}}}}
        $primary nonrel.save a.Model n 1
        attach_replica

        test {a replica that lost a model lives on when a write of it comes, and the log says so} {
            r config set replica-read-only no
            r del a.Model
            $primary nonrel.save a.Model n 2
            catch_up
            assert_equal PONG [r ping]
            assert {[count_log_message 0 {a.Model}] > 0}
            assert_error {NOMODEL *} {r nonrel.count a.Model}
        }

        test {a replica whose key has another type marks the model CORRUPT, and the log says so} {
            attach_replica
            r replicaof no one
            attach_replica
            assert_equal 2 [r nonrel.count a.Model]
            r set a.Model:3 text
            $primary nonrel.save a.Model n 3
            catch_up
            assert_error {CORRUPT *} {r nonrel.count a.Model}
            assert_match {*corrupt:1*} [r info nonrel]
            assert {[count_log_message 0 {CORRUPT}] > 0}
        }

        test {a new full sync mends it} {
            r replicaof no one
            attach_replica
            assert_equal 3 [r nonrel.count a.Model]
            assert_equal {} [r nonrel.index check a.Model]
            assert_equal [debug_digest -1] [debug_digest 0]
        }
    }
}

# follow_restart.tcl -- what others write while the module is not loaded, while nothing is in memory, and between writes of ours in the append-only file.
source tests/nonrel/nonrel.tcl
source tests/nonrel/truth.tcl

# Entities, index keys and the counter are changed by hand.
proc tamper {client} {
    $client hset f.Post:3 title zz views 99
    $client hset f.Post:30 title new status draft
    $client del f.Post:4 f.User:bob
    $client set f.Post:5 text
    $client hdel f.Post:6 title
    $client del f.Post/i/slug.value f.Plain/seq
    $client set f.Post/i/views.value x
}

# Single entries of indexes: not followed while the model is in use (docs/decisions/018), found when its table is built.
proc tamper_with_entries {client} {
    $client srem f.Post/s/status.value.set/=draft 1
    $client sadd f.Post/s/status.value.set/=published 1 77
    $client zadd f.Post/i/title.value 0 junk
    $client zremrangebyrank f.Post/pk 2 4
}

proc right_and_clean {when} {
    agree r {f.User f.Post f.Plain} $when
    settled r
    agree r {f.User f.Post f.Plain} "$when, mended"
    assert {[r nonrel.save f.Plain n 3] ni {1 2 3 4 5}}
    assert_error {NOTUNIQUE *} {r nonrel.save f.Post title x slug slug-7}
    agree r {f.User f.Post f.Plain} "$when, a SAVE later"
    settled r
    assert_equal 0 [info_field r corrupt]
}

start_nonrel {overrides {save {}}} {
    test {outside writes while the module is unloaded} {
        fresh r
        agree r
        r module unload nonrel
        tamper r
        tamper_with_entries r
        r module load $::nonrel_so
        right_and_clean loaded
    }

    test {outside writes before anything is in memory, and a SAVE as the first command} {
        fresh r
        forget r
        tamper r
        tamper_with_entries r
        r nonrel.save f.Plain n 4
        r nonrel.save f.Post pk 3 note first
        right_and_clean {SAVE first}
    }

    test {a SAVE as the first command after an index key was replaced} {
        foreach key {pk i/n.value s/s.value.set/=a} {
            fresh r
            forget r
            r set f.Plain/$key x
            r nonrel.save f.Plain pk 1 n 1000
            right_and_clean $key
        }
    }

    test {an unload right behind an outside write is refused or done, and nothing is lost} {
        fresh r
        agree r
        set client [redis_deferring_client]
        $client hset f.Post:3 title pipelined
        $client module unload nonrel
        $client ping
        $client read
        catch { $client read }
        assert_equal PONG [$client read]
        $client close
        catch { r module load $::nonrel_so }
        right_and_clean unload
    }

    test {RDB: outside writes, then a reload, with repairs written and not yet} {
        foreach pause {yes no} {
            fresh r
            agree r
            r multi
            tamper r
            r exec
            if {$pause} { agree r; settled r }
            r debug reload
            right_and_clean "reload $pause"
        }
    }

    # What is remembered of one hash to read the next must not be taken for the next one's.
    test {hashes with fields in any order, and with fields of others between them, are read at a start} {
        r nonrel.model set f.Mixed {{"fields": {"a": {"type": "int", "index": true}, "b": {"type": "char", "index": true}, "c": {"type": "text", "null": true}}}}
        set want {}
        for {set i 1} {$i <= 300} {incr i} {
            set of [list [list a $i] [list b b$i]]
            if {$i % 3} { lappend of [list c "text $i"] }
            if {$i % 5 == 0} { lappend of [list id $i] }
            if {$i % 4 == 0} { lappend of [list [string repeat x 70] 1] [list A 2] [list aa 3] }
            if {$i % 50 == 0} { for {set k 0} {$k < [expr {$i == 300 ? 600 : 40}]} {incr k} { lappend of [list other$k $k] } }
            for {set k [expr {[llength $of] - 1}]} {$k > 0} {incr k -1} {
                set other [expr {int(rand() * ($k + 1))}]
                set held [lindex $of $k]
                lset of $k [lindex $of $other]
                lset of $other $held
            }
            r hset f.Mixed:$i {*}[concat {*}$of]
            lappend want [list id $i a $i b b$i c [expr {$i % 3 ? "text $i" : {}}]]
        }
        r hset f.Mixed:301 id 300 a 1 b wrong-id
        r hset f.Mixed:302 a x b wrong-int
        r hset f.Mixed:303 b no-a
        foreach reload {no yes} {
            if {$reload} { r debug reload }
            assert_equal $want [r nonrel.query f.Mixed ORDER pk]
            assert_equal {b299 b300} [r nonrel.query f.Mixed FILTER a__gte 299 ORDER a FIELDS b FLAT]
            assert_equal 300 [r nonrel.count f.Mixed]
            assert_equal {} [r nonrel.index check f.Mixed]
        }
        r nonrel.model drop f.Mixed ENTITIES
    }

    test {entities whose time ran out while the server was down} {
        fresh r
        agree r
        r pexpire f.Post:3 300
        r pexpire f.User:ann 300
        r save
        r debug set-active-expire 0
        after 310
        r debug reload nosave
        right_and_clean {after the deadline}
        assert_equal 11 [r nonrel.count f.Post]
    }
}

start_nonrel {overrides {save {} appendonly yes appendfsync always auto-aof-rewrite-percentage 0}} {
    waitForBgrewriteaof r

    # Outside writes and ours in turn.
    proc interleave {tag} {
        r hset f.Post:3 views 1 slug $tag-1
        r nonrel.save f.Post pk 3 views 2
        r nonrel.save f.Post title $tag slug $tag-2
        r hset f.Post:4 slug $tag-3
        r nonrel.save f.Post BY slug slug $tag-3 views 4
        r del f.Post:5
        r nonrel.save f.Post pk 5 title again
        r del f.Plain/seq f.Post/i/title.value
        r nonrel.save f.Plain n 9
        r multi
        r hset f.Post:6 title in-multi
        r nonrel.delete f.Post FILTER title in-multi
        r hset f.Post:6 title back status draft
        r exec
        r nonrel.count f.Plain
        r set f.Plain/i/n.value x
        r nonrel.save f.Plain pk 1 n 1000
        r eval {redis.call('hset', 'f.Post:7', 'views', '70'); return redis.call('nonrel.save', 'f.Post', 'pk', '7', 'note', 'y')} 0
        r expire f.Post:8 1000
        r pexpire f.Post:9 1
        after 3
        r nonrel.save f.Post pk 9 title alive
        r hset f.User:ann age 1
    }

    test {AOF: outside writes between ours} {
        fresh r
        interleave one
        agree r
        settled r
        set before [list [r nonrel.query f.Post ORDER pk] [r nonrel.query f.User ORDER pk] [r nonrel.query f.Plain ORDER pk]]
        set digest [debug_digest]
        r debug loadaof
        assert_equal $before [list [r nonrel.query f.Post ORDER pk] [r nonrel.query f.User ORDER pk] [r nonrel.query f.Plain ORDER pk]]
        settled r
        assert_equal $digest [debug_digest]
        right_and_clean loadaof
    }

    test {AOF: the same behind a rewritten base, with a restart} {
        fresh r
        interleave one
        r bgrewriteaof
        waitForBgrewriteaof r
        interleave two
        agree r
        settled r
        set digest [debug_digest]
        restart_server 0 true false
        agree r
        settled r
        assert_equal $digest [debug_digest]
        right_and_clean restart
    }

    test {AOF: outside writes that nothing of ours followed} {
        fresh r
        r bgrewriteaof
        waitForBgrewriteaof r
        tamper r
        restart_server 0 true false
        right_and_clean {restart at once}
    }
}

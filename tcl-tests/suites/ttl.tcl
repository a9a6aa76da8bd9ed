# ttl.tcl -- time to live: TTL and PXAT of SAVE, "ttl" of a model, and what is answered from a deadline on, before the server itself has looked at the key.
# Deadlines lie a little way ahead and are waited for; what must still be there has one far away.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/truth.tcl

set ::session {{"fields": {"name": {"type": "char", "unique": true}, "n": {"type": "int", "index": true, "default": 0},
    "tag": {"type": "char", "index": ["exact"], "null": true}}}}

proc soon {} { return [expr {[clock milliseconds] + 150}] }

# Until a moment is past for the server too.
proc wait_past {moment {level 0}} {
    while 1 {
        lassign [r $level time] seconds us
        if {$seconds * 1000 + $us / 1000 > $moment} { return }
        after 5
    }
}

# Keys run out only when somebody looks at them.
proc sessions {} {
    r flushall
    r debug set-active-expire 0
    model s.S $::session
}

# No answer of any kind knows the entities with these keys, and those that are left are whole.
proc gone {client left args} {
    assert_equal [llength $left] [$client nonrel.count s.S]
    assert_equal $left [$client nonrel.query s.S ORDER pk FIELDS pk FLAT]
    assert_equal $left [$client nonrel.query s.S FILTER tag x ORDER pk FIELDS pk FLAT]
    assert_equal [llength $left] [$client nonrel.count s.S FILTER n__gte 0]
    assert_equal [llength $left] [lindex [$client nonrel.aggregate s.S COUNT * AS n] 0 1]
    foreach pk $args {
        assert_equal {} [$client nonrel.get s.S $pk]
        assert_equal 0 [$client nonrel.exists s.S FILTER pk $pk]
    }
}

start_nonrel {overrides {save {}}} {
    test {TTL and PXAT give the hash a deadline} {
        sessions
        r nonrel.save s.S TTL 1000 name a
        assert_range [r pttl s.S:1] 900000 1000000
        r nonrel.save s.S INSERT PXAT 99999999999999 name b
        assert_equal 99999999999999 [r pexpiretime s.S:2]
        r nonrel.save s.S TTL 1000 JSON {[{"name": "c"}, {"name": "d"}]}
        assert_range [r ttl s.S:3] 900 1000
        assert_range [r ttl s.S:4] 900 1000
        r nonrel.save s.S pk 2 name bb
        assert_equal 99999999999999 [r pexpiretime s.S:2]
        r nonrel.save s.S PXAT 99999999999998 pk 2
        assert_equal 99999999999998 [r pexpiretime s.S:2]
        assert_equal -1 [r ttl s.S]
    }

    test {a lifetime that is none is refused} {
        sessions
        r nonrel.save s.S TTL 1000 name a
        foreach bad {0 -1 1.5 {} { 1} 1e3 abc 9223372036854775807 99999999999999999999} { refused "BADVALUE 'TTL' got *" nonrel.save s.S TTL $bad name x }
        foreach bad {0 -1 9223372036854775808 soon} { refused "BADVALUE 'PXAT' got *" nonrel.save s.S PXAT $bad name x }
        refused {SYNTAX *} nonrel.save s.S TTL 1 PXAT 99999999999999 name x
        refused {SYNTAX *} nonrel.save s.S TTL 1 TTL 1 name x
        refused {SYNTAX *} nonrel.save s.S INSERT TTL
        refused {BADVALUE *} nonrel.model set s.S [string map {"fields" "ttl\": 0, \"fields"} $::session]
    }

    test {an expired entity is in no answer, with nobody having looked at its key} {
        sessions
        set moment [soon]
        r nonrel.save s.S TTL 1000 JSON {[{"name": "a", "tag": "x"}, {"name": "b", "tag": "x"}]}
        r nonrel.save s.S PXAT $moment JSON {[{"name": "c", "tag": "x", "n": 5}, {"name": "d", "tag": "x", "n": 6}]}
        set keys [r dbsize]
        wait_past $moment
        assert_equal $keys [r dbsize]
        gone r {1 2} 3 4
        settled r s.S
    }

    test {the first answer after a deadline is right, whichever it is} {
        foreach {want command} {
            0 {nonrel.count s.S}
            0 {nonrel.count s.S FILTER n 5}
            0 {nonrel.count s.S FILTER tag x}
            0 {nonrel.exists s.S FILTER name a}
            {} {nonrel.query s.S ORDER n LIMIT 0 1}
            {} {nonrel.query s.S FILTER tag x FIELDS n DISTINCT}
            {{count 0}} {nonrel.aggregate s.S COUNT *}
            {} {nonrel.get s.S 1}
        } {
            foreach built {0 1} {
                sessions
                set moment [soon]
                r nonrel.save s.S PXAT $moment pk 1 name a tag x n 5
                if {$built} { r nonrel.count s.S }
                wait_past $moment
                assert_equal $want [r {*}$command] "$command $built"
                settled r s.S
            }
        }
    }

    test {what an expired entity had is free again} {
        sessions
        set moment [soon]
        r nonrel.save s.S TTL 1000 pk 1 name a tag x
        refused {NOTUNIQUE *} nonrel.save s.S name a
        r nonrel.save s.S PXAT $moment pk 1
        wait_past $moment
        assert_equal 1 [r nonrel.save s.S INSERT pk 1 name b tag x]
        assert_equal 2 [r nonrel.save s.S name a tag x]
        assert_equal -1 [r ttl s.S:1]
        gone r {1 2} 3
        settled r s.S
    }

    test {writes go by the entities that are left} {
        sessions
        set moment [soon]
        r nonrel.save s.S PXAT $moment name a tag x
        r nonrel.save s.S name b tag x
        wait_past $moment
        assert_equal 1 [r nonrel.update s.S ALL SET n 3]
        assert_error {NOTFOUND *} {r nonrel.save s.S UPDATE pk 1 n 1}
        assert_error {CONFLICT *} {r nonrel.save s.S IF n 0 pk 1 name z}
        assert_equal 0 [r nonrel.delete s.S PK 1]
        assert_equal 1 [r nonrel.delete s.S ALL]
        settled r s.S
    }

    test {a moment that is past lets the entity go at once} {
        sessions
        assert_equal 7 [r nonrel.save s.S PXAT 1 pk 7 name a tag x]
        gone r {} 7
        assert_equal 8 [r nonrel.save s.S name a tag x]
        settled r s.S
    }

    test {EXPIRE, PERSIST, DEL and COPY move a deadline of SAVE} {
        sessions
        set moment [expr {[clock milliseconds] + 2000}]
        r multi
        r nonrel.save s.S PXAT $moment JSON {[{"name": "a", "tag": "x"}, {"name": "b", "tag": "x"}, {"name": "c", "tag": "x"}]}
        r nonrel.save s.S TTL 1000 name d tag x
        r persist s.S:1
        r expire s.S:2 1000
        r del s.S:3
        r hset s.S:3 id 3 name cc n 0 tag x
        r pexpire s.S:4 1
        r exec
        wait_past $moment
        gone r {1 2 3} 4
        settled r s.S
    }

    test {the ttl of the model is for inserts that say nothing} {
        sessions
        r nonrel.save s.S name old
        model s.S [string map {{"fields"} {"ttl": 500, "fields"}} $::session]
        assert_equal {} [r nonrel.model diff s.S [string map {{"fields"} {"ttl": 500, "fields"}} $::session]]
        assert_equal {{change model s.S} {ttl of inserts: none, was 500 s}} [r nonrel.model diff s.S $::session]
        r nonrel.save s.S name a
        r nonrel.save s.S TTL 5000 name b
        r nonrel.save s.S JSON {[{"name": "c"}, {"name": "d"}]}
        r nonrel.save s.S pk 1 n 2
        assert_equal -1 [r ttl s.S:1]
        assert_range [r ttl s.S:2] 400 500
        assert_range [r ttl s.S:3] 4900 5000
        assert_range [r ttl s.S:5] 400 500
        r persist s.S:2
        r nonrel.save s.S pk 2 n 2
        assert_equal -1 [r ttl s.S:2]
    }

    test {in transactions and scripts} {
        sessions
        r multi
        r nonrel.save s.S TTL 1000 name a
        r nonrel.save s.S PXAT 1 name b
        r nonrel.count s.S FILTER name a
        r exec
        assert_equal 1 [r nonrel.count s.S]
        assert_equal 3 [r eval {return redis.call('nonrel.save', 's.S', 'TTL', '1000', 'name', 'c')} 0]
        assert_range [r ttl s.S:3] 900 1000
        settled r s.S
    }

    test {watchers and subscribers are told as EXPIRE would tell them} {
        sessions
        r nonrel.save s.S name a
        r config set notify-keyspace-events KEA
        set client [redis_deferring_client]
        $client psubscribe __keyspace@9__:s.S:*
        $client read
        r watch s.S
        r nonrel.save s.S TTL 1000 pk 1
        assert_equal {pmessage __keyspace@9__:s.S:* __keyspace@9__:s.S:1 expire} [$client read]
        r multi
        r ping
        assert_equal {} [r exec]
        r nonrel.save s.S TTL 1000 name b
        foreach event {hset expire} { assert_equal [list pmessage __keyspace@9__:s.S:* __keyspace@9__:s.S:2 $event] [$client read] }
        $client close
        r config set notify-keyspace-events {}
    }
}

start_nonrel {overrides {save {} appendonly yes appendfsync always auto-aof-rewrite-percentage 0}} {
    waitForBgrewriteaof r

    # A server that comes back after a deadline has passed, by each kind of file, with one that is far away beside.
    proc comes_back {restart} {
        set moment [soon]
        r nonrel.save s.S TTL 1000 name a tag x
        r nonrel.save s.S PXAT $moment name b tag x
        r nonrel.save s.S name c tag x
        r nonrel.save s.S PXAT $moment pk 3
        set far [r pexpiretime s.S:1]
        eval $restart
        r debug set-active-expire 0
        gone r {1} 2 3
        assert_equal $far [r pexpiretime s.S:1]
        assert_equal 4 [r nonrel.save s.S name b tag x]
        gone r {1 4} 2 3
        settled r s.S
        assert_equal 0 [info_field r corrupt]
    }

    test {RDB: a deadline that passes while the server is down, and one that passes after} {
        sessions
        comes_back { r save; wait_past $moment; r debug reload nosave }
        sessions
        comes_back { r debug reload; wait_past $moment }
    }

    test {AOF: a deadline that passes while the server is down, and one that passes after} {
        sessions
        comes_back { wait_past $moment; r debug loadaof }
        sessions
        comes_back { r debug loadaof; wait_past $moment }
        sessions
        comes_back { wait_past $moment; restart_server 0 true false }
    }

    test {AOF: the same behind a rewritten base} {
        sessions
        r nonrel.save s.S TTL 1000 pk 9 name z
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.delete s.S ALL
        r del s.S/seq
        comes_back { wait_past $moment; restart_server 0 true false }
        r bgrewriteaof
        waitForBgrewriteaof r
        set far [r pexpiretime s.S:1]
        restart_server 0 true false
        assert_equal $far [r pexpiretime s.S:1]
        gone r {1 4} 2 3
    }
}

with_replica {
    test {replicas get the moment, and give the same answers from then on} {
        r -1 debug set-active-expire 0
        r -1 nonrel.model set s.S $::session
        set moment [soon]
        r -1 nonrel.save s.S TTL 1000 name a tag x
        r -1 nonrel.save s.S PXAT $moment name b tag x n 4
        r -1 nonrel.save s.S PXAT $moment name c tag x n 4
        catch_up
        assert_equal [r -1 pexpiretime s.S:1] [r pexpiretime s.S:1]
        r nonrel.count s.S
        wait_past $moment
        gone $::replica {1} 2 3
        gone $::primary {1} 2 3
        catch_up
        settled $::primary s.S
        catch_up
        settled $::replica s.S
        same_keys {after the deadline}
        assert_equal {0 0} [list [info_field $::primary corrupt] [info_field $::replica corrupt]]
    }

    test {a replica that took an entity for expired follows a primary that gives it more time} {
        set moment [expr {[soon] + 200}]
        r -1 nonrel.save s.S PXAT $moment pk 20 name t tag x
        r nonrel.count s.S
        r -1 nonrel.save s.S PXAT 99999999999999 pk 20 name t tag x
        catch_up
        wait_past $moment
        assert_equal 99999999999999 [r pexpiretime s.S:20]
        gone $::replica {1 20} 2 3
        r -1 nonrel.delete s.S PK 20
        catch_up
        gone $::replica {1} 20
        same_keys {more time}
    }
}

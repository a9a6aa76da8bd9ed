# unique.tcl -- unique_together, unique_for_date, unique_for_month, unique_for_year. Both stores.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::fields {{"a": {"type": "int", "null": true}, "b": {"type": "char", "null": true}, "u": {"type": "slug", "unique": true, "null": true}, "c": {"type": "int", "default": 0}}}

proc define {{rest {, "unique_together": [["a", "b"]]}} {client r}} {
    assert_equal OK [$client nonrel.model set a.X "{\"fields\": $::fields$rest}"]
}

proc taken {by args} {
    refused "NOTUNIQUE fields 'a', 'b' of a.X: * is taken by '$by'" nonrel.save a.X {*}$args
}

start_nonrel {overrides {save {}}} {
    test {INSERT, UPDATE, upsert and BY are held to it} {
        define
        rows a.X {a 1 b x u one} {a 1 b y u two} {a -1 b x}
        refused "NOTUNIQUE fields 'a', 'b' of a.X: '1', 'x' is taken by '1'" nonrel.save a.X a 1 b x
        taken 1 INSERT a 1 b x
        taken 1 UPDATE pk 2 b x
        taken 2 pk 1 b y
        taken 2 pk 77 a 1 b y
        taken 3 BY u u one a -1
        taken 3 UPDATE BY u u two a -1 b x
        assert_equal 2 [r nonrel.save a.X BY u u two a 1 b y c 3]
        assert_equal 1 [r nonrel.save a.X pk 1 b z]
        assert_equal 4 [r nonrel.save a.X a 1 b x]
        sound a.X
    }

    test {a NULL among the values never collides} {
        foreach i {1 2} {
            r nonrel.save a.X a 9
            r nonrel.save a.X b n
            r nonrel.save a.X c 1
        }
        assert_equal 2 [r nonrel.count a.X FILTER a 9 b__isnull true]
        sound a.X
    }

    test {the state behind the whole command counts: a batch may swap} {
        r flushall
        define
        assert_equal {1 2 3} [r nonrel.save a.X JSON {[{"a":1,"b":"x"},{"a":2,"b":"y"},{"a":3,"b":"z"}]}]
        assert_equal {1 2} [r nonrel.save a.X JSON {[{"pk":1,"a":2,"b":"y"},{"pk":2,"a":1,"b":"x"}]}]
        assert_equal {1 2 3} [r nonrel.save a.X JSON {[{"pk":1,"a":1,"b":"x"},{"pk":2,"a":3,"b":"z"},{"pk":3,"a":2,"b":"y"}]}]
        refused "NOTUNIQUE *" nonrel.save a.X JSON {[{"a":7,"b":"x"},{"a":7,"b":"x"}]}
        refused "NOTUNIQUE *" nonrel.save a.X JSON {[{"a":7,"b":"x"},{"pk":1,"a":2,"b":"y"}]}
        assert_equal 1 [found a.X FILTER a 1 b x]
        sound a.X
    }

    test {text with zero bytes and borders between the fields are told apart} {
        r flushall
        r nonrel.model set a.X {{"fields": {"a": {"type": "char"}, "b": {"type": "char"}}, "unique_together": ["a", "b"]}}
        foreach {a b} [list a b ab "" "" ab "a\x00" b a "\x00b" "a\x00\x01" ""] { r nonrel.save a.X a $a b $b }
        assert_equal 6 [r nonrel.count a.X]
        refused "NOTUNIQUE *" nonrel.save a.X a "a\x00" b b
        refused "NOTUNIQUE *" nonrel.save a.X a "" b ab
        sound a.X
    }

    test {MODEL SET holds the entities that are there to it, and says which values are in the way} {
        r flushall
        define {}
        rows a.X {a 1 b x} {a 1 b x} {a 1}
        refused "NOTUNIQUE fields 'a', 'b' of a.X: '1', 'x' is held by several entities" nonrel.model set a.X "{\"fields\": $::fields, \"unique_together\": \[\"a\", \"b\"\]}"
        r nonrel.save a.X a 1 b x
        sound a.X
        r nonrel.delete a.X PK 2 4
        define
        taken 1 a 1 b x
        sound a.X
        define {}
        r nonrel.save a.X a 1 b x
        sound a.X
    }

    test {what others write is not held to it, and what they wrote counts} {
        r flushall
        define
        rows a.X {a 1 b x} {a 1 b y}
        r hset a.X:2 b x
        assert_equal 2 [r nonrel.count a.X FILTER a 1 b x]
        assert_equal 2 [r nonrel.save a.X pk 2 c 5]
        refused "NOTUNIQUE *" nonrel.save a.X a 1 b x
        r hset a.X:1 b z
        taken 2 a 1 b x
        taken 1 a 1 b z
        r hdel a.X:2 a
        assert_equal 3 [r nonrel.save a.X a 1 b x]
        r rename a.X:3 a.X:30
        r hset a.X:30 id 30
        taken 30 a 1 b x
        r del a.X:30
        assert_equal 31 [r nonrel.save a.X a 1 b x]
        sound a.X
    }

    test {one that runs out makes room} {
        r flushall
        define
        rows a.X {a 1 b x}
        r pexpire a.X:1 1
        after 20
        assert_equal 2 [r nonrel.save a.X a 1 b x]
        sound a.X
    }

    test {MULTI and Lua} {
        r multi
        r nonrel.save a.X a 5 b m
        r nonrel.save a.X a 5 b m
        catch {r exec} reply
        assert_match "*NOTUNIQUE*" $reply
        assert_error "*NOTUNIQUE*" {r eval {redis.call('nonrel.save', KEYS[1], 'a', '6', 'b', 'm'); return redis.call('nonrel.save', KEYS[1], 'a', '6', 'b', 'm')} 1 a.X}
        assert_equal 1 [r nonrel.count a.X FILTER a 5 b m]
        assert_equal 1 [r nonrel.count a.X FILTER a 6 b m]
        sound a.X
    }

    foreach {period first other same field} {
        date  2026-11-22T23:59:59Z 2026-11-23T00:00:00Z 2026-11-23T00:30:00+01:00 d__date
        month 2026-11-22T00:00:00Z 2026-12-01T00:00:00Z 2025-12-01T00:30:00+01:00 d__month
        year  2026-12-31T23:59:59Z 2027-01-01T00:00:00Z 2027-01-01T00:30:00+01:00 d__year
    } {
        test "unique_for_$period, by the UTC date" {
            r flushall
            r nonrel.model set a.X "{\"fields\": {\"s\": {\"type\": \"char\", \"null\": true, \"unique_for_$period\": \"d\"}, \"d\": {\"type\": \"datetime\", \"null\": true}}}"
            rows a.X [list s a d $first] [list s a d $other] [list s b d $first] [list d $first] [list d $first] {s a} {s a}
            refused "NOTUNIQUE fields 's', '$field' of a.X: 'a', * is taken by '1'" nonrel.save a.X s a d $same
            refused "NOTUNIQUE *" nonrel.save a.X pk 3 s a
            refused "NOTUNIQUE *" nonrel.save a.X pk 2 d $first
            assert_equal {1 2} [r nonrel.save a.X JSON "\[{\"pk\":1,\"d\":\"$other\"},{\"pk\":2,\"d\":\"$first\"}\]"]
            sound a.X
            r debug reload
            refused "NOTUNIQUE *" nonrel.save a.X s a d $same
        }
    }

    test {fields that embed a model, or hold lists of those, may be unique together before that model is there} {
        foreach {type value other} {{"type": "embedded", "to": "a.Late"} {{"n":1}} {{"n":2}} {"type": "list", "of": {"type": "embedded", "to": "a.Late"}} {[{"n":1}]} {[]}
            {"type": "fk", "to": "a.Late"} 1 2} {
            foreach order {{"a", "b"} {"b", "a"}} {
                r flushall
                r nonrel.model set a.X "{\"fields\": {\"a\": {\"type\": \"int\"}, \"b\": {$type, \"null\": true}}, \"unique_together\": \[\[$order\]\]}"
                assert_equal {1 2} [list [r nonrel.save a.X a 1] [r nonrel.save a.X a 1]]
                assert_equal 2 [r nonrel.count a.X FILTER a 1]
                r nonrel.model set a.Late {{"fields": {"n": {"type": "int", "null": true}}}}
                assert_equal 1 [r nonrel.save a.X pk 1 b $value]
                refused {NOTUNIQUE *} nonrel.save a.X pk 2 b $value
                assert_equal 2 [r nonrel.save a.X pk 2 b $other]
                sound a.X
            }
        }
    }

    test {a bad definition is refused} {
        r flushall
        define {}
        refused {NOFIELD unique_together\[0\]: *} nonrel.model set a.X "{\"fields\": $::fields, \"unique_together\": \[\[\"a\", \"x\"\]\]}"
        refused {BADVALUE unique_together: *} nonrel.model set a.X "{\"fields\": $::fields, \"unique_together\": {\"a\": 1}}"
        refused {BADVALUE fields.s.unique_for_date: *} nonrel.model set a.Y {{"fields": {"s": {"type": "char", "unique_for_date": "id"}}}}
        refused {NOFIELD fields.s.unique_for_year: *} nonrel.model set a.Y {{"fields": {"s": {"type": "char", "unique_for_year": "d"}}}}
    }
}

foreach {name options how} {
    "an RDB file" {save {} appendonly no} {r debug reload}
    "an append-only file" {save {} appendonly yes aof-use-rdb-preamble no} {r debug loadaof}
    "an append-only file with writes behind a rewrite" {save {} appendonly yes auto-aof-rewrite-percentage 0} {
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save a.X JSON {[{"pk":1,"b":"y"},{"pk":2,"b":"x"}]}
        r nonrel.save a.X JSON {[{"pk":1,"b":"x"},{"pk":2,"b":"y"}]}
        r debug loadaof
    }
} {
    start_nonrel [list overrides $options] {
        test "it holds after a restart from $name" {
            define
            rows a.X {a 1 b x} {a 1 b y}
            eval $how
            taken 1 a 1 b x
            taken 2 pk 1 b y
            assert_equal {1 2} [r nonrel.save a.X JSON {[{"pk":1,"b":"y"},{"pk":2,"b":"x"}]}]
            sound a.X
        }
    }
}

start_nonrel {overrides {save {} propagation-error-behavior panic}} {
    start_nonrel {overrides {save {}}} {
        test {a replica takes what its primary wrote, swaps and all} {
            become_copy r
            r -1 select 9
            r select 9
            define {} [srv -1 client]
            r -1 nonrel.save a.X JSON {[{"a":1,"b":"x"},{"a":2,"b":"y"}]}
            define {, "unique_together": [["a", "b"]]} [srv -1 client]
            r -1 nonrel.save a.X JSON {[{"pk":1,"a":2,"b":"y"},{"pk":2,"a":1,"b":"x"}]}
            r -1 hset a.X:1 a 1 b x
            r -1 nonrel.save a.X pk 1 c 7
            wait_for_ofs_sync [srv 0 client] [srv -1 client]
            assert_equal 2 [r nonrel.count a.X FILTER a 1 b x]
            assert_equal {} [r nonrel.index check a.X]
            assert_equal [debug_digest -1] [debug_digest 0]
            r replicaof no one
            assert_error "NOTUNIQUE *" {r nonrel.save a.X a 1 b x}
        }
    }
}

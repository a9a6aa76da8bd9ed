# update.tcl -- UPDATE and SAVE ... IF as clients see them: on a primary and its replica, in transactions and scripts, after a restart from the AOF.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::definition {{"fields": {"n": {"type": "int", "index": true, "default": 0}, "price": {"type": "decimal", "max_digits": 8, "decimal_places": 2, "null": true, "index": true},
    "city": {"type": "char", "null": true, "index": ["exact"]}, "code": {"type": "slug", "null": true, "unique": true},
    "touched": {"type": "datetime", "auto_now": true}}}}

proc fill {} {
    for {set i 1} {$i <= 20} {incr i} { rows u.X "n $i price $i.25 city c[expr {$i % 3}] code s$i" }
}

start_nonrel {overrides {save {} appendonly yes appendfsync always}} {
    start_nonrel {overrides {save {}}} {
        set primary [srv -1 client]
        become_copy r

        proc same {} {
            wait_for_ofs_sync [srv 0 client] [srv -1 client]
            assert_equal [debug_digest -1] [debug_digest 0]
            assert_equal {} [r -1 nonrel.index check u.X]
            assert_equal {} [r nonrel.index check u.X]
            assert_equal [r -1 nonrel.query u.X ORDER pk] [r nonrel.query u.X ORDER pk]
        }

        test {UPDATE changes all that match, on the replica too, as resolved commands} {
            $primary nonrel.model set u.X $::definition
            for {set i 1} {$i <= 20} {incr i} { $primary nonrel.save u.X n $i price $i.25 city c[expr {$i % 3}] code s$i }
            assert_equal 7 [$primary nonrel.update u.X FILTER city c1 SET city paris]
            assert_equal 7 [$primary nonrel.count u.X FILTER city paris]
            assert_equal 20 [$primary nonrel.update u.X ALL EXPR n {F(n) * 2 + 1} price {F(price) / 2}]
            assert_equal {n 3 price 0.62} [$primary nonrel.get u.X 1 FIELDS n price]
            same
            assert_equal 20 [$primary nonrel.update u.X ALL SET n 1]
            assert_equal 2 [$primary nonrel.update u.X WHERE {code = 's1' or code = $x} PARAMS x s2 NULL code]
            assert_equal 0 [$primary nonrel.update u.X FILTER n 99 SET n 1]
            same
            assert_error {READONLY *} {r nonrel.update u.X ALL SET n 2}
        }

        test {an UPDATE that fails writes nothing and sends nothing} {
            set offset [status $primary master_repl_offset]
            set digest [$primary debug digest]
            foreach {pattern command} {
                {NOTUNIQUE *} {ALL SET code x}
                {BADVALUE *} {ALL EXPR n {F(n) / 2}}
                {BADVALUE *zero*} {ALL EXPR n {1 // (F(id) - 20)}}
                {NOTNULL *} {ALL NULL n}
                {SYNTAX *} {ALL SET id 1}
                {SYNTAX *} {SET n 1}
            } {
                catch { $primary nonrel.update u.X {*}$command } reply
                assert_match $pattern $reply $command
            }
            catch { $primary nonrel.update u.X ALL } reply
            assert_match {ERR *} $reply
            assert_equal $digest [$primary debug digest]
        }

        test {UPDATE in transactions and scripts; WATCH sees it} {
            $primary multi
            $primary nonrel.update u.X FILTER id 3 SET n 100
            $primary nonrel.update u.X FILTER n 100 EXPR n {F(n) + 1}
            assert_equal {1 1} [$primary exec]
            assert_equal 1 [$primary eval {return redis.call('nonrel.update', KEYS[1], 'FILTER', 'n', '101', 'SET', 'n', '5')} 1 u.X]
            $primary watch u.X
            set other [redis_client -1]
            $other nonrel.update u.X FILTER id 3 SET n 6
            $other close
            $primary multi
            $primary ping
            assert_equal {} [$primary exec]
            same
        }

        test {SAVE IF is a compare and set} {
            assert_equal 3 [$primary nonrel.save u.X IF n 6 pk 3 n 7]
            foreach command {{IF n 6 pk 3 n 8} {IF n 7 pk 99 n 8} {IF n 7 n 8} {IF n 7 JSON {[{"pk": 3, "n": 8}, {"pk": 4, "n": 8}]}}} {
                set digest [$primary debug digest]
                catch { $primary nonrel.save u.X {*}$command } reply
                assert_match {CONFLICT *} $reply $command
                assert_equal $digest [$primary debug digest]
            }
            assert_equal {3 3} [$primary nonrel.save u.X IF n 7 JSON {[{"pk": 3, "n": 8}, {"pk": 3, "city": "x"}]}]
            assert_equal {n 8 city x} [$primary nonrel.get u.X 3 FIELDS n city]
            same
        }

        test {all of it is there after a restart from the AOF} {
            set before [$primary nonrel.query u.X ORDER pk]
            restart_server -1 true false
            wait_done_loading [srv -1 client]
            assert_equal $before [[srv -1 client] nonrel.query u.X ORDER pk]
            assert_equal {} [[srv -1 client] nonrel.index check u.X]
        }
    }
}

start_nonrel {overrides {save {}}} {
    model u.X $::definition
    fill

    test {other clients see an UPDATE as changes of the hashes} {
        r config set notify-keyspace-events KEA
        set listener [redis_deferring_client]
        $listener psubscribe __keyspace@9__:u.X:*
        $listener read
        r nonrel.update u.X FILTER n__lte 1 SET city rome
        assert_equal {pmessage __keyspace@9__:u.X:* __keyspace@9__:u.X:1 hset} [$listener read]
        $listener close
        assert_equal rome [r hget u.X:1 city]
    }

    test {what others wrote is followed before an UPDATE} {
        r hset u.X:2 city oslo n 77
        assert_equal 1 [r nonrel.update u.X FILTER city oslo EXPR n {F(n) + 1}]
        assert_equal 78 [r hget u.X:2 n]
        r del u.X:3
        assert_equal 0 [r nonrel.update u.X FILTER id 3 SET n 1]
        sound u.X
    }

    test {EXPLAIN UPDATE runs nothing} {
        set digest [r debug digest]
        assert_match {*city*rome*} [r nonrel.explain update u.X FILTER city rome SET n 1]
        refused {SYNTAX *} nonrel.explain update u.X SET n 1
        assert_equal $digest [r debug digest]
    }
}

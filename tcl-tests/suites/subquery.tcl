# subquery.tcl -- queries in the place of values as a client sees them: in every clause and command that takes filters, with writes around them, in transactions and scripts,
# for users who may read one model of two, after restarts and on a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define {client index} {
    foreach {name definition} {
        s.User {{"fields": {"name": {"type": "char", "index": INDEX}, "age": {"type": "int", "null": true, "index": INDEX}, "boss": {"type": "fk", "to": "self", "null": true, "related_name": "staff"}}}}
        s.Post {{"fields": {"title": {"type": "char", "index": INDEX}, "author": {"type": "fk", "to": "s.User", "null": true, "related_name": "posts"}}}}
    } { $client nonrel.model set $name [string map [list INDEX $index] $definition] }
}

proc fill {client} {
    foreach {model row} {
        s.User {name eva age 40} s.User {name ada age 30 boss 1} s.User {name bob boss 2}
        s.Post {title a author 2} s.Post {title eva author 1} s.Post {title c} s.Post {title d author 9} s.Post {title e author 3}
    } { $client nonrel.save $model {*}$row }
}

proc blog {index} {
    r flushall
    define r $index
    fill r
}

set ::old {author__in = (QUERY s.User WHERE age > 30)}

proc answers {client} {
    set all {}
    foreach where [list $::old "not $::old" {title__in = (QUERY s.User FIELDS name)} {author__in = (QUERY s.User FIELDS boss)} {author__boss__in = (QUERY s.User WHERE boss = null)}] {
        lappend all [$client nonrel.query s.Post WHERE $where ORDER pk FIELDS pk FLAT] [$client nonrel.count s.Post WHERE $where]
    }
    lappend all [$client nonrel.query s.User WHERE {not pk__in = (QUERY s.Post FIELDS author)} ORDER pk FIELDS pk FLAT]
}

start_nonrel {overrides {save {} appendonly yes}} {
    foreach {with index} {"without indexes" false "with indexes" true} {
        test "a query gives keys, references, and values, $with" {
            blog $index
            assert_equal 2 [found s.Post WHERE $::old]
            assert_equal {1 3 4 5} [found s.Post WHERE "not $::old"]
            assert_equal {1 2 5} [found s.Post WHERE {author__in = (QUERY s.User)}]
            assert_equal {1 2} [found s.Post WHERE {author__in = (QUERY s.User WHERE name = $a or name = $b)} PARAMS a eva b ada]
            assert_equal 2 [found s.Post WHERE {title__in = (QUERY s.User FIELDS name)}]
            assert_equal {1 2} [found s.Post WHERE {author__in = (QUERY s.User FIELDS boss)}]
            assert_equal {1 2 3} [found s.User WHERE {pk__in = (QUERY s.Post FIELDS author)}]
            assert_equal 3 [found s.User WHERE {boss__in = (QUERY s.User WHERE boss__in = (QUERY s.User WHERE name = 'eva'))}]
            assert_equal 5 [found s.Post FILTER title__gt c Q {{"author__in": {"query": {"model": "s.User", "q": {"age": null}}}}}]
        }

        test "what is written to the inner model is seen at once, $with" {
            blog $index
            r nonrel.save s.User pk 3 age 50
            assert_equal {2 5} [found s.Post WHERE $::old]
            r hset s.User:2 age 31
            assert_equal {1 2 5} [found s.Post WHERE $::old]
            r del s.User:1
            assert_equal {1 5} [found s.Post WHERE $::old]
            assert_equal 2 [r nonrel.update s.Post WHERE $::old SET title new]
            assert_equal {1 5} [found s.Post FILTER title new]
            assert_equal 3 [r nonrel.delete s.Post WHERE "not $::old"]
            assert_equal {1 5} [found s.Post]
            sound s.Post
            sound s.User
        }

        test "answers are the same after a restart, $with" {
            blog $index
            set before [answers r]
            r debug reload
            assert_equal $before [answers r]
            r bgrewriteaof
            waitForBgrewriteaof r
            r nonrel.save s.User pk 3 age 99
            set before [answers r]
            r debug loadaof
            assert_equal $before [answers r]
        }
    }

    test {transactions and scripts ask them too, and see what stands before} {
        blog true
        r multi
        r nonrel.save s.User pk 3 age 50
        r nonrel.query s.Post WHERE $::old ORDER pk FIELDS pk FLAT
        r nonrel.delete s.User PK 3
        r nonrel.count s.Post WHERE $::old
        assert_equal {3 {2 5} 1 1} [r exec]
        assert_equal 2 [r eval {return redis.call('nonrel.query', KEYS[1], 'WHERE', ARGV[1], 'FIELDS', 'pk', 'FLAT')} 1 s.Post $::old]
    }

    test {groups: in WHEN and in HAVING} {
        blog false
        assert_equal {{evas 1 count 5}} [r nonrel.aggregate s.Post COUNT * WHEN {author__in = (QUERY s.User WHERE name = $n)} PARAMS n eva AS evas COUNT *]
        assert_equal {{author 1 count 1}} [r nonrel.aggregate s.Post GROUPBY author COUNT * HAVING $::old]
    }

    test {EXPLAIN and PROFILE show them} {
        blog true
        assert_match {*author__in (QUERY s.User WHERE age > 30)*  SubQuery author__in from id of s.User*    *age__gt*} [join [r nonrel.explain query s.Post WHERE $::old] \n]
        assert_match {SubQuery author__in from id of s.User*} [join [r nonrel.profile query s.Post WHERE $::old] \n]
    }

    test {what is no such query is refused, and says why} {
        blog false
        foreach {where error} {
            {author = (QUERY s.User WHERE age > 30)} {SYNTAX*lookup exact takes no query; in does*}
            {author__in = (QUERY s.Usr)} {NOMODEL*s.User*}
            {author__in = (QUERY s.User WHERE agee > 1)} {NOFIELD*age*}
            {author__in = (QUERY s.User FIELDS name)} {BADVALUE*cannot be compared*}
            {author__in = (QUERY s.User WHERE age > 1} {SYNTAX*the end*}
            {author__in = (QUERY s.User FIELDS posts)} {SYNTAX*any number*}
        } { refused $error nonrel.query s.Post WHERE $where }
        refused {BADVALUE*} nonrel.save s.Post IF author__in {(QUERY s.User)} pk 1 title x
    }

    test {who may not read the inner model gets NOPERM, whether there is one or not} {
        blog true
        r acl setuser near on >secret +@all ~s.Post %R~s.Post:*
        set client [redis [srv host] [srv port]]
        $client auth near secret
        $client select 9
        foreach command {query count exists} { assert_error {NOPERM*'s.User'*} {$client nonrel.$command s.Post WHERE $::old} }
        assert_error {NOPERM*} {$client nonrel.explain query s.Post WHERE $::old}
        assert_error {NOPERM*} {$client nonrel.query s.Post WHERE {author__in = (QUERY s.Nothing)}}
        assert_error {NOPERM*} {$client nonrel.query s.Post Q {{"author__in": {"query": {"model": "s.User"}}}}}
        assert_error {NOPERM*} {$client nonrel.aggregate s.Post COUNT * WHEN $::old}
        assert_error {NOPERM*} {$client nonrel.update s.Post WHERE $::old SET title x}
        assert_error {NOPERM*} {$client nonrel.delete s.Post WHERE $::old}
        assert_equal 5 [$client nonrel.count s.Post WHERE {pk__in = (QUERY s.Post)}]
        $client close
        assert_equal 1 [r nonrel.count s.Post WHERE $::old]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gives the same answers, and what an UPDATE found is replicated, not the query} {
            set primary [srv -1 client]
            define $primary true
            fill $primary
            become_copy r
            r select 9
            foreach write [list [list nonrel.update s.Post WHERE $::old SET title new] {nonrel.save s.User pk 3 age 77} [list nonrel.delete s.Post WHERE $::old] {hset s.User:2 age 80}] {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [answers $primary] [answers r] $write
            }
            assert_equal [$primary debug digest] [r debug digest]
        }
    }
}

# join_index.tcl -- indexes along references as clients and keys show them: what they lie in, that every kind of write to whatever they go by moves their entries,
# restarts, append-only files, replicas, rights, and builds over many entities.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define {client} {
    $client nonrel.model set g.City {{"fields": {"name": {"type": "char", "null": true}}}}
    $client nonrel.model set g.User {{"pk": "nick", "fields": {"nick": {"type": "slug"}, "name": {"type": "char", "null": true}, "age": {"type": "int", "null": true},
        "city": {"type": "fk", "to": "g.City", "null": true}}}}
    $client nonrel.model set g.Post {{"fields": {"title": {"type": "char", "default": "t"}, "author": {"type": "fk", "to": "g.User", "null": true}}}}
    foreach {path lookups} {author__name {exact iexact} author__age lt author__city__name exact} { $client nonrel.index create g.Post $path {*}$lookups }
    foreach name {Oslo Rome} { $client nonrel.save g.City name $name }
    foreach {nick name age city} {ann Ann 30 1 bob Bob 40 2} { $client nonrel.save g.User nick $nick name $name age $age city $city }
    foreach author {ann ann bob gone} { $client nonrel.save g.Post author $author }
    $client nonrel.save g.Post title lone
}

proc fresh {} {
    r flushall
    define r
}

# By an index, and by a join.
proc posts {args} {
    set pks [found g.Post FILTER {*}$args]
    r config set nonrel.passes-off borrowed
    assert_equal $pks [found g.Post FILTER {*}$args] "a join: $args"
    r config set nonrel.passes-off none
    foreach model {g.Post g.User g.City} {
        wait_for_condition 50 20 {[r nonrel.index check $model] eq {}} else { fail "INDEX CHECK $model: [r nonrel.index check $model]" }
    }
    return $pks
}

proc state_of {client index} {
    foreach one [$client nonrel.index list g.Post] { if {[dict get $one name] eq $index} { return [dict get $one state] } }
    return none
}

start_nonrel {overrides {save {} appendonly yes auto-aof-rewrite-percentage 0}} {
    test_native {its entries lie in keys of the model that borrows} {
        fresh
        assert_equal zset [r type g.Post/i/author__name.folded]
        assert_equal zset [r type g.Post/i/author__age.value]
        assert_equal {1 2} [lsort [r smembers g.Post/s/author__name.value.set/=Ann]]
        assert_equal {4 5} [lsort [r smembers g.Post/s/author__city__name.value.set/!]]
        r nonrel.save g.User nick ann name Zoe
        assert_equal {1 2} [lsort [r smembers g.Post/s/author__name.value.set/=Zoe]]
        assert_equal 0 [r exists g.Post/s/author__name.value.set/=Ann]
        assert_equal {id 1 title t author ann} [r hgetall g.Post:1]
    }

    test {whatever is written to the target, in between, or to the reference is seen} {
        fresh
        assert_equal {1 2} [posts author__name__iexact ANN]
        r nonrel.save g.User nick ann name Zoe
        assert_equal {1 2} [posts author__name Zoe]
        r nonrel.update g.User ALL EXPR age {F(age) + 50}
        assert_equal {1 2} [posts author__age__lt 81]
        r nonrel.save g.City pk 1 name Voss
        assert_equal {1 2} [posts author__city__name Voss]
        r nonrel.save g.User nick ann city 2
        assert_equal {1 2 3} [posts author__city__name Rome]
        r nonrel.save g.User nick gone name New city 1
        assert_equal 4 [posts author__city__name Voss]
        assert_equal 1 [r nonrel.delete g.City PK 2]
        assert_equal {1 2 3 5} [posts author__city__name__isnull 1]
        r nonrel.save g.Post pk 5 author gone
        assert_equal {4 5} [posts author__name New]
        assert_equal 1 [r nonrel.delete g.User FILTER name New]
        assert_equal {4 5} [posts author__name__isnull 1]
    }

    test {whatever others write is followed} {
        fresh
        assert_equal {1 2} [posts author__name Ann]
        r hset g.User:ann name Zoe
        assert_equal {1 2} [posts author__name Zoe]
        r hdel g.User:ann name
        assert_equal {1 2 4 5} [posts author__name__isnull 1]
        r hset g.User:gone nick gone name Bob
        assert_equal {3 4} [posts author__name Bob]
        r del g.User:bob
        assert_equal 4 [posts author__name Bob]
        r rename g.City:1 g.City:7
        assert_equal {1 2 3 4 5} [posts author__city__name__isnull 1]
        r hset g.City:1 id 1 name Back
        assert_equal {1 2} [posts author__city__name Back]
        r pexpire g.City:1 1
        after 20
        assert_equal {} [posts author__city__name Back]
        r set g.User:ann text
        assert_equal {} [posts author__age__lt 100]
        r multi
        r del g.User:ann
        r hset g.User:ann nick ann name Last age 1
        r nonrel.count g.Post FILTER author__name Last
        assert_equal 2 [lindex [r exec] end]
        assert_equal {1 2} [posts author__age__lt 100]
        assert_equal 2 [r eval {redis.call('hset', 'g.User:ann', 'name', 'Lua'); return redis.call('nonrel.count', 'g.Post', 'FILTER', 'author__name', 'Lua')} 0]
        r nonrel.save g.User TTL 1 nick ann name Short
        assert_equal {1 2} [posts author__name Short]
        after 1100
        assert_equal {} [posts author__name Short]
    }

    test {it is there, and true, after a restart from each kind of file} {
        fresh
        r nonrel.save g.User nick ann name Zoe
        r hset g.City:1 name Voss
        r debug reload
        assert_equal {1 2} [posts author__name Zoe]
        assert_equal {1 2} [posts author__city__name Voss]
        assert_match {*author__name.folded*} [r nonrel.explain query g.Post FILTER author__name__iexact x]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save g.User nick bob name Behind
        r hset g.User:ann age 7
        r nonrel.index create g.Post author__name endswith
        r nonrel.save g.User nick ann name Ezra
        r debug loadaof
        assert_equal 3 [posts author__name Behind]
        assert_equal {1 2} [posts author__name__endswith zra]
        assert_equal {1 2} [posts author__age__lt 8]
    }

    test {the first write after a restart moves entries of a model that nobody has asked for} {
        fresh
        r debug reload
        r nonrel.save g.User nick ann name Zoe
        if {$::nonrel_store eq {native}} { assert_equal {1 2} [lsort [r smembers g.Post/s/author__name.value.set/=Zoe]] }
        assert_equal {1 2} [posts author__name Zoe]
        r debug reload
        r nonrel.save g.Post pk 5 author bob
        assert_equal {3 5} [posts author__name Bob]
        r debug reload
        r nonrel.delete g.User PK ann
        assert_equal {1 2 4} [posts author__name__isnull 1]
    }

    test {what is no path of an index is refused} {
        fresh
        refused {SYNTAX *'post' leads to any number of entities*} nonrel.index create g.User post__title exact
        refused {NOFIELD no field 'nam' in g.User*} nonrel.index create g.Post author__nam exact
        refused {BADVALUE *primary key of g.User*} nonrel.index create g.Post author__pk exact
        refused {NOLOOKUP *} nonrel.index create g.Post author__age month
        refused {PROTECTED *} nonrel.model drop g.User ENTITIES
    }

    test {who may not read the models on the way makes no index along them} {
        fresh
        r acl setuser near on >secret +@all ~g.Post ~g.Post:* %R~g.User
        set client [redis [srv host] [srv port]]
        $client auth near secret
        $client select 9
        assert_error {NOPERM*} {$client nonrel.index create g.Post author__city__name endswith}
        assert_equal OK [$client nonrel.index create g.Post author__age exact]
        $client close
        r acl setuser target on >secret +@all ~g.User ~g.User:*
        set client [redis [srv host] [srv port]]
        $client auth target secret
        $client select 9
        assert_equal ann [$client nonrel.save g.User nick ann name Zoe]
        $client close
        assert_equal {1 2} [posts author__name Zoe]
    }

    test {an index over many entities is built while both ends are written} {
        fresh
        for {set i 0} {$i < 20000} {incr i 1000} {
            set rows {}
            for {set k 0} {$k < 1000} {incr k} { lappend rows "{\"author\":\"[lindex {ann bob cy} [expr {$k % 3}]]\"}" }
            r nonrel.save g.Post JSON "\[[join $rows ,]\]"
        }
        assert_equal OK [r nonrel.index create g.Post author__name startswith]
        set round 0
        while {$round < 3 || ([state_of r author__name.value] ne {ready} && $round < 2000)} {
            incr round
            r nonrel.save g.User nick [lindex {ann bob cy} [expr {$round % 3}]] name n$round
            r hset g.User:cy name o$round
            r nonrel.save g.Post pk [expr {$round * 7 % 20000}] author bob
        }
        assert_equal ready [state_of r author__name.value]
        assert_equal [r nonrel.count g.Post FILTER author cy] [llength [posts author__name__startswith o]]
        r nonrel.save g.User nick cy name Changed
        assert_equal [r nonrel.count g.Post FILTER author cy] [r nonrel.count g.Post FILTER author__name Changed]
        r config set nonrel.max-memory 200000
        assert_error {LIMIT *index along references*} {r nonrel.save g.User nick cy name Again}
        r config set nonrel.max-memory 268435456
        assert_equal [r nonrel.count g.Post FILTER author cy] [llength [posts author__name Changed]]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica has the same keys, through every write} {
            set primary [srv -1 client]
            define $primary
            become_copy r
            r select 9
            set n 0
            foreach write {{nonrel.save g.User nick ann name Zoe} {hset g.User:bob name X} {del g.City:1} {nonrel.index create g.Post author__name endswith}
                {nonrel.save g.City pk 1 name Back} {rename g.User:bob g.User:gone} {nonrel.delete g.User PK ann} {pexpire g.User:gone 1} {hset g.User:ann nick ann city 2}
                {nonrel.index drop g.Post author__age} {nonrel.save g.Post author ann} {nonrel.delete g.Post PK 1}} {
                $primary {*}$write
                after 20
                $primary nonrel.count g.Post FILTER author__name x
                if {[incr n] % 2} { r nonrel.count g.Post FILTER author__name x }
                wait_for_condition 50 20 {[$primary nonrel.index check g.Post] eq {} && [$primary debug digest] eq [r debug digest]} else { fail "$write: other keys on the replica" }
                assert_equal {} [r nonrel.index check g.Post] $write
                assert_equal [$primary nonrel.query g.Post FILTER author__city__name Rome ORDER pk FIELDS pk FLAT] [r nonrel.query g.Post FILTER author__city__name Rome ORDER pk FIELDS pk FLAT]
            }
            r replicaof no one
            r nonrel.save g.User nick ann name Own
            assert_equal {2 6} [lsort [r nonrel.query g.Post FILTER author__name Own FIELDS pk FLAT]]
            assert_equal {} [r nonrel.index check g.Post]
        }
    }
}

# to_field.tcl -- references that hold another unique field of their target than its primary key, as clients see them: on a primary and its replica, in transactions
# and scripts, after restarts, beside clients that write hashes, under ACL.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define {client} {
    $client nonrel.model set f.User {{"fields": {"name": {"type": "char", "unique": true, "null": true}, "age": {"type": "int", "null": true}}}}
    $client nonrel.model set f.Post {{"fields": {"title": {"type": "char"},
        "author": {"type": "fk", "to": "f.User", "to_field": "name", "null": true, "related_name": "posts", "on_delete": "cascade"}}}}
    $client nonrel.model set f.Like {{"fields": {"user": {"type": "fk", "to": "f.User", "to_field": "name", "check": true, "on_delete": "protect"}}}}
}

proc fill {client} {
    $client flushall
    define $client
    foreach {name age} {ada 36 eva 20 ida 50} { $client nonrel.save f.User name $name age $age }
    foreach {title author} {a ada b eva c ada d zoe} { $client nonrel.save f.Post title $title author $author }
}

proc posts_of {client args} { $client nonrel.query f.Post FILTER {*}$args ORDER pk FIELDS pk FLAT }
proc users_of {client args} { $client nonrel.query f.User FILTER {*}$args ORDER pk FIELDS pk FLAT }

proc all_sound {client} {
    foreach model {f.User f.Post f.Like} { assert_equal {} [$client nonrel.index check $model] $model }
}

# The references of the four posts, by primary keys of the users that they lead to.
proc assert_leads {client want} {
    assert_equal $want [$client nonrel.query f.Post ORDER pk FIELDS author__pk FLAT]
    assert_equal [lsort -unique [lsearch -all -inline -not $want {}]] [users_of $client posts__isnull false]
    foreach pk [lsort -unique $want] {
        if {$pk ne {}} { assert_equal [lmap at [lsearch -all $want $pk] {expr {$at + 1}}] [posts_of $client author__pk $pk] }
    }
}

start_nonrel {overrides {appendonly yes save {}}} {
    start_nonrel {overrides {save {}}} {
        set primary [srv -1 client]
        become_copy r

        proc same {want} {
            upvar primary primary
            assert_leads $primary $want
            wait_for_ofs_sync $primary r
            assert_leads r $want
            all_sound $primary
            all_sound r
        }

        test {references lead by value, on the replica too} {
            fill $primary
            same {1 2 1 {}}
            $primary nonrel.save f.User pk 1 name zoe
            same {{} 2 {} 1}
            $primary nonrel.save f.User JSON {[{"pk": 1, "name": "eva"}, {"pk": 2, "name": "ada"}]}
            same {2 1 2 {}}
            $primary nonrel.update f.User FILTER pk 3 SET name zoe
            same {2 1 2 3}
            assert_equal {id 2 name ada age 20} [dict get [$primary nonrel.get f.Post 1 WITH author] author]
        }

        test {hashes that others write, rename, copy, restore and let run out are followed} {
            fill $primary
            $primary hset f.User:3 name zoe
            same {1 2 1 3}
            $primary hdel f.User:1 name
            same {{} 2 {} 3}
            $primary hset f.Post:1 author zoe
            same {3 2 {} 3}
            $primary rename f.User:3 f.User:9
            $primary hset f.User:9 id 9
            same {9 2 {} 9}
            set dump [$primary dump f.User:2]
            $primary del f.User:2
            same {9 {} {} 9}
            $primary restore f.User:2 0 $dump
            same {9 2 {} 9}
            $primary pexpire f.User:2 1
            wait_for_condition 100 20 {[$primary nonrel.count f.User] == 2} else { fail "f.User:2 does not run out" }
            same {9 {} {} 9}
        }

        test {of a value that somebody wrote twice the lowest primary key is meant, on the replica too} {
            fill $primary
            $primary hset f.User:3 name ada
            assert_leads $primary {1 2 1 {}}
            wait_for_ofs_sync $primary r
            assert_leads r {1 2 1 {}}
            $primary del f.User:1
            same {3 2 3 {}}
        }

        test {in transactions and scripts} {
            fill $primary
            $primary multi
            $primary nonrel.save f.User pk 1 name zoe
            $primary nonrel.query f.Post FILTER author__age 36 FIELDS pk FLAT
            $primary nonrel.save f.User pk 3 name ada
            $primary nonrel.query f.Post FILTER author__age 50 ORDER pk FIELDS pk FLAT
            assert_equal {1 4 3 {1 3}} [$primary exec]
            assert_equal {1 0} [$primary eval {redis.call('HSET', 'f.User:2', 'name', 'x')
                local n = #redis.call('NONREL.QUERY', 'f.Post', 'FILTER', 'author__age', 20)
                redis.call('HSET', 'f.User:2', 'name', 'eva')
                return {#redis.call('NONREL.QUERY', 'f.Post', 'FILTER', 'author__age', 20), n}} 2 f.Post f.User]
            same {3 2 3 1}
        }

        test {deletes and checks go by the value too} {
            fill $primary
            assert_error {NOTFOUND *f.User has no entity with 'name' 'zoe'*} {$primary nonrel.save f.Like user zoe}
            assert_equal 1 [$primary nonrel.save f.Like user ida]
            assert_error {PROTECTED *} {$primary nonrel.delete f.User PK 3}
            assert_equal 3 [$primary nonrel.delete f.User PK 1]
            assert_equal {2 4} [$primary nonrel.query f.Post ORDER pk FIELDS pk FLAT]
            wait_for_ofs_sync $primary r
            assert_equal {2 4} [r nonrel.query f.Post ORDER pk FIELDS pk FLAT]
            all_sound r
        }

        test {the AOF brings back the same, rewritten in between or not} {
            fill $primary
            $primary nonrel.save f.User pk 3 name zoe
            restart_server -1 true false
            set primary [srv -1 client]
            assert_leads $primary {1 2 1 3}
            $primary bgrewriteaof
            waitForBgrewriteaof $primary
            $primary nonrel.save f.User pk 2 name other
            $primary nonrel.model set f.Late {{"fields": {"u": {"type": "fk", "to": "f.User", "to_field": "name", "null": true}}}}
            $primary nonrel.save f.Late u zoe
            restart_server -1 true false
            set primary [srv -1 client]
            assert_leads $primary {1 {} 1 3}
            assert_equal 1 [$primary nonrel.count f.Late FILTER u__age 50]
            wait_for_sync r
            same {1 {} 1 3}
        }
    }
}

start_nonrel {overrides {save {}}} {
    test {a dump brings back the same} {
        fill r
        r nonrel.save f.User pk 3 name zoe
        r debug reload
        assert_equal {id 2 name eva age 20} [dict get [r nonrel.get f.Post 2 WITH author] author]
        assert_leads r {1 2 1 3}
        all_sound r
    }

    test {the definition says and keeps it, and what is wrong with one is no news for who may not read the target} {
        fill r
        assert_match {*"to_field":"name"*} [r nonrel.model get f.Post]
        assert_error {PROTECTED *'name' of f.User has to stay*} {
            r nonrel.delete f.Post ALL
            r nonrel.delete f.User ALL
            r nonrel.model set f.User {{"fields": {"name": {"type": "int", "unique": true}}}}
        }
        r acl setuser blind on >secret +@all -@dangerous %RW~f.New
        set client [redis [srv host] [srv port]]
        $client auth blind secret
        $client select 9
        foreach field {nam age name} {
            assert_error {NOPERM *f.User*} {$client nonrel.model set f.New [format {{"fields": {"u": {"type": "fk", "to": "f.User", "to_field": "%s"}}}} $field]}
        }
        $client close
    }

    test {WITH needs the right to read the target} {
        fill r
        r acl setuser half on >secret +@all -@dangerous %R~f.Post
        set client [redis [srv host] [srv port]]
        $client auth half secret
        $client select 9
        assert_error {NOPERM *} {$client nonrel.get f.Post 1 WITH author}
        assert_error {NOPERM *} {$client nonrel.count f.Post FILTER author__pk 1}
        assert_equal 2 [$client nonrel.count f.Post FILTER author__name ada] {the reference itself}
        $client close
    }
}

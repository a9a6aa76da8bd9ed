# cascade.tcl -- on_delete and check as clients see them: on a primary and its replica, in transactions and scripts, under ACL, after restarts, with 100,000 rows.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::definitions {
    d.User {{"fields": {"name": {"type": "char", "index": true}}}}
    d.Post {{"fields": {"author": {"type": "fk", "to": "d.User", "null": true, "on_delete": "cascade"}, "title": {"type": "char", "null": true, "index": true}}}}
    d.Note {{"fields": {"post": {"type": "fk", "to": "d.Post", "on_delete": "cascade"}, "up": {"type": "fk", "to": "self", "null": true, "on_delete": "cascade"}}}}
    d.Mark {{"fields": {"post": {"type": "fk", "to": "d.Post", "null": true, "on_delete": "set_null"},
        "by": {"type": "fk", "to": "d.User", "default": 1, "on_delete": "set_default", "check": true}, "touched": {"type": "datetime", "auto_now": true}}}}
    d.Lock {{"fields": {"user": {"type": "fk", "to": "d.User", "on_delete": "protect"}}}}
}

# Users 1..4, of whom 4 is locked; each has two posts, each post two notes and a mark.
proc fill {client} {
    $client flushall
    foreach {model definition} $::definitions { $client nonrel.model set $model $definition }
    for {set i 1} {$i <= 4} {incr i} { $client nonrel.save d.User name u$i }
    for {set i 0} {$i < 8} {incr i} {
        set post [$client nonrel.save d.Post author [expr {$i / 2 + 1}] title t$i]
        set note [$client nonrel.save d.Note post $post]
        $client nonrel.save d.Note post $post up $note
        $client nonrel.save d.Mark post $post by [expr {$i / 2 + 1}]
    }
    $client nonrel.save d.Lock user 4
}

proc picture {client} {
    set all {}
    foreach {model definition} $::definitions {
        assert_equal {} [$client nonrel.index check $model] $model
        lappend all [$client nonrel.query $model ORDER pk]
    }
    return $all
}

start_nonrel {overrides {save {} appendonly yes appendfsync always propagation-error-behavior panic}} {
    start_nonrel {overrides {save {} propagation-error-behavior panic}} {
        set primary [srv -1 client]
        become_copy r

        proc same {} {
            wait_for_ofs_sync [srv 0 client] [srv -1 client]
            assert_equal [debug_digest -1] [debug_digest 0]
            assert_equal [picture [srv -1 client]] [picture [srv 0 client]]
        }

        test {a cascade is followed by the replica} {
            fill $primary
            set touched [$primary nonrel.query d.Mark ORDER pk FIELDS touched FLAT]
            assert_equal 7 [$primary nonrel.delete d.User PK 2]
            assert_equal {{} {}} [$primary nonrel.query d.Mark FILTER post__isnull 1 FIELDS post FLAT]
            assert_equal $touched [$primary nonrel.query d.Mark ORDER pk FIELDS touched FLAT]
            same
        }

        test {what refuses a DELETE leaves everything as it is, here and there} {
            set digest [$primary debug digest]
            foreach {pattern command} {
                {PROTECTED d.Lock '1' refers to d.User '4' by 'user' with on_delete protect*} {d.User PK 3 4}
                {PROTECTED *} {d.User ALL}
                {NOTFOUND *d.User has no entity '1'*} {d.User FILTER name__in {["u1","u3"]}}
            } {
                catch { $primary nonrel.delete {*}$command } reply
                assert_match $pattern $reply $command
            }
            assert_error {NOTFOUND field 'by' of d.Mark: d.User has no entity '2'} {$primary nonrel.save d.Mark by 2}
            assert_error {NOTFOUND *} {$primary nonrel.update d.Mark ALL SET by 77}
            assert_equal $digest [$primary debug digest]
            assert_error {READONLY *} {r nonrel.delete d.User PK 3}
            same
        }

        test {in MULTI and in scripts} {
            $primary multi
            $primary nonrel.delete d.User PK 3
            $primary nonrel.count d.Note
            assert_equal {7 8} [$primary exec]
            same
            assert_equal 1 [$primary eval {return redis.call('NONREL.DELETE', KEYS[1], 'ALL')} 1 d.Lock]
            assert_equal {7 4} [$primary eval {local n = redis.call('NONREL.DELETE', KEYS[1], 'FILTER', 'name', 'u4')
                return {n, redis.call('NONREL.COUNT', 'd.Note')}} 1 d.User]
            same
        }

        test {whoever watches a model that a cascade touches sees it} {
            set client [redis [srv -1 host] [srv -1 port]]
            $client select 9
            foreach key {d.Note d.Mark d.Post:1 d.Mark:1} {
                $client watch $key
            }
            $client multi
            $client ping
            $primary nonrel.delete d.Post PK 1
            assert_equal {} [$client exec]
            $client close
            same
        }

        test {the AOF brings back the same, rewritten in between or not} {
            fill $primary
            $primary nonrel.delete d.Lock ALL
            $primary nonrel.delete d.User FILTER name__in {["u2","u3"]}
            set before [picture $primary]
            restart_server -1 true false
            set primary [srv -1 client]
            assert_equal $before [picture $primary]
            $primary bgrewriteaof
            waitForBgrewriteaof $primary
            $primary nonrel.delete d.User FILTER name u4
            set before [picture $primary]
            restart_server -1 true false
            set primary [srv -1 client]
            assert_equal $before [picture $primary]
            wait_for_sync r
            same
        }
    }
}

start_nonrel {overrides {save {}}} {
    test {a cascade is one transaction of resolved commands to copies} {
        fill r
        set stream [attach_to_replication_stream]
        r nonrel.delete d.User PK 2
        set commands {}
        while {[lindex $commands end] ne {exec}} { lappend commands [string tolower [read_from_replication_stream $stream]] }
        close_replication_stream $stream
        assert_equal {select multi} [lmap command [lrange $commands 0 1] {lindex $command 0}]
        set commands [lmap command $commands {lsort $command}]
        foreach expected {{nonrel.delete d.user pk 2} {nonrel.delete d.post pk 3 4} {nonrel.delete d.note pk 5 7 6 8} {nonrel.save d.mark pk 3 null post by 1}} {
            assert {[lsort $expected] in $commands}
        }
        assert_equal 8 [llength $commands]
    }

    test {a restart leaves tables unread: the first DELETE reads those that it needs} {
        fill r
        r nonrel.delete d.Lock ALL
        restart_server 0 true false 1 save
        assert_equal 7 [r nonrel.delete d.User PK 2]
        assert_equal 12 [r nonrel.count d.Note]
        picture r
    }

    test {what others remove, or what runs out, takes nothing along} {
        r del d.Post:1
        assert_equal 2 [r nonrel.count d.Note FILTER post 1]
        r pexpire d.User:3 1
        wait_for_condition 100 20 {[r nonrel.count d.User] == 2} else { fail "d.User:3 does not run out" }
        assert_equal 2 [r nonrel.count d.Post FILTER author 3]
        r nonrel.index sync d.Post
        assert_equal 4 [r nonrel.delete d.Note FILTER post__in {[1,2]} up__isnull 1] {a note above takes the one below along}
        assert_equal 0 [r nonrel.delete d.Post PK 1]
    } {} {external:skip}

    test {a user has to be allowed to write every model that is touched, and hears no names of those that it may not read} {
        fill r
        r acl setuser narrow on >secret +@all -@dangerous %RW~d.User %RW~d.Post
        r acl setuser reader on >secret +@all -@dangerous %RW~d.User %RW~d.Post %R~d.*
        r acl setuser wide on >secret +@all -@dangerous ~d.*
        set digest [r debug digest]
        foreach {user pattern} {narrow {NOPERM *another model*} reader {NOPERM *d.[MN]*}} {
            set client [redis [srv host] [srv port]]
            $client auth $user secret
            $client select 9
            assert_error $pattern {$client nonrel.delete d.User PK 2}
            assert_error $pattern {$client eval {return redis.call('NONREL.DELETE', KEYS[1], 'PK', 2)} 1 d.User}
            catch {$client nonrel.delete d.User PK 4} error
            assert_match {PROTECTED *} $error
            assert_equal [expr {$user eq "reader"}] [string match *d.Lock* $error]
            $client close
        }
        assert_equal $digest [r debug digest]
        set client [redis [srv host] [srv port]]
        $client auth wide secret
        $client select 9
        assert_equal 7 [$client nonrel.delete d.User PK 2]
        $client nonrel.model set d.Free {{"fields": {"user": {"type": "fk", "to": "d.User", "null": true, "on_delete": "cascade"}}}}
        $client close
        set client [redis [srv host] [srv port]]
        $client auth narrow secret
        $client select 9
        r nonrel.model drop d.Note ENTITIES
        r nonrel.model drop d.Mark ENTITIES
        assert_equal 3 [$client nonrel.delete d.User PK 3] {who is asked nothing of d.Free needs no right to it}
        assert_no_match {*d.Free*} [$client nonrel.explain delete d.User PK 1]
        $client close
    }

    test {check needs the right to read the target} {
        r acl setuser blind on >secret +@all -@dangerous %RW~d.C
        r nonrel.model set d.C {{"fields": {"user": {"type": "fk", "to": "d.User", "null": true, "check": true}, "n": {"type": "int", "null": true}}}}
        set client [redis [srv host] [srv port]]
        $client auth blind secret
        $client select 9
        assert_error {NOPERM *} {$client nonrel.save d.C user 1}
        assert_equal 1 [$client nonrel.save d.C n 1]
        $client close
        assert_equal 2 [r nonrel.save d.C user 1]
    }

    test {EXPLAIN names what a DELETE leads to} {
        assert_match {*OnDelete d.User protect d.Lock by user*OnDelete d.User cascade d.Post by author*} [r nonrel.explain delete d.User FILTER name u1]
    }

    test {100,000 that refer go with one: one command, or LIMIT and nothing has changed} {
        r flushall
        r config set nonrel.max-time 60000
        r nonrel.model set d.T {{"fields": {"n": {"type": "int", "null": true}}}}
        r nonrel.model set d.R {{"fields": {"t": {"type": "fk", "to": "d.T", "null": true, "on_delete": "cascade"}, "title": {"type": "char", "index": true},
            "n": {"type": "int", "index": ["exact"]}}}}
        r nonrel.save d.T n 1
        r nonrel.save d.T n 2
        for {set i 0} {$i < 100000} {incr i 1000} {
            set rows {}
            for {set k $i} {$k < $i + 1000} {incr k} { lappend rows "{\"t\":1,\"title\":\"title $k\",\"n\":[expr {$k % 100}]}" }
            r nonrel.save d.R JSON "\[[join $rows ,]\]"
        }
        r nonrel.save d.R t 2 title other n 1
        r config set nonrel.max-memory 20000000
        set digest [r debug digest]
        assert_error {LIMIT *nonrel.max-memory*} {r nonrel.delete d.T PK 1}
        r config set nonrel.max-memory 268435456
        r config set nonrel.max-time 1
        assert_error {LIMIT *nonrel.max-time*} {r nonrel.delete d.T PK 1}
        r config set nonrel.max-time 60000
        assert_equal $digest [r debug digest]
        assert_equal 100001 [r nonrel.delete d.T PK 1]
        assert_equal 1 [r nonrel.count d.R]
        assert_equal {} [r nonrel.index check d.R]
        assert_equal 2 [r nonrel.delete d.T ALL]
        assert_equal {d.R d.R/seq d.T d.T/seq} [lsort [r keys *]]
        r config set nonrel.max-time 5000
    }
}

# Cluster mode has database 0 only, which the harness knows as a single database.
set ::singledb 1
start_nonrel {overrides {save {} cluster-enabled yes cluster-config-file nodes.conf appendonly no}} {
    test {cluster mode: on_delete and check need both models under one hash tag} {
        r cluster addslotsrange 0 16383
        wait_for_condition 100 100 { [csi cluster_state] eq {ok} } else { fail {the cluster does not come up} }
        r nonrel.model set {{a}T} {{"fields": {"n": {"type": "int", "null": true}}}}
        foreach option {{"on_delete": "cascade"} {"on_delete": "protect"} {"check": true}} {
            set definition "{\"fields\": {\"t\": {\"type\": \"fk\", \"to\": \"{a}T\", \"null\": true, $option}}}"
            assert_error {BADVALUE *different slots*} {r nonrel.model set {{b}R} $definition}
            r nonrel.model set {{a}R} $definition
            set t [r nonrel.save {{a}T} n 1]
            r nonrel.save {{a}R} t $t
            catch {r nonrel.delete {{a}T} PK $t} reply
            assert {$reply in {1 2} || [string match {PROTECTED *} $reply]}
            r nonrel.model drop {{a}R} ENTITIES
        }
    }
}

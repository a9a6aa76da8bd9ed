# pairs.tcl -- AGGREGATE over relations to any number of entities as a client sees it: compared with pairs that Tcl makes of the same rows, in both protocols and as JSON, after
# writes by all sides, in transactions and scripts, within limits, for users who may read one model of two, after restarts and on a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define {client {index false}} {
    foreach {name definition} {
        p.User {{"fields": {"name": {"type": "char"}, "age": {"type": "int", "null": true, "index": INDEX}}}}
        p.Post {{"fields": {"status": {"type": "char", "index": INDEX}, "views": {"type": "int", "null": true, "index": INDEX}, "author": {"type": "fk", "to": "p.User", "null": true, "related_name": "posts"}}}}
        p.Note {{"fields": {"post": {"type": "fk", "to": "p.Post", "null": true, "related_name": "notes"}, "stars": {"type": "int", "index": INDEX}}}}
    } { $client nonrel.model set $name [string map [list INDEX $index] $definition] }
}

proc fill {client} {
    foreach {model row} {
        p.User {name ada age 30} p.User {name bob age 20} p.User {name cy}
        p.Post {status live views 5 author 1} p.Post {status draft views 7 author 1} p.Post {status live author 2} p.Post {status live views 100 author 9} p.Post {status draft views 1}
        p.Note {post 1 stars 3} p.Note {post 1 stars 4} p.Note {post 3 stars 5} p.Note {post 9 stars 1}
    } { $client nonrel.save $model {*}$row }
}

proc blog {{index false}} {
    r flushall
    define r $index
    fill r
}

set ::ask {GROUPBY name COUNT posts AS n COUNT * SUM posts__views AS v COUNT * WHEN {posts__status = $s} PARAMS s live AS live}

proc answers {client} {
    list [$client nonrel.aggregate p.User {*}$::ask] [$client nonrel.aggregate p.User GROUPBY posts__status posts__notes__stars COUNT *] [$client nonrel.aggregate p.Note SUM post__author__posts__views]
}

# -- what Tcl makes of the rows ---------------------------------------------------------------------------------------------------------------

# Users with posts with notes, each a list of three dicts; what is not there is empty.
proc all_pairs {} {
    foreach model {User Post Note} { set $model [r nonrel.query p.$model ORDER pk] }
    set pairs {}
    foreach user $User {
        set posts [lmap post $Post { if {[dict get $post author] ne [dict get $user id]} continue; set post }]
        foreach post [expr {$posts eq {} ? {{}} : $posts}] {
            set notes [lmap note $Note { if {$post eq {} || [dict get $note post] ne [dict get $post id]} continue; set note }]
            foreach note [expr {$notes eq {} ? {{}} : $notes}] { lappend pairs [list $user $post $note] }
        }
    }
    return $pairs
}

proc value {pair at field} {
    set entity [lindex $pair $at]
    return [expr {[dict exists $entity $field] ? [dict get $entity $field] : {}}]
}

# One row for each combination of what fields have, in no order.
proc expected {pairs keys} {
    set groups {}
    foreach pair $pairs { dict lappend groups [lmap {at field} $keys { value $pair $at $field }] $pair }
    set rows {}
    dict for {key list} $groups {
        set ids [lmap pair $list { if {[value $pair 1 id] eq {}} continue; value $pair 1 id }]
        set views [lmap pair $list { if {[value $pair 1 views] eq {}} continue; value $pair 1 views }]
        set stars [lmap pair $list { if {[value $pair 2 stars] eq {} || [value $pair 2 stars] < 3} continue; value $pair 2 id }]
        set none [lmap pair $list { if {[value $pair 2 id] ne {}} continue; value $pair 0 id }]
        lappend rows [list {*}$key [llength $list] [llength $ids] [llength [lsort -unique $ids]] \
            [expr {$views eq {} ? {} : [tcl::mathop::+ {*}$views]}] [llength $stars] [llength $none]]
    }
    return [lsort $rows]
}

proc compare_all {} {
    set pairs [all_pairs]
    foreach {group keys} {name {0 name} posts__status {1 status} {name posts__status} {0 name 1 status} {age posts__notes__stars} {0 age 2 stars} {posts__notes posts} {2 id 1 id}} {
        set rows [r nonrel.aggregate p.User GROUPBY {*}$group COUNT * COUNT posts AS p COUNTDISTINCT posts AS d SUM posts__views AS v \
            COUNT * WHEN {posts__notes__stars >= 3} AS s COUNT * WHEN {posts__notes = null} AS none]
        assert_equal [expected $pairs $keys] [lsort [lmap row $rows { dict values $row }]] $group
    }
}

proc random_writes {n} {
    for {set i 0} {$i < $n} {incr i} {
        set user [expr {1 + int(rand() * 12)}]
        set post [expr {1 + int(rand() * 60)}]
        set note [expr {1 + int(rand() * 90)}]
        switch [expr {int(rand() * 9)}] {
            0 { r nonrel.save p.User pk $user name u$user age [expr {int(rand() * 3)}] }
            1 { r nonrel.save p.Post pk $post status s[expr {$post % 3}] views [expr {int(rand() * 9)}] author $user }
            2 { r nonrel.save p.Post pk $post status s[expr {$post % 3}] NULL author NULL views }
            3 - 4 { r nonrel.save p.Note pk $note post $post stars [expr {int(rand() * 6)}] }
            5 { r hset p.Post:$post id $post status live author $user }
            6 { r hset p.Note:$note id $note stars 3 post $post }
            7 { r del p.Post:$post p.Note:$note }
            8 { r nonrel.delete p.User PK $user }
        }
    }
}

start_nonrel {overrides {save {} appendonly yes}} {
    foreach index {false true} {
        test "a row for each pair, in both protocols and as JSON; fields indexed: $index" {
            blog $index
            assert_equal {[["name" "ada" "n" "2" "count" "2" "v" "12" "live" "1"] ["name" "bob" "n" "1" "count" "1" "v" nil "live" "1"] ["name" "cy" "n" "0" "count" "1" "v" nil "live" "0"]]} \
                [typed nonrel.aggregate p.User {*}$::ask]
            r hello 3
            set got [typed nonrel.aggregate p.User {*}$::ask]
            r hello 2
            assert_equal {[{"name" "ada" "n" :2 "count" :2 "v" :12 "live" :1} {"name" "bob" "n" :1 "count" :1 "v" _ "live" :1} {"name" "cy" "n" :0 "count" :1 "v" _ "live" :0}]} $got
            assert_equal {{{"posts__status":null,"count":1,"posts__notes__count":0}} {{"posts__status":"draft","count":1,"posts__notes__count":0}} {{"posts__status":"live","count":3,"posts__notes__count":3}}} \
                [r nonrel.aggregate p.User GROUPBY posts__status COUNT * COUNT posts__notes HAVING {count > 0} ORDER posts__notes__count FORMAT JSON]
        }

        test "what anybody writes is in the next answer; fields indexed: $index" {
            blog $index
            expr {srand(11)}
            for {set i 0} {$i < 25} {incr i} {
                random_writes 12
                compare_all
            }
            foreach model {p.User p.Post p.Note} { sound $model }
        }
    }

    test {filters choose users, who have all their pairs} {
        blog
        assert_equal {{name ada n 2}} [r nonrel.aggregate p.User FILTER posts__status draft GROUPBY name COUNT posts AS n]
        assert_equal {{name bob n 1} {name cy n 0}} [r nonrel.aggregate p.User EXCLUDE posts__status draft GROUPBY name COUNT posts AS n]
        assert_equal {{n 0}} [r nonrel.aggregate p.User FILTER pk 77 COUNT posts AS n]
    }

    test {an entity that ran out is in no pair} {
        blog
        r nonrel.save p.Post TTL 1 pk 1 status live
        wait_for_condition 50 100 { [r exists p.Post:1] == 0 } else { fail "it did not run out" }
        assert_equal {{name ada n 1} {name bob n 1} {name cy n 0}} [r nonrel.aggregate p.User GROUPBY name COUNT posts AS n]
    }

    test {transactions and scripts} {
        blog
        r multi
        r nonrel.save p.Post pk 4 author 3
        r nonrel.aggregate p.User GROUPBY name COUNT posts AS n
        r nonrel.delete p.Post PK 4
        r nonrel.aggregate p.User COUNT posts AS n
        assert_equal {4 {{name ada n 2} {name bob n 1} {name cy n 1}} 1 {{n 3}}} [r exec]
        assert_equal {n 3} [r eval {return redis.call('nonrel.aggregate', KEYS[1], 'COUNT', 'posts', 'AS', 'n')[1]} 1 p.User]
    }

    test {limits: each pair is a row that is examined} {
        blog
        r config set nonrel.max-scan 6
        refused {LIMIT*nonrel.max-scan*} nonrel.aggregate p.User COUNT posts
        r config set nonrel.max-scan 7
        assert_equal {{n 3}} [r nonrel.aggregate p.User COUNT posts AS n]
        r config set nonrel.max-scan 10000000
        refused {LIMIT*MAXSCAN*} nonrel.aggregate p.User FILTER name__contains a COUNT posts MAXSCAN 4
        refused {NOFIELD*} nonrel.aggregate p.User COUNT posts__vews
        refused {SYNTAX*any number of entities*} nonrel.query p.User FIELDS posts__views DISTINCT
    }

    test {EXPLAIN and PROFILE show them} {
        blog
        set plan [join [r nonrel.explain aggregate p.User {*}$::ask] \n]
        assert_match {Group by name: COUNT posts__id, COUNT \*, SUM posts__views, COUNT \* when posts.status__exact 'live'*} $plan
        assert_match {*  Pairs posts rows<=*  SemiJoin posts from p.Post*} $plan
        assert_match {*Pairs posts rows<=* | rows=4 batches=1*} [join [r nonrel.profile aggregate p.User {*}$::ask] \n]
    }

    test {who may not read the other model knows no relation from there} {
        blog
        r acl setuser near on >secret +@all ~p.User %R~p.User:*
        set client [redis [srv host] [srv port]]
        $client auth near secret
        $client select 9
        assert_error {NOFIELD*} {$client nonrel.aggregate p.User COUNT posts}
        assert_error {NOFIELD*} {$client nonrel.aggregate p.User COUNT * WHEN {posts = 1}}
        assert_error {NOFIELD*} {$client nonrel.explain aggregate p.User COUNT posts}
        r acl setuser near %R~p.Post
        assert_equal {{n 3}} [$client nonrel.aggregate p.User COUNT posts AS n]
        assert_error {NOFIELD*} {$client nonrel.aggregate p.User COUNT posts__notes}
        $client close
    }

    test {answers are the same after a restart} {
        blog true
        set before [answers r]
        r debug reload
        assert_equal $before [answers r]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save p.Post pk 5 author 3
        set before [answers r]
        r debug loadaof
        assert_equal $before [answers r]
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gives the same answers} {
            set primary [srv -1 client]
            define $primary
            fill $primary
            become_copy r
            r select 9
            foreach write {{nonrel.save p.Post pk 5 author 3} {hset p.Post:1 author 2} {nonrel.delete p.User PK 1} {del p.Note:1}} {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [answers $primary] [answers r] $write
            }
        }
    }
}

# with.tcl -- WITH and PREFETCH as a client gets them: related entities in the place of their keys and in lists, in both protocols and as JSON, in transactions and scripts,
# after writes by all sides, for users who may read one model of two, after restarts and on a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

proc define {client} {
    foreach {name definition} {
        g.City {{"fields": {"name": {"type": "char"}}}}
        g.User {{"fields": {"name": {"type": "char"}, "vip": {"type": "bool"}, "city": {"type": "fk", "to": "g.City", "null": true, "related_name": "people"}}}}
        g.Post {{"fields": {"title": {"type": "char"}, "score": {"type": "float", "null": true}, "author": {"type": "fk", "to": "g.User", "null": true, "related_name": "posts"}}}}
    } { $client nonrel.model set $name $definition }
}

proc fill {client} {
    foreach {model row} {
        g.City {name Rome} g.User {name ada vip 1 city 1} g.User {name bob vip 0 city 9} g.User {name cy vip 0}
        g.Post {title a author 1 score 1.5} g.Post {title b author 2} g.Post {title c author 7} g.Post {title d} g.Post {title e author 1}
    } { $client nonrel.save $model {*}$row }
}

proc blog {} {
    r flushall
    define r
    fill r
}

proc answers {client} {
    list [$client nonrel.query g.Post WITH author__city ORDER pk] [$client nonrel.query g.User PREFETCH posts WITH city ORDER pk] [$client nonrel.get g.Post 1 WITH author] \
        [$client nonrel.query g.City PREFETCH people__posts ORDER pk] [$client nonrel.query g.Post PREFETCH author__city__people author__posts ORDER pk]
}

start_nonrel {overrides {save {} appendonly yes}} {
    test {RESP2: flat arrays in the place of keys and in lists} {
        blog
        set ada {["id" "1" "name" "ada" "vip" "1" "city" "1"]}
        assert_equal "\[\"id\" \"1\" \"title\" \"a\" \"score\" \"1.5\" \"author\" $ada\]" [typed nonrel.get g.Post 1 WITH author]
        assert_equal {["author" ["id" "1" "name" "ada" "vip" "1" "city" ["id" "1" "name" "Rome"]]]} [typed nonrel.get g.Post 1 FIELDS author WITH author__city]
        assert_equal {["author" nil]} [typed nonrel.get g.Post 3 FIELDS author WITH author]
        assert_equal {["author" nil]} [typed nonrel.get g.Post 4 FIELDS author WITH author__city]
        assert_equal nil [typed nonrel.get g.Post 99 WITH author]
        assert_equal "\[$ada $ada\]" [typed nonrel.query g.Post FILTER author 1 FIELDS author FLAT WITH author]
        assert_equal {[["name" "ada" "posts" [["id" "1" "title" "a" "score" "1.5" "author" "1"] ["id" "5" "title" "e" "score" nil "author" "1"]]] ["name" "bob" "posts" [["id" "2" "title" "b" "score" nil "author" "2"]]] ["name" "cy" "posts" []]]} \
            [typed nonrel.query g.User FIELDS name PREFETCH posts ORDER pk]
        assert_equal {[:1 [["id" "1" "name" "Rome" "people" [["id" "1" "name" "ada" "vip" "1" "city" "1"]]]]]} [typed nonrel.query g.City PREFETCH people WITHCOUNT]
    }

    test {RESP3: maps, with types all the way down} {
        blog
        r hello 3
        set got [list [typed nonrel.get g.Post 1 WITH author__city] [typed nonrel.get g.Post 3 WITH author] [typed nonrel.query g.User FILTER pk__lt 3 FIELDS vip city PREFETCH posts WITH city ORDER pk]]
        r hello 2
        assert_equal [list \
            {{"id" :1 "title" "a" "score" ,1.5 "author" {"id" :1 "name" "ada" "vip" #t "city" {"id" :1 "name" "Rome"}}}} \
            {{"id" :3 "title" "c" "score" _ "author" _}} \
            {[{"vip" #t "city" {"id" :1 "name" "Rome"} "posts" [{"id" :1 "title" "a" "score" ,1.5 "author" :1} {"id" :5 "title" "e" "score" _ "author" :1}]} {"vip" #f "city" _ "posts" [{"id" :2 "title" "b" "score" _ "author" :2}]}]}] $got
    }

    test {FORMAT JSON nests objects and arrays} {
        blog
        assert_equal {{{"title":"a","author":{"id":1,"name":"ada","vip":true,"city":1}}} {{"title":"c","author":null}}} \
            [r nonrel.query g.Post FILTER pk__in {[1,3]} FIELDS title author WITH author ORDER pk FORMAT JSON]
        assert_equal {{{"name":"Rome","people":[{"id":1,"name":"ada","vip":true,"city":1}]}}} [r nonrel.query g.City FIELDS name PREFETCH people FORMAT JSON]
    }

    test {lists in lists: flat arrays, maps and objects} {
        blog
        r nonrel.save g.City name Oslo
        assert_equal {[["name" "Rome" "people" [["id" "1" "name" "ada" "vip" "1" "city" "1" "posts" [["id" "1" "title" "a" "score" "1.5" "author" "1"] ["id" "5" "title" "e" "score" nil "author" "1"]]]]] ["name" "Oslo" "people" []]]} \
            [typed nonrel.query g.City FIELDS name PREFETCH people__posts ORDER pk]
        r hello 3
        set got [typed nonrel.query g.City FIELDS name PREFETCH people people__posts FILTER pk 1]
        r hello 2
        assert_equal {[{"name" "Rome" "people" [{"id" :1 "name" "ada" "vip" #t "city" :1 "posts" [{"id" :1 "title" "a" "score" ,1.5 "author" :1} {"id" :5 "title" "e" "score" _ "author" :1}]}]}]} $got
        assert_equal {{{"name":"Rome","people":[{"id":1,"name":"ada","vip":true,"city":1,"posts":[{"id":1,"title":"a","score":1.5,"author":1},{"id":5,"title":"e","score":null,"author":1}]}]}}} \
            [r nonrel.query g.City FIELDS name PREFETCH people__posts FILTER pk 1 FORMAT JSON]
        r del g.Post:1
        r hset g.Post:2 author 1
        assert_equal {2 5} [lmap post [dict get [lindex [dict get [lindex [r nonrel.query g.City PREFETCH people__posts] 0] people] 0] posts] { dict get $post id }]
    }

    test {lists in what a reference leads to: flat arrays, maps and objects} {
        blog
        set e {["id" "5" "title" "e" "score" nil "author" "1"]}
        set posts "\[\[\"id\" \"1\" \"title\" \"a\" \"score\" \"1.5\" \"author\" \"1\"\] $e\]"
        assert_equal "\[\[\"title\" \"a\" \"author\" \[\"id\" \"1\" \"name\" \"ada\" \"vip\" \"1\" \"city\" \"1\" \"posts\" $posts\]\] \[\"title\" \"c\" \"author\" nil\] \[\"title\" \"d\" \"author\" nil\]\]" \
            [typed nonrel.query g.Post FILTER pk__in {[1,3,4]} ORDER pk FIELDS title author PREFETCH author__posts]
        r hello 3
        set got [list [typed nonrel.query g.Post FILTER pk 2 FIELDS author WITH author PREFETCH author__posts] \
            [typed nonrel.query g.Post FILTER pk 5 FIELDS author__city PREFETCH author__city__people] \
            [typed nonrel.query g.City FILTER pk 1 PREFETCH people__city__people FIELDS name]]
        r hello 2
        assert_equal [list \
            {[{"author" {"id" :2 "name" "bob" "vip" #f "city" :9 "posts" [{"id" :2 "title" "b" "score" _ "author" :2}]}}]} \
            {[{"author__city" {"id" :1 "name" "Rome" "people" [{"id" :1 "name" "ada" "vip" #t "city" :1}]}}]} \
            {[{"name" "Rome" "people" [{"id" :1 "name" "ada" "vip" #t "city" {"id" :1 "name" "Rome" "people" [{"id" :1 "name" "ada" "vip" #t "city" :1}]}}]}]}] $got
        r nonrel.delete g.Post PK 1
        assert_equal {{{"author":{"id":1,"name":"ada","vip":true,"city":{"id":1,"name":"Rome","people":[{"id":1,"name":"ada","vip":true,"city":1}]},"posts":[{"id":5,"title":"e","score":null,"author":1}]}}}} \
            [r nonrel.query g.Post FILTER pk 5 FIELDS author PREFETCH author__city__people author__posts FORMAT JSON]
    }

    test {writes by all sides are seen at once, and order, pages and filters are as without} {
        blog
        r nonrel.save g.User pk 1 name eve
        assert_equal eve [dict get [dict get [r nonrel.get g.Post 1 WITH author] author] name]
        r hset g.User:1 name eva
        r hset g.Post:2 author 1
        assert_equal {eva eva} [lmap row [r nonrel.query g.Post FILTER pk__lte 2 WITH author ORDER pk] {dict get [dict get $row author] name}]
        assert_equal {1 2 5} [lmap post [dict get [lindex [r nonrel.query g.User FILTER pk 1 PREFETCH posts] 0] posts] {dict get $post id}]
        r del g.User:1
        assert_equal {author {}} [r nonrel.get g.Post 1 FIELDS author WITH author]
        lassign [r nonrel.query g.User ORDER -name PREFETCH posts FIELDS name PAGE 1] page token
        assert_equal {{name cy posts {}}} $page
        assert_equal {{name bob posts {}}} [lindex [r nonrel.query g.User ORDER -name PREFETCH posts FIELDS name PAGE 1 AFTER $token] 0]
        foreach model {g.City g.User g.Post} { sound $model }
    }

    test {an entity that ran out is in no answer, nor are its keys} {
        blog
        r nonrel.save g.User TTL 1 pk 1 name ada
        r nonrel.save g.Post PXAT [expr {[clock milliseconds] + 1000}] pk 2 title b
        wait_for_condition 50 100 { [r exists g.User:1 g.Post:2] == 0 } else { fail "nothing ran out" }
        assert_equal {author {}} [r nonrel.get g.Post 1 FIELDS author WITH author]
        assert_equal {{name bob posts {}}} [r nonrel.query g.User FILTER name bob PREFETCH posts FIELDS name]
    }

    test {transactions and scripts get them too} {
        blog
        r multi
        r nonrel.save g.User pk 1 name eve
        r nonrel.get g.Post 1 FIELDS author WITH author
        r nonrel.query g.City PREFETCH people FIELDS pk
        assert_equal {1 {author {id 1 name eve vip 1 city 1}} {{pk 1 people {{id 1 name eve vip 1 city 1}}}}} [r exec]
        assert_equal {author {id 1 name eve vip 1 city 1}} [r eval {return redis.call('nonrel.get', KEYS[1], 1, 'FIELDS', 'author', 'WITH', 'author')} 1 g.Post]
        assert_equal {id 1 name eve vip 1 city 1} [r eval {return redis.call('nonrel.query', KEYS[1], 'PREFETCH', 'people')[1][6][1]} 1 g.City]
    }

    test {what is no such relation is refused, and says what is} {
        blog
        foreach {clauses error} {
            {WITH posts} {NOFIELD*'posts'*}
            {WITH title} {SYNTAX*no reference*}
            {WITH author__posts} {SYNTAX*PREFETCH gives lists*}
            {WITH author FIELDS title} {SYNTAX*FIELDS does not name 'author'*}
            {PREFETCH title} {SYNTAX*no reference*}
            {PREFETCH nothing} {NOFIELD*}
            {PREFETCH author__psts} {NOFIELD*'psts' in g.User*}
            {PREFETCH author__posts FIELDS title} {SYNTAX*FIELDS does not name 'author'*}
            {PREFETCH author__posts author__posts} {SYNTAX*twice*}
            {WITH author FIELDS author DISTINCT} {SYNTAX*DISTINCT*}
            {WITH} {SYNTAX*relation*}
            {PREFETCH} {SYNTAX*relation*}
        } { refused $error nonrel.query g.Post {*}$clauses }
        refused {SYNTAX*FLAT*} nonrel.query g.User FIELDS name FLAT PREFETCH posts
        refused {SYNTAX*} nonrel.get g.User 1 PREFETCH posts
        refused {SYNTAX*'people__posts__title'*} nonrel.query g.City PREFETCH people__posts__title
        refused {NOFIELD*} nonrel.query g.City PREFETCH people__psts
        refused {SYNTAX*} nonrel.count g.Post WITH author
    }

    test {limits: lists of all rows together} {
        blog
        r config set nonrel.max-results 2
        assert_equal 1 [llength [r nonrel.query g.User PREFETCH posts FILTER pk 1]]
        refused {LIMIT*nonrel.max-results*} nonrel.query g.User PREFETCH posts FILTER pk__lte 2
        refused {LIMIT*nonrel.max-results*} nonrel.query g.City PREFETCH people__posts
        assert_equal 1 [llength [r nonrel.query g.Post PREFETCH author__posts FILTER pk 1]]
        refused {LIMIT*nonrel.max-results*} nonrel.query g.Post PREFETCH author__posts FILTER pk__in {[1,2]}
        r config set nonrel.max-results 100000
    }

    test {plans show them, of pages too} {
        blog
        foreach clauses {{} {PAGE 1} {ORDER author title PAGE 1} {ORDER author__name -title PAGE 2 WITHCOUNT}} {
            assert_match {*{  With author of g.User}*} [r nonrel.explain query g.Post WITH author {*}$clauses] $clauses
            assert_match {*{With author of g.User rows=*}*} [r nonrel.profile query g.Post WITH author {*}$clauses] $clauses
            assert_match {*{  Prefetch author__posts of g.Post}*} [r nonrel.explain query g.Post PREFETCH author__posts {*}$clauses] $clauses
        }
    }

    test {who may not read the other model gets NOPERM, and knows no relation from there} {
        blog
        r acl setuser near on >secret +@all ~g.Post %R~g.Post:* %R~g.City
        set client [redis [srv host] [srv port]]
        $client auth near secret
        $client select 9
        assert_equal {author 1} [$client nonrel.get g.Post 1 FIELDS author]
        assert_error {NOPERM*'g.User'*} {$client nonrel.get g.Post 1 WITH author}
        assert_error {NOPERM*'g.User'*} {$client nonrel.get g.Post 99 WITH author__city}
        assert_error {NOPERM*} {$client nonrel.query g.Post WITH author}
        assert_error {NOPERM*} {$client nonrel.explain query g.Post WITH author}
        assert_error {NOFIELD*} {$client nonrel.query g.City PREFETCH people}
        assert_error {NOFIELD*} {$client nonrel.query g.City PREFETCH people__posts}
        assert_error {NOPERM*'g.User'*} {$client nonrel.query g.Post PREFETCH author__posts}
        assert_error {NOPERM*'g.User'*} {$client nonrel.query g.Post PREFETCH author FILTER pk 99}
        r acl setuser near %R~g.User
        assert_equal ada [dict get [dict get [$client nonrel.get g.Post 1 WITH author] author] name]
        assert_equal 1 [llength [dict get [lindex [$client nonrel.query g.City PREFETCH people] 0] people]]
        assert_equal {1 5} [lmap post [dict get [dict get [lindex [$client nonrel.query g.Post PREFETCH author__posts FILTER pk 1] 0] author] posts] {dict get $post id}]
        r acl setuser far on >secret +@all ~g.Post %R~g.Post:* %R~g.User
        $client auth far secret
        assert_error {NOPERM*'g.City'*} {$client nonrel.query g.Post PREFETCH author__city__people}
        $client close
    }

    test {answers are the same after a restart} {
        blog
        set before [answers r]
        r debug reload
        assert_equal $before [answers r]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save g.User pk 2 city 1
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
            foreach write {{nonrel.save g.User pk 2 city 1} {hset g.User:1 name eva} {nonrel.delete g.City PK 1} {del g.Post:5}} {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [answers $primary] [answers r] $write
            }
        }
    }
}

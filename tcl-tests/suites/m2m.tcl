# m2m.tcl -- many-to-many fields as a client sees them: the models that are kept for them, RELATE from either side, filters across, and through what befalls the
# server on the way.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::tag {{"fields": {"name": {"type": "char", "index": true}, "color": {"type": "char", "null": true}}}}
set ::post {{"fields": {"title": {"type": "char"}, "tags": {"type": "m2m", "to": "x.Tag"}, "likes": {"type": "m2m", "to": "self", "related_name": "liked_by"}}}}

# 1: red r, blue b; 2: blue b; 3: green, red b; 4: none. 1 likes 2 and 3, 2 likes 1.
proc shelf {client} {
    $client nonrel.model set x.Tag $::tag
    $client nonrel.model set x.Post $::post
    $client nonrel.save x.Tag JSON {[{"name": "red", "color": "r"}, {"name": "blue", "color": "b"}, {"name": "green"}, {"name": "red", "color": "b"}]}
    $client nonrel.save x.Post JSON {[{"title": "a"}, {"title": "b"}, {"title": "c"}, {"title": "d"}]}
    $client nonrel.relate x.Post 1 tags ADD 1 2
    $client nonrel.relate x.Post 2 tags ADD 2
    $client nonrel.relate x.Post 3 tags ADD 3 4
    $client nonrel.relate x.Post 1 likes ADD 2 3
    $client nonrel.relate x.Post 2 likes ADD 1
}

proc shelf_answers {client} {
    set answers {}
    foreach filter {{} {FILTER tags 2} {FILTER tags__name red} {EXCLUDE tags__name red} {FILTER tags__name red tags__color b} {FILTER tags__name red FILTER tags__color b}
        {FILTER tags__isnull true} {FILTER tags__color__isnull true} {FILTER likes__tags__name blue} {FILTER liked_by__title a} {FILTER tags__in {[1,4]}}} {
        lappend answers [$client nonrel.query x.Post {*}$filter ORDER pk FIELDS pk FLAT] [$client nonrel.count x.Post {*}$filter]
    }
    foreach filter {{FILTER post 1} {FILTER post__title c} {EXCLUDE post__likes 1} {FILTER post_set__isnull true}} {
        lappend answers [$client nonrel.query x.Tag {*}$filter ORDER pk FIELDS pk FLAT]
    }
    lappend answers [$client nonrel.model list] [$client nonrel.query x.Post_tags ORDER pk] [$client nonrel.query x.Post_likes ORDER pk]
    foreach model {x.Tag x.Post x.Post_tags x.Post_likes} { lappend answers [$client nonrel.index check $model] }
    return $answers
}

# The tags of a post.
proc tags {post} {
    return [found x.Tag FILTER post $post]
}

start_nonrel {overrides {save {} appendonly yes}} {
    test {ADD, REMOVE, SET and CLEAR reply how many came and went} {
        r flushall
        shelf r
        assert_equal 2 [r nonrel.relate x.Post 4 tags ADD 1 2 1 01]
        assert_equal 0 [r nonrel.relate x.Post 4 tags add 2]
        assert_equal 1 [r nonrel.relate x.Post 4 tags REMOVE 1 3]
        assert_equal 3 [r nonrel.relate x.Post 4 tags SET 1 4]
        assert_equal {1 4} [tags 4]
        assert_equal 2 [r nonrel.relate x.Post 4 tags SET]
        assert_equal 2 [r nonrel.relate x.Post 1 tags CLEAR]
        assert_equal {} [tags 1]
        assert_equal 2 [r nonrel.relate x.Tag 1 post ADD 1 4]
        assert_equal 1 [r nonrel.relate x.Tag 1 post_set REMOVE 4]
        assert_equal 1 [tags 1]
        foreach model {x.Post x.Post_tags x.Tag} { sound $model }
    }

    test {what is refused changes nothing} {
        r flushall
        shelf r
        foreach {pattern args} {
            {NOTFOUND *x.Post*'9'*} {x.Post 9 tags ADD 1}         {NOTFOUND *x.Tag*'9'*} {x.Post 1 tags SET 1 9}
            {NOTFOUND *x.Tag*'9'*} {x.Post 1 tags REMOVE 1 9}    {BADVALUE *integer*} {x.Post 1 tags ADD x}
            {BADVALUE *integer*} {x.Post x tags ADD 1}            {SYNTAX *at least one*} {x.Post 1 tags ADD}
            {SYNTAX *takes no*} {x.Post 1 tags CLEAR 1}           {SYNTAX *ADD, REMOVE, SET or CLEAR*} {x.Post 1 tags WITH 1}
            {SYNTAX *'title'*no many-to-many*} {x.Post 1 title ADD 1} {NOFIELD *'tags'*} {x.Post 1 tgas ADD 1}
            {NOMODEL *} {x.None 1 tags ADD 1}                     {ERR wrong number*} {x.Post 1 tags}
        } { refused $pattern nonrel.relate {*}$args }
        foreach args {{nonrel.save x.Post title e tags 1} {nonrel.update x.Post ALL SET tags 1} {nonrel.save x.Post JSON {{"title": "e", "tags": [1]}}}} {
            refused {SYNTAX *'tags'*RELATE*PREFETCH*} {*}$args
        }
        foreach args {{FIELDS tags} {FIELDS tags__name} {ORDER tags} {FIELDS tags DISTINCT}} { refused {SYNTAX *'tags' leads to any number*PREFETCH*} nonrel.query x.Post {*}$args }
        refused {PROTECTED *kept by the server for 'tags' of x.Post*} nonrel.model set x.Post_tags {{}}
        refused {PROTECTED *kept by the server*} nonrel.model drop x.Post_tags ENTITIES
        refused {PROTECTED x.Post refers to x.Tag*} nonrel.model drop x.Tag ENTITIES
        refused {BADVALUE fields.tags: cannot be dropped while*} nonrel.model set x.Post {{"fields": {"title": {"type": "char"}}}}
    }

    test {an entity has no such field in any reply, nor in its hash, in both protocols} {
        r flushall
        shelf r
        assert_equal {id 1 title a} [r hgetall x.Post:1]
        assert_equal {["id" "1" "title" "a"]} [typed nonrel.get x.Post 1]
        r hello 3
        assert_equal {{"id" :1 "title" "a"}} [typed nonrel.get x.Post 1]
        assert_equal {[{"id" :1 "post" :1 "tag" :1}]} [typed nonrel.query x.Post_tags LIMIT 0 1 ORDER pk]
        assert_equal :1 [typed nonrel.relate x.Post 4 tags ADD 1]
        r hello 2
        assert_equal {{"id":1,"title":"a"}} [lindex [r nonrel.query x.Post FORMAT JSON ORDER pk] 0]
    }

    test {MULTI and EXEC, a script, a function} {
        r flushall
        shelf r
        r multi
        r nonrel.relate x.Post 4 tags ADD 3
        r nonrel.relate x.Post 4 tags ADD 3
        r nonrel.count x.Tag FILTER post 4
        assert_equal {1 0 1} [r exec]
        assert_equal 2 [r eval {return redis.call('NONREL.RELATE', 'x.Post', 4, 'tags', 'SET', 1, 2, 3)} 0]
        assert_equal {1 2 3} [tags 4]
        assert_error {*NOTFOUND*} {r eval {redis.call('NONREL.RELATE', KEYS[1], 4, 'tags', 'CLEAR') return redis.call('NONREL.RELATE', KEYS[1], 99, 'tags', 'CLEAR')} 1 x.Post}
        assert_equal {} [tags 4]
    }

    test {who watches either model is told} {
        r flushall
        shelf r
        set other [redis [srv host] [srv port]]
        $other select 9
        foreach model {x.Post x.Post_tags} {
            foreach {args exec} {{ADD 3} {} {ADD 3} 1 CLEAR {}} {
                r watch $model
                $other nonrel.relate x.Post 4 tags {*}$args
                r multi
                r ping
                assert_equal $exec [expr {[r exec] eq {PONG} ? 1 : {}}] "$model $args"
            }
        }
        $other close
    }

    test {a restart, from either file, and with writes behind it} {
        r flushall
        shelf r
        set before [shelf_answers r]
        r debug reload
        assert_equal $before [shelf_answers r]
        r debug loadaof
        assert_equal $before [shelf_answers r]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.relate x.Post 4 tags ADD 1 2
        r nonrel.relate x.Post 1 tags SET 3
        r nonrel.relate x.Post 2 likes CLEAR
        set before [shelf_answers r]
        r debug loadaof
        assert_equal $before [shelf_answers r]
        assert_equal {1 2} [tags 4]
    }

    test {a relation goes with either side} {
        r flushall
        shelf r
        assert_equal 3 [r nonrel.delete x.Tag PK 2]
        assert_equal 1 [tags 1]
        assert_equal 5 [r nonrel.delete x.Post PK 1]
        assert_equal {} [r nonrel.query x.Post_likes]
        assert_equal {{post 3 tag 3} {post 3 tag 4}} [r nonrel.query x.Post_tags ORDER pk FIELDS post tag]
        assert_equal {{id 3 tags {{id 3 name green color {}} {id 4 name red color b}}}} [r nonrel.query x.Post FILTER pk 3 FIELDS id PREFETCH tags]
        foreach model {x.Post x.Post_tags x.Post_likes x.Tag} { sound $model }
    }

    test {writes of others to what holds a relation are followed} {
        r flushall
        shelf r
        assert_equal {1 2} [tags 1]
        r del x.Post_tags:1
        assert_equal 2 [tags 1]
        r hset x.Post_tags:77 id 77 post 1 tag 3
        assert_equal {2 3} [tags 1]
        assert_equal 1 [r nonrel.relate x.Post 1 tags REMOVE 3]
        assert_equal 2 [tags 1]
        r del x.Tag:2
        assert_equal {1 2} [found x.Post FILTER tags 2]
        assert_equal {} [found x.Post FILTER tags__name blue]
        assert_equal 1 [r nonrel.relate x.Post 1 tags REMOVE 2]
        refused {NOTFOUND *} nonrel.relate x.Post 1 tags ADD 2
        sound x.Post_tags
    }

    test {rights: to write the model and what holds the relation, to read the target} {
        r flushall
        shelf r
        r acl setuser all on >secret +@all ~x.*
        r acl setuser near on >secret +@all ~x.Post ~x.Post:*
        r acl setuser narrow on >secret +@all ~x.Post ~x.Post:* ~x.Post_tags* ~x.Post_likes* %R~x.Tag*
        r acl setuser blind on >secret +@all ~x.Post* %W~x.Tag*
        r acl setuser reader on >secret +@all %R~x.*
        set client [redis [srv host] [srv port]]
        $client auth all secret
        $client select 9
        assert_equal 1 [$client nonrel.relate x.Post 4 tags ADD 1]
        assert_equal {1 4} [lsort [$client nonrel.query x.Post FILTER tags__name red tags__color r FIELDS pk FLAT]]
        $client auth near secret
        assert_error {NOPERM*x.Post_tags*} {$client nonrel.relate x.Post 4 tags ADD 2}
        assert_error {NOPERM*x.Post_tags*} {$client nonrel.count x.Post FILTER tags 1}
        assert_error {NOPERM*} {$client nonrel.model drop x.Post ENTITIES}
        $client auth narrow secret
        assert_error {NOPERM*x.Post_more*} {$client nonrel.model set x.Post [string map {likes more liked_by more_by} $::post]}
        $client auth blind secret
        assert_error {NOPERM*x.Tag*} {$client nonrel.relate x.Post 4 tags ADD 2}
        assert_error {NOPERM*x.Tag*} {$client nonrel.count x.Post FILTER tags__name red}
        assert_equal 2 [$client nonrel.count x.Post FILTER tags 1]
        $client auth reader secret
        assert_error {NOPERM*} {$client nonrel.relate x.Post 4 tags ADD 2}
        assert_equal 3 [$client nonrel.count x.Post FILTER tags__name red]
        $client close
    }

    test {a model and those that are kept for it: made, listed, compared, dropped together} {
        r flushall
        shelf r
        assert_equal {x.Post x.Post_likes x.Post_tags x.Tag} [r nonrel.model list]
        assert_match {*"from_post"*"to_post"*} [r nonrel.model get x.Post_likes]
        r nonrel.relate x.Post 1 likes CLEAR
        r nonrel.relate x.Post 2 likes CLEAR
        set less {{"fields": {"title": {"type": "char"}, "tags": {"type": "m2m", "to": "x.Tag"}}}}
        assert_equal {{change model x.Post} {drop relation likes} {drop model x.Post_likes}} [r nonrel.model diff x.Post $less]
        assert_equal OK [r nonrel.model set x.Post $less]
        assert_equal {x.Post x.Post_tags x.Tag} [r nonrel.model list]
        assert_equal {} [r keys x.Post_likes*]
        refused {PROTECTED *} nonrel.model drop x.Post
        assert_equal OK [r nonrel.model drop x.Post ENTITIES]
        assert_equal x.Tag [r nonrel.model list]
        wait_for_condition 50 100 { [r keys x.Post*] eq {} } else { fail "left: [r keys x.Post*]" }
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gets resolved writes of what holds the relation, and gives the same answers} {
            set primary [srv -1 client]
            shelf $primary
            become_copy r
            r select 9
            foreach write {{nonrel.relate x.Post 4 tags ADD 1 2} {nonrel.relate x.Post 1 tags SET 4} {nonrel.relate x.Tag 2 post CLEAR} {nonrel.relate x.Post 1 likes REMOVE 2}
                {del x.Tag:4} {nonrel.relate x.Post 1 tags REMOVE 4} {nonrel.save x.Tag pk 4 name back} {nonrel.relate x.Post 4 tags SET 1 4} {nonrel.delete x.Tag PK 4} {nonrel.delete x.Post_tags ALL}
                {nonrel.model set x.Post {{"fields": {"title": {"type": "char"}, "likes": {"type": "m2m", "to": "self", "related_name": "liked_by"}}}}}
                {nonrel.model set x.Post {{"fields": {"title": {"type": "char"}, "tags": {"type": "m2m", "to": "x.Tag"}, "likes": {"type": "m2m", "to": "self", "related_name": "liked_by"}}}}}
                {nonrel.relate x.Post 3 tags SET 1 2 3}} {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                if {[lsearch [r nonrel.model list] x.Post_tags] >= 0} { assert_equal [shelf_answers $primary] [shelf_answers r] $write }
                assert_equal [$primary debug digest] [r debug digest] $write
            }
            assert_error {READONLY*} {r nonrel.relate x.Post 3 tags CLEAR}
            $primary nonrel.model drop x.Post ENTITIES
            wait_for_ofs_sync r $primary
            assert_equal x.Tag [r nonrel.model list]
        }
    }
}

# A directory with a file that has the text for each name.
proc definitions {files} {
    set dir [file normalize [tmpdir m2m]]
    foreach {name text} $files {
        file mkdir [file dirname $dir/$name]
        set f [open $dir/$name w]
        puts $f $text
        close $f
    }
    return $dir
}

set dir [definitions [list models/x.Post.json $::post models/x.Tag.json $::tag indexes/x.json {{"x.Post_tags": {"index": {"tag": true}}}}]]
start_nonrel [list overrides {save {}} module "AUTOLOAD $dir"] {
    test {definitions in files make what is kept, whose indexes files may ask for} {
        r select 0
        assert_equal {x.Post x.Post_likes x.Post_tags x.Tag} [r nonrel.model list]
        assert_equal {} [r nonrel.autoload]
        assert_match {*file:x.json*} [r nonrel.index list x.Post_tags]
        r nonrel.save x.Tag name a
        r nonrel.save x.Post title a
        assert_equal 1 [r nonrel.relate x.Post 1 tags ADD 1]
        assert_equal 1 [r nonrel.query x.Post FILTER tags__gte 1 FIELDS pk FLAT]
        r flushall
        assert_equal {} [r nonrel.autoload]
        assert_equal {x.Post x.Post_likes x.Post_tags x.Tag} [r nonrel.model list]
        r select 9
    }
}

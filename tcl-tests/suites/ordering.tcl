# ordering.tcl -- the ordering of a model that goes along references, as a client sees it: in queries, pages and lists, through writes by all sides, for users who may read one
# model of two, from files, after restarts and on a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::dir [file normalize [tmpdir ordering]]

proc file_of {name text} {
    file mkdir [file dirname $::dir/$name]
    set out [open $::dir/$name w]
    puts $out $text
    close $out
}

set ::city {{"fields": {"name": {"type": "char"}}}}
set ::user {{"fields": {"name": {"type": "char", "null": true}, "city": {"type": "fk", "to": "o.City", "null": true, "related_name": "people"}}}}

proc post {ordering} {
    return [string map [list ORDERING $ordering] {{"fields": {"title": {"type": "char"}, "at": {"type": "datetime", "null": true},
        "author": {"type": "fk", "to": "o.User", "null": true, "related_name": "posts"}}, "ordering": [ORDERING]}}]
}

set ::by {"author__name", "-at__year"}

proc fill {client} {
    foreach {model row} {
        o.City {name Rome} o.City {name Oslo}
        o.User {name cy city 1} o.User {name ada city 2} o.User {name bob city 9} o.User {city 1}
        o.Post {title a author 1 at 2024-01-01} o.Post {title b author 2 at 2025-05-05} o.Post {title c author 3} o.Post {title d}
        o.Post {title e author 7} o.Post {title f author 2 at 2025-02-02} o.Post {title g author 2 at 2026-01-01} o.Post {title h author 4}
    } { $client nonrel.save $model {*}$row }
}

proc blog {} {
    r flushall
    model o.City $::city
    model o.User $::user
    model o.Post [post $::by]
    fill r
}

proc titles {client args} {
    return [join [$client nonrel.query o.Post FIELDS title FLAT {*}$args] {}]
}

proc lists {client} {
    lmap user [$client nonrel.query o.User PREFETCH posts ORDER pk] { join [lmap post [dict get $user posts] {dict get $post title}] {} }
}

proc pages {client} {
    set out {}
    set token {}
    while {1} {
        lassign [$client nonrel.query o.Post FIELDS title PAGE 3 {*}[expr {$token eq {} ? {} : [list AFTER $token]}]] rows token
        lappend out [join [lmap row $rows {dict get $row title}] {}]
        if {$token eq {}} { return $out }
    }
}

proc answers {client} {
    list [titles $client] [titles $client REVERSE LIMIT 1 4] [lists $client] [pages $client]
}

start_nonrel {overrides {save {} appendonly yes}} {
    test {queries without ORDER, pages, limits and lists are in the order along the reference} {
        blog
        assert_equal dehgbfca [titles r]
        assert_equal acfbghed [titles r REVERSE]
        assert_equal gbf [titles r FILTER author 2]
        assert_equal hgb [titles r LIMIT 2 3]
        assert_equal abcdefgh [titles r ORDER pk]
        assert_equal {deh gbf ca} [pages r]
        assert_equal {a gbf c h} [lists r]
        assert_equal abcdefgh [titles r DISTINCT]
        assert_equal {[["title" "d"] ["title" "e"]]} [typed nonrel.query o.Post FIELDS title LIMIT 0 2]
        assert_equal {{{"title":"d"}}} [r nonrel.query o.Post FIELDS title FORMAT JSON LIMIT 0 1]
        assert_match {*author__name*} [r nonrel.explain query o.Post]
        assert_match {*"ordering":\["author__name","-at__year"\]*} [r nonrel.model get o.Post]
    }

    test {writes to the target, by commands and by others, change the order at once} {
        blog
        r nonrel.save o.User pk 2 name zed
        assert_equal dehcagbf [titles r]
        r hset o.User:1 name aa
        assert_equal dehacgbf [titles r]
        r del o.User:2
        assert_equal {gbf ac} [list [titles r FILTER author 2] [titles r FILTER author__in {[1,3]}]]
        r hset o.Post:4 author 1
        assert_equal ad [titles r FILTER author 1]
        foreach model {o.City o.User o.Post} { sound $model }
    }

    test {transactions and scripts} {
        blog
        r multi
        r nonrel.save o.User pk 2 name zed
        r nonrel.query o.Post FIELDS title FLAT LIMIT 0 3
        assert_equal {2 {d e h}} [r exec]
        assert_equal {d e} [r eval {return redis.call('nonrel.query', KEYS[1], 'FIELDS', 'title', 'FLAT', 'LIMIT', 0, 2)} 1 o.Post]
    }

    test {an index along the reference gives the same order} {
        blog
        set before [answers r]
        assert_equal OK [r nonrel.index create o.Post author__name lt]
        assert_equal $before [answers r]
        assert_equal OK [r nonrel.model set o.Post [post {"-author__name"}]]
        assert_equal acbfgdeh [titles r]
        r nonrel.index drop o.Post author__name
        assert_equal acbfgdeh [titles r]
    }

    test {what can never be an order is an error of MODEL SET, and DIFF says so} {
        blog
        foreach {ordering error} {
            {"athor__name"} {NOFIELD ordering: no field 'athor' in o.Post*author*}
            {"author__nmae"} {NOFIELD ordering: no field 'nmae' in o.User*name*}
            {"author__posts__title"} {SYNTAX ordering:*any number of entities*}
            {"at__yeer"} {NOLOOKUP ordering:*year*}
            {"title__icontains"} {NOLOOKUP ordering:*}
        } {
            refused $error nonrel.model set o.Post [post $ordering]
            assert_match [list "refuse $error"] [r nonrel.model diff o.Post [post $ordering]]
        }
        refused {NOFIELD ordering: no field 'people' in o.City*} nonrel.model set o.City {{"fields": {"name": {"type": "char"}}, "ordering": ["people__name"]}}
    }

    test {a target that comes later, is changed, or is gone} {
        r flushall
        model o.Post [post {"author__city__name", "title"}]
        refused {NOMODEL*ordering of o.Post*'o.User'*} nonrel.query o.Post
        assert_equal {} [r nonrel.query o.Post ORDER title]
        model o.User $::user
        refused {NOMODEL*'o.City'*} nonrel.query o.Post
        model o.City $::city
        fill r
        assert_equal cdebfgah [titles r]
        r nonrel.delete o.City ALL
        model o.City {{"fields": {"title": {"type": "char"}}}}
        refused {NOFIELD*the ordering of o.Post*'name' in o.City*} nonrel.query o.Post
        refused {NOFIELD*the ordering of o.Post*} nonrel.query o.User PREFETCH posts
        assert_equal abcdefgh [titles r ORDER title]
        model o.Post [post {"author__city__title", "-title"}]
        r nonrel.save o.City pk 1 title x
        assert_equal gfedcbha [titles r]
        r del o.City
        assert_error {NOMODEL*'o.City'*} {r nonrel.query o.Post}
        model o.City {{"fields": {"title": {"type": "char"}}}}
        assert_equal gfedcbha [titles r]
    }

    test {who may not read the target has to give an order} {
        blog
        r acl setuser near on >secret +@all ~o.Post %R~o.Post:* ~o.Note
        set client [redis [srv host] [srv port]]
        $client auth near secret
        $client select 9
        assert_error {NOPERM*the ordering of o.Post*'o.User'*} {$client nonrel.query o.Post}
        assert_error {NOPERM*'o.User'*} {$client nonrel.query o.Post PAGE 2}
        assert_equal abcdefgh [titles $client ORDER pk]
        assert_equal 8 [$client nonrel.count o.Post]
        assert_error {NOPERM*} {$client nonrel.model set o.Note {{"fields": {"of": {"type": "fk", "to": "o.Post", "related_name": "+"}}, "ordering": ["of__author__name"]}}}
        r acl setuser near %R~o.User
        assert_equal dehgbfca [titles $client]
        assert_equal OK [$client nonrel.model set o.Note {{"fields": {"of": {"type": "fk", "to": "o.Post", "related_name": "+"}}, "ordering": ["of__author__name"]}}]
        $client close
    }

    test {answers are the same after a restart} {
        blog
        set before [answers r]
        r debug reload
        assert_equal $before [answers r]
        r bgrewriteaof
        waitForBgrewriteaof r
        r nonrel.save o.User pk 1 name aa
        r nonrel.model set o.Post [post {"-author__city__name", "author__name"}]
        set before [answers r]
        r debug loadaof
        assert_equal $before [answers r]
    }
}

file delete -force {*}[glob -nocomplain $::dir/*]
file_of models/o.City.json $::city
file_of models/o.Post.json [post $::by]
file_of models/o.User.json $::user

start_nonrel [list module "AUTOLOAD $::dir DB 9" overrides {save {} appendonly yes}] {
    test {files: an ordering may go through a model whose file comes later, and both may change} {
        fill r
        assert_equal dehgbfca [titles r]
        r nonrel.delete o.User ALL
        file_of models/o.User.json [string map {{"name"} {"nick"}} $::user]
        refused {*models/o.Post.json: ordering: no field 'name' in o.User*} nonrel.autoload
        file_of models/o.Post.json [post {"author__nick"}]
        assert_equal {} [r nonrel.autoload]
        r nonrel.save o.User pk 2 nick a
        assert_equal acdehbfg [titles r]
    }

    test {files: what is stored otherwise is said} {
        file delete $::dir/models/o.User.json
        file_of models/o.Post.json [post {"author__name"}]
        set lines [r nonrel.autoload]
        assert_equal 1 [llength $lines]
        assert_match {models/o.Post.json: o.Post: NOFIELD ordering: no field 'name' in o.User*} [lindex $lines 0]
        refused {NOFIELD*the ordering of o.Post*} nonrel.query o.Post
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gives the same answers} {
            set primary [srv -1 client]
            $primary nonrel.model set o.Post [post $::by]
            $primary nonrel.model set o.City $::city
            $primary nonrel.model set o.User $::user
            fill $primary
            become_copy r
            r select 9
            foreach write [list {nonrel.save o.User pk 2 name zed} {hset o.User:1 name aa} {del o.User:3} [list nonrel.model set o.Post [post {"-author__city__name", "-pk"}]] \
                {hset o.City:2 name Zurich} {del o.Post:5}] {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [answers $primary] [answers r] $write
            }
        }
    }
}

# grammar.tcl -- the grammar of commands, sentence by sentence: the name of a test is what the contract says of writing and reading.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# Two models: b.Author with an auto pk, b.Post with what the sentences need. Fields are named after words on purpose.
proc blog {} {
    r flushall
    model b.Author {{"fields": {"name": {"type": "char", "null": true}}}}
    model b.Post {{"fields": {
        "title": {"type": "char", "null": true, "index": true}, "slug": {"type": "slug", "null": true, "unique": true},
        "author": {"type": "fk", "to": "b.Author", "null": true}, "views": {"type": "int", "null": true, "default": 0},
        "ttl": {"type": "int", "null": true}, "order": {"type": "int", "null": true}, "limit": {"type": "int", "null": true},
        "exact": {"type": "char", "null": true}, "year": {"type": "int", "null": true}}}}
}

# Five posts: views 1 2 2 3 NULL.
proc posts {} {
    blog
    foreach {title views} {a 1 b 2 c 2 d 3} { r nonrel.save b.Post title $title views $views }
    r nonrel.save b.Post title e NULL views
}

start_nonrel {} {
    # -- SAVE -------------------------------------------------------------------------------------------------------------------------------

    test {SAVE: options first, in any order} {
        blog
        assert_equal 1 [r nonrel.save b.Post INSERT BY slug slug a title x]
        refused {EXISTS *} nonrel.save b.Post BY slug INSERT slug a title y
        assert_equal 1 [r nonrel.save b.Post UPDATE BY slug slug a title y]
        assert_equal 1 [r nonrel.save b.Post BY slug UPDATE slug a title z]
        assert_equal z [dict get [r nonrel.get b.Post 1] title]
        refused {NOFIELD *INSERT*} nonrel.save b.Post title x INSERT y
        refused {NOFIELD *BY*} nonrel.save b.Post title x BY slug
    }

    test {SAVE: an option stands once} {
        blog
        refused {SYNTAX *} nonrel.save b.Post INSERT INSERT title x
        refused {SYNTAX *} nonrel.save b.Post INSERT UPDATE title x
        refused {SYNTAX *} nonrel.save b.Post BY slug BY slug slug x
        refused {SYNTAX *} nonrel.save b.Post INSERT BY
        refused {SYNTAX *} nonrel.save b.Post BY slug
    }

    test {SAVE: options in capitals only, small letters are fields} {
        blog
        r nonrel.save b.Post ttl 60
        assert_equal 60 [dict get [r nonrel.get b.Post 1] ttl]
        assert_equal -1 [r ttl b.Post:1]
        foreach word {insert update by json pxat if null} { refused {NOFIELD *} nonrel.save b.Post $word 1 title x }
        refused {NOFIELD *} nonrel.save b.Post json {{"title": "x"}}
        model b.Words {{"fields": {"insert": {"type": "char", "null": true}, "json": {"type": "char", "null": true},
            "by": {"type": "char", "null": true}}}}
        r nonrel.save b.Words insert 1 json 2 by 3
        assert_equal {id 1 insert 1 json 2 by 3} [r nonrel.get b.Words 1]
    }

    test {SAVE: pairs and NULLs in any order} {
        blog
        r nonrel.save b.Post NULL title views 1 NULL author slug s
        assert_equal {1 1 id s slug views} [lsort [r hgetall b.Post:1]]
        r nonrel.save b.Post pk 1 title t NULL views NULL slug
        assert_equal {1 id t title} [lsort [r hgetall b.Post:1]]
    }

    test {SAVE: a value is never read as a word} {
        blog
        foreach word {INSERT UPDATE BY TTL PXAT IF NULL JSON FILTER ORDER PK ALL} {
            r nonrel.save b.Post title $word
            assert_equal $word [r nonrel.query b.Post FILTER title $word FIELDS title FLAT]
        }
        assert_equal 12 [r nonrel.count b.Post]
    }

    test {SAVE: a field given twice is SYNTAX, by whatever name} {
        blog
        refused {SYNTAX *title*twice*} nonrel.save b.Post title a title a
        refused {SYNTAX *title*} nonrel.save b.Post title a NULL title
        refused {SYNTAX *title*} nonrel.save b.Post NULL title NULL title
        refused {SYNTAX *id*} nonrel.save b.Post pk 1 id 1
        refused {SYNTAX *author*} nonrel.save b.Post author 1 author_id 1
        refused {SYNTAX *id*} nonrel.save b.Post JSON {{"pk": 1, "id": 1}}
        refused {SYNTAX *} nonrel.save b.Post JSON {{"title": "a", "title": "a"}}
    }

    test {SAVE: a field without a value, a NULL without a field, nothing at all} {
        blog
        refused {* *} nonrel.save b.Post title
        refused {SYNTAX *title*} nonrel.save b.Post INSERT title
        refused {SYNTAX *views*} nonrel.save b.Post title a views
        refused {SYNTAX *NULL*} nonrel.save b.Post title a NULL
        refused {* *} nonrel.save b.Post
        refused {* *} nonrel.save
    }

    test {SAVE: upsert, only the named fields of an existing entity change} {
        blog
        assert_equal 7 [r nonrel.save b.Post pk 7 title a slug s views 5]
        assert_equal 7 [r nonrel.save b.Post pk 7 title b]
        assert_equal {id 7 title b slug s author {} views 5 ttl {} order {} limit {} exact {} year {}} [r nonrel.get b.Post 7]
    }

    test {SAVE INSERT fails with EXISTS if there is one} {
        blog
        assert_equal 1 [r nonrel.save b.Post INSERT title a]
        assert_equal 5 [r nonrel.save b.Post INSERT pk 5 title a]
        refused {EXISTS *} nonrel.save b.Post INSERT pk 5 title b
        refused {EXISTS *} nonrel.save b.Post INSERT JSON {{"pk": 5, "title": "b"}}
        refused {EXISTS *} nonrel.save b.Post INSERT JSON {[{"pk": 6}, {"pk": 6}]}
    }

    test {SAVE UPDATE needs the pk or BY, and fails with NOTFOUND if there is none} {
        blog
        refused {SYNTAX *} nonrel.save b.Post UPDATE title a
        refused {SYNTAX *} nonrel.save b.Post UPDATE JSON {{"title": "a"}}
        refused {NOTFOUND *} nonrel.save b.Post UPDATE pk 1 title a
        refused {NOTFOUND *} nonrel.save b.Post UPDATE BY slug slug s title a
        refused {NOTFOUND *} nonrel.save b.Post UPDATE JSON {[{"pk": 1, "title": "a"}]}
        r nonrel.save b.Post slug s
        assert_equal 1 [r nonrel.save b.Post UPDATE pk 1 title a]
        assert_equal 1 [r nonrel.save b.Post UPDATE BY slug slug s title b]
        assert_equal 1 [r nonrel.save b.Post UPDATE JSON {{"id": 1, "title": "c"}}]
        refused {NOTFOUND *} nonrel.save b.Post UPDATE JSON {[{"pk": 1, "title": "x"}, {"pk": 2, "title": "x"}]}
    }

    test {SAVE BY: the entity that has this value of that unique field, none: insert} {
        blog
        assert_equal 1 [r nonrel.save b.Post BY slug slug s title a]
        assert_equal 1 [r nonrel.save b.Post BY slug slug s title b]
        assert_equal 2 [r nonrel.save b.Post BY slug slug t title b]
        assert_equal 3 [r nonrel.save b.Post BY slug NULL slug title c]
        assert_equal 4 [r nonrel.save b.Post BY slug NULL slug title c]
        assert_equal {[:1 :5 :1]} [typed nonrel.save b.Post BY slug JSON {[{"slug": "s", "views": 1}, {"slug": "u"}, {"slug": "s", "views": 2}]}]
        assert_equal 2 [dict get [r nonrel.get b.Post 1] views]
        assert_equal 2 [r nonrel.save b.Post BY pk pk 2 title z]
        refused {SYNTAX *} nonrel.save b.Post BY slug title a
        refused {SYNTAX *title*unique*} nonrel.save b.Post BY title title a
        refused {NOFIELD *} nonrel.save b.Post BY slugg slugg a
    }

    test {SAVE BY with a pk: the entity is the one with the value, and its pk is not another} {
        blog
        rows b.Post {slug s} {slug t}
        refused {* *} nonrel.save b.Post BY slug slug s pk 2 title x
        refused {* *} nonrel.save b.Post BY slug slug new pk 2 title x
        refused {NOTFOUND *} nonrel.save b.Post UPDATE BY slug slug new pk 2 title x
        refused {EXISTS *} nonrel.save b.Post INSERT BY slug slug s pk 9 title x
        assert_equal 1 [r nonrel.save b.Post BY slug slug s pk 1 title x]
        assert_equal 9 [r nonrel.save b.Post BY slug slug u pk 9]
    }

    test {SAVE leaves the TTL of an existing entity as it is} {
        blog
        r nonrel.save b.Post pk 1 title a
        r expire b.Post:1 1000
        r nonrel.save b.Post pk 1 title b NULL views
        assert_range [r ttl b.Post:1] 900 1000
        r nonrel.save b.Post JSON {{"pk": 1, "title": "c"}}
        assert_range [r ttl b.Post:1] 900 1000
    }

    test {SAVE replies the pk, an integer for integer pks} {
        blog
        assert_equal :1 [typed nonrel.save b.Post title a]
        assert_equal :-5 [typed nonrel.save b.Post pk -5 title a]
        model b.Text {{"pk": "name", "fields": {"name": {"type": "char"}}}}
        assert_equal {"5"} [typed nonrel.save b.Text name 5]
        model b.Uuid {{"pk": "u", "fields": {"u": {"type": "uuid"}, "n": {"type": "int", "null": true}}}}
        assert_match {"????????-????-4???-????-????????????"} [typed nonrel.save b.Uuid n 1]
        assert_equal {"00000000-0000-4000-8000-00000000000a"} [typed nonrel.save b.Uuid u 0000000000004000800000000000000A]
    }

    test {SAVE draws an auto pk that no entity and no key has} {
        blog
        r set b.Post:1 foreign
        r hset b.Post:2 nothing of-ours
        r nonrel.save b.Post pk 3 title a
        r set b.Post/seq 0
        assert_equal 4 [r nonrel.save b.Post title b]
        assert_equal foreign [r get b.Post:1]
        assert_equal {[:5 :6]} [typed nonrel.save b.Post JSON {[{}, {}]}]
        assert_equal {[:7 :8]} [typed nonrel.save b.Post JSON {[{"pk": 7}, {}]}]
        assert_equal {[:9 :10]} [typed nonrel.save b.Post JSON {[{}, {"pk": 10}]}]
        assert_equal 11 [r nonrel.save b.Post title c]
    }

    test {SAVE: an explicit auto pk above the counter raises it, one below does not} {
        blog
        r nonrel.save b.Post pk 10 title a
        assert_equal 10 [r get b.Post/seq]
        r nonrel.save b.Post pk 4 title a
        r nonrel.save b.Post pk -4 title a
        assert_equal 10 [r get b.Post/seq]
        assert_equal 11 [r nonrel.save b.Post title a]
    }

    test {SAVE: a command that fails leaves the counter as it was} {
        blog
        r nonrel.save b.Post slug s
        refused {NOTUNIQUE *} nonrel.save b.Post slug s
        refused {NOTUNIQUE *} nonrel.save b.Post pk 100 slug s
        refused {BADVALUE *} nonrel.save b.Post JSON {[{}, {}, {"views": "x"}]}
        refused {NOTFOUND *} nonrel.save b.Post UPDATE pk 50 title a
        assert_equal 2 [r nonrel.save b.Post slug t]
    }

    test {SAVE: a counter that is gone draws no pk that is taken} {
        blog
        r nonrel.save b.Post slug s
        r del b.Post/seq
        assert_equal 2 [r nonrel.save b.Post slug t]
    }

    test {SAVE: an exhausted counter is LIMIT} {
        blog
        assert_equal 9223372036854775806 [r nonrel.save b.Post pk 9223372036854775806 title a]
        assert_equal 9223372036854775807 [r nonrel.save b.Post title last]
        refused {LIMIT *} nonrel.save b.Post title none
        refused {LIMIT *} nonrel.save b.Post JSON {[{}]}
        assert_equal 5 [r nonrel.save b.Post pk 5 title given]
    }

    test {SAVE: an empty pk is BADVALUE} {
        blog
        refused {BADVALUE *} nonrel.save b.Post pk {} title a
        model b.Text {{"pk": "name", "fields": {"name": {"type": "char"}, "n": {"type": "int", "null": true}}}}
        refused {BADVALUE *} nonrel.save b.Text name {} n 1
        refused {BADVALUE *} nonrel.save b.Text INSERT JSON {{"name": ""}}
        refused {NOTNULL *} nonrel.save b.Text n 1
        refused {NOTNULL *} nonrel.save b.Text NULL name n 1
    }

    test {SAVE JSON: an object replies its pk, an array one for each in order} {
        blog
        assert_equal :1 [typed nonrel.save b.Post JSON {{"title": "a", "views": 3}}]
        assert_equal {[:9 :1 :10]} [typed nonrel.save b.Post JSON {[{"pk": 9}, {"pk": 1, "views": 4}, {}]}]
        assert_equal {[]} [typed nonrel.save b.Post JSON {[]}]
        assert_equal :11 [typed nonrel.save b.Post INSERT JSON {{}}]
        assert_equal 4 [r nonrel.count b.Post]
    }

    test {SAVE JSON: an array is one atomic batch} {
        blog
        rows b.Post {slug a} {slug b}
        assert_equal {1 2} [r nonrel.save b.Post JSON {[{"pk": 1, "slug": "b"}, {"pk": 2, "slug": "a"}]}]
        assert_equal 2 [found b.Post FILTER slug a]
        refused {NOTUNIQUE *} nonrel.save b.Post JSON {[{"slug": "c"}, {"slug": "c"}]}
        refused {BADVALUE *} nonrel.save b.Post JSON {[{"slug": "c"}, 5]}
        refused {BADVALUE *} nonrel.save b.Post JSON {[{"slug": "c"}, [{"slug": "d"}]]}
        sound b.Post
    }

    test {SAVE JSON takes one document, and that is JSON} {
        blog
        refused {SYNTAX *} nonrel.save b.Post INSERT JSON
        refused {SYNTAX *} nonrel.save b.Post JSON {{}} {{}}
        refused {SYNTAX *} nonrel.save b.Post JSON {{}} title a
        foreach odd {{} { } \{ \[ {{"title"}} {{"title":}} {{title: "a"}} {{'title': 'a'}} {{"title": "a",}} {[{},]} {{"views": 01}} {{} {}}
            {{"title": nan}} nul} {
            refused {* *} nonrel.save b.Post JSON $odd
        }
        foreach odd {5 null true {"x"}} { refused {BADVALUE *} nonrel.save b.Post JSON $odd }
        refused {NOFIELD *titel*} nonrel.save b.Post JSON {{"titel": "a"}}
    }

    # -- DELETE -----------------------------------------------------------------------------------------------------------------------------

    test {DELETE with filters, ALL, or PK, replies how many were removed} {
        posts
        assert_equal 2 [r nonrel.delete b.Post FILTER views 2]
        assert_equal 1 [r nonrel.delete b.Post EXCLUDE views__isnull true views__lt 0 FILTER title a]
        assert_equal 0 [r nonrel.delete b.Post FILTER title nobody]
        assert_equal 1 [r nonrel.delete b.Post PK 4 99 4]
        assert_equal 1 [r nonrel.delete b.Post ALL]
        assert_equal 0 [r nonrel.delete b.Post ALL]
        assert_equal {} [r keys b.Post:*]
        sound b.Post
    }

    test {DELETE PK takes all the arguments that follow} {
        blog
        refused {BADVALUE *} nonrel.delete b.Post PK 1 FILTER title a
        model b.Text {{"pk": "name", "fields": {"name": {"type": "char"}}}}
        rows b.Text {name FILTER} {name name} {name ALL} {name other}
        assert_equal 3 [r nonrel.delete b.Text PK ALL FILTER name]
        assert_equal other [found b.Text]
    }

    test {DELETE needs to be told what} {
        posts
        refused {ERR wrong number*} nonrel.delete b.Post
        refused {SYNTAX *} nonrel.delete b.Post PK
        refused {SYNTAX *} nonrel.delete b.Post ALL FILTER title a
        refused {SYNTAX *} nonrel.delete b.Post FILTER
        refused {SYNTAX *} nonrel.delete b.Post FILTER title a LIMIT 0 1
        refused {SYNTAX *} nonrel.delete b.Post FILTER title a ALL
        refused {SYNTAX *} nonrel.delete b.Post 1
        assert_equal 1 [r nonrel.delete b.Post pk 1]
        assert_equal 4 [r nonrel.delete b.Post all]
    }

    test {commands work inside MULTI, EVAL and functions} {
        blog
        r multi
        r nonrel.save b.Post title a
        r nonrel.save b.Post title a slug "no slug"
        r nonrel.query b.Post FIELDS pk FLAT
        r nonrel.delete b.Post FILTER title a
        catch {r exec} error
        assert_match {BADVALUE *} $error
        assert_equal 0 [r nonrel.count b.Post]
        assert_equal 2 [r eval {
            local pk = redis.call('nonrel.save', KEYS[1], 'title', 'lua')
            local row = redis.call('nonrel.get', KEYS[1], pk)
            assert(row[4] == 'lua')
            assert(redis.call('nonrel.count', KEYS[1], 'FILTER', 'title', 'lua') == 1)
            return pk} 1 b.Post]
        assert_match {*NOFIELD*} [r eval {return redis.pcall('nonrel.save', KEYS[1], 'nothing', '1')['err']} 1 b.Post]
        r function load {#!lua name=lib
            redis.register_function('put', function(keys, args) return redis.call('nonrel.save', keys[1], 'title', args[1]) end)}
        assert_equal 3 [r fcall put 1 b.Post function]
        assert_equal {2 3} [found b.Post]
        assert_error {*read-only*} {r eval_ro {return redis.call('nonrel.save', KEYS[1], 'title', 'x')} 1 b.Post}
        assert_equal 2 [r eval_ro {return redis.call('nonrel.count', KEYS[1])} 1 b.Post]
    }

    # -- GET, MGET, EXPLAIN -----------------------------------------------------------------------------------------------------------------

    test {GET: the entity or nil} {
        posts
        assert_equal {["title" "a" "views" "1"]} [typed nonrel.get b.Post 1 FIELDS title views]
        assert_equal {["title" "a"]} [typed nonrel.get b.Post 1 fields title]
        assert_equal nil [typed nonrel.get b.Post 99]
        assert_equal nil [typed nonrel.get b.Post 99 FIELDS title]
        refused {NOFIELD *} nonrel.get b.Post 99 FIELDS nothing
        refused {SYNTAX *} nonrel.get b.Post 1 FIELDS
        refused {SYNTAX *} nonrel.get b.Post 1 LIMIT 0 1
        refused {SYNTAX *} nonrel.get b.Post 1 FILTER title a
        refused {SYNTAX *} nonrel.get b.Post 1 2
        refused {ERR wrong number*} nonrel.get b.Post
    }

    test {MGET: one reply for each pk, in order} {
        posts
        set titles {}
        foreach row [r nonrel.mget b.Post 2 99 1 2] {
            lappend titles [expr {[llength $row] ? [dict get $row title] : "nil"}]
        }
        assert_equal {b nil a b} $titles
        assert_equal {[nil nil]} [typed nonrel.mget b.Post 99 98]
    }

    test {EXPLAIN takes a command without NONREL., and runs nothing} {
        posts
        foreach command {
            {query b.Post FILTER title a ORDER views LIMIT 0 2} {QUERY b.Post} {count b.Post FILTER title__gt a} {EXISTS b.Post} {delete b.Post ALL}
            {DELETE b.Post FILTER title a} {delete b.Post PK 1}
        } {
            set before [r debug digest]
            assert {[llength [r nonrel.explain {*}$command]] > 0}
            assert_equal $before [r debug digest]
        }
        assert_equal 5 [r nonrel.count b.Post]
        refused {NOMODEL *} nonrel.explain query b.Nothing
        refused {NOFIELD *} nonrel.explain query b.Post FILTER nothing 1
        refused {SYNTAX *} nonrel.explain query b.Post NONSENSE
        refused {SYNTAX *} nonrel.explain nonsense b.Post
        assert_match {*rows=5*Total*} [r nonrel.profile query b.Post]
    }

    # -- clauses ----------------------------------------------------------------------------------------------------------------------------

    test {FILTER: all of them, EXCLUDE: not all of them} {
        posts
        assert_equal 2 [found b.Post FILTER views 2 title b]
        assert_equal {1 3 4 5} [found b.Post EXCLUDE views 2 title b]
        assert_equal {1 4 5} [found b.Post EXCLUDE views 2 EXCLUDE title b]
        assert_equal 3 [found b.Post FILTER views 2 EXCLUDE title b]
        assert_equal 3 [found b.Post EXCLUDE title b FILTER views 2]
    }

    test {any clause but a filter stands once} {
        posts
        foreach clause {{ORDER title} REVERSE {LIMIT 0 1} {FIELDS title} FLAT WITHCOUNT {FIELDS author WITH author} NOSCAN {MAXSCAN 9} {PAGE 2} {FORMAT JSON}} {
            refused {SYNTAX *twice*} nonrel.query b.Post {*}$clause {*}$clause
        }
        refused {SYNTAX *DISTINCT*twice*} nonrel.query b.Post DISTINCT FIELDS title DISTINCT
        refused {SYNTAX *WITH*twice*} nonrel.query b.Post WITH author LIMIT 0 1 WITH author
        refused {SYNTAX *PREFETCH*twice*} nonrel.query b.Author PREFETCH post LIMIT 0 1 PREFETCH post
        refused {SYNTAX *FIELDS*twice*} nonrel.get b.Post 1 FIELDS title FIELDS views
        foreach clause {{GROUPBY title} {HAVING {count > 1}} {ORDER title} {LIMIT 0 1} {FORMAT JSON} NOSCAN {MAXSCAN 9}} {
            refused {SYNTAX *twice*} nonrel.aggregate b.Post {*}$clause COUNT * {*}$clause
        }
        assert_equal 2 [found b.Post WHERE {views = 2} WHERE {title = 'b'} Q {{"views": 2}} Q {{"title": "b"}}]
        assert_equal 2 [found b.Post FILTER views 2 FILTER views 2 FILTER title b EXCLUDE title a EXCLUDE title a]
    }

    test {clauses come in any order after the model} {
        posts
        set want [typed nonrel.query b.Post FILTER views__gt 0 EXCLUDE title a ORDER -views title REVERSE LIMIT 1 2 FIELDS title FLAT WITHCOUNT]
        assert_equal {[:3 ["b" "d"]]} $want
        set clauses {{FILTER views__gt 0} {EXCLUDE title a} {ORDER -views title} REVERSE {LIMIT 1 2} {FIELDS title} FLAT WITHCOUNT}
        for {set i 0} {$i < 50} {incr i} { assert_equal $want [typed nonrel.query b.Post {*}[concat {*}[lshuffle $clauses]]] $clauses }
        foreach {command clauses} {
            {query b.Post} {{WHERE {views >= $v} PARAMS v 1} {Q {{"title__lt": "d"}}} {EXCLUDE views 7} {FIELDS title author} {WITH author} {FORMAT JSON} {ORDER title} {LIMIT 0 2} WITHCOUNT {MAXSCAN 100}}
            {query b.Post} {DISTINCT {FIELDS views} {FILTER title__gt a} {WHERE {not title = $t} PARAMS t zz} FLAT {ORDER -views} {LIMIT 0 9}}
            {query b.Author} {{PREFETCH post} {FIELDS name} {FILTER pk__gt 0} {ORDER pk} REVERSE {PAGE 9}}
            {aggregate b.Post} {{GROUPBY views} {FILTER title__gt a} {COUNT * WHEN {title > $t} PARAMS t b AS later MAX title} {HAVING {later >= $n} PARAMS n 0} {ORDER -later views} {LIMIT 0 9} {FORMAT JSON}}
        } {
            set want [r nonrel.[lindex $command 0] [lindex $command 1] {*}[concat {*}$clauses]]
            for {set i 0} {$i < 50} {incr i} { assert_equal $want [r nonrel.[lindex $command 0] [lindex $command 1] {*}[concat {*}[lshuffle $clauses]]] $clauses }
        }
    }

    test {where only a clause can stand, case does not matter} {
        posts
        assert_equal {c b} [r nonrel.query b.Post filter views 2 ORDER -title LIMIT 0 -1 fields title FLAT]
        assert_equal {c b} [r nonrel.query b.Post flat Limit 0 -1 order -title FILTER views 2 FIELDS title]
        assert_equal {2 {b c}} [r nonrel.query b.Post flAt exClude views__in {[1, 3]} FILTER views__isnull 0 WITHCOUNT order title FIELDS title]
        assert_equal {e d c b a} [r nonrel.query b.Post reverse ORDER title FIELDS title FLAT]
        assert_equal {b c} [r nonrel.query b.Post where {views = $v} params v 2 Q {{"title__gt": "a"}} noscan fields title FLAT order title]
        assert_equal 2 [r nonrel.count b.Post q {{"title__gt": "a"}} where {views = 2}]
        assert_equal {{{"title":"a"}}} [r nonrel.query b.Post format json fields title MAXSCAN 9 filter title a]
        assert_equal {a} [lindex [set page [r nonrel.query b.Post page 1 fields title FLAT]] 0]
        assert_equal {b} [lindex [r nonrel.query b.Post page 1 after [lindex $page 1] fields title FLAT] 0]
        assert_equal {{} 1 2 3} [r nonrel.query b.Post distinct fields views FLAT]
        assert_equal {{views 2 n 2 m c}} [r nonrel.aggregate b.Post groupby views COUNT * when {title > $t} params t a AS n max title as m having {n > 1}]
        assert_equal 1 [r nonrel.update b.Post where {title = $t} params t a SET views 8 NULL ttl EXPR year {F(views)}]
        assert_equal 1 [r nonrel.update b.Post set year 7 FILTER title a]
        assert_equal 5 [r nonrel.update b.Post all null exact]
    }

    test {inside a list a word ends it only in capitals} {
        blog
        rows b.Post {title a order 2 limit 7} {title b order 1 limit 8}
        assert_equal {b a} [r nonrel.query b.Post ORDER order FIELDS title FLAT]
        assert_equal {{title a limit 7} {title b limit 8}} [r nonrel.query b.Post FIELDS title limit ORDER title]
        assert_equal {2 1} [r nonrel.query b.Post ORDER order limit LIMIT 0 5 FIELDS pk FLAT]
        assert_equal b [r nonrel.query b.Post FILTER limit 8 order 1 FIELDS title FLAT]
        assert_equal {} [r nonrel.query b.Post FILTER title FILTER]
        assert_equal a [r nonrel.query b.Post FILTER limit 7 FIELDS title FLAT]
    }

    test {NOFIELD for a clause word in small letters says so} {
        posts
        assert_match {*FIELDS*} [refused {NOFIELD *capital*} nonrel.query b.Post ORDER title fields title]
        assert_match {*REVERSE*} [refused {NOFIELD *capital*} nonrel.query b.Post ORDER title reverse]
        assert_match {*WITHCOUNT*} [refused {NOFIELD *capital*} nonrel.query b.Post FIELDS title withcount]
        assert_match {*FIELDS*} [refused {NOFIELD *capital*} nonrel.query b.Post FILTER title a fields title]
        assert_match {*EXCLUDE*} [refused {NOFIELD *capital*} nonrel.query b.Post FILTER title a exclude title ORDER title]
        assert_match {*WHERE*} [refused {NOFIELD *capital*} nonrel.count b.Post FILTER title a where {views = 1}]
        assert_match {*FIELDS*} [refused {NOFIELD *capital*} nonrel.query b.Post WITH author fields title]
        assert_match {*FORMAT*} [refused {NOFIELD *capital*} nonrel.query b.Author PREFETCH post format JSON]
        assert_match {*HAVING*} [refused {NOFIELD *capital*} nonrel.aggregate b.Post COUNT * GROUPBY title having]
        assert_match {*EXPR*} [refused {NOFIELD *capital*} nonrel.update b.Post ALL SET title x expr views]
        assert_match {*WHERE*} [refused {NOFIELD *capital*} nonrel.update b.Post ALL NULL title where]
        assert_match {*Q*} [refused {NOFIELD *capital*} nonrel.delete b.Post FILTER title a q {{}}]
    }

    test {ORDER: several keys, directions, ties by pk ascending} {
        posts
        assert_equal {5 1 2 3 4} [ordered b.Post ORDER views]
        assert_equal {4 2 3 1 5} [ordered b.Post ORDER -views]
        assert_equal {4 3 2 1 5} [ordered b.Post ORDER -views -title]
        assert_equal {4 3 2 1 5} [ordered b.Post ORDER -views -pk]
        assert_equal {5 4 3 2 1} [ordered b.Post ORDER -id]
        assert_equal {1 2 3 4 5} [ordered b.Post ORDER pk views]
        refused {SYNTAX *} nonrel.query b.Post ORDER
        refused {NOFIELD *} nonrel.query b.Post ORDER nothing
        refused {NOFIELD *} nonrel.query b.Post ORDER --title
        refused {NOFIELD *} nonrel.query b.Post ORDER -
        refused {NOFIELD *} nonrel.query b.Post ORDER {}
        assert_equal {1 2 3 4 5} [ordered b.Post ORDER author__name]
        refused {NOFIELD *b.Author*} nonrel.query b.Post ORDER author__nothing
    }

    test {ORDER: default the model's ordering} {
        blog
        model b.Sorted {{"fields": {"a": {"type": "int"}, "b": {"type": "int"}}, "ordering": ["-a", "b"]}}
        rows b.Sorted {a 1 b 1} {a 2 b 2} {a 2 b 1} {a 2 b 2}
        assert_equal {3 2 4 1} [ordered b.Sorted]
        assert_equal {1 4 2 3} [ordered b.Sorted REVERSE]
        assert_equal {2 4} [ordered b.Sorted LIMIT 1 2]
        assert_equal {1 2 3 4} [ordered b.Sorted ORDER pk]
        assert_equal {1 3 2 4} [ordered b.Sorted ORDER b]
        assert_equal {[:4 ["2" "4"]]} [typed nonrel.query b.Sorted LIMIT 1 2 WITHCOUNT FIELDS pk FLAT]
        lassign [r nonrel.query b.Sorted PAGE 3 FIELDS pk FLAT] page token
        assert_equal {{3 2 4} {1 {}}} [list $page [r nonrel.query b.Sorted PAGE 3 AFTER $token FIELDS pk FLAT]]
        assert_equal {1 4 2} [lindex [r nonrel.query b.Sorted PAGE 3 FIELDS pk FLAT REVERSE] 0]
        refused {CURSOR *} nonrel.query b.Sorted ORDER pk PAGE 3 AFTER $token
    }

    test {DISTINCT: rows of FIELDS in the order of FIELDS, the model's ordering does not apply} {
        blog
        model b.Sorted {{"fields": {"a": {"type": "int"}, "b": {"type": "int"}}, "ordering": ["-a", "b"]}}
        rows b.Sorted {a 1 b 9} {a 2 b 2} {a 2 b 1} {a 2 b 2}
        assert_equal {1 2} [r nonrel.query b.Sorted FIELDS a FLAT DISTINCT]
        assert_equal {{b 1 a 2} {b 2 a 2} {b 9 a 1}} [r nonrel.query b.Sorted FIELDS b a DISTINCT]
        assert_equal {{a 2 b 1} {a 2 b 2} {a 1 b 9}} [r nonrel.query b.Sorted FIELDS a b DISTINCT ORDER -a]
        assert_equal {3 {{a 1 b 9}}} [r nonrel.query b.Sorted FIELDS a b DISTINCT LIMIT 0 1 WITHCOUNT]
        assert_equal {[:2 [["a" "2"] ["a" "1"]]]} [typed nonrel.query b.Sorted FIELDS a DISTINCT REVERSE WITHCOUNT]
        refused {NOFIELD *} nonrel.query b.Sorted FIELDS a DISTINCT ORDER b
        refused {SYNTAX *} nonrel.query b.Sorted DISTINCT
    }

    test {ORDER ? is every row once, and stands alone} {
        posts
        assert_equal {1 2 3 4 5} [lsort [ordered b.Post ORDER ?]]
        assert_equal 2 [llength [ordered b.Post ORDER ? LIMIT 1 2]]
        foreach clauses {{ORDER ? title} {ORDER title ?} {ORDER -?} {ORDER ? PAGE 2} {ORDER ? FIELDS title DISTINCT}} { refused {* *} nonrel.query b.Post {*}$clauses }
    }

    test {PAGE: rows and a token or nil, not with LIMIT, ? or DISTINCT} {
        posts
        assert_equal {[["1" "2"] "*"]} [regsub {"[A-Za-z0-9+/=]{20,}"} [typed nonrel.query b.Post PAGE 2 FIELDS pk FLAT] {"*"}]
        assert_equal {[:5 ["1" "2"] "*"]} [regsub {"[A-Za-z0-9+/=]{20,}"} [typed nonrel.query b.Post PAGE 2 FIELDS pk FLAT WITHCOUNT] {"*"}]
        assert_equal {[["1" "2" "3" "4" "5"] nil]} [typed nonrel.query b.Post PAGE 5 FIELDS pk FLAT]
        assert_equal {[:0 [] nil]} [typed nonrel.query b.Post PAGE 5 FILTER title none WITHCOUNT]
        foreach clauses {{LIMIT 0 1} {LIMIT 0 -1} {ORDER ?} {FIELDS title DISTINCT}} { refused {SYNTAX *} nonrel.query b.Post PAGE 2 {*}$clauses }
        foreach size {0 -1 x {} 1.5 9223372036854775807 9223372036854775808} { refused {BADVALUE *PAGE*} nonrel.query b.Post PAGE $size }
        refused {BADVALUE *} nonrel.query b.Post PAGE
        refused {SYNTAX *} nonrel.query b.Post PAGE 2 AFTER
        refused {SYNTAX *} nonrel.query b.Post AFTER x
        refused {CURSOR *} nonrel.query b.Post PAGE 2 AFTER x
        refused {CURSOR *} nonrel.query b.Author PAGE 2 AFTER [lindex [r nonrel.query b.Post PAGE 2] 1]
    }

    test {UPDATE: a value is never read as a word, and IF of SAVE takes words too} {
        posts
        foreach word {ALL SET EXPR NULL FILTER EXCLUDE WHERE PARAMS Q ORDER LIMIT COUNT AS} {
            assert_equal 5 [r nonrel.update b.Post ALL SET title $word exact WHERE]
            assert_equal 5 [r nonrel.update b.Post FILTER title $word SET exact FILTER NULL slug]
            assert_equal 5 [r nonrel.count b.Post FILTER title $word exact FILTER]
        }
        foreach word {INSERT BY TTL PXAT IF JSON NULL} {
            r nonrel.save b.Post pk 1 title $word
            assert_equal 1 [r nonrel.save b.Post IF title $word IF exact FILTER pk 1 title IF]
            assert_equal 1 [found b.Post FILTER title IF]
        }
    }

    test {UPDATE replies how many match, in a function too} {
        posts
        assert_equal :5 [typed nonrel.update b.Post ALL SET year 2026]
        assert_equal :2 [typed nonrel.update b.Post SET year 1 WHERE {views = 2} EXPR order {F(views) * 2 - 7 // 2 % 3} NULL limit]
        assert_equal {1 1} [r nonrel.query b.Post FILTER year 1 FIELDS year FLAT]
        assert_equal {4 4} [r nonrel.query b.Post FILTER year 1 FIELDS order FLAT]
        assert_equal :0 [typed nonrel.update b.Post FILTER views 99 SET year 1]
        r function load replace {#!lua name=lib
            redis.register_function('age', function(keys, args) return redis.call('nonrel.update', keys[1], 'FILTER', 'title', args[1], 'EXPR', 'year', 'F(year) + 1') end)}
        assert_equal 1 [r fcall age 1 b.Post a]
        assert_equal 2027 [dict get [r nonrel.get b.Post 1] year]
        foreach {pattern changes} {
            {BADVALUE *} {EXPR order {F(views) / 2}} {BADVALUE *zero*} {EXPR order {1 // (F(views) - 2)}} {BADVALUE *} {SET views x} {SYNTAX *} {SET pk 9} {SYNTAX *} {SET id 9}
            {SYNTAX *} {NULL pk} {NOTUNIQUE *} {SET slug same} {NOFIELD *} {SET nothing 1} {NOFIELD *} {EXPR views {F(nothing)}} {BADVALUE *} {EXPR views {F(views) * 9223372036854775807}}
        } { refused $pattern nonrel.update b.Post ALL {*}$changes }
    }

    test {with neither ORDER nor ordering the order stays the same while nothing is written} {
        posts
        set order [ordered b.Post]
        assert_equal $order [ordered b.Post]
        assert_equal [lrange $order 1 3] [ordered b.Post LIMIT 1 3]
        assert_equal [lreverse $order] [ordered b.Post REVERSE]
        assert_equal [lrange [lreverse $order] 1 2] [ordered b.Post REVERSE LIMIT 1 2]
        set order [ordered b.Post FILTER views 2]
        assert_equal [lreverse $order] [ordered b.Post FILTER views 2 REVERSE]
    }

    test {REVERSE: the whole result in the opposite order, the tie by pk included; LIMIT counts in that order} {
        posts
        assert_equal {4 3 2 1 5} [ordered b.Post ORDER views REVERSE]
        assert_equal {5 1 3 2 4} [ordered b.Post ORDER -views REVERSE]
        assert_equal {3 2} [ordered b.Post ORDER views REVERSE LIMIT 1 2]
        refused {SYNTAX *} nonrel.query b.Post REVERSE yes
    }

    test {LIMIT: offset and count, -1 for no limit, 0 for none} {
        posts
        assert_equal {2 3} [ordered b.Post ORDER pk LIMIT 1 2]
        assert_equal {3 4 5} [ordered b.Post ORDER pk LIMIT 2 -1]
        assert_equal {} [ordered b.Post ORDER pk LIMIT 1 0]
        assert_equal {} [ordered b.Post LIMIT 5 10]
        assert_equal {5} [ordered b.Post ORDER pk LIMIT 4 9223372036854775807]
        assert_equal {} [ordered b.Post ORDER pk LIMIT 9223372036854775807 9223372036854775807]
        assert_equal {[:5 []]} [typed nonrel.query b.Post LIMIT 0 0 WITHCOUNT]
        refused {SYNTAX *} nonrel.query b.Post LIMIT
        refused {SYNTAX *} nonrel.query b.Post LIMIT 1
        foreach {offset count} {-1 1 a 1 1 a 1 -2 {} 1 1 {} 1.0 1 9223372036854775808 1 1 9223372036854775808 { 1} 1 +1 1} {
            refused {* *} nonrel.query b.Post LIMIT $offset $count
        }
    }

    test {a query that would return more than max-results rows is a LIMIT error} {
        posts
        r config set nonrel.max-results 3
        refused {LIMIT *} nonrel.query b.Post
        refused {LIMIT *} nonrel.query b.Post ORDER -views LIMIT 0 4
        refused {LIMIT *} nonrel.query b.Post LIMIT 1 -1
        assert_equal 3 [llength [r nonrel.query b.Post LIMIT 2 -1]]
        assert_equal 3 [llength [r nonrel.query b.Post LIMIT 0 3]]
        assert_equal 5 [r nonrel.count b.Post]
        assert_equal 5 [lindex [r nonrel.query b.Post WITHCOUNT LIMIT 0 1] 0]
        r config set nonrel.max-results 100000
        assert_equal 5 [llength [r nonrel.query b.Post LIMIT 0 1000000]]
    }

    test {FIELDS: only these; FLAT: bare values of exactly one field} {
        posts
        assert_equal {[["views" "1" "title" "a"]]} [typed nonrel.query b.Post FIELDS views title FILTER pk 1]
        assert_equal {[["views" nil]]} [typed nonrel.query b.Post FIELDS views FILTER pk 5]
        assert_equal {["1" nil]} [typed nonrel.query b.Post FIELDS views FLAT FILTER pk__in {[1, 5]} ORDER pk]
        assert_equal {["5"]} [typed nonrel.query b.Post FLAT FIELDS pk FILTER pk 5]
        refused {SYNTAX *FIELDS*} nonrel.query b.Post FLAT
        refused {SYNTAX *} nonrel.query b.Post FLAT FIELDS title views
        refused {SYNTAX *} nonrel.query b.Post FIELDS
        refused {NOFIELD *} nonrel.query b.Post FIELDS nothing
        assert_equal {[nil]} [typed nonrel.query b.Post FIELDS author__name FLAT LIMIT 0 1]
        refused {NOFIELD *b.Author*} nonrel.query b.Post FIELDS author__nothing
    }

    test {WITHCOUNT: total and rows, total before LIMIT} {
        posts
        assert_equal {[:5 ["1" "2"]]} [typed nonrel.query b.Post WITHCOUNT ORDER pk LIMIT 0 2 FIELDS pk FLAT]
        assert_equal {[:2 []]} [typed nonrel.query b.Post WITHCOUNT FILTER views 2 LIMIT 9 1]
        assert_equal {[:0 []]} [typed nonrel.query b.Post WITHCOUNT FILTER views 9]
    }

    test {COUNT and EXISTS take filters only, and reply an integer} {
        posts
        assert_equal :5 [typed nonrel.count b.Post]
        assert_equal :2 [typed nonrel.count b.Post FILTER views 2]
        assert_equal :1 [typed nonrel.exists b.Post FILTER views 2]
        assert_equal :0 [typed nonrel.exists b.Post FILTER views 9]
        foreach clause {{ORDER title} REVERSE {LIMIT 0 1} {FIELDS title} FLAT WITHCOUNT DISTINCT {WITH author} {PREFETCH post} {PAGE 1} {PAGE 1 AFTER x} NOSCAN {MAXSCAN 9}
            {FORMAT JSON} {GROUPBY title} {HAVING {count > 1}} {COUNT *} ALL {SET title x} {PK 1}} {
            refused {SYNTAX *} nonrel.count b.Post {*}$clause
            refused {SYNTAX *} nonrel.exists b.Post {*}$clause
        }
    }

    test {a filter without its value, a clause that is none} {
        posts
        refused {SYNTAX *} nonrel.query b.Post FILTER
        refused {SYNTAX *} nonrel.query b.Post FILTER title
        refused {SYNTAX *} nonrel.query b.Post FILTER title a views
        refused {SYNTAX *} nonrel.query b.Post EXCLUDE LIMIT 0 1
        refused {SYNTAX *SOMETHING*FILTER*} nonrel.query b.Post SOMETHING
        refused {SYNTAX *} nonrel.query b.Post title a
        refused {SYNTAX *} nonrel.query b.Post {}
        refused {ERR wrong number*} nonrel.query
    }

    test {NULL as operand of FILTER is four letters} {
        posts
        assert_equal {} [found b.Post FILTER title NULL]
        r nonrel.save b.Post pk 9 title NULL
        assert_equal 9 [found b.Post FILTER title NULL]
        refused {BADVALUE *} nonrel.query b.Post FILTER views NULL
        refused {BADVALUE *} nonrel.query b.Post FILTER views null
        assert_equal {5} [found b.Post FILTER views__isnull true]
    }

    test {NULL inside an in list is ignored, in a range it is BADVALUE} {
        posts
        assert_equal {2 3} [found b.Post FILTER views__in {[null, 2]}]
        assert_equal {1 4 5} [found b.Post EXCLUDE views__in {[null, 2]}]
        refused {BADVALUE *} nonrel.query b.Post FILTER views__range {[null, 2]}
    }

    test {fields win over lookups, and may be named like them} {
        blog
        rows b.Post {exact x year 2026} {exact y year 1999}
        assert_equal 1 [found b.Post FILTER exact x]
        assert_equal 1 [found b.Post FILTER exact__exact x]
        assert_equal 2 [found b.Post FILTER year__lt 2000]
    }

    test {pk means the primary key wherever a field can stand, fk_id the fk} {
        posts
        r nonrel.save b.Author name x
        r nonrel.save b.Post pk 1 author_id 1
        assert_equal 1 [found b.Post FILTER author_id 1]
        assert_equal 1 [found b.Post FILTER author_id__in {[1]}]
        assert_equal {[["pk" "1" "author_id" "1"]]} [typed nonrel.query b.Post FIELDS pk author_id FILTER pk__lte 1]
        assert_equal {1 5 4 3 2} [ordered b.Post ORDER -author_id -pk]
        assert_equal 1 [r nonrel.save b.Post JSON {{"pk": 1, "author_id": null}}]
        assert_equal {} [found b.Post FILTER author_id__isnull false]
        assert_equal :1 [typed nonrel.update b.Post FILTER pk 2 SET author_id 1]
        assert_equal 2 [found b.Post FILTER author_id__name x]
        assert_equal 2 [found b.Post WHERE {author_id = 1 and author_id__pk = 1 and pk > 1}]
        assert_equal 2 [found b.Post Q {{"author_id": 1, "pk__lt": 3}}]
        assert_equal 1 [r nonrel.update b.Post WHERE {author_id = 1} EXPR views {F(pk) * 10 + F(author_id)}]
        assert_equal {{pk 2 author_id__name x views 21}} [r nonrel.query b.Post FILTER author_id 1 FIELDS pk author_id__name views]
        assert_equal {{author_id {} pk__max 5} {author_id 1 pk__max 2}} [r nonrel.aggregate b.Post GROUPBY author_id MAX pk]
        assert_equal {{pk 2 author_id__count 1}} [r nonrel.aggregate b.Post GROUPBY pk COUNT author_id HAVING {pk = 2} ORDER -pk]
        assert_equal 2 [r nonrel.query b.Post WHERE {author_id__in = (QUERY b.Author WHERE pk = 1 FIELDS pk)} FIELDS pk FLAT]
        assert_equal 2 [r nonrel.save b.Post IF author_id 1 IF pk__gte 2 pk 2 title kept]
        refused {CONFLICT *} nonrel.save b.Post IF author_id 2 pk 2 title lost
        assert_equal 1 [r nonrel.update b.Post FILTER author_id 1 NULL author_id]
        assert_equal {} [found b.Post FILTER author_id__isnull false]
        refused {SYNTAX *author*} nonrel.update b.Post ALL SET author 1 author_id 1
        refused {NOFIELD *} nonrel.query b.Post FIELDS title_id
        model b.Own {{"fields": {"author": {"type": "fk", "to": "b.Author", "null": true}, "author_id": {"type": "int", "null": true}}}}
        r nonrel.save b.Own author 1 author_id 7
        assert_equal {id 1 author 1 author_id 7} [r nonrel.get b.Own 1]
        assert_equal 1 [found b.Own FILTER author_id 7]
        assert_equal {} [found b.Own FILTER author_id 1]
    }

    test {pk first, then schema order, NULL fields too} {
        r flushall
        model b.Late {{"pk": "k", "fields": {"z": {"type": "int", "null": true}, "k": {"type": "char"}, "a": {"type": "int", "null": true}}}}
        r nonrel.save b.Late a 1 k x
        assert_equal {["k" "x" "z" nil "a" "1"]} [typed nonrel.get b.Late x]
        assert_equal {[["k" "x" "z" nil "a" "1"]]} [typed nonrel.query b.Late]
    }

    test {what another version brings is refused, and says so} {
        posts
        foreach lookup {len contains_all has_key} { refused {NOLOOKUP *} nonrel.query b.Post FILTER title__$lookup a }
    }

    test {commands and subcommands in any case, unknown ones say what there is} {
        posts
        assert_equal 5 [r NONREL.COUNT b.Post]
        assert_equal 5 [r Nonrel.Count b.Post]
        assert_equal {b.Author b.Post} [r NONREL.MODEL list]
        foreach {container some} {model {SET GET LIST DROP DIFF} index {CREATE DROP LIST REBUILD CHECK STATS SUGGEST}} {
            refused "ERR *Try NONREL.[string toupper $container] HELP*" nonrel.$container nonsense b.Post
            set help [r nonrel.$container help]
            foreach word $some { assert {[lsearch $help "NONREL.[string toupper $container] $word*"] >= 0} }
            foreach line $help { assert_match "NONREL.[string toupper $container] *" $line }
            assert_error {*no key arguments*} {r command getkeys nonrel.$container help}
        }
        refused {ERR wrong number*} nonrel.model get
        refused {ERR wrong number*} nonrel.model help me
        refused {ERR wrong number*} nonrel.model set b.Post
        refused {* *} nonrel.model set b.Post {{}} more
        refused {* *} nonrel.model list a b
        refused {* *} nonrel.index list b.Post more
        refused {* *} nonrel.index check b.Post more
    }

    test {the model is the one declared key: first, behind the subcommand, behind the command word of EXPLAIN} {
        blog
        foreach command {{save b.Post title x} {get b.Post 1} {mget b.Post 1 2} {query b.Post FILTER title x} {count b.Post} {exists b.Post}
            {delete b.Post PK 1 2} {model set b.Post {{}}} {model get b.Post}
            {model drop b.Post} {index list b.Post} {index check b.Post} {explain query b.Post} {explain count b.Post FILTER title x}} {
            assert_equal b.Post [r command getkeys nonrel.[lindex $command 0] {*}[lrange $command 1 end]] $command
        }
        assert_error {*no key arguments*} {r command getkeys nonrel.model list}
    }
}

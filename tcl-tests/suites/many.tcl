# many.tcl -- filters through relations that lead to any number of entities, and through relations that lead nowhere, case by case as a client sees them: which
# conditions are about the same related entity, what NOT, EXCLUDE, isnull and null say, and the same through writes of others, restarts and on a replica.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::models {m.User m.Post m.Note}

proc define {client index} {
    foreach {name definition} {
        m.User {{"pk": "key", "fields": {"key": {"type": "int"}, "name": {"type": "char", "index": INDEX}, "age": {"type": "int", "null": true, "index": INDEX}}}}
        m.Post {{"fields": {"title": {"type": "char", "index": INDEX}, "stars": {"type": "int", "null": true, "index": INDEX}, "day": {"type": "date", "null": true, "index": INDEX},
            "author": {"type": "fk", "to": "m.User", "null": true, "related_name": "posts"}}}}
        m.Note {{"fields": {"text": {"type": "char", "index": INDEX}, "score": {"type": "int", "null": true, "index": INDEX}, "post": {"type": "fk", "to": "m.Post", "null": true}}}}
    } { $client nonrel.model set $name [string map [list INDEX $index] $definition] }
}

# Users 1 to 3 have posts, 4 has none; posts 6 and 7 have no user, 7 refers to one that is not there. Notes are of posts 1, 3, 4 and 5.
proc fill {client} {
    foreach {model row} {
        m.User {key 1 name ada age 30}               m.User {key 2 name bob age 40}               m.User {key 3 name cy}
        m.User {key 4 name dan age 50}
        m.Post {title a stars 1 author 1 day 2026-01-31} m.Post {title b stars 5 author 1}        m.Post {title a stars 5 author 2 day 2025-02-01}
        m.Post {title c author 2}                    m.Post {title b stars 1 author 3}            m.Post {title a stars 5}
        m.Post {title a stars 5 author 9}
        m.Note {text x score 1 post 1}               m.Note {text y score 9 post 1}               m.Note {text x score 9 post 3}
        m.Note {text y post 4}                       m.Note {text x score 1 post 5}
    } { $client nonrel.save $model {*}$row }
}

proc forum {index} {
    r flushall
    define r $index
    fill r
}

proc all_sound {} { foreach model $::models { sound $model } }

# Filters, and what they are true of.
set ::asked {
    {m.User {FILTER posts__title a}} {1 2}
    {m.User {FILTER posts 3}} 2
    {m.User {FILTER posts__pk 3}} 2
    {m.User {FILTER posts__in [3,5,99]}} {2 3}
    {m.User {FILTER posts__stars__gte 1}} {1 2 3}
    {m.User {FILTER posts__day__year 2025}} 2
    {m.User {FILTER name ada posts__title b}} 1
    {m.User {FILTER name bob posts__title b}} {}

    {m.User {FILTER posts__title a posts__stars 5}} 2
    {m.User {FILTER posts__stars 5 name__startswith a posts__title b}} 1
    {m.User {FILTER posts__title a FILTER posts__stars 5}} {1 2}
    {m.User {FILTER posts__title a posts 1}} 1
    {m.User {FILTER posts__title a posts 2}} {}
    {m.User {FILTER posts__title a FILTER posts 2}} 1
    {m.User {FILTER posts 1 posts 2}} {}
    {m.User {FILTER posts 1 FILTER posts 2}} 1
    {m.User {WHERE {posts__title = 'a' and posts__stars = 5}}} 2
    {m.User {WHERE {posts__title = 'a'} WHERE {posts__stars = 5}}} {1 2}
    {m.User {FILTER posts__title a WHERE {posts__stars = 5}}} {1 2}
    {m.User {Q {{"posts__title": "a", "posts__stars": 5}}}} 2
    {m.User {Q {{"and": [{"posts__title": "a"}, {"and": [{"posts__stars": 5}]}]}}}} 2
    {m.User {Q {{"posts__title": "a"}} Q {{"posts__stars": 5}}}} {1 2}
    {m.User {WHERE {posts__title = 'a' and (posts__stars = 5 or posts__stars = 1)}}} {1 2}
    {m.User {WHERE {posts__title = 'b' and (posts__stars = 5 or name = 'cy')}}} {1 3}
    {m.User {WHERE {(posts__title = 'a' or posts__title = 'c') and posts__stars = 5}}} 2
    {m.User {WHERE {(posts__title = 'a' or age = 50) and (posts__stars = 5 or age = 50)}}} {2 4}
    {m.User {WHERE {posts__title = 'a' and posts__stars = 1 or posts__title = 'b' and posts__stars = 1}}} {1 3}
    {m.User {Q {{"or": [{"posts__title": "c"}, {"posts__title": "b", "posts__stars": 1}]}}}} {2 3}

    {m.User {WHERE {posts__title = 'a' and not posts__stars = 5}}} {}
    {m.User {WHERE {posts__title = 'b' and not posts__stars = 5}}} 3
    {m.User {WHERE {posts__title = 'a' and posts__stars != 1}}} 2
    {m.User {WHERE {not (posts__title = 'a' and posts__stars = 5)}}} {1 3 4}
    {m.User {WHERE {not posts__title = 'a' and not posts__stars = 5}}} {3 4}
    {m.User {WHERE {not (posts__title = 'a' or posts__stars = 5)}}} {3 4}
    {m.User {WHERE {not not (posts__title = 'a' and posts__stars = 5)}}} 2
    {m.User {Q {{"posts__title": "b", "not": {"posts__stars": 5}}}}} 3
    {m.User {EXCLUDE posts__title a posts__stars 5}} {1 3 4}
    {m.User {EXCLUDE posts__title a}} {3 4}
    {m.User {EXCLUDE posts__title a EXCLUDE posts__stars 5}} {3 4}
    {m.User {EXCLUDE posts__title a FILTER posts__stars 1}} 3
    {m.User {EXCLUDE posts__isnull false}} 4

    {m.User {FILTER posts__isnull true}} 4
    {m.User {FILTER posts__isnull false}} {1 2 3}
    {m.User {EXCLUDE posts__isnull true}} {1 2 3}
    {m.User {FILTER posts__stars__isnull true}} {2 4}
    {m.User {FILTER posts__stars__isnull false}} {1 2 3}
    {m.User {EXCLUDE posts__stars__isnull true}} {1 3}
    {m.User {FILTER posts__title__isnull true}} 4
    {m.User {FILTER posts__day__month__isnull true}} {1 2 3 4}
    {m.User {FILTER posts__stars__isnull true posts__title c}} 2
    {m.User {FILTER posts__stars__isnull true posts__title__isnull true}} 4
    {m.User {FILTER posts__stars__isnull true posts__title a}} {}
    {m.User {Q {{"posts__stars": null}}}} {2 4}
    {m.User {Q {{"posts": null}}}} 4
    {m.User {Q {{"posts__title__iexact": null}}}} 4
    {m.User {Q {{"posts__stars__in": [null, 1]}}}} {1 3}
    {m.User {WHERE {posts__stars = null}}} {2 4}
    {m.User {WHERE {posts__stars != null}}} {1 3}
    {m.User {WHERE {posts__stars__in = (null, 1)}}} {1 3}
    {m.User {WHERE {posts = null or posts__title = 'c'}}} {2 4}

    {m.User {FILTER posts__note__text x}} {1 2 3}
    {m.User {FILTER posts__note_set__text x}} {1 2 3}
    {m.User {FILTER posts__note__text x posts__note__score 9}} 2
    {m.User {FILTER posts__note__text x FILTER posts__note__score 9}} {1 2}
    {m.User {FILTER posts__title a posts__note__score 9}} {1 2}
    {m.User {FILTER posts__title b posts__note__score 9}} {}
    {m.User {FILTER posts__title b FILTER posts__note__score 9}} 1
    {m.User {FILTER posts__note__isnull true}} {1 4}
    {m.User {FILTER posts__note__score__isnull true}} {1 2 4}
    {m.User {EXCLUDE posts__note__score__isnull true}} 3
    {m.User {EXCLUDE posts__note__score__gt 5}} {3 4}
    {m.User {WHERE {posts__title = 'a' and (posts__note__score = 9 or posts__note__isnull = true)}}} {1 2}

    {m.Post {FILTER note__text x}} {1 3 5}
    {m.Post {FILTER note__text x note__score 9}} 3
    {m.Post {FILTER author__posts__title b}} {1 2 5}
    {m.Post {FILTER author__posts__title b author__posts__stars 1}} 5
    {m.Post {FILTER author__posts__title b FILTER author__posts__stars 1}} {1 2 5}
    {m.Post {EXCLUDE author__posts__title b}} {3 4 6 7}
    {m.Post {FILTER author__posts__isnull true}} {6 7}
    {m.Note {FILTER post__author__posts__title b}} {1 2 5}
    {m.Note {FILTER post__author__name ada post__author__posts__stars 5 text x}} 1

    {m.Post {FILTER author__name__isnull true}} {6 7}
    {m.Post {FILTER author__age__isnull true}} {5 6 7}
    {m.Post {EXCLUDE author__age__isnull true}} {1 2 3 4}
    {m.Post {FILTER author__isnull true}} 6
    {m.Post {FILTER author__pk__isnull true}} 6
    {m.Post {FILTER author__key__isnull true}} 6
    {m.Post {FILTER author 9}} 7
    {m.Post {FILTER author__key__gt 3}} 7
    {m.Post {EXCLUDE author__name ada}} {3 4 5 6 7}
    {m.Post {EXCLUDE author__name__startswith {}}} {6 7}
    {m.Post {WHERE {author__age = null}}} {5 6 7}
    {m.Post {WHERE {author__age != null}}} {1 2 3 4}
    {m.Post {WHERE {author__name != 'ada'}}} {3 4 5 6 7}
    {m.Post {WHERE {author__name = 'ada' or author__name = null}}} {1 2 6 7}
}

proc answers {client} {
    set all {}
    foreach {question -} $::asked {
        lassign $question model filters
        lappend all [lsort [$client nonrel.query $model {*}$filters FIELDS pk FLAT]] [$client nonrel.count $model {*}$filters] [$client nonrel.exists $model {*}$filters]
    }
    return $all
}

start_nonrel {overrides {save {} appendonly yes}} {
    foreach {with index} {"without indexes" false "with indexes" true "with sets" {["exact", "isnull"]}} {
        test "conditions on what there are several of, $with" {
            forum $index
            foreach {question want} $::asked {
                lassign $question model filters
                assert_equal $want [found $model {*}$filters] "$model $filters"
            }
        }

        test "an entity comes once, whatever counts, slices and pages it, $with" {
            forum $index
            set filter {FILTER posts__stars__gte 1}
            assert_equal {3 {3 2}} [r nonrel.query m.User {*}$filter ORDER -pk LIMIT 0 2 WITHCOUNT FIELDS pk FLAT]
            assert_equal {bob cy} [r nonrel.query m.User {*}$filter ORDER name LIMIT 1 5 FIELDS name FLAT]
            lassign [r nonrel.query m.User {*}$filter ORDER -age PAGE 2 WITHCOUNT FIELDS pk FLAT] total page token
            assert_equal {3 {2 1}} [list $total $page]
            assert_equal {3 3 {}} [r nonrel.query m.User {*}$filter ORDER -age PAGE 2 AFTER $token WITHCOUNT FIELDS pk FLAT]
            assert_equal {{count 3 age__sum 70}} [r nonrel.aggregate m.User {*}$filter COUNT * SUM age]
            assert_equal {{} 30 40} [r nonrel.query m.User {*}$filter FIELDS age FLAT DISTINCT]
        }

        test "UPDATE and DELETE take the same filters, $with" {
            forum $index
            assert_equal 1 [r nonrel.update m.User FILTER posts__title a posts__stars 5 SET name new]
            assert_equal 2 [found m.User FILTER name new]
            assert_equal 2 [r nonrel.update m.User FILTER posts__stars__isnull true EXPR age {F(age) + 1}]
            assert_equal {41 51} [r nonrel.query m.User FILTER age__gt 40 ORDER age FIELDS age FLAT]
            assert_equal 4 [r nonrel.delete m.Post EXCLUDE note__text x]
            assert_equal {1 3 5} [found m.Post]
            assert_equal 1 [r nonrel.delete m.User FILTER posts__isnull true]
            assert_equal {1 2 3} [found m.User]
            all_sound
        }

        test "writes of all sides change the answers at once, $with" {
            forum $index
            r hset m.Post:2 title a
            assert_equal {1 2} [found m.User FILTER posts__title a posts__stars 5]
            r hset m.Post:3 author 4
            assert_equal {1 4} [found m.User FILTER posts__title a posts__stars 5]
            r del m.Post:3
            assert_equal 4 [found m.User FILTER posts__isnull true]
            r hset m.Post:50 id 50 title z stars 5 author 4
            assert_equal 4 [found m.User FILTER posts__title z posts__stars 5]
            r hdel m.Post:50 author
            assert_equal {} [found m.User FILTER posts__title z]
            r rename m.Post:50 m.Post:51
            r hset m.Post:51 id 51 author 3
            assert_equal 3 [found m.User FILTER posts__title z]
            r del m.User:3
            assert_equal {} [found m.User FILTER posts__title z]
            assert_equal {5 6 7 51} [found m.Post FILTER author__name__isnull true]
            r multi
            r nonrel.save m.User key 3 name back
            r nonrel.query m.User FILTER posts__title z FIELDS name FLAT
            r nonrel.save m.Post pk 51 NULL author
            r nonrel.query m.User FILTER posts__title z FIELDS name FLAT
            assert_equal {3 back 51 {}} [r exec]
            assert_equal {6 7 51} [found m.Post FILTER author__name__isnull true]
            all_sound
        }

        test "who has run out is related to nobody, with nobody having looked, $with" {
            forum $index
            r debug set-active-expire 0
            set keys [r dbsize]
            foreach key {m.Post:3 m.User:3 m.Note:2} { r pexpire $key 1 }
            after 10
            assert_equal {} [found m.User FILTER posts__title a posts__stars 5]
            assert_equal {5 6 7} [found m.Post FILTER author__name__isnull true]
            assert_equal {} [found m.Post FILTER author__name cy]
            assert_equal {1 2 4 5 6 7} [found m.Post EXCLUDE author__name cy]
            assert_equal {1 2 4} [found m.User FILTER posts__note__score__isnull true]
            assert_equal {} [found m.User FILTER posts__note__score 9]
            assert_equal 2 [found m.User WHERE {pk__in = (QUERY m.Post WHERE title = 'c' FIELDS author)}]
            assert_equal {} [found m.Post WHERE {author__in = (QUERY m.User WHERE name = 'cy')}]
            assert_equal {{author__name {} count 3} {author__name ada count 2} {author__name bob count 1}} [r nonrel.aggregate m.Post GROUPBY author__name COUNT *]
            assert_equal {author__name {} author {}} [r nonrel.get m.Post 5 FIELDS author__name author WITH author]
            assert_equal {{name bob posts {{id 4 title c stars {} day {} author 2}}}} [r nonrel.query m.User FILTER name bob FIELDS name PREFETCH posts]
            r debug set-active-expire 1
            foreach model $::models {
                wait_for_condition 200 50 {[r nonrel.index check $model] eq {}} else { fail "$model: [r nonrel.index check $model]" }
            }
        } {} {needs:debug}

        test "answers are the same after a restart, $with" {
            forum $index
            set before [answers r]
            r debug reload
            assert_equal $before [answers r]
            r bgrewriteaof
            waitForBgrewriteaof r
            r nonrel.save m.Post title a stars 5 author 4
            r nonrel.update m.User FILTER posts__title b SET age 1
            r nonrel.delete m.User FILTER posts__note__score__isnull true
            set before [answers r]
            r debug loadaof
            assert_equal $before [answers r]
            all_sound
        }
    }

    test {what leads to any number has no place in a row: SYNTAX, and PREFETCH gives lists} {
        forum true
        foreach clauses {
            {ORDER posts} {ORDER -posts__title} {ORDER posts__note__text} {FIELDS posts} {FIELDS name posts__title} {FIELDS posts__title FLAT} {FIELDS posts DISTINCT}
            {FIELDS posts__title DISTINCT} {FIELDS name DISTINCT ORDER posts__title} {WITH posts} {ORDER posts__title PAGE 2}
        } { refused {[SN][YO][NF]*'posts*} nonrel.query m.User {*}$clauses }
        foreach clauses {{ORDER author__posts__title} {FIELDS author__posts} {FIELDS author__posts__title DISTINCT}} { refused {SYNTAX *} nonrel.query m.Post {*}$clauses }
        refused {SYNTAX *} nonrel.get m.User 1 FIELDS posts
        assert_equal {{name ada posts {{id 1 title a stars 1 day 2026-01-31 author 1} {id 2 title b stars 5 day {} author 1}}}} \
            [r nonrel.query m.User FILTER key 1 FIELDS name PREFETCH posts]
    }

    test {null goes with exact and iexact alone, and names behind a relation are checked there} {
        forum false
        foreach lookup {lt lte gt gte range in startswith contains isnull regex} {
            refused {BADVALUE *} nonrel.query m.User Q "{\"posts__title__$lookup\": null}"
            refused {BADVALUE *} nonrel.query m.User WHERE "posts__title__$lookup = null"
            refused {BADVALUE *} nonrel.query m.Post Q "{\"author__name__$lookup\": null}"
        }
        refused {BADVALUE *} nonrel.query m.User WHERE {posts__stars < null}
        foreach {pattern path} {
            NOFIELD*'titel'*'title'* posts__titel NOFIELD*'titel'* posts__titel__icontains NOFIELD* posts__author__nmae NOLOOKUP* posts__title__exakt NOLOOKUP* posts__stars__month
            NOFIELD* post__title NOFIELD* posts_set__title NOFIELD*'nope'* posts__note__nope
            NOFIELD* author NOFIELD* posts__posts
        } { refused $pattern nonrel.count m.User FILTER $path x }
        refused {BADVALUE *'posts__stars'*} nonrel.count m.User FILTER posts__stars x
        refused {BADVALUE *'posts__id'*} nonrel.count m.User FILTER posts x
        refused {BADVALUE *} nonrel.delete m.User FILTER posts__stars__in 5
        refused {BADVALUE *} nonrel.update m.User FILTER posts__isnull maybe SET name x
    }

    test {a name that two references have seen from their target is refused, + has none} {
        r flushall
        model c.To {{"fields": {"n": {"type": "int", "null": true}}}}
        refused {BADVALUE *related_name*} nonrel.model set c.From {{"fields": {"a": {"type": "fk", "to": "c.To", "null": true}, "b": {"type": "fk", "to": "c.To", "null": true}}}}
        refused {BADVALUE *related_name*} nonrel.model set c.From {{"fields": {"a": {"type": "fk", "to": "c.To", "null": true, "related_name": "n"}}}}
        model c.From {{"fields": {"a": {"type": "fk", "to": "c.To", "null": true}, "b": {"type": "fk", "to": "c.To", "null": true, "related_name": "+"}}}}
        r nonrel.save c.To n 1
        r nonrel.save c.To n 2
        r nonrel.save c.From a 1 b 2
        foreach name {from from_set} { assert_equal 1 [found c.To FILTER ${name}__pk 1] }
        refused {NOFIELD *} nonrel.count c.To FILTER +__pk 1
        refused {BADVALUE *related_name*} nonrel.model set d.From {{"fields": {"x": {"type": "fk", "to": "c.To", "null": true}}}}
    }
}

# Lookups of all types through a reference: row 1 refers to an entity that each is true of, 2 is NULL, 3 refers to nobody, 4 to an entity without values.
set ::behind {
    t {exact word iexact WORD startswith {} istartswith {} endswith {} iendswith {} contains {} icontains {} regex {} iregex {} lt z lte z gt {} gte {} range {["", "z"]} in {["word"]}}
    n {exact 7 lt 100 lte 100 gt -100 gte -100 range {[-100, 100]} in {[7]} startswith {} contains 7 regex .}
    f {exact 1.5 lt 9 gt -9} d {exact 2.50 gte -9 contains .} b {exact true in {[true]}} u {istartswith 0}
    day {exact 2026-11-22 lt 9999-12-31 year 2026 month 11 day 22 quarter 4 week 47 week_day 1 iso_week_day 7 iso_year 2026 year__gte 1 month__in {[11]} year__range {[1, 9999]}}
    at {date 2026-11-22 time 13:05:09 hour 13 minute 5 second 9 date__year 2026 time__hour__lt 24}
    z {exact raw}
    l {exact a startswith {} contains_all {[]} contains_all {["a"]} overlap {["a"]} len 2 len__gte 0 in {["a"]} 0 a}
    j {exact {{"k":1,"s":"x"}} k 1 k__gt 0 s__startswith {} has_key k has_keys {[]} has_any_keys {["k"]}}
    m {k 5 k__lt 9 has_key k has_keys {["k"]}}
    e {city Rome city__icontains {} zip__gte 0}
}

start_nonrel {overrides {save {}}} {
    foreach {with index} {"without indexes" false "with indexes" true} {
        test "over a NULL reference, and to an entity that is not there, only isnull true holds, and NOT does, $with" {
            r flushall
            set text [expr {$index ? {, "index": true} : {}}]
            model n.To [string map [list INDEX $text] {{"fields": {"t": {"type": "char", "null": true INDEX}, "n": {"type": "int", "null": true INDEX}, "f": {"type": "float", "null": true INDEX},
                "d": {"type": "decimal", "max_digits": 5, "decimal_places": 2, "null": true INDEX}, "b": {"type": "bool", "null": true}, "u": {"type": "uuid", "null": true INDEX},
                "day": {"type": "date", "null": true INDEX}, "at": {"type": "datetime", "null": true INDEX}, "z": {"type": "blob", "null": true},
                "l": {"type": "list", "of": {"type": "char"}, "null": true INDEX}, "j": {"type": "json", "null": true}, "m": {"type": "dict", "of": {"type": "int"}, "null": true},
                "e": {"type": "embedded", "null": true, "fields": {"city": {"type": "char"}, "zip": {"type": "int"}}}}}}]
            model n.From {{"fields": {"to": {"type": "fk", "to": "n.To", "null": true, "related_name": "froms"}}}}
            model n.Far {{"fields": {"from": {"type": "fk", "to": "n.From", "null": true}}}}
            r nonrel.save n.To t word n 7 f 1.5 d 2.5 b 1 u 01234567-89ab-cdef-0123-456789abcdef day 2026-11-22 at 2026-11-22T13:05:09 z raw l {["a","b"]} j {{"k":1,"s":"x"}} m {{"k":5}} \
                e {{"city":"Rome","zip":5}}
            r nonrel.save n.To n 0
            r nonrel.save n.To pk 2 NULL n
            foreach to {1 {} 99 2} { r nonrel.save n.From {*}[expr {$to eq {} ? {NULL to} : [list to $to]}] }
            foreach from {1 2 3 4 {} 99} { r nonrel.save n.Far {*}[expr {$from eq {} ? {NULL from} : [list from $from]}] }
            foreach {field lookups} $::behind {
                foreach {lookup operand} $lookups {
                    set path ${field}__$lookup
                    assert_equal 1 [found n.To FILTER $path $operand] $path
                    assert_equal 1 [found n.From FILTER to__$path $operand] $path
                    assert_equal {2 3 4} [found n.From EXCLUDE to__$path $operand] "EXCLUDE $path"
                    assert_equal 1 [found n.Far FILTER from__to__$path $operand] $path
                    assert_equal {2 3 4 5 6} [found n.Far EXCLUDE from__to__$path $operand] "EXCLUDE $path"
                }
                assert_equal {2 3 4} [found n.From FILTER to__${field}__isnull true] $field
                assert_equal 1 [found n.From FILTER to__${field}__isnull false] $field
                assert_equal 1 [found n.From EXCLUDE to__${field}__isnull true] $field
                assert_equal {2 3 4} [found n.From EXCLUDE to__${field}__isnull 0] $field
                assert_equal {2 3 4 5 6} [found n.Far FILTER from__to__${field}__isnull 1] $field
                assert_equal 1 [found n.Far FILTER from__to__${field}__isnull false] $field
            }
            foreach path {day__year day__month at__date j__k m__k e__city} {
                assert_equal {2 3 4} [found n.From FILTER to__${path}__isnull true] $path
                assert_equal 1 [found n.From EXCLUDE to__${path}__isnull true] $path
            }
            foreach field {t n f d b u day at z} {
                assert_equal {2 3 4} [found n.From Q "{\"to__$field\": null}"] $field
                assert_equal 1 [found n.From WHERE "to__$field != null"] $field
            }
            foreach model {n.To n.From n.Far} { sound $model }
        }
    }
}

start_nonrel {overrides {save {}}} {
    start_nonrel {overrides {save {}}} {
        test {a replica gives the same answers, and what a filter through relations found is replicated, not the filter} {
            set primary [srv -1 client]
            define $primary true
            fill $primary
            become_copy r
            r select 9
            foreach write {{nonrel.update m.User FILTER posts__title a posts__stars 5 SET age 1} {hset m.Post:2 title a} {nonrel.save m.Post pk 3 author 4} {del m.User:3}
                {nonrel.delete m.Post FILTER author__name__isnull true} {nonrel.delete m.User EXCLUDE posts__note__score 9}} {
                $primary {*}$write
                wait_for_ofs_sync r $primary
                assert_equal [answers $primary] [answers r] $write
                assert_equal [$primary debug digest] [r debug digest] $write
            }
            assert_error {READONLY *} {r nonrel.update m.User FILTER posts__title a SET age 2}
            lassign [$primary nonrel.query m.Post ORDER -author__name title PAGE 1 FIELDS pk FLAT] page token
            set next {nonrel.query m.Post ORDER -author__name title PAGE 9 AFTER $token FIELDS pk FLAT}
            assert_equal [lrange [$primary nonrel.query m.Post ORDER -author__name title FIELDS pk FLAT] 1 end] [lindex [r {*}[subst $next]] 0]
            $primary debug reload
            assert_equal [r {*}[subst $next]] [$primary {*}[subst $next]]
        }
    }
}

# living.tcl -- a small blog that has every kind of field and index, and all its answers as one value: what the server goes through must not
# change them. Source after nonrel.tcl.

set ::blog_definitions {
    blog.Stamped {{"abstract":true,"fields":{
        "created":{"type":"datetime","auto_now_add":true,"index":true},
        "updated":{"type":"datetime","auto_now":true}}}}
    auth.User {{"pk":"username","fields":{
        "username":{"type":"slug"},
        "email":{"type":"email","unique":true,"null":true}}}}
    blog.Post {{"extends":["blog.Stamped"],"fields":{
        "title":{"type":"char","max_length":40,"index":true},
        "slug":{"type":"slug","unique":true},
        "author":{"type":"fk","to":"auth.User","null":true},
        "status":{"type":"char","choices":["draft","published"],"default":"draft","index":["exact"]},
        "views":{"type":"int","default":0,"index":true},
        "rating":{"type":"decimal","max_digits":5,"decimal_places":2,"null":true,"index":true},
        "score":{"type":"float","null":true,"index":true},
        "public":{"type":"bool","default":false,"index":true},
        "born":{"type":"date","null":true,"index":["exact","isnull"]},
        "raw":{"type":"blob","null":true},
        "note":{"type":"text","null":true}}}}
    shop.Item {{"pk":"token","fields":{
        "token":{"type":"uuid"},
        "name":{"type":"char","index":true},
        "price":{"type":"decimal","max_digits":12,"decimal_places":2,"default":"9.99","index":true}}}}
}

proc define_blog {client} {
    foreach {model definition} $::blog_definitions { $client nonrel.model set $model $definition }
}

# n posts of three users, values spread over all indexes, some of them NULL.
proc fill_blog {client {n 60}} {
    foreach user {ann bob eve} { $client nonrel.save auth.User username $user email $user@example.org }
    for {set i 1} {$i <= $n} {incr i} { save_post $client $i }
    foreach name {bolt nut screw} { $client nonrel.save shop.Item name $name }
}

# The pk of the new post. tag makes its slug unique.
proc save_post {client tag} {
    set number [string trimleft [regsub -all {[^0-9]} $tag {}] 0]
    if {$number eq {}} { set number 0 }
    set args [list title "title [expr {$number % 17}]" slug post-$tag views [expr {$number * 37 % 100 - 50}]]
    if {$number % 3} { lappend args author [lindex {ann bob eve} [expr {$number % 3}]] }
    if {$number % 4} { lappend args rating [expr {$number % 100 - 20}].[format %02d [expr {$number * 7 % 100}]] }
    if {$number % 5} { lappend args score [expr {$number - 30}]e-1 }
    if {$number % 2} { lappend args status published public 1 }
    if {$number % 6} { lappend args born 2024-02-[format %02d [expr {$number % 28 + 1}]] }
    if {$number % 7 == 0} { lappend args raw "\x00\xff\r\n" note [encoding convertto utf-8 "\u00e9 \u4e16"] }
    $client nonrel.save blog.Post {*}$args
}

set ::blog_filters {
    {} {pk 7} {pk__in {[1,2,3,999]}} {title {title 3}} {title__startswith {title 1}} {title__lt {title 2}} {slug post-9} {slug__startswith post-1}
    {author ann} {author__in {["bob","eve"]}} {author__isnull 1} {status draft} {status__in {["published"]}} {views__gte 0} {views__range {[-20,20]}}
    {views -13} {rating__gt 3.5} {rating__isnull true} {rating__lte -1} {score__lt 0} {score__isnull 0} {public true} {born 2024-02-05}
    {born__isnull 1} {created__gte 2020-01-01} {updated__lt 2020-01-01} {status published views__gt 10 author bob}
}

# Each answer that can be asked for: counts, rows through each index both ways, the entities themselves, the state of the indexes.
proc blog_answers {client} {
    set answers {}
    foreach filter $::blog_filters {
        set clause [expr {$filter eq {} ? {} : [list FILTER {*}$filter]}]
        lappend answers [list $filter [$client nonrel.count blog.Post {*}$clause] [$client nonrel.exists blog.Post {*}$clause] \
            [$client nonrel.query blog.Post {*}$clause ORDER pk FIELDS pk FLAT]]
        if {$filter ne {}} { lappend answers [$client nonrel.query blog.Post EXCLUDE {*}$filter ORDER pk FIELDS pk FLAT] }
    }
    foreach field {pk title slug status views rating score public born created} {
        lappend answers [list $field [$client nonrel.query blog.Post ORDER $field FIELDS pk FLAT] \
            [$client nonrel.query blog.Post ORDER -$field LIMIT 2 7]]
    }
    lappend answers [$client nonrel.query blog.Post ORDER pk] [$client nonrel.query shop.Item ORDER name] [$client nonrel.query auth.User ORDER pk]
    lappend answers [$client nonrel.model list] [$client nonrel.model get blog.Post]
    foreach model {blog.Post auth.User shop.Item} { lappend answers [$client nonrel.index list $model] [$client nonrel.index check $model] }
    return $answers
}

# The first difference, short enough to be read.
proc assert_same_answers {want got} {
    assert_equal [llength $want] [llength $got]
    foreach a $want b $got { assert_equal $a $b }
}

# Every model's indexes agree with the entities.
proc assert_indexes_clean {client {models {blog.Post auth.User shop.Item}}} {
    foreach model $models { assert_equal {} [$client nonrel.index check $model] "INDEX CHECK $model" }
}

# Each command that takes a model, with arguments that would work on shop.Item, and whether it writes.
proc commands_on {model} {
    list \
        [list read nonrel.model get $model] [list read nonrel.get $model 1] [list read nonrel.mget $model 1 2] [list read nonrel.query $model] \
        [list read nonrel.count $model] [list read nonrel.exists $model] [list read nonrel.explain QUERY $model] \
        [list read nonrel.explain COUNT $model] \
        [list read nonrel.explain DELETE $model ALL] [list read nonrel.index list $model] [list read nonrel.index check $model] \
        [list write nonrel.save $model name x] [list write nonrel.save $model JSON {{"name":"x"}}] [list write nonrel.delete $model ALL] \
        [list write nonrel.delete $model PK 1] [list write nonrel.model set $model {{"fields":{"name":{"type":"char"}}}}] \
        [list write nonrel.model drop $model] [list write nonrel.model drop $model ENTITIES]
}

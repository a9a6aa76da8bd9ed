# truth.tcl -- three models, and what all answers about them should be, worked out from HGETALL of all keys by the plainest means. Source after nonrel.tcl.
#
# agree                 every answer of a server is what its hashes say
# settled               indexes are mended
# followed_everywhere   both, on $::primary and $::replica, whose keys are the same

set ::definitions {
    f.User {{"pk":"name","fields":{
        "name":{"type":"slug"},
        "email":{"type":"char","unique":true,"null":true},
        "age":{"type":"int","null":true,"index":true}}}}
    f.Post {{"fields":{
        "title":{"type":"char","index":true},
        "slug":{"type":"slug","unique":true,"null":true},
        "status":{"type":"char","default":"draft","index":["exact"]},
        "views":{"type":"int","null":true,"index":true},
        "rating":{"type":"decimal","max_digits":5,"decimal_places":2,"null":true},
        "author":{"type":"fk","to":"f.User","null":true},
        "note":{"type":"text","null":true}}}}
    f.Plain {{"fields":{
        "n":{"type":"int","null":true,"index":true},
        "s":{"type":"char","null":true,"index":["exact","isnull"]}}}}
}

# pk, then fields and their kinds; a kind in capitals: not null
array set ::fields {
    f.User {name text email text age int}
    f.Post {id int title TEXT slug text status TEXT views int rating decimal author text note text}
    f.Plain {id int n int s text}
}

# clauses, and what they say of an entity
array set ::questions {
    f.User {
        {}                                  {1}
        {FILTER age__gt 30}                 {[has age] && [v age] > 30}
        {FILTER age__isnull 1}              {![has age]}
        {FILTER email eve@x}                {[v email] eq {eve@x}}
        {FILTER pk__in ["ann","zoe","bob"]} {[v name] in {ann zoe bob}}
        {EXCLUDE email__startswith b}       {![string match b* [v email]]}
    }
    f.Post {
        {}                              {1}
        {FILTER pk 3}                   {[v id] == 3}
        {FILTER pk__gte 6}              {[v id] >= 6}
        {FILTER title {title 3}}        {[v title] eq {title 3}}
        {FILTER title__startswith t}    {[string match t* [v title]]}
        {FILTER title__lt {title 2}}    {[v title] < {title 2}}
        {FILTER slug slug-2}            {[v slug] eq {slug-2}}
        {FILTER status draft}           {[v status] eq {draft}}
        {FILTER status__in ["draft","published","other"]} {[v status] in {draft published other}}
        {FILTER views__gte 3}           {[has views] && [v views] >= 3}
        {FILTER views__isnull 1}        {![has views]}
        {FILTER author ann}             {[v author] eq {ann}}
        {FILTER author__isnull 0}       {[has author]}
        {FILTER rating__gt 2.5}         {[has rating] && [v rating] > 2.5}
        {FILTER note x}                 {[v note] eq {x}}
        {EXCLUDE views__gte 3}          {!([has views] && [v views] >= 3)}
        {EXCLUDE status draft note x}   {!([v status] eq {draft} && [v note] eq {x})}
        {FILTER status draft views__lt 9 EXCLUDE author bob} {[v status] eq {draft} && [has views] && [v views] < 9 && [v author] ne {bob}}
    }
    f.Plain {
        {}                    {1}
        {FILTER n__range [2,50]} {[has n] && [v n] >= 2 && [v n] <= 50}
        {FILTER n__isnull 1}  {![has n]}
        {FILTER s a}          {[v s] eq {a}}
        {EXCLUDE s a}         {[v s] ne {a}}
        {FILTER s__isnull 1}  {![has s]}
    }
}

array set ::orders {
    f.User {pk -pk age -age email}
    f.Post {pk -pk views -views title -title note {status -views} {author -title}}
    f.Plain {pk -n n {s -n}}
}

# -- what answers should be ----------------------------------------------------------------------------------------------------------------

proc has {field} { dict exists $::entity $field }
proc v {field} { value_of $::entity $field }
proc value_of {entity field} { if {[dict exists $entity $field]} { return [dict get $entity $field] } }

proc is_value {kind text} {
    switch [string tolower $kind] {
        int { return [regexp {^(0|-?[1-9][0-9]{0,17})$} $text] }
        decimal { return [regexp {^-?[0-9]+(\.[0-9]{1,2})?$} $text] }
        text { return 1 }
    }
}

# The entity of a hash as a dict of the fields that are not NULL, the pk among them; {} when it does not decode.
proc decoded {model pk hash} {
    set entity {}
    set first [lindex $::fields($model) 0]
    if {![is_value [lindex $::fields($model) 1] $pk] || $pk eq {}} { return {} }
    if {![dict exists $hash $first]} { dict set hash $first $pk }
    if {[dict get $hash $first] ne $pk} { return {} }
    foreach {field kind} $::fields($model) {
        if {![dict exists $hash $field]} {
            if {[string is upper $kind]} { return {} }
        } elseif {![is_value $kind [dict get $hash $field]]} {
            return {}
        } else {
            dict set entity $field [dict get $hash $field]
        }
    }
    return $entity
}

# pk -> entity, of all that the keys say.
proc entities {client model} {
    set all {}
    foreach key [$client keys $model:*] {
        if {[$client type $key] ne {hash}} { continue }
        set pk [string range $key [string length $model:] end]
        set entity [decoded $model $pk [$client hgetall $key]]
        if {$entity ne {}} { dict set all $pk $entity }
    }
    return $all
}

proc compare {kind a b} {
    if {$a eq $b} { return 0 }
    if {$a eq {}} { return -1 }
    if {$b eq {}} { return 1 }
    if {[string tolower $kind] eq {text}} { return [string compare $a $b] }
    return [expr {$a < $b ? -1 : $a > $b}]
}

proc by_order {model all order a b} {
    set pk [lindex $::fields($model) 0]
    foreach key [concat $order $pk] {
        set field [string map [list pk $pk] [string trimleft $key -]]
        set values {}
        foreach one [list $a $b] { lappend values [value_of [dict get $all $one] $field] }
        set c [compare [dict get $::fields($model) $field] {*}$values]
        if {$c} { return [expr {[string match -* $key] ? -$c : $c}] }
    }
    return 0
}

proc flat_entity {model entity} {
    set row {}
    foreach {field kind} $::fields($model) { lappend row $field [value_of $entity $field] }
    return $row
}

# Every answer about every model is what its hashes say.
proc agree {client {models {f.User f.Post f.Plain}} {when {}}} {
    foreach model $models {
        set all [entities $client $model]
        foreach {clauses condition} $::questions($model) {
            set want {}
            dict for {pk ::entity} $all { if $condition { lappend want $pk } }
            assert_equal [lsort $want] [lsort [$client nonrel.query $model {*}$clauses FIELDS pk FLAT]] "QUERY $model $clauses $when"
            assert_equal [llength $want] [$client nonrel.count $model {*}$clauses] "COUNT $model $clauses $when"
            assert_equal [expr {$want ne {}}] [$client nonrel.exists $model {*}$clauses] "EXISTS $model $clauses $when"
        }
        foreach order $::orders($model) {
            set want [lsort -command [list by_order $model $all $order] [dict keys $all]]
            assert_equal $want [$client nonrel.query $model ORDER {*}$order FIELDS pk FLAT] "ORDER $order of $model $when"
            assert_equal [lrange $want 1 3] [$client nonrel.query $model ORDER {*}$order FIELDS pk FLAT LIMIT 1 3] "ORDER $order of $model, a part, $when"
        }
        foreach pk [lsort -command [list by_order $model $all pk] [dict keys $all]] entity [$client nonrel.query $model ORDER pk] {
            assert_equal [flat_entity $model [dict get $all $pk]] $entity "$model:$pk $when"
        }
    }
}

# Repairs are written soon after the event.
proc settled {client {models {f.User f.Post f.Plain}}} {
    foreach model $models {
        wait_for_condition 100 20 {[$client nonrel.index check $model] eq {}} else { fail "INDEX CHECK $model: [$client nonrel.index check $model]" }
    }
}

# -- what there is at first ------------------------------------------------------------------------------------------------------------------

proc define {client} {
    foreach {model definition} $::definitions { $client nonrel.model set $model $definition }
}

# Twelve posts, three users, five plain ones.
proc fill {client} {
    foreach {name age} {ann 30 bob 31 eve {}} {
        $client nonrel.save f.User name $name email $name@x {*}[expr {$age eq {} ? {} : [list age $age]}]
    }
    for {set i 1} {$i <= 12} {incr i} {
        set row [list title "title [expr {$i % 5}]" slug slug-$i status [expr {$i % 3 ? {draft} : {published}}]]
        if {$i % 4} { lappend row views $i }
        if {$i % 2} { lappend row rating [expr {$i / 2}].50 author [lindex {ann bob} [expr {$i % 4 == 1}]] }
        if {$i % 5 == 0} { lappend row note x }
        $client nonrel.save f.Post {*}$row
    }
    for {set i 1} {$i <= 5} {incr i} { $client nonrel.save f.Plain n [expr {$i * 10}] s [lindex {a b} [expr {$i % 2}]] }
}

proc fresh {client} {
    $client flushall
    define $client
    fill $client
}

# What is held in memory of the models is forgotten.
proc forget {client} {
    foreach {model definition} $::definitions {
        $client hset $model touched 1
        $client hdel $model touched
    }
}

# -- a primary and its replica ------------------------------------------------------------------------------------------------------------

proc catch_up {} {
    wait_for_ofs_sync $::replica $::primary
}

# After a write: the next command of anybody, here and on the replica, before and after indexes are mended.
proc followed_everywhere {when} {
    agree $::other {f.User f.Post f.Plain} "$when, by another client"
    catch_up
    agree $::replica {f.User f.Post f.Plain} "$when, replica"
    settled $::primary
    agree $::primary {f.User f.Post f.Plain} "$when, mended"
    catch_up
    settled $::replica
    agree $::replica {f.User f.Post f.Plain} "$when, mended replica"
    same_keys $when
}

# The digest counts keys that have run out and are there still, as on a replica whose primary left them behind with DEBUG RELOAD: nobody sees those.
proc same_keys {when} {
    catch_up
    if {[$::primary debug digest] eq [$::replica debug digest]} { return }
    foreach db {10 9} {
        foreach client [list $::primary $::replica] { $client select $db }
        foreach key [lsort [concat [$::primary keys *] [$::replica keys *]]] {
            set here [contents $::primary $key]
            assert_equal $here [contents $::replica $key] "$key of the replica in database $db, $when"
        }
    }
}

# When it runs out, and what it holds.
proc contents {client key} {
    switch [$client type $key] {
        hash { set held [lsort -stride 2 [$client hgetall $key]] }
        zset { set held [$client zrange $key 0 -1 withscores] }
        set { set held [lsort [$client smembers $key]] }
        string { set held [$client get $key] }
        default { set held [$client dump $key] }
    }
    return [list [$client pexpiretime $key] $held]
}

proc info_field {client name} {
    regexp "nonrel_$name:(\[0-9\]+)" [$client info nonrel] - value
    return $value
}

# Runs code with $::primary, $::replica, and $::other, a second client of the primary.
proc with_replica {code} {
    start_nonrel {overrides {save {} propagation-error-behavior panic}} {
        start_nonrel {overrides {save {} propagation-error-behavior panic}} {
            set ::primary [srv -1 client]
            set ::replica [srv 0 client]
            set ::other [redis_client -1]
            $::replica replicaof [srv -1 host] [srv -1 port]
            wait_for_sync $::replica
            wait_replica_online $::primary
            uplevel 1 $code
        }
    }
}

# random.tcl -- random definitions, writes of ours and of others, and questions with what their answers should be. Source after nonrel.tcl and truth.tcl.
#
# ask client when       random questions, answered by the hashes that the same transaction reads
# write client          random commands, plain, in a transaction, or in a script
# begin client          two models, x.User and x.Item, and entities of both, in the databases 9 and 10
#
# Everything is drawn by rand(): the seed repeats the commands, though not what the clock does to short times to live.

proc any {n} { expr {int(rand() * $n)} }
proc pick {list} { lindex $list [any [llength $list]] }
proc chance {percent} { expr {rand() * 100 < $percent} }

# -- models --------------------------------------------------------------------------------------------------------------------------------

# field, kind (capitals: never NULL), options of the definition; the primary key first.
array set ::columns {
    x.User {name text {"type":"slug"}  age int {"type":"int","null":true,%i}  email text {"type":"char","null":true,"unique":true}}
    x.Item {
        id int {"type":"auto"}
        a int {"type":"int","null":true,%i}
        b text {"type":"char","null":true,%i}
        c TEXT {"type":"char","default":"draft","index":["exact","isnull"]}
        u text {"type":"slug","null":true,"unique":true}
        d decimal {"type":"decimal","max_digits":12,"decimal_places":2,"null":true,%i}
        t text {"type":"date","null":true,%i}
        f bool {"type":"bool","null":true,"index":["exact"]}
        k int {"type":"int","null":true,"column":true}
        n text {"type":"text","null":true}
        r text {"type":"fk","to":"x.User","null":true}
    }
}

# Fields marked %i have an ordered index, a set index, a column or nothing: by chance, so that a definition drawn again is a migration.
proc definition {model store} {
    set fields {}
    foreach {field kind options} $::columns($model) {
        set index [pick {{"index":true} {"index":true} {"index":["exact"]} {"column":true} {"help":"none"}}]
        lappend fields "\"$field\":{[string map [list %i $index] $options]}"
    }
    return "{\"pk\":\"[lindex $::columns($model) 0]\",\"fields\":{[join $fields ,]},\"store\":\"$store\"}"
}

proc kind {model field} {
    if {[dict exists $::behind $field]} { return [dict get $::behind $field] }
    foreach {name kind options} $::columns($model) { if {$name eq $field} { return [string tolower $kind] } }
}

proc names {model} { lmap {name kind options} $::columns($model) { set name } }

# What can be asked besides: fields behind the reference, some of which have indexes along it.
set ::behind {r__age int r__email text}
proc asked {model} { concat [names $model] [expr {$model eq {x.Item} ? [dict keys $::behind] : {}}] }

# Items as they are asked for, with what the users behind their references have.
proc joined {items users} {
    dict for {pk item} $items {
        if {![dict exists $item r] || ![dict exists $users [dict get $item r]]} { continue }
        set user [dict get $users [dict get $item r]]
        foreach field {age email} { if {[dict exists $user $field]} { dict set items $pk r__$field [dict get $user $field] } }
    }
    return $items
}

# -- values: what clients write, as ours would be written, and what no field of the kind can hold -------------------------------------------

proc word {} { pick [list a ab abc b ba {} "a b" "\xc3\x84" "z\x00z" zz 7] }
proc user {} { pick {ann bob eve zoe kim} }
proc number {} { pick [list 0 1 2 3 4 5 -1 -7 [any 100] [any 10] 9007199254740993 9007199254740992 -9223372036854775808 9223372036854775807] }
proc amount {} { pick [list 0.00 1.50 -1.50 [any 20].25 2.50 9999999999.99 -0.01] }
proc day {} { pick {2024-02-29 1999-12-31 2000-01-01 0001-01-01 9999-12-31 2024-03-01} }

proc value {model field} {
    switch $field {
        id { return [expr {1 + [any 40]}] }
        a - k { return [number] }
        age { return [any 60] }
        b - n { return [word] }
        c { return [pick {draft published other}] }
        u { return u-[any 40] }
        d { return [amount] }
        t { return [day] }
        f { return [any 2] }
        r - name { return [user] }
        r__age { return [any 60] }
        email - r__email { return [user]@x }
    }
}

proc odd_value {field} {
    switch $field {
        a - k - age { pick {007 -0 many 1.5 99999999999999999999 { 5} {} 1e3} }
        d { pick {1 1.5 -0 007 1.234 1e2 x {} .5} }
        t { pick {2024-02-30 2024-2-9 x {}} }
        f { pick {true FALSE yes {} 2} }
        default { pick [list "\xff" "a\xc3" {} x] }
    }
}

# What a stored text says, in canonical form; 0: it does not decode.
proc canonical {kind text result} {
    upvar 1 $result out
    set out $text
    switch $kind {
        int {
            if {![regexp {^-?[0-9]+$} $text]} { return 0 }
            set out [regsub {^(-?)0*([0-9])} $text {\1\2}]
            if {$out eq {-0}} { set out 0 }
            return [expr {$out >= -9223372036854775808 && $out <= 9223372036854775807}]
        }
        decimal {
            if {[regexp {^1[eE]2$} $text]} { set text 100 }
            if {![regexp {^(-?)(0|[1-9][0-9]*)(\.([0-9]+))?$} $text - sign whole - part]} { return 0 }
            set part [string trimright $part 0]
            if {[string length $part] > 2} { return 0 }
            set out $sign$whole.[string range ${part}00 0 1]
            if {$out eq {-0.00}} { set out 0.00 }
            return 1
        }
        date { return [expr {$text in {2024-02-29 1999-12-31 2000-01-01 0001-01-01 9999-12-31 2024-03-01}}] }
        bool {
            if {![regexp -nocase {^(1|0|true|false)$} $text]} { return 0 }
            set out [expr {[string tolower $text] in {1 true}}]
            return 1
        }
        slug { return [regexp {^[A-Za-z0-9_-]*$} $text] }
        text { return [expr {[string first "\xff" $text] < 0 && $text ne "a\xc3"}] }
    }
}

# Kinds that compare as text, but are not all texts.
proc kind_of_text {model field} {
    switch $field {
        t { return date }
        u - name { return slug }
    }
    return [kind $model $field]
}

# -- truth -----------------------------------------------------------------------------------------------------------------------------------

proc entity_of {model pk hash} {
    set entity {}
    foreach {field kind options} $::columns($model) {
        if {$entity eq {}} {
            set kind [kind_of_text $model $field]
            if {$pk eq {} || ![canonical $kind $pk value] || $value ne $pk} { return {} }
            if {[dict exists $hash $field] && (![canonical $kind [dict get $hash $field] own] || $own ne $pk)} { return {} }
            dict set entity $field $pk
        } elseif {![dict exists $hash $field]} {
            if {[string is upper $kind]} { return {} }
        } elseif {[canonical [kind_of_text $model $field] [dict get $hash $field] value]} {
            dict set entity $field $value
        } else {
            return {}
        }
    }
    return $entity
}

# pk -> entity, of what `snapshot` replied.
proc entities_of {model keys} {
    set all {}
    foreach key $keys {
        lassign $key name hash
        if {[string first $model: $name] != 0} { continue }
        set pk [string range $name [string length $model:] end]
        set entity [entity_of $model $pk $hash]
        if {$entity ne {}} { dict set all $pk $entity }
    }
    return $all
}

# Answers of the commands in ARGV, then the keys that hold hashes; with no commands only the names of those.
set ::snapshot {
    local out, keys, at = {}, {}, 1
    while at <= #ARGV do
        local n = tonumber(ARGV[at])
        out[#out + 1] = redis.call(unpack(ARGV, at + 1, at + n))
        at = at + n + 1
    end
    for _, key in ipairs(redis.call('keys', 'x.*:*')) do
        if redis.call('type', key).ok == 'hash' then keys[#keys + 1] = #ARGV > 0 and {key, redis.call('hgetall', key)} or key end
    end
    out[#out + 1] = keys
    return out
}

proc less_more {kind a b} {
    if {$kind in {int decimal}} { return [expr {$a < $b ? -1 : $a > $b}] }
    return [string compare $a $b]
}

proc satisfies {model entity condition} {
    lassign $condition field lookup operand
    if {$lookup eq {isnull}} { return [expr {![dict exists $entity $field] == $operand}] }
    if {![dict exists $entity $field]} { return 0 }
    set v [dict get $entity $field]
    set kind [kind $model $field]
    switch $lookup {
        in { foreach one $operand { if {[less_more $kind $v $one] == 0} { return 1 } }; return 0 }
        range { return [expr {[less_more $kind $v [lindex $operand 0]] >= 0 && [less_more $kind $v [lindex $operand 1]] <= 0}] }
        startswith { return [expr {[string compare -length [string length $operand] $v $operand] == 0}] }
    }
    set c [less_more $kind $v $operand]
    switch $lookup {
        exact { return [expr {$c == 0}] }
        lt { return [expr {$c < 0}] }
        lte { return [expr {$c <= 0}] }
        gt { return [expr {$c > 0}] }
        gte { return [expr {$c >= 0}] }
    }
}

# A tree: {is field lookup operand}, {not tree}, {and tree...}, {or tree...}.
proc holds {model entity tree} {
    switch [lindex $tree 0] {
        is { return [satisfies $model $entity [lrange $tree 1 end]] }
        not { return [expr {![holds $model $entity [lindex $tree 1]]}] }
        and { foreach one [lrange $tree 1 end] { if {![holds $model $entity $one]} { return 0 } }; return 1 }
        or { foreach one [lrange $tree 1 end] { if {[holds $model $entity $one]} { return 1 } }; return 0 }
    }
}

proc in_order {model all keys a b} {
    foreach key [concat $keys [lindex $::columns($model) 0]] {
        set field [string trimleft $key -]
        set x [dict get $all $a]
        set y [dict get $all $b]
        set c [expr {[dict exists $x $field] - [dict exists $y $field]}]
        if {$c == 0 && [dict exists $x $field]} { set c [less_more [kind $model $field] [dict get $x $field] [dict get $y $field]] }
        if {$c} { return [expr {[string match -* $key] ? -$c : $c}] }
    }
    return 0
}

proc row_of {model entity fields} {
    set row {}
    foreach field $fields { lappend row $field [value_of $entity $field] }
    return $row
}

# -- questions -------------------------------------------------------------------------------------------------------------------------------

proc condition {model} {
    set field [pick [asked $model]]
    switch [kind $model $field] {
        bool { set lookup [pick {exact exact isnull}] }
        text { set lookup [pick {exact exact in lt lte gt gte range isnull startswith}] }
        default { set lookup [pick {exact exact in lt lte gt gte range isnull}] }
    }
    if {$field in {t r} && $lookup eq {startswith}} { set lookup exact }
    if {$field eq {r} && $lookup ni {exact in isnull}} { set lookup exact }
    switch $lookup {
        isnull { set operand [any 2] }
        in { set operand [lmap i [lrange {1 2 3 4} 0 [any 4]] { value $model $field }] }
        range { set operand [list [value $model $field] [value $model $field]] }
        default { set operand [value $model $field] }
    }
    return [list is $field $lookup $operand]
}

proc tree {model depth} {
    switch [expr {$depth ? [any 4] : 0}] {
        0 { return [condition $model] }
        1 { return [list not [tree $model [expr {$depth - 1}]]] }
        default { return [concat [pick {and or}] [lmap i [lrange {1 2 3} 0 [any 3]] { tree $model [expr {$depth - 1}] }]] }
    }
}

proc json {kind text} {
    if {$kind eq {int}} { return $text }
    return "\"[string map [list \\ \\\\ \" \\\" \x00 \\u0000] $text]\""
}

proc json_operand {model tree} {
    lassign $tree - field lookup operand
    set kind [kind $model $field]
    switch $lookup {
        isnull { return [expr {$operand ? {true} : {false}}] }
        in - range { return \[[join [lmap one $operand { json $kind $one }] ,]\] }
    }
    if {$kind eq {bool}} { return [expr {$operand ? {true} : {false}}] }
    return [json $kind $operand]
}

proc path {tree} {
    lassign $tree - field lookup
    return [expr {$lookup eq {exact} && [chance 50] ? $field : "${field}__$lookup"}]
}

proc q_json {model tree} {
    switch [lindex $tree 0] {
        is { return "{\"[path $tree]\":[json_operand $model $tree]}" }
        not { return "{\"not\":[q_json $model [lindex $tree 1]]}" }
    }
    return "{\"[lindex $tree 0]\":\[[join [lmap one [lrange $tree 1 end] { q_json $model $one }] ,]\]}"
}

proc pairs {model conditions} {
    set words {}
    foreach one $conditions {
        lappend words [path $one]
        if {[lindex $one 2] in {in range}} { lappend words [json_operand $model $one] } else { lappend words [lindex $one 3] }
    }
    return $words
}

# Random clauses, and the tree that they mean.
proc clauses {model treename} {
    upvar 1 $treename tree
    set tree and
    set words {}
    for {set i [any 3]} {$i >= 0} {incr i -1} {
        set conditions [lmap k [lrange {1 2 3} 0 [any 3]] { condition $model }]
        switch [any 4] {
            0 { lappend words EXCLUDE {*}[pairs $model $conditions]; lappend tree [list not [concat and $conditions]] }
            1 { set one [tree $model 2]; lappend words Q [q_json $model $one]; lappend tree $one }
            default { lappend words FILTER {*}[pairs $model $conditions]; lappend tree {*}$conditions }
        }
    }
    return $words
}

# Each returns a command and a script: run with $all (pk -> entity) and $got, it says what is wrong, or nothing.
proc question {model} {
    set pk [lindex $::columns($model) 0]
    set words [clauses $model tree]
    set want "\[lmap one \[dict keys \$all\] { if {!\[holds $model \[dict get \$all \$one\] [list $tree]\]} continue; set one }\]"
    switch [any 7] {
        0 { return [list [list nonrel.count $model {*}$words] "list \[llength $want\]"] }
        1 { return [list [list nonrel.exists $model {*}$words] "list \[expr {\[llength $want\] > 0}\]"] }
        2 { return [list [list nonrel.query $model {*}$words FIELDS pk FLAT] "lsort $want" lsort] }
        3 {
            set fields [lmap i [lrange {1 2 3} 0 [any 3]] { pick [names $model] }]
            set fields [lsort -unique $fields]
            return [list [list nonrel.query $model {*}$words ORDER pk FIELDS {*}$fields] \
                "lmap one \[lsort -command \[list in_order $model \$all {}\] $want\] { row_of $model \[dict get \$all \$one\] [list $fields] }"]
        }
        4 { return [list [list nonrel.query $model {*}$words ORDER pk] \
                "lmap one \[lsort -command \[list in_order $model \$all {}\] $want\] { row_of $model \[dict get \$all \$one\] \[names $model\] }"] }
    }
    set keys [lmap i [lrange {1 2} 0 [any 2]] { return -level 0 [pick {{} -}][pick [asked $model]] }]
    if {[llength $keys] == 2 && [string trimleft [lindex $keys 0] -] eq [string trimleft [lindex $keys 1] -]} { set keys [lrange $keys 0 0] }
    set sorted "\[lsort -command \[list in_order $model \$all [list $keys]\] $want\]"
    set reverse [expr {[chance 20] ? {REVERSE} : {}}]
    if {$reverse ne {}} { set sorted "\[lreverse $sorted\]" }
    set from [any 4]
    set count [expr {1 + [any 6]}]
    return [list [list nonrel.query $model {*}$words ORDER {*}$keys {*}$reverse LIMIT $from $count FIELDS pk FLAT] \
        "lrange $sorted $from [expr {$from + $count - 1}]"]
}

proc single {model} {
    set pk [value $model [lindex $::columns($model) 0]]
    set field [pick [names $model]]
    switch [any 3] {
        0 { return [list [list nonrel.get $model $pk] "row_at $model \$all $pk \[names $model\]"] }
        1 { return [list [list nonrel.get $model $pk FIELDS $field] "row_at $model \$all $pk $field"] }
        2 { return [list [list nonrel.mget $model $pk 1000000] "list \[row_at $model \$all $pk \[names $model\]\] {}"] }
    }
}

proc row_at {model all pk fields} {
    if {[dict exists $all $pk]} { return [row_of $model [dict get $all $pk] $fields] }
}

# The server's clock stands still in a script and in a transaction: nothing expires between an answer and its truth. Looking at a key that has run out removes it,
# so the script looks at none before it asks.
proc answers_in_script {client commands} {
    set argv {}
    foreach command $commands { lappend argv [llength $command] {*}$command }
    return [$client eval $::snapshot 0 {*}$argv]
}

proc answers_in_transaction {client commands} {
    set names [lindex [$client eval $::snapshot 0] 0]
    $client multi
    foreach command $commands { $client {*}$command }
    foreach name $names { $client hgetall $name }
    set replies [$client exec]
    set keys {}
    foreach name $names hash [lrange $replies [llength $commands] end] { if {$hash ne {}} { lappend keys [list $name $hash] } }
    return [concat [lrange $replies 0 [llength $commands]-1] [list $keys]]
}

proc ask {client when} {
    set questions {}
    foreach model {x.User x.Item x.Item} {
        for {set i 0} {$i < 3} {incr i} { lappend questions [list $model {*}[question $model]] }
        lappend questions [list $model {*}[single $model]]
    }
    set answers [[pick {answers_in_script answers_in_transaction}] $client [lmap one $questions { lindex $one 1 }]]
    foreach model {x.User x.Item} { set truth($model) [entities_of $model [lindex $answers end]] }
    set truth(x.Item) [joined $truth(x.Item) $truth(x.User)]
    foreach one $questions got [lrange $answers 0 end-1] {
        lassign $one model command script sort
        set all $truth($model)
        if {$sort ne {}} { set got [lsort $got] }
        set want [eval $script]
        if {$got ne $want} { fail "$when: $command\n  replied  $got\n  expected $want" }
    }
}

# -- writes ----------------------------------------------------------------------------------------------------------------------------------

proc any_key {} { return [expr {[chance 80] ? "x.Item:[value x.Item id]" : "x.User:[user]"}] }
proc model_of {key} { return [lindex [split $key :] 0] }

# Fields and values of an entity of somebody; some of them no field could hold.
proc outside_pairs {model} {
    set words {}
    foreach field [lrange [names $model] 1 end] {
        if {[chance 2]} { lappend words $field [odd_value $field] } elseif {[chance 40]} { lappend words $field [value $model $field] }
    }
    if {$model eq {x.Item} && [chance 70]} { dict set words c [value $model c] }
    if {$words eq {}} { set words [list other x] }
    return $words
}

proc our_pairs {model} {
    set words {}
    foreach field [lrange [names $model] 1 end] {
        if {[chance 30]} { lappend words $field [value $model $field] } elseif {[chance 10] && $field ne {c}} { lappend words NULL $field }
    }
    return $words
}

proc our_object {model pk} {
    set words {}
    if {$pk ne {}} { lappend words "\"pk\":[json [kind $model [lindex $::columns($model) 0]] $pk]" }
    foreach field [lrange [names $model] 1 end] {
        if {[chance 30]} { lappend words "\"$field\":[json_operand $model [list is $field exact [value $model $field]]]" }
    }
    return "{[join $words ,]}"
}

# Of what is saved: none mostly, one that passes soon, has passed, or is far away.
proc lifetime {} {
    if {[chance 85]} { return {} }
    return [pick [list [list PXAT [expr {[clock milliseconds] + [any 15]}]] {PXAT 1} {TTL 1000}]]
}

proc our_write {} {
    set model [expr {[chance 80] ? {x.Item} : {x.User}}]
    set pk [value $model [lindex $::columns($model) 0]]
    switch [any 11] {
        0 - 1 - 2 { return [list [list nonrel.save $model {*}[lifetime] pk $pk {*}[our_pairs $model]]] }
        3 { return [list [list nonrel.save x.Item {*}[lifetime] {*}[dict merge [list n [word]] [dict remove [our_pairs x.Item] NULL]]]] }
        4 { return [list [list nonrel.save $model UPDATE pk $pk {*}[our_pairs $model]]] }
        5 { return [list [list nonrel.save x.Item {*}[lifetime] BY u u u-[any 40] {*}[dict remove [lmap w [list a [number] b [word]] { set w }] u]]] }
        6 { return [list [list nonrel.save x.Item UPDATE BY u u u-[any 40] a [number] NULL b]] }
        7 { return [list [list nonrel.save x.Item {*}[lifetime] JSON \[[join [lmap i [lrange {1 2 3 4} 0 [any 4]] { our_object x.Item [expr {[chance 50] ? [value x.Item id] : {}}] }] ,]\]]] }
        8 { return [list [list nonrel.delete $model PK $pk [value $model [lindex $::columns($model) 0]]]] }
        9 { return [list [concat nonrel.delete $model FILTER [pairs $model [list [condition $model] [condition $model] [condition $model]]]]] }
        10 { return [list [list nonrel.save $model INSERT {*}[lifetime] pk $pk {*}[our_pairs $model]]] }
    }
}

proc outside_write {client} {
    set a [any_key]
    set b [any_key]
    set model [model_of $a]
    set field [pick [names $model]]
    switch [any 33] {
        0 - 1 - 2 - 3 { return [list [list hset $a {*}[outside_pairs $model]]] }
        4 - 5 { return [list [list hdel $a $field [pick [names $model]]]] }
        6 { return [list [list hincrby $a [pick {a k age c}] [number]]] }
        7 { return [list [list hincrbyfloat $a d [any 9].5]] }
        8 { return [list [list del $a $b]] }
        9 { return [list [list unlink $a]] }
        10 { return [list [list getdel $a]] }
        11 { return [list [list set $a [word]]] }
        12 { return [list [list set $a text] [list append $a more] [list getdel $a]] }
        13 { return [list [list rename $a $b]] }
        14 { return [list [list hdel $a [lindex $::columns($model) 0]] [list rename $a $b]] }
        15 { return [list [list rename $a away] [list rename away $b]] }
        16 { return [list [list hdel $a [lindex $::columns($model) 0]] [list copy $a $b replace]] }
        17 { return [list [list copy $a $b]] }
        18 { return [list [list restore $b [pick {0 0 5 100000}] [dump_of $client $a] replace]] }
        19 { return [list [list move $a 10]] }
        20 { return [list [list select 10] [list move $a 9] [list select 9]] }
        21 { return [list [list expire $a -1]] }
        22 - 23 { return [list [list pexpire $a [any 15]]] }
        24 { return [list [list expire $a 1000]] }
        25 { return [list [list persist $a]] }
        26 { return [list [list del $a] [list setrange $a 3 x]] }
        27 { return [list [list append $a x]] }
        28 { return [list [list sadd $a x] [list rpush $b x]] }
        29 { return [list [list rpush sorted 1 2] [list sort sorted store $a]] }
        30 { return [list [list hset x.[pick {Item User}]:[pick [list 01 -1 0 y {} +1 1:2 99999999999999999999]] {*}[outside_pairs x.Item]]] }
        31 { return [list [list hset $a {*}[outside_pairs $model]] [list pexpire $a [any 10]] [pick [list [list persist $a] [list hset $a other y]]]] }
        32 { return [list [list copy $a $b db 10 replace] [list copy $a x.Item:50 replace]] }
    }
}

# A payload that may be that of nothing.
proc dump_of {client key} {
    set dump [$client dump $key]
    return [expr {$dump eq {} ? [$client dump x.Item] : $dump}]
}

# Index keys, the counter, and definitions.
proc key_write {client} {
    set model [pick {x.Item x.Item x.User}]
    set key $model/[pick {pk seq i/a.value i/b.value i/u.value i/d.value i/t.value i/age.value i/email.value s/c.value.set/=draft s/r.value.set/! i/r__age.value s/r__email.value.set/!}]
    switch [any 9] {
        0 - 1 { return [list [list del $key]] }
        2 { return [list [list set $key x]] }
        3 { return [list [list rename $key away]] }
        4 { return [list [list rpush other 1] [list rename other $key]] }
        5 { return [list [list pexpire $key [any 10]]] }
        6 { return [list [list rename $key $model/[pick {pk i/a.value i/u.value}]]] }
        7 { return [list [list rename $model aside] {*}[outside_write $client] [list rename aside $model]] }
        8 { return [list [list restore $model 0 [$client dump $model] replace]] }
    }
}

proc any_write {client} {
    switch [any 20] {
        0 { return [key_write $client] }
        1 - 2 - 3 - 4 - 5 - 6 - 7 - 8 { return [our_write] }
        default { return [outside_write $client] }
    }
}

# Errors that say that the entity, or the key, is not such that the command could work.
proc usual {reply} {
    regexp {^(NOTUNIQUE|NOTNULL|NOTFOUND|CONFLICT|EXISTS|WRONGTYPE|ERR (no such key|hash value|source and|increment or|value is not|The name|No such|index out|One or more|invalid DB))} $reply
}

proc fine {code command} {
    if {[catch { uplevel 1 $code } reply] && ![usual $reply]} { fail "$command: $reply" }
}

set ::script {
    local at, first = 1, false
    while at <= #ARGV do
        local n = tonumber(ARGV[at])
        local reply = redis.pcall(unpack(ARGV, at + 1, at + n))
        if type(reply) == 'table' and reply.err then first = first or reply.err end
        at = at + n + 1
    end
    if first then return redis.error_reply(first) end
}

proc write {client} {
    set commands [any_write $client]
    while {[chance 30]} { lappend commands {*}[any_write $client] }
    lappend ::written $commands
    switch [any 4] {
        0 {
            $client multi
            foreach command $commands { $client {*}$command }
            fine { $client exec } $commands
        }
        1 {
            set argv {}
            foreach command $commands { lappend argv [llength $command] {*}$command }
            fine { $client eval $::script 0 {*}$argv } $commands
        }
        default { foreach command $commands { fine { $client {*}$command } $command } }
    }
}

# Another definition of a model: other indexes, sometimes the other store for a while.
proc redefine {client} {
    set model [pick {x.Item x.User}]
    set other [expr {$::nonrel_store eq {native} ? {memory} : {native}}]
    foreach store [expr {[chance 20] ? [list $other $::nonrel_store] : $::nonrel_store}] {
        set definition [definition $model $store]
        lappend ::written [list MODEL SET $model $definition]
        if {[catch { $client nonrel.model set $model $definition } reply] && ![regexp {^(NOTUNIQUE|CORRUPT index key .* holds another type)} $reply]} {
            fail "$definition: $reply"
        }
        ask $client "as $store"
    }
}

proc begin {client} {
    $client flushall
    foreach db {10 9} {
        $client select $db
        foreach model {x.User x.Item} { $client nonrel.model set $model [definition $model $::nonrel_store] }
        foreach {field lookups} {r__age {lt exact} r__email {exact startswith}} {
            if {[chance 75]} { $client nonrel.index create x.Item $field [pick $lookups] }
        }
        foreach name {ann bob eve} { $client nonrel.save x.User name $name age [any 60] email $name@x }
        for {set i 1} {$i <= 25} {incr i} { catch { $client nonrel.save x.Item {*}[our_pairs x.Item] } }
    }
}

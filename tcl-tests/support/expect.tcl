# expect.tcl -- what the suites of commands expect with: source tests/nonrel/expect.tcl, behind nonrel.tcl
#
# found      primary keys that filters find; QUERY, COUNT and EXISTS must agree, and a QUERY's rows come once
# refused    a command fails with an error, and nothing that the server holds has changed
# later      refused, because another version will have it
# typed      a reply with its types, as one line of text
# u          text as the bytes of its UTF-8, which is what the client of the harness sends and receives

proc u {text} {
    return [encoding convertto utf-8 $text]
}

proc found {model args} {
    set pks [lsort -dictionary [r nonrel.query $model {*}$args FIELDS pk FLAT]]
    assert_equal $pks [lsort -dictionary -unique $pks]
    assert_equal [llength $pks] [r nonrel.count $model {*}$args] "COUNT $model $args"
    assert_equal [expr {[llength $pks] > 0}] [r nonrel.exists $model {*}$args] "EXISTS $model $args"
    return $pks
}

# In the order of the answer.
proc ordered {model args} {
    return [r nonrel.query $model {*}$args FIELDS pk FLAT]
}

proc refused {pattern args} {
    set before [r debug digest]
    if {![catch {r {*}$args} reply]} { fail "expected '$pattern', got the reply '$reply' of: [string range $args 0 300]" }
    assert_match $pattern $reply $args
    assert {[regexp {^([A-Z]+|ERR) \S} $reply]}
    assert_equal $before [r debug digest] "after the refused $args"
    return $reply
}

proc later {args} {
    refused "*not available in this version*" {*}$args
}

proc model {name definition} {
    assert_equal OK [r nonrel.model set $name $definition]
}

# Each row is a list of fields and values.
proc rows {model args} {
    foreach row $args { r nonrel.save $model {*}$row }
}

# Every index agrees with the entities, and every key that is named is what it should be.
proc sound {model} {
    assert_equal {} [r nonrel.index check $model]
    foreach index [r nonrel.index list $model] {
        if {[dict get $index type] eq "memory"} {
            assert_equal {} [dict get $index key]
        } elseif {[dict exists $index key]} {
            assert {[r type [dict get $index key]] in {zset none}}
        } else {
            foreach key [r keys "[dict get $index prefix]*"] { assert_equal set [r type $key] }
        }
    }
}

# integer :1, double ,1.5, boolean #t, null _ or nil (RESP2), status +OK, error -CODE text, bulk "text", array [a b], map {k v}, set <a b>.
proc typed {args} {
    r deferred 1
    r {*}$args
    r deferred 0
    return [typed_read [r channel]]
}

proc typed_read {fd} {
    set line [string trimright [gets $fd] "\r"]
    set rest [string range $line 1 end]
    switch -exact -- [string index $line 0] {
        : - , - \# - _ - + - - { return $line }
        $ {
            if {$rest == -1} { return nil }
            set text [read $fd $rest]
            read $fd 2
            return "\"$text\""
        }
        * { return [typed_read_all $fd $rest {[} {]}] }
        ~ { return [typed_read_all $fd $rest < >] }
        % { return [typed_read_all $fd [expr {2 * $rest}] \{ \}] }
    }
    error "unexpected reply: $line"
}

proc typed_read_all {fd n open close} {
    if {$n < 0} { return nil }
    set items {}
    for {set i 0} {$i < $n} {incr i} { lappend items [typed_read $fd] }
    return "$open[join $items { }]$close"
}

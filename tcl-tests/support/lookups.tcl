# lookups.tcl -- a model t.M of one field v, and one lookup on it in all ways that a client can ask. Source after expect.tcl.
#
# ::ways     pairs: how the field is indexed, in words, and the word for `one_of`
# one_of     t.M anew, its field indexed in that way for a lookup: not at all, by the index of that lookup, or by all there are
# values     an entity for each value, pk 1, 2, ...
# says       which entities a lookup is true of, by FILTER, EXCLUDE, Q and NOT, each by QUERY, COUNT and EXISTS, and which index gives them

set ::ways {"without an index" none "with its index" own "with every index" all}

# The index that a lookup asks for, and the one that EXPLAIN names when it is used.
array set ::index_of {
    exact v.value.set startswith v.value iexact v.folded istartswith v.folded endswith v.reversed iendswith v.folded_reversed
    contains v.substrings.set icontains v.folded_substrings.set
}

set ::every_text_index {["exact", "startswith", "iexact", "istartswith", "endswith", "iendswith", "contains", "icontains"]}

proc one_field {index type args} {
    r flushall
    set options "\"type\": \"$type\", \"null\": true, \"index\": $index"
    foreach {name value} $args { append options ", \"$name\": $value" }
    model t.M "{\"fields\": {\"v\": {$options}}}"
}

proc one_of {way lookup {type char} args} {
    set ::way $way
    switch $way {
        none { one_field false $type {*}$args }
        own { one_field "\[\"$lookup\"\]" $type {*}$args }
        all { one_field $::every_text_index $type {*}$args }
    }
}

proc values {args} {
    foreach value $args { r nonrel.save t.M v $value }
}

proc null_row {} {
    r nonrel.save t.M NULL v
}

# Text, its bytes being UTF-8, as a JSON string.
proc json_string {text} {
    set out {}
    foreach c [split $text {}] {
        if {$c eq {"} || $c eq "\\"} { append out "\\$c" } elseif {[scan $c %c] < 32} { append out [format {\u%04x} [scan $c %c]] } else { append out $c }
    }
    return "\"$out\""
}

proc plan {args} {
    return [join [r nonrel.explain query t.M {*}$args] \n]
}

# index empty: none but that of the primary keys.
proc by_index {index args} {
    set plan [plan {*}$args]
    if {![regexp {index=(v\S*)} $plan - used]} { set used {} }
    if {$used ne $index} { fail "not by '$index' but by '$used': $args\n$plan" }
}

# operand is JSON where the lookup takes an array.
proc says {want path operand} {
    set all [lsort -dictionary [r nonrel.query t.M FIELDS pk FLAT]]
    set others {}
    foreach pk $all { if {$pk ni $want} { lappend others $pk } }
    set json [expr {[regexp {__(in|range|contains_all|overlap)$} $path] ? $operand : [json_string $operand]}]
    assert_equal $want [found t.M FILTER $path $operand] "$path [string range $operand 0 80]"
    assert_equal $others [found t.M EXCLUDE $path $operand] "EXCLUDE $path [string range $operand 0 80]"
    assert_equal $want [found t.M Q "{\"$path\":$json}"] "Q $path [string range $operand 0 80]"
    assert_equal $others [found t.M Q "{\"not\":{\"$path\":$json}}"] "Q not $path [string range $operand 0 80]"
}

# The same for a lookup on v itself, by the index that the model has for it.
proc text_says {want lookup operand} {
    says $want v__$lookup $operand
    if {$::way eq {none}} {
        by_index {} FILTER v__$lookup $operand
    } elseif {[string match *contains $lookup] && [string length [encoding convertfrom utf-8 $operand]] < 3} {
        by_index {} FILTER v__$lookup $operand
    } elseif {$::way eq {all} && $lookup eq {contains}} {
        assert_match *index=v.*substrings.set* [plan FILTER v__$lookup $operand]; # of two that give as many, either
    } else {
        by_index $::index_of($lookup) FILTER v__$lookup $operand
    }
}

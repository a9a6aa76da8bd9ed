# lookups_regex.tcl -- regular expressions, case by case: by scan, by an index of the pattern, and narrowed down by indexes of other lookups.
#
# A number in front of a name is that of the case in the table of cases; names without one are of its list of old bugs, or of what is awkward.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/lookups.tcl

set ::ways {"without an index" none "with an index of the pattern" own "with indexes of other lookups" narrow "with all of them" all}

proc regex_index {way lookup pattern} {
    set item "{\"$lookup\": [json_string $pattern]}"
    switch $way {
        none { return false }
        own { return "\[$item\]" }
        narrow { return {["startswith", "istartswith", "contains", "icontains"]} }
        all { return "\[\"startswith\", \"istartswith\", \"contains\", \"icontains\", \"isnull\", $item\]" }
    }
}

proc patterned {way lookup pattern {type char} args} {
    set ::way $way
    one_field [regex_index $way $lookup $pattern] $type {*}$args
}

proc regex_says {want lookup pattern} {
    says $want v__$lookup $pattern
    set plan [plan FILTER v__$lookup $pattern]
    switch $::way {
        none { assert {![string match *index=v.* $plan]} }
        own { assert_match *index=v.matches.* $plan }
        all { assert_match *index=v.* $plan }
    }
}

proc matches_keys {} {
    return [lsort [r keys t.M/s/v.matches.*]]
}

# Takes far more steps than any text may, after which it does not match.
set ::hard {^(a+)+$}
set ::hard_text "[string repeat a 40]!"

start_nonrel {} {
    foreach {with way} $::ways {
        test "38, 39 a search, with and without case, $with" {
            foreach {lookup pattern want} {iregex ^i+ {1 4} regex ^I+ {1 4} iregex {^i\d*i$} 4 regex tA 1 iregex TA 1 regex ^Z {} regex i$ {1 3 4} iregex e {2 3}} {
                patterned $way $lookup $pattern
                values ItAchi YondAimE Neji I1038593i
                null_row
                regex_says $want $lookup $pattern
                sound t.M
            }
        }

        test "50 a dot is no newline, unless the pattern says so, $with" {
            foreach {pattern want} {a.b 2 (?s)a.b {1 2} {(?m)^b} {1 3} {a\nb} 1} {
                patterned $way regex $pattern
                values "a\nb" axb b
                regex_says $want regex $pattern
            }
        }

        test "51 a dollar stands before a final newline too, $with" {
            foreach {pattern want} {a$ {1 2} {a\z} 2 {a\Z} {1 2} ^a$ {1 2}} {
                patterned $way regex $pattern
                values "a\n" a "a\n\n"
                regex_says $want regex $pattern
            }
        }

        test "52 NULL never matches, the empty text does, $with" {
            foreach {lookup pattern want} {iregex ^i+ {} iregex ^$ 2 regex {} {2 3} regex ^ {2 3} regex x* {2 3} regex .? {2 3} regex . 3} {
                patterned $way $lookup $pattern
                null_row
                values {} x
                regex_says $want $lookup $pattern
                sound t.M
            }
        }

        test "53 what is no pattern is an error that names it, $with" {
            patterned $way regex ^a
            values a
            foreach odd {( [ a** {(?<n>a)(?<n>b)} {\C} {(?P} {a{2,1}} {\G} (*COMMIT) {(*CRLF)a} {[b-a]} {\p{Nothing}}} {
                refused {BADVALUE *} nonrel.query t.M FILTER v__regex $odd
                refused {BADVALUE *} nonrel.count t.M EXCLUDE v__iregex $odd
                refused {BADVALUE *} nonrel.delete t.M FILTER v__regex $odd
                refused {* *} nonrel.index create t.M v "{\"regex\": [json_string $odd]}"
                refused {BADVALUE *} nonrel.model set t.New "{\"fields\": {\"v\": {\"type\": \"char\", \"index\": \[{\"regex\": [json_string $odd]}\]}}}"
            }
            assert_match {*(*} [refused {BADVALUE *} nonrel.query t.M FILTER v__regex (]
            refused {BADVALUE *4096*} nonrel.query t.M FILTER v__regex [string repeat a 4097]
            refused {BADVALUE *} nonrel.query t.M FILTER v__regex "\xff"
        }

        test "54 a pattern that explodes is an error that names the row, and changes nothing, $with" {
            patterned $way regex $::hard
            values aaa $::hard_text aab
            foreach command {query count exists delete} {
                refused {LIMIT *'2'*} nonrel.$command t.M EXCLUDE pk 1 FILTER v__regex $::hard
            }
            refused {LIMIT *} nonrel.query t.M EXCLUDE v__regex $::hard
            refused {LIMIT *} nonrel.query t.M Q "{\"not\": {\"v__regex\": [json_string $::hard]}}"
            assert_equal 3 [r nonrel.count t.M]
            sound t.M
            r nonrel.save t.M pk 2 v aaaa
            regex_says {1 2} regex $::hard
            r nonrel.save t.M pk 2 v $::hard_text
            assert_equal 1 [found t.M FILTER v__regex $::hard pk__lt 2]
            assert_equal 3 [found t.M EXCLUDE v__regex $::hard EXCLUDE pk__lte 2]
            r nonrel.delete t.M PK 2
            regex_says 1 regex $::hard
            sound t.M
        }

        test "the same text with and without case is two patterns, $with" {
            foreach {first second} {regex iregex iregex regex} {
                patterned $way $first ^ab
                r nonrel.index create t.M v "{\"$second\": \"^ab\"}"
                values abc ABC xab
                says 1 v__regex ^ab
                says {1 2} v__iregex ^ab
                r nonrel.index drop t.M v "{\"$second\": \"^ab\"}"
                says 1 v__regex ^ab
                says {1 2} v__iregex ^ab
                sound t.M
            }
        }

        test "flags of a pattern are its own, $with" {
            foreach {pattern want} {{(?i)^AB} {1 2} {(?i:A)b} 1 {(?x) a b # no} {1} {(?m)^x} {1 2} {(?s)b.} {1} {(?-i)AB} 2} {
                patterned $way regex $pattern
                values "ab\nx" "AB\nx"
                regex_says $want regex $pattern
            }
        }

        test "what stands in a pattern need not stand in every match, $with" {
            foreach {pattern want} {abc|xyz {1 2} (abc)?xyz {2} (?!abc)xyz 2 a(?:bcd|bce)? {1 3} ^(abc|xyz)$ {1 2} abc* {1 3} {abcd{0}} 1 {[^abc]} 2 {ab(*ACCEPT)zz} {1 3}
                {(?|(abc)|(xyz))} {1 2} {(abc)(?(1)|xyz)} 1 {\Qabc\E} 1 {x\x79z} 2 {(?#abc)xyz} 2 {a(?=bc)} 1 ^abc$|^xyz {1 2} {ab(c|\b)} {1 3} {(?<!abc)$} {2 3}} {
                patterned $way regex $pattern
                values abc xyz ab
                regex_says $want regex $pattern
                sound t.M
            }
        }

        test "case is Unicode's, in patterns as in texts, $with" {
            foreach {lookup pattern want} {iregex straẞe 1 iregex STRASSE {} iregex ^σας$ {2 3} regex σας 3 iregex k 4 regex k {} iregex {^\w+$} {1 2 3 4} regex {^\p{Lu}+$} {2 4}
                iregex ^STRAß 1 iregex ΑΣ {2 3}} {
                patterned $way $lookup [u $pattern]
                values [u Straße] [u ΣΑΣ] [u σας] [u "\u212a"]
                regex_says $want $lookup [u $pattern]
                sound t.M
            }
        }

        test "bytes that mean something elsewhere, $with" {
            foreach {pattern want} [list "a\x00b" 1 {a\x00b} 1 {^a.b$} {1 4 5} {\t} 2 {^.{3}$} {1 4 5} "\xf0\x9f\x98\x80" 5 {a/b} {} {[[:digit:]]} 3] {
                patterned $way regex $pattern
                values "a\x00b" "a\t" 7 axb "a\xf0\x9f\x98\x80b"
                regex_says $want regex $pattern
                sound t.M
            }
        }

        test "a pattern on what is no text goes by the canonical text, $with" {
            foreach {type texts pattern want} {int {10 -7 70} {^-?7} {2 3} date {2026-11-22 1999-01-01} {-(11|12)-} 1 bool {1 0} 1 1 decimal {5 4.25} {\.00$} 1
                datetime {2026-11-22T13:05:09.000250 2010-01-01} {T13:.*50Z} 1 uuid {123E4567-E89B-12D3-A456-426614174000} ^123e4567- 1 duration {P1D -PT1S} ^-P 2} {
                set options [expr {$type eq {decimal} ? {max_digits 5 decimal_places 2} : {}}]
                if {$type eq {bool} && $way in {narrow all}} { set options {} }
                patterned $way regex $pattern $type {*}$options
                values {*}$texts
                null_row
                says $want v__regex $pattern
                if {$way eq {own}} { by_index [dict get [lindex [r nonrel.index list t.M] 1] name] FILTER v__regex $pattern }
                sound t.M
            }
        }

        test "what was changed, made NULL or deleted matches no more, $with" {
            patterned $way iregex ^ab+
            values abb ABB ab x
            r nonrel.save t.M pk 1 v x
            r nonrel.save t.M pk 2 NULL v
            r nonrel.save t.M pk 4 v abbb
            regex_says {3 4} iregex ^ab+
            assert_equal 2 [r nonrel.delete t.M FILTER v__iregex ^ab+]
            regex_says {} iregex ^ab+
            assert_equal 2 [r nonrel.count t.M]
            sound t.M
        }

        test "a long text, matched at its end or not at all, $with" {
            foreach {pattern want} {{z\d$} 1 {q\d} {} ^lorem {1 2} {(?s)^lorem.*z9$} 1} {
                patterned $way regex $pattern text
                values "[string repeat {lorem ipsum } 20000]z9" "[string repeat {lorem ipsum } 20000]"
                regex_says $want regex $pattern
                sound t.M
            }
        }
    }

    test {patterns of many letters, and many patterns of one field} {
        one_field {[{"regex": "^a"}, {"regex": "^b"}, {"iregex": "^a"}, {"regex": "b$"}]} char
        values ab ba Ab
        assert_equal 5 [llength [r nonrel.index list t.M]]
        foreach {lookup pattern want} {regex ^a 1 regex ^b 2 iregex ^a {1 3} regex b$ {1 3} iregex ^b 2} { says $want v__$lookup $pattern }
        set long "^[string repeat a? 2000]"
        r nonrel.index create t.M v "{\"regex\": \"$long\"}"
        says {1 2 3} v__regex $long
        assert_match *index=v.matches* [plan FILTER v__regex $long]
        sound t.M
    }

    test {patterns more than are kept compiled} {
        one_field {[{"regex": "^v1$"}]} char
        for {set i 0} {$i < 50} {incr i} { values v$i }
        for {set i 0} {$i < 50} {incr i} { assert_equal [incr pk($i) [expr {$i + 1}]] [found t.M FILTER v__regex ^v$i$] }
        r nonrel.save t.M pk 3 v v1
        says {2 3} v__regex ^v1$
        sound t.M
    }

    test {the operand of a pattern is text, never an array} {
        one_field false char
        values a
        refused {BADVALUE *} nonrel.query t.M Q {{"v__regex": ["a"]}}
        refused {BADVALUE *} nonrel.query t.M Q {{"v__regex": true}}
        foreach odd {regex {{"regex": 1}} {{"regex": null}} {{"contains": "a"}} {{"regex": "a", "iregex": "a"}} {{}}} {
            refused {* *} nonrel.index create t.M v $odd
        }
    }

    test {a pattern over hard texts is answered or refused within its time} {
        one_field false text
        values "[string repeat a 5000]!"
        set began [clock milliseconds]
        refused {LIMIT *} nonrel.query t.M FILTER v__regex {(a+)+$}
        refused {LIMIT *} nonrel.query t.M FILTER v__regex {(a|aa)+$}
        r ping
    }

    test {a save does not wait for a registered pattern that takes long on a long text: queries search it} {
        set pattern {[a-z ]+\d}
        one_field "\[{\"regex\": [json_string $pattern]}\]" text
        values "[string repeat {abc } 4000]" abc1 "[string repeat {abc } 4000]7"
        if {$::nonrel_store eq "native"} {
            assert_equal 1 [r smembers [lindex [r keys {t.M/s/v.matches.*=\?}] 0]]
        }
        assert_equal {2 3} [r nonrel.query t.M FILTER v__regex $pattern FIELDS pk FLAT ORDER pk]
        assert_equal 1 [r nonrel.query t.M EXCLUDE v__regex $pattern FIELDS pk FLAT]
        sound t.M
    }

    test_native {an entity that another server took for a match leaves the index with its text} {
        one_field {[{"regex": "^a"}]} char
        values ab
        set key [lindex [matches_keys] 0]
        set unknown [string map {=1 =?} $key]
        r multi
        r sadd $unknown 1
        r srem $key 1
        r nonrel.save t.M pk 1 v b
        r exec
        assert_equal {} [matches_keys]
        sound t.M
    }

    test_native {the keys of an index of a pattern} {
        one_field {[{"regex": "^(a+)+$"}]} char
        values aaa $::hard_text b
        set keys [matches_keys]
        assert_equal 2 [llength $keys]
        assert_match {t.M/s/v.matches.????????????????.set/=1} [lindex $keys 0]
        assert_match {t.M/s/v.matches.????????????????.set/=\?} [lindex $keys 1]
        assert_equal 1 [r smembers [lindex $keys 0]]
        assert_equal 2 [r smembers [lindex $keys 1]]
        foreach key $keys { assert_equal {} [regexp -inline {[()+^$]} $key] }
        r nonrel.save t.M pk 2 v b
        assert_equal [lindex $keys 0] [matches_keys]
        r nonrel.delete t.M ALL
        assert_equal {} [matches_keys]
    }
}

# lookups_text.tcl -- lookups that look into text, case by case: without an index, with the lookup's own, and with all there are.
#
# A number in front of a name is that of the case in the table of cases; names without one are of its list of old bugs, or of what is awkward.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/lookups.tcl

# Names, awkward as they come, of one field of another type, and the texts that are looked for in them.
set ::canonical {
    int {-10 7 107 70} {endswith 7 {2 3} startswith -1 1 contains 107 3 iexact 70 4 icontains -10 1 endswith 0 {1 4}}
    bigint {9007199254740993 -9007199254740993 3} {endswith 993 {1 2} startswith 9 1 contains 007199 {1 2} iexact 3 3}
    decimal {5 45.6 -0.01} {endswith .00 1 contains 5.6 2 startswith -0 3 iexact 5.00 1 iexact 5 {} endswith 0 {1 2}}
    float {1e300 0.1 -2 5e-324} {iexact 1E+300 1 startswith 0. 2 contains e-3 4 icontains E+3 1 endswith 2 3}
    bool {1 0 true} {iexact 1 {1 3} startswith 0 2 endswith true {} iexact TRUE {}}
    uuid {123E4567-E89B-12D3-A456-426614174000 00000000-0000-4000-8000-000000000001} {
        startswith 123e 1 istartswith 123E 1 startswith 123E {} iendswith 4174000 1 icontains E89B 1 contains E89B {} endswith 01 2}
    date {2026-11-22 0001-01-01 1969-12-31} {startswith 2026 1 endswith -01 2 contains 69-12 3 iexact 2026-11-22 1}
    time {13:05:09.000250 00:00:00} {startswith 13: 1 contains 05:09 1 endswith 000250 1 endswith 00 2 iexact 00:00:00 2}
    datetime {2026-11-22T13:05:09.000250Z 2010-01-01} {endswith z {} iendswith z {1 2} contains T13: 1 icontains t00:0 2 startswith 2010-01-01T00:00:00Z 2}
    duration {P1DT2H PT0S -P1D} {startswith -P 3 endswith H 1 iendswith h 1 contains DT2 1 iexact pt0s 2}
    ip {10.0.0.1 2001:DB8::1} {startswith 10. 1 endswith .1 1 contains db8 2 contains DB8 {} icontains DB8: 2}
}

start_nonrel {} {
    foreach {with way} $::ways {
        test "1, 5, 6, 7, 8 names without their case, their ends, and what is in them, $with" {
            foreach {lookup needle want} {
                iexact itaChi 1 iexact ITACHI 1 istartswith iTa 1 istartswith I {1 4} endswith imE 2 endswith iMe {} iendswith iMe 2 iendswith I {1 3 4 5}
                contains Aim 2 contains aim {} icontains aim 2 icontains Yu 5 icontains ITACHI 1 contains Kyuubi 5 icontains 1038593 4 iexact kyuub {}
            } {
                one_of $way $lookup
                values ItAchi YondAimE Neji I1038593i Kyuubi
                null_row
                text_says $want $lookup $needle
                sound t.M
            }
        }

        test "2 all that are equal without case, $with" {
            one_of $way iexact
            values Bijuu bijuu Bijuu juubi
            text_says {1 2 3} iexact BIJUU
        }

        test "21 folding is not only of ASCII, $with" {
            foreach {lookup needle want} {iendswith qqà 1 iendswith QQÀ 1 endswith QQÀ {} istartswith RRrqQÀ 1 iexact rrrqqÀ 1 icontains QÀ 1 icontains RQQÀ 1} {
                one_of $way $lookup
                values [u RrRQqà]
                text_says $want $lookup [u $needle]
            }
        }

        test "22 startswith and endswith mind the case, $with" {
            foreach {lookup needle want} {startswith Aa 1 startswith AA {} endswith bB 1 endswith BB {} iendswith BB 1 istartswith aA 1} {
                one_of $way $lookup
                values AaABbB
                text_says $want $lookup $needle
            }
        }

        test "23, 24 sharp s is itself and its capital, and no double s, $with" {
            foreach {lookup needle want} {iexact STRASSE {} iexact STRAẞE 1 iexact straße 1 iexact strasse {} icontains TRAẞ 1 icontains TRASS {}
                iendswith ẞE 1 istartswith STRAẞ 1} {
                one_of $way $lookup
                values [u Straße]
                text_says $want $lookup [u $needle]
            }
        }

        test "25 both small sigmas are one, $with" {
            foreach {lookup needle want} {iexact σας 1 iexact σασ 1 iexact ςας 1 icontains ΑΣ 1 icontains σας 1 iendswith ς 1 istartswith ς 1} {
                one_of $way $lookup
                values [u ΣΑΣ]
                text_says $want $lookup [u $needle]
            }
        }

        test "26 a capital I with a dot is itself, $with" {
            foreach {lookup needle want} {iexact i {} iexact İ 1 iexact ı {} icontains i {} istartswith İ 1} {
                one_of $way $lookup
                values [u İ]
                text_says $want $lookup [u $needle]
            }
        }

        test "27 a ligature is not its letters, $with" {
            foreach {lookup needle want} {istartswith fi {} istartswith ﬁ 1 iexact fin {} icontains fin {}} {
                one_of $way $lookup
                values [u ﬁn]
                text_says $want $lookup [u $needle]
            }
        }

        test "28 there is no normalisation, $with" {
            foreach {lookup needle want} [list endswith [u é] {} endswith [u "e\u0301"] 1 iendswith [u "E\u0301"] 1 contains [u "fe\u0301"] 1 \
                    icontains [u FÉ] {} iexact [u café] {}] {
                one_of $way $lookup
                values [u "cafe\u0301"]
                text_says $want $lookup $needle
            }
        }

        test "29, 30 what begins with a letter, whatever follows it, $with" {
            foreach {lookup needle want} [list startswith a {1 2 3 4 5} startswith {} {1 2 3 4 5 6 7 8} istartswith A {1 2 3 4 5 7} \
                    istartswith {} {1 2 3 4 5 6 7 8} startswith "a\xf0\x9f\x98\x80" 5 istartswith "A\xf0\x9f\x98\x80" 5 istartswith [u "A\uffff"] 4] {
                one_of $way $lookup
                values a ab [u "a\u00e9"] [u "a\uffff"] "a\xf0\x9f\x98\x80" b A {}
                null_row
                text_says $want $lookup $needle
            }
        }

        test "31 the empty text is in every text and in no NULL, $with" {
            foreach lookup {contains icontains endswith iendswith startswith istartswith} {
                one_of $way $lookup
                values {}
                null_row
                values x
                text_says {1 3} $lookup {}
            }
            one_of $way iexact
            values {}
            null_row
            values x
            text_says 1 iexact {}
        }

        test "33 a zero byte is one byte of a text, $with" {
            foreach {lookup needle want} [list startswith a {1 2 4} istartswith A {1 2 4} iexact A 2 iexact "A\x00B" 1 endswith "\x00b" {1 3} endswith b {1 3} \
                    iendswith "\x00B" {1 3} contains "a\x00b" 1 contains "\x00" {1 3 4} icontains "A\x00B" 1 contains "\x00\x00\x00" {} endswith "\x00" 4 \
                    startswith "a\x00" {1 4} istartswith "A\x00" {1 4} iendswith "\x00" 4] {
                one_of $way $lookup
                values "a\x00b" a "\x00b" "a\x00"
                text_says $want $lookup $needle
                sound t.M
            }
        }

        test "characters that are something elsewhere are themselves, $with" {
            foreach lookup {startswith istartswith endswith iendswith contains icontains iexact} {
                one_of $way $lookup
                values a% a_b a*b {[ab]} {a\b} {a'b"c} {a.b} {a b c} {=#!} "a\nb"
                text_says {} $lookup %%%
                text_says {} $lookup a_c
                text_says {} $lookup a?b
                foreach {needle want} [list a% 1 a_b 2 a*b 3 {[ab]} 4 {a\b} 5 {a'b"c} 6 a.b 7 {a b c} 8 =#! 9 "a\nb" 10] { text_says $want $lookup $needle }
            }
        }

        test "texts of no, one, two and three code points, and needles that are longer, $with" {
            foreach lookup {contains icontains} {
                one_of $way $lookup
                values {} a ab abc [u é] [u éa] [u éaé] "\xf0\x9f\x98\x80" "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80" abcd
                text_says {2 3 4 6 7 10} $lookup a
                text_says {3 4 10} $lookup ab
                text_says {4 10} $lookup abc
                text_says 10 $lookup abcd
                text_says {} $lookup abcde
                text_says {} $lookup [string repeat abcd 100]
                text_says {5 6 7} $lookup [u é]
                text_says {6 7} $lookup [u éa]
                text_says 7 $lookup [u éaé]
                text_says {8 9} $lookup "\xf0\x9f\x98\x80"
                text_says 9 $lookup [string repeat "\xf0\x9f\x98\x80" 3]
                text_says {} $lookup [string repeat "\xf0\x9f\x98\x80" 4]
                sound t.M
            }
        }

        test "needles that repeat themselves, $with" {
            foreach lookup {contains icontains} {
                one_of $way $lookup
                values aaa aaaa aaaaaaaa aabaab abaaba [string repeat ab 50]
                text_says {1 2 3} $lookup aaa
                text_says {2 3} $lookup aaaa
                text_says {} $lookup aaaaaaaaa
                text_says 4 $lookup aabaab
                text_says 6 $lookup [string repeat ab 50]
                text_says {} $lookup [string repeat ab 51]
            }
        }

        test "a text that has all pieces of a needle but not the needle, $with" {
            foreach lookup {contains icontains} {
                one_of $way $lookup
                values {abcd bcde} abcde xabcyabcdz {bcd abc cde}
                text_says {2} $lookup abcde
                text_says {1 2 3} $lookup abcd
            }
        }

        test "folding that changes the number of bytes, $with" {
            foreach {lookup needle want} [list iexact [u "k\u2c65\u00df"] 1 iexact [u "\u212a\u023a\u1e9e"] 1 icontains [u "K\u023a\u1e9e"] 1 \
                    istartswith k {1 2} iendswith [u "\u00df"] {1} icontains [u "\u2c65\u1e9e"] 1 icontains [u "k\u2c65\u00df"] 1 \
                    iendswith [u "\u212a\u2c65\u1e9e"] 1 istartswith [u "\u212a\u212a"] 2 icontains kKk 2] {
                one_of $way $lookup
                values [u "\u212a\u023a\u1e9e"] [u "\u212ak\u212a"]
                text_says $want $lookup $needle
                sound t.M
            }
        }

        test "values about as long as a set key may be, $with" {
            foreach lookup {iexact startswith istartswith endswith iendswith contains icontains exact} {
                one_of $way $lookup
                foreach n {62 63 64 65 66 127 128 300} { values [string repeat x $n] }
                values [string repeat x 64]y X[string repeat x 63] [u [string repeat é 32]]
                set sixty [string repeat x 64]
                set want [expr {$lookup eq {exact} ? {3} : $lookup eq {iexact} ? {3 10} : [string match i* $lookup] ? {3 4 5 6 7 8 9 10} : {3 4 5 6 7 8 9}}]
                if {$lookup in {endswith iendswith}} { set want [expr {$lookup eq {endswith} ? {3 4 5 6 7 8} : {3 4 5 6 7 8 10}}] }
                if {$way eq {all} && $lookup eq {exact}} { says $want v__exact $sixty } else { text_says $want $lookup $sixty }
                sound t.M
            }
        }

        test "thousands of different pieces in a text, $with" {
            expr {srand(7)}
            set long {}
            for {set i 0} {$i < 6000} {incr i} { append long [format %c [expr {33 + int(rand() * 90)}]] }
            foreach {lookup needle want} [list contains [string range $long 3000 3040] {1 3} icontains [string toupper [string range $long 10 90]] {1 3} \
                    contains $long {1 3} contains ${long}x 3 iendswith [string range $long 5990 end] {1} contains [string reverse [string range $long 0 50]] {}] {
                one_of $way $lookup text
                values $long short ${long}x
                text_says $want $lookup $needle
                r nonrel.save t.M pk 1 v gone
                text_says [lsearch -all -inline -not -exact $want 1] $lookup $needle
                sound t.M
                r nonrel.delete t.M ALL
                assert_equal {} [r keys t.M/s/*]
            }
        }

        test "a value of a mebibyte, $with" {
            set big "[string repeat {lorem ipsum } 87000]NEEDLE[string repeat x 4570]"
            assert {[string length $big] > 1048000}
            foreach {lookup needle want} [list contains mNEEDLEx {} contains {m NEEDLEx} 1 icontains {m needlex} 1 endswith [string repeat x 4000] 1 iexact [string toupper $big] 1 \
                    startswith [string range $big 0 100000] 1 iendswith NEEDLE {}] {
                one_of $way $lookup text
                values $big small
                says $want v__$lookup $needle
                sound t.M
                assert_equal 2 [r nonrel.delete t.M ALL]
            }
        }

        test "text lookups on what is no text go by the canonical text, $with" {
            foreach {type texts cases} $::canonical {
                foreach {lookup needle want} $cases {
                    set options [expr {$type eq {decimal} ? {max_digits 6 decimal_places 2} : {}}]
                    if {$way eq {all}} {
                        one_field [string map {{"exact", } {}} $::every_text_index] $type {*}$options
                    } else {
                        one_of $way $lookup $type {*}$options
                    }
                    values {*}$texts
                    null_row
                    says $want v__$lookup $needle
                    if {$way ne {none} && ![string match *contains $lookup]} {
                        by_index [expr {$lookup ne {startswith} ? $::index_of($lookup) : $type in {uuid ip} ? {v.value} : {v.text}}] FILTER v__$lookup $needle
                    }
                    sound t.M
                }
            }
        }

        test "text lookups on a reference go by the text of its pk, $with" {
            foreach {type pks cases} {
                bigint {7 17 170} {endswith 7 {1 2} startswith 17 {2 3} contains 170 3 iexact 17 2}
                char {Ann ann Bob} {iexact ANN {1 2} endswith nn {1 2} istartswith a {1 2} icontains OB {3} contains ann 2 startswith A 1}
            } {
                foreach {lookup needle want} $cases {
                    r flushall
                    set index [expr {$way eq {none} ? {false} : $way eq {own} ? "\[\"$lookup\"\]" : $::every_text_index}]
                    model t.P "{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"$type\"}}}"
                    model t.M "{\"fields\": {\"v\": {\"type\": \"fk\", \"to\": \"t.P\", \"null\": true, \"index\": $index}}}"
                    foreach pk $pks { r nonrel.save t.P k $pk }
                    values {*}$pks
                    null_row
                    says $want v__$lookup $needle
                    sound t.M
                }
            }
        }

        test "text lookups on the primary key, $with" {
            r flushall
            model t.M {{"pk": "k", "fields": {"k": {"type": "char"}}}}
            foreach pk {Ann ann Bob banana} { r nonrel.save t.M k $pk }
            foreach {lookup needle want} {iexact ANN {Ann ann} endswith n {Ann ann} contains ana banana icontains AN {Ann ann banana}
                iendswith NA banana istartswith B {Bob banana} regex an+ {ann banana} iregex ^b {Bob banana} startswith {} {Ann Bob ann banana}} {
                says [lsort -dictionary $want] pk__$lookup $needle
                says [lsort -dictionary $want] k__$lookup $needle
            }
            one_field false int
            foreach pk {7 17 -7 70} { r nonrel.save t.M pk $pk }
            foreach {lookup needle want} {endswith 7 {-7 7 17} contains 7 {-7 7 17 70} startswith 7 {7 70} iexact 17 17 regex ^-?7$ {-7 7}} {
                says $want pk__$lookup $needle
            }
        }

        test "what was changed, made NULL or deleted is found no more, $with" {
            foreach lookup {iexact istartswith endswith iendswith contains icontains} {
                one_of $way $lookup
                values {Old Text} {Old Text} {Old Text} other
                r nonrel.save t.M pk 1 v {New One}
                r nonrel.save t.M pk 2 NULL v
                text_says 3 $lookup {Old Text}
                text_says 1 $lookup {New One}
                assert_equal 1 [r nonrel.delete t.M FILTER v__$lookup {Old Text}]
                text_says {} $lookup {Old Text}
                assert_equal 0 [r nonrel.delete t.M FILTER v__$lookup {Old Text}]
                assert_equal 2 [r nonrel.delete t.M EXCLUDE v__$lookup {New One}]
                assert_equal 1 [r nonrel.count t.M]
                sound t.M
            }
        }

        test "140, 141 UPDATE and DELETE take the old name out of every index, $with" {
            foreach {lookup old new} {iexact itachi MADARA istartswith ITA mad endswith chi ara iendswith CHI RA contains tAc dar icontains TAC ADA startswith It Ma} {
                one_of $way $lookup
                values ItAchi Neji
                null_row
                assert_equal 1 [r nonrel.update t.M FILTER v__$lookup $old SET v Madara]
                text_says {} $lookup $old
                text_says 1 $lookup $new
                assert_equal 3 [r nonrel.update t.M ALL SET v ItAchi]
                text_says {1 2 3} $lookup $old
                text_says {} $lookup $new
                assert_equal 1 [r nonrel.update t.M FILTER pk 2 NULL v]
                assert_equal 1 [r nonrel.delete t.M PK 1]
                text_says 3 $lookup $old
                assert_equal 1 [r nonrel.delete t.M FILTER v__$lookup $old]
                text_says {} $lookup $old
                sound t.M
                r nonrel.delete t.M ALL
                assert_equal {} [r keys t.M/s/*]
                text_says {} $lookup $new
            }
        }

        test "iexact of NULL is isnull, and other lookups have none, $with" {
            one_of $way iexact
            values a
            null_row
            assert_equal 2 [found t.M Q {{"v__iexact": null}}]
            assert_equal 1 [found t.M Q {{"not": {"v__iexact": null}}}]
            foreach lookup {contains endswith istartswith regex} { refused {BADVALUE *null*} nonrel.query t.M Q "{\"v__$lookup\": null}" }
        }

        test "an operand that is no UTF-8 is BADVALUE, $with" {
            foreach lookup {iexact istartswith endswith iendswith contains icontains} {
                one_of $way $lookup
                values a
                foreach odd [list "\xff" "a\xc3" "\xed\xa0\x80" "\xc0\x80"] {
                    refused {BADVALUE *'v'*} nonrel.query t.M FILTER v__$lookup $odd
                    refused {BADVALUE *'v'*} nonrel.delete t.M FILTER v__$lookup $odd
                }
            }
        }

        test "a unique field, and what is equal without case, $with" {
            one_of $way iexact char unique true
            values Ann ann
            refused {NOTUNIQUE *} nonrel.save t.M v Ann
            says {1 2} v__iexact ANN
            says 1 v Ann
            if {$way eq {own}} { by_index v.folded FILTER v__iexact ANN }
            sound t.M
        }

        test "several text lookups at once, $with" {
            one_of $way contains
            values {red apple} {red pear} {green apple} Apple
            assert_equal 1 [found t.M FILTER v__contains apple v__startswith red]
            assert_equal {1 3} [found t.M FILTER v__icontains apple v__iendswith E EXCLUDE v__iexact APPLE]
            assert_equal {2 4} [found t.M EXCLUDE v__contains apple]
            assert_equal {1 2 4} [found t.M Q {{"or": [{"v__contains": "red"}, {"v__iexact": "apple"}]}}]
            assert_equal {3} [found t.M Q {{"and": [{"not": {"v__contains": "red"}}, {"v__contains": "apple"}]}}]
            assert_equal {} [found t.M FILTER v__contains apple v__contains pear]
            assert_equal {3 1} [ordered t.M FILTER v__contains apple ORDER v]
            assert_equal {1 3} [ordered t.M FILTER v__contains apple ORDER -v]
            assert_equal 3 [ordered t.M FILTER v__contains apple ORDER -pk LIMIT 0 1]
        }
    }

    # More different trigrams than an index makes entries of: the text stands with others of its kind, and every needle looks at it.
    proc crowded {from} {
        set text {}
        for {set i 0} {$i < 16500} {incr i} { append text [format %c [expr {$from + $i}]] }
        return [u $text]
    }

    foreach {with way} $::ways {
        test "texts of very many trigrams are found among others, $with" {
            foreach lookup {contains icontains} {
                one_of $way $lookup
                set pool [crowded 0x4E00]
                values "${pool}Needle" short {a needle in short text} [crowded 0x5200] {another needle}
                null_row
                for {set i 0} {$i < 20} {incr i} { values other$i } ; # sets that hold most entities are not looked at
                set case [expr {$lookup eq {contains} ? {3 5} : {1 3 5}}]
                text_says $case $lookup needle
                if {$way ne {none}} { assert_match {*index=v.*substrings.set* rows<=4*} [plan FILTER v__$lookup needle] }
                text_says {1 4} $lookup [u [string range [encoding convertfrom utf-8 $pool] 2000 2100]]
                text_says {2 3} $lookup hor
                text_says {} $lookup nowhere
                text_says 1 $lookup "[u [string range [encoding convertfrom utf-8 $pool] end-3 end]]Ne"
                assert_equal [llength $case] [r nonrel.count t.M FILTER v__$lookup needle v__isnull false]
                assert_equal 5 [ordered t.M FILTER v__$lookup needle ORDER -pk LIMIT 0 1]
                assert_equal 1 [found t.M FILTER v__regex Needle$]
                sound t.M
                r nonrel.save t.M id 1 v {no more}
                r hset t.M:2 v "[crowded 0x6000] needle"
                r nonrel.delete t.M FILTER pk 5
                text_says {2 3} $lookup needle
                sound t.M
                r debug reload
                text_says {2 3} $lookup needle
                sound t.M
            }
        }
    }

    test {elements of very many trigrams are found among others, once} {
        foreach index {false {["contains"]}} {
            r flushall
            model t.M "{\"fields\": {\"v\": {\"type\": \"list\", \"of\": {\"type\": \"char\"}, \"index\": $index}}}"
            set pool [crowded 0x4E00]
            r nonrel.save t.M v "\[\"needle\", \"${pool}\"\]"
            r nonrel.save t.M v "\[\"${pool}needle\", \"needles\"\]"
            r nonrel.save t.M v "\[\"needs\"\]"
            set end [u [string range [encoding convertfrom utf-8 $pool] end-1 end]]
            foreach {needle want} [list needle {1 2} needles 2 nee {1 2 3} eds 3 $end {1 2} ${end}needle 2] {
                says $want v__contains $needle
                assert_equal [llength $want] [r nonrel.count t.M FILTER v__contains $needle]
            }
            if {$index ne {false}} { assert_match {*substrings.set* rows<=5*} [plan FILTER v__contains nee] }
            sound t.M
        }
    }

    test {an index that is asked for of the primary key is there, and answers} {
        foreach how {definition command} {
            r flushall
            set index {["exact", "lt", "endswith", "icontains", {"regex": "^[ab]"}]}
            model t.M "{\"pk\": \"v\", \"fields\": {\"v\": {\"type\": \"char\"[expr {$how eq {definition} ? ", \"index\": $index" : {}}]}}}"
            foreach pk {apple Banana bean cherry} { r nonrel.save t.M v $pk }
            if {$how eq {command}} { r nonrel.index create t.M v exact lt endswith icontains {{"regex": "^[ab]"}} }
            assert_equal 4 [llength [r nonrel.index list t.M]]
            foreach {path operand want index} {v__endswith e apple v.reversed v__icontains AN {Banana bean} {} v__icontains ANA Banana v.folded_substrings.set v__regex ^\[ab\] {apple bean} v.matches.*} {
                says [lsort $want] $path $operand
                if {$index ne {}} { assert_match *index=$index* [plan FILTER $path $operand] }
            }
            assert_equal 1 [r nonrel.delete t.M FILTER v__icontains NAN]
            r hset t.M:avocado v avocado
            says {apple avocado bean} v__regex {^[ab]}
            sound t.M
            r debug reload
            says {apple avocado bean} v__regex {^[ab]}
            sound t.M
        }
    }

    test {blobs take no text lookup, and no index of one} {
        one_field false blob
        values a
        foreach lookup {iexact istartswith endswith iendswith contains icontains regex iregex} {
            refused {NOLOOKUP *} nonrel.query t.M FILTER v__$lookup a
            refused {* *} nonrel.index create t.M v $lookup
        }
    }

    test {a needle in Q is text or number, and nothing else} {
        one_field false char
        values a1 1
        assert_equal {1 2} [found t.M Q {{"v__contains": 1}}]
        foreach odd {true [1] {{"a": 1}}} { refused {BADVALUE *} nonrel.query t.M Q "{\"v__contains\": $odd}" }
    }
}

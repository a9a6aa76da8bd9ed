# lookups_elements.tcl -- lookups on elements of lists and sets, case by case: without an index, with the lookup's own, and with all there are.
#
# A number in front of a name is that of the case in the table of cases; names without one are of its list of old bugs, or of what is awkward.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/lookups.tcl

set ::every_text_index {["exact", "startswith", "lt", "iexact", "istartswith", "endswith", "iendswith", "contains", "icontains"]}

# The index of elements that a lookup asks for; text in sets and lists, so any lookup of text.
array set ::element_index {
    exact v.each.value.set in v.each.value.set contains_all v.each.value.set overlap v.each.value.set startswith v.each.value lt v.each.value lte v.each.value gt v.each.value gte v.each.value range v.each.value
    iexact v.each.folded istartswith v.each.folded endswith v.each.reversed iendswith v.each.folded_reversed
    contains v.each.substrings.set icontains v.each.folded_substrings.set
}

proc list_of {way lookup {type list} {of char}} {
    one_of $way $lookup $type of "{\"type\": \"$of\"}"
}

# The tags of the four entities ItAchi, YondAimE, Neji and I1038593i; the last two are of letters.
proc d1 {way lookup} {
    list_of $way $lookup
    values {["Sasuke", "Madara"]} {["Naruto", "Jiraya"]} {["H","i","n","a","t","a"]} {["S","h","a","r","i","n","g","a","n"]}
}

proc d3 {way lookup {type list}} {
    list_of $way $lookup $type
    values {["Kakashi"]} {["Kakashi", "Naruto"]} {["Kakashi", "Naruto", "Sasuke"]} {["Kakashi", "Naruto", "Sasuke", "Sakura"]}
}

# By which index: none: by a scan. With every index the exact ones go by the ordered index of the values.
proc elements_say {want lookup operand {index {}}} {
    says $want v__$lookup $operand
    if {$::way eq {none}} { return [by_index {} FILTER v__$lookup $operand] }
    if {$index eq {}} { set index $::element_index($lookup) }
    if {$::way eq {all} && $index eq {v.each.value.set}} { set index v.each.value }
    by_index [expr {$index eq {scan} ? {} : $index}] FILTER v__$lookup $operand
}

start_nonrel {} {
    foreach {with way} $::ways {
        test "3 an element without its case, $with" {
            d1 $way iexact
            elements_say 1 iexact SasuKE
            elements_say {3 4} iexact H
            elements_say 3 iexact T
            elements_say {} iexact {["Sasuke", "Madara"]}
            sound t.M
        }

        test "4 an element, $with" {
            d1 $way exact
            elements_say 2 exact Naruto
            elements_say {} exact naruto
            elements_say {3 4} exact a
            assert_equal 2 [found t.M FILTER v Naruto]
            sound t.M
        }

        test "9 what is in an element, $with" {
            d1 $way icontains
            elements_say {1 2} icontains RA scan
            elements_say {1} icontains ARA
            elements_say {1 2 4} icontains R scan
            sound t.M
        }

        test "a text that is no list is refused as one, and changes nothing, $with" {
            d1 $way exact
            refused {BADVALUE *'v'*} nonrel.save t.M v Hinata
            refused {BADVALUE *'v'*} nonrel.save t.M pk 1 v {"Hinata"}
            elements_say 1 exact Madara
        }
    }

    foreach type {list set} {
        foreach {with way} $::ways {
            test "113 what elements of a $type begin with, each entity once, $with" {
                d3 $way startswith $type
                elements_say {3 4} startswith Sa
                elements_say {1 2 3 4} startswith {}
                elements_say {} startswith sa
            }

            test "114 elements of a $type above and below, $with" {
                foreach {lookup operand want} {gt Kakashi {2 3 4} lt Naruto {1 2 3 4} gte Sakura {3 4} lte Kakashi {1 2 3 4} gt Sasuke {} lt Kakashi {}} {
                    d3 $way $lookup $type
                    elements_say $want $lookup $operand
                }
                d3 $way range $type
                elements_say {3 4} range {["Sakura", "Sasuke"]}
                elements_say {} range {["L", "M"]}
                d3 $way in $type
                elements_say {2 3 4} in {["Naruto", "Sakura", "Sakura"]}
                elements_say {} in {[]}
            }

            test "115 an element of a $type, $with" {
                d3 $way exact $type
                elements_say 4 exact Sakura
                elements_say {1 2 3 4} exact Kakashi
            }

            test "116 NOT is that no element of a $type does, $with" {
                d3 $way lt $type
                assert_equal {} [found t.M EXCLUDE v__lt Sakura]
                assert_equal {} [found t.M WHERE {not v__lt = 'Sakura'}]
                assert_equal {1 2 3} [found t.M EXCLUDE v Sakura]
                values {["Sasuke"]} {[]}
                null_row
                assert_equal {5 6 7} [found t.M EXCLUDE v__lt Sakura]
                assert_equal {1 2 3 5 6 7} [found t.M EXCLUDE v Sakura]
                elements_say {1 2 3 4} lt Sakura
            }

            test "117 different elements of a $type may meet two conditions, $with" {
                d3 $way exact $type
                assert_equal 4 [found t.M FILTER v Sasuke v Sakura]
                assert_equal 4 [found t.M FILTER v Sasuke FILTER v Sakura]
                assert_equal 4 [found t.M FILTER v__startswith Sa v Sakura]
                assert_equal {3 4} [found t.M FILTER v__startswith Sa v Naruto]
                assert_equal {1 2 3} [found t.M EXCLUDE v Sasuke v Sakura]
                assert_equal 4 [found t.M WHERE {v = 'Sasuke' and v = 'Sakura'}]
                assert_equal {} [found t.M FILTER v__gt Sakura v__lt Kakashi]
                assert_equal {2 3 4} [found t.M FILTER v__gt Kakashi v__lt Naruto]; # no single element is between
            }

            test "118 a $type without elements is not NULL, $with" {
                d3 $way isnull $type
                says {} v__isnull true
                values {[]}
                null_row
                says 6 v__isnull true
                says {1 2 3 4 5} v__isnull false
                by_index [expr {$way eq {own} ? {v.null.set} : {}}] FILTER v__isnull true
                assert_equal 5 [found t.M FILTER v__len 0]
                assert_equal {5 6} [found t.M EXCLUDE v Kakashi]
                sound t.M
            }

            test "lookups of all elements of a $type, $with" {
                foreach {lookup operand want} {
                    contains_all {["Naruto", "Sasuke"]} {3 4} contains_all {["Sakura", "Nobody"]} {} overlap {["Sasuke", "Nobody"]} {3 4} overlap {["Sakura"]} 4
                } {
                    d3 $way $lookup $type
                    elements_say $want $lookup $operand
                }
            }

            test "an element that was taken out of a $type is found no more, $with" {
                foreach {lookup operand} {exact Kakashi icontains AKASH iexact KAKASHI startswith Ka iendswith ASHI} {
                    d3 $way $lookup $type
                    r nonrel.save t.M pk 2 v {["Naruto"]}
                    r nonrel.save t.M pk 3 NULL v
                    r nonrel.delete t.M PK 4
                    elements_say 1 $lookup $operand
                    assert_equal 1 [r nonrel.update t.M FILTER v__$lookup $operand SET v {["Sasuke"]}]
                    elements_say {} $lookup $operand
                    sound t.M
                }
            }
        }
    }

    foreach {with way} {"without an index" none "with its index" own} {
        test "119 a set of integers has each once, in order, $with" {
            list_of $way exact set int
            values {["1","2","3","2","1"]} {[]} {[3, 1, 30]}
            assert_equal {{[1,2,3]}} [r nonrel.query t.M FILTER pk 1 FIELDS v FLAT]
            assert_equal {[1,2,3]} [r hget t.M:1 v]
            assert_equal {[]} [r hget t.M:2 v]
            elements_say {1 3} exact 3
            elements_say {3} exact 30
            assert_equal {1 3} [found t.M FILTER v 3]
            assert_equal {} [found t.M FILTER v 4]
            assert_equal {2} [found t.M EXCLUDE v 3]
            refused {BADVALUE *'v'*} nonrel.save t.M v {[1, "x"]}
            sound t.M
        }
    }
}
